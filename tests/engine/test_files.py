"""Files of workers, asked for through the engine's door: folders, contents, and what changed since they began."""

import asyncio
import os
import shlex
from pathlib import Path

import pytest
from attach.hosted import connected, knocked, serving
from engine.small_scripts import opened
from hypothesis import given, settings
from hypothesis import strategies as st

from golfer_tui.attach.messages import Welcome
from golfer_tui.attach.remote import RemoteEngine
from golfer_tui.engine.differing import LINES, compare
from golfer_tui.engine.engine import Engine
from golfer_tui.engine.fork import fork
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError, SandboxError
from golfer_tui.model.files import COMPARED, LISTED, SHOWN, Change, FileEntry, FileState, Tree
from golfer_tui.model.look import SavedLook
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.skills.library import built_in
from golfer_tui.store.store import Store

HOSTILE = "\x1b]0;evil\x07[red]name\u202e"


async def done(engine: Engine, name: str, task: str, snapshot: str = "") -> Path:
    """Let a worker do something; returns its workspace."""
    await engine.dispatch(cm.SpawnWorker(WorkerSpec(name, task, snapshot=snapshot)))
    await engine.idle()
    return Path(engine.state.workers[name].workspace)


async def test_folders_and_files_of_a_worker_that_has_ended(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        place = await done(
            engine, "ada", "mkdir -p Sub/deep; echo hallo > Sub/deep/b.txt; ln -s /etc/passwd link; mkfifo pipe"
        )
        (place / HOSTILE).write_text("x")
        (place / os.fsdecode(b"bad\xff")).write_text("y")
        (place / "large").write_bytes(b"a" * (SHOWN + 5))
        listed = await engine.files("ada")
        assert listed.entries[0] == FileEntry("Sub", "folder")
        assert set(listed.entries[1:]) == {
            FileEntry("link", "link"),
            FileEntry("pipe", "other"),
            FileEntry(HOSTILE, "file", 1),
            FileEntry("bad\\xff", "file", 1),
            FileEntry("large", "file", SHOWN + 5),
        }
        assert (await engine.files("ada", "Sub/deep")).entries == (FileEntry("b.txt", "file", 6),)
        assert (await engine.read_file("ada", "Sub/deep/b.txt")).data == b"hallo\n"
        assert (await engine.read_file("ada", HOSTILE)).data == b"x"
        large = await engine.read_file("ada", "large")
        assert (len(large.data), large.size) == (SHOWN, SHOWN + 5)
        for path in ("link", "pipe", "Sub", "gone", "Sub/../link", "/etc/passwd", "bad\\xff", ""):
            with pytest.raises((SandboxError, CommandError)) as raised:
                await engine.read_file("ada", path)
            assert raised.value.code in {"files.missing", "files.outside"}, path
        for folder in ("link", "large", "..", "no"):
            with pytest.raises((SandboxError, CommandError)):
                await engine.files("ada", folder)
        with pytest.raises(CommandError, match="There is no worker"):
            await engine.files("eve")
        for number in range(LISTED + 3):
            (place / "Sub" / f"{number:05}").touch()
        many = await engine.files("ada", "Sub")
        assert (len(many.entries), many.left_out) == (LISTED, 4)


async def test_what_changed_since_an_empty_workspace_and_since_a_snapshot(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        place = await done(
            engine, "ada", "printf 'one\\ntwo\\nthree\\n' > kept; echo gone > old; mkdir .git; echo x > .git/HEAD"
        )
        (place / "image").write_bytes(b"\0\1")
        (place / "big").write_bytes(b"a\n" * COMPARED)
        found = await engine.diff("ada")
        assert [(each.path, each.what, each.untold) for each in found.changes] == [
            ("big", "added", "larger than 64 KiB"),
            ("image", "added", "binary"),
            ("kept", "added", ""),
            ("old", "added", ""),
        ]
        assert found.changes[2].diff == "@@ -0,0 +1,3 @@\n+one\n+two\n+three"
        assert found.whole
        place.rename(tmp_path / "moved")
        for asked in (engine.files("ada"), engine.diff("ada"), engine.read_file("ada", "kept")):
            with pytest.raises(SandboxError, match="any more"):
                await asked
        (tmp_path / "moved").rename(place)
        await engine.dispatch(cm.SnapshotWorker("ada"))
        [snapshot] = engine.state.snapshots
        task = "printf 'one\\n2\\nthree' > kept; rm old; echo fresh > new"
        await done(engine, "eva", task, snapshot)
        changes = (await engine.diff("eva")).changes
        assert [(each.path, each.what) for each in changes] == [
            ("kept", "changed"),
            ("new", "added"),
            ("old", "deleted"),
        ]
        assert changes[0].diff.split("\n") == [
            "@@ -1,3 +1,3 @@",
            *(" one", "-two", "-three", "+2", "+three", "\\ No newline at end of file"),
        ]
        # It goes on in the same workspace: the start stays the same.
        await engine.dispatch(cm.SendMessage("echo more > later", worker="eva"))
        await engine.idle()
        assert [each.path for each in (await engine.diff("eva")).changes] == ["kept", "later", "new", "old"]
        session = engine.session
    async with Store.open(tmp_path / "home") as store:
        copy = await fork(store, session, workspaces=True)
    async with opened(tmp_path, resume=copy.id) as engine:
        await engine.dispatch(cm.SendMessage("echo again > again", worker="eva"))
        await engine.idle()
        assert [each.path for each in (await engine.diff("eva")).changes] == ["again", "kept", "later", "new", "old"]
    async with opened(tmp_path, resume=session) as engine:
        assert [each.path for each in (await engine.diff("eva")).changes] == ["kept", "later", "new", "old"]
        for start in (tmp_path / "home").rglob("starts/eva/*"):
            start.unlink()
        with pytest.raises(CommandError, match="was not kept"):
            await engine.diff("eva")


async def test_files_of_skills_are_told_only_where_the_worker_changed_them(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        source = shlex.quote(str(await asyncio.to_thread(built_in) / "mini-golf"))
        await done(
            engine, "ada", f"mkdir .agents; cp -r {source} .agents; cd .agents/mini-golf; echo '# mine' >> train.py"
        )
        [change] = (await engine.diff("ada")).changes
        assert (change.path, change.what) == (".agents/mini-golf/train.py", "changed")
        assert change.diff.endswith("\n+# mine")


async def test_a_worker_without_a_workspace_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SetLimits(max_local=1))
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("ada", "sleep 100")))
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("eva", "true")))
        for asked in (engine.files("eva"), engine.read_file("eva", "x"), engine.diff("eva")):
            with pytest.raises(SandboxError, match="no workspace yet"):
                await asked
        with pytest.raises(CommandError, match="printed nothing"):
            await engine.recording("eva")


