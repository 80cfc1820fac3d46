"""Frames: whatever is said arrives as it was said, however the bytes are cut; what is no frame of ours is refused."""

import asyncio
import contextlib
import datetime as dt
import itertools
import typing

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.attach.messages import Ask, Knock, Message, Problem, Signalled, TapeBytes, Told
from golfer_tui.attach.wire import LARGEST, frame, pack, receive, unpack
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError, GolferError, StoreError, UsageError
from golfer_tui.model.workers import WorkerSpec

TIME = dt.datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=dt.UTC)

messages = st.one_of(
    st.builds(Knock, version=st.text(), purpose=st.sampled_from(["attach", "look", "end", "keep"])),
    st.builds(TapeBytes, st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.binary(max_size=2000)),
    st.builds(
        Told,
        st.builds(
            ev.Event,
            seq=st.integers(1, 2**40),
            time=st.just(TIME),
            session=st.text(max_size=20),
            body=st.one_of(
                st.builds(ae.Message, role=st.just("user"), text=st.text()),
                st.builds(we.WorkerMetric, name=st.text(), value=st.floats(allow_nan=False)),
                st.builds(
                    ae.ToolCalled,
                    call=st.text(),
                    name=st.text(),
                    arguments=st.dictionaries(st.text(), st.none() | st.text() | st.lists(st.integers(-9, 9))),
                ),
            ),
            worker=st.none() | st.text(max_size=9),
        ),
    ),
)


async def received(pieces: list[bytes]) -> list[Message | TapeBytes]:
    """What arrives if these bytes come one after the other, and then the end."""
    reader = asyncio.StreamReader()

    async def feed() -> None:
        for piece in pieces:
            reader.feed_data(piece)
            await asyncio.sleep(0)
        reader.feed_eof()

    feeding = asyncio.create_task(feed())
    found = []
    while (message := await receive(reader)) is not None:
        found.append(message)
    await feeding
    return found


@given(st.lists(messages, max_size=5), st.lists(st.integers(0, 400), max_size=8), st.integers(0, 3))
def test_messages_arrive_whole_and_in_order(said: list[Message | TapeBytes], cuts: list[int], missing: int) -> None:
    data = b"".join(map(frame, said))
    places = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    pieces = [data[begin:end] for begin, end in itertools.pairwise(places)]
    assert asyncio.run(received(pieces)) == said
    if missing and said:
        # A connection that ends in the middle of a frame gives what was whole.
        assert asyncio.run(received([data[: -min(missing, len(frame(said[-1])))]])) == said[:-1]


@given(st.binary(max_size=200))
def test_noise_is_refused_or_nothing(noise: bytes) -> None:
    with contextlib.suppress(StoreError):  # and nothing else
        assert asyncio.run(received([noise])) == []


async def test_a_frame_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(StoreError, match="cannot be understood"):
        await received([(LARGEST + 1).to_bytes(4, "big") + b"\0"])


@pytest.mark.parametrize("kind", typing.get_args(cm.Command))
def test_every_command_travels(kind: type[msgspec.Struct]) -> None:
    values = {str: "x", bytes: b"\0\xff", int: 100, WorkerSpec: WorkerSpec(name="w1", task="t")}
    fields = {field.name: (values[field.type],) for field in msgspec.structs.fields(kind) if field.type in values}
    chosen = {field.name: typing.get_args(field.type) for field in msgspec.structs.fields(kind) if field.required}
    command = kind(**{name: those[0] for name, those in (chosen | fields).items() if those})
    ask = Ask(1, "dispatch", {"command": pack(command)})
    [again] = asyncio.run(received([frame(ask)]))
    assert isinstance(again, Ask)
    assert unpack(again.arguments["command"], cm.Command) == command


@pytest.mark.parametrize(
    "signal",
    [
        sg.TextDelta("w1", "text", "abc"),
        sg.ShellChanged("w1", open=True),
        sg.QueueMoved((("w1", "waits"),)),
        sg.StoreRefused("full", "make room"),
        sg.Attendance(background=True, writing=False, others=2),
    ],
)
def test_signals_travel(signal: sg.Signal) -> None:
    [again] = asyncio.run(received([frame(Signalled.of(signal))]))
    assert isinstance(again, Signalled)
    assert again.signal() == signal


@pytest.mark.parametrize("kind", [GolferError, UsageError, StoreError, CommandError])
def test_errors_arrive_as_what_they_were(kind: type[GolferError]) -> None:
    again = Problem.of(kind("some.code", "What.", hint="Do.", retry=True)).error()
    assert type(again) is kind
    assert (again.code, str(again), again.retry, again.exit_code) == ("some.code", "What. Do.", True, kind.exit_code)


def test_an_unknown_kind_of_error_is_still_told() -> None:
    again = Problem("FutureError", "new.code", "Something new.").error()
    assert (type(again), str(again)) == (GolferError, "Something new.")
