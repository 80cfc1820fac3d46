"""`[keys]` in the settings, in every way in which it can be written."""

from pathlib import Path

import pytest

from golfer_tui import config
from golfer_tui.model.errors import UsageError


def loaded(tmp_path: Path, text: str = "", **variables: str) -> object:
    """The keys that a person's own file and variables give."""
    own = tmp_path / "own.toml"
    own.write_text(text)
    return config.load(tmp_path, {"GOLFER_CONFIG": str(own), **variables}).keys


@pytest.mark.parametrize(
    "text",
    [
        '[keys]\n"worker.kill" = "k"\n"worker.zoom" = ["z", "f5"]\n"session.scores" = ""',
        '[keys]\nworker.kill = "k"\nworker.zoom = ["z", "f5"]\nsession.scores = ""',
        '[keys.worker]\nkill = "k"\nzoom = ["z", "f5"]\n[keys.session]\nscores = ""',
        'keys = { "worker.kill" = "k", worker.zoom = ["z", "f5"], "session.scores" = "" }',
    ],
)
def test_a_file_names_actions_with_quotes_or_without(tmp_path: Path, text: str) -> None:
    assert loaded(tmp_path, text) == {"worker.kill": "k", "worker.zoom": ("z", "f5"), "session.scores": ""}


def test_a_variable_names_an_action_once_for_each_key(tmp_path: Path) -> None:
    written = "worker.kill=k, worker.zoom=z,worker.zoom=f5,session.scores=,chat.copy=ctrl+="
    assert loaded(tmp_path, GOLFER_KEYS=written) == {
        "worker.kill": ("k",),
        "worker.zoom": ("z", "f5"),
        "session.scores": ("",),
        "chat.copy": ("ctrl+=",),
    }


@pytest.mark.parametrize("value", ['"k"', "[1]", "{ worker.kill = 1 }", "{ worker.kill = [1] }", "{ a.b.c = 'k' }"])
def test_other_values_are_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        loaded(tmp_path, f"keys = {value}")
    assert caught.value.code == "settings.value"
    assert "actions with a key or a list of keys" in str(caught.value)


def test_a_project_does_not_change_what_a_person_presses(tmp_path: Path) -> None:
    (tmp_path / "golfer.toml").write_text('[keys]\nworker.kill = "j"\n')
    with pytest.raises(UsageError, match="what your keys do"):
        config.load(tmp_path, {})
