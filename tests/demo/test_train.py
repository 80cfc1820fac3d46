"""The demo's training, for real: `train.py` as a person or a worker runs it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from golfer_tui.experiments.leaderboard import rank
from golfer_tui.experiments.metrics import MetricReader
from golfer_tui.skills.library import built_in

SKILL = built_in() / "mini-golf"
QUICK = ("--steps", "25", "--val-every", "0")


class Played:
    """A finished run."""

    def __init__(self, folder: Path, *flags: str) -> None:
        done = subprocess.run(
            [sys.executable, "-B", str(SKILL / "train.py"), *flags],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        self.code, self.log, self.said = done.returncode, done.stdout, done.stderr

    @property
    def result(self) -> dict[str, Any]:
        last = self.log.splitlines()[-1]
        assert last.startswith("RESULT ")
        return dict(json.loads(last.removeprefix("RESULT ")))


def test_a_run_is_the_same_again(tmp_path: Path) -> None:
    first, second = Played(tmp_path, *QUICK), Played(tmp_path, *QUICK, "--out", "second.z")
    assert first.code == second.code == 0
    assert first.said == ""
    assert first.result["val_bpb"] == second.result["val_bpb"]
    assert (tmp_path / "mini_golf_model.z").read_bytes() == (tmp_path / "second.z").read_bytes()


@pytest.mark.parametrize(
    "flags",
    ["--order 2", "--discount 0.7", "--lower novel", "--gates spread", "--lr 1", "--momentum 0.9", "--warmdown 0.5",
     "--bits 2", "--prune 2", "--prune 2 --prune-from 2", "--calibrate 8 --bits 2", "--match 5",
     "--match 5 --match-weight 0.3", "--match 5 --recent 60", "--seed 7"],
)  # fmt: skip
def test_every_knob_changes_the_score(tmp_path: Path, flags: str, quick_score: float) -> None:
    run = Played(tmp_path, *QUICK, *flags.split())
    assert run.code == 0
    assert run.result["val_bpb"] != quick_score


@pytest.fixture(scope="module")
def quick_score(tmp_path_factory: pytest.TempPathFactory) -> float:
    return float(Played(tmp_path_factory.mktemp("quick"), *QUICK).result["val_bpb"])


def test_the_log_reads_like_the_real_ones(tmp_path: Path) -> None:
    run = Played(tmp_path, "--steps", "20", "--val-every", "10")
    assert re.search(r"^step:10/20 train_loss:\d\.\d{4} train_time:\d+ms step_avg:\d+\.\d\dms$", run.log, re.MULTILINE)
    assert re.search(r"^step:20/20 val_loss:\d\.\d{4} val_bpb:\d\.\d{4} train_time:\d+ms ", run.log, re.MULTILINE)
    assert re.search(r"^final_roundtrip_exact val_loss:\d\.\d{8} val_bpb:\d\.\d{8}$", run.log, re.MULTILINE)
    sizes = dict(
        re.findall(
            r"^(Code size|Serialized model int4\+zlib|Total submission size int4\+zlib): (\d+)", run.log, re.MULTILINE
        )
    )
    assert int(sizes["Serialized model int4+zlib"]) == (tmp_path / "mini_golf_model.z").stat().st_size
    assert int(sizes["Code size"]) == sum(file.stat().st_size for file in SKILL.glob("*.py"))
    assert run.result["bytes"] == sum(int(sizes[name]) for name in sizes if not name.startswith("Total"))
    metrics = MetricReader().feed(run.log.encode())
    (ranked,) = rank({"ada": {"val_bpb": [metric for metric in metrics if metric.name == "val_bpb"]}}, "val_bpb")
    assert ranked.finished
    assert ranked.value == run.result["val_bpb"]


def test_the_time_cap_stops_a_run_that_still_counts(tmp_path: Path) -> None:
    run = Played(tmp_path, "--steps", "310", "--val-every", "0", "--max-seconds", "0.05")
    assert run.code == 0
    assert re.search(r"^stopping_early: time_cap train_time:\d+ms step:\d+/310$", run.log, re.MULTILINE)
    assert run.result["valid"]


def test_a_run_over_the_size_cap_does_not_count(tmp_path: Path) -> None:
    run = Played(tmp_path, "--steps", "60", "--order", "7", "--bits", "8", "--val-every", "0")
    assert run.code == 3
    assert "over_the_cap: " in run.log
    assert "final_roundtrip" not in run.log
    assert run.result["valid"] is False
    assert run.result["val_bpb"] is None


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--order", "9"), "argument --order: 9 is not between 0 and 7"),
        (("--bits", "few"), "argument --bits: 'few' is not a whole number"),
        (("--discount", "nan"), "argument --discount: nan is not between 0 and 1"),
        (("--gates", "none"), "argument --gates: invalid choice"),
        (("--max-seconds", "21"), "argument --max-seconds: 21 is not between 0 and 20"),
        (("--orders", "3"), "unrecognized arguments: --orders 3"),
    ],
)
def test_wrong_flags_are_told_with_exit_code_2(tmp_path: Path, flags: tuple[str, ...], said: str) -> None:
    run = Played(tmp_path, *flags)
    assert (run.code, run.log) == (2, "")
    assert said in run.said.splitlines()[-1]


def test_help_names_every_knob(tmp_path: Path) -> None:
    run = Played(tmp_path, "--help")
    assert run.code == 0
    assert {"context:", "smoothing:", "mixing:", "storage:"} <= set(run.log.splitlines())


def test_an_artifact_that_cannot_be_written(tmp_path: Path) -> None:
    run = Played(tmp_path, *QUICK, "--out", "missing/model.z")
    assert run.code == 1
    assert run.said.count("\n") == 1
    assert "missing/model.z" in run.said


def test_a_python_without_the_text_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "pydoc_data").mkdir()
    (tmp_path / "pydoc_data" / "__init__.py").touch()
    done = subprocess.run(
        [sys.executable, "-B", str(SKILL / "train.py")],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "pydoc_data.topics" in done.stderr
    assert done.stderr.count("\n") == 1


def test_predictions_are_distributions_and_survive_the_artifact(tmp_path: Path) -> None:
    check = """
