"""Marks in texts of the chat: where a pattern stands, and in which line of it the person is. Pure."""

from typing import Any

from textual.content import Content

MATCH, CURRENT = "reverse $secondary", "bold reverse $accent"


def lines_with(text: str, pattern: Any) -> list[int]:
    """Numbers of the lines of a text in which the pattern stands."""
    return [number for number, line in enumerate(text.split("\n")) if pattern.search(line)]


def marked(content: Content, pattern: Any, current: int | None) -> Content:
    """The same with marks; `current`: number of the line in which the person is."""
    begin = 0
    for number, line in enumerate(content.plain.split("\n")):
        for found in pattern.finditer(line):
            first, stop = found.span()
            if stop > first:
                style = CURRENT if number == current else MATCH
                content = content.stylize(style, begin + first, begin + stop)
        begin += len(line) + 1
    return content
