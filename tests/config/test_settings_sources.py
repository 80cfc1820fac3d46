"""Where settings come from and in which order, and what a wrong one says. Real files, real variables."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui import config
from golfer_tui.config.check import KEYS, nest
from golfer_tui.config.sources import variable
from golfer_tui.model.errors import UsageError
from golfer_tui.model.settings import Settings


@pytest.fixture
def here(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Variables that keep the settings of whoever runs the tests out."""
    user = tmp_path / "user.toml"
    user.write_text("")
    return {"GOLFER_CONFIG": str(user)}


def write(folder: Path, text: str) -> Path:
    path = folder / "golfer.toml"
    path.write_text(text)
    return path


def test_without_any_source_the_defaults_hold(here: Path, environ: dict[str, str]) -> None:
    assert config.load(here, environ) == Settings()


def test_each_source_wins_over_the_one_below_it(here: Path, environ: dict[str, str]) -> None:
    user = Path(environ["GOLFER_CONFIG"])
    user.write_text('theme = "user"\n[model]\nname = "user"\nworker = "user"\nbase_url = "http://user"\n')
    assert config.load(here, environ).model.name == "user"
    write(here, '[model]\nname = "here"\nworker = "here"\n')
    environ["GOLFER_MODEL__NAME"] = "variable"
    assert config.load(here, environ).model.name == "variable"
    settings = config.load(here, environ, {"model.name": "flag", "backend": None})
    assert (settings.model.name, settings.model.worker, settings.model.base_url, settings.theme) == (
        "flag",
        "here",
        "http://user",
        "user",
    )


def test_variables_carry_every_kind_of_value(here: Path, environ: dict[str, str]) -> None:
    environ |= {
        "GOLFER_BACKEND": "modal",
        "GOLFER_DEMO": "1",
        "GOLFER_THEME": "",
        "GOLFER_SKILLS": "guides, ~/more",
        "GOLFER_POOL__MAX_GPUS": "8",
        "GOLFER_POOL__GPUS": "H100=4, a100-80gb=2",
        "GOLFER_LOCAL__PASS_ENVIRONMENT": "HF_HOME,LANG",
        "GOLFER_MODAL__CPU": "2.5",
        "GOLFER_HOME": "/nowhere",
        "OTHER_VARIABLE": "x",
    }
    settings = config.load(here, environ)
    assert (settings.backend, settings.demo, settings.theme) == ("modal", True, "")
    assert settings.skills == (str(here / "guides"), str(Path.home() / "more"))
    assert (settings.pool.max_gpus, settings.pool.gpus) == (8, {"H100": 4, "A100-80GB": 2})
    assert settings.local.pass_environment == ("HF_HOME", "LANG")
    assert settings.modal.cpu == 2.5


