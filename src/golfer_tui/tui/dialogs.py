"""Questions in front of the screen: confirm, quit, message a worker, all keys."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Label, Static

from golfer_tui.tui.composer import Composer
from golfer_tui.tui.helptext import Keys

Answer = TypeVar("Answer")


class Question(ModalScreen[Answer | None], Generic[Answer]):
    """A sentence and a few answers, each with a key; escape answers None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(-1)", "Cancel"),
        Binding("left", "app.focus_previous", "Previous", show=False),
        Binding("right", "app.focus_next", "Next", show=False),
    ]

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
            with Horizontal(classes="answers"):
                for index, (key, label, _, variant) in enumerate(self._answers):
                    told = Content.assemble(f"{label} ", (key, "dim"))
                    yield Button(told, variant=variant, id=f"answer-{index}", compact=True)  # type: ignore[arg-type]

    def action_answer(self, index: int) -> None:
        self.dismiss(self._answers[index][2] if index >= 0 else None)

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        self.action_answer(int((event.button.id or "").removeprefix("answer-")))


def confirm_kill(worker: str) -> Question[bool]:
    """Ask before a worker is killed."""
    return Question(
        "Kill worker",
        f"Kill {worker}? Its run and every process it started end; what it wrote stays.",
        [("y", "Kill", True, "error"), ("n", "Cancel", None, "default")],
    )


def confirm_restart(worker: str) -> Question[bool]:
    """Ask before a worker that still runs begins again."""
    return Question(
        "Restart worker",
        f"{worker} still runs. Restart it? It begins again from its task, with a fresh memory and workspace.",
        [("y", "Restart", True, "warning"), ("n", "Cancel", None, "default")],
    )


def ask_quit(active: int) -> Question[str]:
    """Ask what becomes of the workers; the answers are those of `Engine.close`."""
    told = "1 worker is" if active == 1 else f"{active} workers are"
    return Question(
        "Quit",
        f"{told} still at work. Keep them, and they go on with golfer --resume; or end them now.",
        [
            ("k", "Keep for later", "keep", "primary"),
            ("e", "End them", "end", "error"),
            ("c", "Cancel", None, "default"),
        ],
    )


class Letter(ModalScreen[str | None]):
    """A message to one worker."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Cancel")]

    def __init__(self, worker: str) -> None:
        super().__init__()
        self._worker = worker

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(f"Message to {self._worker}").markup
            dialog.border_subtitle = "enter sends · escape cancels"
            yield Composer()

    @on(Composer.Sent)
    def sent(self, event: Composer.Sent) -> None:
        event.stop()
        self.dismiss(event.text)


class Help(ModalScreen[None]):
    """All keys, those of the place where the person is first."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,enter", "dismiss", "Close")]

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog help") as dialog:
            dialog.border_title = "Keys"
            dialog.border_subtitle = "escape closes"
            with VerticalScroll():
                yield Static(Content.assemble(*self._parts()))

    def _parts(self) -> list[tuple[str, str]]:
        parts: list[tuple[str, str]] = []
        for index, (title, pairs) in enumerate(self._keys):
            parts.append((("\n" if index else "") + f"{title}\n", "bold $secondary"))
            for keys, text in pairs:
                parts += [(f"  {keys:<22} ", "$accent"), (f"{text}\n", "")]
        return parts
