"""How the main screen tells what happens: toasts, the bell and the desktop for who looks elsewhere, the list of it."""

import os

from textual.notifications import SeverityLevel

from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.acting import Acting
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.lookout import Kind, Lookout
from golfer_tui.tui.notice_screen import Notices
from golfer_tui.tui.notices import Told
from golfer_tui.tui.outside import Outside
from golfer_tui.tui.watch import Changes, Watch

BRIEF = 4.0
"""Seconds for which a toast about a worker that has finished is shown."""

SEVERITY: dict[Kind, SeverityLevel] = {"needs": "warning", "failed": "error", "finished": "information"}


class NoticeActions(Acting):
    """The main screen's part in notices."""

    _lookout: Lookout | None = None
    _outside: Outside | None = None

    def look_out(self, watch: Watch) -> None:
        """Tell of this session from now on; what has happened before is no news."""
        settings = self.app.notice_settings
        self._lookout = Lookout(watch.state)
        away = lambda: settings.focused or not self.app.app_focus  # noqa: E731
        self._outside = Outside(settings, os.environ, self._write, self.set_timer, away)

    def tell_news(self, changes: Changes) -> None:
        """Tell what a frame brings: notices of the session, and what became of workers."""
        for worker, notice in changes.notices:
            text = one_line(f"{notice.text} {notice.hint}")
            if notice.level == "info":
                self.app.notices.add(Told(self._now(), "information", text, worker))
            else:
                self.app.notify(text, severity=notice.level, markup=False, worker=worker)
        if self._lookout is None or not (changes.everything or changes.heads or changes.header):
            return
        found = self._lookout.news()
        for news in found:
            timeout = BRIEF if news.kind == "finished" else None
            level = SEVERITY[news.kind]
            self.app.notify(news.text, severity=level, timeout=timeout, markup=False, worker=news.worker)
        if self._outside is not None:
            self._outside.tell([news.text for news in found if news.kind in self.app.notice_settings.when])

    def _write(self, sequence: str) -> None:
        """Bring it to the terminal between two of Textual's own writes."""
        driver = self.app._driver  # noqa: SLF001 - the one writer of the terminal, and nothing public leads to it
        if driver is not None and not self.app.is_headless:
            driver.write(sequence)

    def action_notices(self) -> None:
        """Show all that was told."""
        self.app.push_screen(Notices(self.app.notices), self._go_to_worker)

    def _go_to_worker(self, name: str | None) -> None:
        if name and self.chosen([name]):
            fleet = self.query_one(Fleet)
            fleet.selected = name
            fleet.focus()
