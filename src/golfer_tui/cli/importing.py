"""`golfer import`: a session out of a file."""

import os
from pathlib import Path

import click


@click.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def import_(*, file: Path) -> None:
    """Store the session of a file of JSON Lines, and print its id.

    FILE is what `golfer export SESSION --jsonl` or `golfer run --json` wrote. The session keeps its id if that is
    free. Nothing is stored of a file that is not whole.
    """
    import asyncio

    async def work() -> str:
        from golfer_tui import config
        from golfer_tui.engine.importing import take_in
        from golfer_tui.store.store import Store

        async with Store.open(config.home(os.environ)) as store:
            return (await take_in(store, file)).id

    click.echo(asyncio.run(work()))
