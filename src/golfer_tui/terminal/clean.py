"""Nothing that a worker, a model or a file wrote may steer the person's terminal: it is stripped before it is shown."""

import re

_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]")
"""Whole escape sequences: CSI, the string sequences (OSC, DCS, ...), and the short ones. A string sequence without an
end only loses its introducer, or it would hide all that follows."""

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and newline, DEL, C1
    r"\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible or reordering
    r"\ud800-\udfff]"
)

TAB = 4
"""Columns of a tab."""


def clean(text: str) -> str:
    """Text that is safe to draw, with its line breaks."""
    text = _SEQUENCE.sub("", text.replace("\r\n", "\n"))
    return _CONTROL.sub("", text).expandtabs(TAB)


def one_line(text: str, limit: int = 500) -> str:
    """The same on one line, runs of white space made one, at most `limit` characters."""
    short = text if len(text) <= 4 * limit else text[: 4 * limit]
    line = " ".join(clean(short).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
