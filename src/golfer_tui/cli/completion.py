"""`golfer completion`: the script that lets a shell complete the command line."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, *, shell: str) -> None:
    """Print the completion script for a shell.

    For bash: eval "$(golfer completion bash)" in ~/.bashrc; for zsh the same in ~/.zshrc; for fish:
    golfer completion fish > ~/.config/fish/completions/golfer.fish
    """
    from click.shell_completion import get_completion_class

    writer = get_completion_class(shell)
    if writer is None:
        raise click.UsageError(f"There are no completions for {shell}.", context)
    click.echo(writer(context.find_root().command, {}, "golfer", "_GOLFER_COMPLETE").source())