def test_folders_of_skills_are_meant_from_the_file_that_names_them(here: Path, environ: dict[str, str]) -> None:
    write(here, 'skills = ["guides"]')
    assert config.load(here, environ).skills == (str(here / "guides"),)
    (here / "golfer.toml").unlink()
    user = Path(environ["GOLFER_CONFIG"])
    user.write_text('skills = ["guides"]')
    assert config.load(here, environ).skills == (str(user.parent / "guides"),)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("[pool]\nmax_gpu = 1", "unknown", ": unknown key pool.max_gpu. Did you mean pool.max_gpus?"),
        ("max_gpus = 1", "unknown", ": unknown key max_gpus. Did you mean pool.max_gpus?"),
        ("colour = 1", "unknown", ": unknown key colour. Known here: approvals, backend, background_timeout, demo, "),
        ("[pool]\nzzz = 1", "unknown", ": unknown key pool.zzz. Known here: pool.gpus, pool.idle_gpu_minutes, "),
        ("pool = 3", "value", ": pool is a table. Write [pool] on a line."),
        ('backend = "docker"', "value", ": backend cannot be 'docker'. It takes local or modal."),
        (
            "[pool]\nmax_gpus = -1",
            "value",
            ": pool.max_gpus cannot be -1. It takes a whole number from 0 to 2147483647.",
        ),
        ("[pool]\nmax_gpus = true", "value", ": pool.max_gpus cannot be True."),
        ("[pool]\nmax_local = 0", "value", ": pool.max_local cannot be 0. It takes a whole number from 1 to"),
        ("[modal]\ncpu = nan", "value", ": modal.cpu cannot be nan. It takes a number above 0 and up to 1024."),
        (
            '[pool.gpus]\n"H100:8" = 1',
            "value",
            ": pool.gpus cannot be {'H100:8': 1}. It takes types of GPU with counts",
        ),
        ("demo = 1", "value", ": demo cannot be 1. It takes true or false."),
        ('skills = "a"', "value", ": skills cannot be 'a'. It takes a list of texts"),
        ("theme = 3", "value", ": theme cannot be 3. It takes a text."),
        ("backend = 'local'\n[pool\n", "malformed", ", line 2, column 6: "),
        ('theme = "x', "malformed", ", line 1: Unterminated string."),
        ("a = " + "[" * 5000, "malformed", ": the values are nested too deeply."),
    ],
)
def test_a_wrong_file_is_one_line_with_file_and_key(
    here: Path, environ: dict[str, str], text: str, code: str, said: str
) -> None:
    path = write(here, text)
    with pytest.raises(UsageError) as caught:
        config.load(here, environ)
    assert caught.value.code == f"settings.{code}"
    assert caught.value.exit_code == 2
    assert f"{path}{said}" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("rm (", "'rm (' is no regular expression: missing ): rm (."),
        ("(?=x)", "'(?=x)' is no regular expression: "),
        ("", "'' is no regular expression: it has 0 characters, and 1 to 1000 are allowed."),
    ],
)
def test_a_pattern_that_is_none_is_named(here: Path, environ: dict[str, str], wrong: str, said: str) -> None:
    own = here / "own.toml"
    own.write_text(f"[approvals]\ncommands = ['git push', '{wrong}']")
    with pytest.raises(UsageError) as caught:
        config.load(here, {**environ, "GOLFER_CONFIG": str(own)})
    assert caught.value.code == "approvals.pattern"
    assert caught.value.message.startswith(f"{own}: approvals.commands: {said}")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GOLFER_MAX_GPUS", "1", "The variable GOLFER_MAX_GPUS is no setting. Did you mean GOLFER_POOL__MAX_GPUS?"),
        ("GOLFER_MODEL", "gpt", "The variable GOLFER_MODEL is no setting."),
        ("GOLFER_BACKEND", "docker", "The variable GOLFER_BACKEND cannot be 'docker'. It takes local or modal."),
        ("GOLFER_POOL__MAX_GPUS", "many", "The variable GOLFER_POOL__MAX_GPUS cannot be 'many'."),
        ("GOLFER_POOL__GPUS", "H100", "such as H100=4,A100=2."),
        ("GOLFER_DEMO", "perhaps", "It takes true or false."),
    ],
)
def test_a_wrong_variable_is_named(here: Path, environ: dict[str, str], name: str, value: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        config.load(here, environ | {name: value})
    assert said in str(caught.value)


def test_files_that_cannot_be_read(here: Path, environ: dict[str, str], tmp_path: Path) -> None:
    (here / "golfer.toml").mkdir()
    with pytest.raises(UsageError, match="is not a file"):
        config.load(here, environ)
    (here / "golfer.toml").rmdir()
    (here / "golfer.toml").write_bytes(b"theme = 'x'\n# \xff\n")
    with pytest.raises(UsageError, match=r"golfer\.toml, line 2: not UTF-8"):
        config.load(here, environ)
    (here / "golfer.toml").write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(UsageError, match="more than"):
        config.load(here, environ)
    (here / "golfer.toml").write_bytes("\ufefftheme = 'x'\n".encode())
    assert config.load(here, environ).theme == "x"
    with pytest.raises(UsageError, match="does not exist"):
        config.load(here, {"GOLFER_CONFIG": str(tmp_path / "none.toml")})


def test_the_user_file_lies_in_the_platforms_folder(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = config.files(here, {})[1]
    path.parent.mkdir(parents=True)
    path.write_text('theme = "mine"')
    assert config.load(here, {}).theme == "mine"


def test_home_moves_with_its_variable(tmp_path: Path) -> None:
    assert config.home({"GOLFER_HOME": str(tmp_path)}) == tmp_path
    assert config.home({"GOLFER_HOME": "~/x"}) == Path.home() / "x"
    assert config.home({"GOLFER_HOME": "relative"}).is_absolute()
    assert config.home({"GOLFER_HOME": ""}).name == "golfer"


def test_when_a_model_can_be_asked(here: Path, environ: dict[str, str]) -> None:
    def problem(**variables: str) -> str | None:
        own = {"OPENAI_API_KEY", "OPENAI_BASE_URL"}
        settings = config.load(here, environ | {k: v for k, v in variables.items() if k not in own})
        return config.model_problem(settings, variables)

    assert "OPENAI_API_KEY" in (problem() or "")
    assert "OPENAI_API_KEY" in (problem(OPENAI_API_KEY="") or "")
    assert problem(GOLFER_DEMO="1") is None
    assert problem(OPENAI_API_KEY="k") is None
    assert "--model" in (problem(OPENAI_BASE_URL="http://127.0.0.1:1") or "")
    assert problem(OPENAI_BASE_URL="http://127.0.0.1:1", GOLFER_MODEL__NAME="m") is None
    assert problem(GOLFER_MODEL__BASE_URL="http://127.0.0.1:1", GOLFER_MODEL__NAME="m") is None


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=4))
def test_any_variable_gives_settings_or_a_usage_error(variables: dict[str, str]) -> None:
    environ = {f"GOLFER_{name}": value for name, value in variables.items()} | {"GOLFER_CONFIG": "/dev/null/none"}
    with pytest.raises(UsageError):  # at the latest because that file does not exist
        config.load(Path("/dev/null"), environ)


