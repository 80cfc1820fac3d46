"""Money and GPUs on the screen: header, tiles, details, scores, the budget's screen, and how limits are set there."""

import pytest
from textual.widgets import Label
from tui.gpu_stage import gpu, on_gpus
from tui.stage import empty, research
from tui.waiting import SIZES, cockpit, opened, settled, shown, until

from golfer_tui.model import commands as cm
from golfer_tui.model import worker_events as we
from golfer_tui.model.gauges import GpuSample, Sample
from golfer_tui.model.prices import Rate
from golfer_tui.tui.budget import Budget
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.live import Meter
from golfer_tui.tui.meters import each_use, gpu_lines, share


@pytest.mark.parametrize("size", SIZES)
async def test_header_and_tiles_tell_of_money_gpus_and_alarms(size: tuple[int, int]) -> None:
    async with opened(on_gpus(), size) as (app, pilot):
        await settled(app, pilot)
        picture = shown(app)
        assert "≈$9.70 + unknown/$10" in picture[0]
        if size[0] >= 120:
            assert "gpus 10/6 H100 8/4, drains" in picture[0]
            assert "1 with an idle gpu" in picture[0]
        whole = "\n".join(picture)
        assert "no gpu: nvidia-smi is missing" in whole or size[0] < 120, "and it is said why"
        if size[0] >= 240:
            assert "idle: gpu 7" in whole
            assert "8 gpus" in whole
            assert "gpu n/a" in whole, "a MIG instance tells no use, and 0 % would be a lie"
            assert "≈$8.78" in whole


async def test_details_list_all_eight_gpus_and_the_costs() -> None:
    async with opened(on_gpus(), (200, 60)) as (app, pilot):
        await settled(app, pilot)
        fleet = cockpit(app).query_one(Fleet)
        fleet.focus()
        await pilot.press("1", "z")
        await settled(app, pilot)
        picture = "\n".join(shown(app))
        for index in range(8):
            assert f"gpu {index} H100" in picture
        assert picture.count("61G/80G  512 W  61 °C") == 8
        assert "cpu     812% of a core, 40G, 19 processes" in picture
        assert "idle for minutes: gpu 7" in picture
        assert "≈$8.78: ≈$8.42 sandbox, ≈$0.36 model" in picture
        assert "2.00 h" in picture


async def test_an_alarm_is_shown_once_and_goes_when_the_gpu_works() -> None:
    stage = on_gpus()
    async with opened(stage, (120, 40)) as (app, pilot):
        await settled(app, pilot)
        stage.emit(we.WorkerIdle(gpus=(1, 7), minutes=3.0, percent=5.0), "eight")
        await until(pilot, lambda: any("gpu 1 7 did next to nothing" in note.message for note in app._notifications))
        stage.emit(we.WorkerIdle(gpus=(), minutes=3.0, percent=5.0), "eight")
        await until(pilot, lambda: "with an idle gpu" not in shown(app)[0])


async def test_the_budget_is_seen_and_set_by_a_key() -> None:
    stage = on_gpus()
    async with opened(stage, (120, 40)) as (app, pilot):
        await settled(app, pilot)
        cockpit(app).query_one(Fleet).focus()
        await pilot.press("dollar_sign")
        await until(pilot, lambda: isinstance(app.screen, Budget))
        await settled(app, pilot)
        picture = "\n".join(shown(app))
        for words in (
            "gpus 10/6 H100 8/4, drains",
            "≈$9.70 + unknown of $10",
            "A100-40GB-1G.5GB",
            "check modal.com/pricing",
            "1  waits",
            "needs H100, and 0 of 4 H100 are free",
            "2.00 GPU hours",
        ):
            assert words in picture, words
        await pilot.press(*"dollars twelve", "enter")
        hint = app.screen.query_one("#hint", Label)
        await until(pilot, lambda: "not an amount in dollars" in str(hint.content))
        assert not [command for command in stage.dispatched if isinstance(command, cm.SetLimits)]
        await pilot.press("ctrl+u", *"gpus 4 H100=off dollars 12.5", "enter")
        wanted = cm.SetLimits(max_gpus=4, gpus={"H100": None}, max_dollars=12.5)
        await until(pilot, lambda: wanted in stage.dispatched)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Budget))


async def test_the_budget_is_set_by_words() -> None:
    stage = empty()
    async with opened(stage) as (app, pilot):
        cockpit(app).action_budget("dollars 5 local 2")
        await until(pilot, lambda: stage.dispatched)
        assert stage.dispatched == [cm.SetLimits(max_local=2, max_dollars=5.0)]
        cockpit(app).action_budget("gpus")
        await until(pilot, lambda: any("says no limits" in note.message for note in app._notifications))


async def test_the_scores_tell_gpu_time_and_dollars() -> None:
    stage = research()
    stage.emit(we.LeaseTaken(attempt=1, gpus={"H100": 2}, rate=Rate(gpus=8.0)), "order-4")
    stage.pass_time(1800)
    async with opened(stage, (120, 40)) as (app, pilot):
        await settled(app, pilot)
        cockpit(app).query_one(Fleet).focus()
        await pilot.press("b")
        await until(pilot, lambda: any("gpu time" in row and "dollars" in row for row in shown(app)))
        [row] = [row for row in shown(app) if "order-4" in row and " 1:00:00 " in row]
        assert "≈$4.00 + unknown" in row, "the tokens of this model have no price"


def test_what_a_gpu_does_not_tell_is_no_zero() -> None:
    gpus = (gpu(0, 0.0), gpu(1, 99.9), gpu(2, None), GpuSample(3, "T4"))
    sample = Sample(cpu=1.0, memory=1, gpus=gpus)
    assert each_use(gpus) == "▁█··"
    assert share(sample) == "gpu 50% 183G"
    assert share(Sample(cpu=1.0, memory=1, gpus=(GpuSample(0, "T4"),))) == "gpu n/a n/a"
    meter = Meter()
    meter.add(sample)
    assert list(meter.gpu) == [99.9 / 2]
    lines = list(gpu_lines(sample, meter, 4))
    assert lines[3] == ("3 T4", "n/a", "    ", "n/a  n/a  n/a")
    assert lines[2][1] == "n/a"
    assert lines[1][1:] == ("100%", lines[1][2], "61G/80G  512 W  61 °C")
