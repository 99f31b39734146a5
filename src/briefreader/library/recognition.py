"""Finding the briefing that a new document is a copy of: storage nominates, the rules and the texts decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from briefreader.library.publisher_memory import template
from briefreader.model import Briefing, Origin
from briefreader.storage import briefings, identity
from briefreader.storage.publisher_memory import publisher_of

if TYPE_CHECKING:
    from briefreader.reading.identity import Fingerprint
    from briefreader.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Recognised:
    """The briefing (row key) that a new document is a copy of (``same``), or only shares a Message-ID with."""

    key: int
    rule: str
    same: bool


def recognise(con: Connection, body: str, prints: Fingerprint) -> Recognised | None:
    """What a document whose bytes are new is a copy of; None for a new briefing."""
    from briefreader.reading.identity_rules import OTHER_SENDER

    common = identity.is_common(con, prints.url)
    shared = None
    for key in identity.candidates(con, prints):
        verdict = compare(con, key, body, prints, common_url=common)
        if verdict.same:
            return verdict
        if verdict.rule == OTHER_SENDER:
            shared = shared or verdict
    return shared


def compare(con: Connection, key: int, body: str, prints: Fingerprint, *, common_url: bool = False) -> Recognised:
    """Whether a document is a copy of one briefing, and by which rule."""
    from briefreader.reading.identity import agree
    from briefreader.reading.identity_rules import decide

    copies = [_with_sender(con, digest, origin) for digest, origin in identity.origins(con, key)]

    def texts_agree(nearly_equal: bool) -> bool:
        publishers = dict.fromkeys((publisher_of(con, key), prints.origin.publisher))
        standing = frozenset[int]().union(*(template(con, publisher, (key,)) for publisher in publishers))
        return agree(body, briefings.body(con, key), standing, nearly_equal=nearly_equal)

    verdict = decide(copies, prints.origin, texts_agree, common_url=common_url)
    return Recognised(key, verdict.rule, verdict.same)


def same_document(con: Connection, key: int, body: str, prints: Fingerprint) -> bool:
    """Whether a document is the one that a briefing shows; its other copies say nothing."""
    from briefreader.reading.identity import agree
    from briefreader.reading.identity_rules import decide

    shown = [_with_sender(con, digest, origin) for digest, origin in identity.origins(con, key, shown=True)]
    standing = template(con, publisher_of(con, key), (key,))
    held = briefings.body(con, key)
    return decide(shown, prints.origin, lambda nearly: agree(body, held, standing, nearly_equal=nearly)).same


def _with_sender(con: Connection, digest: str, origin: Origin) -> Origin:
    """A mail's origin with its sender, which 0.1 did not keep: read from the stored bytes where there are some."""
    if origin.kind != "mail" or origin.sender or origin.forwarded:
        return origin
    from briefreader.reading import read_original

    stored = identity.stored(con, digest)
    found = next(iter(read_original(stored)), None) if stored else None
    return replace(found.origin, message_id=origin.message_id) if isinstance(found, Briefing) else origin
