"""What a document does not say in its header: the date of its file's name, the publisher of its last lines."""

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
def test_the_date_of_a_file_name(path: str, date: str) -> None:
    assert of_name(path) == date


def test_addresses_have_no_say_in_the_language() -> None:
    link = "[x](https://de.example.com/com/do/para/dos/como)"
    assert language(" ".join(["The boats came back to the harbour and that is all of it."] * 3 + [link] * 40)) == "en"


def test_a_date_in_the_document_comes_before_the_name() -> None:
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
def test_the_publisher_of_the_last_lines(foot: str, name: str) -> None:
    assert publisher_of_text("Ferries and Fog", [Cut("tail", foot)]) == name