@given(st.sampled_from(sorted(KEYS)), st.one_of(st.text(max_size=12), st.integers(), st.booleans(), st.none()))
def test_any_flag_gives_settings_or_a_usage_error(key: str, value: object) -> None:
    error: UsageError | None = None
    try:
        config.load(Path("/dev/null"), {"GOLFER_CONFIG": "/dev/null"}, {key: value})
    except UsageError as caught:
        error = caught
    assert error is None or error.code == "settings.value"
    assert error is None or key in str(error) or "--" in str(error)


@given(st.sampled_from(sorted(KEYS)))
def test_keys_and_variables_name_each_other(key: str) -> None:
    assert variable(key).removeprefix("GOLFER_").lower().replace("__", ".") == key
    assert nest({key: 1})


@pytest.mark.parametrize(
    "line",
    [
        '[model]\nbase_url = "https://elsewhere.example/v1"',
        "[model]\ntracing = true",
        '[local]\nisolation = "none"',
        '[local]\npass_environment = ["AWS_SECRET_ACCESS_KEY"]',
        "[approvals]\nspawn_gpus = 64",
    ],
)
def test_a_project_does_not_decide_for_the_person(tmp_path: Path, line: str) -> None:
    own = tmp_path / "own.toml"
    (tmp_path / "golfer.toml").write_text(line)
    with pytest.raises(UsageError) as caught:
        config.load(tmp_path, {"GOLFER_CONFIG": str(own)} if own.exists() else {}, {})
    assert caught.value.code == "settings.personal"
    assert str(tmp_path / "golfer.toml") in caught.value.message
    (tmp_path / "golfer.toml").unlink()
    own.write_text(line)
    config.load(tmp_path, {"GOLFER_CONFIG": str(own)}, {})


def test_a_project_may_name_a_server_on_this_machine(tmp_path: Path) -> None:
    (tmp_path / "golfer.toml").write_text('[model]\nbase_url = "http://127.0.0.1:8000/v1"\nname = "m"')
    assert config.load(tmp_path, {}, {}).model.base_url == "http://127.0.0.1:8000/v1"
