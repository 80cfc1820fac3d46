"""Files of workers on Modal: looked at while their sandbox lives, and what changed since they began."""

import tarfile
from pathlib import Path

import pytest
from loopback.modal_plane.plane import ModalPlane
from modal_rig import until
from test_modal_engine import opened

from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import SandboxError
from golfer_tui.model.files import COMPARED, SHOWN, FileEntry
from golfer_tui.model.workers import WorkerSpec


async def running(engine: Engine, name: str, task: str, snapshot: str = "") -> None:
    """A worker that has done something and still runs."""
    await engine.dispatch(cm.SpawnWorker(WorkerSpec(name, f"{task}; echo ready; sleep 300", snapshot=snapshot)))
    await until(lambda: b"ready" in (tape.peek(0) if (tape := engine.tape(name)) else b""))


async def test_files_are_listed_read_and_compared(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        odd = "'*?[31m$(touch evil) x'"
        make = (
            f"mkdir -p Sub/deep .git; echo one > Sub/deep/b.txt; ln -s /etc link; mkfifo pipe; echo o > {odd}; "
            f"head -c {SHOWN + 5} /dev/zero > large; printf 'a\\0b' > bin; touch -- -n; echo x > .git/HEAD"
        )
        await running(engine, "ada", make)
        listed = await engine.files("ada")
        assert [entry.kind for entry in listed.entries[:2]] == ["folder", "folder"]
        assert set(listed.entries[2:]) == {
            FileEntry("-n", "file", 0),
            FileEntry("bin", "file", 3),
            FileEntry("large", "file", SHOWN + 5),
            FileEntry("link", "link"),
            FileEntry("pipe", "other"),
            FileEntry("*?[31m$(touch evil) x", "file", 2),
        }
        assert (await engine.files("ada", "Sub/deep")).entries == (FileEntry("b.txt", "file", 4),)
        assert (await engine.read_file("ada", "Sub/deep/b.txt")).data == b"one\n"
        assert (await engine.read_file("ada", "*?[31m$(touch evil) x")).data == b"o\n"
        large = await engine.read_file("ada", "large")
        assert (len(large.data), large.size) == (SHOWN, SHOWN + 5)
        for path in ("link", "pipe", "Sub", "gone"):
            with pytest.raises(SandboxError) as raised:
                await engine.read_file("ada", path)
            assert raised.value.code == "files.missing", path
        with pytest.raises(SandboxError, match="can be read"):
            await engine.files("ada", "link")
        found = await engine.diff("ada")
        told = {each.path: (each.what, each.untold or each.diff) for each in found.changes}
        assert told["Sub/deep/b.txt"] == ("added", "@@ -0,0 +1 @@\n+one")
        assert told["bin"] == ("added", "binary")
        assert told["large"] == ("added", f"larger than {COMPARED // 1024} KiB")
        assert not {".git/HEAD", "evil"} & set(told)
        await engine.dispatch(cm.SnapshotWorker("ada"))
        [snapshot] = engine.state.snapshots
        await running(engine, "eva", "echo two > Sub/deep/b.txt; rm bin; echo n > new", snapshot)
        changes = (await engine.diff("eva")).changes
        assert [(each.path, each.what) for each in changes] == [
            ("Sub/deep/b.txt", "changed"),
            ("bin", "deleted"),
            ("new", "added"),
        ]
        assert changes[0].diff == "@@ -1 +1 @@\n-one\n+two"
        await engine.dispatch(cm.KillWorker("ada"))
        with pytest.raises(SandboxError, match="that has ended") as raised:
            await engine.files("ada")
        assert raised.value.code == "files.gone"


def test_a_cut_archive_gives_what_is_whole(tmp_path: Path) -> None:
    from golfer_tui.sandboxes.modal.browsing import _unpacked

    made = b""
    for name in ("one", "two"):
        (tmp_path / name).write_text(name * 100)
        with tarfile.open(tmp_path / "t.tar", "w") as tar:
            tar.add(tmp_path / name, f"./{name}")
        made += (tmp_path / "t.tar").read_bytes()
    assert set(_unpacked(made)) == {"one", "two"}
    assert set(_unpacked(made[: made.index(b"twotwo") + 20])) == {"one"}
    assert _unpacked(b"\xff" * 3000) == {}
