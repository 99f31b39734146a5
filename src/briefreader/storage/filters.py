"""Translate a query's filters and sort order to SQL, and search titles, bodies and notes for words.

The words of a query are matched with insights in ``search``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING, Any, Literal

from briefreader.records import dataclass

if TYPE_CHECKING:
    import sqlite3

    from briefreader.query import Filter, Query

Level = Literal["briefing", "insight"]
# maps a topic's ID to its own and those of its narrower topics
Expand = Callable[[str], Collection[str]]
# the taxonomy's topics, or None if it has errors: then all stored topics count
Known = Collection[str] | None

MAX_WORDS = 32  # maximum number of words that are searched; others are ignored
MAX_DISTANCE = 40  # maximum number of words between the first and the last match of a NEAR query
MAX_WAYS = 16  # maximum number of combinations of spellings per set of words in a NEAR query
_UNQUOTABLE = {ord('"'): " ", 0: " "}  # characters that a quoted string of an FTS5 query can't contain


@dataclass(frozen=True, slots=True)
class Condition:
    """An SQL expression over ``b`` (briefing) and, at insight level, ``i`` (insight), with its parameters."""

    sql: str
    values: tuple[Any, ...] = ()

    def negated(self) -> Condition:
        """Return the negation, which is never NULL, since all compared columns are NOT NULL."""
        return Condition(f"NOT ({self.sql})", self.values)


def conditions(query: Query, level: Level, expand: Expand, known: Known) -> list[Condition]:
    """Return the conditions that rows must satisfy.

    These are the query's filters, and that the briefing isn't removed and the insight isn't hidden.
    """
    made = [Condition("b.removed = 0")]
    if level == "insight":
        made.append(Condition("NOT i.hidden"))
    topics = _wanted_topics(query, expand)
    for filter_ in query.filters:
        condition = _condition(filter_, level, expand, known, topics)
        made.append(condition.negated() if filter_.negated else condition)
    return made


def _wanted_topics(query: Query, expand: Expand) -> list[str]:
    """Return the topics of a query's ``topic:`` filters, with their narrower topics."""
    return sorted({t for f in query.filters if f.key == "topic" and not f.negated for t in expand(f.value)})


def _condition(filter_: Filter, level: Level, expand: Expand, known: Known, topics: list[str]) -> Condition:
    """Return the condition for one filter, before negation."""
    value = filter_.value
    match filter_.key:
        case "topic" | "suggested" | "any" if value == "none":
            return _topic(filter_.key, None if known is None else sorted(known), level).negated()
        case "topic" | "suggested" | "any":
            return _topic(filter_.key, sorted(expand(value)), level)
        case "source" | "author" if value == "none":
            return Condition(f"b.{filter_.key} = ''")
        case "path":
            held = "SELECT briefing_key FROM alias WHERE instr(fold(path), fold(?))"
            return Condition(f"b.key IN ({held})", (value,))
        case "source" | "author":
            return _name_contains(filter_.key, value)
        case "after":
            return Condition("b.date >= ?", (value,))
        case "before":
            return Condition("b.date < ?", (value,))
        case "score":
            return _score(filter_, topics, level)
        case "has":
            return _is("noted", level)
        case "story" | "sources":
            return _story(filter_, level)
        case "saved":
            return Condition("0")  # no such saved search
        case _:
            return _is(value, level)


def _name_contains(column: str, value: str) -> Condition:
    """Return the condition that a briefing's source or author contains a text.

    The SQL steps through the distinct names in an index, since DISTINCT would read all rows. If most names match, it
    excludes the others instead.
    """
    least = f"SELECT min({column}) FROM briefing WHERE removed = 0"
    names = (
        f"(WITH RECURSIVE every (name) AS ({least} UNION ALL SELECT ({least} AND {column} > name) FROM every"
        " WHERE name IS NOT NULL)"
        " SELECT name, instr(fold(name), fold(?)) > 0 AS fits FROM every WHERE name IS NOT NULL)"
    )
    keys = f"SELECT key FROM briefing WHERE removed = 0 AND {column} IN (SELECT name FROM {names} WHERE"
    most = f"SELECT 2 * sum(fits) > count(*) FROM {names}"
    return Condition(
        f"CASE WHEN ({most}) THEN b.key NOT IN ({keys} NOT fits)) ELSE b.key IN ({keys} fits)) END", (value,) * 3
    )


_NUMBER = {"briefing": "0", "insight": "i.number"}
_UNDECIDED = (
    "(s.briefing_key, s.insight_number, s.topic) NOT IN (SELECT briefing_key, insight_number, topic FROM decision)"
)


