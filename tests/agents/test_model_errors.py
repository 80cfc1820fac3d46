"""Each way in which a model can fail is told in one sentence with its code; real failures, over the real client."""

import asyncio
import json
import socket
from typing import Any

import pytest
from agents import Agent, RunConfig, Runner, function_tool
from agents.exceptions import ModelBehaviorError, ModelRefusalError, ModelTimeoutError, ToolTimeoutError, UserError
from loopback import refusals
from loopback.brains import Call, Text, outputs, script
from loopback.faults import Cut, Drop, EndEarly, Fail, Hang, Refuse
from loopback.openai_server import LoopbackOpenAI

from golfer_tui.agents.errors import TOLD, model_error
from golfer_tui.agents.patience import Patience
from golfer_tui.agents.providers import Provider, resolve
from golfer_tui.model.errors import GolferError, ModelError, StoreError
from golfer_tui.model.settings import ModelSettings, Settings

PLAIN = "gpt-4.1-mini"
ONCE = Patience(connect=1.0, silence=0.2, retries=0)


@function_tool
def measure(city: str) -> str:
    """Measure a city's temperature."""
    return f"{len(city)} degrees"


@function_tool(failure_error_function=None)
def explode() -> str:
    """Fail."""
    raise OSError("the disk is gone")


class Failing:
    """Runs an agent that is expected to fail, and gives what a person would be told."""

    def __init__(self, server: LoopbackOpenAI) -> None:
        self.server = server

    async def __call__(
        self, api: Any = "responses", name: str = PLAIN, text: Any = "hello", turns: int = 4, **environ: str
    ) -> GolferError:
        settings = Settings(model=ModelSettings(name=name, api=api))
        provider: Provider = resolve(settings, {**self.server.environ, **environ}, ONCE)
        agent = Agent(
            name="tester",
            model=provider.model(),
            model_settings=provider.settings("orchestrator"),
            tools=[measure, explode],
        )
        try:
            result = Runner.run_streamed(agent, text, max_turns=turns, run_config=RunConfig())
            with pytest.raises(Exception) as caught:  # noqa: PT011 - which one it is, is what is tested
                async for _ in result.stream_events():
                    pass
            return model_error(caught.value, where=provider.where)
        finally:
            await provider.close()


@pytest.fixture
def failing(openai_server: LoopbackOpenAI) -> Failing:
    return Failing(openai_server)


