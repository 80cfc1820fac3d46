"""A key in the system's keyring serves every command that asks a model: whole processes, with no key around them."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from attach.hosted import MODEL
from loopback.openai_server import KEY, LoopbackOpenAI

GOLFER = str(Path(sys.executable).with_name("golfer"))
PATIENCE = 60


async def call(*arguments: str, cwd: Path) -> str:
    """Run it to its end, which is a good one; returns what it printed."""
    process = await asyncio.create_subprocess_exec(
        GOLFER, *arguments, cwd=cwd, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert KEY not in (out + err).decode()
    return out.decode()


async def test_a_kept_key_serves_a_run_and_the_doctor_finds_it(
    openai_server: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({openai_server.url: KEY}))
    for name, value in {
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "PYTHON_KEYRING_BACKEND": "cli.kept_key.Kept",
        "KEPT_KEYS": str(keys),
        "GOLFER_MODEL__BASE_URL": openai_server.url,
        "GOLFER_MODEL__NAME": MODEL,
    }.items():
        monkeypatch.setenv(name, value)
    assert "first words" in await call("run", "--prompt", "first words", cwd=tmp_path)
    findings = [json.loads(line) for line in (await call("doctor", "--json", cwd=tmp_path)).splitlines()]
    told = {finding["name"]: (finding["state"], finding["text"]) for finding in findings}
    assert told["model"] == ("ok", f"{MODEL}, with the key in the test's")
    assert told["endpoint"] == ("ok", f"{openai_server.url} answers")
    assert told["keyring"] == ("ok", "the test's can keep keys")
    stored = [path for path in Path(os.environ["GOLFER_HOME"]).rglob("*") if path.is_file()]
    assert stored
    assert [path for path in stored if KEY.encode() in path.read_bytes()] == []
