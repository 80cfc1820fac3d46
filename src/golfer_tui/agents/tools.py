"""What all tools of ours share: errors become an answer that the model can act on, and never end a run."""

from collections.abc import Awaitable, Callable
from typing import Any

from agents import FunctionTool, RunContextWrapper, function_tool
from agents.tool_context import ToolContext

from golfer_tui.agents.narrator import TurnContext
from golfer_tui.model.errors import GolferError

Context = ToolContext[TurnContext]


def explain(context: RunContextWrapper[Any], error: Exception) -> str:
    """Mark the call as failed and say why, for the model."""
    if isinstance(context, ToolContext) and isinstance(context.context, TurnContext):
        context.context.failed.add(context.tool_call_id)
    if isinstance(error, GolferError):
        return f"Error: {error}"
    return f"Error: {type(error).__name__}: {error}"


def tool(function: Callable[..., Awaitable[str]]) -> FunctionTool:
    """A tool from a function with a docstring; optional parameters stay optional."""
    return function_tool(function, failure_error_function=explain, strict_mode=False)


def guarded(stock: FunctionTool) -> FunctionTool:
    """The same tool of the SDK's, with its exceptions turned into answers."""
    inner = stock.on_invoke_tool

    async def invoke(context: ToolContext[Any], arguments: str) -> Any:
        try:
            return await inner(context, arguments)
        except Exception as error:  # noqa: BLE001 - whatever a tool raises, the model is told and goes on
            return explain(context, error)

    stock.on_invoke_tool = invoke
    return stock
