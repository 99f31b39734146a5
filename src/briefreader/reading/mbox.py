"""Split an mbox into messages; only one message is in memory at a time."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEPARATOR = re.compile(rb"From \S.{0,300}\d{4}|From \S+\r?\n|From ?\r?\n")
_QUOTED = re.compile(rb"(?m)^>(>*From )")
_CHUNK = 1 << 20  # maximum bytes of a line that are read at once
MAX_MESSAGE_BYTES = 32_000_000  # maximum size of a message


def messages(head: bytes, stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield the raw messages of an mbox in order, ``>From`` unquoted (mboxrd); None for one that is too large.

    ``head`` has the bytes that were already read from ``stream``. A separator is a "From " line at the start or after a
    blank line, with a year, only a sender, or nothing else. Lines before the first separator are ignored.
    """
    lines: list[bytes] = []
    size = 0
    blank = whole = True
    started = False
    for line in _lines(head, stream):
        if blank and whole and line.startswith(b"From ") and _SEPARATOR.match(line):
            if started:
                yield _joined(lines, size)
            lines, size, started = [], 0, True
        elif started:
            size += len(line)
            if size <= MAX_MESSAGE_BYTES:
                lines.append(line)
            else:
                lines.clear()
        blank = whole and line in (b"\n", b"\r\n")
        whole = line.endswith(b"\n")
    if started:
        yield _joined(lines, size)


def _joined(lines: list[bytes], size: int) -> bytes | None:
    """Return a message from its lines, None if it is too large."""
    if size > MAX_MESSAGE_BYTES:
        return None
    data = b"".join(lines)
    return _QUOTED.sub(rb"\1", data) if b"From " in data else data


def _lines(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of ``head`` and ``stream``.

    A long line comes in several pieces; only the last piece ends in a line break.
    """
    for line in io.BytesIO(head):
        yield line if line.endswith(b"\n") else line + stream.readline(_CHUNK)
    while line := stream.readline(_CHUNK):
        yield line
