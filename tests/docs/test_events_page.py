"""`docs/events.md` describes the stream as it is: every type, every field, and examples that can be read."""

import re
import typing
from pathlib import Path

import msgspec
import pytest

from golfer_tui.model import events as ev
from golfer_tui.model.gauges import GpuSample, Sample
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.prices import Rate
from golfer_tui.model.receipts import SandboxReceipt, WorkerReceipt
from golfer_tui.model.snapshots import Kept
from golfer_tui.model.tunnels import Tunnel
from golfer_tui.model.workers import WorkerSpec

PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text()

SECTIONS = {
    head.strip("`"): text
    for head, text in re.findall(r"^###? (.+?)\n(.*?)(?=^##|\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
}

BODIES = {str(body.__struct_config__.tag): body for body in typing.get_args(ev.AnyBody)}

VALUES = {
    "spec": WorkerSpec,
    "kept": Kept,
    "tunnel": Tunnel,
    "gpu": GpuRequest,
    "rate": Rate,
    "sample": Sample,
    "gpu sample": GpuSample,
    "worker receipt": WorkerReceipt,
    "sandbox receipt": SandboxReceipt,
}


def described(section: str) -> list[str]:
    """The fields in a section's table, in order."""
    return re.findall(r"^\| `(\w+)` \|", SECTIONS[section], flags=re.MULTILINE)


@pytest.mark.parametrize("name", BODIES)
def test_every_type_is_described_with_every_field(name: str) -> None:
    assert described(name) == list(BODIES[name].__struct_fields__)


@pytest.mark.parametrize("name", VALUES)
def test_every_value_inside_of_events_is_described(name: str) -> None:
    assert described(name) == list(VALUES[name].__struct_fields__)


def test_the_envelope_is_described() -> None:
    fields = {*ev.Event.__struct_fields__} - {"body"} | {"type"}
    assert set(described("Fields of every event")) == fields


def test_no_type_is_described_that_does_not_exist() -> None:
    assert {name for name in SECTIONS if "." in name} == {name for name in BODIES if "." in name}


@pytest.mark.parametrize("name", BODIES)
def test_the_example_is_a_line_of_the_stream(name: str) -> None:
    [line] = re.findall(r"^```json\n(.*)\n```$", SECTIONS[name], flags=re.MULTILINE)
    event = ev.decode(line)
    assert event.type == name
    assert event.v == ev.VERSION
    # Written exactly as the program writes it.
    assert msgspec.json.decode(ev.encode(event)) == msgspec.json.decode(line)


@pytest.mark.parametrize("name", BODIES)
def test_every_choice_of_a_field_is_named(name: str) -> None:
    for field in msgspec.structs.fields(BODIES[name]):
        for choice in typing.get_args(field.type):
            if isinstance(choice, str) and (name, field.name) != ("session.resumed", "backend"):
                assert f"`{choice}`" in SECTIONS[name], (field.name, choice)
