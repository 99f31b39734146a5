"""Stories: similar insights in pairs, groups of insights that report the same news, and a queue of pending insights.

The tables are in ``story_schema``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from briefreader.model import Pair, Report
from briefreader.storage import journal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence


class State(NamedTuple):
    """The version of the rules and the word frequencies that the tables were built with, see ``story_state``."""

    rules: int
    counted: int
    insights: int
    frequencies: bytes


class Member(NamedTuple):
    """An insight, its story, its nearest earlier insight (0: none), and its status: new, updated or repeat."""

    key: int
    story: int
    earlier: int
    status: str


class Totals(NamedTuple):
    """A story: the key of its first insight, numbers of briefings and sources, and its first and last date."""

    key: int
    briefings: int
    sources: int
    first: str
    last: str


_ALIVE = "JOIN briefing b ON b.key = i.briefing_key AND NOT b.removed WHERE NOT i.hidden"
_REPORTS = (
    "SELECT i.key, i.briefing_key, i.number, b.date, coalesce(nullif(b.publisher, ''), b.source) AS publisher,"
    f" b.source, i.title, i.text, i.worth FROM insight i {_ALIVE}"
)


def _json(keys: Iterable[int]) -> str:
    return json.dumps(sorted(keys))


def state(con: sqlite3.Connection) -> State:
    """Return the version of the rules and the word frequencies that the tables were built with."""
    return State(*con.execute("SELECT rules, counted, insights, frequencies FROM story_state").fetchone())


def highest(con: sqlite3.Connection) -> int:
    """Return the highest key of an insight."""
    return int(con.execute("SELECT coalesce(max(key), 0) FROM insight").fetchone()[0])


def restart(con: sqlite3.Connection, made: State) -> None:
    """Empty the derived tables and make all insights pending; ``made`` is the new state."""
    for table in ("story_pair", "story_insight", "story", "story_pending", "story_words"):
        con.execute(f"DELETE FROM {table}")
    con.execute("UPDATE story_state SET rules = ?, counted = ?, insights = ?, frequencies = ?", made)
    con.execute("INSERT INTO story_pending SELECT key, 0 FROM insight")


def texts_up_to(con: sqlite3.Connection, key: int) -> list[tuple[int, str, str]]:
    """Return (key, title, text) of every insight up to a key, including hidden ones; the result never changes."""
    return [tuple(row) for row in con.execute("SELECT key, title, text FROM insight WHERE key <= ?", (key,))]


def waiting(con: sqlite3.Connection, limit: int) -> list[int]:
    """Return the keys of pending insights whose pairs must still be found, those of the oldest briefing first."""
    rows = con.execute(
        "SELECT p.insight_key FROM story_pending p JOIN insight i ON i.key = p.insight_key"
        " JOIN briefing b ON b.key = i.briefing_key WHERE NOT p.paired ORDER BY b.date, b.key, i.number LIMIT ?",
        (limit,),
    )
    return [r["insight_key"] for r in rows]


def paired(con: sqlite3.Connection) -> set[int]:
    """Return the keys of pending insights whose pairs are found, but not their stories."""
    return {r["insight_key"] for r in con.execute("SELECT insight_key FROM story_pending WHERE paired")}


def reports(con: sqlite3.Connection, keys: Iterable[int]) -> dict[int, Report]:
    """Return insights by key, without hidden ones and those of removed briefings."""
    rows = con.execute(f"{_REPORTS} AND i.key IN (SELECT value FROM json_each(?))", (_json(keys),))
    return {row["key"]: Report(*row) for row in rows}


def words_between(con: sqlite3.Connection, low: str, high: str) -> list[tuple[int, int, str, bytes]]:
    """Return (key, briefing key, date, words) of visible insights with stored words.

    They are those of briefings that aren't removed and have a date in ``[low, high)``.
    """
    cursor = con.cursor()
    cursor.row_factory = None  # plain tuples, since there are thousands of rows
    return cursor.execute(
        "SELECT i.key, b.key, b.date, w.words FROM briefing b JOIN insight i ON i.briefing_key = b.key AND NOT i.hidden"
        " JOIN story_words w ON w.insight_key = i.key WHERE b.removed = 0 AND b.date >= ? AND b.date < ?",
        (low, high),
    ).fetchall()


def put_words(con: sqlite3.Connection, rows: Iterable[tuple[int, bytes]]) -> None:
    """Store the words of insights."""
    con.executemany("INSERT OR REPLACE INTO story_words VALUES (?, ?)", rows)


def words_of(con: sqlite3.Connection, keys: Iterable[int]) -> dict[int, bytes]:
    """Return the stored words of insights, by key."""
    rows = con.execute(
        "SELECT * FROM story_words WHERE insight_key IN (SELECT value FROM json_each(?))", (_json(keys),)
    )
    return {row["insight_key"]: row["words"] for row in rows}


def put_pairs(con: sqlite3.Connection, keys: Sequence[int], pairs: Iterable[Pair]) -> None:
    """Replace the pairs of insights; the stories of these insights and of their previous partners become pending."""
    done = _json(keys)
    for column, partner in (("one", "other"), ("other", "one")):
        con.execute(
            f"INSERT OR IGNORE INTO story_pending SELECT {partner}, 1 FROM story_pair"
            f" WHERE {column} IN (SELECT value FROM json_each(?))",
            (done,),
        )
        con.execute(f"DELETE FROM story_pair WHERE {column} IN (SELECT value FROM json_each(?))", (done,))
    con.executemany("INSERT OR REPLACE INTO story_pair VALUES (?, ?, ?, ?)", pairs)
    con.execute("UPDATE story_pending SET paired = 1 WHERE insight_key IN (SELECT value FROM json_each(?))", (done,))


def pairs_of(con: sqlite3.Connection, keys: Iterable[int], probability: float = 0.0, cosine: float = 0.0) -> list[Pair]:
    """Return the pairs of some insights that reach a minimum probability or cosine, each pair once."""
    wanted = "IN (SELECT value FROM json_each(?1)) AND (probability >= ?2 OR cosine >= ?3)"
    rows = con.execute(
        f"SELECT * FROM story_pair WHERE one {wanted} UNION SELECT * FROM story_pair WHERE other {wanted}",
        (_json(keys), probability, cosine),
    )
    return [Pair(*row) for row in rows]


def members(con: sqlite3.Connection, keys: Iterable[int]) -> dict[int, Member]:
    """Return a ``Member`` by insight key for each insight that has a story or an earlier insight."""
    rows = con.execute(
        "SELECT * FROM story_insight WHERE insight_key IN (SELECT value FROM json_each(?))", (_json(keys),)
    )
    return {row["insight_key"]: Member(*row) for row in rows}


def insights_of(con: sqlite3.Connection, stories: Iterable[int]) -> dict[int, list[int]]:
    """Return the keys of each story's insights in order of time, by story."""
    rows = con.execute(
        "SELECT s.story, s.insight_key FROM story_insight s JOIN insight i ON i.key = s.insight_key"
        " JOIN briefing b ON b.key = i.briefing_key WHERE s.story IN (SELECT value FROM json_each(?))"
        " ORDER BY b.date, b.key, i.number",
        (_json(stories),),
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row["story"], []).append(row["insight_key"])
    return found


