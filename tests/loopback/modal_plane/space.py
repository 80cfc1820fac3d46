"""A private space for a sandbox's processes: own files, own process ids, and one end for all of them.

bubblewrap makes it: the machine's programs are there read-only, and a few folders are the sandbox's own. Further
programs enter it by `nsenter`. When the first process of the space ends, the kernel ends all others.
"""

import asyncio
import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import psutil

OWN = ("workspace", "tmp", "root", "home", "mnt")
"""Folders at the top that every sandbox has to itself."""
TOOLS = "/plane-tools"
"""Where the programs lie that only the plane has, such as its `nvidia-smi`."""
END = 5.0
"""Seconds for the space to end."""


@functools.cache
def missing() -> str:
    """Why spaces cannot be made on this machine; empty if they can. Blocks."""
    for program in ("bwrap", "nsenter", "setsid"):
        if shutil.which(program) is None:
            return f"{program} is not in PATH"
    done = subprocess.run(
        ["bwrap", "--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "true"], capture_output=True, check=False
    )
    return done.stderr.decode(errors="replace").strip()


class Space:
    """One space; `root` is the folder with its private folders."""

    def __init__(self, root: Path, workdir: str, tools: Path) -> None:
        self.root = root
        self._own = list(dict.fromkeys([*(f"/{name}" for name in OWN), workdir]))
        self._tools = tools
        self.mounts: dict[str, tuple[Path, bool]] = {}
        """By path in the space: a folder of this machine, and whether it can only be read."""
        self._process: asyncio.subprocess.Process | None = None
        self._pid = 0

    def path(self, path: str) -> Path:
        """Where a path of the sandbox lies on this machine.

        Raises:
            PermissionError: it is not in one of the sandbox's own folders.
        """
        pure = PurePosixPath(os.path.normpath(path))
        if not any(pure.is_relative_to(own) for own in self._own):
            raise PermissionError(f"{path} is not the sandbox's own")
        return self.root / pure.relative_to("/")

    async def open(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start the first process."""
        for own in self._own:
            await asyncio.to_thread(self.path(own).mkdir, parents=True, exist_ok=True)
        reading, writing = os.pipe()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *[
                    "bwrap",
                    "--unshare-pid",
                    "--die-with-parent",
                    "--info-fd",
                    str(writing),
                    *self._binds(),
                    "--",
                    *argv,
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(writing,),
                start_new_session=True,
                env=dict(environment),
            )
            os.close(writing)
            writing = -1
            told = await asyncio.to_thread(_read, reading)
            self._pid = int(json.loads(told)["child-pid"])
            await self._furnished()
        except BaseException:
            # Whoever asked for it has gone: nobody would ever end it.
            if self._process is not None:
                self._process.kill()
                await asyncio.shield(self._process.wait())
            raise
        finally:
            os.close(reading)
            if writing >= 0:
                os.close(writing)

    async def _furnished(self) -> None:
        """Wait until all is mounted: bwrap tells the pid before that, and starts the first process after it."""

        def begun() -> bool:
            with contextlib.suppress(psutil.NoSuchProcess):
                return bool(psutil.Process(self._pid).children())
            return True

        while not await asyncio.to_thread(begun):
            await asyncio.sleep(0.005)

    def entering(self, argv: Sequence[str], workdir: str, *, tty: bool) -> list[str]:
        """The command line that runs `argv` in the space, as the leader of a session."""
        namespaces = ["-m", "-p"] if os.geteuid() == 0 else ["-U", "--preserve-credentials", "-m", "-p"]
        change = ["sh", "-c", 'cd -- "$1" && shift && exec "$@"', "sh", workdir]
        return ["setsid", *(["-c"] if tty else []), "nsenter", "-t", str(self._pid), *namespaces, "--", *change, *argv]

    async def wait(self) -> int:
        """Until the first process ends; returns its exit status."""
        assert self._process is not None
        return await self._process.wait()

    async def close(self) -> None:
        """End all processes of the space."""
        if self._process is None or self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        try:
            async with asyncio.timeout(END):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def _binds(self) -> list[str]:
        binds: list[str] = []
        for entry in sorted(Path("/").iterdir()):
            path = str(entry)
            if path in self._own or path in {"/proc", "/dev", "/old_root"} or not os.access(path, os.R_OK):
                continue
            binds += ["--symlink", os.readlink(path), path] if entry.is_symlink() else ["--ro-bind", path, path]
        binds += ["--dev-bind", "/dev", "/dev", "--proc", "/proc"]
        for own in self._own:
            binds += ["--bind", str(self.path(own)), own]
        # The interpreter may lie in a folder that is the sandbox's own now.
        for prefix in dict.fromkeys((sys.prefix, sys.base_prefix)):
            if any(Path(prefix).is_relative_to(own) for own in self._own):
                binds += ["--ro-bind", prefix, prefix]
        for path, (folder, read_only) in self.mounts.items():
            binds += ["--ro-bind" if read_only else "--bind", str(folder), path]
        return [*binds, "--ro-bind", str(self._tools), TOOLS]


def _read(fd: int) -> bytes:
    told = b""
    while not told.rstrip().endswith(b"}"):
        part = os.read(fd, 4096)
        if not part:
            break
        told += part
    return told
