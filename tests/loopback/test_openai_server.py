"""The loopback server is held to the real client: what it streams parses, and what it refuses raises."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from loopback import refusals
from loopback.brains import Call, CustomCall, Text, Thought, outputs, script
from loopback.faults import Cut, Drop, EndEarly, Fail, Hang, Refuse, Slow
from loopback.openai_server import KEY, LoopbackOpenAI
from openai import AsyncOpenAI

PLAIN, THINKER, SMALL = "gpt-4.1-mini", "gpt-5-mini", "small-window"
WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOL = {"type": "function", "name": "weather", "parameters": WEATHER, "strict": True}
CHAT_TOOL = {"type": "function", "function": {"name": "weather", "parameters": WEATHER, "strict": True}}
PATCH = {"type": "custom", "name": "apply_patch", "description": "Edit files."}
ASK = {"role": "user", "content": "hello"}


@pytest.fixture
async def client(openai_server: LoopbackOpenAI) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=openai_server.url, api_key=KEY, max_retries=0) as client:
        yield client


async def stream(client: AsyncOpenAI, **body: Any) -> list[Any]:
    """All events of a streamed response."""
    return [event async for event in await client.responses.create(stream=True, **{"model": PLAIN, **body})]


async def chunks(client: AsyncOpenAI, **body: Any) -> list[Any]:
    """All chunks of a streamed chat completion."""
    return [chunk async for chunk in await client.chat.completions.create(stream=True, **{"model": PLAIN, **body})]


class TestResponses:
    async def test_streams_text_as_the_api_does(self, client: AsyncOpenAI) -> None:
        events = await stream(client, input="hello")
        kinds = [event.type for event in events]
        assert [event.sequence_number for event in events] == list(range(len(events)))
        assert kinds[:4] == [
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
        ]
        assert kinds[-4:] == [
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed",
        ]
        deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
        assert len(deltas) > 1
        assert "".join(deltas) == "You said: hello" == events[-1].response.output_text
        usage = events[-1].response.usage
        assert usage.total_tokens == usage.input_tokens + usage.output_tokens > 0

    async def test_streams_thoughts_and_calls(self, client: AsyncOpenAI, openai_server: LoopbackOpenAI) -> None:
        openai_server.brain = script(
            [Thought("I need the weather."), Call("weather", {"city": "Nice"}), CustomCall("apply_patch", "*** Begin")]
        )
        events = await stream(client, model=THINKER, input="hello", tools=[TOOL, PATCH], reasoning={"summary": "auto"})
        kinds = {event.type for event in events}
        assert {
            "response.reasoning_summary_part.added",
            "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.done",
            "response.reasoning_summary_part.done",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "response.custom_tool_call_input.delta",
            "response.custom_tool_call_input.done",
        } <= kinds
        thought, call, custom = events[-1].response.output
        assert thought.summary[0].text == "I need the weather."
        assert json.loads(call.arguments) == {"city": "Nice"}
        assert custom.input == "*** Begin"
        added = [event.item for event in events if event.type == "response.output_item.added"]
        assert [item.id for item in added] == [thought.id, call.id, custom.id]
        assert added[1].arguments == ""

    async def test_answers_in_one_piece(self, client: AsyncOpenAI) -> None:
        response = await client.responses.create(model=PLAIN, input=[ASK])
        assert response.output_text == "You said: hello"
        assert response.status == "completed"

    async def test_a_conversation_goes_on(self, client: AsyncOpenAI, openai_server: LoopbackOpenAI) -> None:
        def brain(items: list[Any], tools: list[Any]) -> list[Any]:
            return [Text(f"It is {outputs(items)[-1]}")] if outputs(items) else [Thought(), Call("weather")]

        openai_server.brain = brain
        asked: dict[str, Any] = {
            "model": THINKER,
            "tools": [TOOL],
            "store": False,
            "include": ["reasoning.encrypted_content"],
        }
        first = await client.responses.create(input=[ASK], **asked)
        items: list[Any] = [ASK, *[item.model_dump(exclude_none=True) for item in first.output]]
        items.append({"type": "function_call_output", "call_id": first.output[1].call_id, "output": "hot"})
        second = await client.responses.create(input=items, **asked)
        assert second.output_text == "It is hot"

    @pytest.mark.parametrize(
        ("body", "code", "text"),
        [
            ({"input": []}, "empty_array", "empty array"),
            ({"input": "x", "extra_body": {"colour": "red"}}, "unknown_parameter", "colour"),
            ({"input": [{**ASK, "provider_data": {}}]}, "unknown_parameter", r"input\[0\].provider_data"),
            ({"input": [{"type": "banana"}]}, "invalid_value", "banana"),
            ({"input": [{"role": "user"}]}, "missing_required_parameter", "content"),
            (
                {"input": [{"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]},
                "invalid_value",
                "output_text",
            ),
            (
                {"input": [ASK, {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}]},
                None,
                "No tool output found for function call c1",
            ),
            (
                {"input": [ASK, {"type": "function_call_output", "call_id": "c2", "output": "x"}]},
                None,
                "No tool call found for function call output with call_id c2",
            ),
            (
                {"input": [ASK, {"type": "custom_tool_call", "call_id": "c3", "name": "f", "input": "x"}]},
                None,
                "No tool output found for custom tool call c3",
            ),
            ({"input": [{"type": "item_reference", "id": "msg_1", "content": ""}]}, "unknown_parameter", "content"),
            (
                {"input": [{"type": "function_call", "id": "x1", "call_id": "c", "name": "f", "arguments": ""}]},
                "invalid_value",
                "begins with 'fc'",
            ),
            ({"input": "x", "tools": [{**TOOL, "name": "no spaces"}]}, "invalid_value", "pattern"),
            ({"input": "x", "tools": [{**TOOL, "name": "n" * 65}]}, "string_above_max_length", "64"),
            (
                {"input": "x", "tools": [{**TOOL, "parameters": {**WEATHER, "required": []}}]},
                "invalid_function_parameters",
                "Missing 'city'",
            ),
            (
                {"input": "x", "tools": [{**TOOL, "parameters": {"type": "object", "properties": {}}}]},
                "invalid_function_parameters",
                "additionalProperties",
            ),
            (
                {"input": "x", "tools": [{**TOOL, "strict": False, "parameters": {}}]},
                "invalid_function_parameters",
                "type",
            ),
            ({"input": "x", "reasoning": {"summary": "auto"}}, "unsupported_parameter", "reasoning.summary"),
            ({"input": "x", "include": ["reasoning.encrypted_content"]}, None, "Encrypted content"),
            ({"input": "x", "model": THINKER, "temperature": 1.0}, "unsupported_parameter", "temperature"),
            ({"input": "word " * 4_000, "model": SMALL}, "context_length_exceeded", "context window"),
            ({"input": "x", "previous_response_id": "resp_0"}, "previous_response_not_found", "resp_0"),
        ],
    )
    async def test_refuses(self, client: AsyncOpenAI, body: dict[str, Any], code: str | None, text: str) -> None:
        with pytest.raises(openai.BadRequestError, match=text) as caught:
            await stream(client, **body)
        assert caught.value.code == code
        assert caught.value.type == "invalid_request_error"

    async def test_refuses_duplicate_ids(self, client: AsyncOpenAI) -> None:
        message = {"type": "message", "role": "assistant", "id": "msg_1", "content": "x", "status": "completed"}
        with pytest.raises(openai.BadRequestError, match="Duplicate item found with id msg_1"):
            await stream(client, input=[ASK, message, message])

    async def test_reasoning_must_be_stored_or_sealed_and_followed(self, client: AsyncOpenAI) -> None:
        thought = {"type": "reasoning", "id": "rs_1", "summary": []}
        answer = {"role": "assistant", "content": "x"}
        with pytest.raises(openai.NotFoundError, match="Item with id 'rs_1' not found"):
            await stream(client, model=THINKER, input=[ASK, thought, answer])
        forged = {**thought, "encrypted_content": "gAAAAArs_1.forged"}
        with pytest.raises(openai.BadRequestError) as caught:
            await stream(client, model=THINKER, input=[ASK, forged, answer])
        assert caught.value.code == "invalid_encrypted_content"

    async def test_stored_reasoning_stays_with_its_item(
        self, client: AsyncOpenAI, openai_server: LoopbackOpenAI
    ) -> None:
        openai_server.brain = script([Thought(), Text("done")])
        first = await client.responses.create(model=THINKER, input=[ASK])
        thought, message = [item.model_dump(exclude_none=True) for item in first.output]
        again = await client.responses.create(model=THINKER, input=[ASK, thought, message, ASK])
        assert again.output_text == "done"
        with pytest.raises(openai.BadRequestError, match="without its required 'reasoning' item"):
            await client.responses.create(model=THINKER, input=[ASK, message])
        with pytest.raises(openai.BadRequestError, match="without its required following item"):
            await client.responses.create(model=THINKER, input=[ASK, thought, ASK])

    async def test_one_call_at_a_time_where_asked(self, client: AsyncOpenAI, openai_server: LoopbackOpenAI) -> None:
        openai_server.brain = script([Call("weather"), Call("weather")])
        response = await client.responses.create(model=PLAIN, input="x", tools=[TOOL], parallel_tool_calls=False)
        assert len(response.output) == 1


class TestChat:
    async def test_streams_text_and_usage_where_asked(self, client: AsyncOpenAI) -> None:
        got = await chunks(client, messages=[ASK], stream_options={"include_usage": True})
        assert "".join(c.choices[0].delta.content or "" for c in got if c.choices) == "You said: hello"
        assert got[0].choices[0].delta.role == "assistant"
        assert got[-2].choices[0].finish_reason == "stop"
        assert got[-1].choices == []
        assert got[-1].usage.total_tokens > 0

    async def test_tells_no_usage_unless_asked(self, client: AsyncOpenAI) -> None:
        assert all(chunk.usage is None for chunk in await chunks(client, messages=[ASK]))

    async def test_streams_calls_and_goes_on(self, client: AsyncOpenAI, openai_server: LoopbackOpenAI) -> None:
        openai_server.brain = script(
            [Text("Looking."), Call("weather", {"city": "Nice"}), Call("weather", {"city": "Rome"})], [Text("Warm.")]
        )
        got = await chunks(client, messages=[ASK], tools=[CHAT_TOOL])
        arguments: dict[int, str] = {}
        ids: dict[int, str] = {}
        for delta in (call for chunk in got for call in chunk.choices[0].delta.tool_calls or ()):
            ids.setdefault(delta.index, delta.id)
            arguments[delta.index] = arguments.get(delta.index, "") + delta.function.arguments
        assert [json.loads(text)["city"] for text in arguments.values()] == ["Nice", "Rome"]
        calls = [
            {"id": ids[i], "type": "function", "function": {"name": "weather", "arguments": arguments[i]}} for i in ids
        ]
        answers = [{"role": "tool", "tool_call_id": call_id, "content": "20"} for call_id in ids.values()]
        assistant = {"role": "assistant", "content": "Looking.", "tool_calls": calls}
        completion: Any = await client.chat.completions.create(
            model=PLAIN, messages=[ASK, assistant, *answers], tools=[CHAT_TOOL]
        )
        assert completion.choices[0].message.content == "Warm."
        with pytest.raises(openai.BadRequestError, match=ids[1]):
            await client.chat.completions.create(model=PLAIN, messages=[ASK, assistant, answers[0]])

    @pytest.mark.parametrize(
        ("body", "code", "text"),
        [
            ({"messages": []}, "empty_array", "empty array"),
            ({"messages": [ASK], "extra_body": {"colour": 1}}, "unknown_parameter", "colour"),
            ({"messages": [{**ASK, "colour": 1}]}, "unknown_parameter", r"messages\[0\].colour"),
            ({"messages": [{"role": "wizard", "content": "x"}]}, "invalid_value", "wizard"),
            ({"messages": [{"role": "tool", "tool_call_id": "c", "content": "x"}]}, None, "tool_calls"),
            ({"messages": [ASK], "tools": []}, "empty_array", "tools"),
            ({"messages": [ASK], "tools": [PATCH]}, "invalid_value", "custom"),
            (
                {"messages": [ASK], "tools": [{"type": "function", "function": {"name": "a b"}}]},
                "invalid_value",
                "pattern",
            ),
            ({"messages": [ASK], "parallel_tool_calls": True}, None, "parallel_tool_calls"),
            ({"messages": [ASK], "reasoning_effort": "low"}, None, "reasoning_effort"),
            ({"messages": [ASK], "tools": [CHAT_TOOL], "model": "gpt-5.6-luna"}, None, "use /v1/responses"),
            (
                {"messages": [{"role": "user", "content": "word " * 4_000}], "model": SMALL},
                "context_length_exceeded",
                "maximum context length",
            ),
        ],
    )
    async def test_refuses(self, client: AsyncOpenAI, body: dict[str, Any], code: str | None, text: str) -> None:
        with pytest.raises(openai.BadRequestError, match=text) as caught:
            await chunks(client, **body)
        assert caught.value.code == code


class TestBoth:
    async def test_lists_its_models(self, client: AsyncOpenAI) -> None:
        assert PLAIN in [model.id async for model in client.models.list()]

    @pytest.mark.parametrize("key", ["sk-wrong-0123456789", "x"])
    async def test_refuses_keys(self, openai_server: LoopbackOpenAI, key: str) -> None:
        async with AsyncOpenAI(base_url=openai_server.url, api_key=key, max_retries=0) as client:
            with pytest.raises(openai.AuthenticationError):
                await client.responses.create(model=PLAIN, input="x")

    async def test_refuses_unknown_models_and_paths(self, client: AsyncOpenAI, openai_server: LoopbackOpenAI) -> None:
        for call in (stream(client, model="gpt-0", input="x"), chunks(client, model="gpt-0", messages=[ASK])):
            with pytest.raises(openai.NotFoundError) as caught:
                await call
            assert caught.value.code == "model_not_found"
        with pytest.raises(openai.NotFoundError, match="Invalid URL"):
            await client.files.retrieve("file_1")
        assert [request.status for request in openai_server.requests] == [404, 404, 404]

    async def test_any_key_where_none_is_set(self) -> None:
        async with (
            LoopbackOpenAI(key=None) as server,
            AsyncOpenAI(base_url=server.url, api_key="any", max_retries=0) as client,
        ):
            assert await stream(client, input="x")

    @pytest.mark.parametrize("api", [stream, chunks])
    async def test_drops_the_connection(self, client: AsyncOpenAI, openai_server: LoopbackOpenAI, api: Any) -> None:
        for after in (0, 3):
            openai_server.inject(Drop(after=after))
            with pytest.raises(openai.APIConnectionError):
                await api(client, **_question(api))
        assert await api(client, **_question(api))

    @pytest.mark.parametrize("api", [stream, chunks])
    async def test_ends_fails_and_cuts(self, client: AsyncOpenAI, openai_server: LoopbackOpenAI, api: Any) -> None:
        whole = await api(client, **_question(api))
        openai_server.inject(EndEarly(after=3))
        assert len(await api(client, **_question(api))) == 3 < len(whole)
        openai_server.inject(Cut(after=3))
        assert len(await api(client, **_question(api))) == 4
        openai_server.inject(Fail(code="server_error", after=3))
        if api is stream:
            assert (await api(client, **_question(api)))[-1].response.error.code == "server_error"
        else:
            with pytest.raises(openai.APIError, match="failed to answer"):
                await api(client, **_question(api))

    @pytest.mark.parametrize("after", [0, 3])
    async def test_hangs_until_the_client_gives_up(self, openai_server: LoopbackOpenAI, after: int) -> None:
        openai_server.inject(Hang(after=after))
        async with AsyncOpenAI(base_url=openai_server.url, api_key=KEY, max_retries=0, timeout=0.1) as client:
            with pytest.raises(openai.APITimeoutError):
                await stream(client, input="x")

    async def test_slow_streams_arrive_whole(self, client: AsyncOpenAI, openai_server: LoopbackOpenAI) -> None:
        openai_server.inject(Slow(seconds=0.001))
        assert (await stream(client, input="hello"))[-1].response.output_text == "You said: hello"

    async def test_rate_limits_say_when_to_come_back(self, openai_server: LoopbackOpenAI) -> None:
        openai_server.inject(Refuse(refusals.rate_limited()), times=2)
        async with AsyncOpenAI(base_url=openai_server.url, api_key=KEY, max_retries=2) as client:
            assert await stream(client, input="x")
        assert [request.status for request in openai_server.requests] == [429, 429, 200]

    @pytest.mark.parametrize("refusal", [refusals.quota_used_up(), refusals.server_error(), refusals.overloaded()])
    async def test_faults_last_until_taken_back(
        self, client: AsyncOpenAI, openai_server: LoopbackOpenAI, refusal: refusals.Refusal
    ) -> None:
        openai_server.inject(Refuse(refusal), times=None)
        for _ in range(2):
            with pytest.raises(openai.APIStatusError) as caught:
                await stream(client, input="x")
            assert caught.value.status_code == refusal.status
            assert caught.value.code == refusal.code

    async def test_many_at_once(self, client: AsyncOpenAI, openai_server: LoopbackOpenAI) -> None:
        answers = await asyncio.gather(*(stream(client, input=f"n{number}") for number in range(30)))
        texts = [events[-1].response.output_text for events in answers]
        assert texts == [f"You said: n{number}" for number in range(30)]
        assert openai_server.streams == 0


def _question(api: Any) -> dict[str, Any]:
    return {"input": "hello"} if api is stream else {"messages": [ASK]}
