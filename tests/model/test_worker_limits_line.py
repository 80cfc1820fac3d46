"""The line that says the limits of one worker."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.model.commands import LimitWorker
from golfer_tui.model.errors import CommandError
from golfer_tui.model.worker_limits import read, written


@given(st.none() | st.integers(1, 100_000), st.none() | st.integers(1, 2_592_000))
def test_what_is_written_is_read(turns: int | None, timeout: int | None) -> None:
    assert read("w", written(turns, timeout)) == LimitWorker("w", turns, timeout)


@pytest.mark.parametrize(
    ("line", "turns", "timeout"),
    [
        ("turns=300", 300, msgspec.UNSET),
        ("timeout 20m", msgspec.UNSET, 1200.0),
        ("timeout=1.5h, turns=off", None, 5400.0),
        ("timeout=none", msgspec.UNSET, None),
    ],
)
def test_lines(line: str, turns: object, timeout: object) -> None:
    order = read("w", line)
    assert (order.turns, order.timeout) == (turns, timeout)


@given(st.text(max_size=20))
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    problem = None
    try:
        order = read("w", text)
    except CommandError as error:
        order, problem = LimitWorker("w"), error
    assert (problem is None) == (order != LimitWorker("w"))
    assert problem is None or (problem.code == "limits.malformed" and problem.hint)


@pytest.mark.parametrize(
    "line", ["", "turns", "turns=0", "turns=-1", "timeout=0", "timeout=31d", "speed=3", "turns=1 2"]
)
def test_wrong_lines(line: str) -> None:
    with pytest.raises(CommandError):
        read("w", line)
