"""Snapshots of workers: their files by the sandbox's backend, their conversation beside it in the store.

The conversation is kept as it is at that moment, so that a fork is the same whatever its parent does later, and
whichever process lets it begin.
"""

import secrets
from collections.abc import Iterable
from typing import Any

from golfer_tui.agents.services import Services
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.commands import ForkWorker
from golfer_tui.model.errors import CommandError
from golfer_tui.model.snapshots import Snapshot
from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.pool.checks import check_name

Item = dict[str, Any]

NAME = 40
"""Characters of a worker's name."""


def memory_of(snapshot: str) -> str:
    """Under which name the conversation of a snapshot is stored; no worker can have it."""
    return f"snapshot:{snapshot}"


def first_words(spec: WorkerSpec) -> str:
    """What a worker is told first: its task, and what it begins with."""
    if spec.parent:
        return (
            f"[You are {spec.name} from now on, a copy of worker {spec.parent}: you remember its conversation, and "
            f"have its files as they were at the snapshot {spec.snapshot}. None of its commands runs here, and "
            f"{spec.parent} goes on without you. Your task:]\n{spec.task}"
        )
    if spec.snapshot:
        return f"[Your files are a copy: the snapshot {spec.snapshot} of another sandbox.]\n{spec.task}"
    return spec.task


async def take(services: Services, name: str, by: ev.By) -> Snapshot:
    """Keep a worker's files and its conversation as they are now.

    Raises:
        CommandError: `worker.unknown`, `snapshot.not_here`.
        SandboxError: `snapshot.nothing`, `snapshot.too_big`, `snapshot.failed`, or what the backend says.
        StoreError: the conversation cannot be kept.
    """
    id_ = f"snap-{secrets.token_hex(3)}"
    attempt, kept = await services.pool.keep(name, services.snapshot_folder(id_))
    items = whole(await services.memory(name).get_items())
    memory: Any = services.memory(memory_of(id_))
    await memory.add_items(items)
    services.emit(ev.Draft(we.WorkerSnapshot(id=id_, attempt=attempt, kept=kept, items=len(items)), name, by))
    await services.flush()
    return services.state.snapshots[id_]


async def fork(services: Services, wanted: ForkWorker, by: ev.By) -> WorkerSpec:
    """What a worker is that begins with the files and the conversation that another one had at a snapshot.

    Raises:
        CommandError: `worker.…`, `snapshot.unknown`, `snapshot.unremembered`.
        SandboxError: as `take`.
    """
    parent = services.state.workers.get(wanted.worker)
    if parent is None:
        known = ", ".join(services.state.workers) or "none yet"
        raise CommandError("worker.unknown", f"There is no worker {wanted.worker!r}.", hint=f"Workers: {known}.")
    name = wanted.name or _free(parent.name, {*services.pool.states, *services.approvals.names})
    check_name(name, services.state.workers)
    if wanted.snapshot:
        snapshot = await _known(services, parent, wanted.snapshot)
    else:
        snapshot = await take(services, parent.name, by)
    return WorkerSpec(
        name,
        wanted.task or parent.spec.task,
        parent.spec.skills,
        parent.spec.gpu,
        parent.spec.model,
        profile=parent.spec.profile,
        snapshot=snapshot.id,
        parent=parent.name,
    )


async def _known(services: Services, parent: Worker, id_: str) -> Snapshot:
    snapshot = services.state.snapshots.get(id_)
    if snapshot is None or snapshot.worker != parent.name:
        there = [each.id for each in services.state.snapshots.values() if each.worker == parent.name]
        hint = f"There is {', '.join(there)}." if there else "None was taken yet."
        raise CommandError("snapshot.unknown", f"{parent.name} has no snapshot {id_!r}.", hint=hint)
    if snapshot.items and not await services.memory(memory_of(id_)).get_items(1):
        raise CommandError(
            "snapshot.unremembered",
            f"The conversation that belongs to {id_} is not in this session.",
            hint="Its files are there: start a new worker with them.",
        )
    return snapshot


def whole(items: Iterable[Any]) -> list[Item]:
    """The items of a conversation that a model accepts as they are: calls with their answers, also in mid-turn."""
    given: list[Item] = list(items)
    calls = {item["call_id"] for item in given if "call_id" in item and not _answers(item)}
    answers = {item["call_id"] for item in given if "call_id" in item and _answers(item)}
    kept: list[Item] = []
    for item in given:
        if "call_id" in item and item["call_id"] not in calls & answers:
            _drop_thoughts(kept)
        else:
            kept.append(item)
    _drop_thoughts(kept)
    return kept


def _answers(item: Item) -> bool:
    return str(item.get("type", "")).endswith("_output")


def _drop_thoughts(kept: list[Item]) -> None:
    """A thought without what it led to is refused."""
    while kept and kept[-1].get("type") == "reasoning":
        kept.pop()


def _free(name: str, workers: Iterable[str]) -> str:
    taken, number = set(workers), 2
    while (chosen := f"{name[: NAME - len(str(number)) - 1]}-{number}") in taken:
        number += 1
    return chosen
