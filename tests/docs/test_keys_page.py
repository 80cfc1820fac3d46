"""`docs/keys.md` is what the table of actions says."""

import importlib.util
from pathlib import Path

import pytest

from golfer_tui.tui.actions import ACTIONS, Action

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "keys.md").read_text(encoding="utf-8")


def test_the_page_is_fresh() -> None:
    spec = importlib.util.spec_from_file_location("keys_page", DOCS / "keys.py")
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    assert writer.page() == PAGE, "run: make keys"


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_is_documented(action: Action) -> None:
    [row, *_] = [line for line in PAGE.splitlines() if line.startswith(f"| `{action.id}` |")]
    assert action.usage in row
    assert action.help[1:] in row
