"""What every session of ours does alike with the SDK's shell calls, wherever the commands run."""

import re
import shlex
from pathlib import Path
from typing import Protocol

from agents.sandbox.session.pty_types import PtyExecUpdate

from golfer_tui.sandboxes.processes import Shell

_CHANGE_FOLDER = re.compile(r"\Acd [^\n]+ \|\| exit\n")
"""What the shell tool puts before a command that has a `workdir`."""


def as_written(command: tuple[str | Path, ...]) -> str:
    """A command as the model wrote it."""
    text = str(command[0]) if len(command) == 1 else shlex.join(map(str, command))
    return _CHANGE_FOLDER.sub("", text)


class _HasShell(Protocol):
    @property
    def shell(self) -> Shell: ...


class ShellCalls:
    """To be mixed into an SDK session, in front of the SDK's class: its running commands are those of our shell."""

    _commands: _HasShell

    async def pty_write_stdin(
        self,
        *,
        session_id: int,
        chars: str,
        yield_time_s: float | None = None,
        max_output_tokens: int | None = None,
    ) -> PtyExecUpdate:
        return await self._commands.shell.write(
            session_id, chars, yield_time_s=yield_time_s, max_output_tokens=max_output_tokens
        )

    async def pty_terminate_all(self) -> None:
        await self._commands.shell.kill_all()
