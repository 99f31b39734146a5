"""notmuch: fetch messages of a query, and write topics back as tags.

Runs the ``notmuch`` command; only ``write_topics`` writes to its database, and only tags that begin with ``topic/``.
"""

from __future__ import annotations

import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from briefreader.display import one_line
from briefreader.errors import ReadingError
from briefreader.sources.folders import message_key, open_file
from briefreader.sources.items import Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from briefreader.sources.config import Source
    from briefreader.sources.items import State

TAG_PREFIX = "topic/"
TIMEOUT_SECONDS = 60


def notmuch_items(source: Source, state: State, seen: Mapping[str, str]) -> Iterator[Item]:
    """Yield the messages that match the source's query and whose keys are not in ``seen``.

    Raises:
        ReadingError: notmuch is not installed, times out or fails (no database, invalid query).
    """
    found = _run("search", "--output=files", "--format=text0", "--duplicate=1", "--exclude=false", source.address)
    for name in found.split(b"\0"):
        if not name:
            continue
        path = Path(name.decode("utf-8", "surrogateescape"))
        key = message_key(path.name)
        if key not in seen:
            yield Item(key, str(path), partial(open_file, path), "eml")


def write_topics(query: str, topics: Mapping[str, Iterable[str]]) -> int:
    """Set the ``topic/`` tags of a query's messages; return how many messages changed.

    ``topics`` has the topics of each message by Message-ID. Messages that are not in it stay unchanged, and so do tags
    that don't begin with ``topic/``.

    Raises:
        ReadingError: notmuch is not installed, times out or fails.
    """
    current = _topic_tags(query)
    lines: list[str] = []
    for message_id, names in topics.items():
        plain = message_id.strip("<>")
        if plain not in current:
            continue
        wanted = {TAG_PREFIX + name for name in names}
        changes = [f"+{_encoded(tag)}" for tag in sorted(wanted - current[plain])]
        changes += [f"-{_encoded(tag)}" for tag in sorted(current[plain] - wanted)]
        if changes:
            lines.append(f"{' '.join(changes)} -- id:{_encoded(plain)}\n")
    if lines:
        _run("tag", "--batch", stdin="".join(lines).encode())
    return len(lines)


def _topic_tags(query: str) -> dict[str, set[str]]:
    """Return the ``topic/`` tags of each message of a query, by Message-ID without brackets."""
    found: dict[str, set[str]] = {}
    for line in (
        _run("dump", "--format=batch-tag", "--include=tags", "--", query).decode("utf-8", "replace").splitlines()
    ):
        tags, separator, message_id = line.partition(" -- id:")
        if separator:
            names = {unquote(tag.removeprefix("+")) for tag in tags.split()}
            found[unquote(message_id.strip())] = {name for name in names if name.startswith(TAG_PREFIX)}
    return found


def _encoded(text: str) -> str:
    """Percent-encode a tag or ID for ``notmuch tag --batch``."""
    return quote(text, safe="-_./@=+,")


def _run(*words: str, stdin: bytes = b"") -> bytes:
    """Run notmuch and return its output; raise ReadingError if it fails."""
    try:
        done = subprocess.run(
            ["notmuch", *words], input=stdin, capture_output=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise ReadingError("notmuch is not installed", hint="install notmuch, or remove the source") from error
    except subprocess.TimeoutExpired as error:
        raise ReadingError(
            f"notmuch did not answer within {TIMEOUT_SECONDS} s", hint="check that its database is not locked"
        ) from error
    if done.returncode:
        reason = one_line(done.stderr.decode("utf-8", "replace"), 200) or f"exit code {done.returncode}"
        raise ReadingError(f"notmuch: {reason}", hint="try the same query with notmuch search")
    return done.stdout
