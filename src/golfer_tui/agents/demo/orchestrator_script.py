"""The scripted orchestrator: it loads the guide, plans five approaches, spawns five workers, waits and compares."""

import json
import re
from typing import Any

from golfer_tui.agents.demo.worker_script import SKILL, called
from golfer_tui.agents.scripted import Call, Say

APPROACHES = {
    "context": "how many bytes of context the model looks at",
    "smoothing": "how much the counts give to shorter contexts",
    "mixing": "what the gates see, and how fast they learn",
    "storage": "how many bits and how many counts are kept",
    "memory": "a memory of recent text that costs no bytes",
}
"""One for each worker: a family of knobs, and what it is about."""

HELP = (
    "I am the scripted model of the demo, not a language model. I understand: `status`, `table`, `log NAME`, "
    "`kill NAME`, `restart NAME`, and `tell NAME: ...`."
)

INTRODUCTION = (
    "I am the demo's scripted model: I follow a fixed plan, and every score below is measured here and now. "
    "First I read the guide."
)

_TASK = """\
Play mini golf with the approach `{family}`: {about}.
Load the skill {skill}. Run the baseline first, without flags. Then change one knob of your family at a time, by what
the last run measured, and run again. Report every run with its flags, val_bpb and bytes, the best one first."""

_REPORT = re.compile(r"Approach `(\w+)`: best val_bpb ([0-9.]+) with `([^`]*)`")
_BASELINE = re.compile(r"- `baseline`: val_bpb ([0-9.]+), ([0-9]+) bytes")
_TOLD = re.compile(r"^Worker (\S+) \(attempt \d+\) is (\w+)\. Its report:\n(.*)", re.DOTALL)
_ORDER = re.compile(
    r"^\W*(status|check|table|scores?|log|kill|restart|tell)\b\W*([a-z0-9_-]+)?\W*(.*)$", re.IGNORECASE | re.DOTALL
)


def orchestrator_script(history: list[dict[str, Any]]) -> Say:
    """The orchestrator's next step, from its conversation alone."""
    last = history[-1]
    answered = last.get("type") == "function_call_output"
    call = _call_of(history, str(last.get("call_id", ""))) if answered else None
    spawned = any(called(item, "spawn_worker") for item in history)
    if not spawned:
        if call is not None and call["name"] == "load_skill":
            return _plan(str(last.get("output", "")))
        return [
            INTRODUCTION,
            Call("load_skill", {"name": SKILL}),
        ]
    if call is not None:
        return _after(call["name"], str(last.get("output", "")), history)
    told = _TOLD.match(str(last.get("content", "")))
    if told:
        return [f"{told[1]} is {told[2]}. The scores so far:\n\n{_table(history)}"]
    return _obey(str(last.get("content", "")))


def _plan(guide: str) -> Say:
    if guide.startswith("Error"):
        return [f"I cannot play without the guide. {guide}"]
    lines = [f"{number}. **{family}**: {about}" for number, (family, about) in enumerate(APPROACHES.items(), 1)]
    plan = "The guide is clear. Five approaches, one worker each, every one against its own baseline:\n\n"
    spawns = [
        Call(
            "spawn_worker",
            {"name": family, "task": _TASK.format(family=family, about=about, skill=SKILL), "skills": [SKILL]},
        )
        for family, about in APPROACHES.items()
    ]
    return [plan + "\n".join(lines), *spawns]


def _after(tool: str, output: str, history: list[dict[str, Any]]) -> Say:
    """What follows the answer of a tool."""
    wait = Call("wait_for_workers", {"mode": "any"})
    if tool == "spawn_worker":
        refused = [str(item["output"]) for item in history if str(item.get("output", "")).startswith("Error")]
        if refused and not any(
            "was started" in str(i.get("output")) or "waits" in str(i.get("output")) for i in history
        ):
            return [f"No worker could be started. {refused[-1]}"]
        return ["The workers are on their way. I wait for the first report.", wait]
    if tool == "wait_for_workers":
        answer = _json(output)
        if not isinstance(answer, dict):
            return [_closing(history)]
        news = [_news(worker) for worker in answer.get("finished", [])]
        if "note" in answer:
            return [" ".join([*news, "You said something; I read it now."])]
        if answer.get("held") and len(answer["held"]) == len(answer.get("unfinished", [])):
            return [" ".join([*news, "The rest is paused, or waits for a larger budget."])]
        if answer.get("unfinished") or not answer.get("finished"):
            return [" ".join(news) or "Nothing yet; I go on waiting.", wait]
        if len(_scores(history)) + len(_silent(history)) < sum(called(item, "spawn_worker") for item in history):
            return [" ".join(news), wait]
        return [_closing(history)]
    if tool in {"check_workers", "read_worker_log"}:
        fence = f"```\n{output[-3000:]}\n```"
        return [f"{fence}\n\n{_table(history)}" if tool == "check_workers" else fence]
    return [output]


