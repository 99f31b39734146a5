"""Find candidates for duplicates, and store the copies of each briefing with their origins and links."""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING

from briefreader.model import Origin, Original
from briefreader.storage import briefings, journal, row_snapshots
from briefreader.storage.briefings import INDEXED, FingerprintLike
from briefreader.storage.database import now, storable
from briefreader.storage.sqlite_errors import damaged

if TYPE_CHECKING:
    import sqlite3

MAX_CANDIDATES = 20  # maximum number of candidates by text
MAX_BY_FIELD = 8  # maximum number of candidates by each lookup of a field, such as the Message-ID
MAX_COPIES = 64  # maximum number of copies compared per briefing
COMMON_HASH = 64  # a shingle in more briefings than this is part of a template, and finds no candidates
COMMON_URL = 5  # a URL of this many briefings or more doesn't identify any of them
_ORIGIN = tuple(field.name for field in fields(Origin))


@dataclass(frozen=True, slots=True)
class Known:
    """The briefing that a document was added as; ``insights`` is the number of its visible insights."""

    key: int
    id: str
    title: str
    insights: int
    removed: bool


@dataclass(frozen=True, slots=True)
class Copy:
    """A document that was added as this briefing: its first one, a duplicate or a revision.

    ``rule`` is the rule that matched it with the briefing; "" for the first document, and if version 0.1 added it.
    ``kept`` means that its bytes are stored, ``current`` that its text is shown.
    """

    digest: str
    path: str
    message_id: str
    at: str
    rule: str
    kept: bool
    current: bool


def known(con: sqlite3.Connection, digest: str) -> Known | None:
    """Return the briefing that the document with this hash was added as, even if removed; None if there is none."""
    row = con.execute(
        "SELECT b.key, b.id, b.title, b.removed,"
        " (SELECT count(*) FROM insight i WHERE i.briefing_key = b.key AND NOT i.hidden) AS insights"
        " FROM alias a JOIN briefing b ON b.key = a.briefing_key WHERE a.digest = ?",
        (digest,),
    ).fetchone()
    return Known(row["key"], row["id"], row["title"], row["insights"], bool(row["removed"])) if row else None


def removed(con: sqlite3.Connection, key: int) -> bool:
    """Return whether a briefing is removed."""
    return bool(con.execute("SELECT removed FROM briefing WHERE key = ?", (key,)).fetchone()["removed"])


def candidates(con: sqlite3.Connection, fingerprint: FingerprintLike) -> list[int]:
    """Return row keys of briefings that a document may duplicate, including removed ones.

    Those with the same Message-ID, feed entry, URL, title or text come first, then those with similar text. The number
    of candidates is limited, so the time doesn't grow with the library.
    """
    origin, found = storable(fingerprint.origin), dict[int, None]()

    def add_candidates(table: str, condition: str, *values: str) -> None:
        alias = "alias a" if table == "alias" else "origin o JOIN alias a ON a.digest = o.digest"
        rows = con.execute(
            f"SELECT DISTINCT a.briefing_key FROM {alias} WHERE {condition} LIMIT {MAX_BY_FIELD}", values
        )
        found.update((row["briefing_key"], None) for row in rows)

    if fingerprint.message_id:
        add_candidates("alias", "a.message_id = ?", storable(fingerprint.message_id))
    for column in ("guid", "link"):
        if value := getattr(origin, column):
            add_candidates("origin", f"o.feed = ? AND o.{column} = ? AND o.{column} <> ''", origin.feed, value)
    if origin.url:
        add_candidates("alias", "a.url = ? AND a.url <> ''", origin.url)
    if origin.title:
        low, high = _date_range(origin.date)
        add_candidates("origin", "o.title = ? AND o.title <> '' AND o.date BETWEEN ? AND ?", origin.title, low, high)
        add_candidates("origin", "o.title = ? AND o.title <> '' AND o.date = ''", origin.title)
    add_candidates("alias", "a.text_digest = ?", fingerprint.text_digest)
    shared: Counter[int] = Counter()
    for value in fingerprint.sketch[:INDEXED]:
        common = con.execute("SELECT 1 FROM sketch WHERE hash = ? LIMIT 1 OFFSET ?", (value, COMMON_HASH)).fetchone()
        if not common:
            rows = con.execute("SELECT briefing_key FROM sketch WHERE hash = ?", (value,))
            shared.update(row["briefing_key"] for row in rows)
    found.update((key, None) for key, _ in shared.most_common(MAX_CANDIDATES))
    return list(found)


