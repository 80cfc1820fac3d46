"""No test sees the person's own settings, keys or sessions, and none can leave something in their home."""

import itertools
import os
from pathlib import Path

import pytest

FOREIGN = ("OPENAI_", "MODAL_", "GOLFER_", "XDG_")
PROXIES = ("http_proxy", "https_proxy", "all_proxy")

_numbers = itertools.count()


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tests' homes lie: folders of their own, so that `tmp_path` stays empty."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def isolated(homes: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """Give the test a home of its own, with `GOLFER_HOME` in it, and no keys, tokens, proxies or keyring around it.

    Tests marked `modal` keep Modal's variables and the home in which its token may lie.
    """
    home = homes / str(next(_numbers))
    home.mkdir()
    real = request.node.get_closest_marker("modal") is not None
    for name in os.environ:
        if (name.startswith(FOREIGN) and not (real and name.startswith("MODAL_"))) or name.lower() in PROXIES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("GOLFER_HOME", str(home / "golfer"))
    # Whatever terminal the tests are started on.
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    if not real:
        monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    return home
