"""The strict checks catch what they are for, and say what to do. One inner run of pytest tells for all of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent

SAMPLE = """
import asyncio, os, socket, subprocess, sys, threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from golfer_tui.model import settings

KEPT = []

def as_ours(source):
    names = {}
    exec(compile(source, settings.__file__, "exec"), names)
    return names

async def test_task():
    KEPT.append(asyncio.create_task(asyncio.sleep(3600), name="sleeper"))

async def test_ending_task():
    KEPT.append(asyncio.create_task(asyncio.sleep(0.05)))

def test_process():
    KEPT.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"]))

def test_zombie():
    KEPT.append(subprocess.Popen(["true"]))

async def test_awaited_process():
    assert await (await asyncio.create_subprocess_exec("true")).wait() == 0

def test_thread():
    KEPT.append(ThreadPoolExecutor(1))
    KEPT[-1].submit(int).result()

async def test_default_executor():
    await asyncio.to_thread(int)

def test_network():
    with pytest.raises(OSError):
        socket.create_connection(("192.0.2.1", 80))

def test_name():
    with pytest.raises(OSError):
        socket.getaddrinfo("somewhere.example", 80)

def test_loopback():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()

async def test_blocking():
    as_ours("import os; os.stat('/')")

async def test_blocking_in_a_thread():
    await asyncio.to_thread(as_ours, "import os; os.stat('/')")

async def test_blocking_in_a_library():
    async def library():
        os.stat("/")
    await as_ours("async def call(library): await library()")["call"](library)

def test_environment():
    assert not {"OPENAI_API_KEY", "MODAL_TOKEN_ID", "GOLFER_BACKEND", "https_proxy"} & set(os.environ)
    assert Path.home().name == os.environ["HOME"].rpartition("/")[2]
    assert Path(os.environ["GOLFER_HOME"]).parent == Path.home()
    assert not Path(os.environ["GOLFER_HOME"]).exists()
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What an inner run of pytest over `SAMPLE` prints, with the person's keys in its environment."""
    folder = tmp_path_factory.mktemp("inner")
    source = (TESTS / "conftest.py").read_text()
    impatient = "from strictness import leaks\nleaks.GRACE = 0.3\n"
    (folder / "conftest.py").write_text(f"import sys\nsys.path.insert(0, {str(TESTS)!r})\n{source}\n{impatient}")
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\nmarkers = modal\n")
    (folder / "test_sample.py").write_text(SAMPLE)
    keys = {"OPENAI_API_KEY": "sk-person", "MODAL_TOKEN_ID": "x", "GOLFER_BACKEND": "modal", "https_proxy": "http://x"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--tb=short", "-rA", "-q"],
        cwd=folder,
        env={"PATH": os.defpath, **keys},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("test_task", "sleeper: sleep"),
        ("test_process", "child processes left"),
        ("test_zombie", "nobody waited for it"),
        ("test_thread", "threads left"),
        ("test_network", "tried to reach 192.0.2.1"),
        ("test_name", "tried to reach somewhere.example"),
    ],
)
def test_leaks_fail_their_test(report: str, name: str, message: str) -> None:
    assert f"ERROR test_sample.py::{name} " in report
    assert message in report


def test_blocking_our_loop_fails(report: str) -> None:
    assert "FAILED test_sample.py::test_blocking " in report
    assert "Blocking call to os.stat" in report


@pytest.mark.parametrize(
    "name",
    [
        "test_ending_task",
        "test_awaited_process",
        "test_default_executor",
        "test_loopback",
        "test_blocking_in_a_thread",
        "test_blocking_in_a_library",
        "test_environment",
    ],
)
def test_what_is_allowed_passes(report: str, name: str) -> None:
    assert f"PASSED test_sample.py::{name}\n" in report
    assert f"ERROR test_sample.py::{name} " not in report
