"""Which wishes wait: by GPUs, by dollars, by pattern, and what a person has lifted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.agents.approval_rules import Rules
from golfer_tui.costs.quotes import Quotes
from golfer_tui.model import agent_events as ae
from golfer_tui.model.approvals import Lifted
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.settings import ApprovalSettings, ModalSettings, PriceSettings, Settings
from golfer_tui.model.workers import WorkerSpec

MODAL = Settings(
    backend="modal",
    modal=ModalSettings(cpu=1, memory=1024),
    prices=PriceSettings(gpus={"H100": 4.0, "A100-80GB": 2.0}, core=0.5, gib=0.5),
)
"""A sandbox costs $1 an hour by itself."""


def rules(**approvals: object) -> Rules:
    return Rules(ApprovalSettings(**approvals), Quotes(MODAL))  # type: ignore[arg-type]


def spec(gpu: str) -> WorkerSpec:
    return WorkerSpec("w", "train", gpu=GpuRequest.parse(gpu))


@pytest.mark.parametrize(
    ("gpu", "why"),
    [
        ("", ()),
        ("H100:4", ()),
        ("H100:5", ("it asks for 5 GPUs, more than 4",)),
        ("H100, A100-80GB:8", ("it asks for 8 GPUs, more than 4",)),
    ],
)
def test_gpus_above_the_limit_wait(gpu: str, why: tuple[str, ...]) -> None:
    assert rules(spawn_gpus=4).start(spec(gpu), Lifted()).why == why


@pytest.mark.parametrize(
    ("gpu", "dollars", "why"),
    [
        ("", 1.0, ()),
        ("H100:2", 9.0, ()),
        ("A100-80GB, H100:3", 13.0, ("it costs ≈$13.00 an hour, more than $9.00",)),
        ("any:2", None, ("nobody knows what it costs: its GPUs have no price",)),
    ],
)
def test_dollars_above_the_limit_wait(gpu: str, dollars: float | None, why: tuple[str, ...]) -> None:
    start = rules(spawn_dollars_per_hour=9.0).start(spec(gpu), Lifted())
    assert (start.dollars_per_hour, start.why) == (dollars, why)


def test_nothing_waits_without_a_rule() -> None:
    assert rules().start(spec("H100:64"), Lifted()).why == ()
    assert rules().command("rm -rf /", Lifted()) == ()


def test_both_rules_are_told() -> None:
    assert len(rules(spawn_gpus=0, spawn_dollars_per_hour=0).start(spec("H100"), Lifted()).why) == 2


@given(st.integers(1, 64), st.integers(1, 64))
def test_what_is_lifted_counts_up_to_what_was_approved(approved: int, wanted: int) -> None:
    judge, lifted = rules(spawn_gpus=0, spawn_dollars_per_hour=0), Lifted()
    start = judge.start(spec(f"H100:{approved}"), lifted)
    assert start.why
    asked = ae.ApprovalAsked(
        id="a", call="c", why=start.why, spec=spec(""), gpus=start.gpus, dollars_per_hour=start.dollars_per_hour
    )
    lifted.lift(asked)
    assert bool(judge.start(spec(f"H100:{wanted}"), lifted).why) == (wanted > approved)
    # What has no price is something else.
    assert judge.start(spec("any"), lifted).why


def test_what_has_no_price_is_lifted_by_itself() -> None:
    judge, lifted = rules(spawn_dollars_per_hour=1), Lifted()
    lifted.lift(ae.ApprovalAsked(id="a", call="c", why=(), spec=spec("any"), gpus=1, dollars_per_hour=None))
    assert judge.start(spec("any"), lifted).why == ()
    assert judge.start(spec("H100"), lifted).why


def test_patterns_are_found_anywhere_and_lifted_one_by_one() -> None:
    judge, lifted = rules(commands=("rm -r", r"^git push\b", "(?i)PIP install")), Lifted()
    assert judge.command("ls; rm -rf x && pip install y", lifted) == ("rm -r", "(?i)PIP install")
    assert judge.command("echo git push", lifted) == ()
    assert judge.command("git pushed", lifted) == ()
    lifted.lift(ae.ApprovalAsked(id="a", call="c", why=(), command="rm -r x", patterns=("rm -r",)))
    assert judge.command("ls; rm -rf x && pip install y", lifted) == ("(?i)PIP install",)
    assert (lifted.gpus, lifted.dollars_per_hour) == (0, 0.0)
