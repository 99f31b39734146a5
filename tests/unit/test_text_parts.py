"""The fast cut of words says the same as the one with places."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from briefreader.text import lower, part_spans, parts, raw_parts

TEXT = st.text() | st.text(st.sampled_from("aB1_ -'’“—.É中İßσΣ\n\t\x1c\ud800·²"))


@given(TEXT)
def test_all_cuts_agree(text: str) -> None:
    spans = part_spans(text)
    assert [token.form for token in spans] == parts(text)
    assert [lower(form.decode()) for form in raw_parts(text)] == [lower(text[t.start : t.end]) for t in spans]


@given(TEXT)
def test_lower_case_keeps_every_place(text: str) -> None:
    assert len(lower(text)) == len(text)


def test_a_text_of_many_symbols_is_cut_at_each() -> None:
    text = " ".join(chr(0x2500 + i % 0x100) + "word" for i in range(50_000))
    assert raw_parts(text) == [b"word"] * 50_000
