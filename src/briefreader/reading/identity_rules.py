"""Decide whether a new document is the same as a briefing, by the rules in docs/identity.md.

In case of doubt, both are kept: a wrong match hides a briefing, a missed one only stores it twice. Rules 1 and 2 are
applied earlier: equal bytes are detected by their hash, and a forwarded mail has the origin of its original
(``origin.of_forwarded``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefreader.model import Origin

SAME_MESSAGE = "same Message-ID"
SAME_ENTRY = "same feed entry"
SAME_LINK = "same link and title"
SAME_ADDRESS = "same address"
SAME_TEXT = "same text"
OTHER_SENDER = "Message-ID of another sender"
OTHER_DATE = "another date"
OTHER_TITLE = "another title"
OTHER_TEXT = "another text"
MAX_DAYS = 2
"""Maximum number of days between the dates of copies of a document."""
MIN_TITLE_WORDS = 4
"""Minimum words of a title that matches a longer one with additional words, since sites add their names to titles."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a document is the same as a briefing, and the rule that decided."""

    same: bool
    rule: str


def decide(
    copies: Sequence[Origin], new: Origin, texts_agree: Callable[[bool], bool], *, common_url: bool = False
) -> Verdict:
    """Return whether a new document is the same as a briefing with other bytes, and the rule that decided.

    Args:
        copies: the origins of all copies of the briefing.
        new: the new document's origin.
        texts_agree: a function, only called if the other rules don't decide. Called with False, it returns whether the
            texts agree without the blocks that the publisher repeats; with True, whether they have the same words.
        common_url: whether the new document's URL is shared by too many briefings to identify one.
    """
    dated_apart = new.kind == "mail" and any(c.kind == "mail" and far_apart(c.date, new.date) for c in copies)
    for rule in (_message, _entry) if common_url or dated_apart else (_message, _entry, _address):
        for copy in copies:
            found = rule(copy, new)
            if found:
                return found
    for copy in copies:
        reason = _distinct(copy, new)
        if reason:
            return Verdict(False, reason)
    stated = [copy for copy in copies if copy.title]
    if new.title and stated and not any(titles_match(copy.title, new.title) for copy in stated):
        return Verdict(False, OTHER_TITLE)
    strangers = new.kind == "mail" and not any(c.kind != "mail" or same_publisher(c, new) for c in copies)
    return Verdict(True, SAME_TEXT) if texts_agree(strangers) else Verdict(False, OTHER_TEXT)


def _message(copy: Origin, new: Origin) -> Verdict | None:
    """Rule 3: mails with the same Message-ID and sender or, if one is a forward, the same publisher."""
    if not new.message_id or copy.message_id != new.message_id:
        return None
    if copy.sender and copy.sender == new.sender:
        return Verdict(True, SAME_MESSAGE)
    if copy.forwarded or new.forwarded:
        return Verdict(True, SAME_MESSAGE) if same_publisher(copy, new) else None
    return Verdict(False, OTHER_SENDER) if copy.sender and new.sender else None


def _entry(copy: Origin, new: Origin) -> Verdict | None:
    """Rule 4: entries of a feed with the same GUID, and the same link or title; or with the same link and title."""
    if copy.kind != "item" or new.kind != "item" or copy.feed != new.feed or not new.feed:
        return None
    link = bool(new.link) and copy.link == new.link
    title = bool(new.title) and copy.title == new.title
    if new.guid and copy.guid == new.guid and (link or title):
        return Verdict(True, SAME_ENTRY)
    return Verdict(True, SAME_LINK) if link and title else None


def _address(copy: Origin, new: Origin) -> Verdict | None:
    """Rule 5: documents of one publisher with the same URL; unless both are pages, the titles must match too."""
    if not new.url or copy.url != new.url or not same_publisher(copy, new):
        return None
    if far_apart(copy.date, new.date):
        return None
    if copy.kind == new.kind == "page":
        return Verdict(True, SAME_ADDRESS)
    alike = not _distinct(copy, new) and titles_match(copy.title, new.title)
    return Verdict(True, SAME_ADDRESS) if alike else None


def _distinct(copy: Origin, new: Origin) -> str:
    """Rule 6: return why two mails or entries can't be the same, even with the same text; "" if they can."""
    if copy.kind not in ("mail", "item") or new.kind not in ("mail", "item"):
        return ""
    one_publisher = same_publisher(copy, new)
    if (one_publisher or copy.kind == new.kind == "mail") and far_apart(copy.date, new.date):
        return OTHER_DATE
    return OTHER_TITLE if one_publisher and copy.title and new.title and copy.title != new.title else ""


def same_publisher(a: Origin, b: Origin) -> bool:
    """Whether two documents have the same publisher, or sources of the same name."""
    return bool(a.publisher and a.publisher == b.publisher) or bool(a.source and a.source == b.source)


def titles_match(a: str, b: str) -> bool:
    """Whether two titles (folded words) are equal, one is unknown, or one only adds words to the other.

    The added words have no digits, and are before or after a title of at least ``MIN_TITLE_WORDS`` words.
    """
    if not a or not b or a == b:
        return True
    short, long = sorted((a, b), key=len)
    if len(short.split()) < MIN_TITLE_WORDS:
        return False
    rest = long.removeprefix(short + " ") if long.startswith(short + " ") else long.removesuffix(" " + short)
    return rest != long and not any(c.isdigit() for c in rest)  # numbers distinguish issues


def far_apart(a: str, b: str) -> bool:
    """Whether two dates (ISO 8601) differ by more than ``MAX_DAYS`` days; False if one is unknown."""
    if not a or not b:
        return False
    if len(a) <= 10 or len(b) <= 10:
        a, b = a[:10], b[:10]
    try:
        return abs(_moment(a) - _moment(b)) > timedelta(days=MAX_DAYS)
    except ValueError:
        return False


def _moment(date: str) -> datetime:
    """Parse a date; one without a time zone is in UTC."""
    moment = datetime.fromisoformat(date)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
