"""The scripted worker goes by what its newest run printed, also after an earlier one was cut."""

import json
from typing import Any

from golfer_tui.agents.demo.worker_script import worker_script
from golfer_tui.agents.scripted import Call

TASK = {"role": "user", "content": "Play mini golf with the approach `context`: x."}


def call(number: int, name: str) -> dict[str, Any]:
    return {"type": "function_call", "call_id": str(number), "name": name, "arguments": "{}"}


def answer(number: int, output: str) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": str(number), "output": output}


def printed(order: int, score: float) -> str:
    result = {"valid": True, "val_bpb": score, "bytes": 1, "settings": {"order": order}}
    return f"Process exited with code 0\nOutput:\nRESULT {json.dumps(result)}"


LOADED = [TASK, call(0, "load_skill"), answer(0, "the guide")]


def test_it_polls_a_run_that_goes_on() -> None:
    said = worker_script([*LOADED, call(1, "exec_command"), answer(1, "Process running with session ID 7\nOutput:\n")])
    assert isinstance(said[-1], Call)
    assert (said[-1].tool, said[-1].arguments["session_id"]) == ("write_stdin", 7)


def test_a_cut_run_is_run_again_and_counts_for_nothing() -> None:
    cut = [
        *LOADED,
        call(1, "exec_command"),
        answer(1, "interrupted before it answered"),
        {"role": "user", "content": "Go on."},
    ]
    again = worker_script(cut)
    assert isinstance(again[-1], Call)
    assert again[-1].arguments["cmd"].endswith("train.py")
    onward = worker_script([*cut, call(2, "exec_command"), answer(2, printed(3, 2.1))])
    assert isinstance(onward[-1], Call)
    assert onward[-1].arguments["cmd"].endswith("--order 4")


def test_a_run_without_a_result_ends_the_work() -> None:
    said = worker_script([*LOADED, call(1, "exec_command"), answer(1, "Process exited with code 1\nOutput:\nboom")])
    assert len(said) == 1
    assert "boom" in str(said[0])


def test_the_report_names_every_run_and_nothing_else() -> None:
    history = [*LOADED]
    for number, (order, score) in enumerate([(3, 2.1), (4, 1.9), (5, 2.0)], 1):
        history += [call(number, "exec_command"), answer(number, printed(order, score))]
    report = str(worker_script(history)[0])
    assert "best val_bpb 1.90000000 with `--order 4`" in report
    assert report.count("val_bpb") == 4
