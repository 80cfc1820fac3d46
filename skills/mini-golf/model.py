"""The model: byte contexts of growing length, each with counts of what followed, mixed by gates that are learned.

The estimate of a context is its discounted counts; what the discount took goes to the next shorter context. A gate
(a sigmoid of one learned number, chosen by how well the context is known) then says how much of the shorter context's
whole estimate is mixed in. All of it is one differentiable formula, so the gates learn by gradient descent.
"""

import dataclasses as dc
import math

SPREAD_BITS = 9
"""One integer keeps how often a context was seen and, in these low bits, how many different bytes followed it."""
SPREAD_MASK = (1 << SPREAD_BITS) - 1
CONFIDENCES = 12
"""Classes of how often a context was seen: by powers of two."""
UNIFORM = 1 / 256
SHUT = -2.0
"""Weight with which a gate begins: it lets an eighth of the shorter contexts in."""
DAMPING = 32
"""Visits added to each gate's in a step, so that one that is rarely asked is not thrown about by a few bytes."""
WIDEST = 16.0
"""A gate's weight stays between this and its negative."""

Trace = list[tuple[int, int, float, float]]


@dc.dataclass(frozen=True)
class Shape:
    """The knobs that the model needs when it predicts; they are stored with it."""

    order: int
    """Bytes of the longest context."""
    discount: float
    """Taken off every count, for the shorter contexts."""
    lower: str
    """`all`: every context counts every byte. `novel`: a shorter one counts only what was new to the longer one."""
    gates: str
    """What a gate is chosen by: `order`, `count` or `spread` (count and number of different followers)."""
    match: int
    """Bytes that must repeat before a match in the recent text is followed; 0: never."""
    match_weight: float
    """Probability given to the byte that followed the match."""
    recent: int
    """Bytes of recent text that are searched."""


class Model:
    """Counts and gates. `counts[k]` has the strings of `k + 1` bytes, `totals[k]` the contexts of `k` bytes."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.counts: list[dict[int, int]] = [{} for _ in range(shape.order + 1)]
        self.totals: list[dict[int, int]] = [{} for _ in range(shape.order + 1)]
        self.weights = [[SHUT] * self.slots for _ in range(shape.order + 1)]
        self.speeds = [[0.0] * self.slots for _ in range(shape.order + 1)]
        self.open_gates()

    @property
    def slots(self) -> int:
        """Gates for each length of context."""
        return {"order": 1, "count": CONFIDENCES, "spread": 3 * CONFIDENCES}[self.shape.gates]

    def open_gates(self) -> None:
        """Bring the gates in line with the weights."""
        self.gates = [[1 / (1 + math.exp(-weight)) for weight in row] for row in self.weights]
        masks = [(1 << 8 * length) - 1 for length in range(self.shape.order + 1)]
        self.layers = list(zip(range(len(masks)), masks, self.totals, self.counts, self.gates, strict=True))

    def probability(self, history: int, byte: int, trace: Trace) -> float:
        """How likely `byte` is after the bytes in `history` (the newest lowest); `trace` takes what learning needs."""
        probability = UNIFORM
        discount, kind = self.shape.discount, self.shape.gates
        for order, mask, totals, counts, gates in self.layers:
            context = history & mask
            seen = totals.get(context)
            if seen is None:
                continue
            total, spread = seen >> SPREAD_BITS, seen & SPREAD_MASK
            count = counts.get(context << 8 | byte, 0)
            left = discount * spread / total
            own = left * probability
            if count:
                own += (count - discount) / total
            if kind == "order":
                slot = 0
            else:
                slot = total.bit_length()
                if slot >= CONFIDENCES:
                    slot = CONFIDENCES - 1
                if kind == "spread":
                    slot = 3 * slot + (spread > 1) + (spread > 4)
            gate = gates[slot]
            shift = probability - own
            trace.append((order, slot, shift, gate + (1 - gate) * left))
            probability = own + gate * shift
        return probability

    def count(self, history: int, byte: int) -> None:
        """Remember that `byte` followed."""
        novel_only = self.shape.lower == "novel"
        for _, mask, totals, counts, _ in reversed(self.layers):
            context = history & mask
            key = context << 8 | byte
            known = counts.get(key, 0)
            counts[key] = known + 1
            if known:
                totals[context] += 1 << SPREAD_BITS
                if novel_only:
                    return
            else:
                totals[context] = totals.get(context, 0) + (1 << SPREAD_BITS) + 1

    def learn(
        self, chunk: bytes, history: int, rate: float, momentum: float, counting: bool = True
    ) -> tuple[float, int]:
        """One step: score the chunk byte by byte, count each byte once it is scored, then move the gates downhill.

        Returns the mean loss in nats per byte and the history after the chunk.
        """
        loss = 0.0
        slopes = [[0.0] * self.slots for _ in self.weights]
        visits = [[0] * self.slots for _ in self.weights]
        keep = (1 << 8 * self.shape.order) - 1
        for byte in chunk:
            trace: Trace = []
            probability = self.probability(history, byte, trace)
            loss -= math.log(probability)
            slope = 1 / probability
            for order, slot, shift, passed in reversed(trace):
                slopes[order][slot] += slope * shift
                visits[order][slot] += 1
                slope *= passed
            if counting:
                self.count(history, byte)
            history = (history << 8 | byte) & keep
        for order, row in enumerate(slopes):
            for slot, slope in enumerate(row):
                if visits[order][slot]:
                    gate = self.gates[order][slot]
                    step = slope / (visits[order][slot] + DAMPING) * gate * (1 - gate)
                    self.speeds[order][slot] = momentum * self.speeds[order][slot] + step
                    weight = self.weights[order][slot] + rate * self.speeds[order][slot]
                    self.weights[order][slot] = min(WIDEST, max(-WIDEST, weight))
        self.open_gates()
        return loss / len(chunk), history

    def score(self, text: bytes) -> float:
        """Mean loss over a text in nats per byte. Nothing is learned; matches are searched in what was scored."""
        loss, history, keep = 0.0, 0, (1 << 8 * self.shape.order) - 1
        length, weight, recent = self.shape.match, self.shape.match_weight, self.shape.recent
        last: dict[bytes, int] = {}
        trace: Trace = []
        for position, byte in enumerate(text):
            trace.clear()
            probability = self.probability(history, byte, trace)
            if length and position >= length:
                found = last.get(text[position - length : position], -1)
                last[text[position - length : position]] = position
                if found >= 0 and position - found <= recent:
                    probability *= 1 - weight
                    if text[found] == byte:
                        probability += weight
            loss -= math.log(probability)
            history = (history << 8 | byte) & keep
        return loss / len(text)
