"""Tests of splitting text into words: the fast functions agree with the slow ones."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from briefreader.displayed import displayed
from briefreader.tagging.vectors import Vocabulary
from briefreader.text import bare_lines, count_words, lower, part_spans, parts, raw_parts, tokens, words

TEXT = st.text() | st.text(st.sampled_from("aB1_ -'’“—.É中가İßσΣ\n\t\x1c\x1e\ud800·²\xad#|<>[]()`!。:/@w"))
SPACED = st.text(st.sampled_from("aB1_ -'’“—.,É·|#"))


@given(TEXT)
def test_part_spans_agree_with_parts(text: str) -> None:
    spans = part_spans(text)
    assert [token.form for token in spans] == parts(text)
    assert all(token.form == lower(text[token.start : token.end]).replace("\xad", "") for token in spans)


@given(TEXT)
def test_raw_parts_agree_with_part_spans(text: str) -> None:
    assume("\x1c" not in text)  # the character that marks a border
    shown = displayed(text)
    assert len(shown) == len(text)
    with_places = [token.form for token in part_spans(shown, borders=True)]
    assert [lower(form.decode()) for form in raw_parts(shown)] == with_places
    assert len(Vocabulary([]).encode([("", text)]).ids) == len([form for form in with_places if form != "\x1c"])


@given(TEXT)
def test_lower_keeps_offsets(text: str) -> None:
    assert len(lower(text)) == len(text)


def test_text_of_many_symbols_is_split_at_each() -> None:
    text = " ".join(chr(0x2500 + i % 0x100) + "word" for i in range(50_000))
    assert raw_parts(text) == [b"word"] * 50_000


@given(TEXT)
def test_words_equal_the_forms_of_tokens(text: str) -> None:
    assert words(text) == [token.form for token in tokens(text)]


@given(SPACED)
def test_count_words_counts_parts_in_spaced_scripts(text: str) -> None:
    assert count_words(text) == len(parts(text))


@given(st.lists(SPACED, min_size=1))
def test_bare_lines_have_the_words_of_each_line(lines: list[str]) -> None:
    bare = bare_lines(lines)
    assert len(bare) == len(lines)
    assert [parts(line) for line in bare] == [parts(line) for line in lines]


def test_bare_lines_keep_punctuation_within_words() -> None:
    line = bare_lines(["Don’t -- use 1,000.5 (open-source) ‘models’."])[0]
    assert line.split() == ["don't", "use", "1,000.5", "open-source", "models"]
