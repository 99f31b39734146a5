"""Tests of the app when something fails: huge files, killed processes, full memory or disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from briefreader import paths
from briefreader.config import ExportSettings, Settings
from briefreader.library import Library
from briefreader.storage import schema
from briefreader.storage.database import FILE
from briefreader.tui import changes, external_tools

pytestmark = pytest.mark.processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

POSIX = pytest.mark.skipif(os.name != "posix", reason="limits and signals are POSIX")
MEGABYTES = 50
GOOD = "topics:\n  - {id: loaf, label: Loaf, keywords: [dough, oven, crumb, loaf]}\n"
TAXONOMIES = {
    "broken": "topics: [\n",
    "alias bomb": "topics: &a [*a, *a]\n",
    "merge bomb": f"topics:\n  - <<: {'{<<: ' * 100}\n",
    "brackets": "topics: " + "[" * 2000,
    "unsafe tag": "topics: !!python/object/apply:os.system [true]\n",
    "twice": "topics:\n  - id: a\n    label: A\n  - id: a\n    label: B\n",
    "too large": "#" * 4_000_001,
    "no text": "\x00\x01\x02",
    "no topics": "- just\n- a list\n",
}
TEMPLATES = {
    "reads": ("{% include '/etc/passwd' %}", "include"),
    "escapes": ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "unsafe"),
    "loops": ("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}", "steps"),
    "swells": ("{% set x = 'x' * 999999999 %}", "numbers only"),
    "breaks": ("one\ntwo\n{% if %}", ":3"),
    "is missing": ("{{ nothing.of.this }}", "nothing"),
}
# Code of the job process; {} is replaced by what happens at its start.
RUN = "from briefreader.library import job_worker\n{}\njob_worker.main()\n"
KILLED = """
import os, signal
send = job_worker.Reporter.send
def last_words(self, kind, value=None):
    send(self, kind, value)
    if kind in ("record", "progress"):
        os.kill(os.getpid(), signal.SIGKILL)
