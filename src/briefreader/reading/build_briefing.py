"""Turn a parsed document into a briefing: clean the text, recognise podcast notes, cut boilerplate, find insights."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from briefreader.display import clean, nfc, one_line
from briefreader.errors import ReadingError
from briefreader.markdown import blocks, plain, title_of
from briefreader.model import Briefing, Cut, Problem, Section
from briefreader.reading import (
    abstract,
    addresses,
    boilerplate,
    boilerplate_model,
    dates,
    metadata,
    origin,
    plaintext_to_markdown,
    podcast,
    reference_links,
)
from briefreader.reading.find_insights import passages_in
from briefreader.reading.insights import number, place

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from briefreader.model import Sponsor
    from briefreader.reading.boilerplate_model import BoilerplateModel
    from briefreader.reading.draft import Draft, Form
    from briefreader.reading.insight_ranker import InsightModel
    from briefreader.reading.publisher_memory import PublisherMemory


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Settings of boilerplate detection.

    ``model`` replaces the shipped model. ``memory`` returns the repeated blocks of the publisher with a given key, or
    None.
    """

    model: BoilerplateModel | None = None
    memory: Callable[[str], PublisherMemory | None] = lambda publisher: None


# invisible characters before white space, with which mails pad their preheader
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2064\ufeff\u2800\u3164]+(?=[\\s\u00ad\u034f\u200b-\u200d\ufeff]|$)"
)
_TITLE_LENGTH = 300  # maximum characters of a title
MAX_CHARACTERS = 10_000_000  # maximum characters of a text, about three long novels; limits the memory needed


def finish(
    draft: Draft,
    insight_model: InsightModel | None = None,
    now: datetime | None = None,
    cleaner: Cleaner | None = None,
) -> Briefing:
    """Return the briefing for a draft; a date more than a day after ``now`` counts as unknown.

    Raises:
        ReadingError: the text is longer than ``MAX_CHARACTERS``, or the document contains no words.
    """
    text = _checked(draft)
    title, source = one_line(nfc(draft.title), _TITLE_LENGTH), one_line(nfc(draft.source), 200)
    stated = title
    if not title:
        title, rest = metadata.title_of_text(text)
        stated, text = (title if rest != text else ""), rest
    rest, publisher = metadata.publisher_line(text)
    summary = None if draft.stated else podcast.parse(rest)
    if summary and draft.form == "plain":
        summary = podcast.escaped(summary)
    summary_text = highlight = ""
    sponsors, tags, cuts = list(draft.sponsors), list(draft.tags), list(draft.cuts)
    given = [(one_line(nfc(t), _TITLE_LENGTH), tidy(x)) for t, x in draft.stated]
    if summary:
        body = tidy(podcast.compose(summary))
        summary_text, highlight = plain(summary.summary), plain(summary.highlight)
        sponsors += summary.sponsors
        cuts += [Cut("sponsor", summary.unread_sponsors)] if summary.unread_sponsors else []
        tags += summary.tags
        given = [(plain(t), plain(x)) for t, x in summary.insights]
    else:
        body, more, named = _cleaned(draft, rest, title, cleaner)
        body, cuts, sponsors = tidy(body), [*cuts, *more], [*sponsors, *named]
    source = source or publisher or metadata.publisher_of_text(title, cuts)
    body, passages = place(body, given)
    found = blocks(body)
    if not given:
        passages = passages_in(title, body, found, model=insight_model)
    return Briefing(
        title=title or metadata.UNTITLED,
        body=body,
        format=draft.original.format,
        source=source,
        author=one_line(nfc(draft.author), 200),
        published=dates.known(draft.published, now) or dates.known(dates.of_name(draft.original.path), now),
        url=one_line(draft.url, 2000),
        language=draft.language or metadata.language(body),
        summary=" ".join(summary_text.split()) or abstract.checked(nfc(draft.abstract), title, body),
        highlight=" ".join(highlight.split()),
        sections=tuple(Section(title_of(body, b), b.level, b.start) for b in found if b.kind == "heading"),
        insights=number(title, body, found, passages),
        sponsors=tuple(dict.fromkeys(sponsors)),
        tags=tuple(dict.fromkeys(t for tag in tags if (t := one_line(tag, 80)))),
        cuts=tuple(cuts),
        problems=tuple(draft.problems),
        original=draft.original,
        origin=origin.completed(draft, source=source, title=stated),
    )


def _checked(draft: Draft) -> str:
    """Return a draft's text as Markdown; raise ReadingError if it is too long, or the draft contains no words."""
    if len(draft.body) > MAX_CHARACTERS:
        most = f"{MAX_CHARACTERS // 1_000_000} million characters"
        raise ReadingError(f"a text of more than {most} is not supported", hint="split it")
    text = _escaped(draft)
    if not re.search(r"\w", f"{draft.title} {text}") and not draft.stated:
        raise ReadingError("contains no words")
    return text


def markdown_of(draft: Draft) -> str:
    """Return a draft's whole body as Markdown, with URLs as links and nothing cut."""
    return _linked(_escaped(draft), draft.form)


def _escaped(draft: Draft) -> str:
    """Return a draft's body as Markdown whose bare URLs are not yet links."""
    text = tidy(draft.body)
    return plaintext_to_markdown.escaped(text) if draft.form == "plain" else reference_links.inline(text)


def _linked(text: str, form: Form) -> str:
    """Turn bare URLs into links, and join wrapped lines unless ``form`` is "markdown"."""
    return addresses.link(text) if form == "markdown" else plaintext_to_markdown.to_markdown(text)


def _cleaned(draft: Draft, text: str, title: str, cleaner: Cleaner | None) -> tuple[str, list[Cut], list[Sponsor]]:
    """Return ``text`` as Markdown without boilerplate, the cuts, and the sponsors."""
    body = _linked(text, draft.form)
    if draft.original.format != "eml" and not draft.blocks:
        return boilerplate.cut(body)
    model, problem = (cleaner.model, "") if cleaner and cleaner.model else boilerplate_model.shipped()
    if problem:
        draft.problems.append(Problem(draft.original.path, problem, hint="boilerplate was cut by simple rules"))
    memory = cleaner.memory(draft.origin.publisher) if cleaner and draft.origin.publisher else None
    memory = replace(memory, name=draft.source) if memory else None
    return boilerplate.cut(body, model=model, memory=memory, title=title, rendered=draft.blocks)


def tidy(text: str) -> str:
    r"""Normalise text to NFC, ``\n`` line ends and single blank lines.

    Unsafe characters become U+FFFD; invisible padding and spaces at line ends are removed.
    """
    if not text.isascii():
        text = _INVISIBLE.sub("", text.replace("\u00a0", " ").replace("\u00ad", ""))
    text = nfc(clean(text))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
