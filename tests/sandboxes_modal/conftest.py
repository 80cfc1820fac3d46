"""A loopback Modal plane for each test, and Modal's client led to it."""

import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from loopback.modal_plane.plane import ModalPlane
from loopback.modal_plane.space import missing
from modal_rig import Rig

PAGE = (Path(__file__).parents[2] / "docs" / "modal.md").read_text()
DOCUMENTED = set(re.findall(r"`([A-Z]\w+)`", PAGE.partition("## What is asked of Modal")[2].partition("\n## ")[0]))
"""Calls of Modal's that the page names."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whoever has a token in the environment spends nothing without having asked for it."""
    asked = "modal" in (config.getoption("markexpr") or "")
    for item in items:
        if item.get_closest_marker("modal") and not (asked and os.environ.get("MODAL_TOKEN_ID")):
            item.add_marker(pytest.mark.skip(reason="needs `-m modal`, and a token for Modal in MODAL_TOKEN_ID"))


@pytest.fixture
async def plane(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ModalPlane]:
    """A running plane; sandboxes that the test leaves alive fail it."""
    if reason := missing():
        pytest.skip(f"the loopback plane needs bubblewrap and user namespaces: {reason}")
    from modal._environments import ENVIRONMENT_CACHE

    ENVIRONMENT_CACHE.clear()
    async with ModalPlane() as plane:
        for name, value in plane.environment.items():
            monkeypatch.setenv(name, value)
        yield plane
        left = [sandbox.id for sandbox in plane.alive]
    assert left == [], "sandboxes that nobody ended"


@pytest.fixture
async def rig(plane: ModalPlane, tmp_path: Path) -> AsyncIterator[Rig]:
    """A backend with plain settings; what it makes is ended after the test."""
    rig = Rig(plane, tmp_path)
    yield rig
    await rig.close()
    assert {call.name for call in plane.wire.calls} <= DOCUMENTED


@pytest.fixture(autouse=True)
def builder_version() -> Iterator[None]:
    """The backend sets this variable for the whole process; give it back as it was."""
    before = os.environ.get("MODAL_IMAGE_BUILDER_VERSION")
    yield
    os.environ.pop("MODAL_IMAGE_BUILDER_VERSION", None)
    if before is not None:
        os.environ["MODAL_IMAGE_BUILDER_VERSION"] = before
