"""What a person may do with the session: say something, its model, its title, its limits, where it goes."""

from textual import on

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.model.limit_words import read
from golfer_tui.tui.budget import Budget
from golfer_tui.tui.chat import Chat
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.score_actions import ScoreActions
from golfer_tui.tui.slash import is_command, message


class SessionActions(ScoreActions):
    """The main screen's actions for the session."""

    @on(Composer.Sent)
    async def sent(self, event: Composer.Sent) -> None:
        """A `/` command, a message to a worker, or one to the orchestrator."""
        if is_command(event.text):
            await self.carry_out(event.text)
            return
        text = message(event.text)
        name, _, rest = text.removeprefix("@").partition(" ")
        if text.startswith("@") and self.chosen([name]):
            self.write([name], rest)
            return
        self.say(text)

    def say(self, text: str) -> None:
        """Say it to the orchestrator."""
        self.command(cm.SendMessage(text))
        if self._watch is not None and self._watch.state.chat.turn is not None:
            self.app.notify("The orchestrator reads it after what it does now.", timeout=3)
        self.query_one(Chat).action_follow()

    def action_interrupt(self) -> None:
        self.command(cm.InterruptTurn(), "The turn is interrupted.")

    def action_budget(self, limits: str = "") -> None:
        """Set limits, written as `gpus 4, dollars 5`; without any, show them with the queue and the costs."""
        if self._watch is None:
            return
        if not limits.strip():
            self.app.push_screen(Budget(self._watch.engine, now=self._now, change=self.app.command))
            return
        try:
            self.command(read(limits), "The limits are set.")
        except CommandError as error:
            self.refuse(str(error))

    def action_skill(self, name: str, text: str = "") -> None:
        """Ask the orchestrator to follow a skill."""
        self.say(f"Load the skill {name} and follow it." + (f"\n\n{text}" if text else ""))

    def action_model(self, name: str) -> None:
        self.command(cm.SetModel(name), f"The orchestrator's next turns are answered by {name}.")

    def action_rename(self, title: str) -> None:
        self.command(cm.RenameSession(title), "The session has another title.")

    def action_resume(self, session: str) -> None:
        """Leave this session and open another one."""
        self.app.go_to(session)
