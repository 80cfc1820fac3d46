"""`docs/settings.md` lists the settings as they are: every key, default, choice, flag and command."""

import re
import tomllib
import typing
from pathlib import Path

import click
import msgspec
import pytest

from golfer_tui import config
from golfer_tui.cli.root import golfer
from golfer_tui.config.check import KEYS
from golfer_tui.config.sources import FLAGS, NOT_SETTINGS
from golfer_tui.model.profiles import MountSettings, ProfileSettings
from golfer_tui.model.settings import Settings
from golfer_tui.tui.keymap import keymap_from

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()

ROWS = {
    cells[0].strip("`"): cells
    for line in PAGE.splitlines()
    if line.startswith("| `") and len(cells := re.split(r" *\| *", line.strip("| "))) == 5
}


def default(key: str) -> object:
    value: object = Settings()
    for name in key.split("."):
        value = getattr(value, name)
    return value


def test_every_key_is_listed_and_no_other() -> None:
    assert list(ROWS) == list(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_defaults_and_choices_are_true(key: str) -> None:
    _, values, shown, _, meaning = ROWS[key]
    value = default(key)
    if isinstance(value, bool):
        assert shown == ("true" if value else "false")
    elif isinstance(value, int | str) and value != "":
        assert shown.strip("`") == str(value)
    for choice in typing.get_args(KEYS[key]):
        if isinstance(choice, str):
            assert f"`{choice}`" in values
    assert meaning.endswith(".")


def test_flags_are_listed_where_they_belong() -> None:
    for key, cells in ROWS.items():
        assert cells[3].startswith(f"`{FLAGS[key]}`") if key in FLAGS else cells[3] == ""


def commands(name: str, command: click.Command) -> list[tuple[str, click.Command]]:
    """A command and all below it, as they are called."""
    below = command.commands.items() if isinstance(command, click.Group) else ()
    return [(name, command), *(found for part, each in below for found in commands(f"{name} {part}", each))]


def test_every_command_and_flag_is_listed() -> None:
    table = PAGE.partition("## Commands and flags")[2]
    for name, command in commands("golfer", golfer):
        if isinstance(command, click.Group) and not command.invoke_without_command:
            continue
        row = next(line for line in table.splitlines() if line.startswith(f"| `{name}` |"))
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert parameter.opts[0] in row


def test_variables_that_are_no_settings_are_listed() -> None:
    for name in (*NOT_SETTINGS, "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        assert re.search(rf"^\| `{name}`", PAGE, flags=re.MULTILINE)


def test_the_example_is_a_valid_file(tmp_path: Path) -> None:
    example = "".join(re.findall(r"^```toml\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL))
    own = tmp_path / "own.toml"
    own.write_text(example)
    settings = config.load(tmp_path, {"GOLFER_CONFIG": str(own)})
    assert keymap_from(settings.keys)["worker.zoom"] == ("z", "enter", "f5")
    assert settings.pool.gpus == tomllib.loads(example)["pool"]["gpus"]
    assert settings != msgspec.structs.replace(settings, skills=())


@pytest.mark.parametrize(("title", "kind"), [("[workers.NAME]", ProfileSettings), ("[[mounts]]", MountSettings)])
def test_tables_of_their_own_are_listed_with_every_option(title: str, kind: type[msgspec.Struct]) -> None:
    section = re.split("^##", PAGE.partition(f"### `{title}`")[2], flags=re.MULTILINE)[0]
    assert re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE) == list(kind.__struct_fields__)
