"""Tests of conflict files."""

from __future__ import annotations

import pytest

from briefreader.errors import BriefreaderError
from briefreader.exporting import conflicts
from briefreader.exporting.blocks import ManagedBlock
from briefreader.exporting.folder import Folder
from briefreader.exporting.merge import Base, Merged
from briefreader.exporting.profiles import PROFILES


@pytest.fixture
def write(tmp_path):
    """Write a conflict file of ``One.md`` for these blocks, each with this text."""

    def run(text, *ids):
        merged = Merged("", Base(), blocks=tuple(ManagedBlock(id_, text) for id_ in ids))
        return conflicts.write(Folder(tmp_path), "One.md", merged, PROFILES["obsidian"].header)

    return run


def test_later_conflict_of_the_same_parts_replaces_the_file(write, tmp_path):
    assert [write("old", "notes"), write("new", "notes", "text")] == ["One.conflict.md"] * 2
    assert "old" not in (tmp_path / "One.conflict.md").read_text()


def test_conflict_of_other_parts_gets_its_own_file(write, tmp_path):
    write("both", "notes", "text")
    assert write("other", "notes") == "One.conflict-2.md"
    assert "both" in (tmp_path / "One.conflict.md").read_text()
    assert write("both", "notes", "text") == "One.conflict.md"


def test_more_than_99_conflicts_are_reported(write, tmp_path):
    for number in range(1, 100):
        (tmp_path / f"One.conflict{f'-{number}' if number > 1 else ''}.md").write_text("mine")
    with pytest.raises(BriefreaderError, match="99 conflict files"):
        write("new", "notes")
