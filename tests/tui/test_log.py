"""The log of a worker through the keyboard and the mouse: commands as blocks, folded, followed, with times."""

import threading

import pytest
from textual import events
from tui.log_stage import busy, headers, last, log_of, rows, told, wheel
from tui.stage import Stage, research
from tui.waiting import SIZES, cockpit, opened, settled, shown, until

from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import StoreError
from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.printout import Printout, Row
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.log import body
from golfer_tui.tui.log.log import Log


@pytest.mark.parametrize("size", SIZES)
async def test_each_command_is_a_block_with_its_end_its_output_and_its_times(size: tuple[int, int]) -> None:
    async with opened(busy(), size) as (app, pilot):
        await log_of(app, pilot)
        picture = rows(app)
        assert "LOG  ann  5 commands, 1 failed" in picture[0]
        assert all(len(row) == size[0] for row in shown(app))
        text = "\n".join(picture)
        begun = f"{busy().state.workers['ann'].commands[0].started.astimezone():%H:%M:%S}"
        assert headers(app)[0].startswith("▾ ✓ cat notes  ")
        assert headers(app)[0].endswith(f"  exit 0 · 0.1 s · {begun}")
        assert "▏ first note\n▏ second note" in text
        # What is long and old is folded, and says how much it is.
        assert headers(app)[1].startswith("▸ ✓ seq 400 | sed s/^/row-/")
        assert "  400 lines · exit 0 · 2.0 s · " in headers(app)[1]
        assert headers(app)[2].startswith("▾ ✗ make")
        assert "  exit 2 · 1.5 s · " in headers(app)[2]
        assert "▏ error: no rule" in text
        assert "▏ ── full screen ──\n▏ second page" in text
        assert headers(app)[4].startswith("▾ ◌ python train.py")
        assert "  runs · " in headers(app)[4]
        # A carriage return does what it does in a terminal.
        assert "10%" not in text
        assert "▏ step 1 long" in text
        assert last(app).endswith("end")


async def test_colours_of_the_output_are_kept() -> None:
    async with opened(busy()) as (app, pilot):
        log = await log_of(app, pilot)
        red = [
            segment.text
            for y in range(log.size.height)
            for segment in log.render_line(y)
            if segment.style is not None and segment.style.color is not None and segment.style.color.number == 1
        ]
        assert red == ["error:"]


async def test_it_opens_from_the_input_for_any_worker_by_name() -> None:
    async with opened(busy()) as (app, pilot):
        await pilot.press(*"/log", "space", *"ann", "enter")
        await until(pilot, lambda: cockpit(app).query_one(Log).worker == "ann")
        await until(pilot, lambda: app.focused is cockpit(app).query_one(Log))
        await cockpit(app).action_worker_log("nobody")
        await until(pilot, lambda: told(app) == ["There is no worker nobody."])


async def test_keys_go_from_command_to_command_and_to_those_that_failed() -> None:
    async with opened(busy(), (80, 24)) as (app, pilot):
        await log_of(app, pilot)

        async def after(*keys: str) -> str:
            await pilot.press(*keys)
            await settled(app, pilot)
            return rows(app)[0].split()[-1]

        assert rows(app)[0].endswith("5/5")
        assert await after("left_square_bracket") == "4/5"
        assert await after("p") == "3/5"
        assert await after("home") == "1/5"
        assert await after("right_square_bracket") == "2/5"
        assert await after("right_curly_bracket") == "3/5"
        assert await after("n", "n", "left_curly_bracket") == "3/5"
        assert await after("g", "e") == "3/5"
        assert await after("end", "E") == "3/5"
        assert await after("e") == "3/5"
        await until(pilot, lambda: told(app) == ["There is no failed command below."])
        assert await after("home", "p") == "1/5"
        await until(pilot, lambda: "There is no command above." in told(app))


