"""The models that the loopback server offers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelCard:
    """What a model can do, as far as the API refuses requests by it."""

    name: str
    reasoning: bool = False
    """Knows reasoning options and gives reasoning items; refuses a temperature."""
    summaries: bool = True
    """False: the account may not have reasoning summaries."""
    tools_on_chat: bool = True
    """False: chat completions take function tools only with `reasoning_effort` `none`."""
    context: int = 200_000
    """Tokens of input that it can read."""


CARDS = (
    ModelCard("gpt-5.6-luna", reasoning=True, tools_on_chat=False),
    ModelCard("gpt-5-mini", reasoning=True),
    ModelCard("gpt-5-nano", reasoning=True, summaries=False),
    ModelCard("own-name-for-a-thinker", reasoning=True),
    ModelCard("gpt-4.1-mini"),
    ModelCard("small-window", context=2_000),
    ModelCard("acme/open-model"),
)
