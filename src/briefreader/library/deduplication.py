"""What becomes of one item of a source: stored as new, known, a copy of a briefing, or a longer one in its place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from briefreader.model import Briefing, Problem
from briefreader.storage import briefings, content_updates, identity, journal
from briefreader.storage.database import now

if TYPE_CHECKING:
    from briefreader.reading.identity import Fingerprint
    from briefreader.storage.database import Connection

Status = Literal["added", "known", "alias", "longer", "changed", "failed"]

WEB = ("http://", "https://")
MIN_GROWTH = 1.05  # a copy replaces the one we hold only if it says noticeably more


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one briefing or of a source that couldn't be read (``failed``, with ``message``)."""

    path: str
    status: Status
    id: str = ""
    title: str = ""
    insights: int = 0
    message: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownBytes:
    """A file or message whose bytes the library holds."""

    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class NewBriefing:
    """A briefing that was just read, with what identity is decided by."""

    briefing: Briefing
    prints: Fingerprint

    @property
    def path(self) -> str:
        """Where it was found."""
        return self.briefing.original.path

    @property
    def digest(self) -> str:
        """sha256 of its bytes."""
        return self.prints.digest


@dataclass(frozen=True, slots=True)
class Reread:
    """What was read from the original of a briefing that the library holds."""

    key: int
    found: NewBriefing | Problem


Found = NewBriefing | Problem | KnownBytes
Item = Found | Reread


def _failed(problem: Problem) -> Added:
    """What couldn't be read, with the reason and what to do in one sentence."""
    where = f"{problem.where}: " if problem.where else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return Added(problem.path, "failed", message=f"{where}{problem.message}{hint}")


def new_briefing(found: Briefing | Problem) -> NewBriefing | Problem:
    """What was read, with its fingerprint; what was fetched and doesn't tell its own address has that one."""
    from briefreader.reading.identity import fingerprint

    if isinstance(found, Problem):
        return found
    if not found.url and found.original.path.startswith(WEB):
        found = replace(found, url=found.original.path)
    return NewBriefing(found, fingerprint(found))


def preview(con: Connection, item: Found) -> Added | None:
    """What would become of an item that is known or can't be read; None for a new one. Writes nothing."""
    if isinstance(item, Problem):
        return _failed(item)
    known = identity.known(con, item.digest)
    if known:
        return Added(item.path, "added" if known.removed else "known", known.id, known.title, known.insights)
    same = _same(con, item) if isinstance(item, NewBriefing) else None
    return (
        _joined(item.briefing, same[1], identity.removed(con, same[0]))
        if same and isinstance(item, NewBriefing)
        else None
    )


def store_item(con: Connection, batch: int, item: Item) -> Added:
    """Store an item, or say what became of it."""
    match item:
        case Problem():
            return _failed(item)
        case KnownBytes():
            told = _known(con, batch, item.digest, item.path)
            return told or _failed(Problem(item.path, "changed while it was read"))
        case Reread():
            return _renew(con, batch, item.key, item.found)
        case NewBriefing():
            return _place(con, batch, item)


def _renew(con: Connection, batch: int, key: int, read: NewBriefing | Problem) -> Added:
    """Give a briefing what its original says now."""
    if isinstance(read, Problem):
        return _failed(read)
    changed = content_updates.replace(con, batch, key, read.briefing, read.prints)
    status: Status = "changed" if changed else "known"
    return Added(read.path, status, briefings.name(con, key), read.briefing.title, len(read.briefing.insights))


def _known(con: Connection, batch: int, digest: str, path: str) -> Added | None:
    """What these very bytes are a copy of; a briefing that was removed is brought back."""
    held = identity.known(con, digest)
    if held is None:
        return None
    back = journal.put(con, batch, "briefing", str(held.key), {})
    return Added(path, "added" if back else "known", held.id, held.title, held.insights)


def _same(con: Connection, new: NewBriefing) -> tuple[int, Briefing] | None:
    """The briefing that a new one is a copy of: fingerprints nominate, the text confirms."""
    from briefreader.reading.identity import are_similar

    for key in identity.candidates(con, new.prints):
        if are_similar(new.briefing.body, briefings.body(con, key)):
            return key, briefings.load(con, key)
    return None


def _place(con: Connection, batch: int, new: NewBriefing) -> Added:
    """Store a briefing, or recognise it as one that the library holds."""
    briefing, prints, path = new.briefing, new.prints, new.path
    held = _known(con, batch, new.digest, path)
    if held:
        return held
    same = _same(con, new)
    if same:
        return _join(con, batch, *same, new)
    linked = identity.by_message(con, prints.message_id)
    key = briefings.insert(con, briefing, prints, now())
    journal.record(con, batch, "briefing", str(key), None, {})
    identity.add_alias(con, batch, key, prints, path)
    identity.link(con, batch, key, linked)
    message = f"same Message-ID as {', '.join(identity.linked(con, key))}, another text" if linked else ""
    return Added(path, "added", briefings.name(con, key), briefing.title, len(briefing.insights), message)


def _join(con: Connection, batch: int, key: int, held: Briefing, new: NewBriefing) -> Added:
    """Note a copy of a briefing; a longer one takes its place under the same id."""
    identity.add_alias(con, batch, key, new.prints, new.path)
    back = journal.put(con, batch, "briefing", str(key), {})
    added = _joined(new.briefing, held, back)
    if added.status == "longer":
        content_updates.replace(con, batch, key, new.briefing, new.prints)
    elif _is_derived(held) and not _is_derived(new.briefing):
        content_updates.retitle(con, batch, key, new.briefing.title)
        added = replace(added, title=new.briefing.title)
    return added


def _is_derived(briefing: Briefing) -> bool:
    """Whether a title was made from the text's beginning, for want of one that was stated."""
    from briefreader.reading.metadata import UNTITLED, title_of_text

    return briefing.title in (UNTITLED, title_of_text(briefing.body)[0])


def _joined(copy: Briefing, held: Briefing, back: bool) -> Added:
    """What becomes of a copy of a briefing we hold; ``back``: which had been removed."""
    path = copy.original.path
    if copy.words > held.words * MIN_GROWTH:
        return Added(path, "longer", held.id, copy.title, len(copy.insights))
    return Added(path, "added" if back else "alias", held.id, held.title, len(held.insights))
