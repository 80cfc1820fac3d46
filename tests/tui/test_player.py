"""The player: it plays, pauses, seeks to and fro, follows sizes, and says why it cannot."""

import json

import pytest
from textual.pilot import Pilot
from tui.waiting import shown, until

from golfer_tui.model.errors import UsageError
from golfer_tui.terminal.playback import Cast, Playback
from golfer_tui.tui.player import Player
from golfer_tui.tui.playing import Picture

EVENTS = [
    (0.0, "o", "first\r\n"),
    (100.0, "m", "half"),
    (0.0, "o", "\x1b[31msecond\x1b[0m \x1b]0;evil\x07\r\n"),
    (50.0, "r", "30x5"),
    (50.0, "o", "third"),
]


def lines(*more: bytes) -> list[bytes]:
    return [
        json.dumps({"version": 3, "term": {"cols": 20, "rows": 4}}).encode() + b"\n",
        *(json.dumps(event).encode() + b"\n" for event in EVENTS),
        *more,
    ]


def player(*more: bytes, at: float = 0.0) -> Player:
    return Player(Playback(lambda: Cast(lines(*more), "x.cast")), title="x.cast", at=at)


def rows(app: Player) -> list[str]:
    """What stands in the picture."""
    return [line.rstrip() for line in shown(app)[:4]]  # type: ignore[arg-type]


async def shows(app: Player, pilot: Pilot[None], *wanted: str) -> None:
    await until(pilot, lambda: [line for line in rows(app) if line] == list(wanted))  # type: ignore[arg-type]


async def test_keys_move_to_and_fro() -> None:
    app = player()
    async with app.run_test(size=(60, 12)) as pilot:
        await shows(app, pilot, "first")
        await until(pilot, lambda: "/ 3:20" in shown(app)[10])  # type: ignore[arg-type]
        assert app.playing.playing
        await pilot.press("space")
        assert not app.playing.playing
        await pilot.press("right_square_bracket")
        await shows(app, pilot, "first", "second")
        assert app.playing.at == 100.0
        await pilot.press("end")
        await shows(app, pilot, "first", "second", "third")
        assert app.playing.query_one(Picture).virtual_size == (30, 5)
        await pilot.press("shift+left", "shift+left")
        assert app.playing.at == 80.0
        await shows(app, pilot, "first")
        assert app.playing.query_one(Picture).virtual_size == (20, 4)
        await pilot.press("n")
        await until(pilot, lambda: app.playing.at == 100.0)  # type: ignore[arg-type]
        await pilot.press("left_square_bracket", "left")
        assert app.playing.at == 0.0
        await pilot.press("end", "right", "up", "up", "down")
        assert app.playing.at == 200.0
        await until(pilot, lambda: "2×" in shown(app)[10])  # type: ignore[arg-type]
        await pilot.press("space")
        await shows(app, pilot, "first")
        await pilot.press("q")
    assert app.failure is None


async def test_it_plays_to_the_end_and_stops_there() -> None:
    app = player(at=199.9)
    async with app.run_test(size=(60, 12)) as pilot:
        await shows(app, pilot, "first", "second", "third")
        await until(pilot, lambda: not app.playing.playing)  # type: ignore[arg-type]
        assert app.playing.at == 200.0


async def test_a_broken_recording_ends_it_with_the_line() -> None:
    app = player(b"nonsense\n")
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.failure)  # type: ignore[arg-type]
    assert isinstance(app.failure, UsageError)
    assert "Line 7 of x.cast" in str(app.failure)


@pytest.mark.parametrize("size", [(10, 3), (200, 60)])
async def test_any_size_of_terminal(size: tuple[int, int]) -> None:
    app = player()
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: rows(app)[0].startswith("first"))  # type: ignore[arg-type]
