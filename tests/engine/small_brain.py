"""The small scripts behind a model's API, for the loopback server."""

from engine.small_scripts import hand, leader
from loopback.brains import Call as ApiCall
from loopback.brains import Item, Output, Text

from golfer_tui.agents.scripted import Call


def brain(items: list[Item], tools: list[Item]) -> list[Output]:
    """The orchestrator's script for whoever can start workers, and a worker's for the others."""
    names = {tool.get("name") or tool.get("function", {}).get("name") for tool in tools}
    script = leader if "spawn_worker" in names else hand
    history = [{**item, "content": _text(item)} if "content" in item else item for item in items]
    return [Text(said) if isinstance(said, str) else _call(said) for said in script(history)]


def _text(item: Item) -> str:
    content = item["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _call(call: Call) -> ApiCall:
    return ApiCall(call.tool, call.arguments)
