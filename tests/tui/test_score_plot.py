"""The plot of the scores: drawn true, read by a cursor, zoomed and moved by keys and by the mouse."""

import re

import pytest
from textual import events
from textual.pilot import Pilot
from tui.score_stage import board, drawn, study
from tui.waiting import SIZES, opened, shown

from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.plot.plot import Plot
from golfer_tui.tui.score_table import ScoreTable

BRAILLE = re.compile("[\u2801-\u28ff]")


def plot(app: CockpitApp) -> list[str]:
    """The rows of the plot."""
    place = app.screen.query_one(Plot).region
    return [row[place.x : place.right] for row in shown(app)[place.y : place.bottom]]


def legend(app: CockpitApp) -> dict[str, str]:
    """What the legend says of each curve, by its letter."""
    entries = (re.search(r"([a-h]) (lr-\d(?: · \d)?) +(\S+)$", row.rstrip()) for row in plot(app))
    return {each[2]: each[3] for each in entries if each}


def numbers(app: CockpitApp) -> list[float]:
    """Those along the horizontal axis."""
    return [float(each) for each in plot(app)[-1].split() if re.fullmatch(r"[\d.]+", each)]


def levels(app: CockpitApp) -> list[float]:
    """Those along the vertical axis, from the top."""
    return [float(each[1]) for row in plot(app) if (each := re.match(r" *(-?[\d.]+) ┤", row))]


async def press(app: CockpitApp, pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys)
    await drawn(app, pilot)


