"""Commands that outlive the process which started them: what finds them again, and how their output goes on.

Modal keeps what a command printed. It is read again from the beginning, and what had come to the tape is passed over.
"""

import asyncio

from golfer_tui.sandboxes.modal.commands import KILL, KILL_ROUNDS, Commands
from golfer_tui.sandboxes.modal.handles import attach, exec_id
from golfer_tui.sandboxes.modal.process import ModalProcess
from golfer_tui.sandboxes.modal.scripts import KILL_OTHERS, MARK
from golfer_tui.sandboxes.modal.sizing import SIZE
from golfer_tui.sandboxes.modal.state import ModalState, RunningCommand


def running(commands: Commands) -> tuple[RunningCommand, ...]:
    """What finds the commands of the shell tool that run again."""
    return tuple(
        RunningCommand(each.id, exec_id(each.remote), each.mark, each.command, each.tty, each.shown, each.typed)
        for each in commands.shell.running
        if isinstance(each, ModalProcess) and each.remote is not None
    )


async def recover(commands: Commands, state: ModalState, end: int) -> tuple[tuple[int, str], ...]:
    """Go on with the commands of a process that died; what it did not know of is ended.

    Args:
        commands: Of the same sandbox, in this process.
        state: What was stored last.
        end: Where the tape ended that came back: what one command had printed up to there is not shown again.

    Returns:
        Id and text of each that is followed again, one that has ended meanwhile included.

    Raises:
        SandboxError: the sandbox cannot be asked.
    """
    known = "|".join(f"{MARK}={each.mark}" for each in state.running) or "^$"
    argv = ["sh", "-c", KILL_OTHERS, "sh", known, f"{MARK}={commands.marks}", str(KILL_ROUNDS)]
    async with asyncio.timeout(KILL):
        await (await commands.hidden(argv)).wait.aio()
    # With several, it cannot be told whose the last bytes were: better some of them twice than one missing.
    late = end - state.tape if len(state.running) == 1 else min(0, end - state.tape)
    for each in state.running:
        process = ModalProcess(
            each.id,
            each.command,
            mark=each.mark,
            commands=commands,
            size=SIZE if each.tty else None,
            on_ended=commands.shell.finished,
        )
        process.shown, process.typed = max(0, each.shown + late), each.typed
        try:
            process.remote = await attach(commands.sandbox, each.exec, typed=each.typed)
        except Exception as error:
            raise await commands.reason(error, "A command that ran on could not be found again") from error
        commands.take_up(process)
    return tuple((each.id, each.command) for each in state.running)
