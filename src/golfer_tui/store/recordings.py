"""Recordings of workers' terminals: asciicast v3 files beside the database, with an index in it.

The bytes of a worker's tape, over all its attempts, in one file. The file is the truth; the marks in the database only
spare the reader from going through all of it.
"""

import asyncio
import codecs
import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from types import TracebackType
from typing import Any, NamedTuple, Self

import msgspec

from golfer_tui.model.errors import StoreError
from golfer_tui.model.events import Event
from golfer_tui.model.worker_events import WorkerOutput
from golfer_tui.store.castfile import CastFile
from golfer_tui.store.castlines import Mark
from golfer_tui.store.castwriter import CastWriter
from golfer_tui.store.database import Connection, Database
from golfer_tui.store.layout import Layout
from golfer_tui.terminal.printed import Printed

BLOCK = 1024 * 1024
"""Bytes of output that are read at once to fill events with text."""


class Recording:
    """The one writer of a worker's recording; also reads it. Made by `Store.recording`, ended by `close`.

    Appends are to be awaited one after the other; whoever is cancelled in one may repeat it.
    """

    def __init__(self, database: Database, disk: Executor, session: str, worker: str, cast: CastWriter) -> None:
        """`disk` writes; nothing else is to keep it busy."""
        self._database = database
        self._disk = disk
        self._session = session
        self._worker = worker
        self._cast = cast

    @classmethod
    async def open(
        cls, database: Database, layout: Layout, disk: Executor, session: str, worker: str, columns: int, rows: int
    ) -> "Recording":
        """See `Store.recording`."""
        path = layout.recording(session, worker)
        marks = await _marks(database, session, worker)
        cast = await asyncio.to_thread(CastWriter, path, marks, columns, rows)
        if marks and marks[-1].position > cast.position.position:
            await database.execute(
                "DELETE FROM marks WHERE session = ? AND worker = ? AND position > ?",
                (session, worker, cast.position.position),
            )
        return cls(database, disk, session, worker, cast)

    @property
    def end(self) -> int:
        """Offset after the last recorded byte. After a crash this is where the tape goes on."""
        return self._cast.end

    @property
    def cut(self) -> int:
        """Bytes of the file that a crash had left unfinished and that were cut off when it was opened; mostly 0."""
        return self._cast.cut

    async def append(self, data: bytes, offset: int) -> None:
        """Record bytes of the tape, the first of which has this offset. What is recorded already is left out.

        Raises:
            StoreError: `recording.failed`, nothing was recorded and the same call can be repeated; `recording.gap`.
        """
        (refusal,) = await record(self._disk, [Batch(self, offset, data)])
        if refusal is not None:
            raise refusal

    async def resize(self, columns: int, rows: int) -> None:
        """The terminal has another size, in cells.

        Raises:
            StoreError: `recording.failed`.
        """
        await self._write(self._cast.resize, columns, rows)

    async def mark(self, text: str) -> None:
        """Name this moment, for players.

        Raises:
            StoreError: `recording.failed`.
        """
        await self._write(self._cast.mark, text)

    async def read(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from `offset` on; fewer where the recording ends.

        Raises:
            StoreError: `recording.failed`.
        """
        return await asyncio.to_thread(self._cast.read, offset, size)

    async def printed(self, offset: int, size: int) -> list[Printed]:
        """The same bytes in pieces, with the time at which each was recorded and the size of the terminal.

        Raises:
            StoreError: `recording.failed`.
        """
        return await asyncio.to_thread(self._cast.printed, offset, size)

    async def tail(self, size: int) -> tuple[int, bytes]:
        """The last bytes, at most `size`, and the offset of their first. Begins after a line break if it has one.

        Raises:
            StoreError: `recording.failed`.
        """
        start = max(self.end - size, 0)
        data = await self.read(start, size)
        if start and 0 <= (line := data.find(b"\n")) < len(data) - 1:
            return start + line + 1, data[line + 1 :]
        return start, data

    async def close(self) -> None:
        """Write what is left. May be called twice.

        Raises:
            StoreError: `recording.failed`.
        """
        await self._write(self._cast.finish)
        if self._cast.position != self._cast.marks[-1]:
            self._cast.fresh_marks.append(self._cast.position)
        await self.save_marks()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _write(self, work: Callable[..., None], *arguments: Any) -> None:
        await asyncio.get_running_loop().run_in_executor(self._disk, work, *arguments)

    def take(self, data: bytes, offset: int) -> StoreError | None:
        """The blocking part of `append`; returns the refusal."""
        try:
            self._cast.append(data, offset)
        except StoreError as error:
            return error
        return None

    async def save_marks(self) -> None:
        """Put the new marks into the database, if there are any. It waits for the database, as no append does."""
        marks = list(self._cast.fresh_marks)
        if not marks:
            return
        rows = [(self._session, self._worker, *mark) for mark in marks]

        def work(connection: Connection) -> None:
            connection.executemany(
                "INSERT OR REPLACE INTO marks (session, worker, offset, position) VALUES (?, ?, ?, ?)", rows
            )

        # Without them the file is read from an earlier mark on: slower, but not wrong. They are tried again.
        with contextlib.suppress(StoreError):
            await self._database.write(work)
            del self._cast.fresh_marks[: len(marks)]


class Batch(NamedTuple):
    """Output to be recorded."""

    recording: Recording
    offset: int
    """Of the first byte on the tape."""
    data: bytes


async def record(disk: Executor, batches: Sequence[Batch]) -> list[StoreError | None]:
    """Record output of several workers at once. What was refused, for each batch: see `Recording.append`."""

    def take() -> list[StoreError | None]:
        return [batch.recording.take(batch.data, batch.offset) for batch in batches]

    return await asyncio.get_running_loop().run_in_executor(disk, take)


class OutputFiller:
    """Gives `worker.output` events of one session, taken in order, their text back."""

    def __init__(self, database: Database, layout: Layout, session: str) -> None:
        self._database = database
        self._layout = layout
        self._session = session
        self._files: dict[str, CastFile] = {}
        self._decoders: dict[str, tuple[int, codecs.IncrementalDecoder]] = {}
        """By worker: the offset up to which it was decoded, and the decoder, which may hold half a character."""

    async def fill(self, events: list[Event]) -> list[Event]:
        """The same events, in the same order, with text. What is not recorded stays empty.

        Raises:
            StoreError: `recording.failed`, `recording.foreign`.
        """
        filled = list(events)
        outputs: dict[str, list[tuple[int, WorkerOutput]]] = {}
        for index, event in enumerate(events):
            if isinstance(event.body, WorkerOutput) and event.worker is not None:
                outputs.setdefault(event.worker, []).append((index, event.body))
        for worker, indexed in outputs.items():
            for run in _runs(indexed):
                begin, last = run[0][1].offset, run[-1][1]
                data = await self._read(worker, begin, last.offset + last.size - begin)
                for index, body in run:
                    part = data[body.offset - begin : body.offset - begin + body.size]
                    told = WorkerOutput.of(self._decode(worker, body.offset, part), body.offset, part)
                    filled[index] = msgspec.structs.replace(
                        events[index], body=msgspec.structs.replace(told, size=body.size)
                    )
        return filled

    async def _read(self, worker: str, offset: int, size: int) -> bytes:
        if worker not in self._files:
            marks = await _marks(self._database, self._session, worker)
            path = self._layout.recording(self._session, worker)
            self._files[worker] = await asyncio.to_thread(CastFile, path, marks)
        return await asyncio.to_thread(self._files[worker].read, offset, size)

    def _decode(self, worker: str, offset: int, data: bytes) -> str:
        expected, decoder = self._decoders.get(worker, (-1, None))
        if decoder is None or expected != offset:
            decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._decoders[worker] = (offset + len(data), decoder)
        return decoder.decode(data)


def _runs(outputs: list[tuple[int, WorkerOutput]]) -> Iterator[list[tuple[int, WorkerOutput]]]:
    """Outputs that lie close enough together to be read at once."""
    run: list[tuple[int, WorkerOutput]] = []
    for index, body in outputs:
        if run and not run[0][1].offset <= body.offset <= run[0][1].offset + BLOCK - body.size:
            yield run
            run = []
        run.append((index, body))
    if run:
        yield run


async def _marks(database: Database, session: str, worker: str) -> list[Mark]:
    rows = await database.read(
        "SELECT offset, position FROM marks WHERE session = ? AND worker = ? ORDER BY offset", (session, worker)
    )
    return [Mark(*row) for row in rows]
