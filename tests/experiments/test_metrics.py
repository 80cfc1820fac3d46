"""The metric reader against real logs, against the lines that other tools print, and against every cut of a stream."""

import itertools
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.experiments.metrics import LINE, Metric, MetricReader

LOGS = Path(__file__).parent / "data"
PUBLISHED = {
    "naive_baseline.log": 1.2243657,
    "sliding_window.log": 1.19250007,
    "vocab4096_seed42.log": 1.09744,
    "legal_ttt_seed42.log": 1.08079,
}


def read(data: bytes) -> list[Metric]:
    reader = MetricReader()
    return reader.feed(data) + reader.finish()


def readings(line: str) -> list[tuple[str, float, int | None]]:
    return [(metric.name, metric.value, metric.step) for metric in read(line.encode() + b"\n")]


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_last_result_of_a_real_log_is_the_published_score(name: str) -> None:
    last = [metric for metric in read((LOGS / name).read_bytes()) if metric.name == "val_bpb"][-1]
    assert last.step is None
    digits = len(str(PUBLISHED[name]).partition(".")[2])
    assert round(last.value, digits) == PUBLISHED[name]


def test_a_real_log_gives_every_step_and_nothing_else() -> None:
    metrics = read((LOGS / "naive_baseline.log").read_bytes())
    assert {metric.name for metric in metrics} == {"train_loss", "val_loss", "val_bpb"}
    steps = [metric for metric in metrics if metric.name == "val_bpb" and metric.step is not None]
    assert [metric.step for metric in steps] == [*range(0, 13_601, 200), 13_780]
    assert Metric("val_bpb", 1.2364, 12_800, steps[64].offset) == steps[64]


def test_offsets_are_where_lines_begin() -> None:
    data = (LOGS / "legal_ttt_seed42.log").read_bytes()
    for metric in read(data):
        assert metric.offset == 0 or data[metric.offset - 1 : metric.offset] == b"\n"
        line = data[metric.offset :].split(b"\n", 1)[0].decode()
        assert metric.name.removeprefix("pre_") in line


def test_offsets_go_on_from_where_a_stream_is_joined() -> None:
    reader = MetricReader(1000)
    assert [metric.offset for metric in reader.feed(b"x\nloss:1\nacc:2\n")] == [1002, 1009]
    assert [metric.offset for metric in reader.feed(b"loss:3\n")] == [1015]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("iter 100: loss 2.5, time 3ms", [("loss", 2.5, 100)]),
        ("step 250: train loss 2.1, val loss 2.2", [("train_loss", 2.1, 250), ("val_loss", 2.2, 250)]),
        ("{'loss': 0.5, 'learning_rate': 5e-5, 'epoch': 3}", [("loss", 0.5, 3)]),
        ("train:  45%|██▎ | 450/1000 [00:10<00:12, 45.0it/s, loss=2.31]", [("loss", 2.31, 450)]),
        ("Epoch 3/10 - loss: 0.41 - accuracy: 93.2%", [("loss", 0.41, 3), ("accuracy", 93.2, 3)]),
        ("Epoch: 3 | loss = 0.5", [("loss", 0.5, 3)]),
        ("[step 12] reward_mean: -1.5e-3;", [("reward_mean", -0.0015, 12)]),
        ("global_step=7 eval/acc@5=.25", [("eval/acc@5", 0.25, 7)]),
        ("\x1b[32mval_loss\x1b[0m: \x1b[1m2.3\x1b[0m", [("val_loss", 2.3, None)]),
        ('{"step": 12, "val": {"bpb": 1.5}, "note": "x"}', [("val.bpb", 1.5, 12)]),
        ('RESULT {"valid": true, "val_bpb": 2.1, "bytes": 12}', [("val_bpb", 2.1, None)]),
        ('RESULT {"valid": false, "val_bpb": null, "bytes": 12}', []),
        ("pre-quantization post-ema val_bpb:1.0873 eval_time:7ms", [("pre_val_bpb", 1.0873, None)]),
    ],
)
def test_lines_of_many_tools(line: str, expected: list[tuple[str, float, int | None]]) -> None:
    assert readings(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "val_bpb:enabled tokenizer_kind=sentencepiece",
        "train_time:557317ms step_avg:43.54ms",
        "val_loss_every: 4000",
        "loss_scale: 1024.0",
        "mtp_loss_weight:0.2",
        "best_loss = 1e9",
        "return 1",
        "the loss of 3 games, a score of 12",
        "score: 12/20 passed",
        "loss: 2.3s",
        "flawless: 3",
    ],
)
def test_what_is_no_metric(line: str) -> None:
    assert readings(line) == []