async def test_commands_fold_and_unfold_by_keys_and_by_a_click() -> None:
    async with opened(busy(), (80, 24)) as (app, pilot):
        log = await log_of(app, pilot)
        await pilot.press("g", "n", "enter")
        await until(pilot, lambda: "row-000" in "\n".join(rows(app)))
        assert any(row.startswith("▾ ✓ seq 400") for row in rows(app))
        await pilot.press("space")
        await until(pilot, lambda: "row-000" not in "\n".join(rows(app)))
        assert "400 lines" in "\n".join(headers(app))
        # Most are open: all are folded, then all unfolded.
        await pilot.press("o")
        await until(pilot, lambda: len(headers(app)) == 5)
        assert all(row.startswith("▸") for row in headers(app))
        await pilot.press("o", "g")
        await until(pilot, lambda: "row-000" in "\n".join(rows(app)))
        await pilot.click(log, offset=(5, 1))
        await until(pilot, lambda: rows(app)[1].startswith("▸ ✓ cat notes"))
        # A click on a line only says which command is meant.
        await pilot.click(log, offset=(10, 6))
        await settled(app, pilot)
        assert rows(app)[0].endswith("2/5")
        assert rows(app)[2].startswith("▾ ✓ seq")


async def test_the_output_is_followed_until_something_is_read_and_again_by_a_key_or_a_click() -> None:
    stage = busy()
    async with opened(stage, (80, 24)) as (app, pilot):
        log = await log_of(app, pilot)
        stage.print("ann", "".join(f"step {number}\n" for number in range(2, 60)))
        await until(pilot, lambda: last(app) == "▏ step 59")
        # The command is told though its header is out of sight.
        assert rows(app)[1].startswith("▾ ◌ python train.py")
        await pilot.press("pageup", "up")
        await settled(app, pilot)
        before = rows(app)[1:-1]
        assert "rows below · f follows" in rows(app)[-1]
        below = int(rows(app)[-1].split()[1])
        stage.print("ann", "".join(f"step {number}\n" for number in range(60, 90)))
        await until(pilot, lambda: f" {below + 30} rows below" in rows(app)[-1])
        assert rows(app)[1:-1] == before
        await pilot.press("f")
        await until(pilot, lambda: last(app) == "▏ step 89")
        log.post_message(wheel(events.MouseScrollUp, log, 10))
        await until(pilot, lambda: "3 rows below" in rows(app)[-1])
        await pilot.click(log, offset=(5, log.size.height - 1))
        await until(pilot, lambda: last(app) == "▏ step 89")
        log.post_message(wheel(events.MouseScrollUp, log, 10))
        await until(pilot, lambda: "3 rows below" in rows(app)[-1])
        log.post_message(wheel(events.MouseScrollDown, log, 10))
        await until(pilot, lambda: last(app) == "▏ step 89")
        # The next command is followed as well.
        stage.emit(
            we.WorkerCommand(command="", id=5, offset=stage.tapes["ann"].end, exit_code=0, ended=True, seconds=9), "ann"
        )
        stage.run("ann", "echo done", "done\n")
        await until(pilot, lambda: last(app) == "▏ done" and rows(app)[0].endswith("6/6"))


async def test_times_come_before_the_lines_when_they_are_asked_for() -> None:
    stage = busy()
    async with opened(stage, (80, 24)) as (app, pilot):
        await log_of(app, pilot)
        stage.pass_time(7.25)
        stage.print("ann", "much later\n")
        await until(pilot, lambda: last(app) == "▏ much later")
        clock = f"{(stage.clock).astimezone():%H:%M:%S}.{stage.clock.microsecond // 100_000}"
        await pilot.press("t")
        await until(pilot, lambda: last(app) == f"▏ {clock} much later")
        assert "time of day" in rows(app)[0]
        await pilot.press("t")
        await until(pilot, lambda: last(app) == "▏      +7.2s much later")
        # Rows that a line goes on in have none.
        wrapped = next(row for row in rows(app) if row.endswith("end"))
        assert wrapped.startswith("▏" + " " * 12)
        await pilot.press("t")
        await until(pilot, lambda: last(app) == "▏ much later")


async def test_long_lines_are_wrapped_or_shown_on_one_row_that_moves_sideways() -> None:
    async with opened(busy(), (80, 24)) as (app, pilot):
        log = await log_of(app, pilot)
        assert last(app).endswith("end")
        height = sum(bool(row) for row in rows(app))
        await pilot.press("w")
        await until(pilot, lambda: sum(bool(row) for row in rows(app)) < height)
        assert not any(row.endswith("end") for row in rows(app))
        assert "unwrapped, from column 1" in rows(app)[0]
        await pilot.press(*["right"] * 9)
        await until(pilot, lambda: any(row.endswith("end") for row in rows(app)))
        await pilot.press(*["l", "h", "left"] * 9)
        log.post_message(wheel(events.MouseScrollDown, log, 5, shift=True))
        await until(pilot, lambda: "from column 17" in rows(app)[0])
        log.post_message(wheel(events.MouseScrollUp, log, 5, shift=True))
        log.post_message(wheel(events.MouseScrollRight, log, 5))
        log.post_message(wheel(events.MouseScrollRight, log, 5))
        log.post_message(wheel(events.MouseScrollLeft, log, 5))
        await until(pilot, lambda: "from column 17" in rows(app)[0])
        await pilot.press("w")
        await until(pilot, lambda: last(app).endswith("end"))


