"""The lines of a conversation as widgets: what the person said, and foldable lines for what the agent does."""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from golfer_tui.model import figures
from golfer_tui.model.conversation import Entry
from golfer_tui.terminal.clean import clean, one_line
from golfer_tui.tui.hints import hint, hints
from golfer_tui.tui.search.marking import marked

SHOWN = 4000
"""Characters of a tool's answer that an unfolded line shows; the agent saw all of it."""

MUTED, FAINT = "$foreground 65%", "$foreground 60%"

ARGUMENT = 60
"""Characters of one argument on a folded line."""


def searched(entry: Entry) -> str:
    """All that an entry shows when it is unfolded, for searching."""
    arguments = (f"{key}: {value}" for key, value in entry.arguments.items())
    told = (entry.text, *arguments, entry.hint, (entry.output or "")[:SHOWN])
    return clean("\n".join(part for part in told if part))


class Asked(Static):
    """What the person said."""

    def __init__(self, text: str) -> None:
        super().__init__(Content.assemble(("❯ ", "bold $accent"), clean(text)))
        self.written = text


class Line(Widget):
    """One foldable line: a tool call, a thought, a report, a skill, a notice or an approval."""

    @dc.dataclass
    class Answered(Message):
        """The person wants to answer the approval of this id."""

        approval: str

    unfolded: reactive[bool] = reactive(False, layout=True)

    KINDS: ClassVar[dict[str, tuple[str, str]]] = {
        "reasoning": ("∴", MUTED),
        "skill": ("◆", "$secondary"),
        "system": ("◂", "$secondary"),
        "info": ("·", MUTED),
        "warning": ("!", "$warning"),
        "error": ("✗", "$error"),
    }

    def __init__(self, entry: Entry, now: Callable[[], dt.datetime]) -> None:
        super().__init__(classes=f"-{entry.kind}")
        self.entry = entry
        self._now = now
        self._marks: tuple[Any, int | None] = None, None

    @property
    def written(self) -> str:
        """All of it, for copying."""
        return f"{self._head().plain}\n{self._body()}".strip()

    @property
    def running(self) -> bool:
        return self.entry.kind in {"tool", "approval"} and self.entry.output is None

    def mark(self, pattern: Any, current: int | None) -> None:
        """Mark where a pattern of RE2's stands, in the line with the number `current` as where the person is."""
        if (pattern, current) != self._marks:
            self._marks = pattern, current
            self.refresh()

    def render(self) -> Content:
        pattern, current = self._marks
        return self.plain if pattern is None else marked(self.plain, pattern, current)

    @property
    def plain(self) -> Content:
        """What is shown, without the marks of a search."""
        body = self._body()
        sign = ("▾ " if self.unfolded else "▸ ") if body else "" if self.entry.kind == "notice" else "  "
        head = Content.assemble((sign, MUTED), self._head())
        if not (self.unfolded and body):
            return head
        indented = "\n".join(f"    {line}" for line in body.splitlines())
        return Content.assemble(head, "\n", (indented, MUTED))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if self.entry.kind == "approval" and self.running:
            self.post_message(self.Answered(self.entry.call))
        else:
            self.toggle()

    def toggle(self) -> None:
        self.fold(self.unfolded)

    def fold(self, folded: bool) -> None:
        """Show one line only, or all of it if there is more."""
        self.unfolded = not folded and bool(self._body())
        self.set_class(self.unfolded, "-unfolded")

    def changed(self) -> None:
        """The entry was answered, or a second passed."""
        self.refresh(layout=self.unfolded)

    def _head(self) -> Content:
        entry = self.entry
        if entry.kind == "tool":
            return self._tool()
        if entry.kind == "approval":
            return self._approval()
        glyph, colour = self.KINDS[entry.level if entry.kind == "notice" else entry.kind]
        text = one_line(entry.text.replace("*", ""))
        match entry.kind:
            case "skill":
                text = f"skill {text}"
            case "reasoning":
                text = f"thought: {text}"
            case "notice" if entry.hint:
                text = f"{text} {one_line(entry.hint)}"
            case _:
                pass
        return Content.assemble((glyph, f"bold {colour}"), " ", (text, colour if entry.kind == "notice" else MUTED))

    def _tool(self) -> Content:
        entry = self.entry
        if self.running:
            mark, colour = "◌", "$accent"
            took = figures.span(figures.since(entry.time, self._now()))
        else:
            mark, colour = ("✓", "$success") if entry.ok else ("✗", "$error")
            took = figures.brief(entry.seconds)
        arguments = "  ".join(f"{one_line(key)}={_brief(value)}" for key, value in entry.arguments.items())
        parts: list[tuple[str, str]] = [
            (mark, f"bold {colour}"), (" ", ""), (one_line(entry.text), "$foreground"), (f" {took}", MUTED),
            (f"  {arguments}", FAINT),
        ]  # fmt: skip
        if not self.running and not entry.ok:
            parts.insert(4, (" failed", colour))
        return Content.assemble(*parts)

    def _approval(self) -> Content:
        entry = self.entry
        asks = one_line(entry.text)
        if self.running:
            waits = figures.span(figures.since(entry.time, self._now()))
            answers = hint(self.app, "approval.answer", "answers", writing=True)
            return Content.assemble(("! needs you ", "bold $warning"), asks, (f" {hints(waits, answers)}", MUTED))
        mark, colour = ("✓", "$success") if entry.ok else ("✗", "$error")
        return Content.assemble((mark, f"bold {colour}"), " ", (asks, MUTED), f" {one_line(entry.output or '')}")

    def _body(self) -> str:
        entry = self.entry
        if entry.kind in {"tool", "approval"}:
            told = [f"{one_line(key)}: {clean(str(value))}" for key, value in entry.arguments.items()]
            if entry.output:
                told += ["→ " + clean(entry.output[:SHOWN]) + (" …" if len(entry.output) > SHOWN else "")]
            return "\n".join(told)
        if entry.kind == "skill":
            return clean(entry.hint)
        return (
            clean(entry.text) if entry.kind != "notice" and ("\n" in entry.text or len(entry.text) > ARGUMENT) else ""
        )


def _brief(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(_brief(part) for part in value) or "[]"
    text = one_line(str(value), ARGUMENT)
    return f'"{text}"' if " " in text else text
