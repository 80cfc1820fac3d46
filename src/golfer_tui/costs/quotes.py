"""Turns a price list into what one lease costs by the hour and what one answer of a model costs."""

import re
from collections.abc import Mapping

from golfer_tui.costs.list_prices import GPUS, MODAL_CORES, MODAL_MEMORY, MODELS
from golfer_tui.model.gpus import BILLED
from golfer_tui.model.prices import Rate
from golfer_tui.model.profiles import ProfileSettings
from golfer_tui.model.settings import ModelPrice, Settings

MILLION = 1_000_000
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")


class Quotes:
    """The price list of one session."""

    def __init__(self, settings: Settings, *, scripted: bool = False) -> None:
        """`scripted`: the built-in scripted model answers, which costs nothing."""
        self._prices = settings.prices
        self._modal = settings.modal
        self._profiles = settings.workers
        self._local = settings.backend == "local"
        self._scripted = scripted
        self._models: Mapping[str, ModelPrice] = {**MODELS, **settings.prices.models}

    def gpu(self, kind: str) -> float | None:
        """Dollars for an hour of one GPU of this type; None if it has no price."""
        if self._local:
            return self._prices.local_gpu
        plain = kind.rstrip("!")
        for name in (plain, BILLED.get(plain, plain)):
            for table in (self._prices.gpus, GPUS):
                if name in table:
                    return table[name]
        return None

    def lease(self, gpus: Mapping[str, int], profile: str = "") -> Rate:
        """What an hour of a lease of these GPUs costs to a worker of this profile."""
        each = [(self.gpu(kind), count) for kind, count in gpus.items()]
        total = 0.0
        for price, count in each:
            if price is None:
                return self._rate(None, profile)
            total += price * count
        return self._rate(total, profile)

    def answer(self, model: str, *, input: int, cached: int, output: int) -> float | None:  # noqa: A002 - the lists' word
        """Dollars for one answer of a model; None if it has no price.

        Args:
            model: Its name; the date at the end of one and the provider before it do not matter.
            input: Tokens read, the cached ones among them.
            cached: Tokens read from a cache.
            output: Tokens written, the thoughts among them.
        """
        if self._scripted:
            return 0.0
        price = self._model(model)
        if price is None:
            return None
        kept = min(cached, input)
        return ((input - kept) * price.input + kept * price.cached + output * price.output) / MILLION

    def _model(self, name: str) -> ModelPrice | None:
        for known in (name, name.rpartition("/")[2], _DATED.sub("", name.rpartition("/")[2])):
            if known in self._models:
                return self._models[known]
        return None

    def _rate(self, gpus: float | None, profile: str) -> Rate:
        if self._local:
            return Rate(gpus=gpus, base=self._prices.local_worker)
        wanted = self._profiles.get(profile, ProfileSettings())
        return Rate(
            gpus=gpus,
            core=self._prices.core,
            gib=self._prices.gib,
            cores=wanted.cpu or self._modal.cpu or MODAL_CORES,
            memory=(wanted.memory or self._modal.memory or MODAL_MEMORY) / 1024,
        )
