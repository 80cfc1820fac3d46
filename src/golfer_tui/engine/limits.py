"""The limits of a session: from the settings, then as a person changed them, and as the session remembers it."""

import msgspec

from golfer_tui.model.commands import SetLimits
from golfer_tui.model.errors import CommandError
from golfer_tui.model.session_events import LimitsChanged
from golfer_tui.pool.leases import Limits


def changed(now: LimitsChanged, command: SetLimits) -> LimitsChanged:
    """The limits after a command.

    Raises:
        CommandError: `limits.value` if one of them is no limit.
    """
    given = {
        name: value
        for name in ("max_gpus", "max_local", "max_dollars")
        if (value := getattr(command, name)) is not msgspec.UNSET
    }
    if any(value is not None and value < (1 if name == "max_local" else 0) for name, value in given.items()):
        raise CommandError("limits.value", "A limit cannot be below 0, and one local worker must be able to run.")
    if any(count is not None and count < 0 for count in command.gpus.values()):
        raise CommandError("limits.value", "A limit cannot be below 0.")
    merged = {**now.gpus, **{kind.upper(): count for kind, count in command.gpus.items()}}
    gpus = {kind: count for kind, count in merged.items() if count is not None}
    return msgspec.structs.replace(now, gpus=gpus, **given)


def told(limits: Limits, max_dollars: float | None) -> LimitsChanged:
    """What is in force, as an event tells it."""
    return LimitsChanged(
        max_gpus=limits.max_gpus, gpus=dict(limits.gpus), max_local=limits.max_local, max_dollars=max_dollars
    )


def applied(limits: Limits, told: LimitsChanged) -> Limits:
    """The pool's limits with what was told; the devices of the machine stay."""
    return msgspec.structs.replace(limits, max_gpus=told.max_gpus, gpus=dict(told.gpus), max_local=told.max_local)
