"""Parse dates of mail, feeds, pages, frontmatter and exports into ISO 8601, in many languages.

An ambiguous date is treated as unknown, since a wrong date would be worse.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from briefreader.reading.date_words import MERIDIEMS, MONTHS, NOISE, ZONES
from briefreader.text import fold

_MAX_CHARACTERS = 120
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:t?(\d\d)(\d\d)(\d\d)?z?)?$")
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号號일]?")
_EAST_ASIAN_TIME = re.compile(r"(\d{1,2})\s*[時时點点시]\s*(?:(\d{1,2})\s*[分분])?")
_YEAR_FIRST = re.compile(r"(\d{4})(?:/|\.\s?)(\d{1,2})(?:/|\.\s?)(\d{1,2})(?!\d)")
_DAY_POINTS = re.compile(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)")
_SLASHES = re.compile(r"(?<!\d)(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?!\d)")
_TIME = re.compile(r"(?<!\d)(\d{1,2})(?:[:h](\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?|(?=\s*[ap]\.?m\b))")
_OFFSET = re.compile(r"(?:(?:utc|gmt)\s*)?([+-])(\d\d):?(\d\d)?(?!\d)")
_SHORT_YEAR = re.compile(r"(?<![\d-])(\d{1,2}-[a-z]{3}-)(\d\d)(?![\d-])")  # RFC 850
_POINTED_TIME = re.compile(r"(\b(?:kl|klokken|klo|ore|um|om)\b\.?|\b\d{4},?)\s+(\d{1,2})\.(\d\d)(?!\.?\d)")
_HALF_OF_DAY = re.compile(r"\b([ap])\.\s?m\b\.?")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_IN_NAME = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")
_EPOCH_SECONDS = range(100_000_000, 10_000_000_000)  # from 1973 on; larger numbers are milliseconds


def iso(text: str, *, lenient: bool = False, day_first: bool = False) -> str:
    """Return ``text`` as an ISO 8601 date, or date-time in UTC (``…Z``); "" if it is no date or ambiguous.

    A time without a time zone counts as UTC. Only dates from 1900 to 2100 are accepted, but not the epoch (1970-01-01).

    Args:
        text: a date with or without a time.
        lenient: ignore unknown words, since ``text`` is known to contain a date.
        day_first: read 2/10/2026 as 2 October; by default, it is ambiguous.
    """
    folded = _POINTED_TIME.sub(r"\1 \2:\3", _HALF_OF_DAY.sub(r"\1m", fold(text.strip()[:_MAX_CHARACTERS])))
    if not any(map(str.isdigit, folded)):
        return ""
    for pattern in (_COMPACT, _EAST_ASIAN, _ISO, _YEAR_FIRST):
        if found := pattern.match(folded) if pattern is not _EAST_ASIAN else pattern.search(folded):
            year, month, day = map(int, found.groups()[:3])
            rest = ":".join(filter(None, found.groups()[3:])) or folded[: found.start()] + folded[found.end() :]
            return _iso(year, month, day, rest)
    worded = _SHORT_YEAR.sub(r"\g<1>20\2", folded)
    return _mail(text.strip()) or _numeric(folded, day_first) or _worded(worded, lenient)


def of_epoch(value: object) -> str:
    """Return seconds or milliseconds since 1970 as a date-time in UTC; "" if invalid, before 1973 or after 2100."""
    try:
        number = int(str(value))
    except ValueError:
        return ""
    number = number // 1000 if number >= _EPOCH_SECONDS.stop else number
    return _utc(datetime.fromtimestamp(number, UTC)) if number in _EPOCH_SECONDS else ""


def of_name(path: str) -> str:
    """Return the date in a file name as ``YYYY-MM-DD``, or ""."""
    found = _IN_NAME.search(re.split(r"[/\\]", path)[-1])
    return iso(found.group()) if found else ""


def known(date: str, now: datetime | None = None) -> str:
    """Return ``date``, "" if it is more than a day after ``now`` (default: the current time)."""
    latest = (now or datetime.now(UTC)).astimezone(UTC) + timedelta(days=1)
    return date if date and date <= latest.strftime("%Y-%m-%dT%H:%M:%SZ"[: 8 if len(date) == 10 else None]) else ""


def _mail(text: str) -> str:
    """Parse a date in the format of RFC 5322; "" for other formats, many of which Python's parser would misread."""
    if not re.match(r"(?:[A-Za-z]{3,9},?\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{2,4}\s+\d\d?:\d\d", text):
        return ""
    try:
        return _utc(parsedate_to_datetime(text)) if not re.search(r"[ap]\.?m\b", text, re.I) else ""
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _numeric(text: str, day_first: bool) -> str:
    """Parse ``2.10.2026``, ``31/10/2026`` or ``10/31/2026``; without ``day_first``, ``2/10/2026`` is ambiguous."""
    if found := _DAY_POINTS.search(text):
        day, month, year = map(int, found.groups())
        return _iso(year, month, day, text[: found.start()] + text[found.end() :])
    if found := _SLASHES.search(text):
        first, second, year = map(int, found.groups())
        rest = text[: found.start()] + text[found.end() :]
        if first > 12 or first == second or (day_first and second <= 12):
            return _iso(year, second, first, rest)
        return _iso(year, first, second, rest) if second > 12 else ""
    return ""


