"""Export profiles: how apps write properties, tags, links and outlines.

Obsidian's property names are those of its Web Clipper. Hugo gets ``title``, ``date``, ``description`` and ``tags``; all
other properties are under ``params``, since a top-level ``url`` or ``aliases`` would move the page. Logseq gets page
properties and an outline of bullets. The profile ``plain`` is for other Markdown apps; the title is a heading there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote as percent

from briefreader.display import one_line
from briefreader.errors import UsageError
from briefreader.exporting import markdown
from briefreader.exporting.blocks import Marks
from briefreader.exporting.header import ID_KEY, Bare, Header, LogseqHeader, Value, YamlHeader
from briefreader.exporting.names import NameTemplate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?")
_NOT_IN_SLUG = re.compile(r"[^\w\- ]")


def local_date(value: str) -> Value:
    """Return a date or date-time without its UTC offset and fractions of seconds; "" for other texts."""
    found = _MOMENT.fullmatch(value)
    if found:
        clock = found[2] if len(found[2]) == 8 else f"{found[2]}:00"
        return Bare(f"{found[1]}T{clock}")
    return Bare(value) if _DATE.fullmatch(value) else ""


def offset_date(value: str) -> Value:
    """Return a date-time with its UTC offset, ``Z`` if that is unknown; a date gets the time 00:00.

    Without an offset, Hugo would assume the site's time zone. Returns "" for other texts.
    """
    found = _MOMENT.fullmatch(value)
    plain = local_date(value)
    if not plain:
        return ""
    zone = found[3] if found and found[3] else "Z"
    zone = zone if zone == "Z" or ":" in zone else f"{zone[:3]}:{zone[3:]}"
    return Bare(f"{plain}{zone}" if found else f"{plain}T00:00:00Z")


def note_link(path: str, fragment: str, title: str, url: str) -> str:
    """Return a relative Markdown link to the note at ``path``; without a path, a link to the source."""
    if not path:
        return markdown.link(title, url)
    return f"[{markdown.escape(title)}]({percent(path)}{'#' + fragment if fragment else ''})"


def wikilink(path: str, fragment: str, title: str, url: str) -> str:
    """Return ``[[note#fragment|title]]``; without a path, a link to the source."""
    if not path:
        return markdown.link(title, url)
    target = path.removesuffix(".md") + (f"#{fragment}" if fragment else "")
    return f"[[{target}|{_link_text(title)}]]"


def page_link(path: str, fragment: str, title: str, url: str) -> str:
    """Return ``[[title]]``, Logseq's link to a page; without a path, a link to the source."""
    return f"[[{_link_text(LogseqHeader.plain(title))}]]" if path else markdown.link(title, url)


def source_link(path: str, fragment: str, title: str, url: str) -> str:
    """Return a link to the source, since the URLs of a Hugo site are unknown."""
    return markdown.link(title, url)


def heading_slug(block_id: str, heading: str) -> str:
    """Return the fragment of a heading as GitHub, VS Code and most others build it, percent-encoded."""
    return percent(_NOT_IN_SLUG.sub("", heading.lower()).replace(" ", "-"))


def _link_text(title: str) -> str:
    return re.sub(r"[\[\]|<>{}%#^]+", " ", title).strip()


_BY_TITLE, _BY_DATE = NameTemplate("{title}"), NameTemplate("{published} {title}")


@dataclass(frozen=True, slots=True)
class Profile:
    """The conventions of an app.

    Args:
        keys: the property name of each field, in order; other fields are left out.
        template: file name of the shipped template.
        marks: how blocks are marked.
        lead: what each block begins with, such as a bullet in an outline.
        title: whether the title is a heading of the body.
        inline_tags: whether topics in the text are ``#tags``.
        date: returns the property value of a date.
        text: changes a string so that the app interprets nothing in a property value.
        base: name of a shipped file that shows all notes as tables (Obsidian Bases).
        name_template: the default pattern for the names of notes.
        anchor: returns the text that makes a block a target for links, from the ID of the block.
        fragment: returns the end of a link to a block, from its ID and heading.
        link: returns a link to a note, from its path, fragment and title and the URL of the source.
    """

    name: str
    header: Header
    keys: dict[str, str]
    template: str
    marks: Marks = Marks.HASHED
    lead: str = ""
    title: bool = False
    inline_tags: bool = True
    date: Callable[[str], Value] = local_date
    text: Callable[[str], str] = str
    base: str = ""
    name_template: NameTemplate = _BY_TITLE
    anchor: Callable[[str], str] = lambda block_id: ""
    fragment: Callable[[str, str], str] = lambda block_id, heading: ""
    link: Callable[[str, str, str, str], str] = note_link

    def properties(self, values: Mapping[str, Value]) -> tuple[tuple[str, Value], ...]:
        """Return fields as properties, in the order of ``keys``, without empty ones."""
        made: list[tuple[str, Value]] = []
        for name, key in self.keys.items():
            value = values.get(name, "")
            if name in {"published", "created"}:
                value = self.date(str(value))
            elif isinstance(value, str):
                value = one_line(self.text(value))
            else:
                value = tuple(one_line(self.text(item)) for item in value)
            if value:
                made.append((key, value))
        return tuple(made)


_CLIPPER = {
    "url": "source", "author": "author", "publisher": "publisher", "published": "published", "created": "created",
    "description": "description", "tags": "tags", "id": ID_KEY,
}  # fmt: skip

PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            "obsidian",
            YamlHeader(),
            {"title": "title", "aliases": "aliases", **_CLIPPER},
            "sections.md",
            marks=Marks.SECTIONS,
            base="Briefings.base",
            name_template=_BY_DATE,
            anchor=lambda block_id: f"^{block_id}",
            fragment=lambda block_id, heading: f"^{block_id}",
            link=wikilink,
        ),
        Profile(
            "logseq",
            LogseqHeader(),
            {"title": "title", "aliases": "alias", **_CLIPPER},
            "outline.md",
            marks=Marks.BULLETS,
            name_template=_BY_DATE,
            lead="- ",
            text=LogseqHeader.plain,
            link=page_link,
        ),
        Profile(
            "hugo",
            YamlHeader(nested=frozenset({"params"})),
            {
                "title": "title",
                "published": "date",
                "description": "description",
                "tags": "tags",
                "url": "params.source_url",
                "author": "params.author",
                "publisher": "params.publisher",
                "id": f"params.{ID_KEY}",
            },
            "note.md",
            inline_tags=False,
            date=offset_date,
            link=source_link,
        ),
        Profile("plain", YamlHeader(), _CLIPPER, "note.md", title=True, inline_tags=False, fragment=heading_slug),
    )
}


def profile_of(name: str) -> Profile:
    """Return the profile of that name.

    Raises:
        UsageError: there is no such profile.
    """
    if name not in PROFILES:
        raise UsageError(f"unknown export profile: {name!r}", hint=f"one of {', '.join(PROFILES)}")
    return PROFILES[name]
