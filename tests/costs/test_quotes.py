"""What things cost: by type as it is billed, by model as it is named, and never 0 where no price is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.costs import budget
from golfer_tui.costs.list_prices import GPUS, MODELS
from golfer_tui.costs.quotes import Quotes
from golfer_tui.model.settings import ModalSettings, ModelPrice, PriceSettings, Settings
from golfer_tui.model.spending import Bill

MODAL = Settings(backend="modal")


@pytest.mark.parametrize(
    ("kind", "billed"),
    [
        ("H100", "H100"), ("H100!", "H100"), ("A100", "A100-40GB"), ("A100-80GB", "A100-80GB"), ("B200+", "B200"),
        ("A10G", "A10"),
    ],
)  # fmt: skip
def test_a_gpu_costs_what_it_is_billed_as(kind: str, billed: str) -> None:
    assert Quotes(MODAL).gpu(kind) == GPUS[billed]


@pytest.mark.parametrize("kind", ["ANY", "H1000", "A100-40GB-1G.5GB", "RTX4090"])
def test_an_unknown_type_has_no_price(kind: str) -> None:
    assert Quotes(MODAL).gpu(kind) is None
    assert Quotes(MODAL).lease({"H100": 1, kind: 1}).gpus is None


def test_prices_of_the_settings_go_first() -> None:
    prices = PriceSettings(gpus={"H100": 1.5, "A100": 0.5}, models={"gpt-5": ModelPrice(input=1, cached=0, output=2)})
    quotes = Quotes(Settings(backend="modal", prices=prices))
    assert (quotes.gpu("H100!"), quotes.gpu("A100"), quotes.gpu("A100-40GB")) == (1.5, 0.5, GPUS["A100-40GB"])
    assert quotes.answer("gpt-5", input=1_000_000, cached=500_000, output=1_000_000) == 2.5


def test_a_lease_costs_gpus_and_what_is_reserved() -> None:
    quotes = Quotes(Settings(backend="modal", modal=ModalSettings(cpu=4.0, memory=8192)))
    rate = quotes.lease({"H100": 8})
    assert rate.gpus == pytest.approx(8 * 3.9492)
    assert (rate.cores, rate.memory) == (4.0, 8.0)
    assert Quotes(MODAL).lease({}).cores == 0.125


def test_this_machine_costs_nothing_unless_a_price_is_set() -> None:
    assert Quotes(Settings()).lease({"H100": 8, "RTX4090": 1}).gpus == 0.0
    rate = Quotes(Settings(prices=PriceSettings(local_gpu=0.5, local_worker=0.25))).lease({"RTX4090": 2})
    assert (rate.gpus, rate.base, rate.core, rate.gib) == (1.0, 0.25, 0.0, 0.0)


@pytest.mark.parametrize("name", ["gpt-5.4", "gpt-5.4-2026-03-05", "openai/gpt-5.4"])
def test_a_model_is_known_by_its_name(name: str) -> None:
    price = MODELS["gpt-5.4"]
    assert Quotes(MODAL).answer(name, input=1_000_000, cached=0, output=0) == price.input
    assert Quotes(MODAL).answer(name, input=1_000_000, cached=1_000_000, output=0) == price.cached


def test_an_unknown_model_has_no_price_and_the_scripted_one_costs_nothing() -> None:
    assert Quotes(MODAL).answer("qwen-local", input=1, cached=0, output=1) is None
    assert Quotes(MODAL, scripted=True).answer("qwen-local", input=1, cached=0, output=1) == 0.0


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7), st.sampled_from([*MODELS]))
def test_tokens_from_a_cache_never_cost_more(input_: int, cached: int, output: int, model: str) -> None:
    quotes = Quotes(MODAL)
    whole = quotes.answer(model, input=input_, cached=0, output=output)
    some = quotes.answer(model, input=input_, cached=cached, output=output)
    assert whole is not None
    assert some is not None
    assert 0 <= some <= whole + 1e-9


@pytest.mark.parametrize(
    ("dollars", "most", "level"),
    [(0.0, None, "fine"), (7.9, 10.0, "fine"), (8.0, 10.0, "warned"), (10.0, 10.0, "spent"), (0.0, 0.0, "spent")],
)
def test_how_far_a_budget_is_spent(dollars: float, most: float | None, level: str) -> None:
    assert budget.level(Bill(sandboxes=dollars), most) == level
    why = budget.why_not(Bill(sandboxes=dollars), most, priced=True, what="H100")
    assert bool(why) == (level == "spent")


def test_what_has_no_price_does_not_begin_within_a_budget() -> None:
    assert "H9 has no price" in budget.why_not(Bill(), 5.0, priced=False, what="H9")
    assert budget.why_not(Bill(), None, priced=False, what="H9") == ""
