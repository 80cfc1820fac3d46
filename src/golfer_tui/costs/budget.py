"""How far a budget is spent, and what that means. Pure; the engine asks, tells and acts."""

from typing import Literal

from golfer_tui.model.spending import Bill, money

WARNING = 0.8
"""Share of a budget at which a person is warned."""

Level = Literal["fine", "warned", "spent"]


def level(bill: Bill, max_dollars: float | None) -> Level:
    """How far it is; without a limit it is always fine."""
    if max_dollars is None:
        return "fine"
    if bill.dollars >= max_dollars:
        return "spent"
    return "warned" if bill.dollars >= WARNING * max_dollars else "fine"


def why_not(bill: Bill, max_dollars: float | None, priced: bool, what: str) -> str:
    """Why nothing may begin now, as the queue shows it; empty if it may.

    Args:
        bill: What was spent.
        max_dollars: The limit; None for none.
        priced: Whether what is to begin has a price.
        what: Its GPUs, for the sentence.
    """
    if max_dollars is None:
        return ""
    if bill.dollars >= max_dollars:
        return f"the budget of {limit(max_dollars)} is spent ({money(bill.dollars)})"
    if not priced:
        return f"{what} has no price, and there is a budget: set it in [prices.gpus]"
    return ""


def limit(dollars: float) -> str:
    """A limit as a person is shown it: `$5`, `$2.50`."""
    return f"${dollars:,.0f}" if dollars == int(dollars) else f"${dollars:,.2f}"
