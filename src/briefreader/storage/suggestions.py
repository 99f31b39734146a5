"""Stored scores of briefings and insights, which of them are stale, and training labels."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader.model import Labelled, TopicScore
from briefreader.storage import journal
from briefreader.storage.filters import UNTAGGED
from briefreader.storage.row_snapshots import KINDS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

UNSCORED = ""  # stored as the model of briefings that only have topics of their source
Row = tuple[int, str, float, str, float]  # insight number (0: the briefing), topic, score, earned, share


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a briefing and its insights, for scoring; ``digest`` changes whenever the briefing's text does."""

    key: int
    id: str
    title: str
    body: str
    digest: str
    insights: tuple[tuple[int, str, str, int], ...]  # number, title or heading, passage, its offset or -1


def stale(con: sqlite3.Connection, model: str, keys: Sequence[int] | None = None) -> list[int]:
    """Return the row keys of briefings that aren't scored with this model, or were scored with an earlier text.

    They are in the order of ``keys``; if that is None, all briefings are considered, newest first.
    """
    among = "" if keys is None else "AND b.key IN (SELECT value FROM json_each(?))"
    rows = con.execute(
        "SELECT b.key, b.title, b.digest, b.words, s.model, s.digest AS scored FROM briefing b"
        f" LEFT JOIN scored s ON s.briefing_key = b.key WHERE NOT b.removed {among} ORDER BY b.date DESC, b.key DESC",
        () if keys is None else (json.dumps(list(keys)),),
    )
    found = [row["key"] for row in rows if row["model"] != model or row["scored"] != _digest(row)]
    if keys is None:
        return found
    order = {key: place for place, key in enumerate(keys)}
    return sorted(found, key=order.__getitem__)


def has_unscored(con: sqlite3.Connection) -> bool:
    """Return whether any briefing has never been scored."""
    return con.execute(f"SELECT 1 FROM briefing b WHERE NOT b.removed AND {UNTAGGED} LIMIT 1").fetchone() is not None


def texts(con: sqlite3.Connection, keys: Iterable[int]) -> Iterator[Text]:
    """Yield the texts of briefings and their visible insights, in the order of ``keys``; unknown keys are skipped."""
    for key in keys:
        row = con.execute(
            "SELECT b.id, b.title, b.digest, b.words, c.body FROM briefing b JOIN content c ON c.briefing_key = b.key"
            " WHERE b.key = ?",
            (key,),
        ).fetchone()
        if row is None:
            continue
        insights = con.execute(
            'SELECT number, title, heading, text, start, "end" FROM insight WHERE briefing_key = ? AND NOT hidden'
            " ORDER BY number",
            (key,),
        )
        passages = tuple((i["number"], i["title"] or i["heading"], *_passage(i, row["body"])) for i in insights)
        yield Text(key, row["id"], row["title"], row["body"], _digest(row), passages)


def save(con: sqlite3.Connection, batch: int, model: str, text: Text, rows: Iterable[Row]) -> bool:
    """Replace the scores of a briefing and its insights; return whether anything changed.

    Topics that the briefing's source assigned are kept.
    """
    kept = {row["topic"] for row in con.execute(_BY_SOURCE, (text.key,))}
    merged = [_by_source(row) if row[0] == 0 and row[1] in kept else row for row in rows]
    merged += [_by_source((0, topic, 0, "", 0.0)) for topic in kept - {row[1] for row in merged if row[0] == 0}]
    image = {"model": model, "digest": text.digest, "rows": sorted(map(list, merged))}
    return journal.put(con, batch, "suggestion", str(text.key), image)


def assign_by_source(con: sqlite3.Connection, batch: int, key: int, topics: Iterable[str]) -> None:
    """Assign the topics of a briefing's source to it; topics that the user rejected remain rejected."""
    image = KINDS["suggestion"].read(con, str(key)) or {"model": UNSCORED, "digest": "", "rows": []}
    rows = {(row[0], row[1]): row for row in image["rows"]}
    rows |= {(0, topic): list(_by_source((0, topic, 0, "", 0.0))) for topic in topics}
    if rows:
        journal.put(con, batch, "suggestion", str(key), image | {"rows": sorted(rows.values())})


