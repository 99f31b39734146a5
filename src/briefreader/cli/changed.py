"""The ``changed`` command: what is new, updated or repeated since a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from briefreader.cli import records
from briefreader.cli.command import QueryCommand, command
from briefreader.cli.param_types import QueryWord, since_option
from briefreader.library.news import by_topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.cli.output import Output, StyledText
    from briefreader.cli.session import Session
    from briefreader.library.browsing import Facets
    from briefreader.library.news import Change

_STYLES = {"new": "green", "updated": "yellow"}
MAX_TEXT_CHARACTERS = 400  # maximum length of an insight on a terminal


@command("changed", cls=QueryCommand)
@click.argument("query", nargs=-1, type=QueryWord())
@since_option("Only insights since TIME, such as yesterday or 2026-01-31. Default: 7d.", "7d")
def changed(session: Session, query: tuple[str, ...], since: str) -> None:
    """List new and updated insights by topic, and count repeats.

    An update has a figure, quotation or name that no earlier report of the same news has. These facts are highlighted.
    In a pipe, repeats are listed too, and insights are not grouped by topic.
    """
    with session.library() as library:
        found = library.changed(" ".join((*query, *since.split())))
        facets = library.facets()
    with session.out.records("changed") as write:
        for change in found:
            write(records.of_news(change), change.row.id)
    if not found:
        session.out.info(f"nothing new since {since.removeprefix('after:')}; to look further back, give --since DATE")
    elif session.out.is_tabular:
        for change in found:
            row, earlier = change.row, change.earlier.id if change.earlier else ""
            topics = ", ".join(row.topics)
            session.out.cells(change.status, row.id, row.text, row.source, row.published[:10], topics, earlier)
    elif session.out.form == "human":
        _print(session.out, found, facets)


def _print(out: Output, found: Sequence[Change], facets: Facets) -> None:
    for label, group in by_topic(found, facets):
        out.line((label, "bold"))
        for change in group:
            if change.status != "repeat":
                _print_change(out, change)
        if repeats := [change for change in group if change.status == "repeat"]:
            out.line((f"  {_repeats(repeats)}", "dim"))
        out.line()


def _repeats(repeats: Sequence[Change]) -> str:
    firsts = [change.first for change in repeats if change.first]
    text = f"{len(repeats):,} repeat{'s' * (len(repeats) != 1)}"
    if not firsts:
        return text
    first = min(firsts, key=lambda row: row.published)
    return f"{text}, first in {', '.join(part for part in (first.source, first.published[:10]) if part)}"


def _print_change(out: Output, change: Change) -> None:
    row = change.row
    text = out.shortened(row.text, MAX_TEXT_CHARACTERS)
    parts: list[StyledText] = []
    at = 0
    for fact in change.facts:
        place = text.find(fact.text, at)
        if place >= 0:
            parts += [text[at:place], (fact.text, "bold yellow")]
            at = place + len(fact.text)
    parts.append(text[at:])
    out.paragraph([(f"  {change.status:<8}", _STYLES[change.status]), (f"{row.id:<9}", "cyan")], *parts)
    origin = ", ".join(part for part in (row.source, row.published[:10]) if part)
    if change.earlier:
        origin += f" · before: {change.earlier.source}, {change.earlier.published[:10]} ({change.earlier.id})"
    out.paragraph([" " * 19], (origin, "dim"))
