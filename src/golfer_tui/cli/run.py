"""`golfer run`: the same work without a screen."""

import os
import sys
from typing import TYPE_CHECKING

import click

from golfer_tui.cli.options import DEMO_PROMPT, engine_opener, session_options
from golfer_tui.cli.resuming import session_settings
from golfer_tui.model.errors import UsageError

if TYPE_CHECKING:
    from golfer_tui.headless.approving import Policy

LARGEST = 1024 * 1024
"""Bytes of the longest prompt that is read."""


@click.command()
@click.option("--prompt", metavar="TEXT", help="What to do; - reads it from stdin.")
@click.option("--json", "as_json", is_flag=True, help="One event per line on stdout, and nothing else there.")
@click.option("--interactive", is_flag=True, help="A plain chat, line by line, for terminals without a full screen.")
@click.option(
    "--approve",
    type=click.Choice(["all", "none", "ask"]),
    help="What becomes of what agents may do only with your approval.  [default: ask on a terminal, else none]",
)
@session_options
@click.pass_context
def run(
    context: click.Context,
    /,
    *,
    prompt: str | None,
    as_json: bool,
    interactive: bool,
    approve: str | None,
    resume: str | None,
    backend: str | None,
    model: str | None,
    demo: bool | None,
    **limits: str | None,
) -> int:
    """Work without a screen.

    Progress goes to stderr, the answer to stdout.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted (143 by SIGTERM, 129 by SIGHUP). A second signal ends
    at once.
    """
    if demo and prompt is None and resume is None and not interactive:
        prompt = DEMO_PROMPT
    if prompt is None and not interactive and resume is None:
        raise click.UsageError("Say what to do with --prompt TEXT, or chat with --interactive.", context)
    if interactive and as_json:
        raise click.UsageError("--json and --interactive exclude each other.", context)
    if interactive and prompt == "-":
        raise click.UsageError("--interactive reads stdin itself: give --prompt a text.", context)
    policy = _policy(context, approve, as_json=as_json, interactive=interactive)
    text = _text(prompt)
    import asyncio

    from golfer_tui import config
    from golfer_tui.config.credentials import key_for

    settings, session, set_limits = session_settings(resume, backend, model, demo, limits)
    key = key_for(settings, os.environ)
    if problem := config.model_problem(settings, os.environ, key):
        raise UsageError("model.none", problem)
    from golfer_tui.cli.logs import log_to_file

    log_to_file()
    # Takes seconds: before the loop runs, so that Ctrl-C ends it at once.
    import golfer_tui.engine.engine  # noqa: F401

    open_engine = engine_opener(settings, session, set_limits, key=key)
    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    stdout, stderr = sys.stdout.fileno(), sys.stderr.fileno()
    if interactive:
        from golfer_tui.headless.chat import chat

        stdin = sys.stdin.fileno()
        return asyncio.run(
            chat(open_engine, text, stdin=stdin, stdout=stdout, stderr=stderr, colour=colour, approve=policy)
        )
    from golfer_tui.headless.run import run_prompt

    keyboard = sys.stdin.fileno() if policy == "ask" else None
    return asyncio.run(
        run_prompt(
            open_engine,
            text,
            stdout=stdout,
            stderr=stderr,
            json=as_json,
            colour=colour,
            approve=policy,
            stdin=keyboard,
        )
    )


def _policy(context: click.Context, approve: str | None, *, as_json: bool, interactive: bool) -> "Policy":
    """What was asked for; without it, a person is asked if there is one.

    Raises:
        click.UsageError: nobody could be asked.
    """
    if approve in {"all", "none"}:
        return "all" if approve == "all" else "none"
    there = interactive or (not as_json and sys.stdin.isatty() and sys.stderr.isatty())
    if approve == "ask" and not there:
        raise click.UsageError("--approve ask needs a terminal, and goes without --json.", context)
    return "ask" if there else "none"


def _text(prompt: str | None) -> str:
    """The prompt, from wherever it comes.

    Raises:
        UsageError: `prompt.empty`, `prompt.long` or `prompt.encoding`.
    """
    if prompt is None:
        return ""
    data = sys.stdin.buffer.read(LARGEST + 1) if prompt == "-" else os.fsencode(prompt)
    source = "stdin" if prompt == "-" else "--prompt"
    if len(data) > LARGEST:
        raise UsageError("prompt.long", f"{source} has more than {LARGEST:,} bytes.", hint="Put the text in a file.")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise UsageError("prompt.encoding", f"{source} is not UTF-8.", hint="Convert it first.") from None
    if not text.strip():
        raise UsageError("prompt.empty", f"{source} is empty.", hint="Say what to do.")
    return text
