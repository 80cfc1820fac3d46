"""Patterns of commands that wait for a person: RE2's, so that no command takes longer than its length asks for."""

from typing import Any

from golfer_tui.model.errors import UsageError

LONGEST = 1000
"""Characters of a pattern."""


def pattern(text: str, where: str = "approvals.commands") -> Any:
    """The compiled pattern; `search` finds it anywhere in a command. `where` it was read is told if it is wrong.

    Raises:
        UsageError: `approvals.pattern`: it is empty, too long or no regular expression of RE2's syntax.
    """
    import re2  # who sets no pattern need not wait for it

    options = re2.Options()
    options.log_errors = False
    try:
        if not 0 < len(text) <= LONGEST:
            raise re2.error(f"it has {len(text)} characters, and 1 to {LONGEST} are allowed")
        return re2.compile(text, options)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        why = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise UsageError(
            "approvals.pattern",
            f"{where}: {text[:80]!r} is no regular expression: {why}.",
            hint="Write it in RE2's syntax, in TOML between single quotes.",
        ) from None
