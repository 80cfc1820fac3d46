"""The model providers against the loopback server, through the SDK's real runner and the real client."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from agents import Agent, FunctionTool, Runner, RunResultStreaming, function_tool, set_tracing_disabled, trace
from agents.tracing import flush_traces
from loopback import refusals
from loopback.brains import Call, Text, Thought, outputs, prompt, script
from loopback.faults import Drop, Hang, Refuse
from loopback.openai_server import KEY, LoopbackOpenAI

from golfer_tui.agents.patience import Patience
from golfer_tui.agents.providers import OFFICIAL, Provider, Role, ServerProvider, resolve
from golfer_tui.model.errors import ModelError, UsageError
from golfer_tui.model.settings import ModelSettings, Settings

PLAIN, THINKER = "gpt-4.1-mini", "gpt-5-mini"
QUICK = Patience(connect=2.0, silence=5.0, retries=2, first_delay=0.001, longest_delay=0.1)

Resolve = Callable[..., Provider]


@pytest.fixture
async def provide(openai_server: LoopbackOpenAI) -> AsyncIterator[Resolve]:
    """Make providers that point at the loopback server; they are closed after the test."""
    made: list[Provider] = []

    def provide(name: str = PLAIN, api: Any = "responses", patience: Patience = QUICK, **settings: Any) -> Provider:
        chosen = Settings(model=ModelSettings(name=name, api=api, **settings))
        made.append(resolve(chosen, openai_server.environ, patience))
        return made[-1]

    yield provide
    for provider in made:
        await provider.close()


@function_tool
def measure(city: str) -> str:
    """Measure a city's temperature."""
    return f"{len(city)} degrees"


def agent(provider: Provider, role: Role = "orchestrator", tools: tuple[FunctionTool, ...] = (measure,)) -> Agent[Any]:
    return Agent(
        name="tester",
        instructions="Measure.",
        model=provider.model(),
        model_settings=provider.settings(role),
        tools=list(tools),
    )


async def run(provider: Provider, items: Any = "Nice and Rome?", **options: Any) -> RunResultStreaming:
    """A streamed run to its end."""
    result = Runner.run_streamed(agent(provider, **options), items)
    async for _ in result.stream_events():
        pass
    return result


def ask_twice(items: list[Any], tools: list[Any]) -> list[Any]:
    if not outputs(items):
        return [Thought("Two cities."), Call("measure", {"city": "Nice"}), Call("measure", {"city": "Rome!"})]
    return [Text(f"{prompt(items)} {', '.join(outputs(items))}")]


@pytest.mark.parametrize(("api", "name"), [("responses", PLAIN), ("responses", THINKER), ("chat", "acme/open-model")])
class TestBothApis:
    async def test_the_same_agent_runs(
        self, openai_server: LoopbackOpenAI, provide: Resolve, api: str, name: str
    ) -> None:
        openai_server.brain = ask_twice
        provider = provide(name, api)
        result = await run(provider)
        assert result.final_output == "Nice and Rome? 4 degrees, 5 degrees"
        assert {request.path for request in openai_server.requests} == {
            "/v1/responses" if api == "responses" else "/v1/chat/completions"
        }
        assert all(request.headers["authorization"] == f"Bearer {KEY}" for request in openai_server.requests)

    async def test_usage_is_counted(self, openai_server: LoopbackOpenAI, provide: Resolve, api: str, name: str) -> None:
        openai_server.brain = ask_twice
        usage = (await run(provide(name, api))).context_wrapper.usage
        assert usage.requests == 2
        assert usage.input_tokens > 0
        assert usage.output_tokens > 0
        assert (usage.output_tokens_details.reasoning_tokens > 0) is (name == THINKER)

    async def test_a_conversation_goes_on_in_another_process(
        self, openai_server: LoopbackOpenAI, provide: Resolve, api: str, name: str
    ) -> None:
        openai_server.brain = ask_twice
        first = await run(provide(name, api))
        stored = json.loads(json.dumps(first.to_input_list()))
        async with LoopbackOpenAI() as fresh:  # has never seen what the first server gave out
            provider = resolve(Settings(model=ModelSettings(name=name, api=api)), fresh.environ, QUICK)
            try:
                result = await run(provider, [*stored, {"role": "user", "content": "And now?"}])
            finally:
                await provider.close()
        assert result.final_output == "You said: And now?"

    async def test_many_agents_share_one_provider(
        self, openai_server: LoopbackOpenAI, provide: Resolve, api: str, name: str
    ) -> None:
        provider = provide(name, api)
        results = await asyncio.gather(*(run(provider, f"n{number}") for number in range(12)))
        assert [result.final_output for result in results] == [f"You said: n{number}" for number in range(12)]


