"""What a person does with the details of a worker: go to one of their tabs, and replay what it has printed."""

from functools import partial
from pathlib import Path

from golfer_tui.model.errors import GolferError
from golfer_tui.tui.acting import Acting
from golfer_tui.tui.detail.detail import Detail
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.watch import Watch


class DetailActions(Acting):
    """The main screen's actions for details."""

    def action_worker_talk(self, name: str = "") -> None:
        self._show_tab(name, "Talk")

    def action_worker_files(self, name: str = "") -> None:
        self._show_tab(name, "Files")

    def action_worker_changes(self, name: str = "") -> None:
        self._show_tab(name, "Changes")

    def _show_tab(self, name: str, tab: str) -> None:
        for worker in self.single(name):
            fleet, detail = self.query_one(Fleet), self.query_one(Detail)
            fleet.selected = worker.name
            if self.arrangement == "list" and not fleet.zoomed:
                detail.tab = tab
                detail.focus()
                return
            # On the way of the zoom's own message, too.
            self._details = True
            self._details_next = None if fleet.zoomed else True
            fleet.zoomed = True
            self.fit()
            detail.tab = tab
            detail.focus()

    def action_worker_replay(self, name: str = "") -> None:
        """Play what a worker has printed up to now."""
        for worker in self.single(name):
            if self._watch is not None:
                self.run_worker(self._replay(self._watch, worker.name), name="replay", group="replay", exclusive=True)

    async def _replay(self, watch: Watch, name: str) -> None:
        from golfer_tui.tui.playing import Playing
        from golfer_tui.tui.recorded import cast_in

        refuse = self.refusing()
        try:
            path = await watch.engine.recording(name)
            playing = await Playing.of(partial(cast_in, Path(path)), title=f"{name}, up to now")
        except GolferError as error:
            refuse(str(error))
            return

        def over(failure: GolferError | None) -> None:
            if failure is not None:
                # Once the cockpit is in front again: a notice goes to the screen that is.
                self.call_after_refresh(refuse, str(failure))

        self.app.push_screen(playing, over)
