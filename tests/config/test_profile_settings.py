"""`[workers.NAME]`, `[[mounts]]` and `--set`: each wrong combination is one sentence that names the place."""

from pathlib import Path

import pytest

from golfer_tui import config
from golfer_tui.cli.options import ASSIGNED, limits_from, settings_from
from golfer_tui.model.errors import UsageError
from golfer_tui.model.profiles import MountSettings, ProfileSettings
from golfer_tui.model.settings import Settings

BUCKET = '[[mounts]]\nbucket = "b"\npath = "/b"\n'


def load(folder: Path, text: str, project: str = "", **variables: str) -> Settings:
    own = folder / "own.toml"
    own.write_text(text)
    (folder / "golfer.toml").write_text(project)
    return config.load(folder, {"GOLFER_CONFIG": str(own), **variables})


def test_profiles_and_buckets_are_read(tmp_path: Path) -> None:
    text = '[workers.big]\ngpu = "H100:2"\ncpu = 2\n[[workers.big.mounts]]\nbucket = "c"\npath = "/c"\n' + BUCKET
    settings = load(tmp_path, text, project="[workers.small]\nexposed_ports = [8000]\n")
    assert settings.mounts == (MountSettings(bucket="b", path="/b"),)
    big = ProfileSettings(gpu="H100:2", cpu=2.0, mounts=(MountSettings(bucket="c", path="/c"),))
    assert settings.workers == {"big": big, "small": ProfileSettings(exposed_ports=(8000,))}


def test_variables_hold_them_as_json(tmp_path: Path) -> None:
    settings = load(
        tmp_path, "", GOLFER_WORKERS='{"a": {"gpu": "T4"}}', GOLFER_MOUNTS='[{"bucket": "b", "path": "/b"}]'
    )
    assert settings.workers == {"a": ProfileSettings(gpu="T4")}
    assert settings.mounts == (MountSettings(bucket="b", path="/b"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[workers.big]\ngppu = "H100"', "own.toml: workers.big: unknown key gppu. Known here: gpu, "),
        ('[workers.big]\ncpu = "many"', "workers.big: cpu cannot be 'many'. It takes a number above 0"),
        ('[workers.big]\ngpu = "H100:none"', "workers.big.gpu: 'H100:none' is no GPU request"),
        ("workers = 3", "workers cannot be 3. It takes tables such as [workers.big]"),
        ("[workers]\nbig = 3", "workers.big cannot be 3. It takes a table: write [workers.big]"),
        ("mounts = 3", "mounts cannot be 3. It takes tables: write [[mounts]]"),
        ('[[mounts]]\nbucket = "b"', "mounts number 1: path is missing"),
        (BUCKET + 'kind = "azure"', "kind cannot be 'azure'. It takes gcs or r2 or s3"),
        (BUCKET.replace('"/b"', '"b"'), "path must be absolute"),
        (BUCKET + 'secret = "s"\nkey_variable = "K"\nsecret_variable = "V"', "not from both"),
        (BUCKET + 'key_variable = "K"', "go together"),
        (BUCKET + 'token_variable = "K"', "token_variable needs"),
        (BUCKET + 'secret_environment = "lab"', "secret_environment needs secret"),
        (BUCKET + 'account = "a"', "account is for r2 only"),
        (BUCKET + 'kind = "r2"', "r2 needs account, or endpoint"),
        (BUCKET + 'kind = "r2"\naccount = "a"\nprefix = "x"', "r2 takes no prefix"),
        (BUCKET + 'kind = "r2"\naccount = "a"\nendpoint = "x"', "account or endpoint, not both"),
        (BUCKET + 'kind = "gcs"', "gcs needs secret, or key_variable and secret_variable"),
        (BUCKET + 'kind = "gcs"\nkey_variable = "K"\nsecret_variable = "V"\ntoken_variable = "T"', "for s3 only"),
        (BUCKET.replace("/b", "/workspace/b"), "the bucket b at /workspace/b and the workspace at /workspace lie in"),
        (BUCKET + BUCKET.replace("/b", "/b/c/"), "the bucket b at /b/c and the bucket b at /b lie in each other"),
        (
            'backend = "modal"\n' + BUCKET + 'key_variable = "NO_KEY"\nsecret_variable = "NO_SECRET"',
            "the bucket b takes its credentials from NO_KEY, which is not set",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    assert said in str(caught.value)


def test_a_project_mounts_no_buckets_with_a_persons_keys(tmp_path: Path) -> None:
    for project in (BUCKET, BUCKET.replace("mounts", "workers.big.mounts")):
        with pytest.raises(UsageError, match="a project may not decide that") as caught:
            load(tmp_path, "", project=project)
        assert caught.value.code == "settings.personal"


def test_any_setting_is_a_flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOLFER_CONFIG", str(tmp_path / "own.toml"))
    (tmp_path / "own.toml").write_text("[modal]\ntimeout = 5\ncpu = 1\n")
    flags = {ASSIGNED: {"modal.timeout": "3600", "modal.exposed_ports": "8000,6006", "pool.max_gpus": "3"}}
    settings = settings_from(limits=flags)
    assert (settings.modal.timeout, settings.modal.exposed_ports, settings.modal.cpu) == (3600, (8000, 6006), 1.0)
    limits = limits_from(settings, flags)
    assert limits is not None
    assert limits.max_gpus == 3
    for wrong, said in {"modal.timeuot": "Did you mean modal.timeout", "modal.cpu": "cannot be 'x'"}.items():
        with pytest.raises(UsageError, match=said):
            settings_from(limits={ASSIGNED: {wrong: "x"}})
