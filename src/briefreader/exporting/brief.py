"""Render a brief as Markdown for reading, or as a note.

A brief is a selection of insights to read first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.exporting import markdown
from briefreader.exporting.digests import Entry, Section, digest_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.exporting.merge import Note
    from briefreader.exporting.notes import Style


@dataclass(frozen=True, slots=True)
class BriefEntry:
    """An insight of a brief.

    ``text`` is quoted verbatim from a briefing, whose source is ``source``. ``sources`` is the number of sources that
    report the news.
    """

    id: str
    text: str
    source: str
    published: str = ""
    url: str = ""
    sources: int = 1

    @property
    def origin(self) -> str:
        """The origin as Markdown: source and date, linked if there is a URL; number of sources if several; ID."""
        named = ", ".join(part for part in (one_line(self.source), self.published[:10]) if part) or "source"
        link = markdown.link(named, self.url) if self.url else markdown.escape(named)
        also = f" · {self.sources} sources" if self.sources > 1 else ""
        return f"{link}{also} · {self.id}"


@dataclass(frozen=True, slots=True)
class BriefGroup:
    """The insights of a brief under one heading, ``label``: a topic, a source, or "In several sources"."""

    id: str
    label: str
    entries: tuple[BriefEntry, ...]


def brief_markdown(title: str, groups: Sequence[BriefGroup], left_out: str) -> str:
    """Return a brief as Markdown for a terminal or the app.

    ``left_out`` is a sentence on what was left out, or "".
    """
    parts = [f"# {markdown.escape(one_line(title))}"]
    for group in groups:
        parts.append(f"## {markdown.escape(one_line(group.label))}")
        parts.append("\n".join(f"- {_text(entry)}  \n  {entry.origin}" for entry in group.entries))
    if left_out:
        parts.append(f"---\n\n*{markdown.escape(left_out)}*")
    return "\n\n".join(parts)


def _text(entry: BriefEntry) -> str:
    return markdown.escape(" ".join(entry.text.split()))


def brief_note(note_id: str, title: str, groups: Sequence[BriefGroup], left_out: str, style: Style) -> Note:
    """Return a brief as a note for export."""
    sections = [
        Section(
            f"topic-{markdown.tag(group.id or 'other').lower()}",
            markdown.escape(one_line(group.label)),
            "",
            tuple(Entry(f"i-{e.id.replace('.', '-')}", "", _text(e), e.origin) for e in group.entries),
        )
        for group in groups
    ]
    sections.append(Section("left-out", "Left out", markdown.escape(left_out), ()))
    return digest_note(title, sections, style, note_id)