def _topic(key: str, topics: Sequence[str] | None, level: Level) -> Condition:
    """Return the condition for ``topic:``, ``suggested:`` or ``any:``.

    ``any`` refers to a briefing and its insights, or an insight and its briefing; the others refer to the row alone.
    """
    if key != "any":
        return _target_has(key, topics, level)
    parts = [_target_has("topic", topics, "briefing")]
    parts.append(_target_has("topic", topics, "insight", left="b.key" if level == "briefing" else ""))
    return Condition(f"({' OR '.join(part.sql for part in parts)})", sum((part.values for part in parts), ()))


def _target_has(key: str, topics: Sequence[str] | None, level: Level, left: str = "") -> Condition:
    """Return the condition for ``topic:`` or ``suggested:`` (``key``); ``topics`` None means any topic.

    ``left`` is the SQL of the row's key; the default is the key at this level.
    """
    among = "1" if topics is None else "s.topic IN (SELECT value FROM json_each(?))"
    listed = () if topics is None else (json.dumps(topics),)
    number = f"s.insight_number {'=' if level == 'briefing' else '>'} 0"
    left = left or ("b.key" if level == "briefing" else "(i.briefing_key, i.number)")
    columns = "s.briefing_key" if left == "b.key" else "s.briefing_key, s.insight_number"
    state = "s.earned = ''" if key == "suggested" else "s.earned <> ''"
    suggested = f"SELECT {columns} FROM suggestion s WHERE {among} AND {number} AND {state} AND {_UNDECIDED}"
    if key == "suggested":
        return Condition(f"{left} IN ({suggested})", listed)
    accepted = f"SELECT {columns} FROM decision s WHERE {among} AND {number} AND s.verdict = 'accepted'"
    return Condition(f"{left} IN ({accepted} UNION ALL {suggested})", listed * 2)


def _score(filter_: Filter, topics: list[str], level: Level) -> Condition:
    scores, values = _scores(topics, level)
    return Condition(f"EXISTS (SELECT 1 {scores} AND s.score {filter_.operator} ?)", (*values, float(filter_.value)))


def _scores(topics: list[str], level: Level) -> tuple[str, tuple[str, ...]]:
    """Return ``FROM … WHERE …`` for a row's stored scores, and its parameters; no ``topics`` means all topics."""
    target = f"FROM suggestion s WHERE s.briefing_key = b.key AND s.insight_number = {_NUMBER[level]}"
    if not topics:
        return target, ()
    return f"{target} AND s.topic IN (SELECT value FROM json_each(?))", (json.dumps(topics),)


_OPEN = f"s.insight_number = 0 AND s.earned = '' AND {_UNDECIDED}"
UNTAGGED = "b.key NOT IN (SELECT briefing_key FROM scored WHERE model <> '')"
INBOX = f"({UNTAGGED} OR b.key IN (SELECT s.briefing_key FROM suggestion s WHERE {_OPEN}))"
_STATES = {
    "unread": "b.key NOT IN (SELECT briefing_key FROM reading_state WHERE read)",
    "read": "b.key IN (SELECT briefing_key FROM reading_state WHERE read)",
    "starred": "b.key IN (SELECT briefing_key FROM reading_state WHERE starred)",
    "untagged": UNTAGGED,
    "inbox": INBOX,
    "marked": "0",  # marks in the app's lists are not stored
}
NOTED = "b.key IN (SELECT briefing_key FROM note)"


_KNOWN = "SELECT insight_key FROM story_insight"
_NEWS = {
    "story": (
        f"IN ({_KNOWN} JOIN story ON story.key = story_insight.story"
        " WHERE sources > 1 OR NOT EXISTS (SELECT 1 FROM story WHERE sources > 1))"
    ),
    "new": f"NOT IN ({_KNOWN} WHERE status <> 'new')",
    "updated": f"IN ({_KNOWN} WHERE status = 'updated')",
    "repeat": f"IN ({_KNOWN} WHERE status = 'repeat')",
}


def _story(filter_: Filter, level: Level) -> Condition:
    """Return the condition for ``story:ID`` or ``sources:N``; an insight without a story has one source."""
    value = filter_.value
    if filter_.key == "sources":
        count = int(value)
        alone = {"=": count == 1, ">": count < 1, ">=": count <= 1, "<": count > 1, "<=": count >= 1}
        in_stories = f"{_KNOWN} JOIN story ON story.key = story_insight.story WHERE sources {filter_.operator} ?"
        either = (
            f"IN ({in_stories}) OR {{key}} NOT IN ({_KNOWN} WHERE story > 0)"
            if alone[filter_.operator]
            else f"IN ({in_stories})"
        )
        return _of_insights(either, level, (count,))
    id_, _, number = value.removeprefix("s").partition(".")
    story = (
        "SELECT s.story FROM briefing o JOIN insight k ON k.briefing_key = o.key AND NOT k.hidden"
        " JOIN story_insight s ON s.insight_key = k.key AND s.story > 0 WHERE o.id = ? AND k.number = ?"
    )
    return _of_insights(
        f"IN ({_KNOWN} WHERE story IN ({story}))", level, (id_, int(number) if number.isdecimal() else 0)
    )


