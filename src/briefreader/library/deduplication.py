"""Store an item as a new briefing, a duplicate or a revision, or report that it is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeGuard

from briefreader.library.recognition import Recognised, recognise
from briefreader.library.revisions import reread, revise
from briefreader.model import Briefing, Problem
from briefreader.storage import briefings, content_updates, identity, journal
from briefreader.storage.database import now

if TYPE_CHECKING:
    from briefreader.reading.identity import Fingerprint
    from briefreader.storage.database import Connection

Status = Literal["added", "known", "alias", "revision", "changed", "removed", "skipped", "failed"]

WEB = ("http://", "https://")
REMOVED = "removed earlier"


@dataclass(frozen=True, slots=True)
class Added:
    """The result of adding an item, or of a file or URL that couldn't be read (``failed``, with ``message``).

    ``id`` is the briefing's ID. ``of`` is the ID of the briefing that the item duplicates or shares a Message-ID with,
    and ``rule`` the rule that matched.
    """

    path: str
    status: Status
    id: str = ""
    title: str = ""
    insights: int = 0
    message: str = ""
    of: str = ""
    rule: str = ""
    source: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownBytes:
    """A file or message whose bytes are already in the library."""

    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class NewBriefing:
    """A parsed briefing with its fingerprint."""

    briefing: Briefing
    fingerprint: Fingerprint

    @property
    def path(self) -> str:
        """The path or URL of the original."""
        return self.briefing.original.path

    @property
    def digest(self) -> str:
        """The SHA-256 of the original."""
        return self.fingerprint.digest


@dataclass(frozen=True, slots=True)
class Reread:
    """A stored briefing parsed again from its original."""

    key: int
    found: NewBriefing | Problem


Found = NewBriefing | Problem | KnownBytes
Item = Found | Reread


def unreadable(problem: Problem) -> Added:
    """Return the result for an item that couldn't be read or was skipped; its message has the reason and the hint."""
    where = f"line {problem.where.partition(':')[0]}: " if problem.where else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    status: Status = "skipped" if problem.skipped else "failed"
    return Added(problem.path, status, message=f"{where}{problem.message}{hint}")


def new_briefing(found: Briefing | Problem) -> NewBriefing | Problem:
    """Return a parsed briefing with its fingerprint.

    A fetched page that doesn't state its URL gets the URL it was fetched from.
    """
    from briefreader.reading.identity import fingerprint
    from briefreader.reading.origin import at_address

    if isinstance(found, Problem):
        return found
    if not found.url and found.original.path.startswith(WEB):
        address = found.original.path
        found = replace(found, url=address, origin=at_address(found.origin, address))
    return NewBriefing(found, fingerprint(found))


def preview(con: Connection, item: Found, *, revive: bool = True) -> Added | None:
    """Return the result that storing an item would have; None for a new briefing.

    ``revive``: as in :func:`store_item`. Nothing is written.
    """
    match item:
        case Problem():
            return unreadable(item)
        case KnownBytes():
            known = identity.known(con, item.digest)
            return _known_result(item.path, known, revive) if known else None
        case NewBriefing():
            if known := identity.known(con, item.digest):
                return _known_result(item.path, known, revive)
            match = recognise(con, item.briefing, item.fingerprint)
            return (
                _duplicate_result(con, match, item, identity.removed(con, match.key), revive)
                if _is_same(match)
                else None
            )


def store_item(con: Connection, batch: int, item: Item, *, revive: bool = True) -> Added:
    """Store an item and return the result; with ``revive``, an item of a removed briefing restores the briefing."""
    match item:
        case Problem():
            return unreadable(item)
        case KnownBytes():
            known = _store_known(con, batch, item.digest, item.path, revive)
            return known or unreadable(Problem(item.path, "changed while it was read"))
        case Reread():
            return _store_reread(con, batch, item.key, item.found)
        case NewBriefing():
            return _store_new(con, batch, item, revive)


def _is_same(match: Recognised | None) -> TypeGuard[Recognised]:
    return match is not None and match.same


def _store_reread(con: Connection, batch: int, key: int, read: NewBriefing | Problem) -> Added:
    """Update a briefing from its original."""
    if isinstance(read, Problem):
        return unreadable(read)
    changed = reread(con, batch, key, read.briefing, read.fingerprint)
    status: Status = "changed" if changed else "known"
    return Added(read.path, status, briefings.name(con, key), read.briefing.title, len(read.briefing.insights))


def _store_known(con: Connection, batch: int, digest: str, path: str, revive: bool) -> Added | None:
    """Return the result for known bytes, None for others; with ``revive``, restore a removed briefing."""
    held = identity.known(con, digest)
    if held is None:
        return None
    if held.removed and revive:
        journal.put(con, batch, "briefing", str(held.key), {})
    return _known_result(path, held, revive)


