"""`golfer export`: what is stored of a session, in formats that other programs read."""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click

from golfer_tui.model.errors import UsageError

Callback = TypeVar("Callback", bound=Callable[..., Any])


def into(name: str, text: str) -> Callable[[Callback], Callback]:
    """An option that takes a file's name, or nothing for stdout."""
    return click.option(name, metavar="[FILE]", is_flag=False, flag_value="-", help=text)


@click.command()
@click.argument("session", metavar="SESSION")
@click.option("--worker", metavar="NAME", help="Whose recording.")
@into("--cast", "The recording of the worker's terminal (asciicast v3).")
@click.option("--jsonl", is_flag=True, help="All events, one per line, with what the workers printed, to stdout.")
@into("--html", "One page with the leaderboard, the curves, the cost, the reports and the chat.")
@into("--markdown", "The same as Markdown.")
@click.pass_context
def export(
    context: click.Context,
    *,
    session: str,
    worker: str | None,
    cast: str | None,
    jsonl: bool,
    html: str | None,
    markdown: str | None,
) -> None:
    """Write out what is stored of a session.

    SESSION is its id or how the id begins; `golfer sessions` lists them. A session that is open elsewhere can be
    exported as well: as far as it has come.
    """
    if [cast is not None, jsonl, html is not None, markdown is not None].count(True) != 1:
        ways = "--cast [FILE] with --worker NAME, --jsonl, --html [FILE] or --markdown [FILE]"
        raise click.UsageError(f"Say what to export: {ways}.", context)
    if (cast is None) != (worker is None):
        raise click.UsageError("--cast and --worker NAME belong together.", context)
    import asyncio

    if worker is not None and cast is not None:
        with _target(cast) as file:
            asyncio.run(_write_cast(session, worker, file))
    elif (name := html if markdown is None else markdown) is not None:
        with _target(name) as file:
            file.write(asyncio.run(_report(session, page=markdown is None)).encode())
    else:
        with _target("-") as file:
            asyncio.run(_write_events(session, file))


@contextlib.contextmanager
def _target(name: str) -> Iterator[BinaryIO]:
    """Stdout, or a new file, which goes again if it cannot be finished.

    Raises:
        UsageError: `export.file`.
    """
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    try:
        file = path.open("xb")
    except FileExistsError:
        raise UsageError(
            "export.file", f"{path} is there already.", hint="Remove it, or choose another name."
        ) from None
    except OSError as error:
        raise UsageError("export.file", f"{path} cannot be written: {(error.strerror or '').lower()}.") from error
    try:
        with file:
            yield file
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise UsageError("export.file", f"{path} cannot be written: {(error.strerror or '').lower()}.") from error
        raise


async def _write_cast(session: str, worker: str, file: BinaryIO) -> None:
    import asyncio

    from golfer_tui import config
    from golfer_tui.store.store import Store

    async with Store.open(config.home(os.environ)) as store:
        row = await store.sessions.get(session)
        await asyncio.to_thread(lambda: _copy(store.recorded_lines(row.id, worker), file))


def _copy(lines: Iterable[bytes], file: BinaryIO) -> None:
    file.writelines(_harmless(line, file) for line in lines)


async def _report(session: str, *, page: bool) -> str:
    from golfer_tui import config
    from golfer_tui.attach.shelf import Shelf
    from golfer_tui.reports import markdown
    from golfer_tui.reports import page as html

    found = await Shelf(config.home(os.environ)).report(session)
    return html.page(found) if page else markdown.markdown(found)


async def _write_events(session: str, file: BinaryIO) -> None:
    from golfer_tui import config
    from golfer_tui.model.events import encode
    from golfer_tui.store.store import Store

    async with Store.open(config.home(os.environ)) as store:
        row = await store.sessions.get(session)
        async for event in store.each_event(row.id, with_output=True):
            file.write(_harmless(encode(event), file).rstrip(b"\n") + b"\n")


def _harmless(line: bytes, file: BinaryIO) -> bytes:
    """On a terminal, JSON with all but ASCII escaped: some terminals obey control characters beyond it."""
    if not file.isatty() or line.startswith(b"#"):
        return line
    return json.dumps(json.loads(line)).encode() + b"\n"
