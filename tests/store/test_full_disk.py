"""A store on a disk that is really full: a file system of two megabytes, in a name space of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import asyncio, shutil, sys
from pathlib import Path
from golfer_tui.model.errors import StoreError
from golfer_tui.store.moments import now
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store

home = Path(sys.argv[1])

async def look():
    try:
        async with Store.open(home) as store:
            print(len(await store.sessions.list()))
    except StoreError as error:
        print(error.code, error)

async def main():
    async with Store.open(home) as store:
        await store.sessions.create(SessionRow(id="s", backend="local", created=now(), updated=now()))
    before = (home / "golfer.db").read_bytes()
    with (home / "fill").open("wb", buffering=0) as fill:
        try:
            while fill.write(b"x" * 4096):
                pass
        except OSError:
            pass
    await look()
    print((home / "golfer.db").read_bytes() == before)
    (home / "fill").unlink()
    await look()

asyncio.run(main())
"""


def test_a_store_on_a_full_disk_says_so_and_stays_as_it_is(tmp_path: Path) -> None:
    inside = 'mount -t tmpfs -o size=2m tmpfs "$1" || exit 77; exec "$2" -c "$3" "$1"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", inside]
    try:
        done = subprocess.run(
            [*command, "sh", str(tmp_path), sys.executable, SCRIPT], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    if not done.stdout:
        pytest.skip(f"no file system can be mounted here: {done.stderr}")
    told, same, after = done.stdout.splitlines()
    assert told.startswith("store.full There is no room for the store")
    assert "golfer sessions prune" in told
    assert (same, after) == ("True", "1")
