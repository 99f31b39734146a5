"""Briefings ↔ rows: inserting, hydrating, and finding them by id."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import zlib
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from briefreader.errors import NotFoundError, UsageError
from briefreader.model import (
    Briefing,
    BriefingRow,
    Cut,
    Insight,
    InsightKind,
    InsightRow,
    Original,
    Problem,
    Section,
    Sponsor,
    TopicScore,
)
from briefreader.storage import images, journal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

INDEXED = 32  # of a fingerprint's sketch values, the lowest so many are indexed
_SHORTEST_ID = 4


class Prints(Protocol):
    """What identity is decided by: ``reading.identity.Fingerprint`` fits."""

    @property
    def digest(self) -> str: ...
    @property
    def message_id(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def sketch(self) -> tuple[int, ...]: ...
    @property
    def text_digest(self) -> str: ...


def insert(con: sqlite3.Connection, briefing: Briefing, prints: Prints, added: str) -> int:
    """Store a briefing that the library doesn't hold; returns its row key. Its id is given here, for good."""
    cursor = con.execute(
        "INSERT INTO briefing (id, title, source, author, published, url, format, language, words, added, date, digest)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            _new_id(con, prints.digest), briefing.title, briefing.source, briefing.author, briefing.published,
            briefing.url, briefing.format, briefing.language, briefing.words, added,
            sort_date(briefing.published, added), prints.digest,
        ),
    )  # fmt: skip
    key = cursor.lastrowid
    assert key is not None
    con.execute(
        "INSERT INTO content (briefing_key, body, covers, moment, details) VALUES (?,?,?,?,?)",
        (key, briefing.body, briefing.covers, briefing.moment, details(briefing)),
    )
    put_original(con, prints.digest, briefing.original)
    put_sections(con, key, briefing.sections)
    put_sketch(con, key, prints)
    for insight in briefing.insights:
        insert_insight(con, key, insight)
    return key


def _new_id(con: sqlite3.Connection, digest: str) -> str:
    """The shortest prefix of the digest that no briefing has as its id: the same file gets the same id anywhere."""
    for length in range(_SHORTEST_ID, len(digest) + 1):
        if con.execute("SELECT 1 FROM briefing WHERE id = ?", (digest[:length],)).fetchone() is None:
            return digest[:length]
    raise sqlite3.IntegrityError(f"two briefings of digest {digest}")


def sort_date(published: str, added: str) -> str:
    """What lists sort by: ``published`` in UTC, or ``added`` where it is unknown or makes no sense."""
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


def details(briefing: Briefing) -> str:
    """The parts of a briefing that are only read whole, as JSON."""
    return json.dumps(
        {
            "sponsors": [[s.name, s.url] for s in briefing.sponsors],
            "tags": briefing.tags,
            "cuts": [[c.kind, c.text] for c in briefing.cuts],
            "problems": [[p.path, p.message, p.where, p.hint] for p in briefing.problems],
        },
        ensure_ascii=False,
    )


def put_original(con: sqlite3.Connection, digest: str, original: Original) -> None:
    """Keep the bytes as they came; the same bytes are kept once."""
    con.execute(
        "INSERT OR IGNORE INTO original (digest, format, path, message_id, data) VALUES (?,?,?,?,?)",
        (digest, original.format, original.path, original.message_id, zlib.compress(original.data, 6)),
    )


def put_sections(con: sqlite3.Connection, key: int, sections: Iterable[Section]) -> None:
    """Replace a briefing's sections."""
    con.execute("DELETE FROM section WHERE briefing_key = ?", (key,))
    con.executemany(
        "INSERT INTO section (briefing_key, ordinal, title, level, start) VALUES (?,?,?,?,?)",
        [(key, n, s.title, s.level, s.start) for n, s in enumerate(sections)],
    )


def put_sketch(con: sqlite3.Connection, key: int, prints: Prints) -> None:
    """Replace the shingle hashes by which a copy of this text is nominated."""
    con.execute("DELETE FROM sketch WHERE briefing_key = ?", (key,))
    con.executemany(
        "INSERT OR IGNORE INTO sketch (hash, briefing_key) VALUES (?,?)",
        [(value, key) for value in prints.sketch[:INDEXED]],
    )


