"""Dates as they come → ISO 8601: mail's, feeds', HTML's and frontmatter's. Dates never decide identity."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_ISO = re.compile(r"\d{4}-\d\d?-\d\d?(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|[+-]\d\d:?\d\d)?)?")
_IN_NAME = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")
_FORMATS = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%Y")


def iso(text: str) -> str:
    """``text`` as an ISO 8601 date, or UTC date-time (``…Z``); "" when it is none. Years 1900..2100."""
    text = re.sub(r"\s+(?:at|um|à)\s+(?=\d)", " ", text.strip()[:100])
    if not text:
        return ""
    if m := _ISO.match(text):
        return _from_iso(m.group().strip())
    for pattern in _FORMATS:
        try:
            return _checked(datetime.strptime(text, pattern).strftime("%Y-%m-%d"))
        except ValueError:
            continue
    try:
        return _utc(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def of_name(path: str) -> str:
    """The date that a file's name holds as ``YYYY-MM-DD``, "" when there is none."""
    found = _IN_NAME.search(re.split(r"[/\\]", path)[-1])
    return iso(found.group()) if found else ""


def _from_iso(text: str) -> str:
    year, month, rest = text.split("-", 2)
    day = re.match(r"\d+", rest)
    if day and day.end() == len(rest):
        text = f"{year}-{int(month):02}-{int(rest):02}"
    try:
        when = datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", ""))
    except ValueError:
        return ""
    return _checked(text) if len(text) == 10 else _utc(when)


def _utc(when: datetime) -> str:
    try:
        when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return ""
    return _checked(when.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _checked(text: str) -> str:
    return text if "1900" <= text[:4] <= "2100" and text[:4].isdigit() else ""
