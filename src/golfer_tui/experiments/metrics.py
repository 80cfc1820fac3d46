"""Metrics out of what a program prints: an incremental reader that is fed bytes in any pieces.

What counts as a metric. Of a name's words (split at `_`, `-`, `.`, `/` and `@`) one is one of `WORDS`: losses, bits and
perplexity, accuracies and other scores, rewards; after it only words of `AFTER` may follow, so that `val_loss_every`
and `loss_scale` do not count, nor do times, rates and sizes. A value is a whole, decimal or exponential number, `nan`
or `inf`, with no unit behind it but `%`. They are read from

- `name:value`, `name: value`, `name=value`, also in quotes, brackets and progress bars (`loss=2.31]`);
- `name value` and `name = value`, on lines that tell a step; elsewhere that would be prose or source code;
- lines of JSON, alone or after a word in capitals (`RESULT {...}`): numbers at the top and in the objects there.

`train`, `val`, `valid`, `validation`, `eval` and `test` before a name belong to it: `val loss 2.1` is `val_loss`.

The step is what follows `step`, `global_step`, `iter`, `iteration` or `batch`, else a leading `120/400`, else the
`120/400 [` of a progress bar, else what follows `epoch`. **A reading without a step is a result**: the last word of a
run. Lines that begin with `pre` (`pre-quantization val_bpb:…`) tell of something before the end; names get `pre_`.
"""

import contextlib
import dataclasses as dc
import json
import math
import re
from collections.abc import Iterator

import re2

from golfer_tui.experiments.shapes import LONGEST, SHAPES, Filter, Found, Layout, shapes_of

LINE = 16 * 1024
"""Longest line that is read, in bytes; longer ones are passed over, however long they grow."""
NAME = 80
"""Longest name, in characters."""
LAST_STEP = 10**15
"""Steps beyond this are no steps."""

WORDS = (
    "loss|nll|bpb|bpc|bpd|ppl|perplexity|acc|accuracy|precision|recall|f1|auc|auroc|map|iou|dice|mse|rmse|mae|mape|r2|"
    "bleu|rouge|meteor|cer|wer|psnr|ssim|fid|elo|score|reward|return|winrate|regret"
)
"""Of these, one makes a name a metric."""
AFTER = (
    r"mean|avg|average|median|std|ema|exact|min|max|best|sum|total|final|train|val|valid|validation|eval|test|macro|"
    r"micro|weighted|norm|top\d*|\d+"
)
"""What may stand after it in the name."""

_WORD = f"(?:{WORDS})"
_NAME = rf"(?:[a-z0-9]+[_\-./@])*{_WORD}(?:[_\-./@](?:{AFTER}))*"
_BEGIN = r"(?<![\w\-./@])(?:(train|val|valid|validation|eval|test)[ \t]+)?"
_VALUE = (
    r"([+-]?(?:(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:e[+-]?\d{1,4})?|nan|inf(?:inity)?))(?=%?(?:[\s,;|)\]}'\"]|$))"
)
_TIGHT = re.compile(rf"{_BEGIN}({_NAME})[\"']?(?::[ \t]*|=)[\"']?{_VALUE}")
_LOOSE = re.compile(rf"{_BEGIN}({_NAME})[\"']?(?:[ \t]*[:=][ \t]*|[ \t]+)[\"']?{_VALUE}")
_KNOWN = re.compile(_NAME)

_NUMBER = r"[\"']?[ \t]*[:=#]?[ \t]*\[?(\d{1,15})(?![\d.]*\w)"
_STEPS = (
    re.compile(rf"(?<![\w\-])(?:global_step|step|iter|iteration|batch){_NUMBER}"),
    re.compile(r"^[ \t]*(\d{1,15})/\d+[ \t:,]"),
    re.compile(r"(?<!\d)(\d{1,15})/\d+ \["),
    re.compile(rf"(?<![\w\-])epoch{_NUMBER}"),
)
_STEP_KEYS = ("step", "global_step", "iter", "iteration", "batch", "epoch")

_JSON = re.compile(r"\s*(?:[A-Z][A-Z_]*[ \t:]+)?(\{.*\})\s*")
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x07|\x1b\\|$)|[ -/]*[0-~])|[\x00-\x08\x0b-\x1f\x7f]")
_LINE_END = re.compile(rb"[\r\n]")
# Where there is none of the words, which RE2 sees many times faster than lines are told apart, nothing is looked at.
_ANY = re2.compile(f"(?i){_WORD}".encode())
# Never too strict: a word, and soon after it something that may begin a value. In lower case; all digits are 0.
_FILTER = Filter(re.compile(re.sub(r"(?<=[fr])\d", "0", rf"{_WORD}.{{0,64}}?(?:0|nan|inf)").encode(), re.DOTALL))
# Where more than the place of digits matters: in these names, in JSON, and beyond ASCII.
_PARTICULAR = re.compile(rb"[fr]0|[{\x80-\xff]", re.IGNORECASE)

