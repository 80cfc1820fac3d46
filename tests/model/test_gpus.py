"""GPU requests read what people write, and refuse the rest with a sentence."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.model.errors import UsageError
from golfer_tui.model.gpus import ANY, MAX_PER_WORKER, GpuRequest, accepted, limits_of, matches

TYPES = st.from_regex(r"[A-Z][A-Z0-9-]{0,11}", fullmatch=True).filter(lambda text: text not in {"NONE", "CPU", "NO"})


MARKED = st.builds(lambda kind, mark: kind + mark, TYPES, st.sampled_from(["", "", "!", "+"]))
SINGLE = st.builds(GpuRequest, MARKED, st.integers(1, MAX_PER_WORKER))


@given(SINGLE, st.lists(SINGLE, max_size=3))
def test_the_text_form_reads_back(first: GpuRequest, others: list[GpuRequest]) -> None:
    request = GpuRequest(first.type, first.count, tuple(others))
    assert [str(one) for one in request.alternatives] == str(request).split(", ")
    assert GpuRequest.parse(str(request)) == request
    assert GpuRequest.parse(f" {str(request).lower()} ") == request


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("H100", ("H100", 1)),
        ("h100:8", ("H100", 8)),
        ("2", ("ANY", 2)),
        ("any:2", ("ANY", 2)),
        ("A100-80GB", ("A100-80GB", 1)),
        ("h100!:2", ("H100!", 2)),
        ("b200+", ("B200+", 1)),
        ("H100:2, a100:4,any", ("H100", 2, (GpuRequest("A100", 4), GpuRequest("ANY", 1)))),
    ],
)
def test_what_people_write(text: str, expected: tuple[Any, ...]) -> None:
    assert GpuRequest.parse(text) == GpuRequest(*expected)


@pytest.mark.parametrize("text", ["", "none", "CPU", "0"])
def test_no_gpu(text: str) -> None:
    assert GpuRequest.parse(text) is None


@pytest.mark.parametrize("text", ["H100:0", "H100:65", "H100:", ":8", "H100:x", "H 100", "-1", "8:H100", "H100:8:8",
                                  "H100,", "H100, none", "H100!!", "!", "H100!+"])  # fmt: skip
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no GPU request") as caught:
        GpuRequest.parse(text)
    assert caught.value.code == "gpu.malformed"
    assert caught.value.hint


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        request = GpuRequest.parse(text)
    except UsageError:
        return
    assert request is None or 1 <= request.count <= MAX_PER_WORKER


# What Modal's guide says of each name: modal.com/docs/guide/gpu.
DEVICES = ["T4", "L4", "A10G", "L40S", "A100-40GB", "A100-80GB", "H100", "H200", "B200", "B300", "RTX-PRO-6000",
           "A100-40GB-1G.5GB"]  # fmt: skip
GETS = {
    "A100": {"A100-40GB", "A100-80GB"},
    "A100-40GB": {"A100-40GB"},
    "A100-80GB": {"A100-80GB"},
    "H100": {"H100", "H200"},
    "H100!": {"H100"},
    "H200": {"H200"},
    "B200": {"B200"},
    "B200+": {"B200", "B300"},
    "A10": {"A10G"},
    "L4": {"L4"},
    "ANY": {*DEVICES},
    "A100-40GB-1G.5GB": {"A100-40GB-1G.5GB"},
}


@pytest.mark.parametrize("asked", GETS)
def test_types_match_as_modal_means_them(asked: str) -> None:
    assert {device for device in DEVICES if matches(asked, device)} == GETS[asked]


@given(st.one_of(MARKED, st.sampled_from([*GETS])), st.one_of(TYPES, st.sampled_from(DEVICES)))
def test_matching_holds_together(asked: str, device: str) -> None:
    assert matches(device, device)
    assert matches(ANY, device)
    assert asked == ANY or matches(asked, device) == (device in accepted(asked))
    if asked.endswith("!"):
        assert matches(asked, device) == (device == asked[:-1])
    if asked != ANY:
        # What names a type is bounded by the limit of that name.
        assert asked.rstrip("!+") in limits_of(asked)
