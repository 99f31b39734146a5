"""Tests of removing repeated blocks of a publisher, and of the user's decisions on them."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from briefreader.errors import NotFoundError, UsageError
from briefreader.library import Library

STANDING = "Our office in the old harbour is open to every reader on Fridays."
SUBJECTS = ("harbour fees", "later crossings", "the winter storms", "new ferry crews", "island bakeries", "tide tables")


def issue(number: int) -> bytes:
    subject = SUBJECTS[number % len(SUBJECTS)]
    text = " ".join(f"Paragraph {word} speaks of {subject} at some length." for word in ("one", "two", "three"))
    return (
        f"From: Oak Weekly <news@oak.example>\nSubject: About {subject}\nMessage-ID: <{number}@oak.example>\n"
        f"Date: Mon, {number + 1} Dec 2025 08:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n"
        f"{text}\n\n{STANDING}\n\nThis issue closes with {subject} once more.\n"
    ).encode()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as made:
        yield made


def add(library: Library, tmp_path: Path, numbers: range) -> list[str]:
    """Add issues one by one; return their IDs."""
    found = []
    for number in numbers:
        path = tmp_path / f"{number}.eml"
        path.write_bytes(issue(number))
        found += [added.id for added in library.add([path])]
    return found


def test_third_issue_loses_blocks_of_all_three(library: Library, tmp_path: Path) -> None:
    first, second, third = add(library, tmp_path, range(3))
    assert STANDING in library.briefing(first).body and STANDING in library.briefing(second).body
    made = library.briefing(third)
    assert STANDING not in made.body and "harbour" not in made.title
    assert [(c.text, c.reason) for c in made.cuts] == [(STANDING, "in 3 of 3 issues of Oak Weekly")]


def test_reread_of_a_source_cleans_its_old_issues(library: Library, tmp_path: Path) -> None:
    ids = add(library, tmp_path, range(4))
    assert {added.status for added in library.reread(source="oak weekly")} == {"changed", "known"}
    bodies = [library.briefing(id).body for id in ids]
    assert not any(STANDING in body for body in bodies)
    assert {added.status for added in library.reread(source="Oak Weekly")} == {"known"}
    assert [library.briefing(id).body for id in ids] == bodies


def test_reread_of_an_unknown_source_fails(library: Library) -> None:
    with pytest.raises(NotFoundError):
        list(library.reread(source="Elm Daily"))


def test_kept_block_is_in_this_and_later_issues(library: Library, tmp_path: Path) -> None:
    *_, third = add(library, tmp_path, range(3))
    library.decide_block(third, STANDING, cut=False)
    assert STANDING in library.briefing(third).body
    (fourth,) = add(library, tmp_path, range(3, 4))
    assert STANDING in library.briefing(fourth).body


def test_cut_block_is_removed_from_the_first_issue_on(library: Library, tmp_path: Path) -> None:
    (first,) = add(library, tmp_path, range(1))
    library.decide_block(first, STANDING, cut=True)
    assert STANDING not in library.briefing(first).body
    assert library.briefing(first).cuts[-1].text == STANDING
    (second,) = add(library, tmp_path, range(1, 2))
    assert STANDING not in library.briefing(second).body


def test_undo_reverts_a_decision_on_a_block(library: Library, tmp_path: Path) -> None:
    (first,) = add(library, tmp_path, range(1))
    before = library.briefing(first).body
    library.decide_block(first, STANDING, cut=True)
    library.undo()
    assert library.briefing(first).body == before
    (second,) = add(library, tmp_path, range(1, 2))
    assert STANDING in library.briefing(second).body


def test_dump_and_restore_keep_decisions(library: Library, tmp_path: Path) -> None:
    (first,) = add(library, tmp_path, range(1))
    library.decide_block(first, STANDING, cut=True)
    dumped, again = io.StringIO(), io.StringIO()
    library.dump(dumped)
    with Library(tmp_path / "copy") as copy:
        copy.restore(dumped.getvalue().splitlines(keepends=True))
        copy.dump(again)
        assert again.getvalue() == dumped.getvalue()
        (second,) = add(copy, tmp_path, range(1, 2))
        assert STANDING not in copy.briefing(second).body


def test_decision_on_a_short_block_is_refused(library: Library, tmp_path: Path) -> None:
    (first,) = add(library, tmp_path, range(1))
    with pytest.raises(UsageError):
        library.decide_block(first, "Read more", cut=True)
