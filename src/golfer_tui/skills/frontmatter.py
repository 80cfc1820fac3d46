"""The front matter of a skill: the few lines between two `---` that name and describe it.

Only what skills use of YAML is read: top-level keys with a text, plain, quoted, or as a block after `>` or `|`.
Other keys may hold anything; what is indented below them is passed over.
"""

import json
import re

_KEY = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:(?:[ \t]+(.*?))?[ \t]*")
_BLOCK = re.compile(r"([>|])[+-]?[1-9]?(?:[ \t]+#.*)?")
_COMMENT = re.compile(r"[ \t]#.*")
_COLLECTION = tuple("[{&*!%@`")
"""What a plain text cannot begin with; YAML gives these characters a meaning of their own."""


class FrontMatterError(ValueError):
    """The front matter cannot be read; the text says why, with the line."""


def split(text: str) -> tuple[dict[str, str], str]:
    """The texts of the front matter by key, and the body below it.

    Raises:
        FrontMatterError: there is none, it is not closed, or a line in it is not understood.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].rstrip() != "---":
        raise FrontMatterError("it does not begin with front matter: a line `---`, then name and description")
    end = next((index for index, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        raise FrontMatterError("its front matter is not closed by a second line `---`")
    return _read(lines[1:end]), "\n".join(lines[end + 1 :]).strip("\n") + "\n"


def _read(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(lines):
        line, number = lines[at], at + 2
        at += 1
        if not line.strip() or line.startswith("#"):
            continue
        key = _KEY.fullmatch(line)
        if key is None:
            raise FrontMatterError(f"line {number} of its front matter is no `key: text`")
        if key[1] in found:
            raise FrontMatterError(f"line {number} of its front matter gives `{key[1]}` a second time")
        below = at
        while below < len(lines) and (not lines[below].strip() or lines[below].startswith((" ", "\t", "- "))):
            below += 1
        found[key[1]] = _text(key[2] or "", lines[at:below], number)
        at = below
    return found


def _text(first: str, below: list[str], number: int) -> str:
    """The text of one key from what follows the colon and the indented lines below it; empty for lists and maps."""
    if block := _BLOCK.fullmatch(first):
        return _joined(below, folded=block[1] == ">")
    if first.startswith(('"', "'")):
        return _unquoted(" ".join([first, *(line.strip() for line in below)]).strip(), number)
    first = "" if first.startswith("#") else _COMMENT.sub("", first).strip()
    if not first or first.startswith(_COLLECTION):
        return ""
    return " ".join([first, *(line.strip() for line in below)]).strip()


def _joined(below: list[str], *, folded: bool) -> str:
    if not folded:
        return "\n".join(line.strip() for line in below).strip()
    paragraphs = "\n".join(line.strip() for line in below).strip().split("\n\n")
    return "\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)


def _unquoted(text: str, number: int) -> str:
    quote = text[0]
    closed = re.fullmatch(rf"{quote}((?:[^{quote}\\]|\\.|{quote}{quote})*){quote}(?:[ \t]+#.*)?", text)
    if closed is None:
        raise FrontMatterError(f"the quotes that open on line {number} of its front matter are not closed")
    if quote == "'":
        return closed[1].replace("''", "'")
    try:
        return str(json.loads(f'"{closed[1]}"'))
    except ValueError:
        raise FrontMatterError(f"line {number} of its front matter has a backslash that means nothing") from None
