"""What waits for a person, seen and answered from another process's side."""

from pathlib import Path

import pytest
from attach.hosted import attached, serving, until
from engine.small_scripts import opened, settings

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.model.settings import ApprovalSettings
from golfer_tui.model.workers import WorkerSpec

RULES = settings(approvals=ApprovalSettings(commands=("^touch ",)))


async def test_who_attaches_later_sees_what_waits_and_answers_it(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=RULES) as engine, serving(engine) as host:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "touch here; echo done")))
        await until(lambda: engine.state.approvals)
        async with attached(host) as remote, attached(host) as watcher:
            [approval] = remote.state.approvals.values()
            assert approval == next(iter(engine.state.approvals.values()))
            assert remote.state.workers["w1"].needs == "wants to run: touch here; echo done"
            with pytest.raises(CommandError, match="You watch this session"):
                await watcher.dispatch(cm.AnswerApproval(approval.id, "refused"))
            await remote.dispatch(cm.AnswerApproval(approval.id, "always"))
            assert not remote.state.approvals
            assert remote.state.lifted.patterns == {"^touch "}
            with pytest.raises(CommandError, match="This waits no longer"):
                await remote.dispatch(cm.AnswerApproval(approval.id, "approved"))
            await until(lambda: not watcher.state.approvals)
            await until(lambda: remote.state.workers["w1"].summary == "done")
