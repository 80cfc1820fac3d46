"""`golfer` itself, which opens the cockpit, and the commands below it. Each imports what it needs when it is called."""

import click

from golfer_tui.cli.attach import attach, stop
from golfer_tui.cli.cockpit import open_cockpit
from golfer_tui.cli.completion import completion
from golfer_tui.cli.doctor import doctor
from golfer_tui.cli.export import export
from golfer_tui.cli.forking import fork, show
from golfer_tui.cli.importing import import_
from golfer_tui.cli.keys import keys
from golfer_tui.cli.options import session_options
from golfer_tui.cli.replay import replay
from golfer_tui.cli.run import run
from golfer_tui.cli.sandboxes import adopt, sandboxes
from golfer_tui.cli.serve import serve
from golfer_tui.cli.sessions import sessions
from golfer_tui.cli.skills import skills
from golfer_tui.cli.snapshots import snapshots
from golfer_tui.cli.store import store
from golfer_tui.version import __version__


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Settings are read from golfer.toml and GOLFER_* variables too; docs/settings.md lists them all.",
)
@click.option("--prompt", metavar="TEXT", help="Send this as the first message.")
@session_options
@click.version_option(__version__, prog_name="golfer", message="%(prog)s %(version)s")
@click.pass_context
def golfer(
    context: click.Context,
    /,
    *,
    prompt: str | None,
    resume: str | None,
    backend: str | None,
    model: str | None,
    demo: bool | None,
    **limits: str | None,
) -> int | None:
    """A cockpit for a fleet of AI research agents: one orchestrator, many workers, each with a sandbox and a live pane.

    Without a command the cockpit opens. `golfer --demo` shows it at work with no account and no network.
    """
    given = [name for name, value in context.params.items() if value is not None]
    if context.invoked_subcommand is None:
        return open_cockpit(prompt=prompt, resume=resume, backend=backend, model=model, demo=demo, limits=limits)
    if given:
        command = context.invoked_subcommand
        flag = given[0].replace("_", "-")
        raise click.UsageError(f"Write --{flag} after the command: golfer {command} --{flag} …", context)
    return None


for _command in (
    run,
    attach,
    stop,
    serve,
    sessions,
    replay,
    export,
    import_,
    keys,
    skills,
    store,
    sandboxes,
    adopt,
    snapshots,
    doctor,
    completion,
):
    golfer.add_command(_command)
for _command in (show, fork):
    sessions.add_command(_command)
