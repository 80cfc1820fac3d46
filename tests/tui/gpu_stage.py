"""A stage with all that GPUs can tell: eight in a row, one that idles, a MIG instance, none where one should be."""

import math

from tui.stage import START, Stage

from golfer_tui.model import agent_events as ae
from golfer_tui.model import session_events as se
from golfer_tui.model import signals as sg
from golfer_tui.model import worker_events as we
from golfer_tui.model.gauges import GpuSample, Sample
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.prices import Rate
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.pool.leases import Limits, Used
from golfer_tui.terminal.tape import Tape

GIB = 1 << 30


def gpu(index: int, use: float | None, name: str = "H100") -> GpuSample:
    """A GPU that tells all but, perhaps, its use."""
    return GpuSample(index, name, use, 61 * GIB, 80 * GIB, 512.4, 61.0)


def on_gpus() -> Stage:
    """Four workers on GPUs for a quarter of an hour, and one that waits; four GPUs more than may be used by now."""
    stage = Stage()
    stage.emit(se.SessionStarted(title="Speedrun on GPUs", backend="modal", model="gpt-5.4", directory="/home/ada"))
    for name, request, rate in (
        ("eight", "H100:8", Rate(gpus=31.5936, core=0.14, gib=0.024, cores=0.125, memory=0.125)),
        ("slice", "A100-40GB-1G.5GB", Rate(gpus=None)),
        ("blind", "L4", Rate(gpus=0.7992)),
        ("waits", "H100, A100-80GB:2", Rate()),
    ):
        stage.tapes[name] = Tape()
        spec = WorkerSpec(name, f"Train on {request}.", gpu=GpuRequest.parse(request))
        stage.emit(we.WorkerQueued(spec=spec, attempt=1, position=1), name, "orchestrator")
        if name == "waits":
            continue
        [kind] = [spec.gpu.type] if spec.gpu else []
        count = spec.gpu.count if spec.gpu else 0
        stage.emit(we.LeaseTaken(attempt=1, gpus={kind: count}, rate=rate), name)
        stage.emit(we.WorkerStarted(attempt=1, sandbox=f"sb-{name}", workspace="/w", devices=(kind,) * count), name)
        stage.emit(ae.Usage(model="gpt-5.4", input_tokens=90_000, output_tokens=9_000, dollars=0.36), name)
    for tick in range(90):
        row = tuple(gpu(index, 60 + 39 * math.sin(tick / 9 + index)) for index in range(7))
        samples = {
            "eight": Sample(cpu=812.0, memory=40 * GIB, processes=19, gpus=(*row, gpu(7, 0.0))),
            "slice": Sample(cpu=95.0, memory=2 * GIB, processes=4, gpus=(GpuSample(0, "A100-40GB"),)),
            "blind": Sample(cpu=12.0, memory=GIB, processes=2, gpu_note="nvidia-smi is missing in this image"),
        }
        for name, sample in samples.items():
            stage.gauge(name, sample) if tick == 89 else stage.signal(sg.Gauged(name, sample))
    stage.emit(we.WorkerIdle(gpus=(7,), minutes=3.0, percent=5.0), "eight")
    reason = "needs H100, and 0 of 4 H100 are free; needs A100-80GB:2, and 1 of 2 A100-80GB is free"
    stage.waiting = (("waits", reason),)
    stage.signal(sg.QueueMoved(stage.waiting))
    stage.pass_time(900)
    stage.limits = Limits(max_gpus=6, gpus={"H100": 4})
    stage.used = Used(workers=3, gpus=10, by_type={"H100": 8, "A100-40GB-1G.5GB": 1, "L4": 1})
    stage.max_dollars = 10.0
    assert stage.clock > START
    return stage
