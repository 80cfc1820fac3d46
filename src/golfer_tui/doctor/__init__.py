"""The doctor: what works on this machine, what does not, and what to do about it.

Each check answers with findings and raises nothing; what is broken is what it is there to tell.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from golfer_tui import config
from golfer_tui.doctor import machine, remote
from golfer_tui.doctor.finding import Finding
from golfer_tui.model.errors import UsageError
from golfer_tui.model.settings import Settings

__all__ = ["Finding", "demo_runs", "examine"]


async def examine(directory: Path, environ: Mapping[str, str]) -> list[Finding]:
    """Look at everything, for a session that would be started in `directory`. Takes a few seconds at most."""
    settings, found = await asyncio.to_thread(_settings, directory, environ)
    checks = await asyncio.gather(
        asyncio.to_thread(machine.python),
        asyncio.to_thread(machine.emulator),
        machine.store(config.home(environ)),
        asyncio.to_thread(machine.skills, directory, settings),
        asyncio.to_thread(machine.isolation, settings),
        asyncio.to_thread(machine.gpus),
        asyncio.to_thread(machine.terminal, environ),
        asyncio.to_thread(remote.model, settings, environ),
        asyncio.to_thread(remote.endpoint, settings, environ),
        asyncio.to_thread(remote.keyring),
        remote.modal(settings, environ),
    )
    return [found, *checks]


def demo_runs(findings: list[Finding]) -> bool:
    """True if nothing that the demo needs is missing: no key, network, GPU or screen is."""
    return not any(finding.state == "missing" and finding.needed for finding in findings)


def _settings(directory: Path, environ: Mapping[str, str]) -> tuple[Settings, Finding]:
    try:
        settings = config.load(directory, environ)
    except UsageError as error:
        return Settings(), Finding("settings", "missing", error.message, error.hint, needed=True)
    read = [str(path) for path in config.files(directory, environ) if path.exists()]
    return settings, Finding("settings", "ok", f"read from {' and '.join(read)}" if read else "no file: all defaults")
