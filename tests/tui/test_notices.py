"""Notices: toasts, the list of them, and what reaches a person who looks elsewhere, on a real terminal too."""

import itertools
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tui.outer import Outer, running
from tui.stage import research
from tui.waiting import cockpit, opened, settled, shown, until

from golfer_tui.model import agent_events as ae
from golfer_tui.model import worker_events as we
from golfer_tui.model.settings import NoticeSettings
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.cockpit import Cockpit
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.lookout import Lookout
from golfer_tui.tui.notice_screen import Notices
from golfer_tui.tui.notices import KEPT, NoticeLog, Told
from golfer_tui.tui.outside import Outside, desktop_notice, protocol
from golfer_tui.tui.results import ResultList

SCRIPT = Path(__file__).with_name("scripted_cockpit.py")


def messages(app: CockpitApp) -> list[tuple[str, str]]:
    """All toasts that were shown."""
    return [(note.severity, note.message) for note in app._notifications]


# What has happened


def test_the_lookout_tells_each_thing_once_and_several_together() -> None:
    stage = research()
    lookout = Lookout(stage.state)
    assert lookout.news() == []
    stage.finish("order-4", "done", "Best val_bpb \x1b[31m2.413.\nTwice.")
    [news] = lookout.news()
    assert (news.kind, news.worker, news.text) == ("finished", "order-4", "order-4 has finished: Best val_bpb 2.413.")
    assert lookout.news() == []
    for name in ("a", "b", "c", "d"):
        stage.start(name)
    stage.emit(we.WorkerIdle(gpus=(3,), minutes=3, percent=5), "lr-high")
    assert [each.text for each in lookout.news()] == [
        "lr-high needs you: gpu 3 did next to nothing for minutes",
    ]
    for name in ("a", "b", "c", "d"):
        stage.finish(name, "failed", "")
    stage.finish("lr-high", "killed", "Killed by you.")
    assert [(each.kind, each.text) for each in lookout.news()] == [("failed", "a, b, c and 1 more have failed.")]
    stage.queue("a", "Again.")
    assert lookout.news() == []
    stage.finish("a", "failed", "Again.")
    assert [each.text for each in lookout.news()] == ["a has failed: Again."]


def test_an_approval_needs_a_person_whoever_asks() -> None:
    stage = research()
    lookout = Lookout(stage.state)
    stage.emit(ae.ApprovalAsked(id="a1", call="c", why=("r",), command="rm -rf x", patterns=("rm",)), "order-4")
    stage.emit(ae.ApprovalAsked(id="a2", call="d", why=("r",), spec=stage.state.workers["baseline"].spec, gpus=8))
    assert [each.text for each in lookout.news()] == ["order-4, The orchestrator need you."]
    stage.emit(ae.ApprovalAnswered(id="a2", answer="refused"))
    assert lookout.news() == []
    stage.emit(ae.ApprovalAsked(id="a3", call="d", why=("r",), spec=stage.state.workers["baseline"].spec, gpus=8))
    assert [each.text for each in lookout.news()] == ["The orchestrator needs you: wants to start worker baseline"]


# The bell and the desktop


@pytest.mark.parametrize(
    ("environ", "how"),
    [
        ({"TERM": "xterm-256color"}, "osc9"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, "osc777"),
        ({"TERM": "foot"}, "osc777"),
        ({"TERM": "rxvt-unicode-256color"}, "osc777"),
        ({"TERM": "linux"}, "off"),
        ({"TERM": "dumb"}, "off"),
        ({"TERM": "screen", "STY": "1.pts"}, "off"),
        ({"TERM": "screen-256color", "TMUX": "/tmp/t,1,0"}, "osc9"),
        ({}, "off"),
    ],
)
def test_the_sequence_is_the_one_that_the_terminal_probably_knows(environ: Mapping[str, str], how: str) -> None:
    assert protocol(environ) == how


@given(
    st.text() | st.from_regex(r"\A[\x00-\x1f\x80-\x9f;\]\\a-z]*\Z"), st.sampled_from(["osc9", "osc777"]), st.booleans()
)
def test_a_notice_is_one_sequence_whatever_it_says(text: str, how: Any, tmux: bool) -> None:
    told = desktop_notice(text, how, tmux=tmux)
    if tmux:
        assert told.startswith("\x1bPtmux;")
        assert told.endswith("\x1b\\")
        told = told.removeprefix("\x1bPtmux;").removesuffix("\x1b\\")
        assert not re.search(r"(?<!\x1b)\x1b(?!\x1b)", told)
        told = told.replace("\x1b\x1b", "\x1b")
    body = re.fullmatch(r"\x1b\](9;golfer: |777;notify;golfer;)([^\x00-\x1f\x7f-\x9f]*)\x1b\\", told)
    assert body is not None
    assert how == "osc9" or ";" not in body[2]
    assert desktop_notice(text, "off", tmux=tmux) == ""


