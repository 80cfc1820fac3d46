"""`golfer replay`: a recording of a terminal, played, or its screen at a moment as text."""

import math
import re
import sys
from pathlib import Path

import click

from golfer_tui.model.errors import UsageError

LARGEST = 4096
"""Columns and rows of the largest screen."""


def _size(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """`80x24` as columns and rows."""
    if value is None:
        return None
    found = re.fullmatch(r"([1-9]\d{0,3})x([1-9]\d{0,3})", value)
    if found is None or max(int(found[1]), int(found[2])) > LARGEST:
        raise click.UsageError(f"--size cannot be '{value}': write columns and rows, such as 80x24, to {LARGEST} each.")
    return int(found[1]), int(found[2])


def _moment(_context: click.Context, _option: click.Parameter, value: str | None) -> float | None:
    """Seconds since the beginning."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise click.UsageError(f"--at cannot be '{value}': write seconds since the beginning, such as 12.5.")
    return seconds


@click.command()
@click.argument("file", metavar="FILE.cast", type=click.Path(path_type=Path))
@click.option("--screen", is_flag=True, help="Print the screen at a moment as text, and do not play.")
@click.option(
    "--at",
    metavar="SECONDS",
    callback=_moment,
    help="That moment, by default the end; without --screen where playing begins.",
)
@click.option(
    "--size",
    metavar="COLUMNSxROWS",
    callback=_size,
    help="Keep this size; by default the sizes of the recorded terminal are followed.",
)
@click.option("--ansi", is_flag=True, help="Print the screen with its colours.")
@click.pass_context
def replay(
    context: click.Context, *, file: Path, screen: bool, at: float | None, size: tuple[int, int] | None, ansi: bool
) -> None:
    """Play a recording, or print its screen.

    The recording is an asciicast of version 2 or 3; those of workers come from `golfer export`. The printed screen is
    what the terminal showed: every row, without the blanks at its end.
    """
    if ansi and not screen:
        raise click.UsageError("--ansi belongs to --screen.", context)
    from golfer_tui.tui.recorded import cast_in

    if screen:
        from golfer_tui.terminal import ansi as colours
        from golfer_tui.terminal.playback import screen_at

        found = screen_at(cast_in(file), at, size)
        text = colours.ansi(found) if ansi else "\n".join(found.text())
        found.close()
        click.echo(text, color=True)  # The colours were asked for, whatever stdout is.
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "terminal.none",
            "Playing a recording needs a terminal, and this is none.",
            hint="Without one use: golfer replay FILE.cast --screen",
        )
    from golfer_tui.cli.options import settings_from
    from golfer_tui.tui.keymap import keymap_from
    from golfer_tui.tui.player import play

    keymap = keymap_from(settings_from().keys)
    play(lambda: cast_in(file), title=file.name, at=at or 0.0, size=size, keymap=keymap)
