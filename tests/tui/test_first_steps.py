"""The first steps: a server, a key and Modal are tried from the screen, against servers on the loopback."""

import asyncio
import datetime as dt
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest
from attach.hosted import engine_of, no_engines_left
from loopback.modal_plane.plane import ModalPlane
from loopback.openai_server import KEY, LoopbackOpenAI
from textual.pilot import Pilot
from textual.widgets import Button, Checkbox, Input
from tui.memory_keyring import MemoryKeyring, memory_keyring
from tui.stage import Stage, research
from tui.waiting import SIZES, settled, shown, until

from golfer_tui import config
from golfer_tui.cli import setting_up
from golfer_tui.cli.setting_up import SettingUp
from golfer_tui.config import credentials
from golfer_tui.config.credentials import SERVICE, key_for, keyring_name
from golfer_tui.model import session_events as se
from golfer_tui.model.errors import UsageError
from golfer_tui.model.secret import Secret
from golfer_tui.model.settings import Settings
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.cockpit import Cockpit
from golfer_tui.tui.first_steps import FirstSteps
from golfer_tui.tui.holding import OpenEngine
from golfer_tui.tui.setup import Choice
from golfer_tui.tui.step import Step

MODEL = "gpt-5-mini"


@pytest.fixture
def keys() -> Iterator[MemoryKeyring]:
    with memory_keyring() as own:
        yield own


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the person works: no settings, no key, nothing stored."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOLFER_CONFIG", str(tmp_path / "own.toml"))
    (tmp_path / "own.toml").write_text("# mine\n[pool]\nmax_local = 3  # enough\n")
    return tmp_path


async def loaded(here: Path) -> Settings:
    """The settings of a start in this folder."""
    return await asyncio.to_thread(config.load, here, os.environ)


async def kept(here: Path) -> Secret | None:
    """The key that is kept for a start in this folder."""
    return await asyncio.to_thread(key_for, await loaded(here), os.environ)


async def started(here: Path) -> CockpitApp:
    """The app, as a start in this folder makes it."""
    settings = await loaded(here)
    setup = SettingUp(settings, None, None)
    return CockpitApp(None, setup=setup, reopen=setup.reopen, open_other=setup.open_other)


def step(app: CockpitApp, name: str) -> Step:
    return app.screen.query_one(f"#{name}", Step)


async def first_steps(app: CockpitApp, pilot: Pilot[int]) -> None:
    await until(pilot, lambda: isinstance(app.screen, FirstSteps) and app.screen.query(Step))
    await settled(app, pilot)


def fill(step: Step, **values: str) -> None:
    for name, value in values.items():
        step.query_one(f".{name}", Input).value = value


@pytest.mark.parametrize("size", SIZES)
async def test_everything_is_offered_and_nothing_is_asked_before_the_person_wants_it(
    here: Path, keys: MemoryKeyring, size: tuple[int, int], openai_server: LoopbackOpenAI
) -> None:
    app = await started(here)
    async with app.run_test(size=size) as pilot:
        await first_steps(app, pilot)
        picture = "\n".join(shown(app))
        for text in ("A model on a server of your own", "A model of OpenAI", "Modal"):
            assert text in picture
        for key, name in (("s", "server"), ("k", "openai")):
            app.set_focus(None)
            await pilot.press(key)
            await until(pilot, lambda name=name: step(app, name).has_class("-open") and isinstance(app.focused, Input))
            await settled(app, pilot)
            assert "Keep for the next start, the key in the memory" in "\n".join(shown(app))
            assert [each.id for each in app.screen.query(Step) if each.has_class("-open")] == [name]
        await pilot.press("enter")
        await until(pilot, lambda: step(app, "openai").told == "Give the key first.")
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.query(".-open") and isinstance(app.focused, Button))
    assert not openai_server.requests


