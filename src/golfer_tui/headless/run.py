"""One prompt without a screen: progress on stderr, the answer on stdout; or every event as a line of JSON on stdout."""

from typing import TYPE_CHECKING

from golfer_tui.headless.approving import Approver, Policy, approving
from golfer_tui.headless.holding import OpenEngine, all_done, exit_code, first, hold
from golfer_tui.headless.interrupts import Interrupts
from golfer_tui.headless.keyboard import Keyboard
from golfer_tui.headless.lines import Lines
from golfer_tui.headless.progress import Progress
from golfer_tui.headless.watch import Show, Watch
from golfer_tui.model.commands import SendMessage
from golfer_tui.model.events import Event, encode
from golfer_tui.terminal.clean import clean

if TYPE_CHECKING:
    from golfer_tui.engine.engine import Engine


async def run_prompt(
    open_engine: OpenEngine,
    prompt: str,
    *,
    stdout: int,
    stderr: int,
    json: bool = False,
    colour: bool = False,
    approve: Policy = "none",
    stdin: int | None = None,
) -> int:
    """Send the prompt, wait until nobody has anything left to do, close the session; returns the exit code.

    Args:
        open_engine: Makes the engine; it is entered and left here.
        prompt: The message to the orchestrator; empty to let a resumed session go on by itself.
        stdout: File descriptor for the answer or the events.
        stderr: File descriptor for the progress; nothing is written there with `json`.
        json: One event per line, ending with `session.finished`.
        colour: Whether the progress may hold colours.
        approve: What becomes of what agents may do only with a person's approval.
        stdin: File descriptor of the person's keyboard, to `ask`.
    """
    with Interrupts() as interrupts:
        async with Lines(stdout) as out, Lines(stderr) as err:

            async def talk(engine: "Engine", watch: Watch) -> None:
                if prompt:
                    await engine.dispatch(SendMessage(prompt))
                keyboard = Keyboard(stdin) if stdin is not None else None
                tell = lambda text: err.post(text.encode(errors="replace"))  # noqa: E731
                async with approving(Approver(engine, watch, approve, keyboard, tell)):
                    await first(all_done(engine, watch), interrupts.asked.wait(), out.gone.wait())

            show = _as_json(out) if json else _as_progress(err, colour=colour)
            finished = await hold(open_engine, interrupts, show, talk)
            if not json and (answer := clean(finished.answer).strip()):
                out.post(f"{answer}\n".encode())
        return exit_code(finished, interrupts)


def _as_json(out: Lines) -> Show:
    async def show(event: Event) -> None:
        await out.put(encode(event) + b"\n")

    return show


def _as_progress(err: Lines, *, colour: bool) -> Show:
    progress = Progress(lambda line: err.post(line.encode(errors="replace")), colour=colour)

    async def show(event: Event) -> None:
        progress.show(event)

    return show
