"""Tests of damaged files: errors are reported, ``check`` finds them, derived data is rebuilt."""

from __future__ import annotations

import contextlib
import io
import random
import shutil
from typing import TYPE_CHECKING

import pytest

from briefreader import paths
from briefreader.cli.main import run
from briefreader.errors import BriefreaderError, DamagedError
from briefreader.library import Library
from briefreader.storage import journal
from briefreader.storage.database import FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library that has all kinds of data."""
    folder = tmp_path_factory.mktemp("sound")
    with Library(folder / "library") as library:
        list(library.add(sorted(paths.shipped("sample_docs").rglob("*.md"))[:9]))
        for row in library.list()[:8]:
            library.decide([row.id], "pricing", "accepted")
            library.decide([row.id], "moe", "rejected")
            library.note(row.id, f"my note on {row.id}")
            library.mark([row.id], read=True)
        library.undo()
        with library._parts.batches.step("tag") as step:
            for row in library.list():
                image = {"model": "m", "digest": "d", "rows": [[0, "agents", 0.75, "document"]]}
                journal.put(step.con, step.number, "suggestion", str(row.key), image)
        library.save_search("new", "is:unread")
        list(library.export(folder / "notes"))
        library.rebuild_index()
        assert library.check(deep=True) == []
    return folder


@pytest.fixture(scope="module")
def tagged(sound: Path) -> Path:
    """The library with a fitted model."""
    shutil.copytree(sound / "library", sound / "tagged")
    with Library(sound / "tagged") as library:
        assert list(library.tag())
    return sound / "tagged"


def dumped(library: Library) -> list[str]:
    stream = io.StringIO()
    library.dump(stream)
    return stream.getvalue().splitlines()


def flip(file: Path, rng: random.Random) -> None:
    """Change one byte of a file."""
    data = bytearray(file.read_bytes())
    at = rng.randrange(len(data))
    data[at] ^= rng.randrange(1, 256)
    file.write_bytes(data)


def used(library: Library) -> None:
    """Open and list the library; reported errors are allowed."""
    uses: list[Callable[[], object]] = [
        lambda: [library.briefing(row.id) for row in library.list()],
        lambda: library.search("agents pricing"),
        library.history,
        library.undo,
        library.redo,
    ]
    for use in uses:
        try:
            use()
        except BriefreaderError as error:
            assert error.message


SEEDS = [*range(6), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(6, 300))]


@pytest.mark.parametrize("seed", SEEDS)
def test_any_changed_byte_gives_an_error_and_no_crash(sound: Path, tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "library"
    shutil.copytree(sound / "library", folder)
    flip(folder / FILE, random.Random(seed))
    with contextlib.suppress(DamagedError), Library(folder) as library:
        used(library)
        library.check(deep=True)


@pytest.mark.parametrize("size", [0.3, 0.7])
def test_check_file_cut_short_reports_damage(
    sound: Path, tmp_path: Path, size: float, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "library"
    shutil.copytree(sound / "library", folder)
    data = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(data[: int(len(data) * size)])
    monkeypatch.setenv("BRIEFREADER_LIBRARY", str(folder))
    assert run(["check", "--deep", "--rebuild"]) == 1
    output = capsys.readouterr()
    assert "damaged" in output.out + output.err and "backups/" in output.out + output.err


LONG = [("model.json", harm) for harm in ("flipped", "cut", "emptied", "removed", "not JSON")]
LONG += [("arrays-*.npz", harm) for harm in ("flipped", "cut", "emptied", "not JSON")]


@pytest.mark.parametrize(
    ("file", "harm"),
    [("arrays-*.npz", "removed"), *(pytest.param(*c, marks=pytest.mark.long) for c in LONG)],
)
def test_damaged_model_is_found_and_refitted(
    tagged: Path, tmp_path: Path, file: str, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "library"
    shutil.copytree(tagged, folder)
    (path,) = (folder / "model").glob(file)
    if harm == "removed":
        path.unlink()
    elif harm == "flipped":
        flip(path, random.Random(1))
    else:
        path.write_bytes({"cut": path.read_bytes()[:-100], "emptied": b"", "not JSON": b"[" * 100_000}[harm])
    with Library(folder) as library:
        before = dumped(library)
        assert [problem.message for problem in library.check()] == ["the model is damaged or from another version"]
        assert library.topics(library.list()[0].id) and library.explain(library.list()[0].id)
    monkeypatch.setenv("BRIEFREADER_LIBRARY", str(folder))
    assert run(["check", "--rebuild"]) == 1
    assert run(["check", "--deep"]) == 0
    with Library(folder) as library:
        assert list(library.tag()) == [], "the model fitted anew is another one"
        assert dumped(library) == before


def test_check_finds_an_unreadable_taxonomy(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "library"
    shutil.copytree(sound / "library", folder)
    (folder / "taxonomy.yaml").write_text("topics:\n  - id: [\n")
    monkeypatch.setenv("BRIEFREADER_LIBRARY", str(folder))
    assert run(["check"]) == 1
    assert "taxonomy.yaml:3" in capsys.readouterr().out


def test_outdated_search_index_is_found_and_rebuilt(sound: Path, tmp_path: Path) -> None:
    shutil.copytree(sound / "library", tmp_path / "library")
    with Library(tmp_path / "library") as library:
        with library.db.writing() as con:
            con.execute("UPDATE post SET docs = zeroblob(length(docs)) WHERE term = 'router'")
        assert [problem.message for problem in library.check(deep=True)] == ["the search index is out of date"]
        library.check(rebuild=True)
        assert library.check(deep=True) == []
