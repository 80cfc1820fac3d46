"""`golfer doctor`: what works on this machine, what does not, and what to do about it."""

import os
import sys

import click

COLOURS = {"ok": "green", "warn": "yellow", "missing": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One finding per line, as JSON.")
def doctor(*, as_json: bool) -> int:
    """Say what works here and what does not.

    And what to do about it. Exit codes: 0 if the demo can run, else 1.
    """
    import asyncio
    from pathlib import Path

    from golfer_tui.cli.tables import json_lines
    from golfer_tui.doctor import demo_runs, examine
    from golfer_tui.terminal.clean import one_line

    findings = asyncio.run(examine(Path.cwd(), os.environ))
    if as_json:
        json_lines(findings)
    else:
        for finding in findings:
            state = f"{finding.state:<8}"
            shown = click.style(state, fg=COLOURS[finding.state]) if sys.stdout.isatty() else state
            click.echo(f"{shown}{finding.name:<10} {one_line(finding.text)}")
            if finding.hint:
                click.echo(f"{'':<19}{one_line(finding.hint)}")
    return 0 if demo_runs(findings) else 1
