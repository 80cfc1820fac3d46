"""What a worker uses, as a row of a tile and as lines beside it. Pure: samples in, pieces out.

Everything is shown as what it is: a GPU that tells no use is "n/a" and not 0 %, and where no GPU is seen it says why.
"""

from collections.abc import Iterator, Sequence

from golfer_tui.experiments.curves import sparkline
from golfer_tui.model import figures
from golfer_tui.model.gauges import GpuSample, Sample
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.inks import Inks
from golfer_tui.tui.live import Meter, use_of
from golfer_tui.tui.look import Piece, shorten, width_of

BLOCKS = "▁▂▃▄▅▆▇█"
UNTOLD = "·"
"""Stands for a GPU that tells no use."""

NOT_TOLD = "n/a"
GRAPH = 30
"""Columns of a graph, at most."""

BAR = 10
"""Columns of a bar, at most."""


def meter_row(sample: Sample, meter: Meter, inks: Inks, width: int, *, asked: bool, idle: Sequence[int]) -> list[Piece]:
    """The meter of a tile.

    Args:
        sample: The newest.
        meter: The last minutes.
        inks: The styles.
        width: Columns.
        asked: Whether it has leased a GPU.
        idle: Numbers of its GPUs that idle for minutes.
    """
    beside: list[Piece] = []
    alarm = ""
    if sample.gpus:
        use, held, total = use_of(sample), _sum(sample, "memory_used"), _sum(sample, "memory_total")
        label = "gpu" if len(sample.gpus) == 1 else f"{len(sample.gpus)} gpus"
        first = f" {label} {use:>3.0f}% " if use is not None else f" {label} {NOT_TOLD} "
        memory = NOT_TOLD if held is None else figures.size(held) + (f"/{figures.size(total)}" if total else "")
        series, kept, top, high = meter.gpu, meter.gpu_memory, 100.0, float(total or 0) or None
        beside = [(f"  cpu {sample.cpu:.0f}% {figures.size(sample.memory)}", inks.dim)]
    else:
        use, memory = sample.cpu, figures.size(sample.memory)
        first = f" cpu {use:>3.0f}% "
        # 100 percent are one core; a worker that takes more stretches the scale to whole cores.
        top = 100.0 * max(1, -(-int(max([*meter.cpu, use])) // 100))
        series, kept, high = meter.cpu, meter.memory, None
        if asked:
            alarm = f"  no gpu: {one_line(sample.gpu_note) or 'none was seen yet'}"
    if idle:
        alarm = f"  idle: gpu {' '.join(map(str, idle))}"
    second = f"  mem {memory} "
    room = width - len(first) - len(second)
    # Least is cut of what wants a person to look; what each GPU does goes before what is beside them.
    alarm = shorten(alarm, max(room, 0))
    room -= len(alarm)
    each = each_use(sample.gpus) + " " if len(sample.gpus) > 1 else ""
    if width_of(beside) + len(each) > room:
        beside = []
    room -= width_of(beside)
    if each:
        bars: list[Piece] = [(each, inks.fill)] if room >= len(each) else []
    else:
        long = min(BAR, max(0, room // 4)) if room >= 16 else 0
        full, rest = figures.bar((use or 0.0) / top, long)
        bars = [(full, inks.fill), (rest, inks.track), (" " if long else "", inks.track)]
    graph = min(GRAPH, max(0, (room - width_of(bars)) // 2))
    high = high or max(kept, default=0.0) * 1.25
    return [
        (first, inks.body), *bars, (sparkline(list(series), graph, low=0.0, high=top), inks.fill),
        (second, inks.body), (sparkline(list(kept), graph, low=0.0, high=high), inks.memory), *beside,
        (alarm, inks.alarm),
    ]  # fmt: skip


def share(sample: Sample) -> str:
    """The shortest form, for a list."""
    if not sample.gpus:
        return f"cpu {sample.cpu:.0f}% {figures.size(sample.memory)}"
    use, held = use_of(sample), _sum(sample, "memory_used")
    told = NOT_TOLD if use is None else f"{use:.0f}%"
    return f"gpu {told} {NOT_TOLD if held is None else figures.size(held)}"


def each_use(gpus: Sequence[GpuSample]) -> str:
    """One column for each GPU."""
    return "".join(
        UNTOLD if gpu.utilization is None else BLOCKS[min(7, int(gpu.utilization / 100 * 8))] for gpu in gpus
    )


def gpu_lines(sample: Sample, meter: Meter, width: int) -> Iterator[tuple[str, str, str, str]]:
    """One line for each GPU: its number and type, its use, its use over the last minutes, and all else it tells."""
    for place, gpu in enumerate(sample.gpus):
        history = meter.each[place] if place < len(meter.each) else ()
        use = NOT_TOLD if gpu.utilization is None else f"{gpu.utilization:.0f}%"
        memory = NOT_TOLD if gpu.memory_used is None else figures.size(gpu.memory_used)
        if gpu.memory_total is not None:
            memory += f"/{figures.size(gpu.memory_total)}"
        power = NOT_TOLD if gpu.power is None else f"{gpu.power:.0f} W"
        heat = NOT_TOLD if gpu.temperature is None else f"{gpu.temperature:.0f} °C"
        graph = sparkline(list(history), width, low=0.0, high=100.0).ljust(width)
        yield f"{gpu.index} {one_line(gpu.name, 12)}", use, graph, f"{memory}  {power}  {heat}"


def _sum(sample: Sample, field: str) -> int | None:
    told = [value for gpu in sample.gpus if (value := getattr(gpu, field)) is not None]
    return sum(told) if told else None
