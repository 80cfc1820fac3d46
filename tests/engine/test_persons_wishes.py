"""What a person asks of the session itself: another title, another model, and what there is to name."""

from pathlib import Path

import pytest
from engine.small_brain import brain
from loopback.openai_server import LoopbackOpenAI
from small_scripts import opened, settings

from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.model.settings import ModelSettings


async def test_the_title_changes_and_stays(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.RenameSession("  A better\n title "))
        assert engine.state.title == "A better title"
        with pytest.raises(CommandError, match="The title is empty"):
            await engine.dispatch(cm.RenameSession("  "))
        session = engine.session
    async with opened(tmp_path) as other:
        assert await other.known("session") == [(session, "A better title")]
    async with opened(tmp_path, resume=session) as engine:
        assert engine.state.title == "A better title"


async def test_a_long_first_message_is_a_title_that_shows_where_it_was_cut(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("hello " * 40))
        assert engine.state.title == ("hello " * 40)[:79] + "…"


async def test_skills_models_and_other_sessions_can_be_named(tmp_path: Path) -> None:
    skill = tmp_path / "skills" / "swim"
    skill.mkdir(parents=True)
    (skill / "SKILL.md").write_text("---\nname: swim\ndescription: How to swim.\n---\n\nMove.\n")
    async with opened(tmp_path) as engine:
        assert ("swim", "How to swim.") in await engine.known("skill")
        assert await engine.known("model") == [("scripted", "")]
        assert await engine.known("session") == []


async def test_the_scripted_model_cannot_be_changed(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        with pytest.raises(CommandError, match="The scripted model answers"):
            await engine.dispatch(cm.SetModel("gpt-5"))
        assert engine.state.model == "scripted"


async def test_another_model_answers_the_next_turns(
    tmp_path: Path, openai_server: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    openai_server.brain = brain
    for name, value in openai_server.environ.items():
        monkeypatch.setenv(name, value)
    chosen = settings(model=ModelSettings(name="gpt-5-mini"))
    async with Engine.open(chosen, home=tmp_path / "home", directory=tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("one"))
        await engine.idle()
        await engine.dispatch(cm.SetModel(" gpt-4.1-mini "))
        assert engine.state.model == "gpt-4.1-mini"
        await engine.dispatch(cm.SendMessage("two"))
        await engine.idle()
        assert [entry.text for entry in engine.state.chat.entries if entry.kind == "assistant"] == [
            "heard: one",
            "heard: two",
        ]
        asked = [request.body["model"] for request in openai_server.requests if request.body]
        assert asked == ["gpt-5-mini", "gpt-4.1-mini"]
        models = [name for name, _ in await engine.known("model")]
        assert models[:2] == ["gpt-4.1-mini", "gpt-5-mini"]
        with pytest.raises(CommandError, match="No model is named"):
            await engine.dispatch(cm.SetModel(" "))
