"""Insert, load and look up briefings."""

from __future__ import annotations

import json
import sqlite3
import zlib
from datetime import UTC, datetime
from typing import Protocol

from briefreader.errors import NotFoundError, UsageError
from briefreader.model import (
    Briefing,
    Cut,
    Insight,
    Origin,
    Original,
    Problem,
    Section,
    Sponsor,
)
from briefreader.storage import publisher_memory, row_snapshots
from briefreader.storage.database import storable
from briefreader.storage.sqlite_errors import damaged

INDEXED = 32  # number of hashes of a fingerprint's sketch that are indexed: the smallest ones
MIN_ID_LENGTH = 4


class FingerprintLike(Protocol):
    """The fingerprint of a document, see ``reading.identity.Fingerprint``."""

    @property
    def digest(self) -> str:
        """SHA-256 of the original, as hex."""

    @property
    def message_id(self) -> str:
        """Message-ID, or ""."""

    @property
    def url(self) -> str:
        """Canonical URL, or ""."""

    @property
    def sketch(self) -> tuple[int, ...]:
        """Smallest hashes of the text's shingles."""

    @property
    def text_digest(self) -> str:
        """Hash of the normalised text."""

    @property
    def origin(self) -> Origin:
        """What the document states about itself."""

    @property
    def blocks(self) -> tuple[int, ...]:
        """Masked hashes of the text's blocks, see ``reading.masked_blocks``."""


def insert(con: sqlite3.Connection, briefing: Briefing, fingerprint: FingerprintLike, added: str) -> int:
    """Insert a new briefing under a new ID, which never changes, and return its row key."""
    briefing = storable(briefing)
    cursor = con.execute(
        "INSERT INTO briefing (id, title, source, author, published, url, format, language, words, added, date, digest,"
        " publisher) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            _new_id(con, fingerprint.digest), briefing.title, briefing.source, briefing.author, briefing.published,
            briefing.url, briefing.format, briefing.language, briefing.words, added,
            sort_date(briefing.published, added), fingerprint.digest, storable(fingerprint.origin.publisher),
        ),
    )  # fmt: skip
    key = cursor.lastrowid
    assert key is not None
    con.execute(
        "INSERT INTO content (briefing_key, body, covers, moment, details) VALUES (?,?,?,?,?)",
        (key, briefing.body, briefing.summary, briefing.highlight, details_of(briefing)),
    )
    put_original(con, fingerprint.digest, briefing.original)
    publisher_memory.put(con, key, fingerprint.blocks)
    row_snapshots.write_sections(con, key, sections_of(briefing))
    row_snapshots.write_sketch(con, key, sketch_of(fingerprint))
    for insight in briefing.insights:
        insert_insight(con, key, insight)
    return key


def sections_of(briefing: Briefing) -> list[list[object]]:
    """Return the title, level and start of each section."""
    return [[s.title, s.level, s.start] for s in briefing.sections]


def sketch_of(fingerprint: FingerprintLike) -> list[int]:
    """Return the hashes of a sketch that are indexed, in ascending order."""
    return sorted(set(fingerprint.sketch[:INDEXED]))


def _new_id(con: sqlite3.Connection, digest: str) -> str:
    """Return the shortest unused prefix of the hash, so that a file usually gets the same ID in every library."""
    for length in range(MIN_ID_LENGTH, len(digest) + 1):
        if con.execute("SELECT 1 FROM briefing WHERE id = ?", (digest[:length],)).fetchone() is None:
            return digest[:length]
    raise sqlite3.IntegrityError(f"two briefings of digest {digest}")


def sort_date(published: str, added: str) -> str:
    """Return the date to sort by: ``published`` in UTC, or ``added`` if ``published`` isn't a date.

    A time without a UTC offset counts as UTC.
    """
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return added
    if moment.tzinfo is not None and len(published) > 10:
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            return published
    return moment.date().isoformat() if len(published) <= 10 else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def details_of(briefing: Briefing) -> str:
    """Return a briefing's sponsors, tags, cuts and problems as JSON."""
    return json.dumps(
        {
            "sponsors": [[s.name, s.url] for s in briefing.sponsors],
            "tags": briefing.tags,
            "cuts": [[c.kind, c.text, *([c.reason] if c.reason else [])] for c in briefing.cuts],
            "problems": [[p.path, p.message, p.where, p.hint] for p in briefing.problems],
        },
        ensure_ascii=False,
    )


