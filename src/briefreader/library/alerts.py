"""Alerts: named queries that report new briefings and stories, and can run a program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from briefreader import paths
from briefreader.errors import NotFoundError, UsageError
from briefreader.library.saved_searches import resolved
from briefreader.storage import alerts as stored
from briefreader.storage import list_rows, reading_history, stories
from briefreader.storage.database import now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.library.batches import Batches
    from briefreader.library.browsing import Browsing
    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.stories import Stories
    from briefreader.model import Batch
    from briefreader.query import Query
    from briefreader.storage.alerts import Alert
    from briefreader.storage.database import Database

REPLAYED_DAYS = 90
PROGRAM_SECONDS = 10.0  # timeout of an alert's program
MAX_OUTPUT_BYTES = 2000  # maximum length of a program's output in the log
MAX_INSIGHTS = 20  # maximum number of a briefing's insights passed to a program
LOG = "alerts.log"  # log of the programs' output, in the state folder


@dataclass(frozen=True, slots=True)
class Replay:
    """What a query would have matched in the last ``REPLAYED_DAYS``.

    ``decided`` counts the matched briefings for which the user decided on a topic of the query (on any topic if it
    names none), and ``accepted`` those for which the user accepted such a topic.
    """

    fired: int  # number of matching briefings or stories
    accepted: int
    decided: int
    titles: tuple[str, ...] = ()  # of up to five matches

    def __str__(self) -> str:
        text = f"would have matched {self.fired:,} time{'s' * (self.fired != 1)} in {REPLAYED_DAYS} days"
        return f"{text}; you accepted {self.accepted:,} of the {self.decided:,} you decided" if self.decided else text


@dataclass(frozen=True, slots=True)
class Fired:
    """An alert that fired.

    ``target`` is the ID of a briefing, of a story (``story:s7f3a.2``), or of an insight without a story. ``problem`` is
    the error of the alert's program, or "".
    """

    alert: str
    target: str
    title: str
    problem: str = ""


class Alerts:
    """Stores alerts, and fires them for new briefings and stories."""

    def __init__(
        self, db: Database, batches: Batches, taxonomy: CurrentTaxonomy, browsing: Browsing, stories: Stories
    ) -> None:
        self._db = db
        self._batches = batches
        self._taxonomy = taxonomy
        self._browsing = browsing
        self._stories = stories

    def alerts(self) -> list[Alert]:
        """Return the alerts, sorted by name."""
        with self._db.reading() as con:
            return stored.every(con)

    def replay(self, query: str) -> Replay:
        """Return how often a query would have matched in the last 90 days, with titles, as a ``Replay``."""
        asked = self._parsed(f"{query} after:{datetime.now(UTC) - timedelta(days=REPLAYED_DAYS):%Y-%m-%d}")
        found = self._targets(asked, None)
        keys = {key for _, _, key in found}
        topics = {t for f in asked.filters if f.key in ("topic", "any") for t in self._taxonomy.expand(f.value)}
        with self._db.reading() as con:
            accepted, decided = stored.verdicts(con, keys, topics)
            rows = list_rows.rows(con, [key for _, _, key in found[:5]])
        return Replay(len(found), accepted, decided, tuple(row.title for row in rows))

    def add_alert(self, name: str, query: str, program: str = "") -> Batch:
        """Add or replace an alert for briefings added from now on; it may run a program each time it fires.

        Raises:
            UsageError: the name or query is empty, or the program cannot be run.
        """
        name = " ".join(name.split())
        if not name or not query.strip():
            raise UsageError("an alert needs a name and a query", hint="briefreader alerts add NAME --query topic:moe")
        path = shutil.which(Path(program).expanduser()) if program else ""
        if path is None:
            raise UsageError(f"the program cannot be run: {program}", hint="PROGRAM must be an executable file")
        with self._batches.step("add alert") as step:
            where = str(Path(path).absolute()) if path else ""
            alert = stored.Alert(name, query.strip(), where, stored.last_briefing(step.con))
            stored.put(step.con, step.number, alert, name)
            step.summary = f"{name}: {query}"
        return step.batch

    def drop_alert(self, name: str) -> Batch:
        """Delete an alert."""
        self.alert(name)
        with self._batches.step("remove alert") as step:
            stored.put(step.con, step.number, None, name)
            step.summary = name
        return step.batch

    def alert(self, name: str) -> Alert:
        """Return an alert by name.

        Raises:
            NotFoundError: no alert has that name.
        """
        found = next((alert for alert in self.alerts() if alert.name == name), None)
        if found is None:
            raise NotFoundError(f"no such alert: {name!r}", hint="to list alerts: briefreader alerts list")
        return found

    def fire_alerts(self) -> Iterator[Fired]:
        """Fire each alert once for each new match, and yield a ``Fired`` for each.

        A match is new if its briefing was added after the alert. In another user's library, no programs are run; in a
        read-only library, nothing fires.
        """
        if self._db.readonly:
            return
        for alert in self.alerts():
            asked = self._parsed(alert.query)
            for target, marks, key in self._targets(asked, alert):
                with self._db.writing() as con:
                    stored.fire(con, alert.name, marks, now())
                record = self._record(alert, target, key)
                yield Fired(alert.name, target, record["title"], self._run(alert, record))

    def _parsed(self, query: str) -> Query:
        with self._db.reading() as con:
            return resolved(con, query)

    def _targets(self, asked: Query, alert: Alert | None) -> list[tuple[str, list[str], int]]:
        """Return the matches of a query: their IDs, the IDs to record as fired, and the row keys of their briefings.

        With an alert, only new matches are returned for which it hasn't fired yet.
        """
        if asked.asks_for_stories:
            return self._story_targets(asked, alert)
        keys = self._browsing.keys(asked)
        with self._db.reading() as con:
            before = stored.fired(con, alert.name) if alert else set()
            fresh = [key for key in reversed(keys) if alert is None or key > alert.after_key]
            rows = list_rows.rows(con, fresh)
        return [(row.id, [row.id], row.key) for row in rows if row.id not in before]

    def _story_targets(self, asked: Query, alert: Alert | None) -> list[tuple[str, list[str], int]]:
        """Return the matches as ``_targets`` does, one for each story, or for an insight without a story."""
        found: list[tuple[str, list[str], int]] = []
        keys = self._stories.insight_keys(asked)
        with self._db.reading() as con:
            before = stored.fired(con, alert.name) if alert else set()
            rows = {row.key: row for row in list_rows.insight_rows(con, keys)}
            owners = {key: one.briefing for key, one in stories.reports(con, keys).items()}
            story_of = {key: member.story for key, member in stories.members(con, keys).items() if member.story}
            groups = stories.insights_of(con, set(story_of.values()))
            every = {row.key: row.id for row in list_rows.insight_rows(con, [k for g in groups.values() for k in g])}
        for key in reversed(keys):
            if key not in rows or (alert and owners.get(key, 0) <= alert.after_key):
                continue
            story = story_of.get(key, 0)
            marks = [every[k] for k in groups.get(story, ()) if k in every] or [rows[key].id]
            if before.isdisjoint(marks):
                found.append((f"story:s{marks[0]}" if story else marks[0], marks, owners[key]))
                before |= set(marks)
        return found

    def _record(self, alert: Alert, target: str, key: int) -> dict[str, Any]:
        """Return the record of a match that an alert's program gets on its stdin (docs/across.md)."""
        with self._db.reading() as con:
            row = list_rows.rows(con, [key], self._taxonomy.ids())[0]
            keys = list_rows.insight_keys(con, [key])[:MAX_INSIGHTS]
            insights = list_rows.insight_rows(con, keys, self._taxonomy.ids())
            url = next(iter(reading_history.addresses(con, keys).values()), "")
        return {
            "schema_version": 1, "alert": alert.name, "query": alert.query, "target": target, "id": row.id,
            "title": row.title, "source": row.source, "published": row.published, "url": url,
            "topics": list(row.topics), "insights": [{"insight_id": each.id, "text": each.text} for each in insights],
        }  # fmt: skip

    def _run(self, alert: Alert, record: dict[str, Any]) -> str:
        """Run an alert's program with the record on its stdin; return the error, or ""."""
        if not alert.program:
            return ""
        if not _is_own(self._db.path):
            return "the library belongs to another user: the program was not run"
        try:
            done = subprocess.run(
                [alert.program],
                input=json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=PROGRAM_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"{alert.program} was stopped after {PROGRAM_SECONDS:.0f} seconds"
        except OSError as error:
            return f"{alert.program} cannot be run: {error.strerror}"
        if done.stdout:
            _log(f"{now()} {alert.name} {record['target']}\n", done.stdout[:MAX_OUTPUT_BYTES])
        return "" if done.returncode == 0 else f"{alert.program} ended with exit code {done.returncode}"


def _log(head: str, output: bytes) -> None:
    folder = paths.state_dir()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOG).open("ab") as log:
        log.write(head.encode() + output.rstrip() + b"\n")


def _is_own(path: Path) -> bool:
    """Return whether a file belongs to the current user."""
    return not hasattr(os, "getuid") or path.stat().st_uid == os.getuid()
