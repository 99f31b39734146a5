"""Read ``.txt`` and ``.md`` files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.model import Original, Problem
from briefreader.reading import dates, frontmatter, highlight_exports, note_syntax, pandoc, snipd
from briefreader.reading.charset import decode
from briefreader.reading.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def read_text(original: Original) -> Iterator[Draft | Problem]:
    """Yield one draft of a plain text file, whose first lines may be metadata such as ``Title: …``."""
    text, note = decode(original.data)
    fields, text = frontmatter.leading(text.replace("\r\n", "\n").replace("\r", "\n"))
    draft = Draft(original, text, form="plain")
    if note:
        draft.problems.append(Problem(original.path, note))
    if fields:
        _fill(draft, fields)
    yield draft


def read_markdown(original: Original) -> Iterator[Draft | Problem]:
    """Yield one draft of a Markdown file, with or without frontmatter; one per episode of a Snipd export."""
    text, note = decode(original.data)
    if snipd.is_snipd(text):
        yield from snipd.read_snipd(original)
        return
    fields, body, problem = frontmatter.split(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not fields:
        fields, body = note_syntax.properties(body)
    if not fields:
        fields, body = frontmatter.leading(body)
    if highlight_exports.is_export(body):
        more, body = highlight_exports.split(body)
        fields = {**more, **fields}
    draft = Draft(original, pandoc.to_commonmark(body))
    if note:
        draft.problems.append(Problem(original.path, note))
    draft.body = note_syntax.to_markdown(draft.body)
    if problem:
        draft.problems.append(Problem(original.path, problem, hint="its fields were read line by line"))
    _fill(draft, fields)
    yield draft


def _fill(draft: Draft, fields: Mapping[str, object]) -> None:
    """Fill the draft from fields of frontmatter or of a metadata list, by the names that programs use."""

    def text(*names: str) -> str:
        return note_syntax.unlinked(frontmatter.text_of(fields, *names))

    draft.title = text("title", "full title", "subject", "headline", "episode title", "episode")
    draft.author = text("author", "authors", "by", "creator", "owner / host", "host", "hosts")
    draft.source = text(
        "source", "publisher", "publication", "newsletter", "podcast", "show", "channel", "site", "site_name", "feed"
    )
    draft.published = dates.iso(
        text(
            "date", "published", "pubdate", "publish_date", "publish date", "published date", "date published",
            "date_published", "episode publish date", "created",
        )
    )  # fmt: skip
    link = text(
        "url", "link", "canonical_url", "canonical", "source_url", "source url", "original_url", "original url",
        "episode link", "episode url",
    )  # fmt: skip
    if not link and draft.source.startswith(("http://", "https://")):
        link, draft.source = draft.source, ""
    draft.url = link if link.startswith(("http://", "https://")) else ""
    tags = frontmatter.list_of(fields, "tags", "topics", "keywords", "categories", "document tags")
    draft.tags = [tag.lstrip("#") for tag in tags]
    draft.language = text("lang", "language")[:2].lower()
    draft.abstract = text("description", "subtitle", "summary", "abstract", "excerpt")
