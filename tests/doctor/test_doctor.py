"""What the doctor says: the state of this machine as it is, servers on the loopback, files as they are set."""

import json
import os
import re
import shutil
import sqlite3
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from golfer_tui import config
from golfer_tui.cli import main
from golfer_tui.doctor import Finding, demo_runs, examine, machine, remote
from golfer_tui.model.settings import LocalSettings, ModelSettings, Settings


class Server(HTTPServer):
    """Answers `/v1/models` as it is told, and keeps the headers that it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 200
        self.answer: object = {"data": [{"id": "m1"}, {"id": "m2"}]}
        self.redirect = ""
        self.seen: list[tuple[str, str | None]] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers["Authorization"]))
        self.send_response(302 if self.server.redirect else self.server.status)
        if self.server.redirect:
            self.send_header("Location", self.server.redirect)
        body = json.dumps(self.server.answer).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def endpoint(server: Server, name: str = "", **environ: str) -> Finding:
    return remote.endpoint(Settings(model=ModelSettings(base_url=server.base, name=name)), environ)


def test_a_server_that_answers(server: Server) -> None:
    assert endpoint(server, "m1", OPENAI_API_KEY="secret").state == "ok"
    assert server.seen == [("/v1/models", "Bearer secret")]


def test_a_server_without_the_model(server: Server) -> None:
    finding = endpoint(server, "m3")
    assert (finding.state, finding.hint) == ("warn", "It has m1, m2.")


def test_a_server_that_refuses_the_key(server: Server) -> None:
    server.status = 401
    finding = endpoint(server, OPENAI_API_KEY="secret")
    assert finding.state == "missing"
    assert "refuses the key" in finding.text
    assert "secret" not in str(finding)


@pytest.mark.parametrize(("status", "answer"), [(404, {}), (200, []), (200, {"data": [3]})])
def test_a_server_that_lists_nothing(server: Server, status: int, answer: object) -> None:
    server.status, server.answer = status, answer
    assert endpoint(server, "m1").state == "ok"


def test_the_key_does_not_follow_a_redirect(server: Server) -> None:
    other = Server()
    thread = threading.Thread(target=other.handle_request)
    thread.start()
    server.redirect = f"{other.base}/models"
    endpoint(server, OPENAI_API_KEY="secret")
    thread.join()
    other.server_close()
    assert other.seen == [("/v1/models", None)]


def test_a_server_that_is_not_there(server: Server) -> None:
    gone = Server()
    gone.server_close()
    finding = endpoint(gone)
    assert finding.state == "missing"
    assert "refused" in finding.text


@pytest.mark.parametrize("address", ["file:///etc/passwd", "localhost:8000", "http://[", "http://127.0.0.1:x/v1"])
def test_an_address_that_is_none(address: str) -> None:
    assert remote.endpoint(Settings(), {"OPENAI_BASE_URL": address}).state == "missing"


def test_no_server_is_tried_unasked() -> None:
    assert remote.endpoint(Settings(), {"OPENAI_API_KEY": "k"}).state == "ok"


def test_the_model() -> None:
    assert remote.model(Settings(), {}).state == "missing"
    assert remote.model(Settings(demo=True), {}).state == "ok"
    finding = remote.model(Settings(), {"OPENAI_API_KEY": "secret"})
    assert finding.state == "ok"
    assert "secret" not in finding.text


def test_modals_token(tmp_path: Path) -> None:
    path = tmp_path / "modal.toml"
    environ = {"MODAL_CONFIG_PATH": str(path)}
    assert remote.modal_token(Settings(), environ).state == "warn"
    assert remote.modal_token(Settings(backend="modal"), environ).state == "missing"
    path.write_text("not toml")
    assert remote.modal_token(Settings(), environ).state == "warn"
    path.write_text('[me]\ntoken_id = "ak-secret"\ntoken_secret = "as-secret"\nactive = true\n')
    finding = remote.modal_token(Settings(backend="modal"), environ)
    assert finding.state == "ok"
    assert "secret" not in str(finding)
    assert remote.modal_token(Settings(), {"MODAL_TOKEN_ID": "a", "MODAL_TOKEN_SECRET": "b"}).state == "ok"


async def test_the_store(tmp_path: Path) -> None:
    finding = await machine.store(tmp_path / "home")
    assert (finding.state, finding.text) == ("ok", f"0 sessions in {tmp_path / 'home'}")
    with sqlite3.connect(tmp_path / "home" / "golfer.db") as database:
        database.execute("PRAGMA user_version = 9999")
    database.close()
    finding = await machine.store(tmp_path / "home")
    assert (finding.state, finding.needed) == ("missing", True)
    (tmp_path / "file").write_text("")
    assert (await machine.store(tmp_path / "file")).state == "missing"


def test_isolation(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.isolation(Settings(local=LocalSettings(isolation="none"))).state == "warn"
    monkeypatch.setenv("PATH", "/nowhere")
    finding = machine.isolation(Settings())
    assert finding.state == "warn"
    assert "Install bubblewrap" in finding.hint


def test_emulator_and_python() -> None:
    finding = machine.emulator()
    assert finding.state == "ok"
    assert re.match(r"libghostty-vt \d+\.\d+\S*, by pyghostty \d+\.\d+\.\d+, ", finding.text)
    assert machine.python().state == "ok"


@pytest.mark.parametrize("error", [ImportError("No module named 'pyghostty'"), OSError("no such file: libghostty-vt")])
def test_a_platform_without_the_emulator(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        """Stands in for the module on a platform that has no wheel."""

        def __getattr__(self, name: str) -> object:
            raise error

    monkeypatch.setitem(sys.modules, "golfer_tui.terminal.ghostty", Broken())
    finding = machine.emulator()
    assert (finding.state, finding.needed) == ("missing", True)
    assert "there is no other" in finding.text
    assert "glibc" in finding.hint
    assert not demo_runs([finding])


def test_a_broken_skill(tmp_path: Path) -> None:
    (tmp_path / "skills").mkdir()
    (tmp_path / "skills" / "broken.md").write_text("no front matter")
    finding = machine.skills(tmp_path, Settings())
    assert finding.state == "warn"
    assert "broken.md" in finding.text


async def test_wrong_settings_are_a_finding_and_the_rest_is_still_told(tmp_path: Path) -> None:
    (tmp_path / "golfer.toml").write_text("colour = 1\n")
    findings = await examine(tmp_path, os.environ)
    assert findings[0].state == "missing"
    assert "unknown key colour" in findings[0].text
    assert not demo_runs(findings)
    names = ["settings", "python", "emulator", "store", "skills", "isolation", "gpus", "terminal"]
    assert [finding.name for finding in findings] == [*names, "model", "endpoint", "modal"]


def test_the_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, isolated: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert any(line.startswith("missing model ") for line in out.splitlines())
    assert "OPENAI_API_KEY" in out
    assert main(["doctor", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["state"] for row in rows} <= {"ok", "warn", "missing"}
    shutil.rmtree(config.home(os.environ))
    config.home(os.environ).write_text("in the way")
    assert main(["doctor"]) == 1
