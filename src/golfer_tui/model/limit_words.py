"""Limits as a person writes them in a line: `gpus 4`, `H100=2`, `dollars 5`, `local off`. No I/O."""

import re

import msgspec

from golfer_tui.model.commands import SetLimits
from golfer_tui.model.errors import CommandError, UsageError
from golfer_tui.model.gpus import ANY, GpuRequest

MOST = 1_000_000
NAMES = {
    "gpus": "max_gpus", "max_gpus": "max_gpus", "local": "max_local", "max_local": "max_local",
    "dollars": "max_dollars", "max_dollars": "max_dollars", "$": "max_dollars",
}  # fmt: skip
"""Words for the limits that are not by type."""

NONE = {"off", "none", "unlimited", "-"}
HINT = "Write gpus 4, H100=2, local 3 or dollars 5, or several of them; off takes a limit away."


def read(text: str) -> SetLimits:
    """The command that a line asks for.

    Raises:
        CommandError: `limits.malformed`.
    """
    # `$5` is `$ 5`, and in `dollars $5` the sign says nothing more.
    plain = re.sub(r"(?i)\b(dollars)[\s=]*\$", r"\1 ", text.strip())
    words = re.split(r"[\s=,]+", re.sub(r"\$\s*(?=\d)", "$ ", plain))
    if not text.strip() or len(words) % 2:
        raise CommandError("limits.malformed", f"{text.strip()!r} says no limits.", hint=HINT)
    named: dict[str, float | int | None] = {}
    gpus: dict[str, int | None] = {}
    for name, amount in zip(words[::2], words[1::2], strict=True):
        key = NAMES.get(name.lower())
        number = _number(amount, whole=key != "max_dollars")
        if key is not None:
            named[key] = number
        else:
            gpus[_type(name)] = None if number is None else int(number)
    if named.get("max_local") == 0:
        raise CommandError("limits.malformed", "At least one local worker must be able to run.", hint=HINT)
    return msgspec.convert({"gpus": gpus, **named}, SetLimits)


def _number(word: str, *, whole: bool) -> float | int | None:
    if word.lower() in NONE:
        return None
    if re.fullmatch(r"\d{1,7}" if whole else r"\d{1,7}(\.\d{1,2})?", word) and float(word) <= MOST:
        return int(word) if whole else float(word)
    what = "a whole number" if whole else "an amount in dollars"
    raise CommandError("limits.malformed", f"{word!r} is not {what} up to {MOST:,}.", hint=HINT)


def _type(name: str) -> str:
    try:
        request = GpuRequest.parse(name)
    except UsageError:
        request = None
    if request is None or request.type == ANY or request.count != 1 or request.type.endswith(("!", "+")):
        raise CommandError("limits.malformed", f"{name!r} is neither a limit nor a type of GPU.", hint=HINT)
    return request.type
