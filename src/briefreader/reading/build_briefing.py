"""Draft → Briefing: the text cleaned, boilerplate cut, the layout recognised, insights found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.display import clean, nfc, one_line
from briefreader.errors import ReadingError
from briefreader.markdown import blocks, plain, title_of
from briefreader.model import Briefing, Cut, Section
from briefreader.reading import addresses, boilerplate, dates, metadata, origin, plaintext_to_markdown, podcast
from briefreader.reading.find_insights import passages_in
from briefreader.reading.insights import number, place

if TYPE_CHECKING:
    from datetime import datetime

    from briefreader.reading.draft import Draft
    from briefreader.reading.insight_ranker import InsightModel

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2064\ufeff\u2800\u3164]+(?=[\\s\u00ad\u034f\u200b-\u200d\ufeff]|$)"
)
_TITLE_LENGTH = 300
MAX_CHARACTERS = (
    10_000_000  # characters of one text: three long novels; what counts its words takes thirty times the memory
)


def finish(draft: Draft, insight_model: InsightModel | None = None, now: datetime | None = None) -> Briefing:
    """A draft as the briefing that a reader sees; a date that is later than a day after ``now`` is unknown.

    Raises ReadingError for a text of more than ``MOST`` characters.
    """
    if len(draft.body) > MAX_CHARACTERS:
        raise ReadingError(f"a text of more than {MAX_CHARACTERS // 1_000_000:,} MB is not read", hint="split it")
    text = tidy(draft.body)
    if draft.form == "plain":
        text = plaintext_to_markdown.escaped(text)
    if not re.search(r"\w", f"{draft.title} {text}") and not draft.stated:
        raise ReadingError("holds no words")
    title, source = one_line(nfc(draft.title), _TITLE_LENGTH), one_line(nfc(draft.source), 200)
    stated = title
    if not title:
        title, rest = metadata.title_of_text(text)
        stated, text = (title if rest != text else ""), rest
    rest, publisher = metadata.publisher_line(text)
    summary = None if draft.stated else podcast.parse(rest)
    if summary and draft.form == "plain":
        summary = podcast.escaped(summary)
    covers = moment = ""
    sponsors, tags, cuts = list(draft.sponsors), list(draft.tags), list(draft.cuts)
    given = [(one_line(nfc(t), _TITLE_LENGTH), tidy(x)) for t, x in draft.stated]
    if summary:
        body = tidy(podcast.compose(summary))
        covers, moment = plain(summary.summary), plain(summary.highlight)
        sponsors += summary.sponsors
        cuts += [Cut("sponsor", summary.unread_sponsors)] if summary.unread_sponsors else []
        tags += summary.tags
        given = [(plain(t), plain(x)) for t, x in summary.insights]
    else:
        body, more, named = boilerplate.cut(
            addresses.link(rest) if draft.form == "markdown" else plaintext_to_markdown.to_markdown(rest)
        )
        cuts += more
        sponsors += named
        body = tidy(body)
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
        summary=" ".join(covers.split()),
        highlight=" ".join(moment.split()),
        sections=tuple(Section(title_of(body, b), b.level, b.start) for b in found if b.kind == "heading"),
        insights=number(body, found, passages),
        sponsors=tuple(dict.fromkeys(sponsors)),
        tags=tuple(dict.fromkeys(t for tag in tags if (t := one_line(tag, 80)))),
        cuts=tuple(cuts),
        problems=tuple(draft.problems),
        original=draft.original,
        origin=origin.completed(draft, source=source, title=stated),
    )


def tidy(text: str) -> str:
    r"""Safe to show and canonical: NFC, ``\n`` line ends, no unsafe or padding characters, single blank lines."""
    text = _INVISIBLE.sub("", nfc(clean(text)).replace("\u00a0", " ").replace("\u00ad", ""))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
