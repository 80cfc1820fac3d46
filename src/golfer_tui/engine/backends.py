"""Which sandboxes are used, and how many may run: from the settings and from what this machine has."""

import os
from pathlib import Path

from golfer_tui.model.settings import Settings
from golfer_tui.pool.leases import Device, Limits
from golfer_tui.sandboxes.contract import Backend

MODAL_GPUS = 8
"""GPUs in all on Modal, where the settings name no limit: the size of one challenge run."""


def make_backend(settings: Settings, home: Path, store: str = "") -> Backend:
    """The backend that was asked for; its libraries are imported only now. Blocks: call it off the loop.

    `store` is the store's identity, which its sandboxes elsewhere are tagged with.
    """
    if settings.backend == "modal":
        from golfer_tui.sandboxes.modal.backend import ModalBackend

        return ModalBackend(settings.modal, store, profiles=settings.workers, mounts=settings.mounts)
    from golfer_tui.sandboxes.local.backend import LocalBackend

    return LocalBackend(settings.local, home=home)


def limits_for(settings: Settings) -> Limits:
    """The pool's limits; here they follow from the GPUs that the driver tells of, if it is asked. Blocks."""
    pool = settings.pool
    by_type = {kind.upper(): count for kind, count in pool.gpus.items()}
    if settings.backend == "modal":
        return Limits(max_gpus=MODAL_GPUS if pool.max_gpus is None else pool.max_gpus, gpus=by_type)
    from golfer_tui.sandboxes.gauges import local_gpus

    devices = tuple(Device(gpu.id, gpu.type) for gpu in local_gpus())
    return Limits(
        max_gpus=len(devices) if pool.max_gpus is None else pool.max_gpus,
        gpus=by_type,
        max_local=pool.max_local or max(4, 2 * (os.cpu_count() or 1)),
        devices=devices,
    )
