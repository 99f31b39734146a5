"""notmuch: the messages of a query, and topics written back as tags.

Runs the ``notmuch`` command; its database is only ever written by ``write_topics``, and there only tags that begin
with ``topic/``.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.errors import ReadingError
from briefreader.sources.folders import message_key
from briefreader.sources.items import Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from briefreader.sources.config import Source
    from briefreader.sources.items import State

TAG_PREFIX = "topic/"
TIMEOUT_SECONDS = 60


def notmuch_items(source: Source, state: State, seen: Mapping[str, str]) -> Iterator[Item]:
    """Yield the messages that the source's query finds and that were not delivered before.

    Raises:
        ReadingError: notmuch is not installed, has no database, is locked, or does not understand the query.
    """
    found = _run("search", "--output=files", "--format=text0", "--duplicate=1", "--exclude=false", source.address)
    for name in found.split(b"\0"):
        if not name:
            continue
        path = Path(name.decode("utf-8", "surrogateescape"))
        key = message_key(path.name)
        if key not in seen:
            yield Item(key, str(path), lambda path=path: path.open("rb"), "eml")  # type: ignore[misc]


def write_topics(topics: Mapping[str, Iterable[str]]) -> int:
    """Make the ``topic/`` tags of messages (by Message-ID) what ``topics`` says; return how many messages changed.

    Raises:
        ReadingError: notmuch is not installed or is locked.
    """
    lines: list[str] = []
    for message_id, names in topics.items():
        wanted = {TAG_PREFIX + name for name in names}
        query = f"id:{_quoted(message_id)}"
        held = {
            tag for tag in _run("search", "--output=tags", query).decode().split("\n") if tag.startswith(TAG_PREFIX)
        }
        changes = [f"+{_encoded(tag)}" for tag in sorted(wanted - held)]
        changes += [f"-{_encoded(tag)}" for tag in sorted(held - wanted)]
        if changes:
            lines.append(f"{' '.join(changes)} -- {query}\n")
    if lines:
        _run("tag", "--batch", stdin="".join(lines).encode())
    return len(lines)


def _quoted(message_id: str) -> str:
    return '"' + message_id.strip("<>").replace('"', '""') + '"'


def _encoded(tag: str) -> str:
    """Encode a tag as ``notmuch tag --batch`` reads it: % and hexadecimal for all but plain characters."""
    return "".join(
        c if c.isascii() and (c.isalnum() or c in "-_./") else "".join(f"%{b:02x}" for b in c.encode()) for c in tag
    )


def _run(*words: str, stdin: bytes = b"") -> bytes:
    try:
        done = subprocess.run(
            ["notmuch", *words], input=stdin, capture_output=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise ReadingError("notmuch is not installed", hint="install notmuch, or remove the source") from error
    except subprocess.TimeoutExpired as error:
        raise ReadingError(
            f"notmuch did not answer within {TIMEOUT_SECONDS} s", hint="is its database locked?"
        ) from error
    if done.returncode:
        said = one_line(done.stderr.decode("utf-8", "replace"), 200) or f"exit code {done.returncode}"
        raise ReadingError(f"notmuch: {said}", hint="try the same query with notmuch search")
    return done.stdout
