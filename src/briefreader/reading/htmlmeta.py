"""Extract a page's metadata: title, author, publisher, date, description, canonical link and language.

The sources are JSON-LD, Open Graph and other meta elements, and the page's own title and headings.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.markdown import escape
from briefreader.reading import page_date, urls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from briefreader.reading.draft import Draft

_ARTICLES = re.compile(r"(?:\w*Article|BlogPosting|Report|NewsletterIssue|PodcastEpisode|WebPage|SocialMediaPosting)$")
MAX_JSON_CHARACTERS = 500_000
_DIVIDER = re.compile(r"\s+[|–—·•»-]\s+")


def fill(draft: Draft, root: _Element) -> None:
    """Fill the empty fields of ``draft`` with the metadata of the page under ``root``."""
    meta = _meta(root)
    linked = _linked_data(root)
    draft.abstract = draft.abstract or one_line(
        _text(linked.get("description")) or meta.get("og:description") or meta.get("description") or ""
    )
    site = meta.get("og:site_name") or meta.get("application-name") or _name(linked.get("publisher"))
    names = (linked.get("headline"), linked.get("name"), meta.get("og:title"), meta.get("twitter:title"))
    draft.title = draft.title or _title(root, site, [name for name in map(_text, names) if name])
    draft.source = draft.source or one_line(site)
    author = (
        _name(linked.get("author")) or meta.get("author") or meta.get("article:author") or meta.get("dc.creator") or ""
    )
    draft.author = draft.author or ("" if author.startswith("http") else one_line(author))
    draft.published = draft.published or page_date.published(root, meta, linked)
    canonical = (e.get("href") for e in root.iter("link") if (e.get("rel") or "").lower() == "canonical")
    draft.url = draft.url or urls.clean(next(canonical, "") or meta.get("og:url", ""))
    language = root.get("lang") or meta.get("og:locale") or ""
    draft.language = draft.language or (language[:2].lower() if re.match(r"[a-zA-Z]{2}(?:[-_]|$)", language) else "")


def article_text(root: _Element) -> str:
    """Return the article's text from the page's JSON-LD, as Markdown, or ""."""
    return escape(_text(_linked_data(root).get("articleBody")))


def _meta(root: _Element) -> dict[str, str]:
    """Return the contents of the meta elements by lower-case name; the first one of each name counts."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content[:2000])
    return found


def _linked_data(root: _Element) -> dict[str, object]:
    """Return the article in the page's JSON-LD; of several, the one whose headline the page shows; {} if none."""
    found: list[dict[str, object]] = []
    for element in root.iter("script"):
        if (element.get("type") or "").lower() != "application/ld+json" or len(
            element.text or ""
        ) > MAX_JSON_CHARACTERS:
            continue
        try:
            value = json.loads(element.text or "")
        except (ValueError, RecursionError):
            continue
        for node in _nodes(value):
            kind = node.get("@type")
            kinds = kind if isinstance(kind, list) else [kind]
            if any(isinstance(k, str) and _ARTICLES.match(k) for k in kinds) and (
                node.get("headline") or node.get("name")
            ):
                found.append(node)
    if len(found) < 2:
        return found[0] if found else {}
    shown = _shown(root, "")
    shown_nodes = [
        node for node in found if any(_is_shown(_text(node.get(key)), shown) for key in ("headline", "name"))
    ]
    return max(shown_nodes, key=lambda node: bool(node.get("headline")), default={})


def _nodes(value: object) -> Iterator[dict[str, object]]:
    """Yield the objects in JSON-LD, including those in lists and in ``@graph``."""
    if isinstance(value, list):
        for item in value[:50]:
            yield from _nodes(item)
    elif isinstance(value, dict):
        yield value
        graph = value.get("@graph")
        if isinstance(graph, list):
            yield from (node for node in graph[:200] if isinstance(node, dict))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _name(value: object) -> str:
    """Return the name of a person or organisation, or several joined by commas."""
    if isinstance(value, list):
        return ", ".join(n for n in map(_name, value[:10]) if n)
    if isinstance(value, dict):
        return _text(value.get("name"))
    return _text(value)


def _title(root: _Element, site: str, names: list[str]) -> str:
    """Return the first of ``names`` that the page also shows, since a headline in metadata may be a description.

    Otherwise, return the page's own title if its first heading confirms it, or else the first name.
    """
    own, shown = _own_title(root, site), _shown(root, site)
    for name in names:
        if _is_shown(name, shown):
            return one_line(name)
    if own and len(shown) > 1 and shown[1] and shown[1] <= shown[0]:
        return own
    return one_line(names[0] if names else own)


def _shown(root: _Element, site: str) -> list[set[str]]:
    """Return the words of the title element and of the first headings."""
    headings = ("".join(map(str, heading.itertext())) for heading in islice(root.iter("h1"), 5))
    return [_words(_own_title(root, site)), *map(_words, headings)]


def _is_shown(name: str, shown: list[set[str]]) -> bool:
    """Whether most words of a name are in one of the titles that the page shows."""
    words = _words(name)
    return any(len(words & title) > 0.6 * len(words) for title in shown)


def _words(title: str) -> set[str]:
    return set(re.findall(r"\w+", title.casefold()))


def _own_title(root: _Element, site: str) -> str:
    """Return the text of the title element without the site's name, else of the first ``h1`` heading, or ""."""
    element = next(root.iter("title"), None)
    title = one_line("".join(map(str, element.itertext()))) if element is not None else ""
    parts = _DIVIDER.split(title)
    if site and len(parts) > 1:
        parts = [p for p in parts if p.lower() != site.lower()] or parts
        title = " - ".join(parts)
    if title:
        return title
    heading = next(root.iter("h1"), None)
    return one_line("".join(map(str, heading.itertext()))) if heading is not None else ""
