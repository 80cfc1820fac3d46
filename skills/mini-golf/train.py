#!/usr/bin/env python3
"""One run of mini golf: train, store, read back what was stored, score that. `--help` tells the knobs.

Exit codes: 0 the run counts, 1 it could not run, 2 wrong flags, 3 the submission is over the size cap.
"""

import argparse
import json
import math
import sys
import time
import zlib
from pathlib import Path

import artifact
import corpus
import knobs
from model import Model, Shape

BITS_PER_NAT = 1 / math.log(2)


class Clock:
    """Time that the training steps alone took of the core: neighbours on it do not decide the score."""

    def __init__(self) -> None:
        self.milliseconds = 0.0
        self._since = 0.0

    def __enter__(self) -> None:
        self._since = time.process_time()

    def __exit__(self, *_: object) -> None:
        self.milliseconds += 1000 * (time.process_time() - self._since)

    def after(self, steps: int) -> str:
        """What the log says of it."""
        return f"train_time:{self.milliseconds:.0f}ms step_avg:{self.milliseconds / max(steps, 1):.2f}ms"


def main() -> int:
    """The whole run; returns the exit code."""
    began = time.perf_counter()
    options = knobs.parser().parse_args()
    try:
        text, validation = corpus.load(options.seed)
    except corpus.MissingTextError:
        complain(
            "this Python lacks its help topics (module pydoc_data.topics), which are the text to train on. "
            "Install Python's whole standard library (on Debian: libpython3-stdlib) or use another python3."
        )
        return 1
    say(f"python:{sys.version.split()[0]} seed:{options.seed} order:{options.order} gates:{options.gates}")
    say(f"train_bytes:{knobs.STEPS * knobs.CHUNK} val_bytes:{len(validation)} val_crc:{zlib.crc32(validation):08x}")

    packed, raw_size = pack(train(options, text, validation), options)
    try:
        options.out.write_bytes(packed)
        stored = options.out.read_bytes()
    except OSError as error:
        complain(f"the artifact cannot be kept in {options.out}: {error.strerror}. Choose another place with --out.")
        return 1
    return judge(options, stored, raw_size, validation, began)


def train(options: argparse.Namespace, text: bytes, validation: bytes) -> Model:
    """All steps, or as many as the time cap allows."""
    shape = {key: value for key, value in vars(options).items() if key in Shape.__dataclass_fields__}
    model, history, clock, steps = Model(Shape(**shape)), 0, Clock(), options.steps
    frozen_at = max(1, steps - options.calibrate) if options.calibrate else steps

    for step in range(steps + 1):
        out_of_time = step < steps and clock.milliseconds >= 1000 * options.max_seconds
        if step == steps or out_of_time or (options.val_every and step % options.val_every == 0):
            loss = model.score(validation)
            say(f"step:{step}/{steps} val_loss:{loss:.4f} val_bpb:{loss * BITS_PER_NAT:.4f} {clock.after(step)}")
        if out_of_time:
            say(f"stopping_early: time_cap train_time:{clock.milliseconds:.0f}ms step:{step}/{steps}")
        if step == steps or out_of_time:
            return model
        with clock:
            if step == frozen_at:
                model = artifact.decode(pack(model, options)[0])
            chunk = text[step * knobs.CHUNK : (step + 1) * knobs.CHUNK]
            cooling = min(1.0, (steps - step) / (options.warmdown * steps)) if options.warmdown else 1.0
            loss, history = model.learn(
                chunk, history, options.lr * cooling, options.momentum, counting=step < frozen_at
            )
        if (step + 1) % options.log_every == 0:
            say(f"step:{step + 1}/{steps} train_loss:{loss:.4f} {clock.after(step + 1)}")
    raise AssertionError("the loop returns at its last step")


def pack(model: Model, options: argparse.Namespace) -> tuple[bytes, int]:
    """The artifact under these flags, and its size before compression."""
    return artifact.encode(model, bits=options.bits, least=options.prune, first=options.prune_from)


def judge(options: argparse.Namespace, stored: bytes, raw_size: int, validation: bytes, began: float) -> int:
    """Weigh what was stored, score it if it is within the cap, and print the result. Returns the exit code."""
    code_size = sum(file.stat().st_size for file in Path(__file__).parent.glob("*.py"))
    total = code_size + len(stored)
    kind = f"int{options.bits}+zlib"
    say(f"Serialized model: {raw_size} bytes")
    say(f"Code size: {code_size} bytes")
    say(f"Serialized model {kind}: {len(stored)} bytes (payload_ratio:{raw_size / len(stored):.2f}x)")
    say(f"Total submission size {kind}: {total} bytes")

    valid, bpb = total <= knobs.CAP_BYTES, None
    if valid:
        scoring = time.perf_counter()
        loss = artifact.decode(stored).score(validation)
        bpb = loss * BITS_PER_NAT
        took = 1000 * (time.perf_counter() - scoring)
        say(f"final_roundtrip val_loss:{loss:.4f} val_bpb:{bpb:.4f} eval_time:{took:.0f}ms")
        say(f"final_roundtrip_exact val_loss:{loss:.8f} val_bpb:{bpb:.8f}")
    else:
        excess = total - knobs.CAP_BYTES
        say(f"over_the_cap: {total} bytes are {excess} more than {knobs.CAP_BYTES}; this run does not count")
    line = {
        "valid": valid,
        "val_bpb": None if bpb is None else round(bpb, 8),
        "bytes": total,
        "seconds": round(time.perf_counter() - began, 2),
        "settings": knobs.score_settings(options),
    }
    say(f"RESULT {json.dumps(line)}")
    return 0 if valid else 3


def say(line: str) -> None:
    """Print at once: somebody is watching."""
    print(line, flush=True)


def complain(sentence: str) -> None:
    """Say on stderr why there is no run."""
    print(f"mini-golf: {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
