"""Tests of the demo library, which is a copy of a cached one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from briefreader import paths
from briefreader.library import Library

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "cache_dir", lambda: cache)


def test_demo_is_filled_tagged_and_deleted() -> None:
    with Library.demo() as library:
        facets = library.facets()
        assert facets.total >= 20 and all(count for _, _, count in facets.topics)
        assert library.check(deep=True) == []
        folder = library.folder
    assert not folder.exists()


def test_demo_changes_are_not_in_the_next_demo(cache: Path) -> None:
    with Library.demo() as first, Library.demo() as second:
        first.mark([first.list()[0].id], starred=True)
        assert second.list("is:starred") == []
    with Library.demo() as third:
        assert third.list("is:starred") == []
    assert len(list(cache.iterdir())) == 1


def test_demo_works_with_an_unwritable_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(paths, "cache_dir", lambda: tmp_path / "file" / "cache")
    with Library.demo() as library:
        assert library.count() >= 20


def test_demo_shows_a_story_and_an_update() -> None:
    with Library.demo() as library:
        assert library.stories()[0].sources == 3
        assert "updated" in {change.status for change in library.changed("after:2026-02-10")}