@pytest.mark.parametrize("api", ["responses", "chat"])
class TestServers:
    @pytest.mark.parametrize(
        ("fault", "code", "retry"),
        [
            (Refuse(refusals.rate_limited()), "model.rate_limit", True),
            (Refuse(refusals.quota_used_up()), "model.quota", False),
            (Refuse(refusals.server_error()), "model.server", True),
            (Refuse(refusals.overloaded()), "model.server", True),
            (Refuse(refusals.Refusal(403, "Your country is not supported.")), "model.forbidden", False),
            (Refuse(refusals.Refusal(404, "404 page not found")), "model.endpoint", False),
            (Refuse(refusals.Refusal(400, "Item with id 'rs_1' not found.")), "model.history", False),
            (Refuse(refusals.Refusal(400, "Bad.", code="invalid_encrypted_content")), "model.history", False),
            (Refuse(refusals.Refusal(400, "I do not like it.")), "model.refused", False),
            (Drop(after=0), "model.dropped", True),
            (Drop(after=4), "model.dropped", True),
            (Hang(after=0), "model.timeout", True),
            (Hang(after=4), "model.timeout", True),
            (Cut(after=1), "model.cut", True),
            (Fail("server_error", "Sorry, it's broken."), "model.server", True),
            (Fail("rate_limit_exceeded", "Slow down."), "model.rate_limit", True),
            (Fail("context_length_exceeded", "Too long."), "model.context", False),
        ],
    )
    async def test_each_failure_has_its_code(
        self, openai_server: LoopbackOpenAI, failing: Failing, api: str, fault: Any, code: str, retry: bool
    ) -> None:
        openai_server.inject(fault)
        error = await failing(api)
        assert (error.code, error.retry) == (code, retry)
        assert openai_server.url.split("/")[2] in error.message
        assert "\n" not in str(error)

    async def test_a_refused_key(self, failing: Failing, api: str) -> None:
        error = await failing(api, OPENAI_API_KEY="sk-wrong-0123456789")
        assert error.code == "model.key_refused"
        assert "OPENAI_API_KEY" in error.hint
        assert "wrong" not in str(error)

    async def test_an_unknown_model(self, failing: Failing, api: str) -> None:
        error = await failing(api, name="gpt-0")
        assert error.code == "model.unknown"
        assert "gpt-0" in error.message
        assert "--model" in error.hint

    async def test_a_conversation_too_long(self, failing: Failing, api: str) -> None:
        error = await failing(api, name="small-window", text="word " * 4_000)
        assert error.code == "model.context"
        assert "small-window" in error.message

    async def test_a_call_without_its_answer(self, failing: Failing, api: str) -> None:
        call = {"type": "function_call", "call_id": "c1", "name": "measure", "arguments": "{}"}
        error = await failing(api, text=[{"role": "user", "content": "x"}, call])
        assert error.code == ("model.history" if api == "responses" else "model.refused")

    async def test_nobody_there(self, openai_server: LoopbackOpenAI, failing: Failing, api: str) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        error = await failing(api, OPENAI_BASE_URL=f"http://127.0.0.1:{port}/v1")
        assert (error.code, error.retry) == ("model.unreachable", True)
        assert f"127.0.0.1:{port} cannot be reached" in error.message
        assert "base_url" in error.hint

    async def test_a_name_that_leads_nowhere(self, failing: Failing, api: str, loopback_only: list[str]) -> None:
        error = await failing(api, OPENAI_BASE_URL="http://nowhere.invalid/v1")
        assert error.code == "model.unreachable"
        loopback_only.clear()

    async def test_a_server_of_another_kind(self, failing: Failing, api: str) -> None:
        async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readline()
            writer.write(b"220 mail.example ESMTP\r\n")
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            error = await failing(api, OPENAI_BASE_URL=f"http://127.0.0.1:{port}/v1")
        assert error.code == "model.dropped"

    async def test_too_many_turns(self, openai_server: LoopbackOpenAI, failing: Failing, api: str) -> None:
        openai_server.brain = script([Call("measure", {"city": "Nice"})])
        error = await failing(api, turns=3)
        assert (error.code, error.retry) == ("agent.max_turns", False)
        assert "after the 3 model calls" in error.message

    async def test_a_tool_that_does_not_exist(self, openai_server: LoopbackOpenAI, failing: Failing, api: str) -> None:
        openai_server.brain = script([Call("fly")])
        error = await failing(api)
        assert (error.code, error.retry) == ("model.behaviour", True)
        assert "fly" in error.message

    async def test_a_tool_that_raises(self, openai_server: LoopbackOpenAI, failing: Failing, api: str) -> None:
        openai_server.brain = script([Call("explode")])
        error = await failing(api)
        assert error.code == "agent.tool"
        assert "the disk is gone" in error.message

    async def test_arguments_that_are_no_json_do_not_end_a_run(
        self, openai_server: LoopbackOpenAI, failing: Failing, api: str
    ) -> None:
        def brain(items: list[Any], tools: list[Any]) -> list[Any]:
            return [Text(outputs(items)[0])] if outputs(items) else [Call("measure", '{"city": ')]

        openai_server.brain = brain
        provider = resolve(Settings(model=ModelSettings(name=PLAIN, api=api)), openai_server.environ, ONCE)  # type: ignore[arg-type]
        agent = Agent(name="tester", model=provider.model(), tools=[measure])
        result = await Runner.run(agent, "x")
        await provider.close()
        assert "error" in result.final_output.lower()


async def test_an_answer_that_just_ends(openai_server: LoopbackOpenAI, failing: Failing) -> None:
    openai_server.inject(EndEarly(after=4))
    error = await failing()
    assert (error.code, error.retry) == ("model.dropped", True)


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (ModelRefusalError("No."), "model.declined", "declined to answer: No."),
        (ModelTimeoutError(3.0), "model.timeout", "fell silent"),
        (ToolTimeoutError("measure", 3.0), "agent.tool", "measure"),
        (ModelBehaviorError("It sang."), "model.behaviour", "It sang."),
        (UserError("Hosted tools are not supported."), "model.unsupported", "Hosted tools"),
        (json.JSONDecodeError("Expecting value", "<html>", 0), "model.endpoint", "Expecting value"),
        (RuntimeError(), "agent.unexpected", "RuntimeError"),
        (KeyError("x" * 5_000), "agent.unexpected", "…"),
    ],
)
def test_other_failures_are_told_too(error: Exception, code: str, text: str) -> None:
    told = model_error(error, "host:1")
    assert told.code == code
    assert text in told.message
    assert len(told.message) < 600


def test_our_own_errors_pass_unchanged() -> None:
    ours = StoreError("store.full", "The disk is full.")
    assert model_error(ours) is ours


@pytest.mark.parametrize("code", TOLD)
def test_every_sentence_says_what_and_ends(code: str) -> None:
    told = TOLD[code]
    sentence = told.sentence.format(server="api", model="m", answerer="m at api", said="why")
    assert sentence.endswith((".", "why"))
    assert not told.hint or told.hint.endswith(".")
    assert ModelError(code, sentence, hint=told.hint).exit_code == 1
