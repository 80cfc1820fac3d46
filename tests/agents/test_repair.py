"""A cut turn leaves a memory that the API accepts: every call with its answer, nothing twice."""

from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.agents.repair import LOST, Item, missing_items
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev

steps = st.lists(st.sampled_from(["say", "call", "call unanswered", "custom"]), max_size=8)


def told(kinds: list[str]) -> tuple[list[ev.AnyBody], list[Item]]:
    """What the journal tells of a turn, and what a complete memory of it looks like."""
    bodies: list[ev.AnyBody] = []
    items: list[Item] = [{"role": "user", "content": "go"}]
    for number, kind in enumerate(kinds):
        call = f"call_{number}"
        if kind == "say":
            bodies.append(ae.Message(role="assistant", text=f"text {number}"))
            items.append({"role": "assistant", "content": f"text {number}"})
            continue
        custom = kind == "custom"
        bodies.append(
            ae.ToolCalled(
                call=call,
                name="t",
                arguments={"input": "x"} if custom else {"a": 1},
                kind="custom" if custom else "function",
            )
        )
        if kind != "call unanswered":
            bodies.append(ae.ToolFinished(call=call, name="t", output=f"out {number}"))
        items.append({"type": "custom_tool_call" if custom else "function_call", "call_id": call})
        items.append({"type": "custom_tool_call_output" if custom else "function_call_output", "call_id": call})
    return bodies, items


def skeleton(items: list[Item]) -> list[tuple[str, str]]:
    return [(str(item.get("type") or item["role"]), str(item.get("call_id", ""))) for item in items]


@given(steps, st.data())
def test_whatever_was_saved_the_memory_becomes_whole(kinds: list[str], data: st.DataObject) -> None:
    bodies, whole = told(kinds)
    saved = whole[: data.draw(st.integers(0, len(whole)))]
    mended = [*saved, *missing_items(bodies, ["go"], saved, "killed")]
    assert skeleton(mended[:-1]) == skeleton(whole)
    assert "killed" in mended[-1]["content"]


def test_an_unanswered_call_is_answered_as_lost() -> None:
    bodies, _ = told(["call unanswered"])
    items = missing_items(bodies, [], [], "killed")
    assert items[0]["type"] == "function_call"
    assert items[1] == {"type": "function_call_output", "call_id": "call_0", "output": LOST}


def test_a_memory_that_was_mended_is_not_mended_again() -> None:
    call = ae.ToolCalled(call="c", name="t", arguments={})
    told = [call, ae.ToolFinished(call="c", name="t", output="done")]
    mended = missing_items(told, ["hello"], [], "it was killed")
    assert len(mended) == 4
    assert missing_items(told, ["hello"], mended, "it was killed") == []