async def test_the_line_at_the_top_stays_when_lines_are_wrapped_or_the_terminal_resized() -> None:
    stage = Stage()
    stage.emit(se.SessionStarted(title="", backend="local", model="m"))
    stage.start("ann")
    stage.run("ann", "cat", "".join(f"{number:03} " + "word " * (number % 40) + "\n" for number in range(300)))
    async with opened(stage, (80, 24)) as (app, pilot):
        await log_of(app, pilot)
        await pilot.press(*["pageup"] * 5)
        await settled(app, pilot)
        first = rows(app)[2][2:5] if rows(app)[2][2:5].isdigit() else ""
        while not first:
            await pilot.press("up")
            await settled(app, pilot)
            first = rows(app)[2][2:5] if rows(app)[2][2:5].isdigit() else ""
        for change in ("w", "w", "t"):
            await pilot.press(change)
            await settled(app, pilot)
            assert first in "".join(rows(app)[2:7])
        await pilot.resize_terminal(100, 30)
        await settled(app, pilot)
        assert first in "".join(rows(app)[2:7])


async def test_a_worker_without_commands_has_an_empty_log() -> None:
    stage = research()
    async with opened(stage, (80, 24)) as (app, pilot):
        cockpit(app).query_one(Fleet).focus()
        await pilot.press("5", "L")
        await until(pilot, lambda: cockpit(app).query_one(Log).worker == "no-decay")
        await settled(app, pilot)
        assert "No commands yet" in rows(app)[1]
        await pilot.press("y", "Y", "R", "enter", "o", "n", "p", "e", "w", "t", "f", "g", "up", "down", "left", "right")
        await settled(app, pilot)
        assert "No commands yet" in rows(app)[1]


async def test_of_an_endless_output_the_newest_lines_are_kept_and_what_is_above_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(body, "LINES", 100)
    stage = busy()
    async with opened(stage, (80, 24)) as (app, pilot):
        await log_of(app, pilot)
        for start in range(0, 1000, 250):
            stage.print("ann", "".join(f"step {number}\n" for number in range(start, start + 250)))
            await until(pilot, lambda start=start: last(app) == f"▏ step {start + 249}")
        await pilot.press("left_square_bracket", "right_square_bracket")
        await until(pilot, lambda: "lines above are in the recording" in rows(app)[2])
        above = int(rows(app)[2].split()[2].replace(",", ""))
        assert rows(app)[3] == f"▏ step {above - 1}"
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard.endswith("step 999"))
        assert app.clipboard.count("\n") == 1000


async def test_what_cannot_be_read_says_why_and_the_rest_is_there() -> None:
    stage = busy()

    async def broken(worker: str, offset: int, size: int) -> list[Printed]:
        raise StoreError("recording.failed", "The recording w.cast could not be read: input/output error.")

    whole, stage.printed = stage.printed, broken
    async with opened(stage, (100, 30)) as (app, pilot):
        await log_of(app, pilot)
        assert "could not be read: input/output error" in "\n".join(rows(app))
        assert len(headers(app)) == 5
        await pilot.press("y")
        await until(pilot, lambda: any("could not be read" in each for each in told(app)))
        stage.printed = whole
        await pilot.press("L")
        await log_of(app, pilot)
        assert "first note" in "\n".join(rows(app))


async def test_a_large_output_is_made_into_lines_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = busy()
    stage.run("ann", "cat big", "".join(f"{number} {'y' * 60}\n" for number in range(60_000)), 0)
    feed, threads = Printout.feed, set[int]()

    def noted(self: Printout, pieces: list[Printed]) -> list[Row]:
        threads.add(threading.get_ident())
        return feed(self, pieces)

    monkeypatch.setattr(Printout, "feed", noted)
    async with opened(stage) as (app, pilot):
        await log_of(app, pilot)
        await until(pilot, lambda: last(app).startswith("▏ 59999 y"))
        assert threading.get_ident() not in threads
        await pilot.press("p", "n")
        await until(pilot, lambda: "above are in the recording" in rows(app)[2])
