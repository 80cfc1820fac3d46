"""What a worker's commands may see and touch on this machine."""

import os
import shutil
from pathlib import Path

import pytest
from places import Place, opened

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.settings import LocalSettings
from golfer_tui.sandboxes.local.backend import LocalBackend
from golfer_tui.sandboxes.local.environment import environment, search_path, shell
from golfer_tui.sandboxes.local.isolation import bubblewrap_argv, find_bubblewrap

SECRETS = {
    "OPENAI_API_KEY": "sk-secret",
    "MODAL_TOKEN_SECRET": "as-secret",
    "AWS_SECRET_ACCESS_KEY": "aws-secret",
    "HF_TOKEN": "hf-secret",
    "ANYTHING_ELSE": "other-secret",
    "https_proxy": "http://person:proxy-secret@proxy:3128",
}


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("secrets")
async def test_no_secret_is_in_the_environment(isolation: str, tmp_path: Path) -> None:
    backend = await opened(isolation, tmp_path / "home", pass_environment=("ANYTHING_ELSE",))
    place = Place(backend, tmp_path / "home" / "workspace")
    await place.create()
    for text in (await place.output("env"), (await place.sandbox.session.exec("env")).stdout.decode()):
        found = {value for value in SECRETS.values() if value in text}
        assert found == {"other-secret"}  # the one that the person let through
        assert "TERM=xterm-256color" in text
        assert f"HOME={place.sandbox.workspace}\n" in text
    # The keeper has none either, wherever a command may look.
    everything = await place.output("cat /proc/$PPID/environ /proc/1/environ 2>/dev/null | tr '\\0' '\\n'; true")
    if backend.isolated:
        assert "secret" not in everything
    await place.sandbox.stop()
    await backend.close()


async def test_the_path_keeps_an_interpreter_and_gpus_are_hidden(place: Place) -> None:
    assert await place.output("command -v python3 > /dev/null && echo found") == "found\n"
    assert await place.output('echo "[$CUDA_VISIBLE_DEVICES]"') == "[]\n"
    update = await place.sandbox.session.pty_exec_start("echo $PATH", shell=["bash", "-lc"], yield_time_s=10)
    assert update.output.decode().strip() == search_path(os.environ["PATH"])


def test_the_environment_is_a_list_of_what_is_harmless() -> None:
    host = {"PATH": "/a:/b", "LC_ALL": "C", "NO_PROXY": "x", "HTTP_PROXY": "http://proxy", "SECRET": "s", "HOME": "/h"}
    made = environment(host, workspace="/w", devices=("GPU-1", "GPU-2"))
    assert made["HOME"] == "/w"
    assert made["CUDA_VISIBLE_DEVICES"] == "GPU-1,GPU-2"
    assert made["HTTP_PROXY"] == "http://proxy"
    assert "SECRET" not in made
    folders = made["PATH"].split(":")
    assert folders[:2] == ["/a", "/b"]
    assert shutil.which("python3", path=":".join(folders[2:]))
    assert shell("/no/such/folder") == "sh"


async def test_each_terminal_has_a_name_of_its_own(place: Place) -> None:
    assert (await place.run("tty", tty=True)).output.startswith(b"/dev/pts/")


async def test_the_machine_is_read_only(place: Place, tmp_path: Path) -> None:
    if not place.backend.isolated:
        pytest.skip("commands run as you without bubblewrap")
    outside = tmp_path / "outside"
    outside.mkdir()
    await place.output("echo mine > note")
    update = await place.run(f"touch {outside}/x /etc/x /usr/x; mount -o remount,rw /; touch /etc/x")
    assert update.exit_code != 0
    assert list(outside.iterdir()) == []
    assert not os.path.exists("/etc/x")
    assert (place.folder / "note").read_text() == "mine\n"


async def test_what_is_hidden(place: Place, tmp_path: Path) -> None:
    if not place.backend.isolated:
        pytest.skip("nothing is hidden without bubblewrap")
    other = tmp_path / "home" / "sessions" / "other"
    other.mkdir(parents=True)
    (tmp_path / "home" / "golfer.db").write_text("all sessions")
    home = tmp_path / "home"
    # The sandbox was there first; one that begins now sees no more.
    second = Place(place.backend, home / "sessions" / "one" / "workspaces" / "second")
    await second.create()
    for each in (place, second):
        assert await each.output(f"ls {home} {home}/sessions/one/workspaces; ls /tmp | wc -l") != ""
        update = await each.run(f"cat {home}/golfer.db; ls {other}")
        assert update.exit_code != 0
        assert b"all sessions" not in update.output
        assert (await each.run(f"touch {home}/x")).exit_code != 0
        processes = await each.output("ls /proc | grep -c '^[0-9]'")
        assert int(processes) < 10
    await place.output("echo own > /tmp/note")
    assert (await second.run("cat /tmp/note")).exit_code == 1
    await second.sandbox.stop()


async def test_a_command_cannot_end_its_keeper(place: Place) -> None:
    if not place.backend.isolated:
        pytest.skip("commands of the same user can, without bubblewrap")
    await place.run("kill -9 -1; kill -9 1", seconds=1)
    assert await place.output("echo alive") == "alive\n"


async def test_the_notice(bubblewrap: str) -> None:
    backend = await opened("none", Path("/nowhere"))
    (notice,) = backend.notices
    assert "run as you" in notice
    if not bubblewrap:
        assert (await opened("auto", Path("/nowhere"))).notices == ()


def test_a_demanded_bubblewrap_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_bubblewrap("auto") is None
    with pytest.raises(SandboxError, match="not in PATH") as caught:
        LocalBackend(LocalSettings(isolation="bubblewrap"))
    assert caught.value.code == "sandbox.isolation"
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: no namespaces here' >&2\nexit 1\n")
    fake.chmod(0o755)
    assert find_bubblewrap("auto") is None
    with pytest.raises(SandboxError, match="no namespaces here"):
        find_bubblewrap("bubblewrap")
    assert find_bubblewrap("none") is None


def test_leased_gpus_and_no_others_are_passed(tmp_path: Path) -> None:
    argv = bubblewrap_argv("bwrap", str(tmp_path), gpus=[3])
    assert "/dev/nvidia3" in argv
    assert "/dev/nvidiactl" in argv
    assert "/dev/nvidia0" not in argv
    assert not [word for word in bubblewrap_argv("bwrap", str(tmp_path)) if "nvidia" in word]
