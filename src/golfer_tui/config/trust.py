"""What a project's own `golfer.toml` may not decide: who gets the person's key, and what workers may see of theirs.

A folder that was cloned or unpacked is not the person. The same keys are fine in their own file, variables and flags.
"""

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from golfer_tui.config.check import Flat
from golfer_tui.model.errors import UsageError
from golfer_tui.model.settings import ApprovalSettings, PriceSettings

MOUNTS = "which buckets workers see, and with which of your keys"

PERSONAL = {
    "keys": "what your keys do",
    "local.isolation": "how far workers are kept off your files",
    "local.pass_environment": "which of your variables workers see",
    "mounts": MOUNTS,
    "model.tracing": "whether all you say goes to a third party",
    "pool.max_dollars": "how much of your money may be spent",
    "pool.on_max_dollars": "what happens once your money is spent",
    **{f"approvals.{name}": "what agents ask you about" for name in ApprovalSettings.__struct_fields__},
    **{f"prices.{name}": "what is counted as spent" for name in PriceSettings.__struct_fields__},
}


def check_project(flat: Flat, where: Path, own: Path) -> Flat:
    """The same settings, if a project may make them.

    Args:
        flat: Settings of the project's file.
        where: That file.
        own: The person's own file, for the hint.

    Raises:
        UsageError: `settings.personal`.
    """
    for key, what in PERSONAL.items():
        if key in flat:
            raise _personal(key, what, where, own)
    for name, profile in flat.get("workers", {}).items():
        if profile.mounts:
            raise _personal(f"workers.{name}.mounts", MOUNTS, where, own)
    address = flat.get("model.base_url")
    if address and not _loopback(str(address)):
        raise _personal("model.base_url", "which server your prompts and your key are sent to", where, own)
    return flat


def _personal(key: str, what: str, where: Path, own: Path) -> UsageError:
    return UsageError(
        "settings.personal",
        f"{where}: {key} says {what}, and a project may not decide that.",
        hint=f"Set it in {own}, or as a variable.",
    )


def _loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
