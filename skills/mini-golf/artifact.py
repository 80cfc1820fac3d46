"""The artifact: everything the model needs to predict, pruned, quantized and compressed into one string of bytes.

The counted strings are a tree of bytes, a level for each length. For each level the artifact has how many branches
each node of the level above has, their bytes in order, and a code for each count: 0 for a node that only leads on,
else a place on a scale that is exact for small counts and grows in even ratios for large ones. Gates are half floats.
"""

import bisect
import dataclasses as dc
import json
import struct
import zlib

from model import SPREAD_BITS, Model, Shape

Level = dict[int, int]

COARSE_FROM = 2
"""Contexts of fewer bytes are so few that their counts always have 8 bits."""
STEEPEST = 8.0
"""Largest ratio between neighbouring counts of the scale."""


def prune(levels: list[Level], least: int, first: int) -> list[Level]:
    """Counts, without those below `least` in contexts of `first` bytes and more; nodes that lead on keep a 0."""
    kept = [
        {key: count for key, count in level.items() if order < first or count >= least}
        for order, level in enumerate(levels)
    ]
    for order in range(len(kept) - 1, 0, -1):
        for key in kept[order]:
            kept[order - 1].setdefault(key >> 8, 0)
    return kept


def scale(bits: int, largest: int) -> list[int]:
    """At most `2 ** bits - 1` counts, rising from 1 to `largest`, as even in ratio as whole numbers allow.

    With so few bits that the ratio would pass `STEEPEST`, the scale ends early and larger counts are clipped.
    """
    steps = (1 << bits) - 2
    low, high = 1.0, STEEPEST
    for _ in range(60):
        ratio = (low + high) / 2
        value = 1
        for _ in range(steps):
            value = max(value + 1, round(value * ratio))
            if value >= largest:
                break
        low, high = (low, ratio) if value >= largest else (ratio, high)
    values = [1]
    while values[-1] < largest and len(values) <= steps:
        values.append(min(largest, max(values[-1] + 1, round(values[-1] * high))))
    return values


def encode(model: Model, *, bits: int, least: int, first: int) -> tuple[bytes, int]:
    """The artifact, and its size before compression."""
    parts: list[bytes] = []
    largest: list[int] = []
    parents = [0]
    for order, level in enumerate(prune(model.counts, least, first)):
        values = scale(bits if order >= COARSE_FROM else 8, max([1, *level.values()]))
        largest.append(values[-1])
        branches: dict[int, list[int]] = {parent: [] for parent in parents}
        for key in sorted(level):
            branches[key >> 8].append(key)
        nodes = [key for parent in parents for key in branches[parent]]
        codes = bytes(_nearest(values, level[key]) for key in nodes)
        parts += [bytes(len(branches[parent]) for parent in parents), bytes(key & 255 for key in nodes), codes]
        parents = nodes
    parts += [struct.pack(f"<{len(row)}e", *row) for row in model.weights]
    head = {"shape": dc.asdict(model.shape), "bits": bits, "largest": largest}
    text = json.dumps(head, separators=(",", ":")).encode()
    raw = b"".join([len(text).to_bytes(2, "little"), text, *parts])
    return zlib.compress(raw, 9), len(raw)


def decode(artifact: bytes) -> Model:
    """The model as it stands in the artifact."""
    raw = zlib.decompress(artifact)
    start = 2 + int.from_bytes(raw[:2], "little")
    head = json.loads(raw[2:start])
    model = Model(Shape(**head["shape"]))
    at = start

    def take(size: int) -> bytes:
        nonlocal at
        at += size
        return raw[at - size : at]

    parents = [0]
    for order, (top, counts, totals) in enumerate(zip(head["largest"], model.counts, model.totals, strict=True)):
        values = [0, *scale(head["bits"] if order >= COARSE_FROM else 8, top)]
        branches = take(len(parents))
        size = sum(branches)
        followers, codes, nodes = take(size), take(size), []
        at_node = 0
        for parent, number in zip(parents, branches, strict=True):
            total = spread = 0
            for place in range(at_node, at_node + number):
                key = parent << 8 | followers[place]
                nodes.append(key)
                if codes[place]:
                    counts[key] = values[codes[place]]
                    total += counts[key]
                    spread += 1
            if spread:
                totals[parent] = total << SPREAD_BITS | spread
            at_node += number
        parents = nodes
    model.weights = [list(struct.unpack(f"<{len(row)}e", take(2 * len(row)))) for row in model.weights]
    model.open_gates()
    return model


def _nearest(values: list[int], count: int) -> int:
    """Code of the value nearest to a count; 0 for no count."""
    if not count:
        return 0
    place = bisect.bisect_left(values, count)
    if place == len(values) or (place and count - values[place - 1] <= values[place] - count):
        place -= 1
    return place + 1