class TestOptions:
    async def test_a_thinker_tells_summaries_and_keeps_its_thoughts(
        self, openai_server: LoopbackOpenAI, provide: Resolve
    ) -> None:
        openai_server.brain = ask_twice
        result = await run(provide(THINKER))
        thoughts = [item for item in result.to_input_list() if item.get("type") == "reasoning"]
        assert thoughts[0]["summary"][0]["text"] == "Two cities."  # type: ignore[index]
        first, second = openai_server.bodies("responses")
        assert first["store"] is False
        assert [item["encrypted_content"] for item in second["input"] if item.get("type") == "reasoning"]

    @pytest.mark.parametrize("streamed", [True, False])
    async def test_summaries_are_given_up_where_an_account_has_none(
        self, openai_server: LoopbackOpenAI, provide: Resolve, streamed: bool
    ) -> None:
        openai_server.brain = ask_twice
        provider = provide("gpt-5-nano")
        result = await run(provider) if streamed else await Runner.run(agent(provider), "Nice and Rome?")
        assert result.final_output == "Nice and Rome? 4 degrees, 5 degrees"
        assert [request.status for request in openai_server.requests] == [400, 200, 200]

    async def test_thoughts_that_cannot_be_given_back_are_left_out(
        self, openai_server: LoopbackOpenAI, provide: Resolve
    ) -> None:
        openai_server.brain = ask_twice
        result = await run(provide("own-name-for-a-thinker"))
        assert result.final_output == "Nice and Rome? 4 degrees, 5 degrees"
        assert "reasoning" not in {item.get("type") for item in openai_server.bodies()[1]["input"]}

    async def test_chat_models_that_cannot_think_over_tools_are_told_not_to(
        self, openai_server: LoopbackOpenAI, provide: Resolve
    ) -> None:
        openai_server.brain = ask_twice
        result = await run(provide("gpt-5.6-luna", "chat"))
        assert result.final_output == "Nice and Rome? 4 degrees, 5 degrees"

    async def test_roles_and_names_choose_the_model(self, openai_server: LoopbackOpenAI, provide: Resolve) -> None:
        provider = provide(PLAIN, worker=THINKER)
        assert provider.settings("orchestrator").reasoning is None
        assert provider.settings("worker").reasoning is not None
        assert provider.settings("worker", PLAIN).reasoning is None
        assert provider.settings("orchestrator", "acme/gpt-5").reasoning is not None
        await Runner.run(Agent(name="w", model=provider.model(THINKER)), "x")
        assert openai_server.bodies()[0]["model"] == THINKER
        assert provider.name == PLAIN
        assert provider.scripted is False
        assert provider.where == openai_server.url.removeprefix("http://").removesuffix("/v1")

    @pytest.mark.parametrize("name", ["gpt-4o", "gpt-5-chat-latest", "gpt-4.1", "qwen3", "acme/olmo-3"])
    async def test_no_reasoning_options_for_models_without(self, provide: Resolve, name: str) -> None:
        settings = provide(name).settings("orchestrator")
        assert settings.reasoning is None
        assert settings.response_include is None

    @pytest.mark.parametrize("name", ["gpt-5", "gpt-5.6-luna", "o3", "o4-mini", "codex-mini-latest", "gpt-10"])
    async def test_reasoning_options_for_thinkers(self, provide: Resolve, name: str) -> None:
        assert provide(name).settings("orchestrator").response_include == ["reasoning.encrypted_content"]


class TestPatience:
    @pytest.mark.parametrize("api", ["responses", "chat"])
    @pytest.mark.parametrize(
        "fault",
        [Refuse(refusals.rate_limited()), Refuse(refusals.server_error()), Refuse(refusals.overloaded()), Drop(0)],
    )
    async def test_asks_again_after_what_passes(
        self, openai_server: LoopbackOpenAI, provide: Resolve, api: str, fault: Any
    ) -> None:
        openai_server.inject(fault, times=2)
        assert (await run(provide(PLAIN, api), "x")).final_output == "You said: x"
        assert len(openai_server.requests) == 3

    async def test_gives_up_in_the_end(self, openai_server: LoopbackOpenAI, provide: Resolve) -> None:
        openai_server.inject(Refuse(refusals.server_error()), times=None)
        with pytest.raises(Exception, match="server had an error"):
            await run(provide())
        assert len(openai_server.requests) == 1 + QUICK.retries

    @pytest.mark.parametrize("refusal", [refusals.quota_used_up(), refusals.rate_limited(60.0)])
    async def test_does_not_wait_for_what_does_not_pass(
        self, openai_server: LoopbackOpenAI, provide: Resolve, refusal: refusals.Refusal
    ) -> None:
        openai_server.inject(Refuse(refusal), times=None)
        with pytest.raises(Exception, match="429"):
            await run(provide())
        assert len(openai_server.requests) == 1

    async def test_never_repeats_what_was_begun(self, openai_server: LoopbackOpenAI, provide: Resolve) -> None:
        openai_server.inject(Drop(after=5))
        with pytest.raises(Exception, match="Connection error"):
            await run(provide())
        assert len(openai_server.requests) == 1

    async def test_a_silent_server_is_asked_once_more(self, openai_server: LoopbackOpenAI, provide: Resolve) -> None:
        openai_server.inject(Hang(), times=None)
        with pytest.raises(Exception, match="timed out"):
            await run(provide(patience=Patience(silence=0.1, retries=4, first_delay=0.001)))
        assert len(openai_server.requests) == 2

    async def test_a_cancelled_run_lets_go_of_its_stream(self, openai_server: LoopbackOpenAI, provide: Resolve) -> None:
        openai_server.inject(Hang(after=5))
        result = Runner.run_streamed(agent(provide()), "x")
        async for event in result.stream_events():
            if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                result.cancel()


