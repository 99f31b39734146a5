"""Tests of the cache of the taxonomy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.library import taxonomy_cache
from briefreader.taxonomy import Taxonomy

if TYPE_CHECKING:
    from pathlib import Path


def test_cached_taxonomy_is_used_while_the_file_is_unchanged(tmp_path: Path) -> None:
    file, cache = tmp_path / "t.yaml", tmp_path / "model" / "t.json"
    file.write_text(
        "topics:\n  - {id: a, label: A, alt: [x, y]}\n  - {id: b, label: B, broader: a}\naliases: [[q, r]]\n"
    )
    first = taxonomy_cache.load(file, cache)
    assert first == Taxonomy.load(file)
    assert taxonomy_cache.load(file, cache) == first
    assert [t.line for t in taxonomy_cache.load(file, cache).topics] == [t.line for t in first.topics]
    file.write_text("topics:\n  - {id: c, label: C}\n")
    assert taxonomy_cache.load(file, cache).ids == ("c",)
    for damage in ("", "[]", "{}", '{"of": 1, "topics": 3}', cache.read_text().replace("label", "lable")):
        cache.write_text(damage)
        assert taxonomy_cache.load(file, cache).ids == ("c",)


def test_unwritable_folder_only_disables_the_cache(tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_text("topics:\n  - {id: a, label: A}\n")
    assert taxonomy_cache.load(file, file / "no" / "t.json").ids == ("a",)