def put_original(con: sqlite3.Connection, digest: str, original: Original) -> None:
    """Store an original's bytes, once per hash."""
    original = storable(original)
    con.execute(
        "INSERT OR IGNORE INTO original (digest, format, path, message_id, data) VALUES (?,?,?,?,?)",
        (digest, original.format, original.path, original.message_id, zlib.compress(original.data, 6)),
    )


def insert_insight(con: sqlite3.Connection, briefing_key: int, insight: Insight, *, hidden: bool = False) -> int:
    """Insert an insight and return its row key."""
    cursor = con.execute(
        'INSERT INTO insight (briefing_key, number, title, text, start, "end", kind, heading, speaker, places,'
        " worth, hidden) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            briefing_key, insight.number, insight.title, insight.text, insight.start, insight.end, insight.kind,
            insight.heading, insight.speaker, json.dumps(insight.places), insight.worth,
            int(hidden),
        ),
    )  # fmt: skip
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def every_key(con: sqlite3.Connection) -> list[int]:
    """Return the row keys of all briefings that aren't removed, oldest first."""
    return [r["key"] for r in con.execute("SELECT key FROM briefing WHERE NOT removed ORDER BY date, key")]


def keys_of_source(con: sqlite3.Connection, source: str) -> list[int]:
    """Return the row keys of a source's briefings, oldest first, without removed ones.

    The case of ASCII letters in the source's name is ignored.

    Raises:
        NotFoundError: there are none.
    """
    rows = con.execute(
        "SELECT key FROM briefing WHERE source = ? COLLATE NOCASE AND NOT removed ORDER BY date, key", (source,)
    )
    found = [row["key"] for row in rows]
    if not found:
        raise NotFoundError(f"no briefing has the source {source}", hint="to see sources: briefreader list --json")
    return found


def name(con: sqlite3.Connection, key: int) -> str:
    """Return the ID of a briefing by its row key."""
    return str(con.execute("SELECT id FROM briefing WHERE key = ?", (key,)).fetchone()["id"])


def title(con: sqlite3.Connection, key: int) -> str:
    """Return the title of a briefing by its row key."""
    return str(con.execute("SELECT title FROM briefing WHERE key = ?", (key,)).fetchone()["title"])


def digest(con: sqlite3.Connection, key: int) -> str:
    """Return the hash of the original that a briefing's text was parsed from."""
    return str(con.execute("SELECT digest FROM briefing WHERE key = ?", (key,)).fetchone()["digest"])


def insight_count(con: sqlite3.Connection, key: int) -> int:
    """Return the number of a briefing's visible insights."""
    query = "SELECT count(*) FROM insight WHERE briefing_key = ? AND NOT hidden"
    return int(con.execute(query, (key,)).fetchone()[0])


def key_of(con: sqlite3.Connection, id: str) -> int | None:
    """Return a briefing's row key by its full ID; None if it doesn't exist or is removed."""
    row = con.execute("SELECT key FROM briefing WHERE id = ? AND NOT removed", (id,)).fetchone()
    return int(row["key"]) if row else None


def resolve(con: sqlite3.Connection, prefix: str) -> tuple[int, str]:
    """Return the row key and full ID of a briefing by its ID or a unique prefix; removed briefings are ignored.

    Raises:
        NotFoundError: no briefing's ID has this prefix.
        UsageError: the IDs of several briefings have it.
    """
    wanted = prefix.strip().lower()
    if (key := key_of(con, wanted)) is not None:
        return key, wanted
    found = con.execute(
        "SELECT key, id, title FROM briefing WHERE id >= ? AND id < ? AND NOT removed ORDER BY id LIMIT 6",
        (wanted, wanted + "~"),
    ).fetchall() if wanted else []  # fmt: skip
    if not found:
        raise NotFoundError(f"no briefing with the ID {prefix!r}", hint="to list IDs: briefreader list")
    if len(found) > 1:
        names = ", ".join(str(r["id"]) for r in found[:5]) + (" …" if len(found) > 5 else "")
        raise UsageError(f"the ID {prefix!r} is ambiguous: {names}", hint="enter more characters of it")
    return int(found[0]["key"]), str(found[0]["id"])


def target(con: sqlite3.Connection, name: str) -> tuple[int, int]:
    """Return briefing row key and insight number for an ID such as ``7f3a.2``; for a briefing's ID the number is 0.

    Raises:
        NotFoundError: there is no such briefing or insight.
        UsageError: the briefing's ID is ambiguous.
    """
    prefix, dot, number = name.strip().partition(".")
    key, found = resolve(con, prefix)
    if not dot:
        return key, 0
    row = con.execute(
        "SELECT number FROM insight WHERE briefing_key = ? AND number = ? AND NOT hidden",
        (key, int(number) if number.isdecimal() and len(number) < 10 else 0),
    ).fetchone()
    if row is None:
        raise NotFoundError(
            f"briefing {found} has no insight {number!r}", hint=f"to list insights: briefreader show {found}"
        )
    return key, int(row["number"])


