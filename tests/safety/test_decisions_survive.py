"""Check that no command or update changes a decision of the user."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefreader.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from briefreader.model import Decision

PARAGRAPH = " ".join(
    f"Crane{i} lifts crate{i * 7 % 31} over deck{i * 5 % 17} at no price per token." for i in range(40)
)
DOCUMENT = (
    f"# Cranes\n\n## Key takeaways\n\n- **One**: A router lifts crates.\n- **Two**: Prices fall.\n\n{PARAGRAPH}\n"
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    (folder / "cranes.md").write_text(DOCUMENT)
    (folder / "longer.md").write_text(DOCUMENT + "\n" + PARAGRAPH.replace("crate", "barrel") + "\n")
    (folder / "other.md").write_text("# Other\n\nAn agent that asks for the price of a token, and is told.\n")
    with Library(folder / "library") as library:
        list(library.add([folder / "cranes.md", folder / "other.md"]))
        list(library.tag())
        cranes, other = (library.list(word)[0].id for word in ("cranes", "other"))
        library.decide([cranes, f"{cranes}.1"], "moe", "accepted")
        library.decide([f"{cranes}.2", other], "pricing", "rejected")
        library.note(f"{cranes}.2", "do they?")
        library.mark([cranes], read=True, starred=True)
    return folder


def decided(library: Library) -> tuple[list[Decision], list[tuple[object, ...]]]:
    from briefreader.storage import decisions

    with library.db.reading() as con:
        verdicts = decisions.all_decisions(con)
    rows = sorted(library.list(), key=lambda row: row.id)
    marks = [(row.id, row.read, row.starred, row.noted, library.note_of(row.id)) for row in rows]
    return verdicts, [*marks, *((i.id, library.note_of(i.id)) for row in rows for i in library.insights(row.id)[:2])]


def edit_taxonomy(library: Library) -> None:
    path = library.taxonomy_path
    name = f"cranes-{path.stat().st_size}"
    topic = f"topics:\n  - id: {name}\n    label: {name}\n    keywords: [crate]\n"
    path.write_text(path.read_text().replace("topics:\n", topic, 1))
    library.reload_taxonomy()


def rename(library: Library) -> None:
    """Rename a topic and back; the verdicts follow."""
    verdicts, marks = decided(library)
    library.rename_topic("moe", "sparse")
    now, same = decided(library)
    assert same == marks
    assert {(d.target, d.topic.replace("sparse", "moe"), d.verdict) for d in now} == {
        (d.target, d.topic, d.verdict) for d in verdicts
    }
    library.undo()
    path = library.taxonomy_path
    path.write_text(path.read_text().replace("id: sparse", "id: moe").replace("was: [moe]", "was: []"))
    library.reload_taxonomy()


def restore(library: Library) -> None:
    text = io.StringIO()
    library.dump(text)
    with Library(library.folder / "restored") as other:
        other.restore(io.StringIO(text.getvalue()))
        assert decided(other) == decided(library)
    shutil.rmtree(library.folder / "restored")


WAYS: dict[str, Callable[[Library, Path], object]] = {
    "retag": lambda library, shelf: list(library.tag()),
    "threshold": lambda library, shelf: list(library.tag(threshold=0.9)),
    "add again": lambda library, shelf: list(library.add([shelf / "cranes.md", shelf / "other.md"])),
    "reread": lambda library, shelf: list(library.reread()),
    "remove and add": lambda library, shelf: (
        library.remove([row.id for row in library.list()]),
        list(library.add([shelf / "cranes.md", shelf / "other.md"])),
    ),
    "longer copy": lambda library, shelf: list(library.add([shelf / "longer.md"])),
    "taxonomy edit": lambda library, shelf: edit_taxonomy(library),
    "rename": lambda library, shelf: rename(library),
    "restore": lambda library, shelf: restore(library),
    "rebuild": lambda library, shelf: library.check(rebuild=True),
}
LEARNING: dict[str, Callable[[Library, Path], object]] = {
    "learn": lambda library, shelf: library.learn(),
    "retrain": lambda library, shelf: list(library.tag(everything=True)),
}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(WAYS)), min_size=2, max_size=4))
def test_decisions_survive_any_sequence(
    shelf: Path, tmp_path_factory: pytest.TempPathFactory, sequence: list[str]
) -> None:
    survive(shelf, tmp_path_factory.mktemp("work"), sequence)


def survive(shelf: Path, work: Path, sequence: list[str]) -> None:
    folder = work / "library"
    shutil.copytree(shelf / "library", folder)
    with Library(folder) as library:
        before = decided(library)
        for way in sequence:
            {**WAYS, **LEARNING}[way](library, shelf)
            assert decided(library) == before, way


@pytest.mark.long
@pytest.mark.timeout(1800)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted({**WAYS, **LEARNING})), min_size=2, max_size=8))
def test_decisions_survive_any_longer_sequence(
    shelf: Path, tmp_path_factory: pytest.TempPathFactory, sequence: list[str]
) -> None:
    survive(shelf, tmp_path_factory.mktemp("work"), sequence)


@pytest.mark.long
def test_decisions_survive_a_refitted_model(shelf: Path, tmp_path: Path) -> None:
    shutil.copytree(shelf / "library", tmp_path / "library")
    with Library(tmp_path / "library") as library:
        before = decided(library)
        list(library.tag(everything=True))
        assert decided(library) == before


def test_decisions_survive_revision_taxonomy_edit_and_rename(shelf: Path, tmp_path: Path) -> None:
    shutil.copytree(shelf / "library", tmp_path / "library")
    with Library(tmp_path / "library") as library:
        verdicts, marks = decided(library)
        assert [a.status for a in library.add([shelf / "longer.md"])] == ["revision"]
        edit_taxonomy(library)
        list(library.tag())
        assert decided(library) == (verdicts, marks)
        path = library.taxonomy_path
        path.write_text(path.read_text().replace("- id: moe\n", "- id: sparse\n    was: [moe]\n"))
    with Library(tmp_path / "library") as library:
        assert library.taxonomy.topic("sparse")
        now, same = decided(library)
        assert same == marks
        assert [(d.target, d.topic.replace("sparse", "moe"), d.verdict) for d in now] == [
            (d.target, d.topic, d.verdict) for d in verdicts
        ]