def insert_insight(con: sqlite3.Connection, briefing_key: int, insight: Insight, *, hidden: bool = False) -> int:
    """Store one insight; returns its row key."""
    cursor = con.execute(
        'INSERT INTO insight (briefing_key, number, title, text, start, "end", kind, hidden) VALUES (?,?,?,?,?,?,?,?)',
        (
            briefing_key, insight.number, insight.title, insight.text, insight.start, insight.end, insight.kind,
            int(hidden),
        ),
    )  # fmt: skip
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def replace(con: sqlite3.Connection, batch: int, key: int, briefing: Briefing, prints: Prints) -> None:
    """Give a briefing the content of a longer copy or of a new reading, keeping its id and what was decided.

    Insights are matched by their text and keep their numbers; one that is gone is hidden, unless it is the reader's
    own, or has a decision or note. Fields that the reader set by hand stay.
    """
    image = images.KINDS["content"].read(con, str(key))
    assert image is not None
    row = con.execute("SELECT added, edited FROM briefing WHERE key = ?", (key,)).fetchone()
    edited = json.loads(row["edited"])
    for name in ("title", "source", "author", "published", "url", "format", "language", "words"):
        if name not in edited:
            image[name] = getattr(briefing, name)
    put_original(con, prints.digest, briefing.original)
    image |= {
        "date": sort_date(image["published"], row["added"]),
        "digest": prints.digest,
        "body": briefing.body,
        "covers": briefing.covers,
        "moment": briefing.moment,
        "details": details(briefing),
        "sections": [[s.title, s.level, s.start] for s in briefing.sections],
        "insights": _renewed(con, key, briefing),
        "sketch": sorted(set(prints.sketch[:INDEXED])),
    }
    journal.put(con, batch, "content", str(key), image)


def _renewed(con: sqlite3.Connection, key: int, briefing: Briefing) -> list[int]:
    """Row keys of the insights that a new reading leaves in force; rows of new ones are made, hidden as yet."""
    old = con.execute("SELECT * FROM insight WHERE briefing_key = ? AND NOT hidden ORDER BY number", (key,)).fetchall()
    free = {r["number"]: r for r in old}
    by_text: dict[str, list[int]] = defaultdict(list)
    for r in old:
        if r["kind"] != "own":
            by_text[_words(r["title"], r["text"])].append(r["number"])
    top = con.execute("SELECT coalesce(max(number), 0) AS n FROM insight WHERE briefing_key = ?", (key,)).fetchone()[
        "n"
    ]
    kept: list[int] = []
    for insight in briefing.insights:
        same = by_text[_words(insight.title, insight.text)]
        if same:
            row = free.pop(same.pop(0))
            fields = ("title", "text", "start", "end", "kind")
            if all(row[name] == getattr(insight, name) for name in fields):
                kept.append(row["key"])
                continue
            number = row["number"]
        else:
            top += 1
            number = top
        kept.append(insert_insight(con, key, dataclasses.replace(insight, number=number), hidden=True))
    return sorted([*kept, *(row["key"] for row in free.values() if row["kind"] == "own" or _decided(con, row))])


def _words(title: str, text: str) -> str:
    return " ".join(f"{title} {text}".casefold().split())


def _decided(con: sqlite3.Connection, row: sqlite3.Row) -> bool:
    place = (row["briefing_key"], row["number"])
    for table in ("decision", "note"):
        query = f"SELECT 1 FROM {table} WHERE briefing_key = ? AND insight_number = ?"
        if con.execute(query, place).fetchone():
            return True
    return False


def name(con: sqlite3.Connection, key: int) -> str:
    """The id of a briefing by its row key."""
    return str(con.execute("SELECT id FROM briefing WHERE key = ?", (key,)).fetchone()["id"])


def resolve(con: sqlite3.Connection, prefix: str) -> tuple[int, str]:
    """Row key and id of the briefing that ``prefix`` names: its whole id, or a prefix that no other shares.

    Raises:
        NotFoundError: none has it.
        UsageError: several have it.
    """
    wanted = prefix.strip().lower()
    row = con.execute("SELECT key, id FROM briefing WHERE id = ? AND NOT removed", (wanted,)).fetchone()
    if row:
        return int(row["key"]), str(row["id"])
    found = con.execute(
        "SELECT key, id, title FROM briefing WHERE id >= ? AND id < ? AND NOT removed ORDER BY id LIMIT 6",
        (wanted, wanted + "~"),
    ).fetchall() if wanted else []  # fmt: skip
    if not found:
        raise NotFoundError(f"no briefing has the id {prefix!r}", hint="briefreader list shows the ids")
    if len(found) > 1:
        names = ", ".join(str(r["id"]) for r in found[:5]) + (" …" if len(found) > 5 else "")
        raise UsageError(f"the id {prefix!r} is ambiguous: {names}", hint="give more of it")
    return int(found[0]["key"]), str(found[0]["id"])


