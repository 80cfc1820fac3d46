"""What a resumed session still has to do, read from its journal: cut turns, messages nobody answered, lost workers."""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from golfer_tui.agents.orchestrator import Orchestrator
from golfer_tui.agents.repair import missing_items
from golfer_tui.agents.services import Services
from golfer_tui.engine.held import Held
from golfer_tui.engine.leftovers import divide
from golfer_tui.engine.receipt import receipt, sandbox_states, settle_sandboxes, unfinished_workers
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.spending import money
from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.ledger import Left
from golfer_tui.pool.mailbox import Mail
from golfer_tui.sandboxes.contract import Backend

LOST = "the engine went away"
"""Why a turn was cut or a worker lost, as the agents are told."""


BULK = (we.WorkerOutput, we.WorkerMetric, we.WorkerGauge)
"""Kinds that come by the thousand and say nothing of what is unfinished."""


@dc.dataclass(slots=True)
class CutTurn:
    """A turn without an end: the process went away in it."""

    worker: str | None
    started: ae.TurnStarted
    bodies: list[ev.AnyBody] = dc.field(default_factory=list)
    inputs: list[str] = dc.field(default_factory=list)
    """Texts of the messages that it was to answer."""


@dc.dataclass(slots=True)
class Unfinished:
    """All that is open at the end of a journal."""

    turns: list[CutTurn] = dc.field(default_factory=list)
    messages: list[tuple[Mail, bool]] = dc.field(default_factory=list)
    """Messages to the orchestrator that no turn has taken up, and whether each is a note of the engine's."""
    mail: dict[str, list[Mail]] = dc.field(default_factory=dict)
    """Messages that no turn has taken up, by worker."""
    blank: set[str] = dc.field(default_factory=set)
    """Workers that were to begin with an empty memory and had no turn since: it may still hold what was before."""


def unfinished(events: Iterable[ev.Event]) -> Unfinished:
    """Read a whole journal, in order; it may lack the kinds in `BULK`."""
    open_turns: dict[str | None, CutTurn] = {}
    texts: dict[str, str] = {}
    waiting: dict[str, tuple[str | None, Mail, bool]] = {}
    blank: set[str] = set()
    for event in events:
        worker, body = event.worker, event.body
        match body:
            case ae.Message() if body.id:
                texts[body.id] = body.text
                waiting[body.id] = (worker, Mail(body.id, body.text), body.role == "system")
            case ae.TurnStarted():
                open_turns[worker] = CutTurn(worker, body, inputs=[texts.get(each, "") for each in body.inputs])
                for each in body.inputs:
                    waiting.pop(each, None)
                blank.discard(worker or "")
            case ae.TurnFinished():
                open_turns.pop(worker, None)
            case we.WorkerQueued(fresh=True) as body:
                # A fresh attempt starts with an empty memory: what was cut or unread before it is gone with it.
                open_turns.pop(worker, None)
                waiting = {id_: told for id_, told in waiting.items() if told[0] != worker}
                blank.add(body.spec.name)
            case _:
                if worker in open_turns:
                    open_turns[worker].bodies.append(body)
    left = Unfinished(list(open_turns.values()), blank=blank)
    for addressee, mail, note in waiting.values():
        if addressee is None:
            left.messages.append((mail, note))
        else:
            left.mail.setdefault(addressee, []).append(mail)
    return left


