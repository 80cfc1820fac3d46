"""Turns what the SDK's runner streams into events and signals, in the order in which things happen."""

import asyncio
import contextlib
import json
import time
from typing import Any

from agents import (
    Agent,
    MaxTurnsExceeded,
    ModelResponse,
    RunContextWrapper,
    RunHooks,
    StreamEvent,
    Tool,
    TResponseInputItem,
)
from agents.tool_context import ToolContext

from golfer_tui.agents.services import Services
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import StoreError
from golfer_tui.model.signals import TextDelta

OUTPUT_BYTES = 16 * 1024
"""How much of a tool's answer an event repeats; the model gets what the tool itself capped."""


class TurnContext:
    """What the tools of one turn share with its narrator."""

    def __init__(self) -> None:
        self.failed: set[str] = set()
        """Ids of tool calls whose answer is an error."""
        self.handed: dict[str, list[tuple[str, int]]] = {}
        """Tool call to the worker reports (name, attempt) that its answer holds."""
        self.asked: list[ae.ApprovalAsked] = []
        """What waits for a person, and would not be done if the turn were cut now."""


class Narrator(RunHooks[TurnContext]):
    """Follows one turn of one agent. Tool calls are told as soon as the model has written them out."""

    def __init__(self, services: Services, worker: str | None, model: str, going: asyncio.Event | None = None) -> None:
        """`going` is set whenever the agent may begin something; None: always."""
        self._services = services
        self._going = going
        self._calls = 0
        """Calls of the model so far."""
        self._worker = worker
        self._model = model
        self._open: dict[str, tuple[str, float]] = {}
        self.told: list[ev.AnyBody] = []
        """Everything of this turn that was told, for the repair of a cut turn."""

    @property
    def _most(self) -> int:
        """Calls of the model that this turn may have, as of now."""
        worker = self._services.state.workers.get(self._worker or "")
        return (worker and worker.max_turns) or self._services.settings.model.max_turns

    def emit(self, body: ev.AnyBody) -> None:
        self.told.append(body)
        by: ev.By = "orchestrator" if self._worker is None else "worker"
        self._services.emit(ev.Draft(body, self._worker, by))

    def take(self, event: StreamEvent) -> None:
        """Tell one event of the stream."""
        if event.type == "raw_response_event":
            self._raw(event.data)
        elif event.type == "run_item_stream_event" and event.name == "tool_output":
            raw: Any = event.item.raw_item
            call = raw.get("call_id", "") if isinstance(raw, dict) else getattr(raw, "call_id", "")
            # Custom tools reach no hook with their call id: their answers are told from here.
            if call in self._open:
                self._finish(call, getattr(event.item, "output", ""), failed=False)

    def _raw(self, data: Any) -> None:
        match data.type:
            case "response.output_text.delta":
                self._services.signal(TextDelta(self._worker, "text", data.delta))
            case "response.reasoning_summary_text.delta":
                self._services.signal(TextDelta(self._worker, "reasoning", data.delta))
            case "response.function_call_arguments.delta":
                self._services.signal(TextDelta(self._worker, "arguments", data.delta))
            case "response.output_item.done":
                self._item(data.item)
            case _:
                pass

    def _item(self, item: Any) -> None:
        match item.type:
            case "message":
                text = "".join(getattr(part, "text", "") or getattr(part, "refusal", "") for part in item.content)
                if text:
                    self.emit(ae.Message(role="assistant", text=text))
            case "reasoning":
                if text := "\n\n".join(part.text for part in item.summary):
                    self.emit(ae.Reasoning(text=text))
            case "function_call":
                self._call(item.call_id, item.name, _arguments(item.arguments), "function")
            case "custom_tool_call":
                self._call(item.call_id, item.name, {"input": item.input}, "custom")
            case _:
                pass

    def _call(self, call: str, name: str, arguments: dict[str, Any], kind: Any) -> None:
        self._open[call] = (name, time.monotonic())
        self.emit(ae.ToolCalled(call=call, name=name, arguments=arguments, kind=kind))

    async def on_llm_start(
        self,
        context: RunContextWrapper[TurnContext],
        agent: Agent[TurnContext],
        system_prompt: str | None,
        input_items: list[TResponseInputItem],
    ) -> None:
        # The runner asks the model, and starts a tool, only once its hook has returned.
        if self._going is not None:
            await self._going.wait()
        # Counted here and not by the runner, whose limit cannot be changed while it runs.
        if self._calls >= self._most:
            raise MaxTurnsExceeded(f"Max turns ({self._most}) exceeded")
        self._calls += 1

    async def on_tool_start(
        self, context: RunContextWrapper[TurnContext], agent: Agent[TurnContext], tool: Tool
    ) -> None:
        if self._going is not None:
            await self._going.wait()

    async def on_tool_end(
        self, context: RunContextWrapper[TurnContext], agent: Agent[TurnContext], tool: Tool, result: object
    ) -> None:
        if isinstance(context, ToolContext) and context.tool_call_id in self._open:
            turn = context.context
            self._finish(context.tool_call_id, result, failed=context.tool_call_id in turn.failed)
            if handed := turn.handed.pop(context.tool_call_id, []):
                for worker, attempt in handed:
                    # Right behind the answer that holds the report: repair brings the one back if it brings the other.
                    self._services.emit(ev.Draft(we.ReportDelivered(attempt=attempt), worker))
                # On disk before the memory takes the answer: a crash in between would deliver the report twice.
                with contextlib.suppress(StoreError):
                    await self._services.flush()

    def _finish(self, call: str, result: object, *, failed: bool) -> None:
        name, began = self._open.pop(call)
        output = result if isinstance(result, str) else str(result)
        raw = output.encode()
        if len(raw) > OUTPUT_BYTES:
            half = OUTPUT_BYTES // 2
            left_out = len(raw) - 2 * half
            output = (
                raw[:half].decode(errors="ignore")
                + f"\n[… {left_out} bytes left out here …]\n"
                + raw[-half:].decode(errors="ignore")
            )
        seconds = round(time.monotonic() - began, 3)
        self.emit(ae.ToolFinished(call=call, name=name, output=output, ok=not failed, seconds=seconds))

    async def on_llm_end(
        self, context: RunContextWrapper[TurnContext], agent: Agent[TurnContext], response: ModelResponse
    ) -> None:
        usage = response.usage
        cached = usage.input_tokens_details.cached_tokens or 0
        dollars = self._services.quotes.answer(
            self._model, input=usage.input_tokens, cached=cached, output=usage.output_tokens
        )
        self.emit(
            ae.Usage(
                model=self._model,
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cached_tokens=cached,
                reasoning_tokens=usage.output_tokens_details.reasoning_tokens or 0,
                dollars=dollars,
            )
        )


def _arguments(text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text or "{}")
    except ValueError:
        parsed = None
    return parsed if isinstance(parsed, dict) else {"input": text}