def _known_result(path: str, held: identity.Known, revive: bool) -> Added:
    """Return the result for known bytes; with ``revive``, a removed briefing counts as added."""
    status: Status = "known" if not held.removed else "added" if revive else "removed"
    message = REMOVED if status == "removed" else ""
    return Added(path, status, held.id, held.title, held.insights, message, held.id, "same bytes")


def _store_new(con: Connection, batch: int, new: NewBriefing, revive: bool) -> Added:
    """Store a new briefing, or a duplicate of an existing one."""
    briefing, fingerprint = new.briefing, new.fingerprint
    held = _store_known(con, batch, new.digest, new.path, revive)
    if held:
        return held
    match = recognise(con, briefing, fingerprint)
    if _is_same(match):
        return _store_duplicate(con, batch, match, new, revive)
    key = briefings.insert(con, briefing, fingerprint, now())
    journal.record(con, batch, "briefing", str(key), None, {})
    identity.add_alias(con, batch, key, fingerprint, briefing.original)
    added = Added(
        new.path, "added", briefings.name(con, key), briefing.title, len(briefing.insights), source=briefing.source
    )
    if match is None:
        return added
    identity.link(con, batch, key, identity.by_message(con, fingerprint.message_id, besides=key))
    other = briefings.name(con, match.key)
    return replace(added, of=other, rule=match.rule, message=f"same Message-ID as {other}, but another sender")


def _store_duplicate(con: Connection, batch: int, match: Recognised, new: NewBriefing, revive: bool) -> Added:
    """Store a duplicate of a briefing; if it is a revision, it replaces the briefing's text.

    Otherwise, a title that it states replaces one that was derived from the briefing's text.
    """
    key, gone = match.key, identity.removed(con, match.key)
    added = _duplicate_result(con, match, new, gone, revive)
    if added.status == "removed":
        return added
    derived = _is_derived(briefings.load(con, key))
    identity.add_alias(con, batch, key, new.fingerprint, new.briefing.original, match.rule)
    if gone:
        journal.put(con, batch, "briefing", str(key), {})
    if added.status == "revision":
        orphans = revise(con, batch, key, new.briefing, new.fingerprint)
        if orphans:
            what = "insights with your decisions are" if orphans > 1 else "insight with your decisions is"
            lost = f"{orphans} {what} not in the new text"
            return replace(added, message=f"{added.message}; {lost}: briefreader diff {added.id}")
    elif derived and not _is_derived(new.briefing):
        content_updates.retitle(con, batch, key, new.briefing.title)
        return replace(added, title=new.briefing.title)
    return added


def _is_derived(briefing: Briefing) -> bool:
    """Return whether a briefing's title was derived from its text because the document states none."""
    from briefreader.reading.metadata import UNTITLED, title_of_text

    return briefing.title in (UNTITLED, title_of_text(briefing.body)[0])


def _duplicate_result(con: Connection, match: Recognised, new: NewBriefing, gone: bool, revive: bool) -> Added:
    """Return the result for a duplicate; ``gone`` means that its briefing was removed."""
    id, title = briefings.name(con, match.key), briefings.title(con, match.key)
    insights = briefings.insight_count(con, match.key)
    if gone and not revive:
        return Added(new.path, "removed", id, title, insights, REMOVED, id, match.rule)
    if _is_revision(con, match, new):
        briefing = new.briefing
        message = f"revision of {id}: {match.rule}"
        return Added(new.path, "revision", id, briefing.title, len(briefing.insights), message, id, match.rule)
    message = f"duplicate of {id}: {match.rule}"
    return Added(new.path, "added" if gone else "alias", id, title, insights, message, id, match.rule)


def _is_revision(con: Connection, match: Recognised, new: NewBriefing) -> bool:
    """Return whether a duplicate is a revision of its briefing.

    A document of the same kind as one of the briefing's documents is a revision if any word differs. A document of
    another kind, a forward, or a document recognised by its text alone is a revision only if sentences differ or it is
    noticeably longer. The briefing's original is parsed again for the comparison, since an older version may have
    parsed it differently.
    """
    from briefreader.reading.identity import same_words, text_digest
    from briefreader.reading.identity_rules import SAME_TEXT
    from briefreader.reading.sentence_diff import is_revised

    body = briefings.body(con, match.key)
    if text_digest(body) == new.fingerprint.text_digest:
        return False
    shown = shown_copy(con, match.key)
    if shown and same_words(shown, new.briefing):
        return False
    kinds = {origin.kind for _, origin in identity.origins(con, match.key)}
    if match.rule != SAME_TEXT and not new.fingerprint.origin.forwarded and new.fingerprint.origin.kind in kinds:
        return True
    return is_revised(body, new.briefing.body, forwarded=new.fingerprint.origin.forwarded)


def shown_copy(con: Connection, key: int) -> Briefing | None:
    """Parse the original of a briefing's current text; return None if that fails."""
    from briefreader.reading import read_original

    digest = briefings.digest(con, key)
    found = (new_briefing(item) for item in read_original(briefings.original(con, key)))
    return next((made.briefing for made in found if isinstance(made, NewBriefing) and made.digest == digest), None)