class Clock:
    """Time that goes on by hand, and what is to be called later."""

    def __init__(self) -> None:
        self.now = 0.0
        self.due: list[tuple[float, Callable[[], None]]] = []

    def later(self, wait: float, call: Callable[[], None]) -> None:
        self.due.append((self.now + wait, call))

    def go(self, seconds: float) -> None:
        self.now += seconds
        due, self.due = self.due, []
        for moment, call in due:
            if moment <= self.now + 1e-9:
                call()
            else:
                self.due.append((moment, call))


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(0, 30)), max_size=20))
def test_it_rings_at_most_once_in_a_second_and_forgets_nothing(steps: list[tuple[float, int]]) -> None:
    clock, rung, told = Clock(), list[float](), list[str]()

    def write(sequence: str) -> None:
        rung.append(clock.now)
        told.append(sequence)

    settings = NoticeSettings(desktop="osc9")
    outside = Outside(settings, {"TERM": "xterm"}, write, clock.later, lambda: True, now=lambda: clock.now)
    total = 0
    for seconds, count in steps:
        clock.go(seconds)
        outside.tell([f"w{number}" for number in range(count)])
        total += count
    clock.go(1)
    clock.go(1)
    assert all(after - before > 0.999 for before, after in itertools.pairwise(rung))
    assert all(each.startswith("\x07\x1b]9;golfer: ") and each.count("\x07") == 1 for each in told)
    more = sum(int(found[1]) for each in told if (found := re.search(r"and (\d+) more", each)))
    assert more + sum(len(re.findall(r"w\d+", each)) for each in told) == total


@pytest.mark.parametrize("bell", [True, False])
def test_what_is_off_is_not_written(*, bell: bool) -> None:
    told = list[str]()
    settings = NoticeSettings(bell=bell, desktop="off")
    outside = Outside(settings, {"TERM": "xterm", "TMUX": "/none,1,0"}, told.append, Clock().later, lambda: True)
    outside.tell(["one"])
    assert told == (["\x07"] if bell else [])


def test_who_is_back_is_not_told_any_more() -> None:
    clock, told, away = Clock(), list[str](), [True]
    outside = Outside(
        NoticeSettings(), {"TERM": "xterm"}, told.append, clock.later, lambda: away[0], now=lambda: clock.now
    )
    outside.tell(["one"])
    outside.tell(["two"])
    assert len(told) == 1
    away[0] = False
    clock.go(1)
    outside.tell(["three"])
    clock.go(1)
    assert len(told) == 1


# In the cockpit


async def test_what_becomes_of_workers_is_told_in_passing_and_kept_in_a_list() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        assert messages(app) == []
        stage.finish("order-4", "done", "Best val_bpb 2.413.")
        await until(pilot, lambda: ("information", "order-4 has finished: Best val_bpb 2.413.") in messages(app))
        stage.finish("lr-high", "failed", "No memory.")
        await until(pilot, lambda: ("error", "lr-high has failed: No memory.") in messages(app))
        stage.emit(ae.Notice(level="info", code="x", text="Only for the list."), "baseline")
        stage.emit(ae.Notice(level="warning", code="x", text="Look \x1b]0;here\x07 now."), "wide-mix")
        await until(pilot, lambda: app.notices.total == 4)
        assert ("warning", "Look now.") in messages(app)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, Notices))
        await settled(app, pilot)
        rows = [line for line in shown(app) if "12:" in line or ":0" in line]
        order = ["Look now.", "Only for the list.", "No memory.", "Best val_bpb 2.413."]
        text = "\n".join(rows)
        assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)
        # What comes now stands above, and the cursor stays where it is.
        await pilot.press("down", "j")
        app.notify("Another one.")
        await until(pilot, lambda: any("Another one." in line for line in shown(app)))
        listed = app.screen.query_one(ResultList)
        await until(pilot, lambda: listed.cursor == 3)
        await pilot.press("k", "pagedown", "pageup", "ctrl+f", "up", "enter")
        await until(pilot, lambda: not isinstance(app.screen, Notices))
        fleet = cockpit(app).query_one(Fleet)
        await until(pilot, lambda: fleet.selected == "lr-high" and app.focused is fleet)
        cockpit(app).query_one(Composer).focus()
        cockpit(app).query_one(Composer).write("/notices")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Notices))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Notices))


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_a_click_in_the_list_leads_to_the_worker_and_an_empty_one_says_so(size: tuple[int, int]) -> None:
    stage = research()
    async with opened(stage, size) as (app, pilot):
        await pilot.press("ctrl+n")
        await until(pilot, lambda: any("Nothing was told yet." in line for line in shown(app)))
        stage.finish("order-4", "done", "Measured.")
        await until(pilot, lambda: any("order-4 has finished" in line for line in shown(app)))
        assert all(len(line) == size[0] for line in shown(app))
        await pilot.click(ResultList, offset=(10, 0))
        await until(pilot, lambda: cockpit(app).query_one(Fleet).selected == "order-4")


