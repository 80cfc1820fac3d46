"""What a person may do with a message in the chat: say it again in other words, or fork the session there."""

import asyncio
from typing import TYPE_CHECKING

from textual import on

from golfer_tui.model.errors import GolferError
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.chat import Chat
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.dialogs import Question
from golfer_tui.tui.session_actions import SessionActions

if TYPE_CHECKING:
    from golfer_tui.model.conversation import Entry

SHOWN = 60
"""Characters of a message in a question."""


class TalkActions(SessionActions):
    """The main screen's actions for messages."""

    @on(Chat.Edit)
    def edit(self, event: Chat.Edit) -> None:
        """Write an earlier message again."""
        composer = self.query_one(Composer)
        composer.write(event.text)
        composer.focus()

    @on(Chat.Fork)
    def fork(self, event: Chat.Fork) -> None:
        """Copy the session as it was then, and go on there."""
        own = event.entry.kind == "user"
        text = (
            f'Go on in a copy of this session that ends {"before" if own else "with"} "'
            f'{one_line(event.entry.text, SHOWN)}"? This session stays as it is; its workers go on in the background.'
        )
        answers = [("y", "Fork", True, "primary"), ("n", "Cancel", None, "default")]

        def answered(yes: object) -> None:
            if yes:
                self.run_worker(self._fork(event.entry, own=own), group="fork", exclusive=True)

        self.app.push_screen(Question("Fork here", text, answers), answered)

    async def _fork(self, entry: "Entry", *, own: bool) -> None:
        if self._watch is None or self.app.open_shelf is None:
            return
        try:
            shelf = await asyncio.to_thread(self.app.open_shelf)
            copy = await shelf.fork(self._watch.engine.session, entry.seq - own)
        except GolferError as error:
            self.refuse(str(error))
        else:
            self.app.go_to(copy, draft=entry.text if own else "")
