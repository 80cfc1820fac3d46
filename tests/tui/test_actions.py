"""Every action of the table: its keys, its palette entry and its `/` command all reach the one method that it names."""

import dataclasses as dc
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

import pytest
from textual import actions as textual_actions
from textual import events
from textual._callback import invoke
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from tui.stage import Stage, research
from tui.waiting import opened, settled, until

from golfer_tui.cli.setting_up import SettingUp
from golfer_tui.model import agent_events as ae
from golfer_tui.model.approvals import Approval
from golfer_tui.model.errors import StoreError
from golfer_tui.model.settings import Settings
from golfer_tui.terminal.playback import Cast, Playback
from golfer_tui.tui import dialogs
from golfer_tui.tui.actions import ACTIONS, BY_ID, PLACES, Action, come_first, in_place
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.approving import Approving
from golfer_tui.tui.budget import Budget
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.failure import Failure
from golfer_tui.tui.first_steps import FirstSteps
from golfer_tui.tui.keybar import ALWAYS, FRONT
from golfer_tui.tui.keyed import bindings
from golfer_tui.tui.keymap import character, clashes, key_name
from golfer_tui.tui.notice_screen import Notices
from golfer_tui.tui.palette import Commands
from golfer_tui.tui.performing import target
from golfer_tui.tui.playing import Playing
from golfer_tui.tui.score_choices import ScoreChoices
from golfer_tui.tui.scores import Scores
from golfer_tui.tui.stored import Stored

WORKER = "order-4"

HEADER = b'{"version": 3, "term": {"cols": 20, "rows": 4}}\n'
"""A recording in which nothing is printed."""

WORDS = {
    "worker": WORKER,
    "skill": "mini-golf",
    "model": "gpt-5",
    "session": "20260228-0900-k3f9",
    "theme": "textual-dark",
    "word": "fresh",
    "text": "some words",
}
"""An argument of each kind."""


@dc.dataclass
class Scene:
    """A cockpit in which all actions are taken for possible, and none is done."""

    stage: Stage
    app: CockpitApp
    pilot: Pilot[int]
    called: list[tuple[str, tuple[object, ...]]] = dc.field(default_factory=list)
    """Methods that were reached, with their arguments."""

    @property
    def screen(self) -> Screen[Any]:
        return self.app.screen

    def press(self, key: str) -> None:
        """As the terminal does; nothing is waited for."""
        self.app.post_message(events.Key(key, character(key)))

    def focus(self, place: str) -> None:
        self.screen.set_focus(self.screen.query_one(f"#{place}", Widget))

    async def show(self, screen: Screen[Any]) -> None:
        await self.app.push_screen(screen)

    def record(self, monkeypatch: pytest.MonkeyPatch, actions: Iterable[Action]) -> None:
        """Put a note in the place of every method that these actions call."""
        for action in actions:
            found = target(self.screen, action)
            if found is None:
                # It has no part in palettes and commands, and so its place needs no id.
                nodes = (node for node in self.screen.query("*").results() if node is self.app.focused)
                found = (next(nodes), textual_actions.parse(action.do)[1], ())
            self.replace(monkeypatch, *found[:2])

    def replace(self, monkeypatch: pytest.MonkeyPatch, node: DOMNode, name: str) -> None:
        # Textual counts the parameters of what it calls.
        def called(_: object, one: object = None, two: object = None, three: object = None) -> None:
            self.called.append((name, tuple(each for each in (one, two, three) if each is not None)))

        assert callable(getattr(node, f"action_{name}")), name
        monkeypatch.setattr(type(node), f"action_{name}", called, raising=False)
        monkeypatch.setattr(type(node), "check_action", lambda *_: True, raising=False)

    async def reached(self) -> tuple[str, tuple[object, ...]]:
        """The only method that was called since the last look."""
        await until(self.pilot, lambda: self.called)
        [call] = self.called
        self.called.clear()
        return call


async def type_into(scene: Scene) -> None:
    await scene.pilot.press("alt+2", "i")
    await until(scene.pilot, lambda: scene.app.focused is not None and scene.app.focused.id == "terminal")


async def suggest(scene: Scene) -> None:
    scene.focus("composer")
    await scene.pilot.press("/")