async def test_a_front_end_in_another_process_asks_the_same(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine, serving(engine) as host:
        place = await done(engine, "ada", "echo hallo | tee said")
        async with connected(host) as connection:
            welcome = await knocked(connection)
            assert isinstance(welcome, Welcome)
            async with RemoteEngine.over(*connection, welcome) as remote:
                assert await remote.files("ada") == await engine.files("ada")
                assert (await remote.read_file("ada", "said")).data == b"hallo\n"
                assert await remote.diff("ada") == await engine.diff("ada")
                recording = Path(await remote.recording("ada"))
                assert b"hallo" in recording.read_bytes()
                with pytest.raises(SandboxError, match="can be read"):
                    await remote.read_file("ada", "no")
                assert await remote.look() == SavedLook()
                look = SavedLook(layout="fleet", selected="ada", zoomed=True, share=60)
                await remote.set_look(look)
                assert await engine.look() == look
        assert place.is_dir()
        session = engine.session
    kept = tmp_path / "home" / "sessions" / session / "look.json"
    async with opened(tmp_path, resume=session) as engine:
        assert await engine.look() == look
        kept.write_text("{")
        assert await engine.look() == SavedLook()


def tree(text: str) -> Tree:
    return Tree({"f": FileState(len(text), 0, text.encode())})


def diff(old: str, new: str) -> str:
    [change] = compare(tree(old), tree(new)).changes
    return change.diff


def patched(old: str, told: str) -> str:
    """What a unified diff makes of a text."""
    lines, made, at, bare = old.split("\n"), list[str](), 0, False
    for line in told.split("\n"):
        if line.startswith("@@"):
            begin, _, length = line.split()[1][1:].partition(",")
            begin_at = int(begin) - (length != "0")
            made += lines[at:begin_at]
            at = begin_at
        elif line.startswith("+"):
            made.append(line[1:])
            bare = False
        elif line.startswith("\\"):
            bare = True
        else:
            assert lines[at] == line[1:]
            at += 1
            if line.startswith(" "):
                made.append(line[1:])
                bare = False
    rest = lines[at:]
    if bare and rest in ([], [""]):
        return "\n".join(made)
    return "\n".join([*made, *(rest or [""])])


texts = st.lists(st.sampled_from("abc"), max_size=30).map(lambda lines: "".join(f"{line}\n" for line in lines))


@settings(max_examples=60, deadline=None)
@given(texts, texts)
def test_a_diff_makes_the_new_text_of_the_old_one(old: str, new: str) -> None:
    if old != new:
        assert patched(old, diff(old, new)) == new


def test_long_texts_that_have_nothing_in_common_are_not_matched() -> None:
    old = "begin\n" + "".join(f"{n}\n" for n in range(LINES + 1)) + "end\n"
    told = diff(old, "begin\n" + "x\n" * (LINES + 1) + "end\n").split("\n")
    assert told[0] == f"@@ -1,{LINES + 3} +1,{LINES + 3} @@"
    assert told[1:3] == [" begin", "-0"]
    assert told[-2:] == ["+x", " end"]


def test_what_is_too_much_is_told() -> None:
    before = Tree({})
    full = Tree({f"{n:05}": FileState(0, 0, b"") for n in range(LISTED + 2)}, whole=False)
    many = compare(before, full)
    assert (len(many.changes), many.left_out, many.whole) == (LISTED, 2, False)
    # What was not looked at is neither added nor deleted.
    assert not compare(full, Tree({"new": FileState(1, 0, b"x"), **full.files}, whole=False)).changes
    assert not compare(Tree({"old": FileState(1, 0, b"x"), **full.files}), full).changes
    texts = {str(n): FileState(COMPARED, 0, b"a\n" * (COMPARED // 2)) for n in range(30)}
    changes = compare(before, Tree(texts)).changes
    assert changes[0].diff
    assert changes[-1] == Change(changes[-1].path, "added", COMPARED, untold="not shown: too many changes")
    large = FileState(COMPARED + 1, 7)
    assert not compare(Tree({"m": large}), Tree({"m": large})).changes
    assert compare(Tree({"m": large}), Tree({"m": FileState(COMPARED + 1, 8)})).changes[0].untold
