"""For every test of the cockpit: style sheets are parsed once; and the camera, for those that take pictures."""

from collections.abc import Iterator

import pytest
from syrupy.assertion import SnapshotAssertion
from tui.camera import SIZES, Camera, in_utc, parsed_once


@pytest.fixture(autouse=True, scope="session")
def _style_sheets() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        parsed_once(patch)
        yield


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def camera(
    request: pytest.FixtureRequest, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Camera]:
    """At each of the sizes; the test fails at its end with all that has moved."""
    yield from _taking(Camera(request.param, snapshot), monkeypatch)


def _taking(camera: Camera, patch: pytest.MonkeyPatch) -> Iterator[Camera]:
    clock = in_utc(patch)
    next(clock)
    yield camera
    next(clock, None)
    if camera.wrong:
        told = "\n\n".join(camera.wrong)
        pytest.fail(f"{told}\n\nIf this is meant: --snapshot-update, and look at what changed.", pytrace=False)
