"""Stands where a cockpit does for the server: speaks the same packets, and does what its input says.

`echo` gives back what was typed, with its variables; `hang` neither reads nor ends when it is asked to leave.
"""

import json
import os
import sys
import time


def send(text: str) -> None:
    data = text.encode()
    os.write(1, b"D" + len(data).to_bytes(4, "big") + data)


def packets() -> "list[tuple[bytes, bytes]]":
    while head := sys.stdin.buffer.read(5):
        yield head[:1], sys.stdin.buffer.read(int.from_bytes(head[1:], "big"))


def main() -> None:
    os.write(1, b"__GANGLION__\n")
    send(
        json.dumps({name: os.environ.get(name) for name in ("TERM", "COLUMNS", "ROWS", "TMUX")} | {"pid": os.getpid()})
    )
    for kind, body in packets():
        if kind == b"M":
            said = json.loads(body)
            if said["type"] == "quit":
                return
            send(json.dumps(said))
        elif body == b"end":
            return
        elif body == b"hang":
            send("hanging")
            while True:
                time.sleep(60)
        else:
            send(f"echo {body.decode()}")


main()
