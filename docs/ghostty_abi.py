"""Makes `src/golfer_tui/terminal/ghostty_abi.py` of pyghostty's declarations: `make ghostty`.

The binding declares the library in C, which cffi would parse at each start: a third of a second, and some megabytes.
What the terminal room uses of it is written down here as cffi's own tables. They hold for one version of the binding,
which pyproject.toml pins; a test holds the file against it.
"""

import contextlib
import re
import runpy
import tempfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cffi

ROOM = Path(__file__).parents[1] / "src" / "golfer_tui" / "terminal"
MADE = ROOM / "ghostty_abi.py"

TWINS = """
typedef struct { uint16_t x; uint32_t y; uint64_t _pad; } GhosttyPointValueS;
typedef struct { GhosttyPointTag tag; GhosttyPointValueS value; } GhosttyPointS;
"""
"""A union cannot be passed by value in this mode of cffi. These have the size and the place in registers of a point."""

CALLS = {
    "ghostty_terminal_grid_ref": "GhosttyResult {}(GhosttyTerminal, GhosttyPointS, GhosttyGridRef*);",
    "ghostty_terminal_grid_ref_track": "GhosttyResult {}(GhosttyTerminal, GhosttyPointS, GhosttyTrackedGridRef*);",
}
"""The calls that take one."""

HEAD = '''"""The tables of libghostty-vt's types and calls for cffi. Made by `make ghostty`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors

'''


def made() -> str:
    """The text of the file for the binding that is installed."""
    spec = find_spec("pyghostty")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("pyghostty is not installed.")
    declared = runpy.run_path(str(Path(spec.submodule_search_locations[0]) / "_cdef.py"))["CDEF"]
    ffi = cffi.FFI()
    ffi.set_source("ghostty_abi", None)
    ffi.cdef(declared)
    ffi.cdef(TWINS)
    twin, real = (ffi.typeof(name) for name in ("GhosttyPointS", "GhosttyPoint"))
    if (ffi.sizeof(twin), ffi.alignof(twin)) != (ffi.sizeof(real), ffi.alignof(real)):
        raise SystemExit("A point looks different in this version of pyghostty.")
    ffi.cdef("\n".join(text.format(name) for name, text in CALLS.items()), override=True)
    _keep_what_is_used(ffi)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(None):
        file = Path(folder) / "ghostty_abi.py"
        ffi.emit_python_code(str(file))
        text = file.read_text()
    version = f'VERSION = "{metadata.version("pyghostty")}"\n"""Of pyghostty, for which they hold."""\n'
    return HEAD + text.partition("\n")[2].replace("\nffi =", f"\n{version}\nffi =", 1)


def _keep_what_is_used(ffi: Any) -> None:
    """Leave out the calls that nobody makes; the types stay, for they refer to each other."""
    code = "\n".join(path.read_text() for path in ROOM.glob("*.py") if path != MADE)
    called = set(re.findall(r"\bghostty_\w+", code))
    declarations = ffi._parser._declarations  # noqa: SLF001 - cffi has no other way to leave something out
    for key in [key for key in declarations if key.startswith("function ") and key.split()[-1] not in called]:
        del declarations[key]


if __name__ == "__main__":
    MADE.write_text(made())