def load(con: sqlite3.Connection, key: int) -> Briefing:
    """Return a briefing, even if it is removed; its ``original`` has no bytes (see :func:`original`).

    Raises:
        NotFoundError: there is no briefing with this row key.
        DamagedError: its details can't be decoded.
    """
    row = con.execute("SELECT * FROM briefing JOIN content ON briefing_key = key WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise NotFoundError(f"no briefing has the row key {key}")
    try:
        more = json.loads(row["details"])
        sponsors = tuple(Sponsor(*s) for s in more["sponsors"])
        cuts = tuple(Cut(*c) for c in more["cuts"])
        problems = tuple(Problem(*p) for p in more["problems"])
        tags = tuple(more["tags"])
    except (ValueError, LookupError, TypeError) as error:
        raise damaged(row["id"], "the briefing's details can't be read") from error
    sections = con.execute("SELECT title, level, start FROM section WHERE briefing_key = ? ORDER BY ordinal", (key,))
    insights = con.execute("SELECT * FROM insight WHERE briefing_key = ? AND NOT hidden ORDER BY number", (key,))
    return Briefing(
        id=row["id"], title=row["title"], body=row["body"], format=row["format"], source=row["source"],
        author=row["author"], published=row["published"], url=row["url"], language=row["language"],
        summary=row["covers"], highlight=row["moment"],
        sections=tuple(Section(*s) for s in sections),
        insights=tuple(insight_of(i) for i in insights),
        sponsors=sponsors,
        tags=tags,
        cuts=cuts,
        problems=problems,
        original=_original_head(con, row["digest"]),
    )  # fmt: skip


def body(con: sqlite3.Connection, key: int) -> str:
    """Return a briefing's body."""
    return str(con.execute("SELECT body FROM content WHERE briefing_key = ?", (key,)).fetchone()["body"])


def insight_of(row: sqlite3.Row) -> Insight:
    """Create an insight from its row."""
    places = tuple((start, end) for start, end in json.loads(row["places"]))
    return Insight(
        row["number"], row["title"], row["text"], row["start"], row["end"], row["kind"], row["heading"], row["speaker"],
        places, row["worth"],
    )  # fmt: skip


def _original_head(con: sqlite3.Connection, digest: str) -> Original:
    row = con.execute("SELECT format, path, message_id FROM original WHERE digest = ?", (digest,)).fetchone()
    return Original(b"", row["format"], row["path"], row["message_id"]) if row else Original(b"", "txt")


def original(con: sqlite3.Connection, key: int) -> Original:
    """Return the original that a briefing was parsed from, with its bytes.

    Raises:
        NotFoundError: no original is stored.
        DamagedError: it can't be decompressed.
    """
    row = con.execute(
        "SELECT o.* FROM briefing b JOIN original o ON o.digest = b.digest WHERE b.key = ?", (key,)
    ).fetchone()
    if row is None:
        raise NotFoundError(f"no original is stored for the row key {key}")
    try:
        data = zlib.decompress(row["data"])
    except zlib.error as error:
        raise damaged(row["path"], "the original can't be unpacked") from error
    return Original(data, row["format"], row["path"], row["message_id"])


def highest_number(con: sqlite3.Connection, key: int) -> int:
    """Return the highest insight number that a briefing has ever had, 0 if it never had an insight."""
    # each of the two queries has an index; a combined one would scan all insights
    query = "SELECT coalesce(max(number), 0) FROM insight WHERE briefing_key = ? AND"
    (living,) = con.execute(f"{query} NOT hidden", (key,)).fetchone()
    (hidden,) = con.execute(f"{query} hidden", (key,)).fetchone()
    return max(int(living), int(hidden))


def insight_key(con: sqlite3.Connection, briefing_key: int, number: int) -> int:
    """Return the row key of a visible insight by its number.

    Raises:
        NotFoundError: the briefing has no such insight.
    """
    row = con.execute(
        "SELECT key FROM insight WHERE briefing_key = ? AND number = ? AND NOT hidden", (briefing_key, number)
    ).fetchone()
    if row is None:
        raise NotFoundError(f"no insight with the number {number}", hint="enter an insight's ID, such as 7f3a.2")
    return int(row["key"])
