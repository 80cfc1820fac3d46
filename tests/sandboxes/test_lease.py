"""Who may type into a terminal: the person has it for a while, and until they give it back."""

import pytest

from golfer_tui.sandboxes import lease as room
from golfer_tui.sandboxes.lease import HELD, Lease


def test_a_person_has_it_until_they_give_it_back_or_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(room.time, "monotonic", lambda: now)
    lease = Lease()
    assert not lease.taken
    lease.take()
    lease.place = "vim"
    now += HELD / 2
    lease.take()
    assert lease.place == "vim"
    now += HELD - 1
    assert lease.taken
    now += 1
    assert not lease.taken
    lease.take()
    assert lease.place is None
    lease.give()
    assert not lease.taken
