"""Tests of adding: duplicates, interruption, hostile text."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefreader.library import Library
from briefreader.library import ingest as ingest_module
from briefreader.model import Briefing, Cut, Insight, Original, Problem, Section, Sponsor
from briefreader.reading.identity import fingerprint
from briefreader.storage import briefings, identity, journal

if TYPE_CHECKING:
    from pathlib import Path

    from briefreader.library.progress import Progress

PARAGRAPH = " ".join(f"Crane{i} lifts crate{i * 7 % 31} over deck{i * 5 % 17}." for i in range(60))


def mail(
    message_id: str, body: str, date: str = "Tue, 04 Mar 2025 10:00:00 +0000", sender: str = "Ada <ada@example.org>"
) -> str:
    return (
        f"From: {sender}\nSubject: Cranes\nDate: {date}\nMessage-ID: <{message_id}>\n"
        f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    )


def test_used_message_id_of_another_sender_is_linked(library: Library, tmp_path: Path) -> None:
    other = PARAGRAPH.replace("Crane", "Gull").replace("crate", "egg")
    (tmp_path / "a.eml").write_text(mail("one@example.org", PARAGRAPH))
    (tmp_path / "b.eml").write_text(mail("one@example.org", other, sender="Bob <bob@example.org>"))
    first, second = library.add([tmp_path / "a.eml", tmp_path / "b.eml"])
    assert (first.status, second.status) == ("added", "added") and first.id != second.id
    assert (second.of, second.rule) == (first.id, "Message-ID of another sender") and first.id in second.message
    with library.db.reading() as con:
        assert identity.linked(con, briefings.resolve(con, first.id)[0]) == [second.id]
        assert identity.linked(con, briefings.resolve(con, second.id)[0]) == [first.id]


def test_same_text_in_another_format_is_one_briefing(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_text(mail("one@example.org", PARAGRAPH, "Thu, 01 Jan 1970 00:00:00 +0000"))
    (tmp_path / "b.md").write_text(f"---\ntitle: Cranes\ndate: 2090-01-01\n---\n{PARAGRAPH}\n")
    first, second = library.add([tmp_path / "a.eml", tmp_path / "b.md"])
    assert (second.status, second.id) == ("alias", first.id)
    assert [a.status for a in library.add([tmp_path])] == ["known", "known"]


def test_different_texts_with_same_title_and_day_are_two(library: Library, tmp_path: Path) -> None:
    for name, word in (("a", "Crane"), ("b", "Gull")):
        (tmp_path / f"{name}.md").write_text(f"---\ntitle: Harbour\ndate: 2025-01-01\n---\nA short text on a {word}.\n")
    assert [a.status for a in library.add([tmp_path])] == ["added", "added"]


def test_duplicate_names_its_briefing(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PARAGRAPH)
    (tmp_path / "b.md").write_text(f"---\ntitle: Cranes at night\n---\n{PARAGRAPH}\n")
    (tmp_path / "c.md").write_text(f"---\ntitle: Another name\n---\n{PARAGRAPH}\n")
    first, second, third = library.add([tmp_path])
    assert first.title.startswith("Crane0 lifts") and (second.status, second.title) == ("alias", "Cranes at night")
    assert (third.status, third.title) == ("added", "Another name")  # documents with contradicting titles are different
    library.edit(first.id, title="Mine")
    (tmp_path / "d.md").write_text(f"# Cranes at night\n\n{PARAGRAPH}\n")
    assert [added.id for added in library.add([tmp_path / "d.md"])] == [first.id]
    assert library.briefing(first.id).title == "Mine"


def test_known_messages_are_not_parsed_again(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = tmp_path / "box.mbox"
    mails = [mail(f"{n}@example.org", PARAGRAPH.replace("Crane", word)) for n, word in enumerate(("Gull", "Tern"))]
    box.write_text("".join(f"From a@example.org Tue Mar  4 10:00:00 2025\n{m}\n" for m in mails))
    assert [a.status for a in library.add([box])] == ["added", "added"]
    monkeypatch.setattr("briefreader.reading.read_original", lambda *_, **__: pytest.fail("parsed again"))
    assert [(a.status, a.path) for a in library.add([box])] == [("known", f"{box}#1"), ("known", f"{box}#2")]


def test_colliding_id_is_lengthened(library: Library) -> None:
    made = [Briefing(f"T{n}", f"Body {n}", "md", original=Original(str(n).encode(), "md")) for n in range(3)]
    with library.db.writing() as con:
        for n, briefing in enumerate(made):
            changed = replace(fingerprint(briefing), digest="abcd" + "1" * n + "f" * (60 - n))
            briefings.insert(con, briefing, changed, "2026-01-01T00:00:00Z")
    assert sorted(row.id for row in library.list()) == ["abcd", "abcd1", "abcd11"]
    for row in library.list():
        assert library.resolve(row.id) == row.id


def test_interrupted_add_is_resumed_without_partial_briefings(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(9):
        (tmp_path / f"{n}.md").write_text(f"# Paper {n}\n\nThe {n}th text of nine, on crane number {n}.\n")
    monkeypatch.setattr(ingest_module, "SLICE", 2)
    going = library.add([tmp_path])
    for _ in range(3):
        next(going)
    with pytest.raises(KeyboardInterrupt):
        going.throw(KeyboardInterrupt)
    assert library.count() == 4 and library.check(deep=True) == []
    assert [a.status for a in library.add([tmp_path])] == ["known"] * 4 + ["added"] * 5
    assert [b.verb for b in library.history()] == ["add", "add"]


def test_cancelled_add_can_be_undone_as_one_batch(library: Library, tmp_path: Path) -> None:
    for n in range(5):
        (tmp_path / f"{n}.md").write_text(f"# Paper {n}\n\nThe {n}th text of five, on crane number {n}.\n")
    list(library.add([tmp_path], cancelled=lambda: True))
    assert library.history() == [] and library.last_batch is None
    list(library.add([tmp_path]))
    assert library.last_batch and library.last_batch.summary.startswith("5 briefings: ")
    library.undo()
    assert library.count() == 0


def test_reread_reports_changes_and_damaged_originals(library: Library, tmp_path: Path) -> None:
    for n in range(3):
        (tmp_path / f"{n}.md").write_text(f"# Paper {n}\n\nThe {n}th text of three, on crane number {n}.\n")
    ids = [added.id for added in library.add([tmp_path])]
    with library.db.writing() as con:
        con.execute("UPDATE briefing SET title = 'otherwise' WHERE id = ?", (ids[0],))
        con.execute("UPDATE original SET data = x'00' WHERE path LIKE '%1.md'")
    before = library.history()
    for dry_run in (True, False):
        results = sorted((added.id, added.status) for added in library.reread(dry_run=dry_run))
        assert results == sorted([(ids[0], "changed"), ("", "failed"), (ids[2], "known")])
        assert (library.history() == before) is dry_run
    assert {row.title for row in library.list()} == {"Paper 0", "Paper 1", "Paper 2"}


def test_invalid_unicode_file_names_are_kept_readable(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "kelp\udcff.md"
    path.write_text("# Kelp\n\nA text under a broken name.\n")
    (added,) = library.add([path])
    assert added.status == "added"
    assert library.original(added.id).path.endswith("kelp\ufffd.md")


def test_charset_of_the_http_header_is_used(library: Library, web: Any) -> None:
    page = '<meta charset="iso-8859-5"><h1>Цены</h1><p>Цены токенов упали на треть за эту неделю.</p>'
    web.pages["/page"] = page.encode("cp1251")
    web.charsets["/page"] = "windows-1251"
    (added,) = library.add([f"{web.address}/page"])
    assert "Цены токенов упали на треть за эту неделю." in library.briefing(added.id).body


def test_add_of_urls_reports_the_failing_one(library: Library, web: Any) -> None:
    web.pages["/cranes.md"] = f"# Cranes\n\n{PARAGRAPH}\n".encode()
    gone, cranes = library.add([f"{web.address}/gone.md", f"{web.address}/cranes.md"])
    assert (gone.status, gone.path) == ("failed", f"{web.address}/gone.md") and "404" in gone.message
    assert cranes.status == "added" and library.briefing(cranes.id).url == f"{web.address}/cranes.md"
    assert [a.status for a in library.add([f"{web.address}/cranes.md"])] == ["known"]


hostile = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x1b\x07\x7f\x85\x9b\u200f\u2028\u202e\u2066\ufeff\ufffe\ud800\udfff\U000e0041\r\n\t\"'\\"
        ),
    ),
    max_size=12,
)


@st.composite
def documents(draw: st.DrawFn) -> Briefing:
    body = draw(hostile)
    return Briefing(
        title=draw(hostile), body=body, format="md", source=draw(hostile), author=draw(hostile),
        published=draw(hostile), url=draw(hostile), language=draw(hostile), summary=draw(hostile),
 highlight=draw(hostile),
        sections=(Section(draw(hostile), 1, 0),),
        insights=(Insight(1, draw(hostile), draw(hostile), 0, len(body), "stated"),),
        sponsors=(Sponsor(draw(hostile), draw(hostile)),), tags=(draw(hostile),), cuts=(Cut("tail", draw(hostile)),),
        problems=(Problem(draw(hostile), draw(hostile)),),
        original=Original(draw(st.binary(min_size=1, max_size=20)), "md", draw(hostile), draw(hostile)),
    )  # fmt: skip


def storable(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(documents(), min_size=1, max_size=3, unique_by=lambda b: b.original.data), hostile, hostile)
def test_hostile_text_is_unchanged_by_storage_and_dump(
    tmp_path_factory: pytest.TempPathFactory, made: list[Briefing], note: str, query: str
) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    first, second = io.StringIO(), io.StringIO()
    with Library(folder / "a") as library, Library(folder / "b") as other:
        with library.db.writing() as con:
            number = journal.begin(con, "add")
            keys = [briefings.insert(con, b, fingerprint(b), "2026-01-01T00:00:00Z") for b in made]
            for key in keys:
                journal.record(con, number, "briefing", str(key), None, {})
            journal.finish(con, number, note)
        with library.db.reading() as con:
            stored = [briefings.load(con, key) for key in keys]
            assert [briefings.original(con, key).data for key in keys] == [b.original.data for b in made]
        assert [b.body for b in stored] == [storable(b.body) for b in made]
        assert [b.insights[0].title for b in stored] == [storable(b.insights[0].title) for b in made]
        library.note(stored[0].id, note)
        assert library.note_of(stored[0].id) == storable(note.strip())
        library.save_search("x", query)
        library.list(query)
        library.list(f"source:{query} author:{query} in:body in:notes {query}")
        library.dump(first)
        assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) <= 0x9F for c in first.getvalue())
        other.restore(io.StringIO(first.getvalue()))
        other.dump(second)
        assert second.getvalue() == first.getvalue()


def test_unfinished_add_can_be_undone(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_text(mail("one@example.org", PARAGRAPH))
    folder = tmp_path / "library"
    with Library(folder) as library:
        adding = iter(library.add([tmp_path / "a.eml"]))
        assert next(adding).status == "added"
    adding.close()  # as when the pipe that a command writes to is closed
    with Library(folder) as library:
        assert library.count() == 1 and library.undo().verb == "add" and library.count() == 0


def test_adding_a_folder_reports_progress(library: Library, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.md").write_text(f"# Ferry {number}\n\nIt carries {number} cars over the sound.\n")
    seen: list[Progress] = []
    list(library.add([tmp_path], progress=seen.append))
    assert [(at.done, at.total) for at in seen[:3]] == [(1, 3), (2, 3), (3, 3)]
    assert seen[-1].stage
