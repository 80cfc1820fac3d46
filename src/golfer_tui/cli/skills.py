"""`golfer skills`: the guides that agents can opt in to."""

import click

from golfer_tui.cli.options import settings_from


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One skill per line, as JSON.")
def skills(*, as_json: bool) -> None:
    """List the skills that agents can load.

    They lie in this directory, in your own folder, or are built in.
    """
    from pathlib import Path

    from golfer_tui.cli.tables import json_lines, table
    from golfer_tui.skills.library import Library
    from golfer_tui.terminal.clean import one_line

    library = Library.open(Path.cwd(), settings_from().skills)
    if as_json:
        names = ("name", "description", "source", "path")
        json_lines({name: str(getattr(skill, name)) for name in names} for skill in library.skills)
    else:
        table(
            ("SKILL", "FROM", "DESCRIPTION"),
            [(skill.name, skill.source, skill.description) for skill in library.skills],
        )
    for problem in library.problems:
        click.echo(f"golfer: {one_line(str(problem))}", err=True)
