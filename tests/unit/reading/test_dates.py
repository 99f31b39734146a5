"""Tests of dates in many languages, and of the date of a web page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.model import Briefing
from briefreader.reading import read
from briefreader.reading.dates import iso, known, of_epoch


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue, 03 Jun 2025 08:00:00 +0200", "2025-06-03T06:00:00Z"),
        ("Mon, 02 Nov 2026 10:00:00 -0800 (PST)", "2026-11-02T18:00:00Z"),
        ("Fri Oct  2 20:30:00 2026", "2026-10-02T20:30:00Z"),
        ("Sunday, 29-Nov-26 10:00:00 GMT", "2026-11-29T10:00:00Z"),
        ("2025-6-3", "2025-06-03"),
        ("2025-06-03T10:00:00+02:00", "2025-06-03T08:00:00Z"),
        ("2026-10-02T20:30:00.123+0200", "2026-10-02T18:30:00Z"),
        ("2026-10-02 8:30 PM", "2026-10-02T20:30:00Z"),
        ("20261002", "2026-10-02"),
        ("20261002T203000Z", "2026-10-02T20:30:00Z"),
        ("2026/10/2", "2026-10-02"),
        ("03.06.2025", "2025-06-03"),
        ("2.10.2026 um 8:30 Uhr", "2026-10-02T08:30:00Z"),
        ("31/10/2026", "2026-10-31"),
        ("10/31/2026 8:30 PM", "2026-10-31T20:30:00Z"),
        ("June 3, 2025", "2025-06-03"),
        ("3 Jun 2025", "2025-06-03"),
        ("29-Nov-2026", "2026-11-29"),
        ("Sept. 2, 2026", "2026-09-02"),
        ("October 2nd, 2026", "2026-10-02"),
        ("Friday, October 2, 2026 8:30 PM", "2026-10-02T20:30:00Z"),
        ("Oct 2, 2026 at 8:30 p.m. EDT", "2026-10-03T00:30:00Z"),
        ("Oct. 2nd 2026, 8pm", "2026-10-02T20:00:00Z"),
        ("Nov 29 2026 12:05AM", "2026-11-29T00:05:00Z"),
        ("2. März 2026", "2026-03-02"),
        ("Dienstag, den 3. Feb. 2026", "2026-02-03"),
        ("1er octobre 2026", "2026-10-01"),
        ("samedi 3 octobre 2026 à 18h05", "2026-10-03T18:05:00Z"),
        ("mar. 3 févr. 2026", "2026-02-03"),
        ("2 de octubre de 2026", "2026-10-02"),
        ("venerdì 2 ottobre 2026 alle ore 8.30", "2026-10-02T08:30:00Z"),
        ("12 de agosto de 2026 às 14:00", "2026-08-12T14:00:00Z"),
        ("vrijdag 2 oktober 2026 08:30", "2026-10-02T08:30:00Z"),
        ("2 oktober 2026 kl. 20.30", "2026-10-02T20:30:00Z"),
        ("2 października 2026", "2026-10-02"),
        ("пятница, 2 октября 2026 г. 20:30", "2026-10-02T20:30:00Z"),
        ("2026年10月2日", "2026-10-02"),
        ("2026年10月2日 下午8時30分", "2026-10-02T20:30:00Z"),
        ("2026년 10월 2일 오후 8:30", "2026-10-02T20:30:00Z"),
    ],
)
def test_dates_in_common_forms_are_read(text: str, expected: str) -> None:
    assert iso(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "10/02/2026", "2 October", "October 2026", "2026", "next 3 weeks of May 2026", "May 5, 2026 - June 6, 2026",
        "2025-06-31", "2026-13-01", "1899-12-31", "2101-01-01", "Thu, 1 Jan 1970 00:00:00 GMT", "next spring", "",
    ],
)  # fmt: skip
def test_invalid_or_ambiguous_date_is_empty(text: str) -> None:
    assert iso(text) == ""


@given(
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%d %B %Y", "%B %d, %Y", "%A, %d %b %Y", "%d-%b-%Y"]),
)
def test_written_dates_are_read_back(day: date, form: str) -> None:
    assert iso(day.strftime(form)) == day.isoformat()


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)), st.integers(-12, 12))
def test_time_zones_are_applied(when: datetime, hours: int) -> None:
    when = when.replace(second=0, microsecond=0)
    text = f"{when:%Y-%m-%d %H:%M} {hours:+03d}:00"
    assert iso(text) == (when - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


@given(st.text(max_size=60))
def test_any_text_gives_a_valid_date_or_none(text: str) -> None:
    assert iso(text) == "" or iso(iso(text)) == iso(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1790929800", "2026-10-02T08:30:00Z"), (1790929800000, "2026-10-02T08:30:00Z"), ("12", "")],
)
def test_epoch_in_seconds_or_milliseconds_is_read(value: object, expected: str) -> None:
    assert of_epoch(value) == expected


NOW = datetime(2026, 10, 2, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2026-10-03T19:59:00Z", "2026-10-03T19:59:00Z"),
        ("2026-10-03", "2026-10-03"),
        ("2026-10-03T20:01:00Z", ""),
        ("2026-10-04", ""),
        ("2090-01-01", ""),
    ],
)
def test_date_after_the_time_of_reading_is_unknown(published: str, expected: str) -> None:
    assert known(published, NOW) == expected
    (made,) = read(f"---\ndate: {published}\n---\n# Prices\n\nPrices fell.\n".encode(), name="a.md", now=NOW)
    assert isinstance(made, Briefing) and made.published == expected


STORY = (
    "<p>The price of a million tokens fell by a third this week, and the vendor said that the cut holds for now.</p>"
    * 3
)
OTHER = '<aside class="related"><a href="/x">Older story</a> <time datetime="2020-01-01">1 Jan 2020</time></aside>'


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ('<meta name="parsely-pub-date" content="2026-10-02">', "", "2026-10-02"),
        ('<meta name="citation_publication_date" content="2026/10/02">', "", "2026-10-02"),
        ('<meta name="dcterms.issued" content="2 October 2026">', "", "2026-10-02"),
        ('<meta itemprop="datePublished" content="2026-10-02">', "", "2026-10-02"),
        ("", '<time datetime="2026-10-02">2 Oct</time>', "2026-10-02"),
        ("", '<time class="entry-date published" datetime="2026-10-02"></time>', "2026-10-02"),
        ("", "<p>By Ana, <time>October 2nd, 2026</time></p>", "2026-10-02"),
        ("", "", ""),
        ('<meta name="article:modified_time" content="2026-10-02">', "", ""),
    ],
)
def test_date_of_a_page_is_not_that_of_a_related_story(head: str, body: str, expected: str) -> None:
    page = f"<html><head><title>Prices</title>{head}</head><body><article><h1>Prices</h1>{body}{STORY}</article>{OTHER}"
    (made,) = read(page.encode(), name="a.html", now=NOW)
    assert isinstance(made, Briefing) and made.published == expected


def test_linked_data_of_a_related_story_is_ignored() -> None:
    data = (
        '[{"@type": "Article", "headline": "Older story", "datePublished": "2020-01-01", "author": {"name": "Ben"}},'
        ' {"@type": "Article", "headline": "Prices fall", "datePublished": "2026-10-02", "author": {"name": "Ana"}}]'
    )
    page = (
        f'<title>Prices fall - Oak</title><script type="application/ld+json">{data}</script><h1>Prices fall</h1>{STORY}'
    )
    (made,) = read(page.encode(), name="a.html", now=NOW)
    assert isinstance(made, Briefing) and (made.title, made.published, made.author) == (
        "Prices fall",
        "2026-10-02",
        "Ana",
    )
