"""Ways to a worker among many: the next one that matters, and a filter for those that are seen."""

from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.lookout import KINDS, is_so
from golfer_tui.tui.notice_actions import NoticeActions

NONE = {"needs": "No worker needs you.", "failed": "No worker has failed.", "finished": "No worker has finished."}


class RosterActions(NoticeActions):
    """The main screen's actions that choose among the workers."""

    def action_next_worker(self, kind: str) -> None:
        """Go to the next worker, after the selected one and around, of which this is so."""
        fleet, names = self.query_one(Fleet), list(self.names)
        wanted = next(each for each in KINDS if each == kind)
        here = names.index(fleet.selected) + 1 if fleet.selected in names else 0
        for worker in self.chosen([*names[here:], *names[:here]]):
            if is_so(worker, wanted):
                fleet.selected = worker.name
                fleet.focus()
                return
        self.app.notify(NONE[kind], timeout=2)

    def action_show_all(self) -> None:
        """End the filter."""
        self.filter_workers("")

    def filter_workers(self, text: str) -> None:
        """Show the workers that fit; all of them if it is empty."""
        self.query_one(Fleet).narrow(text)
        self.fit()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is possible now."""
        if action == "show_all" and self.is_mounted:
            fleet = self.query_one(Fleet)
            return fleet.filter.on and not fleet.zoomed
        return super().check_action(action, parameters)
