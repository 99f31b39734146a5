"""Tests of the file names of notes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.errors import UsageError
from briefreader.exporting import names
from briefreader.model import Briefing


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("a/b", "a b"),
        ("..", "Untitled"),
        ("", "Untitled"),
        ("...hidden", "hidden"),
        ("../../etc/passwd", "etc passwd"),
        ("CON", "_CON"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("com1 ", "_com1"),
        ("Console", "Console"),
        ("index", "index page"),
        ("What? [[x]] #1 | a^b: c*", "What x 1 a b c"),
        ("ends with dots. . .", "ends with dots"),
        ("a\x1b[31mb\u202ec\x00", "a 31mb c"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_title_becomes_a_file_name(title, name):
    assert names.stem(title) == name


def test_emoji_name_is_cut_between_characters_to_fit():
    name = names.stem("👩\u200d🚀" * 100)
    assert len(f"{name}.conflict-99.md".encode()) <= names.MAX_NAME
    assert name == "👩\u200d🚀" * (len(name) // 3)


def test_deep_folder_shortens_names_but_not_to_nothing():
    assert names.utf16_length(names.stem("x" * 300, folder_length=200)) + 200 + 1 + 15 <= names.MAX_PATH
    assert len(names.stem("x" * 300, folder_length=1000)) == 24


@given(st.text(max_size=400), st.text("ab", min_size=1, max_size=8))
def test_name_of_any_title_is_stable(title, note_id):
    name = names.stem(title)
    assert name
    assert names.stem(name) == name
    assert name == name.strip(". ")
    assert not set(name) & set('#^[]|<>:"/\\?*\n\r\t\x00')
    other = names.unique(name, note_id, {names.key(name)})
    assert names.key(other) != names.key(name)
    assert len(f"{other}.conflict-99.md".encode()) <= names.MAX_NAME


def test_collisions_ignore_case_and_composition():
    taken = {names.key("Café")}
    assert names.unique("CAFE\u0301", "7f3a", taken) == "CAFE\u0301 7f3a"
    taken.add(names.key("Café 7f3a"))
    assert names.unique("café", "7f3a", taken) == "café 7f3a 2"
    assert names.unique("Cafe", "7f3a", taken) == "Cafe"


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{published} {title}", "2026-02-20 A/B"),
        ("{published:%Y.%m} {source} {id}", "2026.02 The Kelp Report 7f3a"),
        ("%Y%m%d-%H%M {author}", "20260220-1030 Ada"),
    ],
)
def test_name_template_is_filled_with_fields_of_the_briefing(template, name):
    briefing = Briefing(
        title="A/B",
        body="",
        format="md",
        source="The Kelp Report",
        author="Ada",
        published="2026-02-20T10:30",
        id="7f3a",
    )
    assert names.NameTemplate(template).fill(briefing, "2026-03-01") == name


def test_undated_briefing_is_named_by_the_day_added():
    assert names.NameTemplate("{published} {title}").fill(
        Briefing(title="", body="", format="md"), "2026-03-01T08:00"
    ) == ("2026-03-01 Untitled")


@pytest.mark.parametrize(
    "template", ["{body}", "{title", "}", "{title:%Y}", "%y", "100%", "{source}/{title}", "{published:%s}"]
)
def test_name_template_with_other_fields_is_a_usage_error(template):
    with pytest.raises(UsageError, match="invalid name"):
        names.NameTemplate(template)
