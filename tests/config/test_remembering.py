"""What the first steps write into a settings file: there at the next start, with all else as it was."""

import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui import config
from golfer_tui.config.remembering import remember
from golfer_tui.model.errors import UsageError

VALUES = {"model.base_url": "http://127.0.0.1:1/v1", "model.name": "m"}


def test_a_file_is_made_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "golfer.toml"
    remember(path, VALUES)
    assert config.load(tmp_path, {"GOLFER_CONFIG": str(path)}).model.name == "m"
    assert [each.name for each in path.parent.iterdir()] == ["golfer.toml"]


def test_all_else_stays_comments_and_rights_included(tmp_path: Path) -> None:
    path = tmp_path / "golfer.toml"
    before = '# mine\ntheme = "nord"\n\n[model] # which\nname = "old"\nmax_turns = 7\n\n[pool]\nmax_local = 2\n'
    path.write_text(before)
    path.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    remember(link, VALUES)
    text = path.read_text()
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    for line in ("# mine", "[model] # which", "max_turns = 7", "[pool]"):
        assert line in text
    assert tomllib.loads(text)["model"] == {"name": "m", "base_url": "http://127.0.0.1:1/v1", "max_turns": 7}
    remember(path, VALUES)
    assert path.read_text() == text


@pytest.mark.parametrize("text", ["[model", "model = 3", '"\xff"'])
def test_a_file_that_is_none_of_ours_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "golfer.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError) as refused:
        remember(path, VALUES)
    assert refused.value.code == "settings.unwritable"
    assert "model.name = 'm'" in refused.value.hint
    assert path.read_bytes() == text.encode("latin-1")
    assert os.listdir(tmp_path) == ["golfer.toml"]


def test_a_folder_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError):
        remember(tmp_path / "file" / "golfer.toml", VALUES)


@given(st.text())
def test_every_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "golfer.toml"
    remember(path, {"model.name": text})
    assert tomllib.loads(path.read_text(encoding="utf-8"))["model"]["name"] == text