def test_a_run_that_diverges_says_so() -> None:
    assert math.isnan(readings("step:3 loss:nan")[0][1])
    assert readings('{"step": 3, "loss": -Infinity}') == [("loss", -math.inf, 3)]


def test_carriage_returns_end_lines() -> None:
    bar = b"\r 10%| 1/10 [loss=3.0]\r 20%| 2/10 [loss=2.0]\r\nacc:1\r\n"
    assert [(metric.value, metric.step, metric.offset) for metric in read(bar)] == [
        (3.0, 1, 1),
        (2.0, 2, 23),
        (1.0, None, 46),
    ]


def test_a_line_without_an_end_is_bounded_and_passed_over() -> None:
    reader = MetricReader()
    for _ in range(200):
        assert reader.feed(b"loss:1 " * 10_000) == []
        assert len(reader._line) <= LINE + 1
    assert [(metric.value, metric.offset) for metric in reader.feed(b"\nloss:2\n")] == [(2.0, 200 * 70_000 + 1)]


def test_numbers_of_any_length_do_no_harm() -> None:
    digits = "9" * 5000
    for line in (
        f"loss:{digits}",
        f"step:{digits} acc:1",
        f'{{"loss": {digits}}}',
        f'{{"loss": 1{"0" * 400}, "acc": 2}}',
    ):
        assert all(name == "acc" for name, _, _ in readings(line))


PIECES = st.lists(
    st.sampled_from([
        "loss", "val_bpb", "step", ":", "=", " ", "1", "12/20", "2.5", "nan", "{", "}", '"', ",", "\x1b[1m",
        "\x1b]0;t\x07", "RESULT ", "\r", "\n", "\r\n", "ü", "x" * 300, "epoch 3", "train ", "[", "e5", '{"loss": 1}',
    ])
).map(lambda pieces: "".join(pieces).encode())  # fmt: skip


@given(data=st.one_of(PIECES, st.binary(max_size=400)), cuts=st.lists(st.integers(0, 3000), max_size=12))
def test_any_cut_of_a_stream_gives_the_same_metrics(data: bytes, cuts: list[int]) -> None:
    reader, found = MetricReader(), []
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    for start, stop in itertools.pairwise(edges):
        found += reader.feed(data[start:stop])
    found += reader.finish()
    # As text, since NaN is not equal to itself.
    assert repr(found) == repr(read(data))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_any_piece_size_gives_the_same_metrics_of_a_real_log(size: int) -> None:
    data = (LOGS / "sliding_window.log").read_bytes()
    reader = MetricReader()
    found = [metric for at in range(0, len(data), size) for metric in reader.feed(data[at : at + size])]
    assert found + reader.finish() == read(data)


@given(
    st.dictionaries(st.sampled_from(["loss", "acc", "eval_loss", "other"]), st.floats(), max_size=4),
    st.integers(0, 10**9),
)
def test_json_lines_are_read_whole(record: dict[str, float], step: int) -> None:
    found = {name: value for name, value, _ in readings(json.dumps({**record, "step": step}))}
    expected = {name: value for name, value in record.items() if name != "other"}
    assert repr(found) == repr(expected)
