"""Carries a person's answer to what waits for it, also if the call that asked is gone: cut by a crash or a message.

What was approved then is done, and the agent is told in a message. A start that was approved is in the journal before
its answer is: a crash in between lets it be answered again, and the second start is refused.
"""

import contextlib

from golfer_tui.agents.orchestrator import Orchestrator
from golfer_tui.agents.services import Services
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError


def answer(services: Services, orchestrator: Orchestrator, command: cm.AnswerApproval) -> None:
    """Approve or refuse; with `always`, approve also what else waits and is not asked about any more.

    Raises:
        CommandError: `approval.gone`, or it was approved and cannot be done now; it waits on then.
    """
    approvals = services.approvals
    worker, asked = approvals.find(command.id)
    refused, reason = command.answer == "refused", " ".join(command.reason.split())
    word = f": {reason}" if reason else "."
    late = not approvals.attended(command.id)
    if asked.spec is not None:
        if not refused:
            services.pool.spawn(asked.spec, "orchestrator")
        if late:
            did = f"refused the start of worker {asked.spec.name}{word}" if refused else _started(asked.spec.name)
            orchestrator.tell(f"The person {did}")
    elif worker is not None:
        if late:
            did = f"refused this command of yours{word}" if refused else "approved this command of yours: run it now."
            services.pool.message(worker, f"[The person {did}]\n{asked.command}", "engine")
        if refused:
            orchestrator.note(f"The person refused worker {worker} a command{word}\n{asked.command}")
    answered = ae.ApprovalAnswered(id=command.id, answer=command.answer, reason=reason if refused else "")
    covered = approvals.covered(asked) if command.answer == "always" else ()
    approvals.resolve(answered, grant=not refused)
    for other in covered:
        # What cannot be done now waits on, and is told when the person looks at it.
        with contextlib.suppress(CommandError):
            answer(services, orchestrator, cm.AnswerApproval(other, "approved"))


def _started(name: str) -> str:
    return f"approved the start of worker {name}, which had waited: it was started."