def _of_insights(condition: str, level: Level, values: tuple[Any, ...] = ()) -> Condition:
    """Return a condition on insights for the level; a briefing matches if any of its insights does."""
    if level == "insight":
        return Condition(f"(i.key {condition.format(key='i.key')})", values)
    held = f"SELECT k.briefing_key FROM insight k WHERE NOT k.hidden AND (k.key {condition.format(key='k.key')})"
    return Condition(f"b.key IN ({held})", values)


def _is(value: str, level: Level) -> Condition:
    """Return the condition for ``is:``: a state, a status in a story, or a kind of insight."""
    if value in _NEWS:
        return _of_insights(_NEWS[value], level)
    if value == "noted":
        insight = "(i.briefing_key, i.number) IN (SELECT briefing_key, insight_number FROM note)"
        return Condition(NOTED if level == "briefing" else insight)
    if value in _STATES:
        return Condition(_STATES[value])
    if level == "insight":
        return Condition("i.kind = ?", (value,))
    kinds = "SELECT 1 FROM insight k WHERE k.briefing_key = b.key AND NOT k.hidden AND k.kind = ?"
    return Condition(f"EXISTS ({kinds})", (value,))


def briefing_keys(
    con: sqlite3.Connection,
    query: Query,
    expand: Expand,
    known: Known,
    *,
    limit: int | None = None,
    after: int | None = None,
) -> list[int]:
    """Return row keys of briefings that match a query's filters, newest first, or by score with ``sort:score``.

    ``after`` is the last row key of the previous page; with ``sort:score`` it is ignored.
    """
    where = conditions(query, "briefing", expand, known)
    by_score = query.sort == "score"
    if after is not None and not by_score:
        where.append(Condition("(b.date, b.key) < (SELECT date, key FROM briefing WHERE key = ?)", (after,)))
    order = "b.date DESC, b.key DESC"
    values: list[Any] = [value for condition in where for value in condition.values]
    if by_score:
        best = _best_score(query, "briefing", expand)
        order = f"{best.sql} DESC NULLS LAST, {order}"
        values += best.values
    sql = f"SELECT b.key AS k FROM briefing b WHERE {' AND '.join(c.sql for c in where)} ORDER BY {order} LIMIT ?"
    return _column(con, sql, (*values, -1 if limit is None else limit))


def _column(con: sqlite3.Connection, sql: str, values: Sequence[Any]) -> list[int]:
    """Return column ``k`` of a query. It is fetched as one JSON value, since fetching many rows would hold the GIL."""
    found: list[int] = json.loads(con.execute(f"SELECT json_group_array(k) FROM ({sql})", values).fetchone()[0])
    return found


def count(con: sqlite3.Connection, query: Query, expand: Expand, known: Known) -> int:
    """Return the number of briefings that match a query's filters."""
    where = conditions(query, "briefing", expand, known)
    sql = f"SELECT count(*) FROM briefing b WHERE {' AND '.join(c.sql for c in where)}"
    return int(con.execute(sql, [value for c in where for value in c.values]).fetchone()[0])


def insight_keys(
    con: sqlite3.Connection,
    query: Query,
    expand: Expand,
    known: Known,
    *,
    limit: int | None = None,
    among: Sequence[int] | None = None,
) -> list[int]:
    """Return row keys of insights that match a query's filters, those of the newest briefings first.

    With ``sort:score``, the best score comes first. ``among`` restricts the result to these row keys.
    """
    where = conditions(query, "insight", expand, known)
    if among is not None:
        where.append(Condition("i.key IN (SELECT value FROM json_each(?))", (json.dumps(list(among)),)))
    order = "b.date DESC, b.key DESC, i.number"
    values: list[Any] = [value for condition in where for value in condition.values]
    if query.sort == "score":
        best = _best_score(query, "insight", expand)
        order = f"{best.sql} DESC NULLS LAST, {order}"
        values += best.values
    sql = (
        "SELECT i.key AS k FROM briefing b JOIN insight i ON i.briefing_key = b.key"
        f" WHERE {' AND '.join(c.sql for c in where)} ORDER BY {order} LIMIT ?"
    )
    return _column(con, sql, (*values, -1 if limit is None else limit))


