"""Local sandboxes for the tests, with bubblewrap where it works and without."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from places import Place, opened

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.local.isolation import find_bubblewrap


@pytest.fixture(scope="session")
def bubblewrap() -> str:
    """Why bubblewrap cannot be used here; empty if it can."""
    try:
        find_bubblewrap("bubblewrap")
    except SandboxError as error:
        return error.message
    return ""


@pytest.fixture(params=["bubblewrap", "none"])
def isolation(request: pytest.FixtureRequest, bubblewrap: str) -> str:
    """Both ways of isolation; skipped with the reason where one cannot be had."""
    if request.param == "bubblewrap" and bubblewrap:
        pytest.skip(bubblewrap)
    return str(request.param)


@pytest.fixture
async def place(isolation: str, tmp_path: Path) -> AsyncIterator[Place]:
    """A running sandbox of each kind of isolation; ended after the test, with nothing left."""
    descriptors = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    home = tmp_path / "home"
    backend = await opened(isolation, home)
    place = Place(backend, home / "sessions" / "one" / "workspaces" / "worker")
    await place.create()
    yield place
    await place.sandbox.stop()
    await backend.close()
    assert place.processes == []
    if descriptors:
        assert len(os.listdir("/proc/self/fd")) <= descriptors
