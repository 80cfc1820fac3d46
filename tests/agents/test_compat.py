"""The SDK's file tools work on both APIs: a real agent patches real files in a real local sandbox."""

from pathlib import Path
from typing import Any

import pytest
from agents import RunConfig, Runner
from agents.run_config import SandboxRunConfig
from agents.sandbox import Manifest, SandboxAgent
from agents.sandbox.sandboxes.unix_local import UnixLocalSandboxClient
from loopback.brains import Call, CustomCall, Text, outputs
from loopback.openai_server import LoopbackOpenAI

from golfer_tui.agents.compat import filesystem_for
from golfer_tui.agents.providers import resolve
from golfer_tui.model.settings import ModelSettings, Settings

PATCH = "*** Begin Patch\n*** Add File: notes.md\n+first\n+second\n*** End Patch\n"
BROKEN = "*** Begin Patch\n*** Update File: missing.md\n@@\n-a\n+b\n*** End Patch\n"


async def patched(server: LoopbackOpenAI, api: Any, workspace: Path, *calls: Any) -> str:
    """Let an agent make these calls, one after the other, and say what the tools answered."""

    def brain(items: list[Any], tools: list[Any]) -> list[Any]:
        done = outputs(items)
        return [calls[len(done)]] if len(done) < len(calls) else [Text("\n".join(done))]

    server.brain = brain
    provider = resolve(Settings(model=ModelSettings(name="gpt-4.1-mini", api=api)), server.environ)
    client = UnixLocalSandboxClient()
    session = await client.create(manifest=Manifest(root=str(workspace)), options=None)
    try:
        async with session:
            agent = SandboxAgent(
                name="patcher",
                model=provider.model(),
                model_settings=provider.settings("worker"),
                capabilities=[filesystem_for(api)],
            )
            config = RunConfig(sandbox=SandboxRunConfig(session=session))
            result = Runner.run_streamed(agent, "Patch.", run_config=config)
            async for _ in result.stream_events():
                pass
            return str(result.final_output)
    finally:
        await provider.close()


def call(api: str, patch: str) -> Any:
    return CustomCall("apply_patch", patch) if api == "responses" else Call("apply_patch", {"patch": patch})


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_files_are_patched(openai_server: LoopbackOpenAI, tmp_path: Path, api: str) -> None:
    said = await patched(openai_server, api, tmp_path, call(api, PATCH))
    assert "notes.md" in said
    assert (tmp_path / "notes.md").read_text() == "first\nsecond"


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_a_broken_patch_is_told_to_the_model(openai_server: LoopbackOpenAI, tmp_path: Path, api: str) -> None:
    said = await patched(openai_server, api, tmp_path, call(api, BROKEN), call(api, "nonsense"), call(api, PATCH))
    assert "missing.md" in said
    assert "Begin Patch" in said
    assert (tmp_path / "notes.md").exists()


async def test_a_bare_patch_is_taken_on_chat(openai_server: LoopbackOpenAI, tmp_path: Path) -> None:
    calls = [Call("apply_patch", '{"file": 1}'), Call("apply_patch", PATCH)]
    said = await patched(openai_server, "chat", tmp_path, *calls)
    assert "'patch'" in said
    assert (tmp_path / "notes.md").exists()


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_an_image_that_is_none_is_told(openai_server: LoopbackOpenAI, tmp_path: Path, api: str) -> None:
    said = await patched(openai_server, api, tmp_path, Call("view_image", {"path": "none.png"}))
    assert "not found" in said
