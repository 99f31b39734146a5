"""Tests of recognising exported notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from briefreader.exporting.header import ID_KEY as WRITTEN_KEY
from briefreader.exporting.profiles import PROFILES
from briefreader.library import Library
from briefreader.model import Briefing, Problem
from briefreader.reading import read
from briefreader.reading.own_notes import ID_KEY, is_own_note

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "# Slow boats\n\nSlow boats carry more than fast ones, and nobody who has waited for one has forgiven it.\n"


def test_own_notes_have_the_key_that_exports_write() -> None:
    assert ID_KEY == WRITTEN_KEY


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_add_of_a_vault_skips_exported_notes(tmp_path: Path, profile: str) -> None:
    (tmp_path / "boats.md").write_text(TEXT)
    vault = tmp_path / "vault"
    with Library(tmp_path / "library") as library:
        (boats,) = library.add([tmp_path / "boats.md"])
        library.decide([boats.id], "moe", "accepted")
        list(library.export(vault, profile=profile))
        list(library.export(vault, profile=profile, group_by="topic"))
        (vault / "mine.md").write_text("# Mine\n\nA note of my own about something else entirely.\n")
        found = {a.path.rpartition("/")[2]: a.status for a in library.add([vault])}
    assert found.pop("mine.md") == "added"
    assert len(found) >= 2 and set(found.values()) == {"skipped"}


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: A\nbriefreader_id: 7f3a\n---\nBody\n",
        "---\ntitle: A\nparams:\n  briefreader_id: 'topic:moe'\n---\nBody\n",
        "\ufeff---\r\nbriefreader_id: digest\r\n---\r\nBody\r\n",
        "title:: A\nbriefreader_id:: 7f3a\n\n- Body\n",
        "<!-- briefreader:conflict parts=title hash=0123456789abcdef -->\n# Changed on both sides\n",
    ],
)
def test_is_own_note_of_each_kind_is_true(text: str) -> None:
    assert is_own_note(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "# About briefreader\n\nNotes have a briefreader_id: 7f3a in their header.\n",
        "---\ntitle: A\n---\nbriefreader_id: 7f3a\n",
        "---\nno header without an end\nbriefreader_id: 7f3a\n",
        "As in:\n\n<!-- briefreader:conflict parts=title hash=0123456789abcdef -->\n",
    ],
)
def test_is_own_note_of_a_document_is_false(text: str) -> None:
    assert not is_own_note(text.encode())
    assert [type(item) for item in read(text.encode(), name="a.md")] == [Briefing]


def test_read_of_an_own_note_is_a_skipped_problem() -> None:
    (item,) = read(b"---\nbriefreader_id: 7f3a\n---\nBody\n", name="a.md")
    assert isinstance(item, Problem) and item.skipped
