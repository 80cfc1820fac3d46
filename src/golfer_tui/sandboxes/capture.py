"""What one process printed and the model has not read, in bounded memory: its beginning and its end."""

import msgspec

from golfer_tui.terminal.text import readable, whole

CAPTURE = 32 * 1024
"""Bytes kept of one process between two answers, half from the beginning and half from the end."""
LINE = 512
"""Bytes by which a cut may move so that it falls on the end of a line."""


class Excerpt(msgspec.Struct, frozen=True):
    """A part of what was printed, fit to be read."""

    text: str
    size: int
    """Bytes that were printed."""
    omitted: int
    """How many of them the text leaves out."""


class Capture:
    """Keeps the first and the last bytes of a stream, and counts all."""

    def __init__(self, bound: int = CAPTURE) -> None:
        self._bound = bound
        self._head = bytearray()
        self._tail = bytearray()
        self._printed = 0

    @property
    def size(self) -> int:
        """Bytes of memory in use."""
        return len(self._head) + len(self._tail)

    def append(self, data: bytes) -> None:
        """Take what was printed."""
        self._printed += len(data)
        room = self._bound - self._bound // 2 - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        self._tail += data[-self._bound :]
        if len(self._tail) > 2 * self._bound:  # Cutting the front moves the rest: not at every append.
            del self._tail[: -self._bound]

    def take(self, bound: int = CAPTURE, *, final: bool = True) -> Excerpt:
        """All since the last call in at most `bound` bytes, before escape sequences are taken out, and begin anew.

        Unless it is the `final` call, an unfinished character or escape sequence stays for the next one.
        """
        head, tail, size = bytes(self._head), bytes(self._tail), self._printed
        held = 0 if final else len(tail or head) - whole(tail or head)
        self._head.clear()
        self._tail.clear()
        self._printed = 0
        if size == len(head) + len(tail):
            head, tail = head + tail, head + tail
        if held:
            self.append(tail[-held:])
            head, tail, size = (head[:-held] if len(head) == size else head), tail[:-held], size - held
        if size <= bound and len(head) == size:
            return Excerpt(readable(head), size, 0)
        first = _until_line(head[: bound - bound // 2])
        last = _from_line(tail[len(tail) - min(bound // 2, len(tail)) :])
        omitted = size - len(first) - len(last)
        newline = b"" if first.endswith(b"\n") else b"\n"
        text = f"{readable(first + newline)}[... {omitted} bytes omitted ...]\n{readable(last)}"
        return Excerpt(text, size, omitted)


def _until_line(data: bytes) -> bytes:
    at = data.rfind(b"\n", max(0, len(data) - LINE))
    return data[: whole(data) if at < 0 else at + 1]


def _from_line(data: bytes) -> bytes:
    at = data.find(b"\n", 0, LINE)
    if at >= 0:
        return data[at + 1 :]
    skip = 0
    while skip < min(3, len(data)) and data[skip] & 0xC0 == 0x80:
        skip += 1
    return data[skip:]