def _date_range(when: str) -> tuple[str, str]:
    """Return the date range in which to look for duplicates; all dates if the document's date is unknown."""
    try:
        day = date.fromisoformat(when[:10])
        # dates are compared as text: one with a time on the third day after is less than the fourth day
        return (day - timedelta(days=3)).isoformat(), (day + timedelta(days=4)).isoformat()
    except (ValueError, OverflowError):
        return "1", "~"


def origins(con: sqlite3.Connection, key: int, *, shown: bool = False) -> list[tuple[str, Origin]]:
    """Return the hashes and origins of at most ``MAX_COPIES`` copies of a briefing.

    With ``shown``, only the copy whose text is shown is returned. For copies that version 0.1 stored without an origin,
    only the Message-ID is known.
    """
    columns = ", ".join(f"o.{name}" for name in _ORIGIN if name != "message_id")
    rows = con.execute(
        f"SELECT a.digest, o.digest IS NULL AS bare, a.message_id, {columns}"
        " FROM alias a JOIN briefing b ON b.key = a.briefing_key LEFT JOIN origin o ON o.digest = a.digest"
        " WHERE a.briefing_key = ? AND (NOT ? OR a.digest = b.digest) LIMIT ?",
        (key, shown, MAX_COPIES),
    )
    return [(row["digest"], _origin_of(row)) for row in rows]


def _origin_of(row: sqlite3.Row) -> Origin:
    if row["bare"]:
        return Origin("mail" if row["message_id"] else "file", message_id=row["message_id"])
    values = {name: row[name] for name in _ORIGIN}
    return Origin(**values | {"forwarded": bool(row["forwarded"])})


def put_origin(con: sqlite3.Connection, digest: str, origin: Origin) -> None:
    """Store what the document with this hash states about itself.

    The origin of a feed's entry is never replaced, since an entry parsed without its feed doesn't show whether its GUID
    is unique. If the document's text is shown, the briefing also gets the publisher of ``origin``.
    """
    origin = storable(origin)
    sets = ", ".join(f"{name} = excluded.{name}" for name in _ORIGIN)
    con.execute(
        f"INSERT INTO origin (digest, {', '.join(_ORIGIN)}) VALUES (?{', ?' * len(_ORIGIN)})"
        f" ON CONFLICT (digest) DO UPDATE SET {sets} WHERE origin.feed = ''",
        (digest, *(int(value) if isinstance(value, bool) else value for value in _values(origin))),
    )
    con.execute(
        "UPDATE briefing SET publisher = ?1"
        " WHERE key = (SELECT briefing_key FROM alias WHERE digest = ?2) AND digest = ?2",
        (origin.publisher, digest),
    )


def _values(origin: Origin) -> list[str | bool]:
    return [getattr(origin, name) for name in _ORIGIN]


def is_common(con: sqlite3.Connection, url: str) -> bool:
    """Return whether too many briefings have a URL for it to identify one."""
    rows = con.execute("SELECT DISTINCT briefing_key FROM alias WHERE url = ? AND url <> '' LIMIT ?", (url, COMMON_URL))
    return len(rows.fetchall()) >= COMMON_URL


