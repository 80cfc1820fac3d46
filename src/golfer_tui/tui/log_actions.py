"""What a person does with the log of a worker: open it in place of the terminal, copy from it, run a command again."""

from functools import partial

from textual import on

from golfer_tui.model.errors import GolferError
from golfer_tui.model.worker_fold import Worker
from golfer_tui.tui import dialogs
from golfer_tui.tui.clipboard import copy
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.keyboard import Keyboard
from golfer_tui.tui.layout import DETAIL
from golfer_tui.tui.log.again import run_again
from golfer_tui.tui.log.copying import output_text
from golfer_tui.tui.log.log import Log
from golfer_tui.tui.shell_actions import ShellActions
from golfer_tui.tui.watch import Watch


class LogActions(ShellActions):
    """The main screen's actions for logs. The log takes the place of the zoomed worker."""

    async def action_worker_log(self, name: str = "") -> None:
        """Show a worker's log, by default the selected one's; or its terminal again."""
        fleet, log, watch = self.query_one(Fleet), self.query_one(Log), self._watch
        name = name or fleet.selected
        if watch is None or not name:
            return
        if name not in watch.state.workers:
            self.refuse(f"There is no worker {name}.")
            return
        if log.worker == name:
            await self._close_log()
            fleet.focus()
            return
        fleet.selected, fleet.zoomed = name, True
        await self._open_log(watch, watch.state.workers[name])

    async def _open_log(self, watch: Watch, worker: Worker) -> None:
        log = self.query_one(Log)
        await log.open(watch, worker)
        self.log_shown = True
        # On a narrow screen the details would have its place.
        self._details = self._details and self.size.width >= DETAIL
        self.fit()
        log.focus()

    async def show_line(self, name: str, offset: int) -> None:
        """Show the line of a worker's log that begins at an offset of its tape."""
        fleet, log, watch = self.query_one(Fleet), self.query_one(Log), self._watch
        if watch is None or name not in watch.state.workers:
            return
        if log.worker != name:
            fleet.selected, fleet.zoomed = name, True
            await self._open_log(watch, watch.state.workers[name])
        log.go_to(offset)
        log.focus()

    async def _close_log(self) -> None:
        if self.log_shown:
            self.log_shown = False
            self.fit()
            await self.query_one(Log).close()

    @on(Log.Left)
    async def log_left(self) -> None:
        await self._close_log()
        self.query_one(Fleet).focus()

    @on(Fleet.Selected)
    async def log_of_another(self, event: Fleet.Selected) -> None:
        """The log goes with the selection."""
        if self.log_shown and self._watch is not None and event.worker != self.query_one(Log).worker:
            await self._open_log(self._watch, self._watch.state.workers[event.worker])

    @on(Fleet.Zoomed)
    async def log_unzoomed(self, event: Fleet.Zoomed) -> None:
        if not event.on:
            await self._close_log()

    @on(Keyboard.Moved)
    async def log_typed_beside(self, event: Keyboard.Moved) -> None:
        """Who types wants to see the terminal."""
        if event.seat.worker:
            await self._close_log()

    @on(Log.Wanted)
    def log_wanted(self, event: Log.Wanted) -> None:
        match event.what:
            case "copy":
                self.run_worker(self._copy_output(event), name="copy output", group="copy output", exclusive=True)
            case "copy command":
                copy(self.app, event.command)
            case _:
                question = dialogs.confirm_run_again(event.worker, event.command)
                self.app.push_screen(question, partial(self._run_again, event))

    async def _copy_output(self, event: Log.Wanted) -> None:
        if self._watch is None:
            return
        try:
            copied = await output_text(partial(self._watch.engine.printed, event.worker), event.start, event.end)
        except GolferError as error:
            self.app.notify(str(error), severity="error", markup=False)
            return
        if copied.left_out:
            told = f"The first {copied.left_out:,} lines are left out: more is too much for a clipboard."
            self.app.notify(told, severity="warning")
        copy(self.app, copied.text)

    def _run_again(self, event: Log.Wanted, yes: bool | None) -> None:
        if yes:
            self.run_worker(self._type_again(event), name="run again")

    async def _type_again(self, event: Log.Wanted) -> None:
        watch = self._watch
        if watch is None:
            return
        pane = watch.pane(event.worker, "agent")
        size = (pane.columns, pane.rows) if pane is not None else (80, 24)
        try:
            await run_again(watch.engine, event.worker, event.command, *size)
        except GolferError as error:
            self.app.notify(str(error), severity="warning", markup=False)
        else:
            self.action_worker_shell(event.worker)