async def test_a_server_and_its_key_are_tried_kept_and_used_at_once_and_at_the_next_start(
    here: Path, keys: MemoryKeyring, openai_server: LoopbackOpenAI, isolated: Path
) -> None:
    home = config.home(os.environ)
    app = await started(here)
    with no_engines_left(home):
        async with app.run_test(size=(120, 40)) as pilot:
            await first_steps(app, pilot)
            await pilot.press("s")
            card = step(app, "server")
            await until(pilot, lambda: isinstance(app.focused, Input))
            await pilot.press("enter")
            await until(pilot, lambda: card.told == "Give the address of the server first.")
            fill(card, address="http://127.0.0.1:1/v1")
            await pilot.press("enter")
            await until(pilot, lambda: "cannot be reached: connection refused" in card.told)
            fill(card, address=openai_server.url)
            await pilot.press("enter")
            await until(pilot, lambda: "wants a key (401)" in card.told)
            fill(card, key="sk-wrong")
            await pilot.press("enter")
            await until(pilot, lambda: "refuses the key (401)" in card.told)
            assert card.query_one(".start", Button).disabled
            fill(card, key=KEY)
            await pilot.press("enter")
            await until(pilot, lambda: "It answers, and has" in card.told)
            assert not card.query_one(".start", Button).disabled
            fill(card, model="no-such-model")
            await pilot.press("enter")
            await until(pilot, lambda: "does not list the model no-such-model" in card.told)
            await settled(app, pilot)
            assert KEY not in "\n".join(shown(app))
            fill(card, model=MODEL)
            # A button takes no second press while it shows the first.
            await until(pilot, lambda: not app.screen.query("Button.-active"))
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Cockpit) and app._engine is not None)
            assert app._engine is not None
            await pilot.press(*"hello", "enter")
            await until(pilot, lambda: app._engine and len(app._engine.state.chat.entries) > 1)
            engine = await engine_of(home, app._engine.session)
            assert KEY not in " ".join([*engine.cmdline(), *engine.environ().values()])
            app.leave("end")
            await until(pilot, lambda: app.return_value is not None)
        await asyncio.to_thread(psutil.wait_procs, [engine], 30)
        assert keys.kept == {(SERVICE, openai_server.url): KEY}
        own = (here / "own.toml").read_text()
        assert own.startswith("# mine\n[pool]\nmax_local = 3  # enough\n")
        settings = await loaded(here)
        assert (settings.model.base_url, settings.model.name) == (openai_server.url, MODEL)
        assert (settings.model.api, settings.pool.max_local) == ("responses", 3)
        everything = [path for root in (here, home, isolated) for path in root.rglob("*") if path.is_file()]
        assert home / "golfer.db" in everything
        assert [path for path in everything if KEY.encode() in path.read_bytes()] == []

        # At the next start all of it is there.
        assert await kept(here) == Secret(KEY)
        assert config.model_problem(settings, {}) is None


async def test_a_key_of_openai_is_tried_and_kept(
    here: Path, keys: MemoryKeyring, openai_server: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (setting_up, credentials):
        monkeypatch.setattr(module, "OFFICIAL", openai_server.url)
    app = await started(here)
    async with app.run_test(size=(80, 24)) as pilot:
        await first_steps(app, pilot)
        await pilot.press("k")
        card = step(app, "openai")
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press(*"sk-wrong", "enter")
        await until(pilot, lambda: "refuses the key (401)" in card.told)
        await settled(app, pilot)
        assert "✗" in "\n".join(shown(app))
        fill(card, key="with space")
        await pilot.press("enter")
        await until(pilot, lambda: "a character that no key has" in card.told)
        fill(card, key=KEY)
        await pilot.press("enter")
        await until(pilot, lambda: "It answers, and has" in card.told)
        await settled(app, pilot)
        assert "✓" in "\n".join(shown(app))
        setup = app._setup
        assert isinstance(setup, SettingUp)
    assert keys.kept == {}
    choice = Choice(server="", key=Secret(KEY), model="", api="responses", modal=False)
    assert await setup.choose(choice, keep=True) == []
    assert await kept(here) == Secret(KEY)
    stage = research()

    class Staged(SettingUp):
        """Opens the stage, where an engine would ask OpenAI."""

        def opener(self) -> OpenEngine:
            return stage.open  # type: ignore[return-value]

    again = CockpitApp(None, setup=Staged(await loaded(here), None, None), now=stage.now)
    async with again.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(again.screen, Cockpit))
        assert not any(isinstance(screen, FirstSteps) for screen in again.screen_stack)
    # The environment goes first, and a key goes to the server that it was given for and to no other.
    monkeypatch.setenv("OPENAI_API_KEY", "sk-environment")
    assert await kept(here) is None
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert await kept(here) is None