_BY_SOURCE = "SELECT topic FROM suggestion WHERE briefing_key = ? AND insight_number = 0 AND earned = 'source'"


def _by_source(row: Row) -> Row:
    return (*row[:2], 1.0, "source", row[4])


def with_topic(con: sqlite3.Connection, topic: str) -> list[int]:
    """Return the row keys of briefings that have a score for a topic, or whose insights have one."""
    # two queries, since each has an index
    rows = con.execute(
        "SELECT briefing_key FROM suggestion WHERE topic = :topic AND insight_number = 0 UNION"
        " SELECT briefing_key FROM suggestion WHERE topic = :topic AND insight_number > 0 AND earned <> ''",
        {"topic": topic},
    )
    return [row["briefing_key"] for row in rows]


def rename(con: sqlite3.Connection, batch: int, key: int, old: str, new: str) -> bool:
    """Move the scores of a briefing and its insights from topic ``old`` to ``new``; return whether anything changed.

    If a text has scores for both topics, that of an assigned topic is kept, else the higher one.
    """
    image = KINDS["suggestion"].read(con, str(key))
    if image is None:
        return False
    merged: dict[tuple[int, str], Row] = {}
    for number, topic, score, earned, share in image["rows"]:
        row = (number, new if topic == old else topic, score, earned, share)
        merged[row[:2]] = max(row, merged.get(row[:2], row), key=lambda r: (r[3] != "", r[2]))
    return journal.put(con, batch, "suggestion", str(key), image | {"rows": sorted(map(list, merged.values()))})


def scores_for(con: sqlite3.Connection, target: tuple[int, int]) -> list[TopicScore]:
    """Return the stored scores of a briefing or insight, best first."""
    rows = con.execute(
        "SELECT topic, score, earned, share FROM suggestion WHERE briefing_key = ? AND insight_number = ?"
        " ORDER BY score DESC, topic",
        target,
    )
    return [TopicScore(row["topic"], row["score"], row["earned"], row["share"]) for row in rows]


def model_of(con: sqlite3.Connection, key: int) -> str:
    """Return the fingerprint of the model that scored a briefing; "" if none did."""
    row = con.execute("SELECT model FROM scored WHERE briefing_key = ?", (key,)).fetchone()
    return str(row["model"]) if row else ""


def undecided(con: sqlite3.Connection, around: float, limit: int) -> list[tuple[str, TopicScore]]:
    """Return briefing IDs and scores without a verdict, those nearest to the threshold ``around`` first.

    Topics that a source assigned are left out.
    """
    rows = con.execute(
        "SELECT b.id, s.topic, s.score, s.earned FROM suggestion s JOIN briefing b ON b.key = s.briefing_key"
        " WHERE s.insight_number = 0 AND s.earned <> 'source' AND NOT b.removed"
        " AND NOT EXISTS (SELECT 1 FROM decision d WHERE"
        " d.briefing_key = s.briefing_key AND d.insight_number = 0 AND d.topic = s.topic)"
        " ORDER BY abs(s.score - ?), b.key, s.topic LIMIT ?",
        (around, limit),
    )
    return [(row["id"], TopicScore(row["topic"], row["score"], row["earned"])) for row in rows]


def nearest_to_score(con: sqlite3.Connection, topics: Iterable[str], around: float, limit: int) -> list[int]:
    """Return row keys of briefings with an undecided score for any of the topics, nearest to ``around`` first."""
    rows = con.execute(
        "SELECT s.briefing_key FROM suggestion s JOIN briefing b ON b.key = s.briefing_key"
        " WHERE s.insight_number = 0 AND s.topic IN (SELECT value FROM json_each(?)) AND NOT b.removed"
        " AND (s.briefing_key, s.topic) NOT IN (SELECT briefing_key, topic FROM decision WHERE insight_number = 0)"
        " GROUP BY s.briefing_key ORDER BY min(abs(s.score - ?)), s.briefing_key LIMIT ?",
        (json.dumps(list(topics)), around, limit),
    )
    return [row["briefing_key"] for row in rows]


