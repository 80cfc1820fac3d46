"""`golfer export`: what is stored of a session, in formats that other programs read."""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from golfer_tui.model.errors import UsageError

if TYPE_CHECKING:
    from golfer_tui.experiments.scoreboard import Over
    from golfer_tui.reports.export import Kind

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
@into("--scores", "All runs by a metric, the best first (CSV).")
@click.option("--plot", metavar="FILE", help="Their curves as a picture: FILE ends with .svg or .png.")
@click.option("--metric", metavar="NAME", help="For --scores and --plot; by default what most workers have.")
@click.option("--over", type=click.Choice(("step", "time")), help="What the curves of --plot go along.")
@click.option("--log", is_flag=True, help="Scale --plot by powers of ten.")
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
    scores: str | None,
    plot: str | None,
    metric: str | None,
    over: "Over | None",
    log: bool,
) -> None:
    """Write out what is stored of a session.

    SESSION is its id or how the id begins; `golfer sessions` lists them. A session that is open elsewhere can be
    exported as well: as far as it has come.
    """
    if sum((cast is not None, jsonl, *(name is not None for name in (html, markdown, scores, plot)))) != 1:
        ways = "--cast [FILE] with --worker NAME, --jsonl, --html [FILE], --markdown [FILE], --scores [FILE]"
        raise click.UsageError(f"Say what to export: {ways} or --plot FILE.", context)
    if (cast is None) != (worker is None):
        raise click.UsageError("--cast and --worker NAME belong together.", context)
    if metric is not None and scores is None and plot is None:
        raise click.UsageError("--metric belongs to --scores or --plot.", context)
    if (over is not None or log) and plot is None:
        raise click.UsageError("--over and --log belong to --plot.", context)
    if plot is not None and not plot.endswith((".svg", ".png")):
        raise click.UsageError(f"{plot!r} is no name of a picture: --plot takes NAME.svg or NAME.png.", context)
    import asyncio

    if worker is not None and cast is not None:
        with _target(cast) as file:
            asyncio.run(_write_cast(session, worker, file))
    elif (name := html if markdown is None else markdown) is not None:
        with _target(name) as file:
            file.write(asyncio.run(_report(session, page=markdown is None)).encode())
    elif (name := scores if plot is None else plot) is not None:
        kind: Kind = "csv" if plot is None else "png" if plot.endswith(".png") else "svg"
        with _target(name) as file:
            file.write(asyncio.run(_scores(session, kind, metric or "", over or "step", log=log)))
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


async def _scores(session: str, kind: "Kind", metric: str, over: "Over", *, log: bool) -> bytes:
    from golfer_tui import config
    from golfer_tui.attach.shelf import Shelf
    from golfer_tui.reports.export import exported, ranked_by

    state, now = await Shelf(config.home(os.environ)).state(session)
    metric, ranked = ranked_by(state.workers, metric, now)
    return exported(kind, ranked, metric, drawn=ranked, over=over, log=log)


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
