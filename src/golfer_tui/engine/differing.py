"""What is different between two moments of a workspace. Pure, and bounded whatever the files are."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Literal

from golfer_tui.model.files import COMPARED, LISTED, Change, Difference, FileState, Tree

LINES = 3000
"""Lines, without those that both begin or end with, up to which two texts are matched line by line: matching takes
time by their square. Of longer ones all old lines stand before all new ones."""

CONTEXT = 3
"""Lines that stand around a change."""

TOLD = 2 * 1024 * 1024
"""Characters of all diffs together."""


def compare(before: Tree, now: Tree) -> Difference:
    """The files that were added, changed or deleted, by path."""
    changes: list[Change] = []
    room, count = TOLD, 0
    for path in sorted({*before.files, *now.files}):
        old, new = before.files.get(path), now.files.get(path)
        if old == new or (old is not None and new is not None and _same(old, new)):
            continue
        if (new is None and not now.whole) or (old is None and not before.whole):
            continue  # It may be among those that were not looked at.
        count += 1
        if len(changes) < LISTED:
            change = _change(path, old, new, room)
            room -= len(change.diff)
            changes.append(change)
    return Difference(tuple(changes), count - len(changes), before.whole and now.whole)


def _same(old: FileState, new: FileState) -> bool:
    if old.data is not None and new.data is not None:
        return old.data == new.data
    return (old.size, old.stamp) == (new.size, new.stamp)


def _change(path: str, old: FileState | None, new: FileState | None, room: int) -> Change:
    state = new or old
    assert state is not None
    what: Literal["added", "changed", "deleted"] = "added" if old is None else "deleted" if new is None else "changed"
    texts: list[list[str]] = []
    for each in (old, new):
        if each is not None and each.data is None:
            why = f"larger than {COMPARED // 1024} KiB" if each.size > COMPARED else "not compared: too many files"
            return Change(path, what, state.size, untold=why)
        data = b"" if each is None or each.data is None else each.data
        if b"\0" in data:
            return Change(path, what, state.size, untold="binary")
        texts.append(data.decode(errors="replace").split("\n"))
    diff = "\n".join(_unified(*map(_lines, texts)))
    if len(diff) > room:
        return Change(path, what, state.size, untold="not shown: too many changes")
    return Change(path, what, state.size, diff=diff)


def _lines(parts: list[str]) -> list[str]:
    """Lines of a text; one that does not end is marked."""
    *lines, last = parts
    return [*lines, last + "\n\\ No newline at end of file"] if last else lines


def _unified(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """The lines of a unified diff, without a head."""
    for group in _groups(old, new):
        first, last = group[0], group[-1]
        ranges = _range(first[1], last[2]), _range(first[3], last[4])
        yield f"@@ -{ranges[0]} +{ranges[1]} @@"
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (f" {line}" for line in old[i1:i2])
                continue
            yield from (f"-{line}" for line in old[i1:i2])
            yield from (f"+{line}" for line in new[j1:j2])


Step = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]


class _Matched(difflib.SequenceMatcher[str]):
    """A match that is known already, to be put into groups."""

    def __init__(self, steps: list[Step]) -> None:
        super().__init__(None, "", "")
        self._steps = steps

    def get_opcodes(self) -> list[Step]:
        return self._steps


def _groups(old: Sequence[str], new: Sequence[str]) -> Iterator[Sequence[tuple[str, int, int, int, int]]]:
    top = _common(old, new)
    end = _common(old[top:][::-1], new[top:][::-1])
    i, j = len(old) - end, len(new) - end
    if max(i, j) - top > LINES:
        steps: list[Step] = [("replace", top, i, top, j)]
    else:
        found = difflib.SequenceMatcher(None, old[top:i], new[top:j]).get_opcodes()
        steps = [(tag, i1 + top, i2 + top, j1 + top, j2 + top) for tag, i1, i2, j1, j2 in found]
    whole = _Matched([("equal", 0, top, 0, top), *steps, ("equal", i, len(old), j, len(new))])
    yield from whole.get_grouped_opcodes(CONTEXT)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both begin with."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))


def _range(begin: int, end: int) -> str:
    """A range of lines as unified diffs tell it."""
    length = end - begin
    if length == 1:
        return str(begin + 1)
    return f"{begin + 1 if length else begin},{length}"
