"""The SDK's file tools, for both of OpenAI's APIs.

Its `apply_patch` is a free-text tool, which chat completions do not have. There it becomes a function tool with one
argument; what it does stays the SDK's.
"""

import json
from typing import Any, Literal

from agents import FunctionTool
from agents.sandbox.capabilities import Filesystem
from agents.sandbox.capabilities.filesystem import FilesystemToolSet
from agents.tool_context import ToolContext

from golfer_tui.agents.tools import explain, guarded

PATCH_HELP = """\
Create, change or delete files. `patch` is text of this form, with paths relative to the workspace:
*** Begin Patch
*** Add File: notes/plan.md
+each line of the new file begins with a plus
*** Update File: train.py
@@ def step(batch):
 an unchanged line begins with a space
-a line to remove begins with a minus
+a line to add begins with a plus
*** Delete File: old.txt
*** End Patch
In an update, give about three unchanged lines around each change; `@@` and a line of the file, such as a function's
first, say where to look. `*** Move to: new/path` after an update's head renames the file."""

PATCH_SCHEMA = {
    "type": "object",
    "properties": {"patch": {"type": "string", "description": "The whole patch, from Begin Patch to End Patch."}},
    "required": ["patch"],
    "additionalProperties": False,
}


def filesystem_for(api: Literal["responses", "chat"]) -> Filesystem:
    """The capability that gives an agent `view_image` and `apply_patch`. Failures are told to the model."""
    return Filesystem(configure_tools=_for_chat if api == "chat" else _for_responses)


def _for_responses(tools: FilesystemToolSet) -> None:
    guarded(tools.view_image)


def _for_chat(tools: FilesystemToolSet) -> None:
    guarded(tools.view_image)
    stock = tools.apply_patch

    async def apply_patch(context: ToolContext[Any], arguments: str) -> Any:
        try:
            return await stock.on_invoke_tool(context, _patch(arguments))
        except Exception as error:  # noqa: BLE001 - whatever a patch raises, the model is told and goes on
            return explain(context, error)

    tools.apply_patch = FunctionTool(  # type: ignore[assignment]
        name=stock.name,
        description=PATCH_HELP,
        params_json_schema=PATCH_SCHEMA,
        on_invoke_tool=apply_patch,
    )


def _patch(arguments: str) -> str:
    """The patch in a call's arguments; some models send it bare."""
    try:
        given = json.loads(arguments)
    except ValueError:
        return arguments
    patch = given.get("patch") if isinstance(given, dict) else given
    if not isinstance(patch, str):
        raise ValueError("apply_patch needs the argument 'patch', a string.")
    return patch