def totals(con: sqlite3.Connection, stories: Iterable[int] | None = None) -> list[Totals]:
    """Return stories (``None``: all), those with the most sources first, then the latest."""
    where, values = (
        ("", ()) if stories is None else (" WHERE key IN (SELECT value FROM json_each(?))", (_json(stories),))
    )
    return [
        Totals(*r) for r in con.execute(f"SELECT * FROM story{where} ORDER BY sources DESC, last DESC, key", values)
    ]


def is_any_shared(con: sqlite3.Connection) -> bool:
    """Return whether any story has several sources."""
    return con.execute("SELECT 1 FROM story WHERE sources > 1 LIMIT 1").fetchone() is not None


def put_stories(
    con: sqlite3.Connection,
    keys: Iterable[int],
    found: Iterable[Member],
    stories: Iterable[Totals],
    done: Iterable[int],
) -> None:
    """Replace the stories of the insights ``keys``.

    The insights ``done`` are no longer pending, unless their pairs must be found again.
    """
    wanted = _json(keys)
    con.execute(
        "DELETE FROM story WHERE key IN (SELECT story FROM story_insight"
        " WHERE insight_key IN (SELECT value FROM json_each(?)))",
        (wanted,),
    )
    con.execute("DELETE FROM story WHERE key IN (SELECT value FROM json_each(?))", (wanted,))
    con.execute("DELETE FROM story_insight WHERE insight_key IN (SELECT value FROM json_each(?))", (wanted,))
    con.executemany("INSERT INTO story_insight VALUES (?, ?, ?, ?)", found)
    con.executemany("INSERT INTO story VALUES (?, ?, ?, ?, ?)", stories)
    con.execute(
        "DELETE FROM story_pending WHERE paired AND insight_key IN (SELECT value FROM json_each(?))", (_json(done),)
    )


_DECIDED = """
SELECT i.key AS one, j.key AS other, d.same FROM story_decision d
JOIN insight i ON i.briefing_key = d.briefing_key AND i.number = d.insight_number AND NOT i.hidden
JOIN insight j ON j.briefing_key = d.other_key AND j.number = d.other_number AND NOT j.hidden
"""


def decisions(con: sqlite3.Connection) -> list[tuple[int, int, bool]]:
    """Return the user's decisions: two insight keys, and whether these insights belong to the same story."""
    return [(r["one"], r["other"], bool(r["same"])) for r in con.execute(_DECIDED)]


def decide(con: sqlite3.Connection, batch: int, one: tuple[int, int], other: tuple[int, int], same: bool) -> bool:
    """Store the user's decision whether two insights (briefing key, number) belong to one story.

    Returns whether anything changed.
    """
    low, high = sorted((one, other))
    key = ".".join(map(str, (*low, *high)))
    return journal.put(con, batch, "story_decision", key, {"same": int(same)})
