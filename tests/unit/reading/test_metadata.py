"""Tests of metadata from file names and last lines, and of the language."""

from __future__ import annotations

import pytest

from briefreader.model import Briefing, Cut
from briefreader.reading import read
from briefreader.reading.dates import of_name
from briefreader.reading.metadata import language, publisher_of_text


@pytest.mark.parametrize(
    ("path", "date"),
    [
        ("/mail/2025-03-21-letter.txt", "2025-03-21"),
        ("C:\\briefings\\the-batch-2025-12-26.eml", "2025-12-26"),
        ("2025-05-17 postcard.mbox#2", "2025-05-17"),
        ("/2024-01-01/letter.txt", ""),
        ("2025-13-01.txt", ""),
        ("2025-02-30.txt", ""),
        ("12025-02-10.txt", ""),
        ("scan-20250321.txt", ""),
        ("<stdin>", ""),
    ],
)
def test_date_is_read_from_the_file_name(path: str, date: str) -> None:
    assert of_name(path) == date


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The boats came back to the harbour and that is all of it.", "en"),
        ("Die Boote sind nicht in den Hafen gekommen, und das ist auch nicht gut.", "de"),
        ("Les bateaux ne sont pas dans le port et il est tard pour les autres.", "fr"),
        ("Los barcos no se ven en el puerto y es tarde para los otros.", "es"),
        ("船は港に戻りました。それだけのことです。そして夜になりました。", "ja"),
        ("船只已经回到港口,这就是全部的故事,没有别的了,大家都很高兴。", "zh"),
        ("Корабли вернулись в гавань, и это вся история, больше ничего.", "ru"),
        ("배들이 항구로 돌아왔고 그것이 이야기의 전부입니다. 밤이 되었습니다.", "ko"),
        ("Kelp, boats, ropes, cranes, tides, gates.", ""),
        ("The and of", ""),
    ],
)
def test_language_is_detected_by_script_and_common_words(text: str, code: str) -> None:
    assert language(text) == code


def test_language_detection_ignores_addresses() -> None:
    link = "[x](https://de.example.com/com/do/para/dos/como)"
    assert language(" ".join(["The boats came back to the harbour and that is all of it."] * 3 + [link] * 40)) == "en"


def test_date_in_the_document_precedes_that_of_the_name() -> None:
    data = b"---\ndate: 2025-01-02\n---\n# Title\n\nText.\n"
    for given, date in ((data, "2025-01-02"), (data.replace(b"date:", b"note:"), "2024-12-31")):
        (found,) = read(given, name="2024-12-31.md")
        assert isinstance(found, Briefing)
        assert found.published == date


@pytest.mark.parametrize(
    ("foot", "name"),
    [
        ("You’re on the free list for The Side Lamp. For the archive, become a paid subscriber.", "The Side Lamp"),
        ("You're on the free list for Q.ai Notes. Upgrade.", "Q.ai Notes"),
        ("You are receiving Night Tram because you signed up.", "Night Tram"),
        ("Thanks for reading A.B. Weekly! Subscribe for free.", "A.B. Weekly"),
        ("You are receiving this email because you signed up.", ""),
    ],
)
def test_publisher_is_read_from_the_last_lines(foot: str, name: str) -> None:
    assert publisher_of_text("Ferries and Fog", [Cut("tail", foot)]) == name
