"""Load briefings and insights as rows of lists, a page at a time."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from briefreader.model import BriefingRow, InsightRow, TopicScore

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Sequence


def rows(con: sqlite3.Connection, keys: Sequence[int], known: Collection[str] | None = None) -> list[BriefingRow]:
    """Return briefings as rows, in the order of ``keys``, without removed ones.

    ``known`` are the taxonomy's topics; other topics aren't shown. If it is None, all topics are.
    """
    wanted = json.dumps(list(keys))
    scores: dict[int, list[TopicScore]] = defaultdict(list)
    verdicts: dict[int, dict[str, str]] = defaultdict(dict)
    within = "IN (SELECT value FROM json_each(?)) AND insight_number = 0"
    for r in con.execute(
        "SELECT briefing_key, topic, score, earned, share FROM suggestion"
        f" WHERE briefing_key {within} ORDER BY score DESC",
        (wanted,),
    ):
        scores[r["briefing_key"]].append(TopicScore(r["topic"], r["score"], r["earned"], r["share"]))
    for r in con.execute(f"SELECT briefing_key, topic, verdict FROM decision WHERE briefing_key {within}", (wanted,)):
        verdicts[r["briefing_key"]][r["topic"]] = r["verdict"]
    found: dict[int, BriefingRow] = {}
    for r in con.execute(_ROWS, (wanted,)):
        topics, confirmed, suggested = resolve_topics(scores[r["key"]], verdicts[r["key"]], known)
        found[r["key"]] = BriefingRow(
            r["key"], r["id"], r["title"], r["source"], r["author"], r["published"], r["added"], bool(r["read"]),
            bool(r["starred"]), bool(r["noted"]), bool(r["scored"]), r["words"], r["insights"],
            topics, confirmed, suggested, _shares(topics, scores[r["key"]]),
        )  # fmt: skip
    return [found[key] for key in keys if key in found]


def abstracts(con: sqlite3.Connection, keys: Sequence[int]) -> dict[int, str]:
    """Return each briefing's abstract by row key; without an abstract its first insight, or ""."""
    found: dict[int, str] = {}
    for key, abstract, title, text in con.execute(_ABSTRACTS, (json.dumps(list(keys)),)):
        whole = text or ""
        if title and not whole.startswith(title.removesuffix("…")):
            whole = f"{title} {whole}"
        found[key] = abstract or whole
    return found


_ABSTRACTS = """
SELECT c.briefing_key, c.covers, i.title, i.text FROM content c LEFT JOIN insight i ON i.key = (
    SELECT n.key FROM insight n WHERE n.briefing_key = c.briefing_key AND NOT n.hidden
    ORDER BY n.kind = 'stated' DESC, n.start, n.number LIMIT 1
)
WHERE c.briefing_key IN (SELECT value FROM json_each(?))
"""
_ROWS = """
SELECT b.key, b.id, b.title, b.source, b.author, b.published, b.added, b.words, s.read, s.starred,
    EXISTS (SELECT 1 FROM note n WHERE n.briefing_key = b.key) AS noted,
    EXISTS (SELECT 1 FROM scored c WHERE c.briefing_key = b.key AND c.model <> '') AS scored,
    (SELECT count(*) FROM insight i WHERE i.briefing_key = b.key AND NOT i.hidden) AS insights
FROM briefing b LEFT JOIN reading_state s ON s.briefing_key = b.key
WHERE NOT b.removed AND b.key IN (SELECT value FROM json_each(?))
"""


def _shares(topics: Sequence[str], scores: Iterable[TopicScore]) -> tuple[float, ...]:
    known = {score.topic: score.share for score in scores}
    return tuple(known.get(topic, 0.0) for topic in topics)


