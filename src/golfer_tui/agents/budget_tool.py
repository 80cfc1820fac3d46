"""The orchestrator's look at limits, queue and costs. It can read them and not change them: they are the person's."""

import datetime as dt

import msgspec
from agents import FunctionTool

from golfer_tui.agents.services import Services
from golfer_tui.agents.tools import Context, tool
from golfer_tui.model.spending import money


def budget_tool(services: Services) -> FunctionTool:
    """`check_budget`."""

    async def check_budget(context: Context) -> str:
        """Look at what may run at once, what is leased, who waits for what, and what was spent (an estimate)."""
        await services.flush()
        pool = services.pool
        limits, used = pool.limits, pool.used
        bill = services.state.bill(dt.datetime.now(dt.UTC))
        answer = {
            "limits": {
                "max_gpus": limits.max_gpus,
                "gpus": limits.gpus,
                "max_local": limits.max_local,
                "max_dollars": services.max_dollars(),
            },
            "in_use": {"workers": used.workers, "gpus": used.gpus, "by_type": used.by_type},
            "queue": [
                {"place": place, "worker": worker, "waits_for": reason}
                for place, (worker, reason) in enumerate(pool.waiting, 1)
            ],
            "spent": str(bill),
            "spent_on_sandboxes": money(bill.sandboxes),
            "spent_on_models": money(bill.models),
            "per_hour": money(bill.per_hour),
            "gpu_hours": round(bill.gpu_hours, 3),
            "without_a_price": bill.unpriced,
            "prices_as_of": services.settings.prices.as_of,
        }
        return msgspec.json.format(msgspec.json.encode(answer)).decode()

    return tool(check_budget)
