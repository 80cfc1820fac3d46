"""The rules that stand, and the knobs that may be turned: the flags of `train.py`, by family."""

import argparse
from collections.abc import Callable
from pathlib import Path

CAP_BYTES = 160_000
"""Code and artifact together: a hundredth of the real challenge's cap."""
CAP_SECONDS = 20.0
"""Time that the training steps may take of the core; scoring is not counted."""
CHUNK = 1024
"""Bytes of training text in one step."""
STEPS = 310
"""Steps for which the text of every supported Python lasts: the same budget everywhere."""


def parser() -> argparse.ArgumentParser:
    """All flags; wrong ones end the program with exit code 2 and one clear line."""
    flags = argparse.ArgumentParser(
        description="Mini golf: Parameter Golf in small. Trains a byte-level language model on one core, within "
        f"{CAP_BYTES} bytes and {CAP_SECONDS:.0f} seconds of that core, and scores it as it was stored.",
        epilog="Same flags, same Python: same score. The last line printed is RESULT and a JSON object. "
        "Exit codes: 0 the run counts, 1 it could not run, 2 wrong flags, 3 it is over the size cap.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        allow_abbrev=False,
    )
    add = flags.add_argument_group("context").add_argument
    add("--order", type=_within(int, 0, 7), default=3, metavar="0..7", help="bytes of the longest context")

    add = flags.add_argument_group("smoothing").add_argument
    add("--discount", type=_within(float, 0, 1), default=0.2, metavar="0..1", help="given up by every count")
    add(
        "--lower",
        choices=["all", "novel"],
        default="all",
        help="bytes that shorter contexts count: all, or those that were new to the longer one",
    )

    add = flags.add_argument_group("mixing").add_argument
    add(
        "--gates",
        choices=["order", "count", "spread"],
        default="order",
        help="what a gate is chosen by: length of the context; also how often it was seen; also how many different "
        "bytes followed",
    )
    add("--lr", type=_within(float, 0, 100), default=0.02, metavar="0..100", help="learning rate of the gates")
    add("--momentum", type=_within(float, 0, 0.99), default=0.0, metavar="0..0.99", help="momentum of that learning")
    add(
        "--warmdown",
        type=_within(float, 0, 1),
        default=0.0,
        metavar="0..1",
        help="last part of the steps, in which the learning rate falls to 0",
    )

    add = flags.add_argument_group("storage").add_argument
    add("--bits", type=_within(int, 1, 8), default=4, metavar="1..8", help="bits of a stored count")
    add("--prune", type=_within(int, 1, 99), default=1, metavar="1..99", help="smallest count that is stored; 1: all")
    add("--prune-from", type=_within(int, 1, 7), default=3, metavar="1..7", help="bytes of the shortest pruned context")
    add(
        "--calibrate",
        type=_within(int, 0, STEPS),
        default=0,
        metavar="STEPS",
        help="last steps, which fit the gates to the pruned and quantized counts and count no more",
    )

    add = flags.add_argument_group("memory of the text just scored (costs no bytes)").add_argument
    add("--match", type=_within(int, 0, 32), default=0, metavar="0..32", help="bytes that must repeat; 0: no memory")
    add(
        "--match-weight",
        type=_within(float, 0, 0.99),
        default=0.8,
        metavar="0..0.99",
        help="probability given to what followed last time",
    )
    add("--recent", type=_within(int, 1, 1 << 20), default=2048, metavar="BYTES", help="how far back it remembers")

    add = flags.add_argument_group("run").add_argument
    add("--steps", type=_within(int, 1, STEPS), default=STEPS, metavar=f"1..{STEPS}", help="fewer for a quick look")
    add("--seed", type=_within(int, 0, 1 << 31), default=1337, help="order of the training text")
    add("--val-every", type=_within(int, 0, STEPS), default=15, metavar="STEPS", help="0: only at the end")
    add("--log-every", type=_within(int, 1, STEPS), default=10, metavar="STEPS", help="steps between two lines")
    add(
        "--max-seconds",
        type=_within(float, 0, CAP_SECONDS),
        default=CAP_SECONDS,
        metavar=f"0..{CAP_SECONDS:.0f}",
        help="cap on the training time",
    )
    add("--out", type=Path, default=Path("mini_golf_model.z"), metavar="FILE", help="where the artifact is written")
    return flags


def score_settings(options: argparse.Namespace) -> dict[str, object]:
    """The settings that decide the score, without those that only decide what is printed."""
    return {key: value for key, value in vars(options).items() if key not in ("out", "log_every", "val_every")}


def _within(kind: type[int] | type[float], low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            wanted = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(f"'{text}' is not {wanted}") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not between {low} and {high}")
        return value

    return read
