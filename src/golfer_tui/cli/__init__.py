"""The command line: parse, then import the one front end that is asked for."""

from golfer_tui.cli.failures import answered
from golfer_tui.cli.root import golfer

__all__ = ["main"]


def main(arguments: list[str]) -> int:
    """Run the command; returns its exit code. Nothing is raised: every error becomes one line on stderr."""
    return answered(lambda: golfer.main(arguments, prog_name="golfer", standalone_mode=False))
