"""What a journal leaves open: cut turns, messages that no turn took up, mail that no worker read."""

import datetime as dt

from golfer_tui.engine.resume import unfinished
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.workers import WorkerSpec

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def journal(*told: tuple[str | None, ev.AnyBody]) -> list[ev.Event]:
    return [
        ev.Event(seq=seq, time=NOW, session="s", worker=worker, body=body) for seq, (worker, body) in enumerate(told, 1)
    ]


def said(id_: str, role: str = "user") -> ae.Message:
    return ae.Message(role=role, text=f"text of {id_}", id=id_)  # type: ignore[arg-type]


def queued(fresh: bool) -> we.WorkerQueued:
    return we.WorkerQueued(spec=WorkerSpec("w", "task"), attempt=1, position=1, fresh=fresh)


def test_messages_wait_until_a_turn_names_them() -> None:
    left = unfinished(
        journal(
            (None, said("a")),
            (None, said("b")),
            (None, said("n", "system")),
            (None, ae.TurnStarted(turn="t", inputs=("a",))),
            (None, ae.TurnFinished(turn="t", state="done")),
        )
    )
    assert [(mail.id, note) for mail, note in left.messages] == [("b", False), ("n", True)]
    assert left.turns == []


def test_a_cut_turn_keeps_what_it_was_to_answer_and_what_it_did() -> None:
    call = ae.ToolCalled(call="c", name="t", arguments={})
    left = unfinished(
        journal(
            (None, said("a")),
            (None, ae.TurnStarted(turn="t", inputs=("a",), items=4)),
            ("w", we.WorkerOutput(text="", offset=0, size=1)),
            (None, call),
        )
    )
    assert len(left.turns) == 1
    turn = left.turns[0]
    assert (turn.worker, turn.inputs, turn.started.items, turn.bodies) == (None, ["text of a"], 4, [call])


def test_a_workers_mail_waits_for_it_and_goes_with_its_memory() -> None:
    told = [("w", queued(True)), ("w", said("m"))]
    assert [mail.id for mail in unfinished(journal(*told)).mail["w"]] == ["m"]
    assert [mail.id for mail in unfinished(journal(*told, ("w", queued(False)))).mail["w"]] == ["m"]
    assert unfinished(journal(*told, ("w", queued(True)))).mail == {}
    assert unfinished(journal(*told, ("w", ae.TurnStarted(turn="t", inputs=("m",))))).mail == {}


def test_a_fresh_attempt_without_a_turn_has_nothing_to_remember() -> None:
    assert unfinished(journal(("w", queued(True)))).blank == {"w"}
    assert unfinished(journal(("w", queued(True)), ("w", ae.TurnStarted(turn="t")))).blank == set()
    assert unfinished(journal(("w", queued(False)))).blank == set()
