"""The Agents SDK on a local sandbox: a whole run of a `SandboxAgent`, and what of the SDK's inside we stand on."""

import inspect
import io
import json
from pathlib import Path

import pytest
from agents import RunConfig, Runner
from agents.sandbox import SandboxAgent, SandboxRunConfig
from agents.sandbox.capabilities import Filesystem, Shell
from agents.sandbox.errors import InvalidManifestPathError
from agents.sandbox.sandboxes.unix_local import UnixLocalSandboxClient, UnixLocalSandboxSession
from agents.testing import ScriptedModel
from openai.types.responses import (
    ResponseCustomToolCall,
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
)
from places import Place

from golfer_tui.sandboxes.local.files import ThreadedFiles
from golfer_tui.sandboxes.local.session import LocalSandboxSession
from golfer_tui.sandboxes.shell_calls import ShellCalls

PATCH = """*** Begin Patch
*** Add File: sub/hello.py
+print("hello from a patch")
*** End Patch"""
CHANGE = """*** Begin Patch
*** Update File: sub/hello.py
@@
-print("hello from a patch")
+print("changed by a patch")
*** End Patch"""


def call(name: str, number: int, **arguments: object) -> ResponseFunctionToolCall:
    return ResponseFunctionToolCall(
        type="function_call", name=name, call_id=f"call-{number}", arguments=json.dumps(arguments)
    )


def patch(number: int, text: str) -> ResponseCustomToolCall:
    return ResponseCustomToolCall(type="custom_tool_call", name="apply_patch", call_id=f"call-{number}", input=text)


def message(text: str) -> ResponseOutputMessage:
    content = ResponseOutputText(type="output_text", text=text, annotations=[])
    return ResponseOutputMessage(id="m", type="message", role="assistant", status="completed", content=[content])


async def test_an_agent_with_shell_and_files(place: Place) -> None:
    model = ScriptedModel(
        [
            [patch(1, PATCH)],
            [call("exec_command", 2, cmd="python3 hello.py", workdir="sub")],
            [patch(3, CHANGE)],
            [call("exec_command", 4, cmd="python3 sub/hello.py; cat; echo bye", tty=True, yield_time_ms=300)],
            [call("write_stdin", 5, session_id=1001, chars="typed\n\x04", yield_time_ms=5000)],
            [call("exec_command", 6, cmd="echo x", shell="/no/shell")],
            [message("done")],
        ]
    )
    agent = SandboxAgent(name="worker", model=model, capabilities=[Shell(), Filesystem()])
    config = RunConfig(sandbox=SandboxRunConfig(session=place.sandbox.session), tracing_disabled=True)
    result = await Runner.run(agent, "go", run_config=config)
    assert result.final_output == "done"
    outputs = [str(item.output) for item in result.new_items if item.type == "tool_call_output_item"]
    assert "hello from a patch" in outputs[1]
    assert "Process exited with code 0" in outputs[1]
    assert "changed by a patch" in outputs[3] + outputs[4]
    assert "typed" in outputs[4]
    assert "bye" in outputs[4]
    assert "exited with code 127" in outputs[5]
    assert [event.command for event in place.events[:2]] == ["python3 hello.py"] * 2
    assert b"hello from a patch\r\n" in place.printed
    # The run ends, the sandbox stays.
    assert await place.output("ls sub") == "hello.py\n"


async def test_files_go_through_the_workspace(place: Place, tmp_path: Path) -> None:
    session = place.sandbox.session
    await session.write(Path("notes/a.txt"), io.BytesIO(b"text"))
    with await session.read(Path("notes/a.txt")) as file:
        assert file.read() == b"text"
    await session.mkdir("more", parents=True)
    await session.mv("notes/a.txt", "more/b.txt")
    assert [Path(entry.path).name for entry in await session.ls("more")] == ["b.txt"]
    assert await session.same_file("more/b.txt", "more/../more/b.txt")
    await session.rm("more", recursive=True)
    assert await place.output("ls") == "notes\n"
    with pytest.raises(InvalidManifestPathError):
        await session.write(tmp_path / "outside.txt", io.BytesIO(b"no"))


def test_the_inside_of_the_sdk_is_as_we_know_it() -> None:
    """Fails when a new SDK renames or reshapes what `local/session.py` and `local/files.py` override or call."""
    known = {
        "_exec_internal": "(self, *command, timeout=None)",
        "_prepare_exec_command": "(self, *command, shell, user)",
        "_read_bounded": "(self, path, *, max_bytes)",
        "_write_new_file": "(self, path, data, *, user=None)",
        "pty_exec_start": "(self, *command, timeout=None, shell=True, user=None, tty=False, "
        "yield_time_s=None, max_output_tokens=None)",
        "pty_write_stdin": "(self, *, session_id, chars, yield_time_s=None, max_output_tokens=None)",
        "pty_terminate_all": "(self)",
        "running": "(self)",
        "supports_pty": "(self)",
        "ls": "(self, path, *, user=None)",
        "mkdir": "(self, path, *, parents=False, user=None)",
        "mv": "(self, source, destination, *, user=None)",
        "read": "(self, path, *, user=None)",
        "rm": "(self, path, *, recursive=False, user=None)",
        "same_file": "(self, left, right, *, follow_symlinks=True, user=None)",
        "write": "(self, path, data, *, user=None)",
    }
    for name, signature in known.items():
        assert shape(getattr(UnixLocalSandboxSession, name)) == signature, name
    wrap = shape(UnixLocalSandboxClient._wrap_session)
    assert wrap == "(self, inner, *, instrumentation=None)"
    ours = {name for kind in (LocalSandboxSession, ShellCalls, ThreadedFiles) for name in vars(kind)}
    overridden = {name for name in ours if inspect.isfunction(vars(UnixLocalSandboxSession).get(name))} - {"__init__"}
    assert overridden == set(known) - {"_prepare_exec_command"}


def shape(function: object) -> str:
    signature = inspect.signature(function)  # type: ignore[arg-type]
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


async def test_every_command_of_the_sdk_goes_through_the_keeper(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*arguments: object, **more: object) -> None:
        raise AssertionError("the SDK started a process of its own")

    monkeypatch.setattr("asyncio.create_subprocess_exec", refuse)
    assert (await place.sandbox.session.exec("echo ours")).stdout == b"ours\n"
    assert await place.output("echo ours") == "ours\n"
