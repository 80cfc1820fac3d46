"""Run the loopback plane: `PYTHONPATH=tests python -m loopback.modal_plane [COMMAND …]`.

With a command it runs that with the plane's variables set, and ends with it. Without one it prints the variables and
runs until it is interrupted.
"""

import asyncio
import os
import shlex
import signal
import sys

from loopback.modal_plane.plane import ModalPlane
from loopback.modal_plane.space import missing


async def main(command: list[str]) -> int:
    """Serve until the command, or a signal, ends it; returns the exit status."""
    async with ModalPlane() as plane:
        if command:
            loop = asyncio.get_running_loop()
            process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **plane.environment})
            # The terminal is the command's, and sends it ^C itself; the plane ends when the command has.
            loop.add_signal_handler(signal.SIGINT, lambda: None)
            loop.add_signal_handler(signal.SIGTERM, process.terminate)
            return await process.wait()
        for name, value in plane.environment.items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        over = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, over.set)
        await over.wait()
    return 0


if __name__ == "__main__":
    if reason := missing():
        sys.exit(f"The loopback plane needs bubblewrap and user namespaces, which do not work here: {reason}")
    sys.exit(asyncio.run(main(sys.argv[1:])))