async def revive(
    left: Unfinished,
    last: dt.datetime,
    services: Services,
    orchestrator: Orchestrator,
    sandboxes: Mapping[str, bytes],
    alive: Mapping[str, Left],
) -> dict[str | None, int]:
    """Bring a session back: mend cut memories, lay down what was not read, make the workers known to the pool.

    A worker that ran when the process went away is told as failed: its processes are gone, its workspace and its memory
    are not, and a person or the orchestrator can let it go on or restart it. One that was paused stays so.

    Args:
        left: What is open at the end of the journal.
        last: Time of its last event.
        services: With the state that its events make.
        orchestrator: Gets what nobody has read.
        sandboxes: By worker, what finds its newest sandbox again.
        alive: By worker, its sandbox that outlived the process.

    Returns:
        How many steps were brought back into the memory of each agent that was cut in a turn (None: the orchestrator).
    """
    state, emit = services.state, services.emit
    mended: dict[str | None, int] = {}
    for name in left.blank:
        await services.memory(name).clear_session()
    for turn in left.turns:
        memory = services.memory(turn.worker)
        saved: list[Any] = (await memory.get_items())[turn.started.items :]
        items: list[Any] = list(missing_items(turn.bodies, turn.inputs, saved, LOST))
        await memory.add_items(items)
        emit(ev.Draft(ae.TurnFinished(turn=turn.started.turn, state="interrupted", error=LOST), turn.worker))
        mended[turn.worker] = max(len(items) - 1, 0)
    for mail, note in left.messages:
        orchestrator.recall(mail, note=note)
    held = {worker.name: worker.bill(last).per_hour for worker in state.workers.values() if worker.holds}
    _return_leases(last, services)
    for worker in state.workers.values():
        if worker.state.final:
            if not worker.delivered:
                orchestrator.report(worker.name, worker.attempt, str(worker.state), worker.summary)
        elif worker.state is WorkerState.PAUSED:
            if worker.name in held:
                emit(ev.Draft(we.WorkerSuspended(attempt=worker.attempt, paused=True), worker.name))
                if worker.name in alive:
                    emit(ev.Draft(_paused_there(alive[worker.name], held[worker.name]), worker.name))
        elif worker.name in alive:
            if worker.state is not WorkerState.SUSPENDED:
                emit(ev.Draft(we.WorkerSuspended(attempt=worker.attempt), worker.name))
        elif worker.state is not WorkerState.SUSPENDED:
            summary = f"It was {worker.state} when {LOST}. Its workspace and its memory are there: it can go on."
            emit(ev.Draft(we.WorkerFinished(attempt=worker.attempt, state="failed", summary=summary), worker.name))
    await services.flush()
    services.pool.restore(state, sandboxes, left.mail, alive)
    return mended


async def bring_back(held: Held, services: Services, orchestrator: Orchestrator, backend: Backend) -> None:
    """Make a stored session whole again, and hand over the receipt.

    Raises:
        StoreError: the journal, a memory or the ledger cannot be used.
    """
    state, store, ledger = held.state, held.store, held.store.sandboxes
    lost = unfinished_workers(state)
    for worker in list(state.workers.values()):
        await held.recorder.tell_rest(worker.name, worker.tape_end)
    sandboxes = await settle_sandboxes(ledger, held.session)
    states = await sandbox_states(ledger, held.session, backend.name)
    divided = divide(await ledger.open(held.session), states, state, backend)
    told = store.each_event(held.session, without=BULK)
    left = unfinished([event async for event in told if event.seq <= held.before])
    mended = await revive(left, held.row.updated, services, orchestrator, states, divided.alive)
    services.pool.sweep(divided.left)
    body = await receipt(store, state, restored=held.restored, lost=lost, mended=mended, sandboxes=sandboxes)
    services.emit(ev.Draft(body))


def _paused_there(left: Left, hour: float) -> ae.Notice:
    """That the sandbox of a paused worker outlived the process, and costs on."""
    costs = f", and it costs {money(hour)} an hour" if hour else ""
    text = f"{left.worker} is paused still; its sandbox {left.sandbox} lives on with its processes{costs}."
    hint = "It ends when it is killed, has been idle for its time, or reaches its lifetime."
    return ae.Notice(level="warning", code="sandbox.paused", text=text, hint=hint)


def _return_leases(last: dt.datetime, services: Services) -> None:
    """Close the leases that were open at the last event: later than this nothing was used, or nobody can tell.

    A keeper ends its local sandbox with the cockpit. A sandbox on Modal lives on, and costs, until it was idle for its
    time or has reached its lifetime; so long it counts.
    """
    settings = services.settings
    for worker in services.state.workers.values():
        if (lease := worker.leasing.open) is not None:
            seconds = (last - lease.begun).total_seconds()
            if services.state.backend == "modal":
                seconds = min(seconds + settings.modal.idle_timeout, settings.modal.timeout)
            body = we.LeaseReturned(attempt=worker.attempt, seconds=max(seconds, 0.0))
            services.emit(ev.Draft(body, worker.name))