def _worded(text: str, lenient: bool) -> str:
    """Parse a date with a month name: one month, day and year in any order, perhaps with a time."""
    time = _TIME.search(text)
    rest = f"{text[: time.start()]} {_OFFSET.sub(' ', text[time.end() :], count=1)}" if time else text
    months: set[int] = set()
    days: list[int] = []
    years: list[int] = []
    words = _WORD.findall(rest)
    for word in words:
        if word.isdigit():
            (years if len(word) == 4 else days).append(int(word))
        elif word in MONTHS:
            months.add(MONTHS[word])
        elif not lenient and word not in NOISE and word not in MERIDIEMS and word not in ZONES:
            return ""
    if len(months) == 2 and "mar" in words:  # "mar" also abbreviates mardi, martes and martedì (Tuesday)
        months.discard(MONTHS["mar"])
    if len(months) != 1 or len(days) != 1 or len(years) != 1:
        return ""
    return _iso(years[0], months.pop(), days[0], text if time else "")


def _iso(year: int, month: int, day: int, rest: str) -> str:
    """Return a date as ISO 8601, with the time in ``rest`` if there is one; "" if the date or time is invalid."""
    try:
        date = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return ""
    clock = _clock(rest)
    if clock is None:
        return _checked(date.strftime("%Y-%m-%d"))
    hour, minute, second = clock
    try:
        return _utc(date.replace(hour=hour, minute=minute, second=second, tzinfo=_zone(rest)))
    except ValueError:
        return ""


def _clock(text: str) -> tuple[int, int, int] | None:
    """Return hour, minute and second of a time such as ``8:30 pm`` or ``下午8時30分``, or None."""
    found = _EAST_ASIAN_TIME.search(text) or _TIME.search(text)
    if not found:
        return None
    hour, minute, *more = (int(group or 0) for group in found.groups())
    words = set(_WORD.findall(text))
    half = next((MERIDIEMS[word] for word in words if word in MERIDIEMS), None)
    if half is None:
        half = next((value for word, value in MERIDIEMS.items() if not word.isascii() and word in text), None)
    if half is not None and 1 <= hour <= 12:
        hour = hour % 12 + half
    return hour, minute, more[0] if more else 0


def _zone(text: str) -> timezone:
    """Return the time zone after a time, or UTC."""
    after = text[found.end() :] if (found := _TIME.search(text)) else text
    if offset := _OFFSET.search(after):
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
    hours = next((ZONES[word] for word in _WORD.findall(after) if word in ZONES), 0)
    return timezone(timedelta(hours=hours))


def _utc(when: datetime) -> str:
    """Return a date-time in UTC as ISO 8601, or ""."""
    try:
        when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return ""
    return _checked(when.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _checked(text: str) -> str:
    """Return ``text`` if it is a date from 1900 to 2100, but not the epoch, which unset clocks show; else ""."""
    plausible = text[:4].isdigit() and "1900" <= text[:4] <= "2100"
    return text if plausible and text[:10] not in ("1970-01-01", "1969-12-31") else ""
