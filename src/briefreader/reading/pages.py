"""Read HTML: the complete body of a mail, or the article of a web page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.markdown import plain
from briefreader.model import Cut, Original, Problem
from briefreader.reading import abstract, htmlmeta, page_article, urls
from briefreader.reading.charset import declared_in, decode
from briefreader.reading.draft import Draft
from briefreader.reading.html import parse
from briefreader.reading.html_to_markdown import joined, to_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_Sign = tuple[int, tuple[str | re.Pattern[str], ...]]
# weights and lower-case patterns; strings where possible, since they are found faster
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


def read_html(original: Original) -> Iterator[Draft | Problem]:
    """Yield one draft of HTML: a web page or, if its format is "mail-html" or it looks like one, a mail's body."""
    text, note = decode(original.data, declared_in(original.data))
    draft = (mail_body if original.format == "mail-html" or is_mail(text) else web_page)(original, text)
    if note:
        draft.problems.append(Problem(original.path, note))
    yield draft


def is_mail(text: str) -> bool:
    """Whether HTML is a mail rather than a web page, by the patterns that are typical of either."""
    sample = text[:400_000].lower()
    tables = sample.count("<table")
    mail = _score(sample, _MAIL_SIGNS) + (2 if tables >= 8 else tables >= 3)
    return mail >= 2 and mail > _score(sample, _PAGE_SIGNS)


def _score(sample: str, signs: tuple[_Sign, ...]) -> int:
    """Return the total weight of the patterns in the lower-case ``sample``."""
    return sum(
        weight
        for weight, forms in signs
        if any(form in sample if isinstance(form, str) else form.search(sample) for form in forms)
    )


def mail_body(original: Original, text: str) -> Draft:
    """Return a mail's HTML as a draft with all visible content; boilerplate is cut later."""
    root = parse(text)
    draft = Draft(original)
    if root is not None:
        htmlmeta.fill(draft, root)
        draft.abstract = draft.abstract or abstract.preheader(root)
        draft.url = draft.url or _web_version(root)
        draft.blocks = to_blocks(root)
        draft.body = joined(draft.blocks)
    return draft


def _web_version(root: _Element) -> str:
    """Return the target of a mail's "read on the web" link, or ""."""
    for anchor in root.iter("a"):
        words = one_line("".join(map(str, anchor.itertext())), 80)
        if _WEB_VERSION.search(words) and (link := urls.clean(anchor.get("href") or "")):
            return link
    return ""


def web_page(original: Original, text: str) -> Draft:
    """Return a web page as a draft: its article, else all visible content; the rest becomes a cut."""
    root = parse(text)
    draft = Draft(original)
    if root is None:
        return draft
    htmlmeta.fill(draft, root)
    body, dropped = page_article.article(root, text)
    stated = htmlmeta.article_text(root)
    if len(plain(body).split()) < 0.5 * len(stated.split()):  # the page shows its text by a script
        body, dropped = stated, ""
    draft.body = body
    if dropped:
        draft.cuts.append(Cut("page", dropped))
    return draft
