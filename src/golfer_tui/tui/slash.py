"""`/` commands as text: what a line in the input asks for. Pure: whether there is such a worker is not known here."""

import dataclasses as dc
import difflib

from golfer_tui.model.errors import CommandError
from golfer_tui.tui.actions import BY_SLASH, Action

SIGN = "/"


@dc.dataclass(frozen=True)
class Order:
    """An action with its arguments, one text each, in the order of `action.arguments`."""

    action: Action
    words: tuple[str, ...]


def is_command(text: str) -> bool:
    """True for one line that begins with one slash. What has several lines, such as something pasted, is a message."""
    return text.startswith(SIGN) and not text.startswith(SIGN * 2) and "\n" not in text


def message(text: str) -> str:
    """What is said with a text that is no command: two slashes at its beginning stand for one."""
    return text.removeprefix(SIGN) if text.startswith(SIGN * 2) else text


def parse(line: str) -> Order:
    """Read a command.

    Raises:
        CommandError: `slash.unknown`, `slash.missing` or `slash.surplus`.
    """
    name, _, rest = line.removeprefix(SIGN).partition(" ")
    if (action := BY_SLASH.get(name)) is None:
        near = difflib.get_close_matches(name, BY_SLASH, n=1)
        hint = f"Did you mean /{near[0]}?" if near else "/help shows all of them."
        raise CommandError(
            "slash.unknown", f"There is no command /{name}.", hint=f"{hint} // sends a text that begins with a slash."
        )
    return Order(action, tuple(_words(action, rest)))


def _words(action: Action, rest: str) -> list[str]:
    words: list[str] = []
    for argument in action.arguments:
        rest = rest.strip()
        if argument.many:
            given, rest = rest.split(), ""
        elif argument.kind == "text":
            given, rest = [rest] if rest else [], ""
        else:
            word, _, rest = rest.partition(" ")
            given = [word] if word else []
        if not given and not argument.optional:
            raise CommandError(
                "slash.missing", f"/{action.slash} needs {argument.name}.", hint=f"Write {action.usage}."
            )
        words += given
    if rest.strip():
        raise CommandError("slash.surplus", f"{rest.strip()!r} is too much.", hint=f"Write {action.usage}.")
    return words
