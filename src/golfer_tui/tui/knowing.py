"""What the arguments of `/` commands may be: what there is in the session, and what the engine was asked for."""

import difflib
import time
from collections.abc import Sequence
from typing import get_args

from textual.app import App

from golfer_tui.model.errors import CommandError, GolferError
from golfer_tui.model.known import KnownKind
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.actions import Argument
from golfer_tui.tui.watch import Watch

Values = Sequence[tuple[str, str]]
"""Each with a word about it."""

FRESH = 10.0
"""Seconds for which an answer of the engine counts."""

ASKED = get_args(KnownKind)

OPEN = frozenset({"model", "word", "text"})
"""Kinds that may be what nobody knows here."""

TASK = 60
"""Characters of a worker's task."""


class Known:
    """Of one session."""

    def __init__(self, app: App[int], watch: Watch) -> None:
        self._app = app
        self._watch = watch
        self._learned: dict[str, tuple[float, Values]] = {}

    def fresh(self, kind: str) -> bool:
        """The engine need not be asked for it, again."""
        return kind not in ASKED or (kind in self._learned and self._learned[kind][0] + FRESH > time.monotonic())

    async def learn(self, kind: str) -> None:
        """Ask the engine, if need be. What cannot be known stays empty."""
        if self.fresh(kind):
            return
        try:
            values: Values = await self._watch.engine.known(kind)  # type: ignore[arg-type]
        except GolferError:
            values = ()
        self._learned[kind] = time.monotonic(), values

    def values(self, argument: Argument) -> Values:
        """What it may be, as far as it is known now."""
        match argument.kind:
            case "worker":
                workers = self._watch.state.workers.values()
                return [(each.name, f"{each.state}  {one_line(each.spec.task, TASK)}") for each in workers]
            case "theme":
                return [(name, "") for name in sorted(self._app.available_themes)]
            case "choice":
                return [(choice, "") for choice in argument.choices]
            case kind:
                return self._learned[kind][1] if kind in self._learned else ()


def unknown(argument: Argument, word: str, values: Values) -> CommandError | None:
    """Why this word cannot be the argument; None if it can."""
    names = [value for value, _ in values]
    if word in names:
        return None
    if argument.kind == "session":
        meant = [name for name in names if name.startswith(word) or name.endswith(f"-{word}")]
        if len(meant) == 1:
            return None
        if meant:
            return CommandError("slash.ambiguous", f"{word!r} could be {len(meant)} sessions.", hint="Give more of it.")
    near = difflib.get_close_matches(word, names, n=1)
    what = argument.name.lower() if argument.kind == "choice" else argument.kind
    hint = f"Did you mean {near[0]}?" if near else f"There is {', '.join(names[:9])}." if names else "There is none."
    return CommandError("slash.value", f"There is no {what} {word!r}.", hint=hint)
