"""A small run of `benchmarks/fuzz.py`, and that it sees what it looks for."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from fuzz import fuzz, harm

from golfer_tui.terminal.cells import PLAIN, Run
from golfer_tui.tui.paint import shown


def test_random_sequences_become_cells_and_nothing_else() -> None:
    assert fuzz(3000, seed=7)["harmful"] == 0


@pytest.mark.parametrize("text", ["\x1b]0;title\x07", "a\u202eb", "a\nb", "\x9b2J", "\x1b[2J"])
def test_what_a_terminal_would_act_on_is_seen(text: str) -> None:
    assert harm(f"\x1b[1mfine {text}\x1b[0m")


@pytest.mark.parametrize(
    ("text", "cells", "drawn"),
    [
        ("~\u200d0\u200d", 2, "~0"),  # Not everybody takes a joiner between letters for nothing.
        ("中\u0301\u200d中", 4, "中中"),
        ("0", 2, "0 "),
        ("中", 1, " "),
    ],
)
def test_a_text_covers_the_cells_that_the_emulator_counts(text: str, cells: int, drawn: str) -> None:
    assert [run.text for run in shown((Run(text, PLAIN, cells),))] == [drawn]