def _obey(text: str) -> Say:
    order = _ORDER.match(text.strip())
    if order is None:
        return [HELP]
    verb, name, rest = order[1].lower(), order[2] or "", order[3]
    match verb:
        case "status" | "check" | "table" | "score" | "scores":
            return [Call("check_workers", {})]
        case _ if not name:
            return [f"Which worker? {HELP}"]
        case "log":
            return [Call("read_worker_log", {"name": name, "lines": 40})]
        case "kill":
            return [Call("kill_worker", {"name": name})]
        case "restart":
            return [Call("restart_worker", {"name": name})]
        case _:
            return [Call("message_worker", {"name": name, "text": rest})]


def _news(worker: dict[str, Any]) -> str:
    found = _REPORT.search(str(worker.get("report", "")))
    if found is None:
        return f"**{worker.get('name')}** is {worker.get('state')}."
    return f"**{worker.get('name')}** reports val_bpb {float(found[2]):.4f} with `{found[3]}`."


def _closing(history: list[dict[str, Any]]) -> str:
    scores = _scores(history)
    if not scores:
        return f"All workers have ended, and none has a score. {HELP}"
    winner = min(scores, key=lambda name: float(scores[name][0]))
    bpb, line, baseline, _ = scores[winner]
    gain = f", {float(baseline) - float(bpb):.4f} below its baseline of {float(baseline):.4f}" if baseline else ""
    return (
        f"All workers have ended. Best: **{winner}** with val_bpb **{float(bpb):.4f}** (`{line}`){gain}.\n\n"
        f"{_table(history)}\n\n"
        "Measured by `train.py` in each worker's sandbox, with one seed: differences of a few thousandths mean little."
    )


def _table(history: list[dict[str, Any]]) -> str:
    scores = _scores(history)
    if not scores and not _silent(history):
        return "There are no scores yet."
    rows = ["| worker | best val_bpb | baseline | gain | flags |", "|---|---|---|---|---|"]
    for name in sorted(scores, key=lambda name: float(scores[name][0])):
        bpb, line, baseline, _ = scores[name]
        gain = f"{float(baseline) - float(bpb):+.4f}" if baseline else ""
        shown = f"{float(baseline):.4f}" if baseline else ""
        rows.append(f"| {name} | {float(bpb):.4f} | {shown} | {gain} | `{line}` |")
    rows += [f"| {name} | {state} | | | |" for name, state in _silent(history).items()]
    return "\n".join(rows)


def _reports(history: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """Newest state and report of each finished worker, from the tools' answers and from what the engine told."""
    found: dict[str, tuple[str, str]] = {}
    for item in history:
        if told := _TOLD.match(str(item.get("content", ""))):
            found[told[1]] = (told[2], told[3])
        answer = _json(str(item.get("output", "")))
        workers = answer.get("finished", []) if isinstance(answer, dict) else answer
        for worker in workers if isinstance(workers, list) else []:
            if isinstance(worker, dict) and "report" in worker:
                found[str(worker.get("name"))] = (str(worker.get("state")), str(worker["report"]))
    return found


def _scores(history: list[dict[str, Any]]) -> dict[str, tuple[str, str, str, str]]:
    """By worker: best score, its flags, the baseline's score and bytes; as texts, exactly as they were printed."""
    scores = {}
    for name, (_, report) in _reports(history).items():
        if found := _REPORT.search(report):
            baseline = _BASELINE.search(report)
            scores[name] = (found[2], found[3], baseline[1] if baseline else "", baseline[2] if baseline else "")
    return scores


def _silent(history: list[dict[str, Any]]) -> dict[str, str]:
    """Finished workers without a score, with their state."""
    scores = _scores(history)
    return {name: state for name, (state, _) in _reports(history).items() if name not in scores}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _call_of(history: list[dict[str, Any]], call: str) -> dict[str, Any] | None:
    return next((item for item in history if item.get("type") == "function_call" and item.get("call_id") == call), None)
