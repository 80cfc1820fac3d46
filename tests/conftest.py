"""What holds for every test, and what tests share.

All of the suite is strict: see `strictness/` for what a test may not leave behind, do or reach, and why. Shared
support lies in folders beside the rooms' tests and is imported by its folder: `from loopback.brains import script`.
"""

import gc
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from strictness.blocking import no_blocking_calls
from strictness.isolation import homes, isolated
from strictness.leaks import no_tasks_left, no_tasks_left_where_a_loop_runs, nothing_is_left
from strictness.network import loopback_only, network_guard

if TYPE_CHECKING:
    from loopback.openai_server import LoopbackOpenAI

# How long an example takes tells of the machine, and not of us.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

__all__ = [
    "homes",
    "isolated",
    "loopback_only",
    "network_guard",
    "no_blocking_calls",
    "no_tasks_left",
    "no_tasks_left_where_a_loop_runs",
    "nothing_is_left",
]


def pytest_collection_finish() -> None:
    """What the libraries have made stays: looking through it again and again would be an eighth of all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture
async def openai_server() -> "AsyncIterator[LoopbackOpenAI]":
    """A loopback server that speaks OpenAI's API; it echoes until the test gives it a `brain`."""
    from loopback.openai_server import LoopbackOpenAI  # aiohttp and openai load only for the tests that need them

    async with LoopbackOpenAI() as server:
        yield server