def target(con: sqlite3.Connection, name: str) -> tuple[int, int]:
    """Briefing row key and insight number (0: the briefing itself) that an id such as ``7f3a`` or ``7f3a.2`` names."""
    prefix, dot, number = name.strip().partition(".")
    key, found = resolve(con, prefix)
    if not dot:
        return key, 0
    row = con.execute(
        "SELECT number FROM insight WHERE briefing_key = ? AND number = ? AND NOT hidden",
        (key, int(number) if number.isdecimal() and len(number) < 10 else 0),
    ).fetchone()
    if row is None:
        raise NotFoundError(f"briefing {found} has no insight {number!r}", hint=f"briefreader show {found} lists them")
    return key, int(row["number"])


def load(con: sqlite3.Connection, key: int) -> Briefing:
    """A whole briefing but for its original's bytes (see :func:`original`)."""
    row = con.execute("SELECT * FROM briefing JOIN content ON briefing_key = key WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise NotFoundError(f"no briefing has the row key {key}")
    more = json.loads(row["details"])
    sections = con.execute("SELECT title, level, start FROM section WHERE briefing_key = ? ORDER BY ordinal", (key,))
    insights = con.execute("SELECT * FROM insight WHERE briefing_key = ? AND NOT hidden ORDER BY number", (key,))
    return Briefing(
        id=row["id"], title=row["title"], body=row["body"], format=row["format"], source=row["source"],
        author=row["author"], published=row["published"], url=row["url"], language=row["language"],
        covers=row["covers"], moment=row["moment"],
        sections=tuple(Section(*s) for s in sections),
        insights=tuple(_insight(i) for i in insights),
        sponsors=tuple(Sponsor(*s) for s in more["sponsors"]),
        tags=tuple(more["tags"]),
        cuts=tuple(Cut(*c) for c in more["cuts"]),
        problems=tuple(Problem(*p) for p in more["problems"]),
        original=_original_head(con, row["digest"]),
    )  # fmt: skip


def _insight(row: sqlite3.Row) -> Insight:
    return Insight(row["number"], row["title"], row["text"], row["start"], row["end"], row["kind"])


def _original_head(con: sqlite3.Connection, digest: str) -> Original:
    row = con.execute("SELECT format, path, message_id FROM original WHERE digest = ?", (digest,)).fetchone()
    return Original(b"", row["format"], row["path"], row["message_id"]) if row else Original(b"", "txt")


def original(con: sqlite3.Connection, key: int) -> Original:
    """The bytes that a briefing was read from, as they came."""
    row = con.execute(
        "SELECT o.* FROM briefing b JOIN original o ON o.digest = b.digest WHERE b.key = ?", (key,)
    ).fetchone()
    if row is None:
        raise NotFoundError(f"no original is kept for the row key {key}")
    return Original(zlib.decompress(row["data"]), row["format"], row["path"], row["message_id"])


def rows(con: sqlite3.Connection, keys: Sequence[int], known: Collection[str] | None = None) -> list[BriefingRow]:
    """Lines of a list, in the order of ``keys``; keys of removed briefings are left out.

    ``known`` are the taxonomy's topics: verdicts on others are kept but not shown.
    """
    wanted = json.dumps(list(keys))
    scores: dict[int, list[TopicScore]] = defaultdict(list)
    verdicts: dict[int, dict[str, str]] = defaultdict(dict)
    within = "IN (SELECT value FROM json_each(?)) AND insight_number = 0"
    for r in con.execute(
        f"SELECT briefing_key, topic, score, earned FROM suggestion WHERE briefing_key {within} ORDER BY score DESC",
        (wanted,),
    ):
        scores[r["briefing_key"]].append(TopicScore(r["topic"], r["score"], r["earned"]))
    for r in con.execute(f"SELECT briefing_key, topic, verdict FROM decision WHERE briefing_key {within}", (wanted,)):
        verdicts[r["briefing_key"]][r["topic"]] = r["verdict"]
    found: dict[int, BriefingRow] = {}
    for r in con.execute(_ROWS, (wanted,)):
        topics, confirmed, suggested = standing(scores[r["key"]], verdicts[r["key"]], known)
        found[r["key"]] = BriefingRow(
            r["key"], r["id"], r["title"], r["source"], r["author"], r["published"], r["added"], bool(r["read"]),
            bool(r["starred"]), bool(r["noted"]), bool(r["scored"]), r["words"], r["insights"],
            topics, confirmed, suggested,
        )  # fmt: skip
    return [found[key] for key in keys if key in found]


_ROWS = """
SELECT b.key, b.id, b.title, b.source, b.author, b.published, b.added, b.words, s.read, s.starred,
    EXISTS (SELECT 1 FROM note n WHERE n.briefing_key = b.key) AS noted,
    EXISTS (SELECT 1 FROM scored c WHERE c.briefing_key = b.key) AS scored,
    (SELECT count(*) FROM insight i WHERE i.briefing_key = b.key AND NOT i.hidden) AS insights
FROM briefing b LEFT JOIN reading_state s ON s.briefing_key = b.key
WHERE NOT b.removed AND b.key IN (SELECT value FROM json_each(?))
"""


def standing(
    scores: Iterable[TopicScore], verdicts: dict[str, str], known: Collection[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[TopicScore, ...]]:
    """What a target counts as, what of it is confirmed, and what is suggested besides.

    Topics = accepted ∪ (earned and not rejected); ``scores`` come best first.
    """
    accepted = sorted(t for t, v in verdicts.items() if v == "accepted" and (known is None or t in known))
    undecided = [s for s in scores if s.topic not in verdicts and (known is None or s.topic in known)]
    earned = tuple(s.topic for s in undecided if s.earned)
    return (*accepted, *earned), tuple(accepted), tuple(s for s in undecided if not s.earned)


def insight_rows(
    con: sqlite3.Connection, keys: Sequence[int], known: Collection[str] | None = None
) -> list[InsightRow]:
    """Insights as lines of a list, in the order of ``keys``; hidden ones and those of removed briefings left out."""
    wanted = json.dumps(list(keys))
    scores: dict[int, list[TopicScore]] = defaultdict(list)
    verdicts: dict[int, dict[str, str]] = defaultdict(dict)
    for r in con.execute(_INSIGHT_TOPICS.format(columns="t.score, t.earned", table="suggestion"), (wanted,)):
        scores[r["key"]].append(TopicScore(r["topic"], r["score"], r["earned"]))
    for r in con.execute(_INSIGHT_TOPICS.format(columns="t.verdict", table="decision"), (wanted,)):
        verdicts[r["key"]][r["topic"]] = r["verdict"]
    found: dict[int, InsightRow] = {}
    for r in con.execute(_INSIGHT_ROWS, (wanted,)):
        kind: InsightKind = r["kind"]
        best_first = sorted(scores[r["key"]], key=lambda s: -s.score)
        found[r["key"]] = InsightRow(
            r["key"], f"{r['id']}.{r['number']}", r["id"], r["title"], r["text"], kind, r["start"], r["end"],
            standing(best_first, verdicts[r["key"]], known)[0], r["source"], r["published"], r["briefing_title"],
        )  # fmt: skip
    return [found[key] for key in keys if key in found]


_INSIGHT_TOPICS = """
SELECT i.key, t.topic, {columns} FROM insight i
JOIN {table} t ON t.briefing_key = i.briefing_key AND t.insight_number = i.number
WHERE i.key IN (SELECT value FROM json_each(?))
"""
_INSIGHT_ROWS = """
SELECT i.key, i.number, i.title, i.text, i.kind, i.start, i."end", b.id, b.source, b.published,
    b.title AS briefing_title
FROM insight i JOIN briefing b ON b.key = i.briefing_key
WHERE NOT i.hidden AND NOT b.removed AND i.key IN (SELECT value FROM json_each(?))
"""


def insight_keys(con: sqlite3.Connection, briefing_key: int) -> list[int]:
    """Row keys of a briefing's insights: stated first, then by place."""
    found = con.execute(
        "SELECT key FROM insight WHERE briefing_key = ? AND NOT hidden"
        " ORDER BY kind = 'stated' DESC, kind = 'own' DESC, kind = 'extracted' DESC, start, number",
        (briefing_key,),
    )
    return [r["key"] for r in found]


def insight_key(con: sqlite3.Connection, briefing_key: int, number: int) -> int:
    """The row key of the insight that is in force under a number."""
    row = con.execute(
        "SELECT key FROM insight WHERE briefing_key = ? AND number = ? AND NOT hidden", (briefing_key, number)
    ).fetchone()
    if row is None:
        raise NotFoundError(f"there is no insight {number}", hint="name one as 7f3a.2")
    return int(row["key"])
