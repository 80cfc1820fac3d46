"""Plain tables and lines of JSON on stdout, for the commands that list something."""

import sys
from collections.abc import Iterable, Sequence

import click

from golfer_tui.terminal.clean import one_line

CELL = 60
"""Characters of a cell that is cut."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; the last column is not cut, for it disturbs nobody."""
    lines = [heads, *([*(one_line(cell, CELL) for cell in row[:-1]), one_line(row[-1])] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads) - 1)]
    for number, line in enumerate(lines):
        text = "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]).rstrip()
        click.echo(click.style(text, bold=True) if number == 0 and sys.stdout.isatty() else text)


def json_lines(values: Iterable[object]) -> None:
    """Print each value as one line of JSON."""
    import msgspec

    for value in values:
        click.echo(msgspec.json.encode(value))
