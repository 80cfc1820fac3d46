"""The questions that agents ask a person: who wants to do what, why it is asked, what it costs; one after the other."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from golfer_tui.model.approvals import Approval
from golfer_tui.terminal.clean import clean, one_line
from golfer_tui.tui.actions import BY_ID, in_place
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.keymap import key_shown

Said = Literal["approved", "always", "refused"]

Send = Callable[[Approval, Said, str, Callable[[str], None]], None]
"""Carries an answer with its reason to the engine, and tells why it was not taken, if it was not."""

FACTS = ("Why", "Cost", "Always")

ROWS = 4
"""Rows of a long command that are seen at least."""

FACT = 180
"""Characters of one of them: all of them have to fit above the answers on a small screen."""

VARIANTS = {"yes": "success", "always": "default", "no": "error", "later": "default"}


class Approving(Keyed, ModalScreen[None]):
    """Shows the approvals that wait. It closes when none does."""

    PLACE = "approval"
    BINDINGS: ClassVar[list[BindingType]] = bindings("approval")

    # The arrows scroll a long command, and a hasty enter answers nothing.
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, waiting: Callable[[], Sequence[Approval]], send: Send, *, first: str = "") -> None:
        """`waiting` gives those that wait, oldest first; `first` is the id of the one to begin with."""
        super().__init__()
        self._waiting = waiting
        self._send = send
        self._wanted = first
        self._sent: set[str] = set()
        """Ids of those that were answered here; the engine's word of it is on its way."""
        self._shown: Approval | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog approving"):
            yield Static(id="asks", classes="text")
            with VerticalScroll():
                yield Static(id="what")
            for fact in FACTS:
                with Horizontal(classes="fact"):
                    yield Static(fact)
                    yield Static(id=fact.lower())
            yield Static(id="refusal", classes="wrong")
            yield Input(id="reason", placeholder="Why not? The agent reads it. Enter refuses.", compact=True)
            with Horizontal(classes="answers many"):
                for action in in_place("approval"):
                    name = action.id.partition(".")[2]
                    keys = self.keys_of(action.id)
                    told = Content.assemble(f"{action.title} ", (key_shown(keys[0]) if keys else "", "bold"))
                    yield Button(told, variant=VARIANTS[name], id=f"say-{name}", compact=True)  # type: ignore[arg-type]

    def on_mount(self) -> None:
        self.query_one("#reason", Input).display = False
        self.query_one("#refusal", Static).display = False
        self.sync()

    def on_resize(self) -> None:
        # A height in parts of the screen would count as the whole command in the height of the box around it.
        self.query_one(VerticalScroll).styles.max_height = max(ROWS, self.size.height // 5)

    def on_screen_resume(self) -> None:
        if self._shown is not None:
            self.sync()

    def sync(self) -> None:
        """Show one that waits, the same as before if it still does; close if none does. Nothing happens in the back."""
        if not self.is_current:
            return
        left = [each for each in self._waiting() if each.id not in self._sent]
        if not left:
            self.dismiss()
            return
        wanted = self._shown.id if self._shown is not None else self._wanted
        found = next((each for each in left if each.id == wanted), left[0])
        if found != self._shown:
            self._shown = found
            self._hide_reason()
            self._show(found)
        number = left.index(found) + 1
        title = "Needs you" if len(left) == 1 else f"Needs you · {number} of {len(left)}"
        self.query_one(".dialog", Vertical).border_title = Content(title).markup

    def _show(self, approval: Approval) -> None:
        told = approval.told
        what = one_line(approval.title) if approval.asked.spec is not None else "run this"
        self.query_one("#asks", Static).update(
            Content.assemble((one_line(approval.who), "bold $accent"), " wants to ", (what, "bold"))
        )
        self.query_one("#what", Static).update(Content(clean(told["what"])))
        for fact, text in zip(FACTS, (told["why"], told["cost"], approval.always), strict=True):
            self.query_one(f"#{fact.lower()}", Static).update(Content(one_line(text, FACT)))
        self.query_one(VerticalScroll).scroll_home(animate=False)

    # What the person does

    def action_say(self, said: Said, reason: str = "") -> None:
        """Answer the one that is shown, and go on to the next."""
        if (approval := self._shown) is not None:
            self._sent.add(approval.id)
            self.query_one("#refusal", Static).display = False
            self._send(approval, said, reason, lambda why: self._refused(approval, why))
            self.sync()

    def action_say_no(self) -> None:
        """Ask for the reason, which may be empty."""
        entry = self.query_one("#reason", Input)
        entry.display = True
        entry.focus()

    def action_later(self) -> None:
        """Leave the reason, or all of it."""
        if self.query_one("#reason", Input).display:
            self._hide_reason()
        else:
            self.dismiss()

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        self.action_say("refused", event.value.strip())

    @on(Button.Pressed)
    async def pressed(self, event: Button.Pressed) -> None:
        await self.run_action(BY_ID[f"approval.{(event.button.id or '').removeprefix('say-')}"].do)

    def _hide_reason(self) -> None:
        entry = self.query_one("#reason", Input)
        if entry.display:
            entry.display, entry.value = False, ""
            self.query_one(VerticalScroll).focus()

    def _refused(self, approval: Approval, why: str) -> None:
        """The engine could not do it: it waits on, and the person sees why."""
        if not self.is_attached:
            self.app.notify(why, severity="warning", markup=False)
            return
        self._sent.discard(approval.id)
        self._shown, self._wanted = None, approval.id
        self.sync()
        told = self.query_one("#refusal", Static)
        told.update(Content(one_line(why, FACT)))
        told.display = True
