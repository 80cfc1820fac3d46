"""The settings of a training run: what its command line says, and which of them differ between runs. No I/O."""

import functools
import re
import shlex
import types
from collections.abc import Iterable, Mapping

READ = 16 * 1024
"""Characters of a command that are read; what follows is no command line any more, but a file in it."""

COMMANDS = 2048
"""Commands that are remembered as they were read."""

VALUE = 200
"""Characters of a value that are kept."""

ON = "on"
"""The value of an option that has none."""

_SET = re.compile(r"([A-Za-z_][\w.]*)=(\S*)")
_OPTION = re.compile(r"--([A-Za-z][\w.-]*)(?:=(.*))?", re.DOTALL)
_NO_VALUE = re.compile(r"-[A-Za-z-]|[();<>|&]+$")
_HERE = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1[^\n]*\n.*?(?:\n[ \t]*\2[ \t]*(?=\n|$)|$)", re.DOTALL)
"""A file that stands in the command: its text is none of the command's words."""
_UNKNOWN = re.compile(r"[$`]")


@functools.lru_cache(maxsize=COMMANDS)
def options_of(command: str) -> Mapping[str, str]:
    """The settings that a command line names, such as `--lr 0.1`, `--lr=0.1`, `lr=0.1` and `LR=0.1`.

    Of several commands in one line the last one that names a setting counts. Options with one dash are left out, as
    they mostly belong to the shell's own tools, and so are values that only the shell knows (`$LR`).
    """
    words = _words(_HERE.sub("", command[:READ]))
    found: dict[str, str] = {}
    for word, following in zip(words, [*words[1:], "|"], strict=False):
        if assigned := _SET.fullmatch(word):
            name, value = assigned[1], assigned[2]
        elif option := _OPTION.fullmatch(word):
            name = option[1]
            value = option[2] if option[2] is not None else ON if _NO_VALUE.match(following) else following
        else:
            continue
        if not _UNKNOWN.search(value):
            found[name.replace("-", "_")] = value[:VALUE]
    return types.MappingProxyType(found)


def differing(runs: Iterable[Mapping[str, str]], most: int) -> list[str]:
    """Names of at most so many settings that are not the same for all runs; that one is not set is a value, too."""
    known = list(runs)
    # In an order of their own: a table's columns stay where they are while the ranking changes.
    names = sorted({name for run in known for name in run}, key=lambda name: (name.lower(), name))
    return [name for name in names if len({run.get(name) for run in known}) > 1][:most]


def _words(command: str) -> list[str]:
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:  # a quote without an end
        return command.split()
