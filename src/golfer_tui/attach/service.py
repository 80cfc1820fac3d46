"""The process of an engine: it opens one session, hosts it, and ends with it. No terminal, no screen.

Started by `launch` with a connection as standard input. It leaves its parent at once and belongs to no terminal, so
that nothing which ends the cockpit ends it. Everything it is to know comes over the connection: nothing of it stands
on a command line, and nothing is written down.
"""

import os
import sys


def main() -> int:
    """Leave the parent, load the engine, and serve."""
    connection = os.dup(0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    if os.fork():
        os._exit(0)  # `launch` waits for this
    import asyncio

    from golfer_tui.attach.serving import serve

    return asyncio.run(serve(connection))


if __name__ == "__main__":
    sys.exit(main())
