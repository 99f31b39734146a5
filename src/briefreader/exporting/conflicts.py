"""Write conflict files (``NAME.conflict.md``) with the new content of parts that the user edited."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from briefreader.errors import BriefreaderError

if TYPE_CHECKING:
    from briefreader.exporting.folder import Folder
    from briefreader.exporting.header import Header
    from briefreader.exporting.merge import Merged

MAX_CONFLICT_FILES = 99
_MARK = re.compile(rb"<!-- briefreader:conflict parts=(\S*) hash=([0-9a-f]{16}) -->\n")
_INTRO = """
# Changed on both sides: {name}

You and briefreader changed the same parts since the last export. Your version is in the note.
Below is what briefreader would have written: copy what you want, then delete this file.
"""


def render(path: str, merged: Merged, header: Header) -> bytes:
    """Return the content of a conflict file.

    The parts are code blocks, so that apps don't index their tags and links.
    """
    parts = [key for key, _ in merged.properties] + [block.id for block in merged.blocks]
    rows = [_INTRO.format(name=path.rpartition("/")[2].removesuffix(".md"))]
    if merged.properties:
        rows += ["## Properties\n", _code("".join(header.render(k, v) for k, v in merged.properties).rstrip("\n"))]
    for block in merged.blocks:
        rows += [f"## {block.id}\n", _code(block.text)]
    text = "\n".join(rows).encode()
    return f"<!-- briefreader:conflict parts={','.join(parts)} hash={_hash(text)} -->\n".encode() + text


def write(folder: Folder, path: str, merged: Merged, header: Header) -> str:
    """Write the conflict file beside a note, and return its path.

    An earlier conflict file is overwritten if the user hasn't edited it and the new file contains all of its parts.
    Otherwise the new file gets the next free number.

    Raises:
        BriefreaderError: it can't be written, or there are 99 conflict files already.
    """
    data = render(path, merged, header)
    for number in range(1, MAX_CONFLICT_FILES + 1):
        name = f"{path.removesuffix('.md')}.conflict{f'-{number}' if number > 1 else ''}.md"
        old = folder.read(name)
        if old == data:
            return name
        if old is None or _replaceable(old, data):
            folder.write(name, data, old=old)
            return name
    raise BriefreaderError(
        f"{MAX_CONFLICT_FILES} conflict files already exist", where=path, hint="delete the resolved ones"
    )


def _replaceable(old: bytes, new: bytes) -> bool:
    was, now = _MARK.match(old), _MARK.match(new)
    if was is None or now is None or was[2].decode() != _hash(old[was.end() :]):
        return False
    return set(was[1].split(b",")) <= set(now[1].split(b","))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _code(text: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}\n"
