"""Normalise what a document states about itself: publisher, sender, title, date and URLs.

Duplicate detection (``identity_rules``) and publisher memory compare these values.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from briefreader.display import one_line
from briefreader.model import Origin, OriginKind
from briefreader.reading import dates
from briefreader.reading.urls import canonical
from briefreader.text import words

if TYPE_CHECKING:
    from briefreader.reading.draft import Draft

_ADDRESS = re.compile(r"[^\s<>\"'(),;:\[\]@]{1,64}@[^\s<>\"'(),;:\[\]@]{1,255}")
_LIST_ID = re.compile(r"<\s*([^<>\s]{1,255})\s*>")
_FORWARD = re.compile(
    r"^\s*(?:(?:fwd?|wg|tr|rv|enc)\s*:\s*)(?:(?:re|aw|sv|fwd?|wg|tr|rv|enc)\s*(?:\[\d+\])?\s*:\s*)*", re.I
)
_COMMENT = re.compile(r"\([^)]{0,80}\)")
_FIRST_YEAR = 1990  # earlier dates are implausible, such as 1970-01-01, the Unix epoch
MAX_CHARACTERS = 400  # maximum characters of a title, name, ID or mail address that are compared


def of_mail(sender: str, list_id: str, subject: str, date: str) -> Origin:
    """Return the origin of a mail, from its own headers."""
    address = address_in(sender)
    found = _LIST_ID.search(list_id)
    return Origin(
        "mail",
        publisher=_key(found[1]) if found else publisher_of_address(address),
        sender=address,
        title=title_key(subject),
        date=stated_date(_COMMENT.sub("", date)),
    )


def of_forwarded(sender: str, subject: str, date: str) -> Origin:
    """Return the origin of a forwarded mail, from the headers quoted in it."""
    address = address_in(sender)
    return Origin(
        "mail",
        publisher=publisher_of_address(address),
        sender=address,
        title=title_key(subject),
        date=stated_date(date),
        forwarded=True,
    )


def of_item(feed: str, guid: str, link: str, title: str, date: str, *, shared_link: bool) -> Origin:
    """Return the origin of an entry; ``feed`` is the URL of the feed or its site, or the feed's title.

    ``shared_link`` says that other entries have the same link, which then doesn't identify the entry.
    """
    feed = canonical(feed) or source_key(feed)
    address = canonical(link)
    return Origin(
        "item",
        publisher=feed,
        feed=feed,
        guid=one_line(guid, MAX_CHARACTERS),
        link=address,
        url="" if shared_link else identifying(address),
        title=title_key(title),
        date=stated_date(date),
    )


def completed(draft: Draft, *, source: str, title: str) -> Origin:
    """Return the complete origin of a parsed draft; ``title`` is "" if the document states none."""
    origin, named = draft.origin, source_key(source)
    if origin.kind == "file":
        kind: OriginKind = "page" if draft.original.format == "html" else "file"
        origin = replace(origin, kind=kind, title=title_key(title), date=stated_date(draft.published))
    if origin.kind != "item":
        origin = replace(origin, url=identifying(canonical(draft.url)) if draft.url else "")
    publisher = origin.publisher or named or site(origin.url)
    return replace(origin, publisher=publisher, source=named, message_id=draft.original.message_id)


def at_address(origin: Origin, address: str) -> Origin:
    """Return the origin of a document that states no URL, with the URL from which it was fetched."""
    url = identifying(canonical(address))
    return replace(origin, url=url, publisher=origin.publisher or site(url))


def title_key(title: str) -> str:
    """Return a title's folded words in order, without "Fwd:" and the like; the title itself if it has no words."""
    text = one_line(_FORWARD.sub("", title), MAX_CHARACTERS)
    return " ".join(words(text)) or text


def source_key(source: str) -> str:
    """Return a publisher's name as folded words."""
    return " ".join(words(one_line(source, MAX_CHARACTERS)))


def stated_date(text: str) -> str:
    """Return a date in ISO 8601; "" if it is unknown, before 1990 or after next year."""
    found = dates.iso(text)
    return found if found and _FIRST_YEAR <= int(found[:4]) <= datetime.now(UTC).year + 1 else ""


def identifying(address: str) -> str:
    """Return a canonical URL, or "" if it identifies a site rather than a document."""
    parts = urlsplit(address)
    return address if parts.path.strip("/") or parts.query else ""


def site(address: str) -> str:
    """Return the host of a canonical URL, or ""."""
    return urlsplit(address).netloc


def address_in(text: str) -> str:
    """Return the last mail address in a From header in lower case, since names may contain addresses; or ""."""
    found = _ADDRESS.findall(text[: MAX_CHARACTERS * 4])
    return _key(found[-1]) if found else ""


def publisher_of_address(address: str) -> str:
    """Return the domain of a mail address, or the whole address if many publishers share the domain."""
    domain = address.rpartition("@")[2]
    parents = (domain[m.start() + 1 :] for m in re.finditer(r"\.", domain))
    return address if any(name in _mail_hosts() for name in (domain, *parents)) else domain


@cache
def _mail_hosts() -> frozenset[str]:
    """Return the domains that many publishers share."""
    text = resources.files("briefreader.reading").joinpath("mail_hosts.txt").read_text("utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _key(text: str) -> str:
    """Return a List-Id or address in the form for comparison."""
    return one_line(text, MAX_CHARACTERS).casefold().strip(".")
