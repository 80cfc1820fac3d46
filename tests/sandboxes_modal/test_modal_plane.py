"""The loopback plane serves the unmodified `modal` client and the SDK's own Modal sandboxes."""

import asyncio
import io
import time
from collections.abc import AsyncIterator
from pathlib import Path

import modal
import pytest
from agents.extensions.sandbox.modal import ModalImageSelector, ModalSandboxClient, ModalSandboxClientOptions
from agents.sandbox.manifest import Manifest
from loopback.modal_plane.plane import ModalPlane
from modal_rig import until

ROOT = Manifest(root="/workspace")


@pytest.fixture
async def client(plane: ModalPlane) -> AsyncIterator[modal.Client]:
    """Modal's client, closed after the test."""
    client = await modal.Client.from_env.aio()
    yield client
    await client._close.aio()


async def raw(**options: object) -> modal.Sandbox:
    app = await modal.App.lookup.aio("raw", create_if_missing=True)
    return await modal.Sandbox.create.aio(app=app, image=modal.Image.debian_slim(), **options)  # type: ignore[arg-type]


@pytest.mark.usefixtures("client")
async def test_the_sdk_creates_resumes_and_deletes(plane: ModalPlane) -> None:
    sdk = ModalSandboxClient(image=ModalImageSelector.from_tag("debian:12"))
    session = await sdk.create(manifest=ROOT, options=ModalSandboxClientOptions("sdk", exposed_ports=(8000,)))
    await session.start()
    await session.write(Path("a.txt"), io.BytesIO(b"x" * 100_000))
    assert len(await session._inner._read_bounded(Path("a.txt"), max_bytes=70_000)) == 70_000
    assert (await session.exec("echo out; echo err >&2; exit 4")).exit_code == 4
    started = await session.pty_exec_start("read x; echo got $x", tty=True, yield_time_s=0.3)
    ended = await session.pty_write_stdin(session_id=started.process_id or 0, chars="yes\n", yield_time_s=5)
    assert b"got yes" in started.output + ended.output
    state = sdk.deserialize_session_state(sdk.serialize_session_state(session.state))
    again = await sdk.resume(state)
    await again.start()
    assert (await again.read(Path("a.txt"))).read() == b"x" * 100_000
    assert await again.running()
    await sdk.delete(again)
    await until(lambda: plane.alive == [])
    assert plane.wire.count("SandboxCreate") == 1
    for each in (session, again):
        await each._inner._sandbox.detach.aio()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("client")
async def test_tags_lists_and_ends(plane: ModalPlane) -> None:
    made = [await raw(tags={"n": str(number % 2)}, timeout=60) for number in range(12)]
    odd = {sandbox.object_id async for sandbox in modal.Sandbox.list.aio(tags={"n": "1"})}
    assert odd == {sandbox.object_id for sandbox in made[1::2]}
    assert plane.wire.count("SandboxList") == 2
    everything = {sandbox.object_id async for sandbox in modal.Sandbox.list.aio()}
    assert len(everything) == 12, "over two pages"
    await asyncio.gather(*(sandbox.terminate.aio() for sandbox in made))
    assert [await sandbox.poll.aio() for sandbox in made[:2]] == [137, 137]
    assert [sandbox async for sandbox in modal.Sandbox.list.aio()] == []


@pytest.mark.usefixtures("client")
async def test_an_idle_sandbox_ends_and_a_busy_one_does_not(plane: ModalPlane) -> None:
    idle, busy = await raw(idle_timeout=1), await raw(idle_timeout=1)
    await busy.exec.aio("sleep", "300")
    with pytest.raises(modal.exception.SandboxTimeoutError):
        await idle.wait.aio()
    assert await busy.poll.aio() is None
    await busy.terminate.aio()
    await busy.detach.aio()


@pytest.mark.usefixtures("client")
async def test_a_sandbox_sees_its_own_files_and_processes_only(plane: ModalPlane) -> None:
    one, two = await raw(), await raw()
    writing = await one.exec.aio("sh", "-c", "echo secret > /tmp/s; sleep 301 & echo done")
    await writing.wait.aio()
    look = "ls /tmp; cat /proc/[0-9]*/cmdline | tr '\\0' ' '; touch /usr/x 2>/dev/null || echo no"
    looking = await two.exec.aio("sh", "-c", look)
    seen = await looking.stdout.read.aio()
    assert "secret" not in seen
    assert "sleep 301" not in seen
    assert seen.endswith("no\n")
    for sandbox in (one, two):
        await sandbox.terminate.aio()
        await sandbox.detach.aio()


async def test_latency_is_added(plane: ModalPlane, client: modal.Client) -> None:
    plane.wire.latency = 0.2
    before = time.monotonic()
    await modal.App.lookup.aio("slow", create_if_missing=True)
    assert time.monotonic() - before >= 0.2


async def test_a_wrong_token_is_refused(plane: ModalPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODAL_TOKEN_SECRET", "as-wrong")
    client = await modal.Client.from_env.aio()
    with pytest.raises(modal.exception.AuthError):
        await modal.App.lookup.aio("x", create_if_missing=True)
    await client._close.aio()
