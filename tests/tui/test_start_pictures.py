"""Pictures of what stands before a session and after one: the curtain, the first steps, failures, a small terminal."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from textual.pilot import Pilot
from textual.widgets import Input
from tui.camera import PLAIN, Camera
from tui.stage import Stage, research
from tui.waiting import cockpit, opened, until

from golfer_tui.model.errors import ModelError, SandboxError
from golfer_tui.model.secret import Secret
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.curtain import Curtain
from golfer_tui.tui.failure import Failure
from golfer_tui.tui.first_steps import FirstSteps
from golfer_tui.tui.setup import Offer
from golfer_tui.tui.step import Step


class Answers:
    """What the first steps ask, answered at once: a server with models, a key that is refused, a Modal account."""

    address, model = "http://localhost:11434/v1", ""

    def find(self) -> None:
        """Nobody keeps a key."""

    async def keyring(self) -> str:
        return "the system's keyring"

    async def offered(self, server: str, key: Secret | None) -> Offer:
        if server:
            return Offer(("qwen3:8b", "llama3.2", "gemma3:4b", "phi4", "mistral", "gpt-oss:20b"), "chat")
        raise ModelError("model.key", "OpenAI refuses this key.", hint="Copy it again, or make another one.")

    async def modal(self) -> str:
        raise SandboxError("modal.token", "There is no token for Modal here.", hint="Run: modal setup")


async def at(app: CockpitApp, pilot: Pilot[int], key: str) -> Step:
    """Open a card by its key."""
    app.set_focus(None)
    await pilot.press(key)
    await until(pilot, lambda: app.screen.query(".-open"))
    return app.screen.query_one(".-open", Step)


async def test_first_steps(camera: Camera) -> None:
    app = CockpitApp(None, open_demo=research().open, setup=Answers())  # type: ignore[arg-type]
    async with app.run_test(size=camera.size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FirstSteps) and app.screen.query(Step))
        await camera(app, pilot, "offered")
        step = await at(app, pilot, "s")
        await pilot.press("enter")
        await until(pilot, lambda: "It answers" in step.told)
        await camera(app, pilot, "server that answers")
        await pilot.press("escape")
        step = await at(app, pilot, "k")
        step.query_one(".key", Input).value = "sk-nonsense"
        await pilot.press("enter")
        await until(pilot, lambda: "refuses" in step.told)
        await camera(app, pilot, "key that is refused", themes=PLAIN)
        await pilot.press("escape")
        step = await at(app, pilot, "m")
        await until(pilot, lambda: "no token" in step.told)
        await camera(app, pilot, "modal without a token", themes=PLAIN)


class Slow(Stage):
    """An engine that is not open yet."""

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Stage]:
        await asyncio.Event().wait()
        yield self


async def test_start(camera: Camera) -> None:
    app = CockpitApp(None)
    async with app.run_test(size=camera.size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FirstSteps))
        app.push_screen(Curtain())
        await until(pilot, lambda: isinstance(app.screen, Curtain) and app.screen.query("#word"))
        await camera(app, pilot, "curtain")
    app = CockpitApp(Slow().open)  # type: ignore[arg-type]
    async with app.run_test(size=camera.size) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1 and cockpit(app).query("#composer"))
        await camera(app, pilot, "loading", themes=PLAIN)
        app.leave("end")


async def test_failures(camera: Camera) -> None:
    stage = research()
    async with opened(stage, camera.size) as (app, pilot):
        error = ModelError(
            "model.missing", "There is no model gpt-99 on this server.", hint="golfer doctor lists the models."
        )
        app.push_screen(Failure(error))
        await until(pilot, lambda: app.screen.query(".code"))
        await camera(app, pilot, "without a way back")
        app.pop_screen()
        await pilot.resize_terminal(38, 10)
        await until(pilot, lambda: cockpit(app).has_class("-small"))
        await camera(app, pilot, "too small", themes=PLAIN)
