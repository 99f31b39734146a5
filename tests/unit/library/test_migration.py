"""Tests of opening, migrating and restoring a library of version 0.1."""

from __future__ import annotations

import io
import lzma
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from briefreader.library import Library
from briefreader.storage.database import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

OLD = Path(__file__).parents[2] / "data" / "library-0.1"
TITLES = {"Alder Weekly 8", "Harbour notes, February", "Kelp Report 12"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "library"
    made.mkdir()
    (made / FILE).write_bytes(lzma.decompress((OLD / "library.db.xz").read_bytes()))
    return made


@pytest.fixture(params=["migrated", "restored"])
def old(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> Iterator[Library]:
    if request.param == "migrated":
        with Library(folder) as library:
            yield library
        return
    with Library(tmp_path / "restored") as library:
        library.restore(io.StringIO(lzma.decompress((OLD / "dump.jsonl.xz").read_bytes()).decode()))
        yield library


def test_library_of_0_1_is_backed_up_before_migration(folder: Path) -> None:
    before = (folder / FILE).read_bytes()
    with Library(folder):
        pass
    (copy,) = (folder / "backups").glob("schema2-*")
    assert (copy / FILE).read_bytes()[100:] == before[100:]


def test_library_of_0_1_keeps_decisions(old: Library) -> None:
    assert {row.title for row in old.list()} == TITLES
    (alder,) = (row for row in old.list() if row.title == "Alder Weekly 8")
    assert alder.starred is False and old.note_of(alder.id) == "Ask Rowan for the price list"
    assert alder.confirmed == ("pricing",) and old.saved() == [("unread kelp", "kelp is:unread")]
    assert old.check(deep=True) == []


def test_library_of_0_1_recognises_its_documents(old: Library, tmp_path: Path) -> None:
    mail = (OLD / "c2.eml").read_text()
    again = tmp_path / "again.eml"
    again.write_text(mail.replace("c2@kelp.example", "c3@kelp.example"))
    other = tmp_path / "other.eml"
    other.write_text(mail.replace("c2@kelp.example", "c4@kelp.example").replace("04 Feb", "11 Feb"))
    (kelp,) = (row.id for row in old.list() if row.title == "Kelp Report 12")
    assert [(a.status, a.of, a.rule) for a in old.add([again, other])] == [
        ("alias", kelp, "same text"),
        ("added", "", ""),
    ]


def test_library_of_0_1_can_be_undone_to_its_beginning(old: Library) -> None:
    while any(not batch.undone for batch in old.history(100)):
        old.undo()
    assert old.list() == []


def test_insights_of_0_1_have_full_worth_until_reread(folder: Path) -> None:
    def insights(library: Library) -> dict[int, float]:
        with library.db.reading() as con:
            return {row["key"]: row["worth"] for row in con.execute("SELECT key, worth FROM insight WHERE NOT hidden")}

    with Library(folder) as library:
        assert set(insights(library).values()) == {1.0}
        deque(library.reread(), maxlen=0)
        judged = insights(library)
        assert set(judged.values()) != {1.0}
        with library.db.writing() as con:
            con.execute("UPDATE insight SET worth = 1")
        assert {each.status for each in library.reread()} == {"known"} and insights(library) == judged
