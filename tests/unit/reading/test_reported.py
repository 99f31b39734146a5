"""Tests with small documents like those in bug reports of mail, feed and note programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefreader.markdown import prose
from briefreader.markdown_layout import whole_layout
from briefreader.reading import read

REPORTED = Path(__file__).parents[2] / "data" / "reported"


@pytest.mark.parametrize(
    ("name", "titles", "text", "message"),
    [
        ("utf8head.eml", ["Café prices rise"], "rose by ten percent", ""),
        ("feed.json", ["Prices fall", "Agents sold"], "cut their prices", ""),
        ("img.eml", ["Chart of the week"], "![Token prices 2024 to 2026, in dollars per million]", ""),
        ("a.vtt", ["a"], "fell again. Agents are what matters.", ""),
        ("readwise.csv", ["A Book"], "Prices fell by half", ""),
        ("ru1251.txt", ["Цены на токены снова упали"], "открытые модели", "not UTF-8; read as cp1251"),
        ("euc.txt", [], "オープンモデル", "not UTF-8; read as euc_jp"),
        ("gbk.txt", [], "开源模型", "not UTF-8; read as gb18030"),
        ("fn.docx", ["The price of tokens fell by half in a year"], "But only for cached input.", ""),
    ],
)
def test_reported_document_is_read_completely(name: str, titles: list[str], text: str, message: str) -> None:
    made = list(read((REPORTED / name).read_bytes(), name=name))
    assert [briefing.title for briefing in made] == titles or not titles
    assert text in made[0].body
    assert [problem.message for problem in made[0].problems] == [message] * bool(message)


def test_mail_with_8_bit_header_names_its_sender() -> None:
    (made,) = read((REPORTED / "utf8head.eml").read_bytes(), name="utf8head.eml")
    assert made.source == "Zoë"


def test_words_next_to_an_inline_image_are_laid_out() -> None:
    (made,) = read((REPORTED / "inline-image.md").read_bytes(), name="inline-image.md")
    shown = " ".join(run.text for line in whole_layout(made.body, 80) for run in line.runs)
    assert set(prose(made.body).split()) <= set(shown.split())
