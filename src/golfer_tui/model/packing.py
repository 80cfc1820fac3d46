"""The state of a session as bytes: for a front end that attaches in the middle of it, and to be kept."""

import collections
import typing
import zlib
from typing import Any

import msgspec

from golfer_tui.model.conversation import QUICKLY, Conversation
from golfer_tui.model.points import Curve
from golfer_tui.model.session import SessionState
from golfer_tui.model.worker_commands import Commands
from golfer_tui.model.worker_fold import SAMPLES

PACKED = (Commands, Conversation, Curve)
"""What packs itself."""


def pack_state(state: SessionState) -> bytes:
    """The state as it is now."""
    return zlib.compress(msgspec.msgpack.encode(state, enc_hook=_pack), QUICKLY)


def unpack_state(data: bytes) -> SessionState:
    """The same state, ready to take the events that follow.

    Raises:
        msgspec.DecodeError: it is the state of another version.
    """
    try:
        packed = zlib.decompress(data)
    except zlib.error as error:
        raise msgspec.DecodeError(str(error)) from error
    state = msgspec.msgpack.decode(packed, type=SessionState, dec_hook=_unpack)
    del packed
    for worker in state.workers.values():
        worker.samples = collections.deque(worker.samples, SAMPLES)
    return state


def _pack(value: Any) -> object:
    """What is no type of MessagePack's own."""
    return value.packed() if isinstance(value, PACKED) else list(value)


def _unpack(kind: Any, value: Any) -> object:
    """The same as it was; anything at all, such as the arguments of a tool, is what it came as."""
    if kind in PACKED:
        return kind.unpacked(value)
    if typing.get_origin(kind) is collections.deque:
        return collections.deque(msgspec.convert(value, list[typing.get_args(kind)]))  # type: ignore[misc]
    return value
