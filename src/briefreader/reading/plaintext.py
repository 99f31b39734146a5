"""Readers of ``.txt`` and ``.md``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.model import Original, Problem
from briefreader.reading import dates, frontmatter, pandoc, snipd
from briefreader.reading.charset import decode
from briefreader.reading.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_text(original: Original) -> Iterator[Draft | Problem]:
    """A plain text file: one document."""
    text, note = decode(original.data)
    draft = Draft(original, text, form="plain")
    if note:
        draft.problems.append(Problem(original.path, note))
    yield draft


def read_markdown(original: Original) -> Iterator[Draft | Problem]:
    """A Markdown file, with or without frontmatter: one document."""
    text, note = decode(original.data)
    if snipd.is_snipd(text):
        yield from snipd.read_snipd(original)
        return
    fields, body, trouble = frontmatter.split(text.replace("\r\n", "\n").replace("\r", "\n"))
    block, body = pandoc.title_block(body)
    draft = _draft(original, body, note)
    if trouble:
        draft.problems.append(Problem(original.path, trouble, hint="its fields were read line by line"))
    draft.title = frontmatter.text_of(fields, "title", "subject", "headline") or block.title
    draft.author = frontmatter.text_of(fields, "author", "authors", "by", "creator") or block.authors
    draft.source = frontmatter.text_of(
        fields, "source", "publisher", "publication", "newsletter", "podcast", "show", "site", "site_name", "feed"
    )
    draft.published = dates.iso(
        frontmatter.text_of(fields, "date", "published", "pubdate", "publish_date", "created") or block.date
    )
    link = frontmatter.text_of(fields, "url", "link", "canonical_url", "canonical", "source_url", "original_url")
    if not link and draft.source.startswith(("http://", "https://")):
        link, draft.source = draft.source, ""
    draft.url = link if link.startswith(("http://", "https://")) else ""
    draft.tags = frontmatter.list_of(fields, "tags", "topics", "keywords", "categories")
    draft.language = frontmatter.text_of(fields, "lang", "language")[:2].lower()
    yield draft


def _draft(original: Original, text: str, note: str) -> Draft:
    draft = Draft(original, pandoc.to_commonmark(text))
    if note:
        draft.problems.append(Problem(original.path, note))
    return draft
