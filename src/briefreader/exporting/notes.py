"""Build the note of a briefing: its name, properties and blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from briefreader.display import clean, one_line
from briefreader.exporting import markdown, names
from briefreader.exporting.blocks import without_markers
from briefreader.exporting.merge import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from briefreader.exporting.header import Value
    from briefreader.exporting.profiles import Profile
    from briefreader.exporting.rendering import NoteTemplate
    from briefreader.model import Briefing, Insight

MAX_DESCRIPTION = 300
FIRST_TOPICS = 3
"""Number of the briefing's topics whose items are shown by default; see ``shown_insights``."""


@dataclass(frozen=True, slots=True)
class Material:
    """A briefing with its topics, its insights' topics, and the user's notes.

    The keys of ``insight_topics`` and ``insight_notes`` are insight numbers. ``shares`` has the share of the briefing's
    words about each of ``topics``, 0 if unknown. ``added`` is the time at which the briefing was added, in ISO 8601.
    """

    briefing: Briefing
    topics: tuple[str, ...] = ()
    insight_topics: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    note: str = ""
    insight_notes: Mapping[int, str] = field(default_factory=dict)
    added: str = ""
    shares: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Style:
    """The style of notes: the profile of an app, a template, and options.

    ``labels`` maps topic IDs to names. With ``wikilinks``, topics are links to their notes instead of ``#tags``.
    ``top`` is the maximum number of insights per topic, unless ``all_insights`` is true.
    """

    profile: Profile
    template: NoteTemplate | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    wikilinks: bool = False
    full_text: bool = False
    all_insights: bool = False
    top: int = 0
    name: names.NameTemplate | None = None
    folder_length: int = 0

    @property
    def fingerprint(self) -> str:
        """A text that differs between styles whose notes could differ."""
        source = self.template.source if self.template else ""
        labels = sorted(self.labels.items())
        options = (self.wikilinks, self.full_text, self.all_insights, self.top, self.name, self.folder_length)
        return repr((self.profile.name, source, labels, *options))

    def label(self, topic: str) -> str:
        """Return a topic's name, or its ID if the taxonomy doesn't have it."""
        return one_line(self.labels.get(topic, topic))

    def topic(self, topic: str) -> str:
        """Return a topic as Markdown: a tag, a link or its name."""
        if self.wikilinks:
            name = names.stem(self.label(topic), folder_length=self.folder_length)
            return self.profile.link(f"{name}.md", "", self.label(topic), "")
        tag = markdown.tag(topic)
        return f"#{tag}" if self.profile.inline_tags and tag else markdown.escape(self.label(topic))


def note_of(material: Material, style: Style) -> Note:
    """Return the note of a briefing.

    Raises:
        UsageError: rendering the template fails.
    """
    from briefreader.exporting.rendering import shipped

    briefing = material.briefing
    title = (style.name or style.profile.name_template).fill(briefing, material.added)
    name = names.stem(title, folder_length=style.folder_length)
    template = style.template or shipped(style.profile.template)
    return Note(
        briefing.id,
        name,
        style.profile.properties(_values(material, name)),
        template.blocks(_context(material, style)),
        names.stem(briefing.title or briefing.id, folder_length=style.folder_length),
    )


def _values(material: Material, name: str) -> dict[str, Value]:
    briefing = material.briefing
    title = one_line(briefing.title) or name
    tags = dict.fromkeys(tag for topic in material.topics if (tag := markdown.tag(topic)))
    return {
        "title": title,
        "aliases": (title,) if title != name else (),
        "url": markdown.safe_url(briefing.url),
        "author": briefing.author,
        "publisher": briefing.source,
        "published": briefing.published,
        "created": material.added[:10],
        "description": one_line(briefing.summary, MAX_DESCRIPTION),
        "tags": tuple(tags),
        "id": briefing.id,
    }


def _context(material: Material, style: Style) -> dict[str, object]:
    """Return the values for a template; all texts are escaped Markdown."""
    briefing = material.briefing
    insights = shown_insights(material, style)
    return {
        "show_title": style.profile.title,
        "inline_tags": style.profile.inline_tags and not style.wikilinks,
        "id": briefing.id,
        "title": markdown.escape(one_line(briefing.title) or "Untitled"),
        "source": markdown.escape(one_line(briefing.source)),
        "author": markdown.escape(one_line(briefing.author)),
        "published": one_line(briefing.published),
        "url": markdown.safe_url(briefing.url),
        "link": markdown.link(briefing.title or "Source", briefing.url),
        "covers": markdown.escape(briefing.summary),
        "moment": markdown.escape(briefing.highlight),
        "topics": [style.topic(topic) for topic in material.topics],
        "shares": [
            f"{style.topic(topic)} {share:.0%}"
            for topic, share in zip(material.topics, material.shares, strict=False)
            if share
        ],
        "insights": [_insight(i, material, style) for i in sorted(insights, key=lambda i: (not i.end, i.start))],
        "more": len(briefing.insights) - len(insights),
        "note": own_words(material.note),
        "text": markdown.defuse(briefing.body, below=2).strip("\n") if style.full_text else "",
    }


def shown_insights(material: Material, style: Style) -> tuple[Insight, ...]:
    """Return the insights that a note shows: all with ``style.all_insights``.

    Without it, an insight of kind ``item`` is shown only if it has a note by the user or one of the briefing's first
    ``FIRST_TOPICS`` topics. All other kinds are shown. If none would be shown, all are.
    """
    if style.all_insights:
        return material.briefing.insights
    first = set(material.topics[:FIRST_TOPICS])
    shown = tuple(
        insight
        for insight in material.briefing.insights
        if insight.kind != "item"
        or insight.number in material.insight_notes
        or not first.isdisjoint(material.insight_topics.get(insight.number, ()))
    )
    return shown or material.briefing.insights


def _insight(insight: Insight, material: Material, style: Style) -> dict[str, object]:
    topics = material.insight_topics.get(insight.number, ())
    return {
        "number": insight.number,
        "title": markdown.escape(one_line(headline(insight))),
        "text": markdown.escape(insight.text),
        "kind": insight.kind,
        "anchor": style.profile.anchor(f"insight-{insight.number}"),
        "heading": f"### [[#^insight-{insight.number}|Insight {insight.number}]]",
        "topics": [style.topic(topic) for topic in topics],
        "note": own_words(material.insight_notes.get(insight.number, "")),
    }


def headline(insight: Insight) -> str:
    """Return the title of an insight; "" if it only repeats the text."""
    title, text = insight.title, insight.text.strip()
    cut = title.endswith("…") and text.startswith(title.removesuffix("…"))
    return "" if cut or text.rstrip(" .!?…:") == title.rstrip(" .!?…:") else title


def own_words(text: str) -> str:
    """Return the user's Markdown with escaped block markers, and without blank lines at its edges."""
    return without_markers(clean(text)).strip("\n")


def quote(briefing: Briefing, passage: str) -> str:
    """Return a passage as a Markdown quotation, followed by a line with its origin.

    If ``passage`` is empty, return only the line with the origin.
    """
    origin = [markdown.link(briefing.title or "Untitled", briefing.url)]
    origin += [markdown.escape(one_line(part)) for part in (briefing.author, briefing.source) if part]
    origin += [one_line(briefing.published)[:10]] if briefing.published else []
    source = ", ".join(dict.fromkeys(origin))
    if not passage.strip():
        return f"{source}\n"
    quoted = markdown.block_quote(markdown.defuse(passage).strip())
    return f"{quoted}\n>\n> — {source}\n"