def by_message(con: sqlite3.Connection, message_id: str, besides: int) -> list[int]:
    """Return the row keys of briefings with a Message-ID, including removed ones, but not ``besides``."""
    if not message_id:
        return []
    rows = con.execute(
        "SELECT DISTINCT briefing_key FROM alias WHERE message_id = ? AND briefing_key <> ?", (message_id, besides)
    )
    return [r["briefing_key"] for r in rows]


def add_alias(
    con: sqlite3.Connection, batch: int, key: int, fingerprint: FingerprintLike, original: Original, rule: str = ""
) -> None:
    """Store a copy of a briefing: its bytes, its origin, and the rule that detected it."""
    briefings.put_original(con, fingerprint.digest, original)
    image = {
        "briefing_key": key, "message_id": fingerprint.message_id, "url": fingerprint.url,
        "text_digest": fingerprint.text_digest, "path": original.path, "at": now(), "rule": rule,
    }  # fmt: skip
    journal.put(con, batch, "alias", fingerprint.digest, image)
    put_origin(con, fingerprint.digest, fingerprint.origin)


def move_alias(con: sqlite3.Connection, batch: int, digest: str, key: int | None) -> None:
    """Make a duplicate the first document of another briefing, or delete it (``None``)."""
    image = row_snapshots.KINDS["alias"].read(con, digest)
    journal.put(con, batch, "alias", digest, {**image, "briefing_key": key, "rule": ""} if image and key else None)


def copies(con: sqlite3.Connection, key: int) -> list[Copy]:
    """Return all copies of a briefing, oldest first."""
    rows = con.execute(
        "SELECT a.*, o.digest IS NOT NULL AS kept, a.digest = b.digest AS current FROM alias a"
        " JOIN briefing b ON b.key = a.briefing_key LEFT JOIN original o ON o.digest = a.digest"
        " WHERE a.briefing_key = ? ORDER BY a.at, a.rule <> '', a.digest",
        (key,),
    )
    return [
        Copy(r["digest"], r["path"], r["message_id"], r["at"], r["rule"], bool(r["kept"]), bool(r["current"]))
        for r in rows
    ]


def merged_by_old_rules(con: sqlite3.Connection) -> list[tuple[int, str]]:
    """Return briefing keys and hashes of duplicates that version 0.1 merged although their Message-IDs differ."""
    rows = con.execute(
        "SELECT a.briefing_key, a.digest FROM alias a JOIN briefing b ON b.key = a.briefing_key AND NOT b.removed"
        " JOIN alias shown ON shown.digest = b.digest LEFT JOIN origin o ON o.digest = a.digest"
        " WHERE a.rule = '' AND a.message_id <> '' AND a.message_id <> shown.message_id AND o.digest IS NULL"
        " ORDER BY a.briefing_key, a.at, a.digest"
    )
    return [(row["briefing_key"], row["digest"]) for row in rows]


def stored(con: sqlite3.Connection, digest: str) -> Original | None:
    """Return the original with this hash; None if it isn't stored."""
    row = con.execute("SELECT * FROM original WHERE digest = ?", (digest,)).fetchone()
    if row is None:
        return None
    try:
        return Original(zlib.decompress(row["data"]), row["format"], row["path"], row["message_id"])
    except zlib.error as error:
        raise damaged(row["path"], "the original can't be unpacked") from error


def link(con: sqlite3.Connection, batch: int, key: int, others: list[int]) -> None:
    """Link briefings that share a Message-ID but not their text, in both directions."""
    for other in others:
        journal.put(con, batch, "link", f"{key}.{other}", {})
        journal.put(con, batch, "link", f"{other}.{key}", {})


def linked(con: sqlite3.Connection, key: int) -> list[str]:
    """Return the IDs of the briefings linked with a briefing, without removed ones."""
    rows = con.execute(
        "SELECT b.id FROM link l JOIN briefing b ON b.key = l.other_key WHERE l.briefing_key = ? AND NOT b.removed"
        " ORDER BY b.id",
        (key,),
    )
    return [r["id"] for r in rows]
