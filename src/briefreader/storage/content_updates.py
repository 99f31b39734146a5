"""A briefing's content given anew: from a longer copy, or by reading it again. Decisions stay."""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from typing import TYPE_CHECKING

from briefreader.storage import briefings, journal, row_snapshots
from briefreader.storage.database import storable

if TYPE_CHECKING:
    import sqlite3

    from briefreader.model import Briefing, Insight
    from briefreader.storage.briefings import FingerprintLike


def replace(con: sqlite3.Connection, batch: int, key: int, briefing: Briefing, prints: FingerprintLike) -> bool:
    """Give a briefing the content of a longer copy or of a new reading, keeping its id and what was decided.

    Insights are matched by their text and keep their numbers; one that is gone is hidden, unless it is the reader's
    own, or has a decision or note. Fields that the reader set by hand stay. False where nothing changed.
    """
    return journal.put(con, batch, "content", str(key), _new_content(con, key, briefing, prints))


def retitle(con: sqlite3.Connection, batch: int, key: int, title: str) -> bool:
    """Give a briefing another title, unless the reader set one by hand; False where nothing changed."""
    image = row_snapshots.KINDS["content"].read(con, str(key))
    row = con.execute("SELECT edited FROM briefing WHERE key = ?", (key,)).fetchone()
    if image is None or "title" in json.loads(row["edited"]):
        return False
    return journal.put(con, batch, "content", str(key), image | {"title": storable(title)})


def _new_content(con: sqlite3.Connection, key: int, briefing: Briefing, prints: FingerprintLike) -> row_snapshots.Image:
    briefing = storable(briefing)
    image = row_snapshots.KINDS["content"].read(con, str(key))
    assert image is not None
    row = con.execute("SELECT added, edited FROM briefing WHERE key = ?", (key,)).fetchone()
    edited = json.loads(row["edited"])
    for name in ("title", "source", "author", "published", "url", "format", "language", "words"):
        if name not in edited:
            image[name] = getattr(briefing, name)
    briefings.put_original(con, prints.digest, briefing.original)
    return image | {
        "date": briefings.sort_date(image["published"], row["added"]),
        "digest": prints.digest,
        "body": briefing.body,
        "covers": briefing.summary,
        "moment": briefing.highlight,
        "details": briefings.details_of(briefing),
        "sections": briefings.sections_of(briefing),
        "insights": _renewed(con, key, briefing),
        "sketch": briefings.sketch_of(prints),
    }


def _renewed(con: sqlite3.Connection, key: int, briefing: Briefing) -> list[int]:
    """Row keys of the insights that a new reading leaves in force; rows of new ones are made, hidden as yet."""
    old = con.execute("SELECT * FROM insight WHERE briefing_key = ? AND NOT hidden ORDER BY number", (key,)).fetchall()
    former = _former(old, briefing.insights)
    top = briefings.highest_number(con, key)
    kept: list[int] = []
    for place, insight in enumerate(briefing.insights):
        row = former.get(place)
        if row and briefings.insight_of(row) == dataclasses.replace(insight, number=row["number"]):
            kept.append(row["key"])
            continue
        top += row is None
        number = row["number"] if row else top
        kept.append(briefings.insert_insight(con, key, dataclasses.replace(insight, number=number), hidden=True))
    taken = {row["key"] for row in former.values()}
    rest = (row for row in old if row["key"] not in taken)
    return sorted([*kept, *(row["key"] for row in rest if row["kind"] == "own" or _decided(con, row))])


def _former(old: list[sqlite3.Row], insights: tuple[Insight, ...]) -> dict[int, sqlite3.Row]:
    """The row that each insight (by its place) was: one of the same words, else one of the same passage."""
    free = {row["key"]: row for row in old if row["kind"] != "own"}
    found: dict[int, sqlite3.Row] = {}
    for alike in (_words, _passage):
        waiting: dict[object, list[int]] = defaultdict(list)
        for key, row in free.items():
            waiting[alike(briefings.insight_of(row))].append(key)
        for place, insight in enumerate(insights):
            if place not in found and (same := waiting[alike(insight)]):
                found[place] = free.pop(same.pop(0))
    return found


def _words(insight: Insight) -> str:
    return " ".join(f"{insight.title} {insight.text}".casefold().split())


def _passage(insight: Insight) -> tuple[int, int]:
    return insight.start, insight.end


def _decided(con: sqlite3.Connection, row: sqlite3.Row) -> bool:
    place = (row["briefing_key"], row["number"])
    for table in ("decision", "note"):
        query = f"SELECT 1 FROM {table} WHERE briefing_key = ? AND insight_number = ?"
        if con.execute(query, place).fetchone():
            return True
    return False
