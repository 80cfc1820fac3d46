"""A loopback Modal whose sandboxes are hollow, and which counts the GPU slots that they hold: `python -m hollow_plane`.

It starts no process for a sandbox, so that the machine's speed at starting processes is not what is measured. At its
end it prints, as one line of JSON, the seconds that slots were in use, all slots together, and the most at once.
"""

import asyncio
import json
import signal
import time
from collections.abc import Mapping, Sequence
from typing import Any

from loopback.modal_plane import sandboxes as plane_sandboxes
from loopback.modal_plane.plane import ModalPlane
from loopback.modal_plane.space import Space


class Slots:
    """How many slots of a plane are in use, and the integral of that over time."""

    def __init__(self, plane: ModalPlane) -> None:
        self._now = self.most = 0
        self._since = time.monotonic()
        self.used = 0.0
        sandboxes = plane.sandboxes
        create, terminate = sandboxes.create, sandboxes.terminate

        async def created(request: Any) -> Any:
            self._count(request.definition.resources.gpu_config.count)
            return await create(request)

        async def terminated(sandbox: Any, *status: Any) -> None:
            if sandbox.result is None:
                self._count(-sandbox.gpus)
            await terminate(sandbox, *status)

        sandboxes.create, sandboxes.terminate = created, terminated  # type: ignore[method-assign]

    def _count(self, change: int) -> None:
        moment = time.monotonic()
        self.used += self._now * (moment - self._since)
        self._since = moment
        self._now += change
        self.most = max(self.most, self._now)


class Hollow(Space):
    """A space without processes of its own; each command only says that there is a shell."""

    async def open(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        self._over = asyncio.Event()

    def entering(self, argv: Sequence[str], workdir: str, *, tty: bool) -> list[str]:
        return ["echo", "/bin/sh"]

    async def wait(self) -> int:
        await self._over.wait()
        return 137

    async def close(self) -> None:
        self._over.set()


async def main() -> None:
    """Serve until a signal ends it."""
    plane_sandboxes.Space = Hollow  # type: ignore[misc]
    async with ModalPlane() as plane:
        slots, over = Slots(plane), asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, over.set)
        for name, value in plane.environment.items():
            print(f"export {name}={value}", flush=True)
        await over.wait()
        print(json.dumps({"used": slots.used, "most": slots.most}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
