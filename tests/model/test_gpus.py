"""GPU requests read what people write, and refuse the rest with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.model.errors import UsageError
from golfer_tui.model.gpus import MAX_PER_WORKER, GpuRequest

TYPES = st.from_regex(r"[A-Z][A-Z0-9-]{0,11}", fullmatch=True).filter(lambda text: text not in {"NONE", "CPU", "NO"})


@given(TYPES, st.integers(1, MAX_PER_WORKER))
def test_the_text_form_reads_back(kind: str, count: int) -> None:
    request = GpuRequest(kind, count)
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
    ],
)
def test_what_people_write(text: str, expected: tuple[str, int]) -> None:
    assert GpuRequest.parse(text) == GpuRequest(*expected)


@pytest.mark.parametrize("text", ["", "none", "CPU", "0"])
def test_no_gpu(text: str) -> None:
    assert GpuRequest.parse(text) is None


@pytest.mark.parametrize("text", ["H100:0", "H100:65", "H100:", ":8", "H100:x", "H 100", "-1", "8:H100", "H100:8:8"])
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
