"""Limits in a line of words."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.model.commands import SetLimits
from golfer_tui.model.errors import CommandError
from golfer_tui.model.limit_words import read


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("gpus 4", SetLimits(max_gpus=4)),
        ("h100=2, a100-80gb 1", SetLimits(gpus={"H100": 2, "A100-80GB": 1})),
        ("H100 off gpus off", SetLimits(gpus={"H100": None}, max_gpus=None)),
        ("dollars 2.50 local 3", SetLimits(max_dollars=2.5, max_local=3)),
        ("$5", SetLimits(max_dollars=5.0)),
        ("Dollars = $5 gpus=1", SetLimits(max_dollars=5.0, max_gpus=1)),
        ("max_dollars=none", SetLimits(max_dollars=None)),
        ("gpus 0", SetLimits(max_gpus=0)),
    ],
)
def test_read(text: str, command: SetLimits) -> None:
    assert read(text) == command


@pytest.mark.parametrize(
    "text", ["", "  ", "gpus", "gpus x", "gpus -1", "gpus 1.5", "local 0", "H100:2 4", "any 3", "2 3", "H100! 1",
             "dollars 1.234", "dollars 99999999", "none 4", "gpus 4 gpus"],
)  # fmt: skip
def test_what_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(CommandError, match="off takes a limit away"):
        read(text)


@given(st.text())
def test_any_line_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(CommandError):
        assert isinstance(read(text), SetLimits)
