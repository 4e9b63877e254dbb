"""The usual WebSocket frame, a whole text, read and written without a protocol object (RFC 6455 5.2).

Everything else - fragments, control frames, other opcodes, halves of frames - is left to `websockets`: these two
functions only spare it what a load is made of (measured: docs/performance.md).
"""

import os
import struct
from types import GeneratorType
from typing import Any

from websockets.protocol import Protocol
from websockets.speedups import apply_mask
from websockets.streams import StreamReader

_WHOLE_TEXT = 0x81  # FIN and opcode 1
_HEAD = struct.Struct("!BB")
_HEAD_16 = struct.Struct("!BBH")
_HEAD_64 = struct.Struct("!BBQ")
_AT_REST = StreamReader.at_eof.__code__


class Masks:
    """Masking keys from the system's generator, fetched a thousand at a time (RFC 6455 10.3: unpredictable)."""

    def __init__(self) -> None:
        self._keys = b""
        self._at = 0

    def next(self) -> bytes:
        """Four bytes."""
        if self._at == len(self._keys):
            self._keys, self._at = os.urandom(4096), 0
        self._at += 4
        return self._keys[self._at - 4 : self._at]


_masks = Masks()


def text_frame(text: bytes) -> bytes:
    """A client's frame of this text."""
    size = len(text)
    if size < 126:
        head = _HEAD.pack(_WHOLE_TEXT, 0x80 | size)
    elif size < 65536:
        head = _HEAD_16.pack(_WHOLE_TEXT, 0x80 | 126, size)
    else:
        head = _HEAD_64.pack(_WHOLE_TEXT, 0x80 | 127, size)
    mask = _masks.next()
    return head + mask + apply_mask(text, mask)


def leading_texts(data: bytes) -> tuple[list[bytes], int]:
    """The texts of the whole, short (< 64 KiB) text frames that a server's bytes begin with, and where these end."""
    texts: list[bytes] = []
    at, end = 0, len(data)
    while end - at >= 2 and data[at] == _WHOLE_TEXT:
        size, begin = data[at + 1], at + 2
        if size == 126 and end - at >= 4:
            size, begin = data[at + 2] << 8 | data[at + 3], at + 4
        elif size > 125:  # masked, very long, or cut within its head
            break
        if begin + size > end:
            break
        at = begin + size
        texts.append(data[begin:at])
    return texts, at


def between_frames(protocol: Protocol) -> bool:
    """Whether the protocol's parser waits for the first byte of a frame that begins a message.

    Looks into a suspended generator of `websockets`; where a later version is built otherwise the answer is False,
    and every byte goes through the protocol again.
    """
    innermost: Any = protocol.parser
    while isinstance(innermost, GeneratorType) and isinstance(innermost.gi_yieldfrom, GeneratorType):
        innermost = innermost.gi_yieldfrom
    return protocol.current_size is None and getattr(innermost, "gi_code", None) is _AT_REST
