"""What a person may do with what waits for them: look at it, approve it, refuse it."""

from collections.abc import Callable, Sequence

from textual import on

from golfer_tui.model import commands as cm
from golfer_tui.model.approvals import Approval
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.acting import Acting
from golfer_tui.tui.approving import Approving, Said
from golfer_tui.tui.entries import Line
from golfer_tui.tui.header import Header
from golfer_tui.tui.watch import Changes

TITLE = 80
"""Characters of what was answered, in the toast about it."""


class ApprovalActions(Acting):
    """The main screen's part in approvals."""

    def _waiting(self) -> Sequence[Approval]:
        return tuple(self._watch.state.approvals.values()) if self._watch is not None else ()

    def approvals_changed(self, changes: Changes) -> None:
        """Bring the question up to date that is in front of the screen."""
        if (changes.everything or changes.header) and isinstance(self.app.screen, Approving):
            self.app.screen.sync()

    @on(Header.Answered)
    def header_answered(self) -> None:
        self.action_answer_needs()

    @on(Line.Answered)
    def line_answered(self, event: Line.Answered) -> None:
        self._ask_about(event.approval)

    def action_answer_needs(self, worker: str = "") -> None:
        """Show what waits; of a worker that is named, its own first."""
        waiting = self._waiting()
        self._ask_about(next((each.id for each in waiting if worker and each.worker == worker), ""))

    def _ask_about(self, first: str) -> None:
        if self._waiting() and not isinstance(self.app.screen, Approving):
            self.app.push_screen(Approving(self._waiting, self._send_answer, first=first))

    def _send_answer(self, approval: Approval, said: Said, reason: str, refused: Callable[[str], None]) -> None:
        command = cm.AnswerApproval(approval.id, said, reason)
        self.app.command(command, refused=lambda error: refused(str(error)))

    def action_approve(self, how: str = "once") -> None:
        """Approve what waits longest."""
        self._answer_oldest("always" if how == "always" else "approved", "")

    def action_refuse_oldest(self, reason: str = "") -> None:
        """Refuse what waits longest."""
        self._answer_oldest("refused", reason)

    def _answer_oldest(self, said: Said, reason: str) -> None:
        for approval in self._waiting()[:1]:
            told = "Refused" if said == "refused" else "Approved"
            self.command(
                cm.AnswerApproval(approval.id, said, reason),
                f"{told}: {one_line(approval.who)} wants to {one_line(approval.title, TITLE)}.",
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Something has to wait."""
        if action in {"answer_needs", "approve", "refuse_oldest"}:
            return bool(self._waiting())
        return super().check_action(action, parameters)
