"""The scripted worker turns knobs by what it measured, and only by that."""

import json

from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.agents.demo.climb import FAMILIES, RUNS, Run, best, following, results


def line(settings: dict[str, object], score: float | None) -> str:
    return "RESULT " + json.dumps({"valid": score is not None, "val_bpb": score, "bytes": 1000, "settings": settings})


def as_settings(arguments: str) -> dict[str, object]:
    words = arguments.split()
    return {flag.lstrip("-").replace("-", "_"): value for flag, value in zip(words[::2], words[1::2], strict=True)}


@given(st.sampled_from(sorted(FAMILIES)), st.data())
def test_it_ends_and_never_runs_the_same_twice(family: str, data: st.DataObject) -> None:
    runs: list[Run] = []
    seen = set()
    while (step := following(runs, family)) is not None:
        arguments, reason = step
        assert arguments not in seen
        assert reason
        seen.add(arguments)
        score = data.draw(st.one_of(st.none(), st.floats(1, 8)))
        runs += results(line(as_settings(arguments), score))
    assert 2 <= len(runs) <= RUNS
    assert "" in seen


def test_it_goes_on_where_it_got_better_and_back_where_it_got_worse() -> None:
    baseline = Run({"order": 3}, 2.1, 1)
    assert following([baseline], "context")[0] == "--order 4"  # type: ignore[index]
    assert following([baseline, Run({"order": "4"}, 2.0, 1)], "context")[0] == "--order 5"  # type: ignore[index]
    assert following([baseline, Run({"order": "4"}, 2.2, 1)], "context")[0] == "--order 2"  # type: ignore[index]
    assert following([baseline, Run({"order": "4"}, None, 1)], "context")[0] == "--order 2"  # type: ignore[index]


def test_results_are_read_from_any_text() -> None:
    text = f"noise\n{line({'order': 3}, 2.5)}\nRESULT {{broken\n  {line({}, None)}"
    runs = results(text)
    assert [run.val_bpb for run in runs] == [2.5, None]
    top = best(runs)
    assert top is not None
    assert top.val_bpb == 2.5
