"""Where everything that the product stores lies under its home folder.

home/
├── golfer.db
└── sessions/<session>/
    ├── lock
    ├── look.json
    ├── recordings/<worker>.cast
    ├── snapshots/<snapshot>/
    ├── starts/<worker>/<attempt>
    └── workspaces/<worker>/
"""

import dataclasses as dc
import os
from pathlib import Path

from golfer_tui.model.errors import StoreError

HINT = "Make it writable, or set GOLFER_HOME to a folder that is."

_MAGIC = b"SQLite format 3\0"
"""How every database file begins."""


@dc.dataclass(frozen=True, slots=True)
class Layout:
    """Paths only, except for `prepare`."""

    home: Path

    @property
    def database(self) -> Path:
        return self.home / "golfer.db"

    def session(self, session: str) -> Path:
        """Folder of a session.

        Raises:
            StoreError: `store.name` if the id could not be the name of a folder.
        """
        return self.home / "sessions" / _plain(session)

    def lock(self, session: str) -> Path:
        return self.session(session) / "lock"

    def recordings(self, session: str) -> Path:
        return self.session(session) / "recordings"

    def recording(self, session: str, worker: str) -> Path:
        return self.recordings(session) / f"{_plain(worker)}.cast"

    def workspace(self, session: str, worker: str) -> Path:
        return self.session(session) / "workspaces" / _plain(worker)

    def snapshot(self, session: str, snapshot: str) -> Path:
        return self.session(session) / "snapshots" / _plain(snapshot)

    def start(self, session: str, worker: str, attempt: int) -> Path:
        """Where it is kept what a worker's workspace began with."""
        return self.session(session) / "starts" / _plain(worker) / str(attempt)

    def look(self, session: str) -> Path:
        """Where it is kept how the session looked on the screen."""
        return self.session(session) / "look.json"

    def prepare(self) -> None:
        """Make the home folder and see that the store can be opened in it. Blocks: call it in a thread.

        Raises:
            StoreError: `store.read_only`, `store.corrupt`.
        """
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            message = f"The folder {self.home} for the store cannot be made: {reason}."
            raise StoreError("store.read_only", message, hint=HINT) from error
        for path in (self.home, self.database):
            if path.exists() and not os.access(path, os.R_OK | os.W_OK):
                raise StoreError("store.read_only", f"The store cannot be written: {path} is read-only.", hint=HINT)
        # SQLite would take a file of a few bytes for an empty one.
        if self.database.exists() and _beginning(self.database) not in {b"", _MAGIC}:
            message = f"{self.database} is no store: it does not begin as a database does."
            raise StoreError("store.corrupt", message, hint="golfer store repair moves it aside and begins a new one.")


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_MAGIC))


def _plain(name: str) -> str:
    """The name, if it can be the name of one file."""
    if not name or name.startswith(".") or "/" in name or "\0" in name or len(os.fsencode(name)) > 200:
        raise StoreError("store.name", f'"{name}" cannot be the name of a folder.')
    return name
