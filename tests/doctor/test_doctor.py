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
from loopback.modal_plane.plane import ModalPlane
from tui.memory_keyring import memory_keyring

from golfer_tui import config
from golfer_tui.cli import main
from golfer_tui.config import servers
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

    def do_POST(self) -> None:
        self.do_GET()

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
    assert "cannot be reached: connection refused" in finding.text


@pytest.mark.parametrize("address", ["file:///etc/passwd", "localhost:8000", "http://[", "http://127.0.0.1:x/v1"])
def test_an_address_that_is_none(address: str) -> None:
    assert remote.endpoint(Settings(), {"OPENAI_BASE_URL": address}).state == "missing"


def test_no_server_is_tried_unasked() -> None:
    assert remote.endpoint(Settings(), {}).state == "ok"


def test_the_model() -> None:
    assert remote.model(Settings(), {}).state == "missing"
    assert remote.model(Settings(demo=True), {}).state == "ok"
    finding = remote.model(Settings(), {"OPENAI_API_KEY": "secret"})
    assert finding.state == "ok"
    assert "secret" not in finding.text


def test_modals_token(tmp_path: Path) -> None:
    path = tmp_path / "modal.toml"
    environ = {"MODAL_CONFIG_PATH": str(path)}
    assert remote.token_place(environ) == ""
    path.write_text("not toml")
    assert remote.token_place(environ) == ""
    path.write_text('[me]\ntoken_id = "ak-secret"\ntoken_secret = "as-secret"\nactive = true\n')
    assert remote.token_place(environ) == str(path)
    assert remote.token_place({"MODAL_TOKEN_ID": "a", "MODAL_TOKEN_SECRET": "b"}).startswith("MODAL_TOKEN_ID")


async def test_modal_is_asked_whether_it_takes_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await remote.modal(Settings(), {})).state == "warn"
    assert (await remote.modal(Settings(backend="modal"), {})).state == "missing"
    async with ModalPlane() as plane:
        for name, value in plane.environment.items():
            monkeypatch.setenv(name, value)
        finding = await remote.modal(Settings(), os.environ)
        assert (finding.state, finding.text) == ("ok", "Modal takes the token in MODAL_TOKEN_ID and MODAL_TOKEN_SECRET")
        monkeypatch.setenv("MODAL_TOKEN_SECRET", "as-wrong")
        finding = await remote.modal(Settings(backend="modal"), os.environ)
        assert finding.state == "missing"
        assert "refuses the token" in finding.text
        assert "as-wrong" not in str(finding)


def test_where_the_key_comes_from() -> None:
    settings = Settings(model=ModelSettings(base_url="http://127.0.0.1:1/v1", name="m"))
    with memory_keyring() as keys:
        assert remote.model(settings, {}).text == "m, without a key"
        keys.set_password("golfer", "http://127.0.0.1:1/v1", "sk-secret")
        assert remote.model(settings, {}).text == "m, with the key in the memory"
        assert remote.model(settings, {"OPENAI_API_KEY": "k"}).text == "m, with OPENAI_API_KEY"
        assert remote.model(Settings(), {}).state == "missing"
        assert remote.keyring() == Finding("keyring", "ok", "the memory can keep keys")
        keys.locked = True
        assert remote.model(settings, {}).text == "m, without a key"
    assert "secret" not in str(remote.model(settings, {}))


def test_a_kept_key_is_tried(server: Server) -> None:
    with memory_keyring() as keys:
        keys.set_password("golfer", server.base, "sk-kept")
        assert endpoint(server).state == "ok"
        server.status = 403
        assert "refuses the key (403)" in endpoint(server).text
    assert server.seen == [("/v1/models", "Bearer sk-kept")] * 2


@pytest.mark.parametrize(("status", "api"), [(400, "responses"), (200, "responses"), (404, "chat"), (405, "chat")])
def test_which_api_a_server_speaks(server: Server, status: int, api: str) -> None:
    server.status = status
    assert servers.spoken(server.base) == api
    assert server.seen == [("/v1/responses", None)]


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
    assert [finding.name for finding in findings] == [*names, "model", "endpoint", "keyring", "modal"]


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
