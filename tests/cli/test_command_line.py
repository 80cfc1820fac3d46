"""The command line as a person meets it: what it prints where, and its exit codes."""

import asyncio
import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from golfer_tui.cli import main
from golfer_tui.cli.failures import answered
from golfer_tui.cli.root import golfer as group
from golfer_tui.model.errors import StoreError
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store
from golfer_tui.version import __version__

GOLFER = str(Path(sys.executable).with_name("golfer"))


def call(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """The installed command, as a process with pipes."""
    return subprocess.run([GOLFER, *arguments], capture_output=True, text=True, check=False, timeout=60, **options)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Said":
    """Runs the command line in this process, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    return Said(capsys)


class Said:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = self._capsys.readouterr()
        return code, out, err


def test_version_as_command_and_as_module() -> None:
    expected = f"golfer {__version__}\n"
    assert call("--version").stdout == expected
    module = [sys.executable, "-m", "golfer_tui", "--version"]
    assert subprocess.run(module, capture_output=True, text=True, check=True).stdout == expected


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["run", "--help"], ["doctor", "--help"]])
def test_what_answers_at_once_imports_nothing_slow(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from golfer_tui.__main__ import main\n"
        "code = main()\n"
        "slow = {'agents', 'openai', 'textual', 'rich', 'modal', 'msgspec', 'asyncio', 'sqlite3', 'pydantic'}\n"
        "sys.exit(code or ', '.join(slow & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_names_every_command_and_flag(said: Said) -> None:
    code, out, _ = said("--help")
    assert code == 0
    for word in ("--prompt", "--resume", "--backend", "--model", "--demo", "run", "sessions", "skills", "doctor"):
        assert word in out
    assert "..." not in out.partition("\n")[2]


def test_every_command_has_help() -> None:
    for name, command in group.commands.items():
        assert command.help, name
        assert command.get_short_help_str(limit=200).endswith("."), name


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["rnu"], "No such command 'rnu'. Did you mean 'run'? See 'golfer --help'."),
        (["--promt", "x"], "No such option '--promt'. Did you mean '--prompt'? See 'golfer --help'."),
        (["run"], "Say what to do with --prompt TEXT, or chat with --interactive. See 'golfer run --help'."),
        (["run", "--json", "--interactive"], "--json and --interactive exclude each other."),
        (["run", "--interactive", "--prompt", "-"], "--interactive reads stdin itself"),
        (["run", "--demo", "--prompt", " "], "--prompt is empty."),
        (["run", "--prompt", "x" * (1024 * 1024 + 1)], "--prompt has more than 1,048,576 bytes."),
        (["run", "--prompt", "\udcff"], "--prompt is not UTF-8."),
        (["run", "--prompt", "x"], "No model is set up: set OPENAI_API_KEY"),
        (["run", "--prompt", "x", "--demo", "--backend", "docker"], "--backend cannot be 'docker'. It takes local or"),
        (["--demo", "run"], "Write --demo after the command: golfer run --demo"),
        (["--resume", "--demo"], "The cockpit needs a terminal, and this is none. Without one use: golfer run"),
        (["completion", "powershell"], "'powershell' is not one of 'bash', 'zsh', 'fish'."),
        (["sessions", "extra"], "No such command 'extra'. See 'golfer sessions --help'."),
        (["doctor", "extra"], "Got unexpected extra argument (extra)"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(said: Said, arguments: list[str], expected: str) -> None:
    code, out, err = said(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("golfer: ")
    assert err.count("\n") == 1
    assert expected in err


def test_without_a_terminal_golfer_run_is_named() -> None:
    done = call()
    assert (done.returncode, done.stdout) == (2, "")
    assert "golfer run --prompt" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_prompt_from_stdin() -> None:
    empty = call("run", "--demo", "--prompt", "-", input="  \n")
    assert (empty.returncode, empty.stderr.strip()) == (2, "golfer: stdin is empty. Say what to do.")
    assert "No model" in call("run", "--prompt", "-", input="do something").stderr


def test_a_wrong_setting_is_one_line_with_file_and_key(said: Said, tmp_path: Path) -> None:
    (tmp_path / "golfer.toml").write_text("[pool]\nmax_gpu = 1\n")
    code, out, err = said("run", "--demo", "--prompt", "x")
    assert (code, out) == (2, "")
    assert err == f"golfer: {tmp_path}/golfer.toml: unknown key pool.max_gpu. Did you mean pool.max_gpus?\n"


def test_no_session_to_resume(said: Said) -> None:
    assert said("run", "--resume")[2] == "golfer: There is no session to resume. Start one with golfer.\n"
    assert 'There is no session "k3f9"' in said("run", "--demo", "--prompt", "x", "--resume", "k3f9")[2]


def test_sessions_of_an_empty_store(said: Said) -> None:
    assert said("sessions") == (0, "", "No session is stored yet.\n")
    assert said("sessions", "--json") == (0, "", "")


async def test_a_session_runs_only_while_somebody_has_it(isolated: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    async with Store.open(isolated / "golfer") as store:
        for name, state in (("left", "running"), ("over", "done")):
            row = SessionRow(id=name, title=f"{name}\x1b[2J", backend="local", created=now, updated=now, state=state)
            await store.sessions.create(row)
        lease = await store.sessions.claim("left")
        done = await asyncio.to_thread(call, "sessions", "--json")
        lease.release()
    states = {row["id"]: row["state"] for row in map(json.loads, done.stdout.splitlines())}
    assert states == {"left": "running", "over": "done"}
    done = await asyncio.to_thread(call, "sessions")
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["SESSION", "over", "left"]
    assert "interrupted" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_store_that_cannot_be_written(said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o500)
    monkeypatch.setenv("GOLFER_HOME", str(tmp_path / "home"))
    code, _, err = said("sessions")
    assert code == 1
    assert err.startswith("golfer: The folder")


def test_a_home_that_is_a_file(said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GOLFER_HOME", str(tmp_path / "file" / "home"))
    code, _, err = said("sessions")
    assert (code, err.count("\n")) == (1, 1)
    assert "GOLFER_HOME" in err


def test_completion_scripts(said: Said) -> None:
    for shell, word in (("zsh", "compdef"), ("fish", "complete"), ("bash", "complete")):
        code, out, _ = said("completion", shell)
        assert code == 0
        assert "_GOLFER_COMPLETE" in out
        assert word in out


def test_completion_completes() -> None:
    environment = {**os.environ, "_GOLFER_COMPLETE": "bash_complete", "COMP_WORDS": "golfer ses", "COMP_CWORD": "1"}
    done = subprocess.run([GOLFER], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "plain,sessions\n"


def test_an_error_of_ours_is_its_message_and_hint(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ExceptionGroup("several", [ValueError("x"), StoreError("a.b", "It\x1b[2J broke.\n", hint="Mend it.")])

    assert answered(fail) == 1
    assert capsys.readouterr().err == "golfer: It broke. Mend it.\n"


def test_an_unforeseen_error_is_one_line_and_a_file(capsys: pytest.CaptureFixture[str], isolated: Path) -> None:
    def fail() -> None:
        raise ValueError("one\ntwo")

    assert answered(fail) == 1
    err = capsys.readouterr().err
    [log] = (isolated / "golfer" / "crash").iterdir()
    assert err == f"golfer: Something went wrong inside: ValueError: one two The details are in {log}\n"
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_an_unforeseen_error_without_a_place_for_the_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLFER_HOME", "/dev/null/home")
    assert answered(lambda: 1 / 0) == 1
    assert "ZeroDivisionError: division by zero (the details could not be saved" in capsys.readouterr().err


def test_an_interrupt_is_130_and_silent(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    assert answered(interrupt) == 130
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_went_away_is_no_traceback() -> None:
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb") as gone:
        done = subprocess.run([GOLFER, "--help"], stdout=gone, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (1, b"")


def test_skills_lists_what_is_here(said: Said, tmp_path: Path) -> None:
    folder = tmp_path / "skills"
    folder.mkdir()
    (folder / "own.md").write_text("---\nname: own\ndescription: A guide of ours.\n---\nText.\n")
    (folder / "broken.md").write_text("Text.\n")
    code, out, err = said("skills")
    assert code == 0
    assert any(line.split() == ["own", "project", "A", "guide", "of", "ours."] for line in out.splitlines())
    assert "broken.md" in err
    rows = [json.loads(line) for line in said("skills", "--json")[1].splitlines()]
    assert {"name": "own", "source": "project"}.items() <= next(row for row in rows if row["name"] == "own").items()


def test_logs_and_warnings_of_libraries_go_to_a_file(isolated: Path) -> None:
    code = (
        "import asyncio, logging, warnings\n"
        "from golfer_tui.cli.logs import log_to_file\n"
        "log_to_file()\n"
        "logging.getLogger('asyncio').error('lost task')\n"
        "warnings.warn('old name', UserWarning)\n"
    )
    home = isolated / "golfer"
    for _ in range(2):  # the first time there is no folder for it, which is no error
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert (done.stdout, done.stderr) == ("", "")
        home.mkdir(exist_ok=True)
    log = (home / "golfer.log").read_text()
    assert "asyncio: lost task" in log
    assert "old name" in log
