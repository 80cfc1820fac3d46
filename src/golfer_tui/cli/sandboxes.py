"""`golfer sandboxes` and `golfer adopt`: what lives somewhere and costs money, how to end it, how to take it over."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

from golfer_tui.model.errors import SandboxError, UsageError

if TYPE_CHECKING:
    import datetime as dt

    from golfer_tui.engine.standing import Standing
    from golfer_tui.model.settings import Settings
    from golfer_tui.sandboxes.contract import Backend
    from golfer_tui.store.store import Store

BACKENDS = ("local", "modal")
NO_TOKEN = "modal.no_token"  # noqa: S105 - the code of an error


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One sandbox per line, as JSON.")
@click.pass_context
def sandboxes(context: click.Context, *, as_json: bool) -> None:
    """List what lives here and on Modal, beside the ledger.

    Resuming a session goes on in its own; golfer adopt takes any other one over; reap ends them.
    """
    if context.invoked_subcommand is not None:
        return
    import asyncio

    from golfer_tui.cli.options import settings_from
    from golfer_tui.cli.tables import json_lines, table

    settings = settings_from()
    standing = asyncio.run(_listed(settings))
    if as_json:
        import msgspec

        json_lines({**msgspec.to_builtins(each), "dollars_per_hour": _price(each, settings)} for each in standing)
    elif not standing:
        click.echo("No sandbox lives.", err=True)
    else:
        heads = ("SANDBOX", "SESSION", "WORKER", "STATE", "GPU", "AGE", "$/H", "HELD BY")
        table(heads, [_cells(each, settings) for each in standing])


@sandboxes.command()
@click.argument("ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All of this store that no open golfer uses.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reap(*, ids: tuple[str, ...], everything: bool, yes: bool) -> int:
    """End sandboxes that nobody needs; shows what would go, and asks.

    What an open golfer uses is never ended. What was adopted, or belongs to another store, is ended only by its id.
    """
    if bool(ids) == everything:
        raise UsageError("reap.what", "Say what should be ended.", hint="Give ids, or --all.")
    import asyncio

    from golfer_tui.cli.options import settings_from

    return asyncio.run(_reap(ids, settings_from(), yes=yes))


@click.command()
@click.argument("sandbox")
@click.option("--worker", metavar="NAME", default="", help="Name of the worker.  [default: adopted]")
@click.option("--session", metavar="SESSION", help="Session that gets it.  [default: a new one]")
@click.option("--task", metavar="TEXT", default="", help="What the worker does.  [default: look, and report]")
@click.option("--gpu", metavar="TYPE[:N]", default="", help="GPUs that it has, to count against the limits.")
def adopt(*, sandbox: str, worker: str, session: str | None, task: str, gpu: str) -> None:
    """Make an existing Modal sandbox a worker's.

    The worker begins when the session is resumed. The sandbox is not ended with the worker: somebody else made it.
    """
    import asyncio
    from pathlib import Path

    from golfer_tui.cli.options import settings_from
    from golfer_tui.engine.adopting import adopt as work
    from golfer_tui.model.gpus import GpuRequest
    from golfer_tui.model.workers import WorkerSpec

    settings, directory = settings_from(), Path.cwd()
    spec = WorkerSpec(worker, task, gpu=GpuRequest.parse(gpu), sandbox=sandbox)

    async def adopted() -> str:
        async with _opened() as store, _backend(store, settings, "modal") as backend:
            return await work(store, backend, spec, session, directory)

    click.echo(f"It works in {sandbox} from now on: golfer --resume {asyncio.run(adopted())}")


async def _listed(settings: "Settings") -> "list[Standing]":
    async with _opened() as store:
        return [each for name in BACKENDS for each in await _standing(store, settings, name)]


async def _standing(store: "Store", settings: "Settings", name: str) -> "list[Standing]":
    from golfer_tui.engine.standing import compare
    from golfer_tui.sandboxes.inventory import Inventory

    async with _backend(store, settings, name) as backend:
        assert isinstance(backend, Inventory)
        try:
            return await compare(store, backend, name)
        except SandboxError as error:
            if error.code == NO_TOKEN and not any(row.backend == name for row in await store.sandboxes.open()):
                return []  # Who has never used Modal need not hear of it.
            raise


async def _reap(ids: tuple[str, ...], settings: "Settings", *, yes: bool) -> int:
    from golfer_tui.engine.standing import reap as work
    from golfer_tui.sandboxes.inventory import Inventory

    async with _opened() as store:
        standing = [each for name in BACKENDS for each in await _standing(store, settings, name)]
        chosen = [_chosen(id_, standing) for id_ in dict.fromkeys(ids)] or [each for each in standing if each.reapable]
        if not chosen:
            click.echo("Nothing is to be ended.", err=True)
            return 0
        for each in chosen:
            click.echo("  ".join(cell for cell in _cells(each, settings) if cell), err=True)
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError("reap.ask", "Nobody is there to be asked.", hint="Add --yes to end them without it.")
            import asyncio

            await asyncio.to_thread(click.confirm, "End them?", abort=True, err=True)
        refused = []
        for name in BACKENDS:
            async with _backend(store, settings, name) as backend:
                assert isinstance(backend, Inventory)
                refused += await work(store, backend, [each for each in chosen if each.backend == name])
    for each, reason in refused:
        click.echo(f"{each.sandbox or each.worker} was not ended: {reason}", err=True)
    click.echo(f"{len(chosen) - len(refused)} ended")
    return 1 if refused else 0


def _chosen(id_: str, standing: "list[Standing]") -> "Standing":
    for each in standing:
        if each.sandbox == id_:
            if each.held:
                raise SandboxError(
                    "sandbox.held",
                    f"The sandbox {id_} is in use: session {each.session} is open in a golfer.",
                    hint="Kill the worker there.",
                )
            return each
    raise UsageError("sandbox.unknown", f"No sandbox {id_} lives.", hint="golfer sandboxes lists them.")


def _cells(each: "Standing", settings: "Settings") -> tuple[str, ...]:
    state = f"{each.state} (adopted)" if each.adopted else each.state
    price = _price(each, settings)
    return (
        each.sandbox or "not known",
        each.session,
        each.worker,
        state,
        each.gpu,
        _age(each.since),
        "" if price is None else f"{price:.2f}",
        "an open golfer" if each.held else "",
    )


def _age(since: "dt.datetime | None") -> str:
    if since is None:
        return ""
    import datetime as dt

    minutes = int((dt.datetime.now(dt.UTC) - since).total_seconds() // 60)
    return f"{minutes // 60}h{minutes % 60:02}" if minutes >= 60 else f"{minutes}m"


def _price(each: "Standing", settings: "Settings") -> float | None:
    """Dollars for an hour, an estimate; None if it is not known or nothing lives."""
    if each.backend == "local" or each.state not in {"alive", "asked"}:
        return None
    import msgspec

    from golfer_tui.costs.quotes import Quotes
    from golfer_tui.model.gpus import GpuRequest

    request = GpuRequest.parse(each.gpu)
    quotes = Quotes(msgspec.structs.replace(settings, backend="modal"))
    rate = quotes.lease({request.type: request.count} if request else {})
    if rate.gpus is None:
        return None
    return round(rate.gpus + rate.core * rate.cores + rate.gib * rate.memory + rate.base, 4)


@asynccontextmanager
async def _opened() -> "AsyncIterator[Store]":
    from golfer_tui import config
    from golfer_tui.store.store import Store

    async with Store.open(config.home(os.environ)) as store:
        yield store


@asynccontextmanager
async def _backend(store: "Store", settings: "Settings", name: str) -> "AsyncIterator[Backend]":
    import asyncio

    import msgspec

    from golfer_tui import config
    from golfer_tui.engine.backends import make_backend

    wanted = msgspec.structs.replace(settings, backend=name)
    identity = await store.sandboxes.identity()
    backend = await asyncio.to_thread(make_backend, wanted, config.home(os.environ), identity)
    try:
        yield backend
    finally:
        await backend.close()
