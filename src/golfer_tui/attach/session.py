"""An open session as front ends hold it: the engine itself, or one in another process."""

import inspect
import typing
from collections.abc import AsyncIterator
from typing import Any, Literal, Protocol

from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model.files import Contents, Difference, Listing
from golfer_tui.model.known import KnownKind
from golfer_tui.model.look import SavedLook
from golfer_tui.model.session import SessionState
from golfer_tui.model.settings import Settings
from golfer_tui.pool.leases import Limits, Used
from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.tape import Tape


class Stream(Protocol):
    """Events and signals, in order; close it when it is no longer read."""

    def __aiter__(self) -> AsyncIterator[ev.Event | sg.Signal]: ...

    def close(self) -> None: ...


class OpenSession(Protocol):
    """What front ends use of an engine. Its `async` methods are what a remote engine can be asked (`CALLS`)."""

    @property
    def session(self) -> str:
        """Id of the session."""

    @property
    def settings(self) -> Settings:
        """Settings that it was opened with."""

    @property
    def before(self) -> int:
        """Number of the last event from before the engine opened it; 0 in a new session."""

    @property
    def state(self) -> SessionState:
        """The live fold of all events, always the same object; to be read only."""

    @property
    def limits(self) -> Limits:
        """How many GPUs and workers may be leased at once."""

    @property
    def used(self) -> Used:
        """What is leased now."""

    @property
    def waiting(self) -> tuple[tuple[str, str], ...]:
        """The queue, front first: worker, and what it waits for."""

    @property
    def active(self) -> bool:
        """True while a worker waits for its place or runs."""

    @property
    def max_dollars(self) -> float | None:
        """What may be spent; None without a limit."""

    @property
    def shells(self) -> tuple[str, ...]:
        """Workers in whose sandboxes a shell of the person's is open."""

    @property
    def attendance(self) -> sg.Attendance:
        """Who is at the session."""

    def subscribe(self) -> Stream:
        """All events and signals from now on."""

    def tape(self, worker: str) -> Tape | None:
        """What a worker printed, over all its attempts."""

    def shell_tape(self, worker: str) -> Tape | None:
        """What the person's own shell in the worker's sandbox printed; None if none was opened."""

    async def dispatch(self, command: cm.Command) -> None:
        """Take a command; what it caused is in `state` when this returns.

        Raises:
            CommandError: it does not fit the state of the session, or `session.watching`; nothing was changed.
            GolferError: a snapshot could not be taken.
        """

    async def events(self, after: int = 0, limit: int | None = None, *, output: bool = True) -> list[ev.Event]:
        """Events with numbers above `after` from the journal, at most `limit`; `worker.output` with text or without.

        Raises:
            StoreError: the journal cannot be read.
        """

    async def printed(self, worker: str, offset: int, size: int) -> list[Printed]:
        """What a worker printed from an offset of its tape on, at most `size` bytes, with times; also of long ago.

        Raises:
            StoreError: the recording cannot be read.
        """

    async def recording(self, worker: str) -> str:
        """Path of the asciicast of what a worker has printed up to now; it grows while the worker prints.

        Raises:
            CommandError: `recording.none` if it has printed nothing.
            StoreError: it cannot be written.
        """

    async def files(self, worker: str, folder: str = "") -> Listing:
        """What a folder of a worker's workspace holds, by its path below that.

        Raises:
            CommandError: `worker.unknown`, `files.outside`, `files.not_here`.
            SandboxError: `files.…`, such as `files.gone` if the workspace ended with its sandbox.
        """

    async def read_file(self, worker: str, path: str) -> Contents:
        """The beginning of a file in a worker's workspace; errors as those of `files`."""

    async def diff(self, worker: str) -> Difference:
        """What is different in a worker's workspace since it began; errors as those of `files`.

        Raises:
            CommandError: `files.no_start` if it is not known what it began with.
        """

    async def look(self) -> SavedLook:
        """How the session looked on the screen when `set_look` was called last."""

    async def set_look(self, look: SavedLook) -> None:
        """Remember how the session looks.

        Raises:
            StoreError: `look.failed`.
        """

    async def known(self, kind: KnownKind) -> list[tuple[str, str]]:
        """What a person can name: skills, models, or other sessions, each with a word about it.

        Raises:
            StoreError: the sessions cannot be read.
        """

    async def idle(self) -> None:
        """Wait until no turn runs, no worker is queued or active, and every report was read."""

    async def take_over(self) -> None:
        """Become the one whose commands count; who was it until now watches."""

    async def close(self, workers: Literal["end", "keep"] = "end") -> None:
        """End the session for everybody: `end` kills the workers that run, `keep` suspends them."""

    async def detach(self) -> None:
        """Let go of the session; an engine in this process cannot go on alone, and keeps the workers."""


class Call(typing.NamedTuple):
    """What travels for one `async` method."""

    arguments: dict[str, Any]
    """Type of each argument by name."""
    answer: Any
    """Type of what it returns."""


def _calls() -> dict[str, Call]:
    calls = {}
    for name, method in vars(OpenSession).items():
        if inspect.iscoroutinefunction(method):
            hints = typing.get_type_hints(method)
            calls[name] = Call({key: hint for key, hint in hints.items() if key != "return"}, hints["return"])
    return calls


CALLS = {name: call for name, call in _calls().items() if name != "detach"}
"""What a remote engine can be asked, by name. Who detaches just goes."""
