"""Test searching while briefings are added."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from briefreader.library import Library, search_index

if TYPE_CHECKING:
    from pathlib import Path

_SYLLABLES = "ba ce di fo gu ha ke li mo nu pa re si to vu".split()


def _name(number: int) -> str:
    """Return a word that is in one briefing only, and not similar to others."""
    word = ""
    for _ in range(6):
        number, syllable = divmod(number, len(_SYLLABLES))
        word += _SYLLABLES[syllable]
    return word


def _write(path: Path, count: int) -> None:
    with path.open("w") as lines:
        for n in range(count):
            insights = [{"title": f"On {_name(n * 7919)}", "text": f"Number {n} speaks of tokens and prices."}]
            lines.write(json.dumps({"title": f"Briefing {n}", "text": f"Body {n}.", "insights": insights}) + "\n")


@pytest.mark.parametrize("count", [400, pytest.param(10_000, marks=pytest.mark.long)])
def test_insight_is_found_as_soon_as_it_is_added(tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "MERGE_FROM", 50)
    source = tmp_path / "briefings.jsonl"
    _write(source, count)
    added: list[int] = []
    failures: list[str] = []
    done = threading.Event()

    with Library(tmp_path / "library") as library:

        def search() -> None:
            while not done.is_set():
                stored = len(added)
                if stored:
                    n = stored - 1
                    found = library.search(_name(n * 7919), limit=3)
                    if not found or found[0].row.title != f"On {_name(n * 7919)}":
                        failures.append(f"{n}: {[hit.row.title for hit in found]}")
                    if len(library.search("tokens", limit=20)) < min(stored, 20):
                        failures.append(f"tokens after {stored}")

        searcher = threading.Thread(target=search)
        searcher.start()
        try:
            for result in library.add([source]):
                assert result.status == "added", result
                added.append(1)
        finally:
            done.set()
            searcher.join()
        assert not failures
        library.merge_index(1)
        with library.db.reading() as con:
            kept_up = [tuple(row) for row in con.execute("SELECT * FROM post ORDER BY term, block")]
        library.rebuild_index()
        with library.db.reading() as con:
            made_anew = [tuple(row) for row in con.execute("SELECT * FROM post ORDER BY term, block")]
        assert kept_up == made_anew
        assert library.search(_name(7919 * (count // 2)))[0].row.title == f"On {_name(7919 * (count // 2))}"
