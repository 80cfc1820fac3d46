"""A picture as text that a person can review: the rows, then the looks of all themes, then which cells have them."""

import dataclasses as dc
import difflib
import itertools
import re
import string
from collections.abc import Iterator, Mapping

from tui.painted import Painted

MOST = 30
"""Lines of a difference that are told of each kind."""

Looks = tuple[str, ...]
"""How a cell looks, in each theme."""

_ROW = re.compile(r" *\d+│(.*)│")
_LOOK = re.compile(r"([a-zA-Z]+) +(.+)")
_RUNS = re.compile(r"(\d+)(?:-(\d+))?: (.+)")
_RUN = re.compile(r"([a-zA-Z]+)(\d+)")


@dc.dataclass(frozen=True)
class Picture:
    """A screen in all its themes."""

    title: str
    """Which screen it is."""
    themes: tuple[str, ...]
    rows: tuple[str, ...]
    looks: tuple[tuple[Looks, ...], ...]
    """One for each column of each row."""

    @classmethod
    def of(cls, title: str, seen: Mapping[str, Painted]) -> "Picture":
        """Put what was seen in each theme together.

        Raises:
            AssertionError: a theme changes what is written.
        """
        first, *others = seen.values()
        for theme, other in zip(list(seen)[1:], others, strict=True):
            told = "\n".join(_rows_differ(first.rows, other.rows))
            assert not told, f"{theme} has other text:\n{told}"
        looks = tuple(
            tuple(tuple(map(str, cell)) for cell in zip(*row, strict=True))
            for row in zip(*(each.looks for each in seen.values()), strict=True)
        )
        return cls(title, tuple(seen), first.rows, looks)

    @classmethod
    def read(cls, text: str) -> "Picture":
        """The inverse of `str`."""
        head, rows, legend, runs = text.rstrip("\n").split("\n\n")
        names, *entries = legend.split("\n")
        looks = {name: tuple(told.split(" │ ")) for name, told in (_LOOK.fullmatch(line).groups() for line in entries)}  # type: ignore[union-attr]
        cells: list[tuple[Looks, ...]] = []
        for line in runs.split("\n"):
            first, last, told = _RUNS.fullmatch(line).groups()  # type: ignore[union-attr]
            row = tuple(looks[name] for name, count in _RUN.findall(told) for _ in range(int(count)))
            cells += [row] * (int(last or first) - int(first) + 1)
        written = tuple(_ROW.fullmatch(line)[1] for line in rows.split("\n"))  # type: ignore[index]
        return cls(head, tuple(names.removeprefix("looks ").split(" │ ")), written, tuple(cells))

    def __str__(self) -> str:
        names: dict[Looks, str] = {}
        ids = _names()
        for look in itertools.chain.from_iterable(self.looks):
            if look not in names:
                names[look] = next(ids)
        rows = "\n".join(f"{number:>3}│{row}│" for number, row in enumerate(self.rows, 1))
        legend = "\n".join(f"{name:<2} {' │ '.join(look)}" for look, name in names.items())
        runs = []
        number = 0
        for row, same in itertools.groupby(self.looks):
            first, number = number + 1, number + len(list(same))
            told = " ".join(f"{names[look]}{len(list(run))}" for look, run in itertools.groupby(row))
            runs.append(f"{first}-{number}: {told}" if number > first else f"{first}: {told}")
        return f"{self.title}\n\n{rows}\n\nlooks {' │ '.join(self.themes)}\n{legend}\n\n" + "\n".join(runs) + "\n"


def differences(before: Picture, now: Picture) -> Iterator[str]:
    """What moved: first the rows that say something else, then the cells that look different."""
    for name, old, new in (("screen", before.title, now.title), ("themes", before.themes, now.themes)):
        if old != new:
            yield f"another {name}: {old}, now {new}"
    rows = list(_rows_differ(before.rows, now.rows))
    yield from _cut(rows)
    if not rows and before.themes == now.themes:
        yield from _cut(list(_looks_differ(before, now)))


def _rows_differ(before: tuple[str, ...], now: tuple[str, ...]) -> Iterator[str]:
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from (f"- row {number + 1:>2}: {before[number].rstrip()}" for number in range(i1, i2))
            yield from (f"+ row {number + 1:>2}: {now[number].rstrip()}" for number in range(j1, j2))


def _looks_differ(before: Picture, now: Picture) -> Iterator[str]:
    """Cells beside each other that changed in the same way, with what stands there."""
    for number, (text, old, new) in enumerate(zip(now.rows, before.looks, now.looks, strict=True), 1):
        column = 0
        for (was, becomes), run in itertools.groupby(zip(old, new, strict=True)):
            first, column = column, column + len(list(run))
            if was != becomes:
                shown = text[first:column].strip() or "nothing"
                yield f"row {number}, columns {first + 1}-{column}, {shown}:"
                for theme, left, right in zip(now.themes, was, becomes, strict=True):
                    if left != right:
                        yield f"    {theme}: {left}, now {right}"


def _cut(lines: list[str]) -> Iterator[str]:
    yield from lines[:MOST]
    if len(lines) > MOST:
        yield f"… {len(lines) - MOST} more lines"


def _names() -> Iterator[str]:
    letters = string.ascii_lowercase + string.ascii_uppercase
    yield from letters
    yield from map("".join, itertools.product(letters, repeat=2))
