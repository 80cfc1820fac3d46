"""Settings out of command lines: as people and agents write them, and nothing out of what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.experiments.options import VALUE, differing, options_of


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python train.py --lr 0.1 --name=a", {"lr": "0.1", "name": "a"}),
        ("cd x && LR=0.2 python3 t.py --warm-up -0.5 2>&1 | tee log", {"LR": "0.2", "warm_up": "-0.5"}),
        ("torchrun -n 8 t.py optim.lr=1e-4 model=big", {"optim.lr": "1e-4", "model": "big"}),
        ("t.py --fast --compile; echo --done", {"fast": "on", "compile": "on", "done": "on"}),
        ("t.py --lr 1 && t.py --lr 2", {"lr": "2"}),
        ("t.py --out 'two words' --lr $LR --n `nproc`", {"out": "two words"}),
        ("cat > c.yaml <<'EOF'\nlr=3\n--x 1\nEOF\nt.py --lr 4", {"lr": "4"}),
        ("cat <<-X\n a=1", {}),
        ("python -c 'a=1; b = 2'", {}),
        ("echo \"it's", {}),
        ("t.py --name 'unfinished", {"name": "'unfinished"}),
        ("", {}),
    ],
)
def test_settings_are_read(command: str, expected: dict[str, str]) -> None:
    assert options_of(command) == expected


@given(st.text(max_size=200))
def test_any_command_can_be_read(command: str) -> None:
    assert all(name and len(value) <= VALUE for name, value in options_of(command).items())


def test_only_settings_that_differ_are_told() -> None:
    runs = [{"lr": "0.1", "seed": "0"}, {"lr": "0.2", "seed": "0", "wide": "on"}, {"lr": "0.1", "seed": "0"}]
    assert differing(runs, 9) == ["lr", "wide"]
    assert differing(runs, 1) == ["lr"]
    assert differing(runs[:1], 9) == []