_layouts: dict[bytes, Layout] = {}


@dc.dataclass(frozen=True, slots=True)
class Metric:
    """One reading."""

    name: str
    """As printed, in lower case."""
    value: float
    """May be NaN or infinite: so does a run say that it diverged."""
    step: int | None
    """None for a result."""
    offset: int
    """Byte offset of the beginning of its line."""


class MetricReader:
    """Reads one stream. A line ends with a newline or a carriage return; escape sequences are passed over."""

    def __init__(self, offset: int = 0) -> None:
        self._start = offset
        """Offset of the first byte of the line that is not ended yet."""
        self._line = bytearray()
        """That line so far, at most one byte more than `LINE`."""
        self._length = 0
        """Its whole length so far, in bytes."""

    def feed(self, data: bytes) -> list[Metric]:
        """The readings of all lines that end in `data`, in order."""
        end = _LINE_END.search(data)
        if end is None:
            self._keep(data)
            return []
        self._keep(data[: end.start()])
        found = self.finish()
        base, at = self._start - end.start(), end.end()
        last = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        shapes = shapes_of(data[at:last]) if _ANY.search(data) else []
        if chosen := _FILTER.choose(shapes):
            for shape in shapes:
                stop = at + len(shape)
                if shape in chosen:
                    found += _read(data[at:stop], shape, base + at)
                at = stop + 1
        self._start = base + last
        self._keep(data[last:])
        return found

    def finish(self) -> list[Metric]:
        """The readings of the last line, although nothing ended it. The reader can go on after it."""
        line, start = bytes(self._line), self._start
        self._start += self._length
        self._length = 0
        self._line.clear()
        (shape,) = shapes_of(line)
        return _read(line, shape, start) if _FILTER.choose((shape,)) else []

    def _keep(self, data: bytes) -> None:
        self._length += len(data)
        self._line += data[: max(0, LINE + 1 - len(self._line))]


def _read(line: bytes, shape: bytes, offset: int) -> list[Metric]:
    if len(line) > LINE:
        return []
    layout = _layouts.get(shape)
    if layout is not None:
        text = line.decode()
        readings = _read_text((_ESCAPE.sub("", text) if layout.escapes else text).lower(), layout)
    else:
        plain = line.decode(errors="replace")
        text = _ESCAPE.sub("", plain)
        known = _read_json(text) if "{" in text else None
        if known is None:
            layout = _layout(text.lower(), escapes=text != plain)
            known = _read_text(text.lower(), layout)
            if len(shape) <= LONGEST and not _PARTICULAR.search(shape):
                if len(_layouts) >= SHAPES:
                    _layouts.clear()
                _layouts[shape] = layout
        readings = known
    return [Metric(name, value, step, offset) for name, value, step in readings if len(name) <= NAME]


def _layout(line: str, *, escapes: bool) -> Layout:
    """Where the readings of a line without escape sequences stand."""
    if not _LOOSE.search(line):
        return Layout(escapes, "", None, ())
    step = next((found.span(1) for pattern in _STEPS if (found := pattern.search(line))), None)
    before = "pre_" if step is None and line.lstrip().startswith("pre") else ""
    matches = (_TIGHT if step is None else _LOOSE).finditer(line)
    readings = (Found(match.span(2), match.span(1) if match[1] else None, match.span(3)) for match in matches)
    return Layout(escapes, before, step, tuple(readings))


def _read_text(line: str, layout: Layout) -> Iterator[tuple[str, float, int | None]]:
    step = int(line[slice(*layout.step)]) if layout.step else None
    for name, part, value in layout.found:
        first = f"{line[slice(*part)]}_" if part else ""
        yield f"{layout.before}{first}{line[slice(*name)]}", float(line[slice(*value)]), step


def _read_json(line: str) -> Iterator[tuple[str, float, int | None]] | None:
    """The readings of a line of JSON; None if it is none, such as a dictionary as Python prints it."""
    whole = _JSON.fullmatch(line)
    if whole is None:
        return None
    try:
        record = json.loads(whole[1])
    except (ValueError, RecursionError):
        return None
    numbers: dict[str, float] = {}
    for key, value in record.items():
        below = {f"{key}.{inner}": value[inner] for inner in value} if isinstance(value, dict) else {key: value}
        for name, number in below.items():
            if isinstance(number, int | float) and not isinstance(number, bool):
                with contextlib.suppress(OverflowError):  # A whole number of hundreds of digits.
                    numbers[name.lower()] = float(number)
    step = next((int(value) for key in _STEP_KEYS if _is_step(value := numbers.get(key, math.nan))), None)
    return iter([(name, value, step) for name, value in numbers.items() if _KNOWN.fullmatch(name)])


def _is_step(value: float) -> bool:
    return 0 <= value <= LAST_STEP and value == int(value)
