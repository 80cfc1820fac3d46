"""The scripted worker: it loads the guide, runs the baseline, turns one knob after the other, and reports."""

import re
from typing import Any

from golfer_tui.agents.demo.climb import FAMILIES, Run, best, flags, following, results
from golfer_tui.agents.scripted import Call, Say

SKILL = "mini-golf"
TRAIN = f"python3 .agents/{SKILL}/train.py"
YIELD_MS = 30_000
"""The shell's longest wait for one answer."""

_RUNNING = re.compile(r"Process running with session ID (\d+)")


def worker_script(history: list[dict[str, Any]]) -> Say:
    """The worker's next step, from its conversation alone."""
    told = [str(item["content"]) for item in history if item.get("role") == "user"]
    family = next((name for name in FAMILIES if f"approach `{name}`" in " ".join(told)), "context")
    outputs = [item for item in history if item.get("type") == "function_call_output"]
    last = history[-1]
    if not any(called(item, "load_skill") for item in history):
        return ["I read the guide first.", Call("load_skill", {"name": SKILL})]
    text = str(last.get("output", ""))
    if last.get("type") == "function_call_output":
        if text.startswith("Error"):
            return [f"I stop here: a tool failed. {text}"]
        if running := _RUNNING.search(text):
            poll = {"session_id": int(running[1]), "chars": "", "yield_time_ms": YIELD_MS}
            return [Call("write_stdin", poll)]
    runs = results("\n".join(str(item.get("output", "")) for item in outputs))
    if last.get("type") == "function_call_output" and _ran(history) and not results(_since_start(history)):
        return [f"The training run ended without a RESULT line, so I stop. Its last words:\n\n{text[-600:]}"]
    if last.get("role") == "user" and runs and following(runs, family) is None:
        return [f"Understood. All my runs are done.\n\n{_report(family, runs)}"]
    step = following(runs, family)
    if step is None:
        return [_report(family, runs)]
    arguments, reason = step
    command = f"{TRAIN} {arguments}".strip()
    said = _measured(runs) + f"{reason[0].upper()}{reason[1:]}."
    return [said, Call("exec_command", {"cmd": command, "yield_time_ms": YIELD_MS})]


def _ran(history: list[dict[str, Any]]) -> bool:
    """True if a training run was started at all."""
    return any(called(item, "exec_command") for item in history)


def _since_start(history: list[dict[str, Any]]) -> str:
    """What the newest training run printed; earlier ones may have been cut."""
    begun = max(place for place, item in enumerate(history) if called(item, "exec_command"))
    return "\n".join(str(item.get("output", "")) for item in history[begun:])


def called(item: dict[str, Any], name: str) -> bool:
    """True if this item of a conversation is a call of this tool."""
    return item.get("type") == "function_call" and item.get("name") == name


def _measured(runs: list[Run]) -> str:
    if not runs:
        return ""
    score = runs[-1].val_bpb
    return "That run is over the cap. " if score is None else f"val_bpb {score:.4f} at {runs[-1].bytes:,} bytes. "


def _report(family: str, runs: list[Run]) -> str:
    """The report: every number in it was printed by a run of this worker."""
    top, knobs = best(runs), FAMILIES[family]
    if top is None:
        return f"Approach `{family}`: no run of mine counts."
    lines = [f"Approach `{family}`: best val_bpb {top.val_bpb:.8f} with `{flags(top, knobs) or 'no flags'}`.", ""]
    for run in runs:
        score = "over the cap" if run.val_bpb is None else f"val_bpb {run.val_bpb:.8f}"
        lines.append(f"- `{flags(run, knobs) or 'baseline'}`: {score}, {run.bytes} bytes")
    return "\n".join(lines)
