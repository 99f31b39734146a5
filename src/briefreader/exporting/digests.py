"""Build notes on several briefings: one per topic, or one for everything."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.errors import UsageError
from briefreader.exporting import markdown, names
from briefreader.exporting.blocks import Marks
from briefreader.exporting.merge import Note
from briefreader.exporting.notes import headline, shown_insights
from briefreader.exporting.rendering import NoteTemplate, shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from briefreader.exporting.notes import Material, Style

DIGEST_ID = "digest"
_PERIOD = re.compile(r"(\d{1,4})\s*([dwmy])", re.I)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


@dataclass(frozen=True, slots=True)
class TopicPage:
    """A topic, with the name and description that its note begins with."""

    id: str
    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An insight or a briefing in a note or section.

    In a topic's note, a briefing has an entry if it has the topic, but none of its insights does. All texts are
    Markdown. ``block`` is the ID of the entry's block, ``anchor`` a target for links, and ``rank`` the position of the
    topic among the topics of the insight, from 0.
    """

    block: str
    title: str
    text: str
    origin: str
    anchor: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a note on several briefings. All texts are Markdown.

    ``more`` says how many entries are left out, and ``full_text`` is the text of a briefing; both may be "".
    """

    block: str
    title: str
    text: str
    entries: tuple[Entry, ...]
    more: str = ""
    full_text: str = ""


def since_date(period: str, today: date) -> str:
    """Return the first day of a period that ends today, as an ISO date such as ``2026-01-31``.

    Periods are written ``30d``, ``2w``, ``6m`` (of 30 days each) or ``1y``. A date in ISO format is returned as it is.

    Raises:
        UsageError: ``period`` is neither a period nor a date.
    """
    found = _PERIOD.fullmatch(period.strip())
    try:
        if found:
            return (today - timedelta(days=int(found[1]) * _DAYS[found[2].lower()])).isoformat()
        return date.fromisoformat(period.strip()).isoformat()
    except (ValueError, OverflowError):
        raise UsageError(
            f"{period!r} is not a period", hint="use 30d, 2w, 6m, 1y or a date such as 2026-01-31"
        ) from None


def by_topic(materials: Iterable[Material], style: Style, path_of: Callable[[str], str]) -> dict[str, list[Entry]]:
    """Return the entries of each topic by topic ID, in the order of ``materials``.

    ``path_of`` returns the path of a briefing's note in the folder, or "".
    """
    entries: dict[str, list[Entry]] = defaultdict(list)
    for material in materials:
        path = path_of(material.briefing.id)
        found = {topic for topics in material.insight_topics.values() for topic in topics}
        for topic in sorted(found):
            for insight in material.briefing.insights:
                topics = material.insight_topics.get(insight.number, ())
                if topic in topics:
                    entry = _insight(material, insight.number, style, path)
                    entries[topic].append(replace(entry, rank=topics.index(topic)))
        for topic in material.topics:
            if topic not in found:
                entries[topic].append(_whole(material, style, path))
    return entries


def _best(entries: Sequence[Entry], style: Style) -> Sequence[Entry]:
    """Return the ``style.top`` entries with the lowest ranks, in their order; with ``style.all_insights``, all."""
    if style.all_insights or len(entries) <= style.top:
        return entries
    best = sorted(range(len(entries)), key=lambda at: (entries[at].rank, at))[: style.top]
    return [entries[at] for at in sorted(best)]


def topic_note(topic: TopicPage, entries: Sequence[Entry], style: Style) -> Note:
    """Return the note of a topic."""
    label = one_line(topic.label) or topic.id
    name = names.stem(label, folder_length=style.folder_length)
    values = {
        "title": label,
        "aliases": (label,) if label != name else (),
        "description": one_line(topic.description, 300),
        "id": f"topic:{topic.id}",
    }
    context = {
        "show_title": style.profile.title,
        "one_pair": style.profile.marks is Marks.SECTIONS,
        "title": markdown.escape(label),
        "description": markdown.escape(topic.description),
        "entries": (shown := _best(entries, style)),
        "more": _more(topic, len(entries) - len(shown)),
    }
    return Note(
        f"topic:{topic.id}", name, style.profile.properties(values), _template(style, "topic.md").blocks(context)
    )


def digest_note(title: str, sections: Sequence[Section], style: Style, note_id: str = DIGEST_ID) -> Note:
    """Return a note that consists of ``sections``."""
    values = {"title": one_line(title), "id": note_id}
    context = {
        "show_title": style.profile.title,
        "one_pair": style.profile.marks is Marks.SECTIONS,
        "title": markdown.escape(one_line(title)),
        "sections": sections,
    }
    name = names.stem(title, folder_length=style.folder_length)
    return Note(note_id, name, style.profile.properties(values), _template(style, "digest.md").blocks(context))


def _more(topic: TopicPage, number: int) -> str:
    return f"And {number} more: `briefreader search topic:{topic.id}`" if number else ""


def topic_sections(topics: Iterable[TopicPage], entries: dict[str, list[Entry]], style: Style) -> list[Section]:
    """Return a section for each topic with entries.

    The IDs of blocks contain the topic, since an insight may be in several sections.
    """
    made = []
    for topic in topics:
        tag = markdown.tag(topic.id).lower()
        found = entries.get(topic.id, ())
        under = tuple(replace(e, block=f"{e.block}:{tag}") for e in _best(found, style))
        if under:
            more = _more(topic, len(found) - len(under))
            made.append(Section(f"topic-{tag}", markdown.escape(one_line(topic.label)), "", under, more))
    return made


def briefing_section(material: Material, style: Style, path: str) -> Section:
    """Return the section of a briefing: source, date, summary, insights, and full text if requested."""
    briefing = material.briefing
    link = style.profile.link(path, "", one_line(briefing.title) or "Untitled", briefing.url)
    origin = ", ".join(part for part in (_source(material), one_line(briefing.published)[:10]) if part)
    text = "\n\n".join(part for part in (origin, markdown.escape(briefing.summary)) if part)
    entries = tuple(_insight(material, insight.number, style, path) for insight in shown_insights(material, style))
    full_text = markdown.defuse(briefing.body, below=3).strip("\n") if style.full_text else ""
    return Section(f"b-{briefing.id}", link, text, entries, full_text=full_text)


def _template(style: Style, name: str) -> NoteTemplate:
    return style.template or shipped(name)


def _insight(material: Material, number: int, style: Style, path: str) -> Entry:
    insight = next(i for i in material.briefing.insights if i.number == number)
    title = one_line(headline(insight))
    origin = _origin(material, style, path, style.profile.fragment(f"insight-{number}", f"{number}. {title}"))
    anchor = style.profile.anchor(f"{material.briefing.id}-{number}")
    id_ = f"i-{material.briefing.id}.{number}"
    return Entry(id_, markdown.escape(title), markdown.escape(insight.text), origin, anchor)


def _whole(material: Material, style: Style, path: str) -> Entry:
    briefing = material.briefing
    title = markdown.escape(one_line(briefing.title)) or "Untitled"
    origin, anchor = _origin(material, style, path, ""), style.profile.anchor(briefing.id)
    return Entry(f"b-{briefing.id}", title, markdown.escape(briefing.summary), origin, anchor)


def _origin(material: Material, style: Style, path: str, fragment: str) -> str:
    briefing = material.briefing
    link = style.profile.link(path, fragment, one_line(briefing.title) or "Untitled", briefing.url)
    return ", ".join(part for part in (link, _source(material), one_line(briefing.published)[:10]) if part)


def _source(material: Material) -> str:
    return markdown.escape(one_line(material.briefing.source))
