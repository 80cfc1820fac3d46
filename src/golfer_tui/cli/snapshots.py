"""`golfer snapshots`: which workers' files were kept, for new workers to begin with."""

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from golfer_tui.store.snapshots import StoredSnapshot


@click.command()
@click.argument("session", required=False)
@click.option("--json", "as_json", is_flag=True, help="One snapshot per line, as JSON.")
def snapshots(*, session: str | None, as_json: bool) -> None:
    """List the snapshots of workers, oldest first.

    Those of one session, or of all. In their session /spawn NAME --from SNAPSHOT TASK starts a worker with the files,
    and /fork WORKER one with the conversation, too. They go with their session; images at Modal stay there.
    """
    import asyncio

    from golfer_tui.cli.sizes import readable
    from golfer_tui.cli.tables import json_lines, table

    found = asyncio.run(_stored(session))
    if as_json:
        import msgspec

        json_lines({"session": each.session, **msgspec.to_builtins(each.snapshot)} for each in found)
    elif not found:
        click.echo("No snapshot was taken yet.", err=True)
    else:
        cells = [
            (
                each.snapshot.id,
                each.session,
                each.snapshot.worker,
                each.snapshot.time.astimezone().strftime("%Y-%m-%d %H:%M"),
                each.snapshot.kept.kind,
                "" if each.snapshot.kept.size is None else readable(each.snapshot.kept.size),
                each.snapshot.kept.place,
            )
            for each in found
        ]
        table(("SNAPSHOT", "SESSION", "WORKER", "TAKEN", "KIND", "SIZE", "PLACE"), cells)


async def _stored(session: str | None) -> "list[StoredSnapshot]":
    from golfer_tui import config
    from golfer_tui.store.store import Store

    async with Store.open(config.home(os.environ)) as store:
        return await store.snapshots((await store.sessions.get(session)).id if session else None)
