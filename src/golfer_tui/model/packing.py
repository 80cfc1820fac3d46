"""The state of a session as bytes: for a front end that attaches in the middle of it, and to be kept."""

import collections
import typing
import zlib
from typing import Any

import msgspec

from golfer_tui.model.session import SAMPLES, Conversation, SessionState

QUICKLY = 1
"""How hard `zlib` tries. A tenth of the size is left all the same: a large state needs little memory on its way."""


def pack_state(state: SessionState) -> bytes:
    """The state as it is now."""
    return zlib.compress(msgspec.msgpack.encode(state, enc_hook=list), QUICKLY)


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
    _join(state.chat)
    for worker in state.workers.values():
        _join(worker.conversation)
        worker.samples = collections.deque(worker.samples, SAMPLES)
    return state


def _unpack(kind: Any, value: Any) -> object:
    """What is no type of MessagePack's own: a deque, or anything at all, such as the arguments of a tool."""
    if typing.get_origin(kind) is collections.deque:
        return collections.deque(msgspec.convert(value, list[typing.get_args(kind)]))  # type: ignore[misc]
    return value


def _join(talk: Conversation) -> None:
    """Calls without an answer are entries of the conversation: let the two be one object again."""
    for entry in talk.entries:
        if entry.call in talk.open_calls:
            talk.open_calls[entry.call] = entry