class TestOffered:
    async def test_lists_models(self, openai_server: LoopbackOpenAI, provide: Resolve) -> None:
        provider = provide()
        assert isinstance(provider, ServerProvider)
        assert PLAIN in await provider.offered()

    async def test_tells_a_refused_key(self, openai_server: LoopbackOpenAI) -> None:
        environ = {**openai_server.environ, "OPENAI_API_KEY": "sk-wrong-0123456789"}
        provider = resolve(Settings(), environ)
        assert isinstance(provider, ServerProvider)
        with pytest.raises(ModelError) as caught:
            await provider.offered()
        await provider.close()
        assert caught.value.code == "model.key_refused"


class TestResolve:
    async def test_without_anything_it_says_what_to_do(self) -> None:
        with pytest.raises(UsageError, match=r"OPENAI_API_KEY.*--demo") as caught:
            resolve(Settings(), {"OPENAI_API_KEY": " "})
        assert caught.value.code == "model.unconfigured"
        assert caught.value.exit_code == 2

    async def test_a_server_without_a_key_needs_a_model_name(self) -> None:
        with pytest.raises(UsageError, match="--model") as caught:
            resolve(Settings(), {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"})
        assert caught.value.code == "model.unnamed"

    @pytest.mark.parametrize(
        "address", ["localhost:8000", "ftp://x/v1", "http://", "nonsense", "http://x:port/v1", "http://[::1/v1"]
    )
    async def test_a_wrong_address_is_told(self, address: str) -> None:
        with pytest.raises(UsageError, match=re.escape(address)) as caught:
            resolve(Settings(model=ModelSettings(name="m")), {"OPENAI_BASE_URL": address})
        assert caught.value.code == "model.base_url"

    @pytest.mark.parametrize("key", ["sk-a b", "sk-a\nb", "sk-ä"])
    async def test_a_key_that_cannot_be_sent_is_told_and_not_shown(self, key: str) -> None:
        with pytest.raises(UsageError) as caught:
            resolve(Settings(), {"OPENAI_API_KEY": key})
        assert caught.value.code == "model.key_malformed"
        assert key not in str(caught.value)

    async def test_the_demo_needs_nothing(self) -> None:
        provider = resolve(Settings(demo=True), {})
        assert (provider.scripted, provider.where) == (True, "")
        await provider.close()

    async def test_a_server_of_ones_own_needs_no_key(self) -> None:
        async with LoopbackOpenAI(key=None) as server:
            settings = Settings(model=ModelSettings(name="acme/open-model", base_url=server.url))
            provider = resolve(settings, {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"})
            assert (await run(provider, "x")).final_output == "You said: x"
            await provider.close()
            await provider.close()

    async def test_with_a_key_alone_it_is_openai(self) -> None:
        provider = resolve(Settings(), {"OPENAI_API_KEY": "sk-x"})
        assert provider.where in OFFICIAL
        assert provider.name
        await provider.close()
        named = resolve(Settings(), {"OPENAI_API_KEY": "sk-x", "OPENAI_DEFAULT_MODEL": "o9"})
        assert named.name == "o9"
        await named.close()

    async def test_chats_at_openai_are_not_stored_there(self) -> None:
        provider = resolve(Settings(model=ModelSettings(api="chat")), {"OPENAI_API_KEY": "sk-x"})
        assert provider.settings("worker").store is False
        await provider.close()


class TestTracing:
    """The suite fails any test that tries to reach another machine; a trace would go to OpenAI."""

    async def traced_run(self, provider: Provider) -> None:
        with trace("a test"):
            await run(provider, "x")
        await asyncio.to_thread(flush_traces)

    async def test_nothing_is_sent_anywhere_else(
        self, openai_server: LoopbackOpenAI, provide: Resolve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        await self.traced_run(provide())
        assert len(openai_server.requests) == 1

    async def test_traces_are_sent_if_asked_for(self, provide: Resolve, loopback_only: list[str]) -> None:
        try:
            await self.traced_run(provide(tracing=True))
        finally:
            set_tracing_disabled(True)
        assert set(loopback_only) == {"api.openai.com"}
        loopback_only.clear()


def test_a_script_of_one_step_is_repeated() -> None:
    brain = script([Text("again")])
    assert brain([{"role": "user", "content": "x"}], []) == brain([], []) == [Text("again")]
