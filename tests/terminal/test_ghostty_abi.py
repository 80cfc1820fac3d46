"""The tables of the emulator's calls are those of the installed pyghostty, and the binding itself is never loaded."""

import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "docs"))

from ghostty_abi import MADE, made


def test_the_tables_are_of_the_installed_library() -> None:
    assert made() == MADE.read_text(), "pyghostty or cffi has changed: run make ghostty"


def test_nothing_is_parsed_at_the_start() -> None:
    code = (
        "import sys; from golfer_tui.terminal.screen import Screen\n"
        "screen = Screen(4, 2); screen.feed(b'hi'); print(screen.text()[0])\n"
        "print(*sorted({'pyghostty', 'cffi', 'pycparser'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["hi"]
