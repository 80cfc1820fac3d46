"""Makes the conversations of all agents anew from a journal: for a session that was forked or came from a file.

What a model thought is not in there: the format that says so belongs to one model at one provider.
"""

import dataclasses as dc
from collections.abc import Iterable

from golfer_tui.agents.repair import Item, missing_items
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.pool.checks import ORCHESTRATOR


@dc.dataclass(slots=True)
class _Turn:
    inputs: list[str]
    bodies: list[ev.AnyBody] = dc.field(default_factory=list)


def retell(events: Iterable[ev.Event], reason: str) -> dict[str, list[Item]]:
    """By agent, the items of its conversation in the Responses API's input format, calls paired with their answers.

    Args:
        events: A journal from its first event on.
        reason: Why a turn that has no end was cut, told to the model.
    """
    found: dict[str, list[Item]] = {}
    turns: dict[str, _Turn] = {}
    texts: dict[str, str] = {}
    for event in events:
        agent, body = event.worker or ORCHESTRATOR, event.body
        match body:
            case ae.Message() if body.id:
                texts[body.id] = body.text
            case ae.TurnStarted():
                turns[agent] = _Turn([texts[each] for each in body.inputs if each in texts])
            case ae.TurnFinished():
                if turn := turns.pop(agent, None):
                    told = missing_items(turn.bodies, turn.inputs, [], body.error or "interrupted")
                    found.setdefault(agent, []).extend(told[:-1] if body.state == "done" else told)
            case we.WorkerQueued(fresh=True) as queued:
                # A fresh attempt began with an empty memory.
                found.pop(queued.spec.name, None)
                turns.pop(queued.spec.name, None)
            case _ if agent in turns:
                turns[agent].bodies.append(body)
            case _:
                pass
    for agent, turn in turns.items():
        found.setdefault(agent, []).extend(missing_items(turn.bodies, turn.inputs, [], reason))
    return found
