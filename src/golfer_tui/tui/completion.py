"""What the list above the input offers for what is written so far. Pure; what there is comes from the caller."""

import dataclasses as dc
from collections.abc import Callable, Iterable

from golfer_tui.tui.actions import ACTIONS, BY_SLASH, Action, Argument
from golfer_tui.tui.slash import SIGN, is_command

Candidates = Callable[[Argument], Iterable[tuple[str, str]]]
"""Values that an argument may have now, each with a word about it."""

MOST = 200
"""Suggestions at most."""

WORKER = Argument("WORKER", "worker")


@dc.dataclass(frozen=True)
class Suggestion:
    """One line of the list."""

    line: str
    """The whole input, once it is taken."""
    shown: str
    help: str
    whole: bool
    """Nothing more is to be written: it can be sent."""


@dc.dataclass(frozen=True)
class Offer:
    """All that is offered."""

    suggestions: tuple[Suggestion, ...] = ()
    chosen: bool = False
    """The first one is meant unless another is; if not, what is written stands by itself."""
    usage: str = ""
    """How the command that is being written goes on."""


def offer(text: str, candidates: Candidates) -> Offer:
    """What may be meant by a text, with the cursor at its end."""
    if "\n" in text:
        return Offer()
    if text.startswith("@") and " " not in text:
        found = _matching(text[1:], candidates(WORKER))
        return Offer(tuple(Suggestion(f"@{value} ", f"@{value}", told, False) for value, told in found), True)
    if not is_command(text):
        return Offer()
    name, space, rest = text.removeprefix(SIGN).partition(" ")
    if not space:
        return Offer(tuple(_commands(name)), chosen=bool(name))
    action = BY_SLASH.get(name)
    return _arguments(text, action, rest, candidates) if action is not None else Offer()


def _commands(typed: str) -> Iterable[Suggestion]:
    for value, told in _matching(typed, ((action.slash, action.help) for action in ACTIONS if action.slash)):
        action = BY_SLASH[value]
        line = f"/{value} " if action.arguments else f"/{value}"
        yield Suggestion(line, action.usage, told, not action.arguments)


def _arguments(text: str, action: Action, rest: str, candidates: Candidates) -> Offer:
    usage = f"{action.usage}   {action.help}"
    *before, typed = rest.split(" ")
    before = [word for word in before if word]
    many = bool(action.arguments) and action.arguments[-1].many
    index = min(len(before), len(action.arguments) - 1) if many else len(before)
    written = [argument for argument in action.arguments[: index + 1] if argument.kind == "text"]
    if index >= len(action.arguments) or written:
        return Offer(usage=usage)
    argument = action.arguments[index]
    last = argument is action.arguments[-1] and not argument.many
    begun = text.removesuffix(typed)
    there = ((value, told) for value, told in candidates(argument) if value not in before or not argument.many)
    found = tuple(
        Suggestion(f"{begun}{value}" if last else f"{begun}{value} ", value, told, last)
        for value, told in _matching(typed, there)
    )
    return Offer(found, chosen=bool(typed) or not argument.optional, usage=usage)


def _matching(typed: str, there: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that begin with it, then those that have it inside."""
    wanted = typed.casefold()
    known = [(value.casefold(), value, told) for value, told in there]
    first = [(value, told) for folded, value, told in known if folded.startswith(wanted)]
    then = [(value, told) for folded, value, told in known if wanted in folded and not folded.startswith(wanted)]
    return [*first, *then][:MOST]
