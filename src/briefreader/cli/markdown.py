"""Render a briefing or insight as Markdown for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.cli.records import says_title
from briefreader.markdown import escape, prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.model import Briefing, Insight

_ADDED = {"extracted": "## Key insights (extracted)", "own": "## Key insights (marked by you)"}

_SHORT = 160  # maximum characters of insights that are listed without blank lines between them


def of_briefing(briefing: Briefing) -> str:
    """Return the whole briefing as Markdown.

    Insights that were extracted or marked by the user precede the body.
    """
    return "\n\n".join(part for part in _parts(briefing) if part) + "\n"


def _parts(briefing: Briefing) -> Iterator[str]:
    about = (briefing.source, briefing.author, briefing.published[:10], f"{briefing.words} words")
    text = " ".join(prose(briefing.body).split())
    yield f"# {escape(briefing.title)}"
    yield " · ".join(part for part in about if part)
    yield briefing.url
    if briefing.summary and briefing.summary not in text:
        yield f"## What it covers\n\n{escape(briefing.summary)}"
    for kind, heading in _ADDED.items():
        if found := [insight for insight in briefing.insights if insight.kind == kind]:
            entries = [of_insight(insight) for insight in found]
            yield heading
            yield ("\n" if max(map(len, entries)) <= _SHORT else "\n\n").join(entries)
    if briefing.highlight and briefing.highlight not in text:
        yield f"## Notable moment\n\n{escape(briefing.highlight)}"
    if any(insight.kind in _ADDED for insight in briefing.insights):
        yield "---"
    yield briefing.body
    if briefing.sponsors:
        yield "## Sponsors\n\n" + "\n".join(f"- {s.name} {s.url}".rstrip() for s in briefing.sponsors)
    if briefing.tags:
        yield f"## Tags of the source\n\n{', '.join(briefing.tags)}"


def of_insight(insight: Insight) -> str:
    """Return an insight as a list item, without its title if the text begins with it."""
    text = escape(insight.text).replace("\n", "\n   ")
    if says_title(insight.text, insight.title):
        return f"{insight.number}. {text}"
    return f"{insight.number}. **{escape(insight.title)}** {text}".rstrip()
