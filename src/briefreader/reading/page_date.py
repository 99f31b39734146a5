"""Find a web page's publication date: in its metadata, in an element that is marked as the date, or beside its title.

Dates of related stories, comments, navigation and footers are ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.reading import dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

_META = (
    "article:published_time og:published_time og:article:published_time datepublished date dc.date dc.date.issued "
    "dc.date.created dcterms.date dcterms.created dcterms.issued citation_publication_date citation_online_date "
    "citation_date parsely-pub-date sailthru.date cxenseparse:recs:publishtime pubdate publishdate publish-date "
    "publish_date publication_date published publishtime article.published article.created datecreated created "
    "release_date timestamp originalpublicationdate bt:pubdate"
).split()
_ELSEWHERE = frozenset(("aside", "nav", "footer", "li", "table", "form"))
_OTHER_STORIES = ("related", "recommend", "more-", "comment", "sidebar", "popular", "teaser", "trending", "latest")
_PUBLISHED = ("published", "pubdate", "entry-date", "post-date", "dateline", "byline", "datepublished", "publish")


def published(root: _Element, meta: Mapping[str, str], linked: Mapping[str, object]) -> str:
    """Return the date of a page in ISO 8601, or ""; ``meta`` has its meta elements, ``linked`` its JSON-LD."""
    stated = [linked.get("datePublished"), *(meta.get(name) for name in _META), linked.get("dateCreated")]
    for value in stated:
        if isinstance(value, str) and (date := dates.iso(value) or dates.of_epoch(value)):
            return date
    marked = {date for element in root.iter() if _is_marked(element) and (date := _date_of(element))}
    return marked.pop() if len({date[:10] for date in marked}) == 1 else _beside_title(root)


def _is_marked(element: _Element) -> bool:
    """Whether an element is marked as the date of publication."""
    itemprop = (element.get("itemprop") or "").lower()
    if itemprop == "datepublished" or (element.tag == "time" and element.get("pubdate") is not None):
        return not _is_elsewhere(element)
    kind = (element.get("class") or "").lower()
    if element.tag == "time":
        return any(word in kind for word in _PUBLISHED) and not _is_elsewhere(element)
    return "dt-published" in kind.split() and not _is_elsewhere(element)


def _beside_title(root: _Element) -> str:
    """Return the date of the first ``time`` element in the header of the first ``h1``, or after the ``h1``; or ""."""
    heading = next(root.iter("h1"), None)
    if heading is None:
        return ""
    times = [element for element in _neighbours(heading) if element.tag == "time" and not _is_elsewhere(element)]
    return next((date for element in times if (date := _date_of(element))), "")


def _neighbours(heading: _Element) -> Iterator[_Element]:
    """Yield the ``time`` elements of the heading's header, then all elements up to the next h1, h2, h3 or article."""
    holder = heading.getparent()
    if holder is not None and holder.tag in ("header", "hgroup"):
        yield from holder.iter("time")
    started = False
    for element in heading.getroottree().getroot().iter():
        if element is heading:
            started = True
        elif started:
            if element.tag in ("h1", "h2", "h3", "article"):
                return
            yield element


def _date_of(element: _Element) -> str:
    """Return the date in an element's attributes or text, or ""."""
    stated = element.get("datetime") or element.get("content") or element.get("title") or ""
    return dates.iso(stated) or dates.iso("".join(map(str, element.itertext())))


def _is_elsewhere(element: _Element) -> bool:
    """Whether an element is outside the article, such as in a footer or a list of other stories."""
    for holder in element.iterancestors():
        if holder.tag in _ELSEWHERE:
            return True
        kind = f"{holder.get('class') or ''} {holder.get('id') or ''}".lower()
        if holder.tag not in ("body", "html", "main") and any(word in kind for word in _OTHER_STORIES):
            return True
    return False
