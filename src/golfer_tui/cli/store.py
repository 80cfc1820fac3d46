"""`golfer store`: looks after the files in which everything is stored."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from golfer_tui.store.layout import Layout


@click.group()
def store() -> None:
    """Check, back up or repair what is stored."""


@store.command()
@click.option("--json", "as_json", is_flag=True, help="One finding per line, as JSON.")
def check(*, as_json: bool) -> int:
    """Look at the database, the journals and the recordings, and change nothing.

    Exit codes: 0 if all is well, else 1.
    """
    from golfer_tui.cli.tables import json_lines
    from golfer_tui.store.inspection import inspect
    from golfer_tui.terminal.clean import one_line

    problems = 0
    for finding in inspect(_layout()):
        problems += finding.level == "problem"
        if as_json:
            json_lines([finding])
        else:
            click.echo(f"{finding.level:<8} {one_line(finding.text)}")
    if problems:
        click.echo("golfer store repair brings back what can be read, and keeps the damaged file.", err=True)
    return 1 if problems else 0


@store.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
def backup(*, file: Path | None) -> None:
    """Copy the database and all recordings, also while golfer runs.

    FILE is a .tar, .tar.gz or .tgz, or else becomes a folder; without it, a .tar.gz in this directory. Workspaces are
    not copied.
    """
    import datetime as dt

    from golfer_tui.cli.sizes import readable
    from golfer_tui.store.backup import back_up

    target = file or Path(f"golfer-backup-{dt.datetime.now():%Y%m%d-%H%M%S}.tar.gz")
    copied = back_up(_layout(), target)
    click.echo(f"{target}: {readable(copied)} copied")


@store.command()
def repair() -> None:
    """Put a new store in the place of a damaged one, with all that can be read.

    The damaged file is kept beside it. Close every golfer first.
    """
    from golfer_tui.store.salvage import repair as work

    for line in work(_layout()):
        click.echo(line)


def _layout() -> "Layout":
    from golfer_tui import config
    from golfer_tui.store.layout import Layout

    return Layout(config.home(os.environ))
