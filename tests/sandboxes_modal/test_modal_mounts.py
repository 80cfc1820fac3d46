"""Buckets as folders of a sandbox: all three kinds, credentials both ways, and no secret on this machine's disk."""

from pathlib import Path

import pytest
from engine.small_scripts import hand, leader
from loopback.modal_plane.plane import ModalPlane

from golfer_tui.agents.scripted import ScriptedProvider
from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import SandboxError
from golfer_tui.model.profiles import MountSettings, ProfileSettings
from golfer_tui.model.settings import ModalSettings, Settings
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.sandboxes.contract import SandboxSpec
from golfer_tui.sandboxes.modal.backend import ModalBackend
from golfer_tui.terminal.tape import Tape

KEY, SECRET, TOKEN = "AKIA-the-key-id", "the/secret+access=key", "the-session-token"


@pytest.fixture
def buckets(plane: ModalPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three buckets on the plane, and the credentials in variables and in a secret at Modal."""
    folder = tmp_path / "buckets"
    for name in ("data", "models", "out"):
        (folder / name / "runs").mkdir(parents=True)
        (folder / name / "runs" / "name").write_text(name)
        plane.sandboxes.buckets[name] = folder / name
    plane.sandboxes.named_secrets["hmac"] = {"GOOGLE_ACCESS_KEY_ID": KEY, "GOOGLE_ACCESS_KEY_SECRET": SECRET}
    for variable, value in {"MY_KEY": KEY, "MY_SECRET": SECRET, "MY_TOKEN": TOKEN}.items():
        monkeypatch.setenv(variable, value)
    return folder


INLINE = {"key_variable": "MY_KEY", "secret_variable": "MY_SECRET"}
ALL = (
    MountSettings(bucket="data", path="/data", prefix="runs/", token_variable="MY_TOKEN", **INLINE),
    MountSettings(kind="gcs", bucket="models", path="/mnt/models", secret="hmac", secret_environment="lab"),
)
BIG = ProfileSettings(
    mounts=(MountSettings(kind="r2", bucket="out", path="/out", account="a1", read_only=False, **INLINE),)
)


async def test_workers_see_buckets_and_nothing_secret_is_stored(
    plane: ModalPlane, tmp_path: Path, buckets: Path
) -> None:
    settings = Settings(backend="modal", modal=ModalSettings(), mounts=ALL, workers={"big": BIG})
    home = tmp_path / "home"
    task = "cat /data/name /mnt/models/runs/name; touch /data/x || echo refused; echo made > /out/new; ls /out"
    async with Engine.open(settings, home=home, directory=tmp_path, provider=ScriptedProvider(leader, hand)) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("ada", task, profile="big")))
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("eva", "ls -d /out || echo none")))
        await engine.idle()
        summary = engine.state.workers["ada"].summary
        assert summary.startswith("datamodels")
        assert "refused" in summary
        assert summary.endswith("new\nruns")
        assert engine.state.workers["eva"].summary.endswith("none")
        # It goes on in a new sandbox, with what was kept and with its buckets.
        await engine.dispatch(cm.SendMessage("cat /out/new", worker="ada"))
        await engine.idle()
        assert engine.state.workers["ada"].summary == "made"
    assert (buckets / "out" / "new").read_text() == "made\n"
    first = next(call.request for call in plane.wire.calls if call.name == "SandboxCreate" and _worker(call) == "ada")
    data, models, out = first.definition.cloud_bucket_mounts
    assert (data.key_prefix, data.bucket_endpoint_url, data.read_only) == ("runs/", "", True)
    assert models.bucket_endpoint_url == "https://storage.googleapis.com"
    assert (out.bucket_endpoint_url, out.read_only) == ("https://a1.r2.cloudflarestorage.com", False)
    held = [plane.sandboxes.secrets[mount.credentials_secret_id] for mount in (data, models, out)]
    aws = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    assert held == [aws | {"AWS_SESSION_TOKEN": TOKEN}, plane.sandboxes.named_secrets["hmac"], aws]
    [named] = {
        c.request.environment_name for c in plane.wire.calls if getattr(c.request, "deployment_name", "") == "hmac"
    }
    assert named == "lab"
    files = [path for path in home.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        assert not any(secret.encode() in content for secret in (KEY, SECRET, TOKEN)), path


@pytest.mark.usefixtures("buckets")
@pytest.mark.parametrize(
    ("mount", "code", "said"),
    [
        (
            MountSettings(bucket="b", path="/b", key_variable="NOT_SET", secret_variable="MY_SECRET"),
            "mount.variable",
            "NOT_SET",
        ),
        (MountSettings(bucket="data", path="/b", secret="nosuch"), "modal.error", "nosuch"),
        (MountSettings(bucket="nosuch", path="/b"), "modal.error", "Cannot mount the bucket nosuch"),
    ],
)
async def test_a_bucket_that_cannot_be_mounted(
    plane: ModalPlane, tmp_path: Path, mount: MountSettings, code: str, said: str
) -> None:
    backend = ModalBackend(ModalSettings(), mounts=(mount,))
    try:
        with pytest.raises(SandboxError, match=said) as caught:
            await backend.create(SandboxSpec("s", "ada", str(tmp_path)), Tape(), lambda event: None)
        assert caught.value.code == code
        assert plane.alive == []
    finally:
        await backend.close()


def _worker(call: object) -> str:
    tags = {tag.tag_name: tag.tag_value for tag in call.request.tags}  # type: ignore[attr-defined]
    return tags["golfer-worker"]
