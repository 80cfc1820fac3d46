"""A front end as a process of its own, which a test can kill: starts or attaches to a session and waits for its end.

`python client.py HOME DIRECTORY [SESSION]` prints the session's id, sends what it reads from standard input, one
message for each line, and says when each was taken.
"""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from attach.hosted import started, wanted

from golfer_tui.model import commands as cm


async def main() -> None:
    home, directory, *resume = sys.argv[1:]
    which = wanted(Path(directory), resume[0] if resume else None)
    assert which.home == Path(home)
    async with started(which) as remote:
        print(remote.session, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            await remote.dispatch(cm.SendMessage(line.strip()))
            print("taken", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