def labels(con: sqlite3.Connection) -> list[Labelled]:
    """Return the briefings and insights with a verdict, as training data; the one decided on last comes last."""
    rows = con.execute(
        "SELECT coalesce(i.title, b.title) AS title,"
        " coalesce(i.text, c.body) AS text, group_concat(d.topic || ' ' || d.verdict, char(10)) AS verdicts"
        " FROM decision d JOIN briefing b ON b.key = d.briefing_key JOIN content c ON c.briefing_key = b.key"
        " LEFT JOIN insight i ON i.briefing_key = d.briefing_key AND i.number = d.insight_number AND NOT i.hidden"
        " WHERE NOT b.removed AND (d.insight_number = 0 OR i.key IS NOT NULL)"
        " GROUP BY d.briefing_key, d.insight_number ORDER BY max(d.at), d.briefing_key, d.insight_number"
    )
    found = []
    for row in rows:
        by_verdict: dict[str, set[str]] = {"accepted": set(), "rejected": set()}
        for line in row["verdicts"].split("\n"):
            topic, verdict = line.rsplit(" ", 1)
            by_verdict[verdict].add(topic)
        accepted, rejected = frozenset(by_verdict["accepted"]), frozenset(by_verdict["rejected"])
        found.append(Labelled(row["title"], row["text"], accepted, rejected))
    return found


def count(con: sqlite3.Connection) -> int:
    """Return the number of briefings that aren't removed."""
    return int(con.execute("SELECT count(*) FROM briefing WHERE NOT removed").fetchone()[0])


def sample(con: sqlite3.Connection, characters: int) -> list[tuple[str, str]]:
    """Return the titles and bodies of every n-th briefing, with about ``characters`` characters in total."""
    rows = con.execute(
        "SELECT b.title, c.body FROM briefing b JOIN content c ON c.briefing_key = b.key"
        " WHERE NOT b.removed AND b.key % ? = 0 ORDER BY b.key",
        (_step(con, characters),),
    )
    return [(row["title"], row["body"]) for row in rows]


def sample_with_topics(con: sqlite3.Connection, characters: int) -> list[tuple[tuple[str, str], frozenset[str]]]:
    """Return the titles and bodies as ``sample`` does, each with the briefing's topics."""
    rows = con.execute(
        "SELECT b.title, c.body, (SELECT group_concat(topic, char(10)) FROM ("
        "SELECT s.topic FROM suggestion s LEFT JOIN decision d ON d.briefing_key = s.briefing_key"
        " AND d.insight_number = 0 AND d.topic = s.topic WHERE s.briefing_key = b.key AND s.insight_number = 0"
        " AND s.earned <> '' AND coalesce(d.verdict, '') <> 'rejected'"
        " UNION SELECT d.topic FROM decision d WHERE d.briefing_key = b.key AND d.insight_number = 0"
        " AND d.verdict = 'accepted')) AS topics"
        " FROM briefing b JOIN content c ON c.briefing_key = b.key"
        " WHERE NOT b.removed AND b.key % ? = 0 ORDER BY b.key",
        (_step(con, characters),),
    )
    return [((r["title"], r["body"]), frozenset((r["topics"] or "").split("\n")) - {""}) for r in rows]


def _step(con: sqlite3.Connection, characters: int) -> int:
    """Return the n of ``sample``; 1 if all briefings together have fewer characters."""
    total: int = con.execute(
        "SELECT coalesce(sum(length(c.body)), 0) FROM content c JOIN briefing b ON b.key = c.briefing_key"
        " WHERE NOT b.removed"
    ).fetchone()[0]
    return max(1, -(-total // characters))


def _passage(insight: sqlite3.Row, body: str) -> tuple[str, int]:
    """Return an insight's passage and its offset in the body; if it isn't in the body, its text and -1."""
    if passage := body[insight["start"] : insight["end"]]:
        return passage, insight["start"]
    return str(insight["text"]), -1


def _digest(row: sqlite3.Row) -> str:
    return f"{row['digest'][:16]}-{row['words']}-{zlib.crc32(row['title'].encode('utf-8', 'replace')):08x}"
