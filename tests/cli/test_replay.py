"""`golfer replay --screen` as a person meets it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from golfer_tui.cli import main

GOLFER = str(Path(sys.executable).with_name("golfer"))


@pytest.fixture
def cast(tmp_path: Path) -> Path:
    path = tmp_path / "a.cast"
    events = [[1.0, "o", "one  \r\n"], [1.0, "o", "\x1b[1;32mtwo\x1b[0m"], [1.0, "r", "10x2"], [1.0, "o", "!"]]
    path.write_text("\n".join(map(json.dumps, [{"version": 3, "term": {"cols": 20, "rows": 3}}, *events])) + "\n")
    return path


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = main(["replay", *arguments])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return out


def test_the_screen_at_a_moment(cast: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, str(cast), "--screen") == "one\ntwo!\n"
    assert printed(capsys, str(cast), "--screen", "--at", "1.5") == "one\n\n\n"
    assert printed(capsys, str(cast), "--screen", "--at", "0") == "\n\n\n"
    assert printed(capsys, str(cast), "--screen", "--size", "30x4") == "one\ntwo!\n\n\n"
    assert printed(capsys, str(cast), "--screen", "--ansi", "--at", "2") == "one\n\x1b[1;32mtwo\x1b[0m\n\n"


def refused(*arguments: str) -> str:
    done = subprocess.run([GOLFER, "replay", *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_wrong_usage_is_one_line(cast: Path, tmp_path: Path) -> None:
    assert "no such file" in refused(str(tmp_path / "none.cast"), "--screen")
    assert "is a directory" in refused(str(tmp_path), "--screen")
    assert "needs a terminal" in refused(str(cast))
    assert "--ansi belongs to --screen" in refused(str(cast), "--ansi")


@pytest.mark.parametrize(
    "arguments",
    [("--size", "80"), ("--size", "0x24"), ("--size", "5000x2"), ("--at", "-1"), ("--at", "nan"), ("--at", "soon")],
)
def test_wrong_values_are_named(cast: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, str]) -> None:
    assert main(["replay", str(cast), "--screen", *arguments]) == 2
    assert f"{arguments[0]} cannot be '{arguments[1]}'" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"\0\xff" * 1000, b'{"version": 1, "width": 80, "height": 24}\n', b"{}\nx\n"])
def test_other_files_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    assert main(["replay", str(path), "--screen"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert str(path) in err