async def test_without_a_keyring_a_key_is_used_until_the_person_leaves(
    here: Path, openai_server: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    with memory_keyring() as none:
        monkeypatch.setattr(none, "priority", 0)
        assert keyring_name() == ""
        app = await started(here)
        async with app.run_test(size=(80, 24)) as pilot:
            await first_steps(app, pilot)
            await pilot.press("s")
            await settled(app, pilot)
            assert "not the key: no keyring here" in "\n".join(shown(app))
        setup = SettingUp(await loaded(here), None, None)
        choice = Choice(server=openai_server.url, key=Secret(KEY), model="m", api="chat", modal=False)
        [told] = await setup.choose(choice, keep=True)
        assert told.startswith("This machine has no keyring")
        assert "used until you leave" in told
        assert (await loaded(here)).model.api == "chat"


async def test_a_keyring_that_refuses_and_a_file_that_cannot_be_written_are_told_without_the_key(
    here: Path, keys: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.locked = True
    (here / "own.toml").write_text("this is no toml")
    setup = SettingUp(Settings(), None, None)
    choice = Choice(server="http://h/v1", key=Secret(KEY), model="m", api="responses", modal=False)
    told = await setup.choose(choice, keep=True)
    assert len(told) == 2
    assert "the memory does not take the key" in told[0]
    assert "own.toml cannot be written" in told[1]
    assert KEY not in f"{told} {choice!r} {setup._choice}"
    assert (here / "own.toml").read_text() == "this is no toml"
    assert key_for(Settings(), {}) is None
    with pytest.raises(UsageError):
        credentials.keep("http://h/v1", Secret(KEY))


async def test_the_choice_counts_for_every_session_of_this_cockpit(
    here: Path, keys: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Settings, str | None, Secret | None]] = []

    def remote_opener(
        settings: Settings, session: str | None, limits: object = None, *, key: Secret | None = None
    ) -> OpenEngine:
        asked.append((settings, session, key))
        return research().open  # type: ignore[return-value]

    monkeypatch.setattr(setting_up, "remote_opener", remote_opener)
    setup = SettingUp(await loaded(here), None, None)
    assert await asyncio.to_thread(setup.find) is None
    assert not asked
    choice = Choice(server="http://h/v1", key=Secret(KEY), model="m", api="chat", modal=True)
    assert await setup.choose(choice, keep=False) == []
    setup.opener()
    [(settings, session, key)] = asked
    assert (settings.model.base_url, settings.model.name, settings.model.api) == ("http://h/v1", "m", "chat")
    assert (settings.backend, settings.pool.max_local, session, key) == ("modal", 3, None, Secret(KEY))
    # Nothing was kept, as nobody wanted it.
    assert keys.kept == {}
    assert (await loaded(here)).model.name == ""
    # A stored session that the script had answered goes on with it.
    home = config.home(os.environ)
    now = dt.datetime.now(dt.UTC)
    rows = {"20260301-1200-aaaa": True, "20260301-1200-bbbb": False}
    async with Store.open(home) as store:
        for name, scripted in rows.items():
            await store.sessions.create(
                SessionRow(
                    id=name, directory=str(here), backend="local", model="", scripted=scripted, created=now, updated=now
                )
            )
    for name, scripted in rows.items():
        await asyncio.to_thread(setup.reopen(name))
        settings, session, key = asked[-1]
        assert (settings.demo, settings.backend, session) == (scripted, "local", name)
        assert key == (None if scripted else Secret(KEY))


def quiet(session: str, *, scripted: bool) -> Stage:
    """A session in which nobody is at work."""
    stage = Stage()
    body = se.SessionStarted(title=session, backend="local", model="m", scripted=scripted, directory="/golf")
    stage.emit(body)
    return stage


@pytest.mark.parametrize(
    ("scripted", "pressed", "kept_open"), [(False, "here", "other"), (False, "start", "new"), (True, "start", "new")]
)
async def test_the_first_steps_can_be_taken_again_for_another_model(
    here: Path, keys: MemoryKeyring, openai_server: LoopbackOpenAI, scripted: bool, pressed: str, kept_open: str
) -> None:
    before, after, asked = quiet("before", scripted=scripted), quiet("after", scripted=False), []

    class Staged(SettingUp):
        """Opens stages, where engines would ask a server."""

        def open_new(self) -> OpenEngine:
            asked.append("new")
            return after.open  # type: ignore[return-value]

        def open_other(self, session: str) -> OpenEngine:
            asked.append("other")
            return after.open  # type: ignore[return-value]

    setup = Staged(await loaded(here), None, None, ready=True)
    app = CockpitApp(before.open, setup=setup, reopen=setup.reopen, open_other=setup.open_other, now=before.now)  # type: ignore[arg-type]
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit) and app._engine is before)
        await pilot.press(*"/setup", "enter")
        await first_steps(app, pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press(*"/setup", "enter")
        await first_steps(app, pilot)
        assert not app.screen.query("#demo")
        await pilot.press("s")
        card = step(app, "server")
        await until(pilot, lambda: isinstance(app.focused, Input))
        fill(card, address=openai_server.url, key=KEY, model=MODEL)
        await pilot.press("enter")
        await until(pilot, lambda: "It answers, and has" in card.told)
        assert bool(card.query(".here")) != scripted
        await until(pilot, lambda: not app.screen.query("Button.-active"))
        card.query_one(f".{pressed}", Button).press()
        await until(pilot, lambda: isinstance(app.screen, Cockpit) and app._engine is after)
        assert asked == [kept_open]
        assert before.closed == ("keep" if pressed == "here" else "end")
        assert keys.kept == {(SERVICE, openai_server.url): KEY}
        app.leave("end")
        await until(pilot, lambda: app.return_value is not None)


@pytest.fixture
async def plane(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ModalPlane]:
    async with ModalPlane() as plane:
        for name, value in plane.environment.items():
            monkeypatch.setenv(name, value)
        yield plane


async def test_modals_token_is_tried_again_and_again(
    here: Path, keys: MemoryKeyring, plane: ModalPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = os.environ["MODAL_TOKEN_ID"]
    monkeypatch.delenv("MODAL_TOKEN_ID")
    app = await started(here)
    async with app.run_test(size=(80, 24)) as pilot:
        await first_steps(app, pilot)
        await pilot.press("m")
        card = step(app, "modal")
        await until(pilot, lambda: "there is no token for Modal" in card.told)
        assert "modal setup" in card.told
        use = card.query_one(".use", Checkbox)
        assert use.disabled
        assert "X" not in str(use.render())
        monkeypatch.setenv("MODAL_TOKEN_ID", "ak-wrong")
        await pilot.press("enter")
        await until(pilot, lambda: "Modal refuses the token" in card.told)
        assert use.disabled
        monkeypatch.setenv("MODAL_TOKEN_ID", token)
        await pilot.press("enter")
        await until(pilot, lambda: card.told == "Modal takes the token of this machine.")
        assert use.value
        assert "X" in str(use.render())
        assert not use.disabled
