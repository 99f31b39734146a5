"""Detect the briefing that a new document duplicates: storage nominates candidates, rules and texts decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from briefreader.library.publisher_memory import template
from briefreader.model import Briefing, Origin
from briefreader.storage import briefings, identity
from briefreader.storage.publisher_memory import publisher_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefreader.reading.identity import Fingerprint
    from briefreader.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Recognised:
    """The briefing (row key) that a document duplicates (``same``), or only shares a Message-ID with."""

    key: int
    rule: str
    same: bool


def recognise(con: Connection, new: Briefing, fingerprint: Fingerprint) -> Recognised | None:
    """Return what a document with unknown bytes duplicates; None if it is a new briefing."""
    from briefreader.reading.identity_rules import OTHER_SENDER

    common = identity.is_common(con, fingerprint.url)
    shared = None
    for key in identity.candidates(con, fingerprint):
        verdict = compare(con, key, new, fingerprint, common_url=common)
        if verdict.same:
            return verdict
        if verdict.rule == OTHER_SENDER:
            shared = shared or verdict
    return shared


def compare(
    con: Connection, key: int, new: Briefing, fingerprint: Fingerprint, *, common_url: bool = False
) -> Recognised:
    """Whether a document duplicates one briefing, and by which rule."""
    from briefreader.reading.identity_rules import decide

    copies = [_with_sender(con, digest, origin) for digest, origin in identity.origins(con, key)]

    publishers = (publisher_of(con, key), fingerprint.origin.publisher)
    verdict = decide(copies, fingerprint.origin, _texts(con, key, new, publishers), common_url=common_url)
    return Recognised(key, verdict.rule, verdict.same)


def same_document(con: Connection, key: int, new: Briefing, fingerprint: Fingerprint) -> bool:
    """Whether a document is the one that a briefing shows, ignoring its other duplicates."""
    from briefreader.reading.identity_rules import decide

    shown = [_with_sender(con, digest, origin) for digest, origin in identity.origins(con, key, shown=True)]
    return decide(shown, fingerprint.origin, _texts(con, key, new, (publisher_of(con, key),))).same


def _texts(con: Connection, key: int, new: Briefing, publishers: tuple[str, ...]) -> Callable[[bool], bool]:
    """Return a check whether a document and a briefing agree or (called with True) have the same words.

    What is cut from a body depends on what the library knows of its publisher; so nearly equal whole texts agree
    regardless of what was cut.
    """
    from briefreader.reading.identity import MIN_SAME_WORDS, agree, same_words, whole_text

    def agreed(exactly: bool) -> bool:
        held = briefings.load(con, key)
        if exactly:
            return len(whole_text(new).split()) >= MIN_SAME_WORDS and same_words(new, held)
        repeated = frozenset[int]().union(*(template(con, publisher, (key,)) for publisher in set(publishers)))
        return agree(new.body, held.body, repeated) or agree(whole_text(new), whole_text(held), nearly_equal=True)

    return agreed


def _with_sender(con: Connection, digest: str, origin: Origin) -> Origin:
    """Add a mail's sender, which 0.1 didn't store, from its stored bytes."""
    if origin.kind != "mail" or origin.sender or origin.forwarded:
        return origin
    from briefreader.reading import read_original

    stored = identity.stored(con, digest)
    found = next(iter(read_original(stored)), None) if stored else None
    return replace(found.origin, message_id=origin.message_id) if isinstance(found, Briefing) else origin