def test_the_list_is_bounded() -> None:
    log, now = NoticeLog(), research().now()
    for number in range(KEPT + 7):
        log.add(Told(now, "information", str(number)))
        if number == 1:
            assert [each.text for each in log.newest_first()] == ["1", "0"]
    assert (len(log.newest_first()), log.newest_first()[0].text, log.total) == (KEPT, str(KEPT + 6), KEPT + 7)


async def test_settings_say_what_is_told_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, told = research(), list[str]()
    monkeypatch.setattr(Outside, "tell", lambda _, sentences: told.extend(sentences))
    app = CockpitApp(stage.open, notices=NoticeSettings(when=("failed", "needs")), now=stage.now)  # type: ignore[arg-type]
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit) and app.screen.names)
        stage.finish("order-4", "done", "Measured.")
        await until(pilot, lambda: ("information", "order-4 has finished: Measured.") in messages(app))
        stage.finish("lr-high", "failed", "No memory.")
        await until(pilot, lambda: told == ["lr-high has failed: No memory."])


# On a real terminal


AWAY = b"\x1b[O"
"""What a terminal says that loses the focus."""

NOTICE = re.compile(rb"\x1b\](?:9|777);[^\x07\x1b]*golfer[^\x07\x1b]*\x1b\\")


def golfer(tmp_path: Path, settings: NoticeSettings, **environ: str) -> Any:
    home, told = str(tmp_path / "home"), msgspec.json.encode(settings).decode()
    quiet = {"TMUX": "", "STY": "", "VTE_VERSION": "", "KONSOLE_VERSION": ""}
    return running([sys.executable, str(SCRIPT), str(tmp_path), told], GOLFER_HOME=home, **{**quiet, **environ})


def bells(outer: Outer) -> int:
    """How often it rang; what ends a sequence is no bell."""
    return re.sub(rb"\x1b\][^\x07\x1b]*\x07", b"", bytes(outer.got)).count(b"\x07")


def start_worker(outer: Outer, go: Path, name: str) -> None:
    """Start a worker that ends as soon as this file is there."""
    outer.write(f"spawn {name}: while [ ! -e {go} ]; do sleep 0.05; done\r".encode())
    outer.shows(f"{name} was started")


def test_a_terminal_without_the_focus_gets_bell_and_notice(tmp_path: Path) -> None:
    with golfer(tmp_path, NoticeSettings()) as outer:
        outer.shows("Tell the orchestrator")
        for name in ("first", "second"):
            start_worker(outer, tmp_path / name, name)
        # A key brings the focus back, also in a terminal that never said that it has it.
        (tmp_path / "first").touch()
        outer.shows("first has finished")
        assert not NOTICE.search(outer.got)
        assert not bells(outer)
        outer.write(AWAY)
        (tmp_path / "second").touch()
        outer.until(lambda: NOTICE.search(outer.got))
        [notice] = NOTICE.findall(outer.got)
        assert notice.startswith(b"\x1b]9;golfer: second has finished")
        assert outer.got[: outer.got.index(notice)].endswith(b"\x07")
        assert bells(outer) == 1


def test_inside_of_tmux_it_is_handed_through(tmp_path: Path) -> None:
    with golfer(tmp_path, NoticeSettings(bell=False, desktop="osc777", focused=True), TMUX="/none,1,0") as outer:
        outer.shows("Tell the orchestrator")
        outer.write(b"spawn first: true\r")
        outer.shows("first has finished")
        outer.until(lambda: b"\x1bPtmux;\x1b\x1b]777;notify;golfer;first has finished" in outer.got)
        assert not bells(outer)
