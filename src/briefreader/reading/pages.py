"""Readers of HTML: mail bodies by our own walk, web pages by readability and the same walk, and the router between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.model import Original, Problem
from briefreader.reading import htmlmeta, urls
from briefreader.reading.charset import declared_in, decode
from briefreader.reading.draft import Draft
from briefreader.reading.html import parse, without_conditionals
from briefreader.reading.html_to_markdown import to_markdown
from briefreader.reading.tables import data_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_Sign = tuple[int, tuple[str | re.Pattern[str], ...]]
# weight, and what tells it in lower case: plain words where they do, for they are found ten times as fast
_MAIL_SIGNS: tuple[_Sign, ...] = (
    (2, ("mso-", "<o:officedocumentsettings", "<!--[if gte mso", "<!--[if mso", "xmlns:o=")),
    (2, ("x-apple-disable", "x-apple-data", "-ms-text-size-adjust", "externalclass", re.compile(r"yahoo!?\s*mail"))),
    (2, ("unsubscribe", "abmelden", "désabonner", re.compile(r"manage (?:your )?(?:subscription|preferences)"))),
    (2, ("open in app", "web version", re.compile(r"view (?:this )?(?:e-?mail |it )?in (?:your )?browser"))),
    (1, ("role=presentation", 'role="presentation', "role='presentation")),
    (1, (re.compile(r"display:\s*none[^>]{0,200}>[^<]{20,}"), re.compile(r"max-height:\s*0[^>]{0,200}>[^<]{20,}"))),
    (1, (re.compile(r"<img[^>]{0,600}(?:width=[\"']?1[\"' >][^>]{0,300}height=[\"']?1[\"' >])"),)),
    (1, tuple("list-manage.com mailchimp substack.com/redirect beehiiv convertkit sendgrid elink. /e3t/".split())),
)
_PAGE_SIGNS: tuple[_Sign, ...] = (
    (2, (re.compile(r"<nav\b"),)),
    (2, (re.compile(r"<article\b"), re.compile(r"<main\b"))),
    (3, (re.compile(r"<script\b[^>]{0,400}\bsrc="),)),
    (2, ('property="og:', "property='og:")),
    (2, (re.compile(r"<link\b[^>]{0,300}stylesheet"),)),
    (1, (re.compile(r"<footer\b"), re.compile(r"<header\b"))),
)
_WEB_VERSION = re.compile(
    r"(?:view|read|open|see)\b.{0,24}\b(?:browser|online|web|website)\b|web version|im browser|navigateur|navegador",
    re.I,
)
_READABLE = 3_000_000
_STAND_IN = "Here stands table number {}, which holds data, and will stand again."
_STOOD_IN = re.compile(r"Here stands table number (\d{1,6}), which holds data, and will stand again\.")
_SHARE = 0.25


def read_html(original: Original) -> Iterator[Draft | Problem]:
    """An HTML file: a web page, or a mail's body that was saved."""
    text, note = decode(original.data, declared_in(original.data))
    draft = mail_body(original, text) if is_mail(text) else web_page(original, text)
    if note:
        draft.problems.append(Problem(original.path, note))
    yield draft


def read_mail_html(original: Original) -> Iterator[Draft | Problem]:
    """HTML that is known to be a mail's body."""
    text, _ = decode(original.data, declared_in(original.data))
    yield mail_body(original, text)


def is_mail(text: str) -> bool:
    """Whether HTML was written to be mailed: a score of what only mails and only web pages have."""
    sample = text[:400_000].lower()
    tables = sample.count("<table")
    mail = _score(sample, _MAIL_SIGNS) + (2 if tables >= 8 else tables >= 3)
    return mail >= 2 and mail > _score(sample, _PAGE_SIGNS)


def _score(sample: str, signs: tuple[_Sign, ...]) -> int:
    """The weights of the signs that ``sample``, in lower case, holds."""
    return sum(
        weight
        for weight, forms in signs
        if any(form in sample if isinstance(form, str) else form.search(sample) for form in forms)
    )


def mail_body(original: Original, text: str) -> Draft:
    """A mail's HTML as a draft: all that is visible; boilerplate is cut later."""
    root = parse(text)
    draft = Draft(original)
    if root is not None:
        htmlmeta.fill(draft, root)
        draft.url = draft.url or _web_version(root)
        draft.body = to_markdown(root)
    return draft


def _web_version(root: _Element) -> str:
    """Where a mail says that it can be read on the web: the link with those words."""
    for anchor in root.iter("a"):
        words = one_line("".join(map(str, anchor.itertext())), 80)
        if _WEB_VERSION.search(words) and (link := urls.clean(anchor.get("href") or "")):
            return link
    return ""


def web_page(original: Original, text: str) -> Draft:
    """A web page as a draft: its article by readability, all that is visible where that finds too little."""
    root = parse(text)
    draft = Draft(original)
    if root is None:
        return draft
    htmlmeta.fill(draft, root)
    whole = to_markdown(root)
    found = _article(root, text) if len(text) <= _READABLE else ""
    draft.body = found if len(found) >= min(_SHARE * len(whole), 600) else whole
    return draft


def _article(root: _Element, text: str) -> str:
    """The part of a page that readability takes for its article, as Markdown; it changes the tree.

    Readability drops small tables: paragraphs stand in for those that hold data until it is done.
    """
    tables = data_tables(root)
    for n, (table, _) in enumerate(tables):
        stand_in = table.makeelement("p")
        stand_in.text, stand_in.tail = _STAND_IN.format(n), table.tail
        parent = table.getparent()
        if parent is not None:
            parent.replace(table, stand_in)
    article = _readable(_serialised(root) if tables else without_conditionals(text))
    found = to_markdown(article) if article is not None else ""
    return _STOOD_IN.sub(lambda m: tables[int(m[1])][1] if int(m[1]) < len(tables) else m[0], found)


def _serialised(root: _Element) -> str:
    from lxml import etree

    return etree.tostring(root, encoding="unicode", method="html")


def _readable(text: str) -> _Element | None:
    import logging

    from readability import Document

    # its log speaks of every page it finds odd
    logging.getLogger("readability.readability").setLevel(logging.CRITICAL)
    try:
        return parse(Document(text).summary(html_partial=True))
    except Exception:  # readability fails in ways of its own on odd pages; the whole page is read then
        return None