job_worker.Reporter.send = last_words
"""
KILLED_AT_ONCE = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
NO_ROOM = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))"
NO_MEMORY = """
import resource
from pathlib import Path
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 20_000_000, used + 20_000_000))
"""


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], None]]:
    """Return a function that sets what happens in job processes; "" for nothing."""
    _, environment = paths.own_module("")

    with pytest.MonkeyPatch.context() as patch:

        def meet(what: str) -> None:
            command = [sys.executable, "-P", "-c", RUN.format(what)]
            patch.setattr(paths, "own_module", lambda name: (command, environment))

        yield meet


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for n in range(5):
        (folder / f"{n}.md").write_text(f"# Crane {n}\n\nThe crane{n} lifts crate{n * 7} over the deck of ship {n}.\n")
    return folder


def whole(library: Any) -> None:
    """Check that the library is intact."""
    with Library(library.folder) as seen:
        assert seen.check(deep=True) == []


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_files_of_fifty_megabytes_are_reported(stage: Any, library: Any, documents: Path) -> None:
    (documents / "line.txt").write_bytes(b"agents " * (MEGABYTES * 1_000_000 // 7))
    (documents / "page.html").write_bytes(b"<html><body><p>" + b"<b>agents</b> " * (MEGABYTES * 1_000_000 // 14))
    async with stage(library) as on:
        records = await on.add(documents)
        failed = {r.path.rpartition("/")[2]: r.message for r in records if getattr(r, "status", "") == "failed"}
        assert "more than 10 million" in failed["line.txt"] and "more than 20 million" in failed["page.html"]
        await on.sees("Done: 5 added · 2 failed")


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_thousands_of_tiny_files(stage: Any, library: Any, tmp_path: Path) -> None:
    folder, count = tmp_path / "tiny", 3_000
    folder.mkdir()
    for n in range(count):
        (folder / f"{n}.txt").write_text(f"Crate {n}\n\nThe crane{n} lifts crate{n * 7} over the deck of ship {n}.\n")
    before = library.count()
    async with stage(library) as on:
        records = await on.add(folder)
        assert sum(getattr(r, "status", "") == "added" for r in records) == count
        await on.press("escape")
        await on.sees(f"{before + count:,}")
        await on.press("G")
        await on.rest()
    whole(library)


async def test_hostile_templates_are_reported_and_write_nothing(stage: Any, library: Any, tmp_path: Path) -> None:
    template, notes = tmp_path / "template.md", tmp_path / "notes"
    chosen = replace(Settings(), export=ExportSettings(to=str(notes), template=str(template)))
    async with stage(library, settings=chosen) as on:
        await on.press("E")
        await on.sees("Your edits in existing notes are kept")
        for name, (text, says) in TEMPLATES.items():
            template.write_text(text)
            await on.press("enter")
            await on.ends(on.app.screen)
            assert says in on.notices and not notes.exists(), (name, on.notices)
        template.write_text("# {{ title }}\n\nin words of my own\n")
        await on.press("enter")
        await on.sees("press Enter to write to")
        await on.press("enter")
        await on.sees("Done: 6 written")
    assert all("in words of my own" in note.read_text() for note in notes.rglob("*.md"))


async def test_hostile_taxonomy_edit_is_rejected(stage: Any, library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    edits = iter([*TAXONOMIES.values(), GOOD])
    monkeypatch.setattr(
        external_tools, "edit", lambda app, path, setting="": path.write_text(next(edits), encoding="utf-8")
    )
    before = library.taxonomy_path.read_text()
    async with stage(library) as on:
        await on.press("T")
        await on.sees("Briefings by month")
        for name in TAXONOMIES:
            await on.press("e")
            await on.rest()
            assert library.taxonomy_path.read_text() == before, name
            assert "Not saved" in on.notices or "at most 4 MB" in on.notices, (name, on.notices)
            await on.press(*["escape"] * (len(on.app.screen_stack) - 2))
        await on.press("e")
        await on.sees("Save the changed taxonomy?")
        await on.press("y")
        await on.sees("Taxonomy saved")
    assert library.taxonomy.ids == ("loaf",)


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_taxonomy_changed_by_another_process_is_reloaded(stage: Any, library: Any, documents: Path) -> None:
    before = library.taxonomy_path.read_bytes()
    async with stage(library) as on:
        for text in TAXONOMIES.values():
            library.taxonomy_path.write_text(text)
            await on.press("f5")
            await on.hears("taxonomy.yaml")
            await on.press("j", "k", "T")
            await on.rest()
            await on.press("escape")
        assert "added" in [getattr(r, "status", "") for r in await on.add(documents)]
        await on.hears("taxonomy.yaml")
        await on.press("escape")
        library.taxonomy_path.write_bytes(before)
        await on.press("f5")
        await on.sees("Reloaded")
        await on.press("ctrl+t")
        await on.sees("Tagged ")
    assert library.count("is:untagged") == 0
    whole(library)


@POSIX
@pytest.mark.parametrize(
    "what", [KILLED, pytest.param(KILLED_AT_ONCE, marks=pytest.mark.long)], ids=["on its way", "at once"]
)
async def test_killed_add_process_is_reported(
    stage: Any, library: Any, documents: Path, elsewhere: Any, what: str
) -> None:
    async with stage(library) as on:
        elsewhere(what)
        await on.add(documents)
        await on.hears("the add process was terminated unexpectedly")
        elsewhere("")
        await on.press("escape")
        records = await on.add(documents)
        statuses = [r.status for r in records if hasattr(r, "status")]
        assert len(statuses) == 5 and set(statuses) <= {"added", "known"}
        await on.press("escape")
        await on.sees("Crane 4")
    whole(library)


@POSIX
async def test_killed_tagging_process_is_reported(
    stage: Any, library: Any, elsewhere: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "LEARN_AFTER", 0.01)
    elsewhere(KILLED_AT_ONCE)
    async with stage(library) as on:
        await on.press("r")
        await on.hears("the follow process was terminated unexpectedly")
        await on.press("ctrl+t")
        await on.hears("the tag process was terminated unexpectedly")
        assert library.topics_to_relearn and "⟳" not in on.text
        elsewhere("")
        await on.press("ctrl+t")
        await on.sees("Tagged ")
    whole(library)


@pytest.mark.long
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
async def test_add_process_out_of_memory_is_reported(stage: Any, library: Any, documents: Path, elsewhere: Any) -> None:
    elsewhere(NO_MEMORY)
    async with stage(library) as on:
        await on.add(documents)
        assert "out of memory" in on.notices or "terminated unexpectedly" in on.notices, on.notices
        elsewhere("")
        await on.press("escape")
        await on.add(documents)
        await on.sees("Done")
    whole(library)


@POSIX
async def test_full_disk_while_adding_is_reported(stage: Any, library: Any, documents: Path, elsewhere: Any) -> None:
    elsewhere(NO_ROOM.format(20_000))
    async with stage(library) as on:
        await on.add(documents)
        await on.hears("was not saved")
        elsewhere("")
        await on.press("escape")
        records = await on.add(documents)
        assert sum(getattr(r, "status", "") in ("added", "known") for r in records) == 5
    whole(library)


@pytest.fixture
def limited() -> Iterator[Callable[[int], None]]:
    """Limit the size of files that this process writes; -1 for no limit."""
    resource = pytest.importorskip("resource", reason="limits are POSIX")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft if size < 0 else size, hard))

    yield limit
    limit(-1)


async def test_full_disk_while_exporting_is_reported(stage: Any, library: Any, tmp_path: Path, limited: Any) -> None:
    settings = replace(Settings(), export=ExportSettings(to=str(tmp_path / "notes")))
    async with stage(library, settings=settings) as on:
        await on.press("E")
        await on.sees("Your edits in existing notes are kept")
        await on.press("enter")
        await on.sees("press Enter to write to")
        limited(300)
        await on.press("enter")
        await on.ends(on.app.screen)
        limited(-1)
        assert "File too large" in on.notices, on.notices
        await on.press("enter")
        await on.sees("Done: 6 written")
    assert len(list((tmp_path / "notes").rglob("*.md"))) == 5
    assert not [
        path for path in (tmp_path / "notes").rglob("*") if path.is_file() and path.suffix not in (".md", ".base")
    ]


async def test_library_deleted_while_open_is_reported(stage: Any, library: Any, documents: Path) -> None:
    kept = shutil.copytree(library.folder, library.folder.with_name("kept"))
    async with stage(library) as on:
        shutil.rmtree(library.folder)
        await on.press("s")
        await on.hears("library file not found")
        await on.press("j", "k", "ctrl+t")
        await on.hears("no library found")
        await on.add(documents)
        await on.hears("no library found")
        await on.press("escape", "E")
        await on.press("escape", "slash")
        await on.write("agents")
        await on.rest()
        await on.press("escape", "escape")
    assert not (library.folder / FILE).exists()
    with Library(kept) as seen:
        assert seen.count() == 5


async def test_library_migrated_while_open_is_reported(stage: Any, library: Any, documents: Path) -> None:
    async with stage(library) as on:
        with closing(sqlite3.connect(library.folder / FILE)) as con:
            con.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
        await on.press("s")
        await on.hears("made by a newer briefreader", "nothing was changed")
        await on.add(documents)
        await on.hears("made by a newer briefreader")
    with closing(sqlite3.connect(library.folder / FILE)) as con:
        assert con.execute("SELECT count(*) FROM reading_state WHERE starred").fetchone() == (0,)