async def read_log(scene: Scene) -> None:
    await scene.pilot.press("alt+2", "L")
    await until(scene.pilot, lambda: scene.app.focused is not None and scene.app.focused.id == "log")


async def copy(scene: Scene) -> None:
    await scene.pilot.press("alt+2", "C")
    await until(scene.pilot, lambda: getattr(scene.app.focused, "PLACE", "") == "copying")


async def find(scene: Scene) -> None:
    await scene.pilot.press("alt+2", "/")
    await until(scene.pilot, lambda: getattr(scene.app.focused, "PLACE", "") == "find")


def needs(stage: Stage) -> list[Approval]:
    asked = ae.ApprovalAsked(id="a1", call="c1", why=("it matches rm",), command="rm -r runs", patterns=("rm",))
    return [Approval(asked, WORKER, stage.now())]


def focused(place: str) -> Callable[[Scene], Awaitable[None]]:
    async def go(scene: Scene) -> None:
        scene.focus(place)

    return go


def screen(make: Callable[[Scene], Screen[Any]]) -> Callable[[Scene], Awaitable[None]]:
    async def go(scene: Scene) -> None:
        await scene.show(make(scene))

    return go


class EmptyShelf:
    """No session is stored."""

    async def list(self, text: str = "", *, output: bool = True) -> list[object]:
        return []


async def stored(scene: Scene) -> None:
    await scene.show(Stored(EmptyShelf()))  # type: ignore[arg-type]
    await until(scene.pilot, lambda: scene.app.focused is not None and scene.app.focused.id == "wanted")
    scene.focus("found")


WAYS: dict[str, Callable[[Scene], Awaitable[None]]] = {
    "composer": focused("composer"),
    "suggestions": suggest,
    "chat": focused("chat"),
    "fleet": focused("fleet"),
    "detail": focused("detail"),
    "log": read_log,
    "terminal": type_into,
    "copying": copy,
    "find": find,
    "cockpit": focused("chat"),
    "app": focused("composer"),
    "scores": screen(
        lambda scene: Scores(scene.stage.state, ScoreChoices(), now=scene.stage.now, export=lambda kind: None)
    ),
    "help": screen(lambda scene: dialogs.Help([])),
    "dialog": screen(lambda scene: dialogs.confirm_kill([WORKER])),
    "approval": screen(lambda scene: Approving(lambda: needs(scene.stage), lambda *_: None)),
    "letter": screen(lambda scene: dialogs.Letter(f"Message to {WORKER}")),
    "budget": screen(
        lambda scene: Budget(scene.stage, now=scene.stage.now, change=scene.app.command)  # type: ignore[arg-type]
    ),
    "failure": screen(lambda scene: Failure(StoreError("engine.lost", "It is gone."), resume=True)),
    "start": screen(lambda scene: FirstSteps(SettingUp(Settings(), None, None), demo=True)),
    "stored": stored,
    "notices": screen(lambda scene: Notices(scene.app.notices)),
    "player": screen(lambda scene: Playing(Playback(lambda: Cast([HEADER])), title="order-4")),
}
"""How a person gets to each place of the cockpit."""

ALONE = ("suggestions", "log", "terminal", "copying", "find")
"""Places out of which only their own keys lead."""

GROUPS = [tuple(place for place in WAYS if place not in ALONE), *((place,) for place in ALONE)]
"""Places that are seen in one cockpit, one after the other."""


def meant(place: str, key: str) -> Action:
    """The action that a key means first where several share it."""
    rivals = [action for action in in_place(place) if key in action.default_keys]
    return min(rivals, key=lambda rival: len(come_first(rival)))


def key_calls(action: Action, number: int | None) -> tuple[str, tuple[object, ...]]:
    """The method that its key calls: the one that asks for its arguments, where it needs some."""
    return ("begin", (action.id,)) if action.needs else call_of(action, number=number)


def call_of(action: Action, *words: str, number: int | None = None) -> tuple[str, tuple[object, ...]]:
    """The method that an action calls, with these arguments."""
    _, name, parameters = textual_actions.parse(action.do)
    return name, (*parameters, *words, *([] if number is None else [number]))