async def wheel(
    app: CockpitApp, pilot: Pilot[int], kind: type[events.MouseEvent], x: int, *, shift: bool = False
) -> None:
    widget = app.screen.query_one(Plot)
    place = widget.region
    event = kind(widget, x, 5, 0, 0, 0, shift, False, False, place.x + x, place.y + 5)
    app.screen._forward_event(event)
    await drawn(app, pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_curves_axes_and_legend_are_there(size: tuple[int, int]) -> None:
    async with opened(study(), size) as (app, pilot):
        await board(app, pilot)
        rows = plot(app)
        assert sum(len(BRAILLE.findall(row)) for row in rows) > 60
        assert legend(app) == {"lr-1 · 2": "1.799", "lr-0": "1.990", "lr-4": "3.197", "lr-3": "2.889", "lr-2": "nan"}
        assert len(levels(app)) >= 3
        assert levels(app) == sorted(levels(app), reverse=True)
        assert numbers(app) == sorted(numbers(app))
        assert rows[-1].rstrip().endswith("step")
        # The best curve is the lowest at its end: its letter is in one of the last rows, furthest to the right.
        ends = {
            letter: max(row.rfind(letter) for row in (row[: size[0] // 2] for row in rows[1:-2])) for letter in "ab"
        }
        assert ends["a"] > 0
        assert ends["b"] > 0


async def test_a_cursor_reads_all_curves_and_escape_takes_it_away() -> None:
    async with opened(study()) as (app, pilot):
        await board(app, pilot)
        await press(app, pilot, "left")
        assert "step 40" in plot(app)[0]
        assert legend(app) == {"lr-1 · 2": "1.799", "lr-0": "—", "lr-4": "—", "lr-3": "—", "lr-2": "—"}
        await press(app, pilot, "escape", "right")
        assert "step 1 " in plot(app)[0]
        assert legend(app)["lr-0"] == "4"
        await press(app, pilot, "right", "l", "h", *["l"] * 9)
        step = re.search(r"step (\d+)", plot(app)[0])
        assert step
        assert 1 < int(step[1]) < 40
        assert float(legend(app)["lr-0"]) < 4
        await press(app, pilot, "escape")
        assert "step 1" not in plot(app)[0]
        assert legend(app)["lr-1 · 2"] == "1.799"


async def test_keys_zoom_and_move_along_both_axes() -> None:
    async with opened(study()) as (app, pilot):
        await board(app, pilot)
        whole, values = numbers(app), levels(app)
        await press(app, pilot, "plus")
        assert "a part" in plot(app)[0]
        near = numbers(app)
        assert whole[0] < near[0] < near[-1] < whole[-1]
        await press(app, pilot, "full_stop", "shift+right")
        assert numbers(app)[-1] > near[-1]
        await press(app, pilot, "comma", "shift+left", "comma", "comma")
        assert numbers(app)[0] < near[0]
        await press(app, pilot, "0")
        assert (numbers(app), levels(app)) == (whole, values)
        assert "a part" not in plot(app)[0]
        await press(app, pilot, "right_square_bracket")
        assert values[-1] <= levels(app)[-1] < levels(app)[0] <= values[0]
        inside = levels(app)
        await press(app, pilot, "K")
        assert levels(app)[0] > inside[0]
        await press(app, pilot, "J", "shift+down")
        assert levels(app)[-1] < inside[-1]
        await press(app, pilot, "0", "left_square_bracket")
        assert levels(app)[0] > values[0]
        await press(app, pilot, "0", "plus", "equals_sign", "minus", "minus")
        assert (numbers(app), levels(app)) == (whole, values)


async def test_steps_or_time_and_powers_of_ten() -> None:
    async with opened(study()) as (app, pilot):
        await board(app, pilot)
        await press(app, pilot, "x")
        assert plot(app)[-1].rstrip().endswith("min")
        assert 5 <= numbers(app)[-1] <= 7
        await press(app, pilot, "left")
        assert "6:40" in plot(app)[0]
        await press(app, pilot, "x", "g")
        assert plot(app)[-1].rstrip().endswith("step")
        assert "powers of ten" in plot(app)[0]
        await press(app, pilot, "g")
        assert "powers of ten" not in plot(app)[0]


async def test_views_and_a_table_that_is_moved() -> None:
    async with opened(study(), (80, 24)) as (app, pilot):
        await board(app, pilot)
        both = len(plot(app))
        await press(app, pilot, "v")
        assert len(plot(app)) > both
        assert not app.screen.query_one(ScoreTable).display
        await press(app, pilot, "v")
        assert not app.screen.query_one(Plot).display
        assert "wide" not in shown(app)[1]
        await press(app, pilot, "greater_than_sign", "greater_than_sign", "greater_than_sign")
        assert "wide" in shown(app)[1]
        assert shown(app)[1].split()[:4] == ["mark", "#", "▲", "run"]
        await press(app, pilot, "less_than_sign", "less_than_sign", "less_than_sign")
        assert "wide" not in shown(app)[1]


async def test_the_mouse_reads_zooms_moves_and_picks() -> None:
    async with opened(study()) as (app, pilot):
        await board(app, pilot)
        whole = numbers(app)
        await pilot.click(Plot, offset=(20, 6))
        await drawn(app, pilot)
        first = re.search(r"step (\d+)", plot(app)[0])
        assert first
        await pilot.mouse_down(Plot, offset=(20, 6))
        await pilot.hover(Plot, offset=(40, 6))
        await pilot.mouse_up(Plot, offset=(40, 6))
        await drawn(app, pilot)
        second = re.search(r"step (\d+)", plot(app)[0])
        assert second
        assert int(second[1]) > int(first[1])
        await wheel(app, pilot, events.MouseScrollUp, 20)
        near = numbers(app)
        assert near[-1] < whole[-1]
        await wheel(app, pilot, events.MouseScrollDown, 20, shift=True)
        assert numbers(app)[-1] > near[-1]
        await wheel(app, pilot, events.MouseScrollUp, 20, shift=True)
        await wheel(app, pilot, events.MouseScrollDown, 20)
        assert numbers(app) == whole
        row = next(y for y, text in enumerate(plot(app)) if "lr-4" in text)
        await pilot.click(Plot, offset=(plot(app)[row].index("lr-4") + 1, row))
        await drawn(app, pilot)
        assert app.screen.query_one(ScoreTable).chosen == "lr-4 1"