def _best_score(query: Query, level: Level, expand: Expand) -> Condition:
    """Return a row's best score for the query's topics, or for any."""
    scores, values = _scores(_wanted_topics(query, expand), level)
    return Condition(f"(SELECT max(s.score) {scores})", values)


def body_keys(
    con: sqlite3.Connection, words: Sequence[str], *, column: str = "body_fts", like: Mapping[str, Iterable[str]] = {}
) -> list[int]:
    """Return the row keys of briefings whose body contains all ``words``, ignoring case and accents.

    Removed briefings are included. Without any word that has a letter or digit, nothing is found.

    Args:
        con: a connection.
        words: words and phrases; the last word of each matches as a prefix.
        column: ``body_fts``, or ``title_fts`` to search titles, sources and authors instead.
        like: other spellings of a word, which match whole words only.
    """
    wanted = [word for word in words[:MAX_WORDS] if any(map(str.isalnum, word))]
    either = (" OR ".join([f"{_quoted(word)}*", *map(_quoted, like.get(word, ()))]) for word in wanted)
    match = " AND ".join(f"({spellings})" for spellings in either)
    if not match:
        return []
    return _column(con, f"SELECT rowid AS k FROM {column} WHERE {column} MATCH ?", (match,))


def keys_by_text(con: sqlite3.Connection, texts: Sequence[str], *, every: bool, limit: int) -> list[int]:
    """Return row keys of briefings whose body contains ``texts`` as phrases, best first, without removed ones.

    With ``every``, a body must contain all texts, else one of them.
    """
    wanted = [_quoted(text) for text in texts[:MAX_WORDS] if any(map(str.isalnum, text))]
    if not wanted:
        return []
    sql = (
        "SELECT b.key AS k FROM body_fts JOIN briefing b ON b.key = body_fts.rowid"
        " WHERE body_fts MATCH ? AND NOT b.removed ORDER BY body_fts.rank LIMIT ?"
    )
    return _column(con, sql, ((" AND " if every else " OR ").join(wanted), limit))


def keys_holding(con: sqlite3.Connection, text: str, *, limit: int) -> list[int]:
    """Return row keys of briefings whose body contains exactly these characters, unordered; reads every body."""
    sql = (
        "SELECT b.key AS k FROM content c JOIN briefing b ON b.key = c.briefing_key"
        " WHERE instr(c.body, ?) AND NOT b.removed LIMIT ?"
    )
    return _column(con, sql, (text, limit))


def keys_near(con: sqlite3.Connection, choices: Sequence[Sequence[Sequence[str]]], limit: int) -> list[int]:
    """Return row keys of briefings whose body has words close to each other, best first; includes removed ones.

    ``choices`` are sets of words and phrases, each given as a list of its spellings. A body matches if it contains all
    words of one set, each in any spelling. A word or phrase of three characters or more matches as a prefix.
    """
    ways = [way for words in choices for way in islice(product(*words), MAX_WAYS)]
    near = (
        f"NEAR({' '.join(_quoted(word) + ('*' if len(word) > 2 else '') for word in way)}, {MAX_DISTANCE})"
        for way in ways
        if all(any(map(str.isalnum, word)) for word in way)
    )
    match = " OR ".join(near)
    if not match:
        return []
    return _column(con, "SELECT rowid AS k FROM body_fts WHERE body_fts MATCH ? ORDER BY rank LIMIT ?", (match, limit))


def body_words_like(con: sqlite3.Connection, word: str) -> list[str]:
    """Return words of bodies that ``word`` may be a misspelling of: the same first letter and a similar length.

    Returns an empty list if a body contains a word that begins with ``word``.
    """
    if con.execute("SELECT 1 FROM body_fts WHERE body_fts MATCH ? LIMIT 1", (f"{_quoted(word)}*",)).fetchone():
        return []
    found = con.execute(
        "SELECT term FROM body_word WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
        (word[0], chr(ord(word[0]) + 1), len(word) - 1, len(word) + 2),
    )
    return [r[0] for r in found]


def _quoted(word: str) -> str:
    return f'"{word.translate(_UNQUOTABLE)}"'


def note_keys(con: sqlite3.Connection, words: Sequence[str]) -> list[tuple[int, int]]:
    """Return briefing row keys and insight numbers of notes that contain all ``words``; without words, of all notes."""
    where = " AND ".join(["instr(fold(text), fold(?))"] * len(words[:MAX_WORDS])) or "1"
    rows = con.execute(f"SELECT briefing_key, insight_number FROM note WHERE {where}", words[:MAX_WORDS])
    return [(r[0], r[1]) for r in rows]