def resolve_topics(
    scores: Sequence[TopicScore], verdicts: dict[str, str], known: Collection[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[TopicScore, ...]]:
    """Return three lists for a briefing or insight: its topics, the accepted ones among them, and suggested topics.

    Its topics are the accepted ones, then the assigned ones without a verdict, each sorted by score. ``scores`` must be
    sorted, best first. ``known`` is as in ``rows``.
    """
    by_topic = {s.topic: s.score for s in scores}
    accepted = sorted(
        (t for t, v in verdicts.items() if v == "accepted" and (known is None or t in known)),
        key=lambda topic: (-by_topic.get(topic, 0.0), topic),
    )
    undecided = [s for s in scores if s.topic not in verdicts and (known is None or s.topic in known)]
    assigned = tuple(s.topic for s in undecided if s.earned)
    return (*accepted, *assigned), tuple(accepted), tuple(s for s in undecided if not s.earned)


def insight_rows(
    con: sqlite3.Connection, keys: Sequence[int], known: Collection[str] | None = None
) -> list[InsightRow]:
    """Return insights as rows, in the order of ``keys``, without hidden ones and those of removed briefings.

    ``known`` are the taxonomy's topics; other topics aren't shown. If it is None, all topics are.
    """
    wanted = (json.dumps(list(keys)),)
    cursor = con.cursor()
    cursor.row_factory = None  # plain tuples, since this runs at every keystroke of a search
    scores: dict[int, list[TopicScore]] = defaultdict(list)
    verdicts: dict[int, dict[str, str]] = defaultdict(dict)
    for key, topic, score, earned in cursor.execute(_INSIGHT_SCORES, wanted):
        scores[key].append(TopicScore(topic, score, earned))
    for key, topic, verdict in cursor.execute(_INSIGHT_VERDICTS, wanted):
        verdicts[key][topic] = verdict
    found: dict[int, InsightRow] = {}
    for key, id_, number, title, text, kind, start, end, *more, places in cursor.execute(_INSIGHT_ROWS, wanted):
        best_first = sorted(scores[key], key=lambda s: -s.score) if key in scores else ()
        topics = resolve_topics(best_first, verdicts[key], known)[0] if best_first or key in verdicts else ()
        spans = () if places == "[]" else tuple((a, b) for a, b in json.loads(places))
        more.append(spans)
        found[key] = InsightRow(key, f"{id_}.{number}", id_, title, text, kind, start, end, topics, *more)
    return [found[key] for key in keys if key in found]


_INSIGHT_SCORES = """
SELECT i.key, t.topic, t.score, t.earned FROM insight i
JOIN suggestion t ON t.briefing_key = i.briefing_key AND t.insight_number = i.number
WHERE i.key IN (SELECT value FROM json_each(?))
"""
_INSIGHT_VERDICTS = """
SELECT i.key, t.topic, t.verdict FROM insight i
JOIN decision t ON t.briefing_key = i.briefing_key AND t.insight_number = i.number
WHERE i.key IN (SELECT value FROM json_each(?))
"""
_INSIGHT_ROWS = """
SELECT i.key, b.id, i.number, i.title, i.text, i.kind, i.start, i."end", b.source, b.published, b.title,
    i.heading, i.speaker, i.places
FROM insight i JOIN briefing b ON b.key = i.briefing_key
WHERE NOT i.hidden AND NOT b.removed AND i.key IN (SELECT value FROM json_each(?))
"""


def insight_keys(con: sqlite3.Connection, briefing_keys: Sequence[int]) -> list[int]:
    """Return the row keys of the insights of some briefings, briefing by briefing.

    Within a briefing, stated insights come first, then the user's own, extracted ones by rank, and digest items.
    """
    found = con.execute(
        "SELECT key FROM insight WHERE briefing_key IN (SELECT value FROM json_each(?)) AND NOT hidden"
        " ORDER BY briefing_key, kind = 'stated' DESC, kind = 'own' DESC, kind = 'extracted' DESC,"
        " iif(kind = 'extracted', number, start), number",
        (json.dumps(list(briefing_keys)),),
    )
    return [r["key"] for r in found]
