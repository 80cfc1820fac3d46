"""What reaches a person who is not looking at the cockpit: the terminal's bell, and a notice on the desktop.

The desktop's notices are sequences that the terminal turns into them: OSC 9 (iTerm2, WezTerm, Ghostty, kitty, others)
or OSC 777 (those of VTE, foot, rxvt-unicode). Inside of tmux they are wrapped, so that tmux hands them to the terminal.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from golfer_tui.model.settings import NoticeSettings
from golfer_tui.terminal.clean import one_line

PAUSE = 1.0
"""Seconds between two bells, and between two notices."""

WAITING = 20
"""Sentences that wait for the next notice; of more only the number is told."""

NAMED = 2
"""Sentences of one notice."""

LONGEST = 200
"""Characters of a notice."""

TITLE = "golfer"

BELL = "\x07"

Protocol = Literal["osc9", "osc777", "off"]


def protocol(environ: Mapping[str, str]) -> Protocol:
    """The sequence that the terminal of this environment probably knows; those that know none ignore it."""
    term = environ.get("TERM", "")
    if not environ.get("TMUX") and (term in {"", "dumb", "linux"} or environ.get("STY")):
        return "off"
    if environ.get("VTE_VERSION") or environ.get("KONSOLE_VERSION") or term.startswith(("foot", "rxvt")):
        return "osc777"
    return "osc9"


def desktop_notice(text: str, how: Protocol, *, tmux: bool) -> str:
    """The sequence that shows this on the desktop. Nothing in the text can end it or begin another one."""
    if how == "off":
        return ""
    told = one_line(text, LONGEST)
    # Some terminals take numbers at the beginning of OSC 9 for orders of another kind: the title keeps them away.
    body = f"9;{TITLE}: {told}" if how == "osc9" else f"777;notify;{TITLE};{told.replace(';', ',')}"
    sequence = f"\x1b]{body}\x1b\\"
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\" if tmux else sequence


class Outside:
    """Rings and tells, once in a second at most; what comes faster is told together."""

    def __init__(
        self,
        settings: NoticeSettings,
        environ: Mapping[str, str],
        write: Callable[[str], None],
        later: Callable[[float, Callable[[], None]], object],
        away: Callable[[], bool],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`write` brings a sequence to the terminal whole; `later` calls after so many seconds; `away` says whether the
        person is to be told now."""
        self._bell = settings.bell
        self._how = protocol(environ) if settings.desktop == "auto" else settings.desktop
        self._tmux = bool(environ.get("TMUX"))
        self._write = write
        self._later = later
        self._away = away
        self._now = now
        self._last = -PAUSE
        self._waiting: list[str] = []
        self._more = 0
        """Sentences that found no room among those that wait."""

    def tell(self, sentences: Sequence[str]) -> None:
        """Tell this, now or as soon as it may be; not at all if the person looks at it anyway, or does so by then."""
        if not sentences or not self._away():
            return
        first = not self._waiting
        room = WAITING - len(self._waiting)
        self._waiting += sentences[:room]
        self._more += max(0, len(sentences) - room)
        wait = self._last + PAUSE - self._now()
        if wait <= 0:
            self._out()
        elif first:
            self._later(wait, self._out)

    def _out(self) -> None:
        waiting, more = self._waiting, self._more
        self._waiting, self._more = [], 0
        if not waiting or not self._away():
            return
        self._last = self._now()
        told, rest = " · ".join(waiting[:NAMED]), len(waiting[NAMED:]) + more
        text = f"{told} · and {rest} more" if rest else told
        sequence = (BELL if self._bell else "") + desktop_notice(text, self._how, tmux=self._tmux)
        if sequence:
            self._write(sequence)