import artifact, model
for lower in ("all", "novel"):
    for gates in ("order", "count", "spread"):
        shape = model.Shape(3, 0.4, lower, gates, 0, 0.0, 1)
        made = model.Model(shape)
        text = bytes(range(97, 123)) * 40 + b"abra cadabra " * 60
        made.learn(text, 0, 1.0, 0.9)
        packed, _ = artifact.encode(made, bits=8, least=1, first=3)
        again = artifact.decode(packed)
        for history in (0, 0x616263, 0x627261, 0xFFFFFF):
            chances = [made.probability(history, byte, []) for byte in range(256)]
            assert abs(sum(chances) - 1) < 1e-9, (lower, gates, sum(chances))
            assert min(chances) > 0
            back = [again.probability(history, byte, []) for byte in range(256)]
            assert abs(sum(back) - 1) < 1e-9
            assert max(abs(a - b) for a, b in zip(chances, back)) < 0.01
        assert artifact.encode(again, bits=8, least=1, first=3)[0] == packed
"""
    done = subprocess.run([sys.executable, "-B", "-c", check], cwd=SKILL, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0


def test_every_family_has_a_setting_that_beats_the_baseline(tmp_path: Path) -> None:
    fewer = ("--steps", "70", "--val-every", "0")
    baseline = Played(tmp_path, *fewer).result["val_bpb"]
    for flags in ("--order 4", "--discount 0.6", "--lr 0.2", "--bits 6", "--match 6 --match-weight 0.5"):
        assert Played(tmp_path, *fewer, *flags.split()).result["val_bpb"] < baseline, flags


@pytest.mark.demo
def test_the_whole_baseline_counts(tmp_path: Path) -> None:
    run = Played(tmp_path)
    assert run.code == 0
    assert "stopping_early" not in run.log
    assert run.result["settings"]["steps"] == 310
    assert run.result["valid"]