@pytest.fixture
async def scene() -> Any:
    stage = research()
    async with opened(stage, (120, 60)) as (app, pilot):
        await pilot.press("alt+2", "enter")
        await settled(app, pilot)
        yield Scene(stage, app, pilot)


@pytest.mark.parametrize("places", GROUPS, ids=" ".join)
async def test_every_key_of_a_place_reaches_its_method(places: tuple[str, ...], scene: Scene) -> None:
    front = scene.screen
    for place in places:
        with pytest.MonkeyPatch.context() as monkeypatch:
            await WAYS[place](scene)
            scene.record(monkeypatch, in_place(place))
            if any(action.needs for action in in_place(place)):
                scene.replace(monkeypatch, scene.screen, "begin")
            for action in in_place(place):
                for index, key in enumerate(action.default_keys):
                    scene.press(key)
                    number = index + 1 if action.numbered else None
                    assert await scene.reached() == key_calls(meant(place, key), number), (place, action.id, key)
        while scene.screen is not front:
            await scene.app.pop_screen()


async def test_every_entry_of_the_palette_reaches_its_method(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = [action for action in ACTIONS if action.palette and target(scene.screen, action) is not None]
    scene.record(monkeypatch, offered)
    hits = {str(hit.display): hit async for hit in Commands(scene.screen).discover()}
    assert len(offered) > 30
    for action in offered:
        names = (WORKER,) if action.subject == "worker" else ()
        hit = hits.pop(" ".join([action.title, *names]))
        assert str(hit.help).startswith(action.help)
        await invoke(hit.command)
        if action.needs:
            composer = scene.screen.query_one(Composer)
            assert composer.text == f"/{action.slash} ", action.id
            assert scene.app.focused is composer
        else:
            assert await scene.reached() == call_of(action, *names), action.id
    assert not hits


async def test_every_command_reaches_its_method(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    composer = scene.screen.query_one(Composer)
    composer.focus()
    commands = [action for action in ACTIONS if action.slash]
    assert len(commands) > 15
    scene.record(monkeypatch, commands)
    for action in commands:
        words = tuple(WORDS.get(argument.kind) or argument.choices[-1] for argument in action.arguments)
        for given in (words, ()) if action.arguments and not action.needs else (words,):
            composer.write(" ".join([f"/{action.slash}", *given]))
            scene.press("enter")
            assert await scene.reached() == call_of(action, *given), action.id
            assert composer.text == ""


def test_there_is_a_way_to_every_place() -> None:
    assert {*WAYS} == {*PLACES}


def test_all_keys_of_ours_come_from_the_table() -> None:
    """No class of the product binds a key by itself."""
    own = [cls for cls in subclasses(DOMNode) if cls.__module__.startswith("golfer_tui.") and "BINDINGS" in vars(cls)]
    assert {vars(cls)["PLACE"] for cls in own} == {*PLACES}
    for cls in own:
        assert vars(cls)["BINDINGS"] == bindings(vars(cls)["PLACE"]), cls


def subclasses(cls: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for each in cls.__subclasses__():
        yield each
        yield from subclasses(each)


# The table itself


def test_ids_commands_and_keys_are_unique() -> None:
    assert len(BY_ID) == len(ACTIONS)
    commands = [action.slash for action in ACTIONS if action.slash]
    assert len({*commands}) == len(commands)
    assert not [*clashes({})]


def test_what_is_done_with_workers_has_a_key_a_command_and_an_entry_of_the_palette() -> None:
    """And with them the mouse: the menu and the palette are a click away."""
    ways = {"worker.menu", "worker.number", "worker.jump"}
    for action in ACTIONS:
        if action.id.startswith("worker.") and action.id not in ways:
            assert action.keys, action.id
            assert action.slash, action.id
            assert action.palette, action.id


def test_what_the_key_bar_puts_first_is_there() -> None:
    assert {*FRONT, *ALWAYS} <= {*BY_ID}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_an_action_is_whole(action: Action) -> None:
    assert set(action.places) <= {*PLACES}
    assert all(key_name(key) == key for key in action.default_keys)
    assert action.title
    assert action.help
    assert not action.help.endswith(".")
    assert action.keys or action.slash or action.palette
    assert action.slash or not action.arguments
    assert not any(argument.many for argument in action.arguments[:-1])
    assert all(before in BY_ID for before in come_first(action))
