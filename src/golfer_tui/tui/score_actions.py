"""What a person does with the scores: see them, go from a run to its worker or its line, write them into files."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import get_args

from golfer_tui.experiments.scoreboard import snapshot
from golfer_tui.model.errors import CommandError, GolferError
from golfer_tui.reports.export import Kind, exported
from golfer_tui.tui.score_choices import ScoreChoices
from golfer_tui.tui.score_look import NOTHING
from golfer_tui.tui.scores import Goal, Scores
from golfer_tui.tui.watch import Watch
from golfer_tui.tui.worker_actions import WorkerActions
from golfer_tui.tui.writing import write_events, write_file


class ScoreActions(WorkerActions):
    """The main screen's actions for scores and exports."""

    _choices: ScoreChoices | None = None

    def _score_choices(self) -> ScoreChoices:
        self._choices = self._choices or ScoreChoices()
        return self._choices

    def action_scores(self) -> None:
        if self._watch is not None:
            board = Scores(self._watch.state, self._score_choices(), now=self._now, export=self.action_export)
            self.app.push_screen(board, self._go_to)

    def _go_to(self, goal: Goal | None) -> None:
        if goal is None or self._watch is None or goal.worker not in self._watch.state.workers:
            return
        if goal.offset is None:
            self.action_zoom(goal.worker)
        else:
            self.run_worker(self.show_line(goal.worker, goal.offset), name="go to line", group="log", exclusive=True)

    def action_export(self, what: str = "events") -> None:
        """Write the events, or what the scores show, into the current folder, and say where."""
        watch = self._watch
        if watch is None:
            return
        kind = next((kind for kind in get_args(Kind) if kind == what), None)
        work = write_events(watch.engine) if kind is None else self._write_scores(watch, kind)
        self.run_worker(self._told(work, self.refusing()), group="export", exclusive=True)

    async def _write_scores(self, watch: Watch, kind: Kind) -> Path:
        choices, workers = self._score_choices().copy(), snapshot(watch.state.workers)
        shown = await asyncio.to_thread(choices.shown, workers, self._now())
        if not shown.metrics:
            raise CommandError("export.metric", NOTHING)
        make = partial(exported, kind, shown.rows, shown.metric, drawn=shown.drawn, over=choices.over, log=choices.log)
        metric = re.sub(r"[^a-z0-9_]+", "-", shown.metric)
        return await write_file(f"golfer-{watch.engine.session}-{metric}", kind, await asyncio.to_thread(make))

    async def _told(self, work: Awaitable[Path], refuse: Callable[[str], None]) -> None:
        try:
            path = await work
        except GolferError as error:
            refuse(str(error))
        else:
            self.app.notify(f"Written to {path}", markup=False)
