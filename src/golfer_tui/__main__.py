"""The command `golfer`. It answers `--version` before it imports anything, and leaves the rest to `cli`."""

import sys


def main() -> int:
    """Run the command line; returns the exit code."""
    if sys.argv[1:] == ["--version"]:
        from golfer_tui.version import __version__

        print(f"golfer {__version__}")
        return 0
    try:
        from golfer_tui.cli import main as run
    except KeyboardInterrupt:
        return 130
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
