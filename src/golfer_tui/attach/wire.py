"""The way of messages between processes: frames of a length, a kind, and MessagePack or the bytes of a tape."""

import asyncio
import struct
import typing
from typing import Any

import msgspec

from golfer_tui.attach.messages import Message, TapeBytes
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import StoreError

LARGEST = 256 * 1024 * 1024
"""Bytes of a frame at most: more is no frame of ours. Only the state of a huge session comes near it."""

MESSAGE, TAPE = 0, 1
_HEAD = struct.Struct(">IB")
_TAPE = struct.Struct(">IQ")

_COMMANDS = {kind.__name__: kind for kind in typing.get_args(cm.Command)}

_encode = msgspec.msgpack.Encoder().encode
_MESSAGE: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def frame(message: Message | TapeBytes) -> bytes:
    """The frame of a message."""
    if isinstance(message, TapeBytes):
        size = _TAPE.size + len(message.data)
        return b"".join((_HEAD.pack(size, TAPE), _TAPE.pack(message.tape, message.offset), message.data))
    body = _encode(message)
    return _HEAD.pack(len(body), MESSAGE) + body


async def receive(reader: asyncio.StreamReader) -> Message | TapeBytes | None:
    """The next message; None once the connection is closed, however that came.

    Raises:
        StoreError: `attach.garbled`.
    """
    try:
        size, kind = _HEAD.unpack(await reader.readexactly(_HEAD.size))
        if size > LARGEST:
            raise _garbled()
        body = await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    try:
        if kind == TAPE:
            tape, offset = _TAPE.unpack_from(body)
            return TapeBytes(tape, offset, body[_TAPE.size :])
        return _MESSAGE.decode(body)
    except (msgspec.DecodeError, struct.error) as error:
        raise _garbled() from error


def pack(value: object) -> msgspec.Raw:
    """An argument or an answer; a command goes with the name of its class."""
    named = type(value).__name__
    return msgspec.Raw(_encode((named, value) if _COMMANDS.get(named) is type(value) else value))


def unpack(raw: msgspec.Raw, kind: Any) -> Any:
    """The inverse of `pack` for a value of this type.

    Raises:
        StoreError: `attach.garbled`.
    """
    try:
        if kind == cm.Command:
            name, body = msgspec.msgpack.decode(raw, type=tuple[str, msgspec.Raw])
            return msgspec.msgpack.decode(body, type=_COMMANDS[name])
        return msgspec.msgpack.decode(raw, type=kind)
    except (msgspec.DecodeError, KeyError) as error:
        raise _garbled() from error


def _garbled() -> StoreError:
    return StoreError(
        "attach.garbled",
        "Something on the connection to the engine cannot be understood.",
        hint="Was golfer updated meanwhile? End the engine with golfer stop SESSION --keep, then resume it.",
    )
