"""Questions in front of the screen: confirm, quit, message a worker, all keys."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Label, Static

from golfer_tui.terminal.clean import clean, one_line
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.helptext import Keys
from golfer_tui.tui.hints import hint, hints
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.leaving import Farewell

Answer = TypeVar("Answer")

KEYS_COLUMNS = 22
"""Columns of the keys in the help."""

ASKED_LINES, ASKED_COLUMNS = 6, 200
"""Lines of a command that a question shows, and characters of one."""


class Question(Keyed, ModalScreen[Answer | None], Generic[Answer]):
    """A sentence and a few answers, each with a key; escape answers None."""

    PLACE = "dialog"
    BINDINGS: ClassVar[list[BindingType]] = bindings("dialog")

    def __init__(self, title: str, text: str, answers: Sequence[tuple[str, str, Answer | None, str]]) -> None:
        """Each answer: its key, its label, its value and the variant of its button. The first one has the focus."""
        super().__init__()
        self._title, self._text, self._answers = title, text, answers
        for index, (key, label, _, _) in enumerate(answers):
            self._bindings.bind(key, f"answer({index})", label)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title).markup
            yield Label(Content(self._text), classes="text")
            with Horizontal(classes="answers many" if len(self._answers) > 3 else "answers"):
                for index, (key, label, _, variant) in enumerate(self._answers):
                    told = Content.assemble(f"{label} ", (key, "bold"))
                    yield Button(told, variant=variant, id=f"answer-{index}", compact=True)  # type: ignore[arg-type]

    def action_answer(self, index: int) -> None:
        self.dismiss(self._answers[index][2] if index >= 0 else None)

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        self.action_answer(int((event.button.id or "").removeprefix("answer-")))


def confirm_kill(workers: Sequence[str]) -> Question[bool]:
    """Ask before workers are killed."""
    its, it = ("Its", "it") if len(workers) == 1 else ("Their", "they")
    return Question(
        "Kill worker" if len(workers) == 1 else f"Kill {len(workers)} workers",
        f"Kill {', '.join(workers)}? {its} run and every process {it} started end; what {it} wrote stays.",
        [("y", "Kill", True, "error"), ("n", "Cancel", None, "default")],
    )


def confirm_end_shell(worker: str) -> Question[bool]:
    """Ask before a person's own shell is ended."""
    return Question(
        "End your shell",
        f"End your shell in {worker}'s sandbox, with all that it started? The agent works on.",
        [("y", "End it", True, "warning"), ("n", "Cancel", None, "default")],
    )


def confirm_run_again(worker: str, command: str) -> Question[bool]:
    """Ask before a command of the agent's is typed into a person's own shell."""
    shown = clean(command).strip("\n").split("\n")
    lines = [one_line(line, ASKED_COLUMNS) for line in shown[:ASKED_LINES]]
    more = [f"… {len(shown) - ASKED_LINES} more lines"] * (len(shown) > ASKED_LINES)
    return Question(
        "Run again",
        "\n".join([f"Type this into your shell in {worker}'s sandbox and run it?", "", *lines, *more]),
        [("y", "Run", True, "primary"), ("n", "Cancel", None, "default")],
    )


def confirm_restart(workers: Sequence[str], running: int = 1) -> Question[bool]:
    """Ask before workers begin again, of which so many have processes that end."""
    names = ", ".join(workers)
    ends = {0: "", 1: "One of them still runs. "}.get(running, f"{running} of them still run. ")
    text = (
        f"{names} still runs. Restart it? It begins again from its task, with a fresh memory and workspace."
        if len(workers) == 1
        else f"Restart {names}? {ends}They begin again from their tasks, with fresh memories and workspaces."
    )
    return Question(
        "Restart worker" if len(workers) == 1 else f"Restart {len(workers)} workers",
        text,
        [("y", "Restart", True, "warning"), ("n", "Cancel", None, "default")],
    )


def ask_quit(active: int, *, background: bool) -> Question[Farewell]:
    """Ask what becomes of the workers. Without `background` the session cannot go on without this process."""
    told = "1 worker is" if active == 1 else f"{active} workers are"
    goes_on = "Leave it all running in the background, and golfer attach brings it back. Or k" if background else "K"
    leave: list[tuple[str, str, Farewell | None, str]] = [("l", "Leave running", "leave", "primary")]
    return Question(
        "Quit",
        f"{told} still at work or paused. {goes_on}eep them for later: they go on with golfer --resume, but for those"
        " that are paused. Or end them.",
        [
            *(leave if background else []),
            ("k", "Keep", "keep", "default" if background else "primary"),
            ("e", "End", "end", "error"),
            ("c", "Cancel", None, "default"),
        ],
    )


class Letter(Keyed, ModalScreen[str | None]):
    """A text for workers."""

    PLACE = "letter"
    BINDINGS: ClassVar[list[BindingType]] = bindings("letter")

    def __init__(self, title: str, *, text: str = "", does: str = "sends", about: str = "") -> None:
        """`text` is there to begin with, below what it is `about`; `does` says what the key that sends it does."""
        super().__init__()
        self._title, self._text, self._does, self._about = title, text, does, about

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(one_line(self._title)).markup
            sends, cancels = hint(self.app, "composer.send", self._does), hint(self.app, "letter.cancel", "cancels")
            dialog.border_subtitle = Content(hints(sends, cancels)).markup
            if self._about:
                yield Label(Content(self._about), classes="text")
            yield Composer()

    def on_mount(self) -> None:
        self.query_one(Composer).insert(self._text)

    @on(Composer.Sent)
    def sent(self, event: Composer.Sent) -> None:
        event.stop()
        self.dismiss(event.text)

    def action_cancel(self) -> None:
        self.dismiss(None)


class Help(Keyed, ModalScreen[None]):
    """All keys, those of the place where the person is first."""

    PLACE = "help"
    BINDINGS: ClassVar[list[BindingType]] = bindings("help")

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog help") as dialog:
            dialog.border_title = "Keys"
            dialog.border_subtitle = Content(hint(self.app, "help.close", "closes")).markup
            with VerticalScroll():
                yield Static(id="keys")

    def action_close_help(self) -> None:
        self.dismiss()

    def action_scroll_help(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def on_resize(self) -> None:
        self.call_after_refresh(self._tell)

    def _tell(self) -> None:
        told = self.query_one("#keys", Static)
        told.update(Content.assemble(*self._parts(told.size.width)))

    def _parts(self, width: int) -> Iterator[tuple[str, str]]:
        room = max(width - KEYS_COLUMNS - 3, KEYS_COLUMNS // 2)
        for index, (title, pairs) in enumerate(self._keys):
            yield ("\n" if index else "") + f"{title}\n", "bold $secondary"
            for keys, text in pairs:
                # A long row of keys has a line of its own.
                yield f"  {keys:<{KEYS_COLUMNS}}" + ("\n" if len(keys) >= KEYS_COLUMNS else ""), "$accent"
                lines = textwrap.wrap(text, room)
                indent = " " * (KEYS_COLUMNS + 2)
                yield (indent if len(keys) >= KEYS_COLUMNS else "") + f"\n{indent}".join(lines) + "\n", ""
