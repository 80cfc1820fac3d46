"""A moment of a long recording is found without playing all of it, and its screen is the one that playing shows."""

import random
from collections.abc import Iterator

import pytest

from golfer_tui.terminal import cast, castindex
from golfer_tui.terminal.castindex import Index
from golfer_tui.terminal.playback import Cast, Playback, screen_at

WORDS = ("plain words ", "\x1b[32mgreen\x1b[0m ", "is it so? [?25h ", "tab\t", "é漢😀 ", "\x1b[?25l\x1b[?25h")


def recorded(chance: random.Random) -> bytes:
    """Some thousand events: lines, a full-screen program, resizes, marks, bytes that are no text, comments."""
    parts = [cast.header(40, 6, 1.7e9), cast.here(1.7e9, (40, 6))]
    for number in range(3000):
        interval = chance.choice((0.0, 0.05, 0.5))
        text = "".join(chance.choices(WORDS, k=4)) + f"{number}\r\n"
        data = text.encode() + (b"\xff\xfe" if number % 50 == 0 else b"")
        parts.append(cast.output(interval, data))
        if number % 700 == 100:
            parts.append(cast.resize(0.25, 30 + number // 100, 8))
        if number % 500 == 0:
            parts.append(cast.marker(0.0, f"mark {number}"))
        if number == 1500:
            parts.append(cast.output(0.1, b"\x1b[?1049h\x1b[?7l"))
        if number % 40 == 0:
            parts.append(cast.here(1.7e9 + number, None))
    return b"".join(parts)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(castindex, "STEP", 2000)
    monkeypatch.setattr(castindex, "BACK", 20_000)
    monkeypatch.setattr("golfer_tui.terminal.playback.BACK", 20_000)


def lines(whole: bytes) -> Iterator[bytes]:
    return iter(whole.splitlines(keepends=True))


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("seed", range(3))
def test_a_moment_looks_as_if_all_before_had_been_played(seed: int) -> None:
    chance = random.Random(seed)
    whole = recorded(chance)
    end = list(Cast(lines(whole)).events())[-1].time
    playback = Playback(lambda: Cast(lines(whole), whole=whole))
    assert playback.measure() == pytest.approx((end, [e.time for e in Cast(lines(whole)).events() if e.kind == "m"]))
    for moment in [chance.uniform(0, end) for _ in range(12)] + [end, 0.0, end / 2]:
        played, found = screen_at(Cast(lines(whole)), moment), screen_at(Cast(lines(whole), whole=whole), moment)
        playback.go(moment)
        for screen in (found, playback.screen):
            assert (screen.columns, screen.rows) == (played.columns, played.rows)
            assert screen.text() == played.text()
            assert screen.modes == played.modes
        played.close()
        found.close()
    playback.close()


@pytest.mark.usefixtures("small_steps")
def test_only_the_last_part_is_played() -> None:
    whole = recorded(random.Random(1))
    index = Index(whole, 3)
    asked = Cast(lines(whole), whole=whole)
    assert asked.leap(index, index.length)
    played = list(asked.events())
    assert 0 < sum(len(event.data) for event in played) < 30_000
    assert played[-1].time == pytest.approx(index.length)
    assert not Cast(lines(whole), whole=whole).leap(index, 0.5), "its place is the beginning"


def test_a_short_recording_is_played_as_a_whole() -> None:
    assert Cast(lines(recorded(random.Random(2)))).index() is None


def test_a_torn_end_is_no_moment() -> None:
    whole = recorded(random.Random(3))
    before = Index(whole, 3).length
    assert Index(whole + b'[1.5, "o", "x', 3).length == before
