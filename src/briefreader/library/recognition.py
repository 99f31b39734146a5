"""Detect the briefing that a new document duplicates: storage finds candidates, the identity rules decide."""

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
    """A briefing that was compared with a document, and the rule that decided."""

    key: int  # the briefing's row key
    rule: str
    same: bool  # whether the document is a duplicate; if not, it may share the Message-ID


def recognise(con: Connection, new: Briefing, fingerprint: Fingerprint) -> Recognised | None:
    """Return the briefing that a document duplicates or shares a Message-ID with; None if it is new."""
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
    """Return whether a document duplicates a briefing, and by which rule.

    ``common_url``: too many briefings have the document's URL for it to identify one.
    """
    from briefreader.reading.identity_rules import decide

    copies = [_with_sender(con, digest, origin) for digest, origin in identity.origins(con, key)]

    publishers = (publisher_of(con, key), fingerprint.origin.publisher)
    verdict = decide(copies, fingerprint.origin, _texts(con, key, new, publishers), common_url=common_url)
    return Recognised(key, verdict.rule, verdict.same)


def same_document(con: Connection, key: int, new: Briefing, fingerprint: Fingerprint) -> bool:
    """Return whether a document is the same as the one that a briefing shows, ignoring its other documents."""
    from briefreader.reading.identity_rules import decide

    shown = [_with_sender(con, digest, origin) for digest, origin in identity.origins(con, key, shown=True)]
    return decide(shown, fingerprint.origin, _texts(con, key, new, (publisher_of(con, key),))).same


def _texts(con: Connection, key: int, new: Briefing, publishers: tuple[str, ...]) -> Callable[[bool], bool]:
    """Return a function that compares the texts of a document and a briefing.

    Called with True, it returns whether both have exactly the same words; with False, whether they share enough text.
    Texts including boilerplate are also compared, since what is cut depends on the other issues in the library.
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
    """Return the origin of a document; a missing sender (version 0.1 didn't store it) is read from the original."""
    if origin.kind != "mail" or origin.sender or origin.forwarded:
        return origin
    from briefreader.reading import read_original

    stored = identity.stored(con, digest)
    found = next(iter(read_original(stored)), None) if stored else None
    return replace(found.origin, message_id=origin.message_id) if isinstance(found, Briefing) else origin
