"""Tests of small parts of storage: sort dates, SQL scripts, topics, transactions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from briefreader.model import Briefing, Original, TopicScore
from briefreader.reading.identity import fingerprint
from briefreader.storage import briefings, schema
from briefreader.storage.database import Database, storable
from briefreader.storage.list_rows import resolve_topics

if TYPE_CHECKING:
    from pathlib import Path

ADDED = "2026-05-05T10:00:00Z"


@pytest.mark.parametrize(
    ("published", "date"),
    [
        ("2026-02-20", "2026-02-20"),
        ("2026-02-20T23:30:00-05:00", "2026-02-21T04:30:00Z"),
        ("2026-02-20T10:00:00", "2026-02-20T10:00:00Z"),
        ("2026-02-20T10:00:00Z", "2026-02-20T10:00:00Z"),
        ("", ADDED),
        ("last spring", ADDED),
        ("2026-13-40", ADDED),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_lists_are_sorted_by_publication_in_utc(published: str, date: str) -> None:
    assert briefings.sort_date(published, ADDED) == date


def test_id_is_as_long_as_needed_to_be_unique(tmp_path: Path) -> None:
    database = Database(tmp_path)
    with database.writing() as con:
        ids = []
        for digest in ("abcdef01", "abcdef02", "abcdffff"):
            briefing = Briefing("Title", "Body", "md", original=Original(digest.encode(), "md"))
            changed = replace(fingerprint(briefing), digest=digest)
            ids.append(briefings.name(con, briefings.insert(con, briefing, changed, ADDED)))
    assert ids == ["abcd", "abcde", "abcdf"]
    database.close()


def test_script_is_split_into_statements_keeping_triggers() -> None:
    script = "CREATE TABLE a (b);\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\n DELETE FROM a;\n SELECT 1;\nEND;\n"
    assert len(list(schema.statements(script))) == 2
    with pytest.raises(ValueError, match="does not end"):
        list(schema.statements("CREATE TABLE a (b"))


def test_topics_are_accepted_or_assigned_and_not_rejected() -> None:
    scores = [TopicScore("a", 0.9, "document"), TopicScore("b", 0.8, "passage"), TopicScore("c", 0.2)]
    verdicts = {"b": "rejected", "z": "accepted", "gone": "accepted"}
    topics, confirmed, suggested = resolve_topics(scores, verdicts, {"a", "b", "c", "z"})
    assert topics == ("z", "a") and confirmed == ("z",) and [s.topic for s in suggested] == ["c"]
    assert resolve_topics(scores, verdicts, None)[1] == ("gone", "z")


def test_storable_replaces_only_surrogates() -> None:
    clean = ("a", ["ü", {"k": 1}], b"\xff")
    assert storable(clean)[0] is clean[0] and storable(clean) == clean
    assert storable(["\ud800x", {"\udfff": ("ok", "\udc00")}]) == ["\ufffdx", {"\ufffd": ("ok", "\ufffd")}]


def test_failed_transaction_is_rolled_back_with_inner_blocks(tmp_path: Path) -> None:
    database = Database(tmp_path)
    with pytest.raises(RuntimeError), database.writing() as con:
        con.execute("INSERT INTO meta (name, value) VALUES ('a', '1')")
        with database.writing() as inner:
            inner.execute("INSERT INTO meta (name, value) VALUES ('b', '2')")
        raise RuntimeError
    with database.reading() as con:
        assert con.execute("SELECT count(*) FROM meta").fetchone()[0] == 0
    database.close()
