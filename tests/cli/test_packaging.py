"""What is installed and what is committed: the wheel carries the skills, nothing names a registry, every dependency has
its reason."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from golfer_tui.version import __version__

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
REGISTRIES = re.compile(r"(pypi|pythonhosted|anaconda|files\.python)\.(org|com|io)", re.IGNORECASE)


def committed() -> list[Path]:
    """All files that belong to the project."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this is no git checkout")
    return [path for name in done.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_registry() -> None:
    for path in committed():
        text = path.read_bytes().decode(errors="replace")
        if path != Path(__file__):
            assert not REGISTRIES.search(text), path


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt", "Makefile", ".ci/run"])
def test_what_sets_up_holds_no_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()


def test_no_lock_file_is_committed() -> None:
    assert not {path.name for path in committed()} & {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"}


def requirements() -> list[str]:
    extras = PROJECT["project"]["optional-dependencies"]
    return [*PROJECT["project"]["dependencies"], *(each for extra in extras.values() for each in extra)]


def bare(requirement: str) -> str:
    """The name of a requirement, with its extras."""
    match = re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?", requirement)
    assert match
    return match[0]


def test_every_dependency_has_its_reason_and_no_other() -> None:
    reasons = re.findall(r"^\| `([^`]+)` \| [A-Z]", (ROOT / "CONTRIBUTING.md").read_text(), flags=re.MULTILINE)
    assert sorted(reasons) == sorted(map(bare, requirements()))


def test_every_dependency_is_pinned() -> None:
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().split())
    names = {re.sub(r"[-_.]+", "-", name).lower() for name in pins}
    for requirement in requirements():
        assert re.sub(r"[-_.]+", "-", bare(requirement).partition("[")[0]).lower() in names


def test_the_changelog_begins_with_this_version() -> None:
    assert re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)[0] == __version__


def test_what_users_rely_on_is_declared() -> None:
    project = PROJECT["project"]
    assert project["requires-python"] == ">=3.11"
    assert project["scripts"] == {"golfer": "golfer_tui.__main__:main"}
    assert {"openai-agents[modal]", "modal", "textual", "aiosqlite"} <= set(map(bare, project["dependencies"]))


def test_the_wheel_carries_the_skills(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    [wheel] = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "skills").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert f"golfer_tui/builtin_skills/{path.relative_to(ROOT / 'skills')}" in inside
    for path in (ROOT / "src").rglob("*.tcss"):
        assert str(path.relative_to(ROOT / "src")) in inside
    assert "golfer_tui/py.typed" in inside
