"""The screen beside tmux: the same bytes, the same cells. Every known difference stands here with its reason."""

import random
from collections.abc import Iterator
from pathlib import Path

import corpus
import pytest
import recorder
from programs import prepare, programs
from tmux_oracle import TMUX, VERSION, Shown, Tmux, differences, ours

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed; it is the oracle of these tests")

SIZES = [(80, 24), (132, 43)]
SAME = 0.999
"""Share of cells that must be the same over all streams, the known differences counted as wrong."""

EDGE = "After a full line tmux stands behind the last column, so that BS and EL act there; xterm and we stand on it."
KNOWN: dict[str, tuple[int, bool, str]] = {
    # name: cells that may differ, whether the cursor may, and why
    "tab stops": (1, True, "The emulator does not read TBC without a parameter as 0."),
    "pending wrap": (3, False, EDGE),
    "wide overwritten": (9, False, "tmux leaves the left half of a wide character whose right half was overwritten."),
    "emoji sequences": (16, True, "tmux joins what ZWJ joins; we keep the width that programs count with wcwidth."),
    "flags": (8, True, "A regional indicator is two columns wide for the emulator and one for tmux."),
    "keycap": (1, False, "The emulator drops a variation selector behind a digit, where it has no effect."),
    "broken utf-8": (16, True, "tmux drops bytes that are not UTF-8; we show U+FFFD as xterm does."),
    "top": (1, False, EDGE),
    "top screen": (43, False, EDGE),
    "watch": (1, False, EDGE),
}


@pytest.fixture(scope="module")
def tmux() -> Iterator[Tmux]:
    with Tmux() as server:
        yield server


class Tally:
    """Cells compared and cells that differ."""

    def __init__(self) -> None:
        self.cells = self.wrong = 0
        self.unknown: list[str] = []

    def compare(self, name: str, mine: Shown, theirs: Shown) -> None:
        wrong = differences(mine, theirs)
        self.cells += sum(map(len, mine.rows))
        self.wrong += len(wrong)
        cells, cursor, _ = KNOWN.get(name, (0, False, ""))
        if len(wrong) > cells:
            y, x, left, right = wrong[0]
            self.unknown.append(f"{name}: {len(wrong)} cells, the first at {x},{y}: ours {left}, tmux {right}")
        if mine.cursor != theirs.cursor and not cursor:
            self.unknown.append(f"{name}: our cursor at {mine.cursor}, that of tmux at {theirs.cursor}")

    def verdict(self) -> None:
        assert not self.unknown, f"{VERSION}\n" + "\n".join(self.unknown)
        assert 1 - self.wrong / self.cells >= SAME


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_written_streams_look_as_in_tmux(tmux: Tmux, columns: int, rows: int) -> None:
    tally = Tally()
    for name, data in corpus.written(columns, rows).items():
        tally.compare(name, ours(data, columns, rows), tmux.show(data, columns, rows))
    tally.verdict()


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_generated_streams_look_as_in_tmux(tmux: Tmux, columns: int, rows: int) -> None:
    """The share alone is asserted, for two things differ anywhere: when a full line scrolls the screen, tmux gives the
    new row no background, unlike xterm and us; and insert mode pushes its last cell over the edge differently."""
    cells = wrong = 0
    for seed in range(25):
        data = corpus.generated(seed, columns, rows)
        wrong += len(differences(ours(data, columns, rows), tmux.show(data, columns, rows)))
        cells += columns * rows
    assert 1 - wrong / cells >= SAME


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_real_programs_look_as_in_tmux(tmux: Tmux, tmp_path: Path, columns: int, rows: int) -> None:
    prepare(tmp_path)
    tally, count, r = Tally(), 0, random.Random(1)
    for name, argv, steps in programs():
        recordings = recorder.record(argv, columns, rows, steps, folder=tmp_path)
        count += 1
        for data in recordings:
            mine = ours(data, columns, rows)
            tally.compare(name, mine, tmux.show(data, columns, rows))
            # And however the recording is cut, the screen is the same.
            assert ours(data, columns, rows, cuts=sorted(r.sample(range(len(data) + 1), min(20, len(data))))) == mine
    assert count >= 20
    tally.verdict()
