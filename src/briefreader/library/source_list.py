"""Read and edit the library's sources.toml.

Every change keeps comments, and saves the previous file in ``backups/``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from briefreader.atomic import atomic_write
from briefreader.errors import BriefreaderError, ReadingError, UsageError
from briefreader.paths import from_user
from briefreader.sources import config, edit, opml

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefreader.sources.config import Kind, Source, SourceProblem

EMPTY = "# Sources of briefings; see docs/sources.md for the keys.\n"


class SourceList:
    """The sources of the library in ``folder``.

    ``topic_id`` returns the current ID of a topic or raises an error; without it, topics are not checked. With
    ``dry_run``, changes are checked but not written.
    """

    def __init__(self, folder: Path, topic_id: Callable[[str], str] | None = None, *, dry_run: bool = False) -> None:
        self._folder = folder
        self._topic_id = topic_id
        self._dry_run = dry_run

    @property
    def path(self) -> Path:
        """The path of sources.toml."""
        return self._folder / config.FILE_NAME

    def load(self) -> tuple[list[Source], list[SourceProblem]]:
        """Return the valid sources, and the errors of the others.

        Raises:
            ConfigError: the file can't be read.
        """
        listed, problems = config.load(self.path)
        if self._topic_id is None:
            return listed, problems
        sources = []
        for source in listed:
            try:
                sources.append(_with_topic_ids(source, self._topic_id))
            except BriefreaderError as error:
                problems.append(config.SourceProblem(source.line, error.message, error.hint))
        return sources, problems

    def find(self, name: str) -> Source:
        """Return a source by its current or a previous name.

        Raises:
            NotFoundError: there is no such source.
        """
        return edit.find(self.load()[0], name)

    def add(self, address: str, *, name: str = "", kind: Kind | None = None, **keys: object) -> Source:
        """Append a source and return it. By default, its kind and name are derived from the address.

        Raises:
            ConfigError: another source has the name or address, or a key is invalid.
            UsageError: the kind can't be derived from the address.
        """
        chosen = kind or kind_of(address)
        made = str(from_user(address).resolve()) if chosen in ("maildir", "mbox", "folder") else address
        block = edit.block({"name": name or name_of(chosen, made), "kind": chosen, "address": made, **keys})
        text = edit.appended(self._text(), [block])
        self._write(text)
        return config.parse(text.encode())[0][-1]

    def remove(self, name: str) -> Source:
        """Remove a source from the list and return it; its briefings are kept.

        Raises:
            NotFoundError: there is no such source.
        """
        source = self.find(name)
        self._write(edit.without(self._text(), source.name))
        return source

    def import_opml(self, data: bytes) -> tuple[list[Source], int]:
        """Append the feeds of an OPML file that aren't listed yet; return them and the number of those already listed.

        Raises:
            ReadingError: the file isn't OPML, or lists no feed.
        """
        listed, _ = self.load()
        addresses = {source.address for source in listed}
        names = {name.casefold() for source in listed for name in (source.name, *source.previous_names)}
        blocks: list[str] = []
        known = 0
        for feed in opml.read(data):
            if feed.address in addresses:
                known += 1
                continue
            title = feed.name if feed.name != feed.address else name_of("feed", feed.address)
            name = _free_name(title, feed.address, names)
            block = edit.block({"name": name, "kind": "feed", "address": feed.address})
            if config.parse(block.encode())[1]:  # not an http URL
                continue
            names.add(name.casefold())
            blocks.append(block)
        if not blocks:
            return [], known
        text = edit.appended(self._text(), blocks)
        self._write(text)
        return config.parse(text.encode())[0][-len(blocks) :], known

    def export_opml(self) -> bytes:
        """Return the feeds as OPML."""
        return opml.write(self.load()[0])

    def _text(self) -> str:
        return self.path.read_text("utf-8-sig") if self.path.exists() else EMPTY

    def _write(self, text: str) -> None:
        """Write sources.toml, after copying the previous file to ``backups/``."""
        if self._dry_run:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        if self.path.exists():
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
            backup = self._folder / "backups" / f"sources-{stamp}.toml"
            backup.parent.mkdir(exist_ok=True)
            atomic_write(backup, self.path.read_bytes())
        atomic_write(self.path, text.encode("utf-8"))


def _with_topic_ids(source: Source, topic_id: Callable[[str], str]) -> Source:
    """Return a source with the current IDs of its topics, also in its rules."""
    rules = (replace(rule, action=f"tag:{topic_id(rule.topic)}") if rule.topic else rule for rule in source.rules)
    return replace(source, topics=tuple(map(topic_id, source.topics)), rules=tuple(rules))


def kind_of(address: str) -> Kind:
    """Derive the kind of a source from its address.

    Raises:
        UsageError: the address is neither a URL nor an existing path.
    """
    scheme = urlsplit(address).scheme.lower()
    if scheme in ("http", "https"):
        return "feed"
    if scheme == "imaps":
        return "imap"
    path = from_user(address)
    if (path / "cur").is_dir() and (path / "new").is_dir():
        return "maildir"
    if path.is_dir():
        return "folder"
    if path.is_file():
        return "mbox"
    raise UsageError(f"{address} is neither a URL nor a file or folder", hint="set its kind with --kind")


def name_of(kind: Kind, address: str) -> str:
    """Return a name for a source: its host, the name of its folder or file, or a notmuch query."""
    if kind == "feed":
        return (urlsplit(address).hostname or address).removeprefix("www.")
    if kind == "imap":
        parts = urlsplit(address)
        return f"{unquote(parts.path.strip('/'))} ({parts.hostname})"
    return address if kind == "notmuch" else Path(address).name or address


def _free_name(name: str, address: str, taken: set[str]) -> str:
    """Return ``name``, with the host or a number appended if another source has that name."""
    host = urlsplit(address).hostname or ""
    for candidate in (name, f"{name} ({host})", *(f"{name} ({number})" for number in range(2, 1000))):
        if candidate.casefold() not in taken:
            return candidate
    raise ReadingError(f"more than a thousand feeds have the name {name}")
