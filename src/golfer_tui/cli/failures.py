"""Turns whatever goes wrong into one clear line on stderr and an exit code. No traceback reaches the screen."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator

import click

from golfer_tui.model.errors import GolferError
from golfer_tui.terminal.clean import one_line
from golfer_tui.version import __version__

INTERRUPTED = 130
"""What a shell reports of a command that SIGINT ended."""

LINE = 2000
"""Characters of the longest error line."""


def answered(command: Callable[[], object]) -> int:
    """Call it and return its exit code (None counts as 0), whatever happens."""
    for stream in (sys.stdout, sys.stderr):
        # A locale without these characters must not turn an answer into an error.
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        try:
            code = command()
        except BaseExceptionGroup as group:
            raise _first(group) from group
        sys.stdout.flush()
    except click.ClickException as error:
        return _misused(error)
    except GolferError as error:
        return _tell(str(error), error.exit_code)
    except click.exceptions.Exit as error:
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read has gone. The interpreter flushes once more at its end: that must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the last guard: all else was an error of ours
        return _crashed(error)
    return code if isinstance(code, int) else 0


def _misused(error: click.ClickException) -> int:
    """Wrong usage, in one line, with the help that applies."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    help_of = context.command_path if context else "golfer"
    return _tell(f"{error.format_message()} See '{help_of} --help'.", 2)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that a person should see of several: one of ours before one that nobody foresaw."""
    errors = list(_leaves(group))
    return next((error for error in errors if isinstance(error, GolferError)), errors[0])


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


def _tell(text: str, code: int) -> int:
    with contextlib.suppress(OSError):
        click.echo(f"golfer: {one_line(text, LINE)}", err=True)
    return code


def _crashed(error: Exception) -> int:
    what = f"{type(error).__name__}: {error}".removesuffix(": ")
    try:
        path = _save(error)
    except OSError as failure:
        return _tell(f"Something went wrong inside: {what} (the details could not be saved: {failure.strerror}).", 1)
    return _tell(f"Something went wrong inside: {what} The details are in {path}", 1)


def _save(error: Exception) -> str:
    """Write the traceback where the product keeps its things, for the person's eyes only; returns its path."""
    import datetime as dt
    import platform
    import tempfile
    import traceback

    from golfer_tui.config import home

    now = dt.datetime.now(dt.UTC)
    folder = home(os.environ) / "crash"
    folder.mkdir(parents=True, exist_ok=True)
    handle, path = tempfile.mkstemp(prefix=f"{now:%Y%m%dT%H%M%SZ}-", suffix=".log", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"golfer {__version__}, Python {platform.python_version()}, {platform.platform()}\n{now:%c} UTC\n\n")
        file.writelines(traceback.format_exception(error))
    return path
