"""Lines of a known shape are read by a look-up: it finds what reading them anew finds, digit for digit."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from golfer_tui.experiments import metrics
from golfer_tui.experiments.metrics import Metric, MetricReader
from golfer_tui.experiments.shapes import SHAPES, Filter, shapes_of

WORDS = (
    "loss",
    "val",
    "f1",
    "r2",
    "map@0.5",
    "top5",
    "acc",
    "step",
    "epoch",
    "pre",
    "nan",
    "lr",
    "Score",
    "é",
    "{",
    "}",
)
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(
        (" ", ":", "=", "_", "/", ".", "-", "%", '"', "\x1b[32m", "\x1b[0m", "\t", "\x07", ", ", ": ", "= ")
    ),
    st.text("0123456789", min_size=1, max_size=4),
)
LINES = st.lists(PIECES, max_size=14).map("".join)


def read(line: str) -> list[Metric]:
    return MetricReader().feed(line.encode() + b"\n" + line.encode() + b"\r")


@given(LINES, st.lists(st.sampled_from("0123456789"), min_size=60, max_size=60))
@example("step 10 loss=2.50", ["9"] * 60)
@example('{"loss": 10, "step": 11}', ["0"] * 60)
@example("\x1b[1mval f1: 0.5\x1b[0m", ["2"] * 60)
def test_other_digits_change_nothing_but_the_digits(line: str, digits: list[str]) -> None:
    other = iter(digits)
    second = re.sub(r"[0-9]", lambda _: next(other), line)
    read(line)
    known = read(second)
    metrics._layouts.clear()
    metrics._FILTER._known.clear()
    assert repr(known) == repr(read(second))


@given(st.binary(max_size=200))
def test_a_shape_is_as_long_as_its_line(data: bytes) -> None:
    assert [len(shape) for shape in shapes_of(data)] == [len(line) for line in re.split(rb"[\r\n]", data)]


def test_no_more_shapes_are_remembered_than_the_bound() -> None:
    asked = Filter(re.compile(b"loss"))
    for number in range(SHAPES + 10):
        assert asked.choose([b"loss" + b"x" * (number % 500) + b"y" * (number // 500)])
    assert len(asked._known) <= SHAPES


@pytest.mark.parametrize("line", ["step 5 loss 2.5", "\x1b[31mstep 5\x1b[0m loss 2.5"])
def test_a_second_line_of_a_shape_gives_its_own_values(line: str) -> None:
    read(line)
    assert [(each.step, each.value) for each in MetricReader().feed(line.replace("5", "7").encode() + b"\n")] == [
        (7, 2.7)
    ]
