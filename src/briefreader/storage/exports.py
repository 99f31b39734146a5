"""Load the data of exported notes in bulk, and store a record of each exported note."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from typing import TYPE_CHECKING

from briefreader.model import Briefing, Insight
from briefreader.storage import list_rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Sequence

_AMONG = "IN (SELECT value FROM json_each(?))"


def records(con: sqlite3.Connection, folder: str) -> dict[str, str]:
    """Return the record of each note's last export to a folder, by note ID (other files: see table ``export_base``).

    Records of notes in subfolders and parent folders are included, since an export to ``vault`` also finds the notes
    that were exported to ``vault/inner``. The folder's own records take precedence.
    """
    found = con.execute(
        "SELECT target, base FROM export_base WHERE folder = :folder OR target NOT LIKE 'base:%'"
        " AND target NOT LIKE 'data:%' AND (substr(folder, 1, length(:folder) + 1) = :folder || :slash"
        " OR substr(:folder, 1, length(folder) + 1) = folder || :slash) ORDER BY folder = :folder",
        {"folder": folder, "slash": os.sep},
    )
    return {r["target"]: r["base"] for r in found}


def save(con: sqlite3.Connection, folder: str, records: Iterable[tuple[str, str]]) -> None:
    """Store the records of exported notes, ``(note ID, record)``, without a history entry.

    If a subfolder or parent folder has a record of the same file, it is replaced too, since it would be outdated.
    """
    stored = list(records)
    con.executemany(
        "INSERT INTO export_base (folder, target, base) VALUES (?,?,?)"
        " ON CONFLICT (folder, target) DO UPDATE SET base = excluded.base",
        [(folder, target, base) for target, base in stored],
    )
    for other, old, new in _nested(con, folder):
        paths = [(target, base, json.loads(base)["path"]) for target, base in stored if ":" not in target]
        con.executemany(
            "UPDATE export_base SET base = json_set(?, '$.path', ?) WHERE folder = ? AND target = ?"
            " AND json_extract(base, '$.path') = ?",
            [
                (base, there, other, target, there)
                for target, base, path in paths
                if path.startswith(old) and (there := new + path.removeprefix(old))
            ],
        )


def _nested(con: sqlite3.Connection, folder: str) -> Iterator[tuple[str, str, str]]:
    """Yield the subfolders and parent folders that have records.

    Each comes with the prefixes that a file's path has in ``folder`` and in that folder.
    """
    folders = con.execute(
        "WITH RECURSIVE found(name) AS (SELECT min(folder) FROM export_base UNION ALL"
        " SELECT (SELECT min(folder) FROM export_base WHERE folder > name) FROM found WHERE name IS NOT NULL)"
        " SELECT name FROM found WHERE name IS NOT NULL"
    )
    for (other,) in folders.fetchall():
        if other.startswith(folder + os.sep):
            yield other, other[len(folder) + 1 :].replace(os.sep, "/") + "/", ""
        elif folder.startswith(other + os.sep):
            yield other, "", folder[len(other) + 1 :].replace(os.sep, "/") + "/"


def undone(con: sqlite3.Connection, verb: str) -> set[int]:
    """Return the numbers of the undone batches of a command, given as ``verb``."""
    return {r["number"] for r in con.execute("SELECT number FROM batch WHERE verb = ? AND undone <> 0", (verb,))}


def contents(
    con: sqlite3.Connection, keys: Sequence[int], known: Collection[str] | None, *, body: bool = False
) -> tuple[list[Briefing], dict[str, tuple[str, ...]]]:
    """Return briefings with their insights, and the topics of each insight by its ID.

    Only the fields that notes show are loaded; the body only if ``body`` is true. Removed briefings are left out.
    """
    wanted = json.dumps(list(keys))
    insights: dict[str, list[Insight]] = defaultdict(list)
    topics: dict[str, tuple[str, ...]] = {}
    for i in list_rows.insight_rows(con, list_rows.insight_keys(con, keys), known):
        insights[i.briefing_id].append(
            Insight(i.number, i.title, i.text, i.start, i.end, i.kind, i.heading, i.speaker, i.places)
        )
        topics[i.id] = i.topics
    found = {
        r["key"]: Briefing(
            id=r["id"], title=r["title"], body=r["body"], format=r["format"], source=r["source"], author=r["author"],
            published=r["published"], url=r["url"], language=r["language"], summary=r["covers"], highlight=r["moment"],
            insights=tuple(insights[r["id"]]),
        )
        for r in con.execute(
            "SELECT b.*, c.covers, c.moment, iif(?, c.body, '') AS body"
            f" FROM briefing b JOIN content c ON c.briefing_key = b.key WHERE NOT b.removed AND b.key {_AMONG}",
            (body, wanted),
        )
    }  # fmt: skip
    return [found[key] for key in keys if key in found], topics


def notes(con: sqlite3.Connection, keys: Sequence[int]) -> dict[str, dict[int, str]]:
    """Return the user's notes by briefing ID, then by insight number; number 0 is the note on the briefing."""
    made: dict[str, dict[int, str]] = defaultdict(dict)
    for r in con.execute(
        f"SELECT b.id, n.insight_number, n.text FROM note n JOIN briefing b ON b.key = n.briefing_key"
        f" WHERE n.briefing_key {_AMONG}",
        (json.dumps(list(keys)),),
    ):
        made[r["id"]][r["insight_number"]] = r["text"]
    return made


def keys_of(con: sqlite3.Connection, ids: Sequence[str]) -> dict[str, int]:
    """Return the row keys of briefings by ID; unknown and removed ones are left out."""
    found = con.execute(f"SELECT id, key FROM briefing WHERE NOT removed AND id {_AMONG}", (json.dumps(list(ids)),))
    return {r["id"]: r["key"] for r in found}
