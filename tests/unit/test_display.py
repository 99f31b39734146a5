"""Tests of making text safe for terminals."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.display import REPLACEMENT, clean, json_line, one_line, sparkline

HARMLESS = "\t\n"


def test_unicode_controls_and_direction_marks_are_replaced() -> None:
    for code in range(0x110000):
        character = chr(code)
        acts = unicodedata.category(character) in ("Cc", "Cs") and character not in HARMLESS
        turns = unicodedata.bidirectional(character) in ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")
        tag = 0xE0000 <= code <= 0xE007F
        if acts or turns or tag or character in "\u200e\u200f\u061c\u2028\u2029":
            assert clean(character) in (REPLACEMENT, "\n"), hex(code)
            assert character not in one_line(f"a{character}b"), hex(code)


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\n"])
def test_line_breaks_are_kept_as_line_breaks(line_break: str) -> None:
    assert clean(f"a{line_break}b") == "a\nb"
    assert one_line(f"a{line_break}b") == "a b"


@given(st.text())
def test_clean_is_idempotent_and_json_line_round_trips(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    shown = json_line(json.dumps(text, ensure_ascii=False))
    assert clean(shown) == shown and json.loads(shown) == text


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abcde", 5, "abcde"),
        ("abcdef", 5, "abcd…"),
        ("abc def", 5, "abc…"),
        ("abc", 0, "abc"),
        ("abc", 1, "…"),
        (" a \t b ", 0, "a b"),
    ],
)
def test_one_line_is_cut_to_its_limit(text: str, limit: int, shown: str) -> None:
    assert one_line(text, limit) == shown


def test_json_line_escapes_tabs_and_keeps_letters() -> None:
    assert json_line('"\x1b[31m \u202e ü"') == '"\\u001b[31m \\u202e ü"'
    assert json_line('"\U000e0041"') == '"\\udb40\\udc41"'


def test_sparkline_shows_weeks_with_zero() -> None:
    assert sparkline([0, 4, 1, 0], "·") == "·█▂·" and sparkline([0, 0]) == "  "
