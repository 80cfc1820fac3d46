"""Mends an agent's memory after a turn that was cut.

The SDK saves a step only when it is complete: a cancelled or killed turn leaves tools that ran out of the memory. The
journal has them. What the journal tells of the turn and the memory lacks is added, calls paired with their answers, so
that the next request is accepted and nothing is done twice.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev

Item = dict[str, Any]

LOST = "interrupted before it answered; what it did until then is not known"
WAITED = "interrupted while it waited for the person's approval: it was not done; you are told if it is approved later"


def missing_items(turn: Sequence[ev.AnyBody], inputs: Iterable[str], saved: Iterable[Item], reason: str) -> list[Item]:
    """Items to add to a memory after a turn that was cut.

    Args:
        turn: the bodies of that agent's events since `turn.started`, in order.
        inputs: texts of the messages that the turn was to answer.
        saved: what the memory got during the turn, in the Responses API's input format.
        reason: why the turn ended, told to the model.
    """
    saved = list(saved)
    calls = {item.get("call_id") for item in saved if item.get("type") in {"function_call", "custom_tool_call"}}
    outputs = {item.get("call_id") for item in saved if str(item.get("type", "")).endswith("_output")}
    users = sum(1 for item in saved if item.get("role") == "user")
    answers = sum(1 for item in saved if item.get("role") == "assistant")
    finished = {body.call: body for body in turn if isinstance(body, ae.ToolFinished)}
    waited = _waited(turn)
    added: list[Item] = [{"role": "user", "content": text} for text in list(inputs)[users:]]
    for body in turn:
        match body:
            case ae.Message(role="assistant"):
                if answers:
                    answers -= 1
                else:
                    added.append({"role": "assistant", "content": body.text})
            case ae.ToolCalled():
                if body.call not in calls:
                    added.append(_call(body))
                if body.call not in outputs:
                    done = finished.get(body.call)
                    cut = WAITED if body.call in waited else LOST
                    added.append(_output(body, done.output if done else cut))
            case _:
                pass
    note = {"role": "user", "content": f"[This turn was cut here: {reason}.]"}
    # A process that died while it mended has added all of it, and only not told so.
    return [*added, note] if added or note not in saved[-1:] else []


def _waited(turn: Sequence[ev.AnyBody]) -> set[str]:
    """Calls that waited for a person in the end."""
    waiting: dict[str, str] = {}
    for body in turn:
        if isinstance(body, ae.ApprovalAsked):
            waiting[body.id] = body.call
        elif isinstance(body, ae.ApprovalAnswered) and body.answer != "withdrawn":
            waiting.pop(body.id, None)
    return set(waiting.values())


def _call(body: ae.ToolCalled) -> Item:
    if body.kind == "custom":
        text = str(body.arguments.get("input", ""))
        return {"type": "custom_tool_call", "call_id": body.call, "name": body.name, "input": text}
    arguments = json.dumps(body.arguments)
    return {"type": "function_call", "call_id": body.call, "name": body.name, "arguments": arguments}


def _output(body: ae.ToolCalled, output: str) -> Item:
    kind = "custom_tool_call_output" if body.kind == "custom" else "function_call_output"
    return {"type": kind, "call_id": body.call, "output": output}
