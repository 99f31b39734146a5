"""Draft → Briefing: the text cleaned, boilerplate cut, the layout recognised, insights found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.display import clean, nfc, one_line
from briefreader.model import Briefing, Section
from briefreader.reading import boilerplate, dates, flat, metadata, podcast
from briefreader.reading.extract import TopicFinder, extract
from briefreader.reading.insights import Passage, items, number, place, stated
from briefreader.reading.markdown import Block, blocks, plain, title_of

if TYPE_CHECKING:
    from briefreader.reading.draft import Draft

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2064\ufeff\u2800\u3164]+(?=[\\s\u00ad\u034f\u200b-\u200d\ufeff]|$)"
)
_TITLE_LENGTH = 300


def finish(draft: Draft, finder: TopicFinder | None = None) -> Briefing:
    """A draft as the briefing that a reader sees. Pure: the same draft gives the same briefing."""
    text = tidy(draft.body)
    title, source = one_line(nfc(draft.title), _TITLE_LENGTH), one_line(nfc(draft.source), 200)
    if not title:
        title, text = metadata.title_of_text(text)
    rest, publisher = metadata.publisher_line(text)
    summary = None if draft.stated else podcast.parse(rest)
    covers = moment = ""
    sponsors, tags = list(draft.sponsors), list(draft.tags)
    given = [(one_line(nfc(t), _TITLE_LENGTH), tidy(x)) for t, x in draft.stated]
    if summary:
        body = tidy(podcast.compose(summary))
        covers, moment = summary.covers, summary.moment
        sponsors += summary.sponsors
        tags += summary.tags
        given = [(plain(t), plain(x)) for t, x in summary.insights]
    else:
        body, cuts, named = boilerplate.cut(flat.to_markdown(rest) if draft.flat else rest)
        draft.cuts += cuts
        sponsors += named
        body = tidy(body)
    source = source or publisher or metadata.publisher_of_text(title, draft.cuts)
    body, passages = place(body, given)
    found = blocks(body)
    if not given:
        passages = _own_insights(body, found, finder)
    return Briefing(
        title=title or metadata.UNTITLED,
        body=body,
        format=draft.original.format,
        source=source,
        author=one_line(nfc(draft.author), 200),
        published=draft.published or dates.of_name(draft.original.path),
        url=one_line(draft.url, 2000),
        language=draft.language or metadata.language(body),
        covers=" ".join(covers.split()),
        moment=" ".join(moment.split()),
        sections=tuple(Section(title_of(body, b), b.level, b.start) for b in found if b.kind == "heading"),
        insights=number(passages),
        sponsors=tuple(dict.fromkeys(sponsors)),
        tags=tuple(dict.fromkeys(t for tag in tags if (t := one_line(tag, 80)))),
        cuts=tuple(draft.cuts),
        problems=tuple(draft.problems),
        original=draft.original,
    )


def _own_insights(body: str, found: list[Block], finder: TopicFinder | None) -> list[Passage]:
    """What a body that was given no insights states, lists as items, and, where it states none, the key sentences."""
    passages = stated(body, found)
    passages += [p for p in items(body, found) if not any(p.start < q.end and q.start < p.end for q in passages)]
    if not any(p.kind == "stated" for p in passages):
        passages += extract(body, found, finder)
    return passages


def tidy(text: str) -> str:
    """Safe to show and canonical: NFC, ``\\n`` line ends, no unsafe or padding characters, single blank lines."""
    text = _INVISIBLE.sub("", nfc(clean(text)).replace("\u00a0", " "))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
