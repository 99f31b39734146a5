"""Replace a briefing's content after a revision or a reread, keeping decisions."""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from briefreader.storage import briefings, identity, journal, publisher_memory, row_snapshots
from briefreader.storage.database import storable

if TYPE_CHECKING:
    import sqlite3

    from briefreader.model import Briefing, Insight
    from briefreader.storage.briefings import FingerprintLike


@dataclass(frozen=True, slots=True)
class Moves:
    """Where insights of the old text are in the new one, by the row key of the old insight."""

    same: dict[int, int] = field(default_factory=dict)  # index of the new briefing's insight that replaces it
    passages: dict[int, Insight] = field(default_factory=dict)  # the insight with new offsets, if none replaces it


def replace(
    con: sqlite3.Connection,
    batch: int,
    key: int,
    briefing: Briefing,
    fingerprint: FingerprintLike,
    moves: Moves | None = None,
) -> bool:
    """Replace a briefing's content, keeping its ID and decisions.

    Insights are matched by ``moves``, else by their text, and keep their numbers. An insight that isn't in the new text
    is hidden, unless the user added it or it has a decision or note. Fields edited by hand are kept.

    Returns:
        Whether the content changed.
    """
    identity.put_origin(con, fingerprint.digest, fingerprint.origin)
    content = _new_content(con, key, briefing, fingerprint, moves or Moves())
    changed = journal.put(con, batch, "content", str(key), content)
    publisher_memory.put(con, key, fingerprint.blocks)
    return changed


def user_insights(con: sqlite3.Connection, key: int) -> list[tuple[int, Insight]]:
    """Return the insights that the user added, decided on or wrote a note on, with their row keys."""
    rows = con.execute("SELECT * FROM insight WHERE briefing_key = ? AND NOT hidden ORDER BY number", (key,)).fetchall()
    return [
        (row["key"], briefings.insight_of(row))
        for row in rows
        if row["kind"] == "own" or _has_decision_or_note(con, row)
    ]


def retitle(con: sqlite3.Connection, batch: int, key: int, title: str) -> bool:
    """Change a briefing's title, unless it was edited by hand; return whether anything changed."""
    image = row_snapshots.KINDS["content"].read(con, str(key))
    row = con.execute("SELECT edited FROM briefing WHERE key = ?", (key,)).fetchone()
    if image is None or "title" in json.loads(row["edited"]):
        return False
    return journal.put(con, batch, "content", str(key), image | {"title": storable(title)})


def _new_content(
    con: sqlite3.Connection, key: int, briefing: Briefing, fingerprint: FingerprintLike, moves: Moves
) -> row_snapshots.Image:
    """Return the image of a briefing's new content."""
    briefing = storable(briefing)
    image = row_snapshots.KINDS["content"].read(con, str(key))
    assert image is not None
    row = con.execute("SELECT added, edited FROM briefing WHERE key = ?", (key,)).fetchone()
    edited = json.loads(row["edited"])
    for name in ("title", "source", "author", "published", "url", "format", "language", "words"):
        if name not in edited:
            image[name] = getattr(briefing, name)
    briefings.put_original(con, fingerprint.digest, briefing.original)
    return image | {
        "date": briefings.sort_date(image["published"], row["added"]),
        "digest": fingerprint.digest,
        "body": briefing.body,
        "covers": briefing.summary,
        "moment": briefing.highlight,
        "details": briefings.details_of(briefing),
        "sections": briefings.sections_of(briefing),
        "insights": _insight_keys(con, key, briefing, moves),
        "sketch": briefings.sketch_of(fingerprint),
    }


def _insight_keys(con: sqlite3.Connection, key: int, briefing: Briefing, moves: Moves) -> list[int]:
    """Return the row keys of the insights in the new text.

    New rows are inserted as hidden; writing the content makes them visible.
    """
    old = con.execute("SELECT * FROM insight WHERE briefing_key = ? AND NOT hidden ORDER BY number", (key,)).fetchall()
    same_text = briefings.body(con, key) == briefing.body
    rows = {row["key"]: row for row in old}
    former = {place: rows[row_key] for row_key, place in moves.same.items()}
    former |= _match_old_rows(
        [row for row in old if row["key"] not in moves.same], briefing.insights, former, same_text
    )
    top = briefings.highest_number(con, key)
    kept: list[int] = []
    for place, insight in enumerate(briefing.insights):
        row = former.get(place)
        if row and briefings.insight_of(row) == dataclasses.replace(insight, number=row["number"], worth=row["worth"]):
            _put_worth(con, row, insight.worth)
            kept.append(row["key"])
            continue
        top += row is None
        number = row["number"] if row else top
        kept.append(briefings.insert_insight(con, key, dataclasses.replace(insight, number=number), hidden=True))
    for row_key, passage in moves.passages.items():
        number = rows[row_key]["number"]
        kept.append(briefings.insert_insight(con, key, dataclasses.replace(passage, number=number), hidden=True))
    taken = {row["key"] for row in former.values()} | moves.passages.keys()
    rest = (row for row in old if row["key"] not in taken)
    return sorted([*kept, *(row["key"] for row in rest if row["kind"] == "own" or _has_decision_or_note(con, row))])


def _put_worth(con: sqlite3.Connection, row: sqlite3.Row, worth: float) -> None:
    """Store an insight's worth without a journal entry, since it is derived, and make the insight's story pending."""
    if row["worth"] != worth:
        con.execute("UPDATE insight SET worth = ? WHERE key = ?", (worth, row["key"]))
        con.execute("INSERT OR REPLACE INTO story_pending VALUES (?, 0)", (row["key"],))


def _match_old_rows(
    old: list[sqlite3.Row], insights: tuple[Insight, ...], known: dict[int, sqlite3.Row], same_text: bool
) -> dict[int, sqlite3.Row]:
    """Return the old rows with the same text as new insights, by the index of the new insight.

    If the body is unchanged (``same_text``), insights are also matched by their offsets.
    """
    free = {row["key"]: row for row in old if row["kind"] != "own"}
    found: dict[int, sqlite3.Row] = {}
    for alike in (_words, _passage) if same_text else (_words,):
        waiting: dict[object, list[int]] = defaultdict(list)
        for key, row in free.items():
            waiting[alike(briefings.insight_of(row))].append(key)
        for place, insight in enumerate(insights):
            if place not in found and place not in known and (same := waiting[alike(insight)]):
                found[place] = free.pop(same.pop(0))
    return found


def _words(insight: Insight) -> str:
    """Return the case-folded words by which insights are matched."""
    title, text = (" ".join(part.casefold().split()) for part in (insight.title, insight.text))
    # version 0.1 used an insight's first words as its title
    return text if text.startswith(title.rstrip("…")) else f"{title} {text}"


def _passage(insight: Insight) -> tuple[int, int]:
    return insight.start, insight.end


def _has_decision_or_note(con: sqlite3.Connection, row: sqlite3.Row) -> bool:
    """Return whether an insight has a decision or a note."""
    place = (row["briefing_key"], row["number"])
    for table in ("decision", "note"):
        query = f"SELECT 1 FROM {table} WHERE briefing_key = ? AND insight_number = ?"
        if con.execute(query, place).fetchone():
            return True
    return False
