"""The ``stories`` command: news that several briefings report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from briefreader import errors
from briefreader.cli import records
from briefreader.cli.command import QueryCommand, command, limit_option
from briefreader.cli.param_types import QueryWord, since_option
from briefreader.cli.session import words_of
from briefreader.display import one_line

if TYPE_CHECKING:
    from briefreader.cli.output import Output, StyledText, Writer
    from briefreader.cli.session import Session
    from briefreader.library import Library
    from briefreader.stories.story import Report, Story

MAX_SENTENCE_CHARACTERS = 300  # maximum length of a title or of a report's sentence


@command("stories", cls=QueryCommand)
@click.argument("query", nargs=-1, type=QueryWord())
@since_option("Only stories with a report since TIME, such as 14d, yesterday or 2026-01-31. Default: all.")
@limit_option(50, "stories")
@click.option("--merge", is_flag=True, help="Merge the given stories or insights into one story.")
@click.option("--split", is_flag=True, help="Remove the given insights from their stories.")
def stories(session: Session, query: tuple[str, ...], since: str, limit: int, merge: bool, split: bool) -> None:
    """List news that several briefings report, those with the most sources first.

    Stories that only one source reports are listed only if no story has several sources, or if QUERY has sources:. To
    see the timeline of a story: briefreader show story:s7f3a.2. To see what its reports share: briefreader explain
    story:s7f3a.2. With --merge, give stories (s7f3a.2, without story:) or insights (7f3a.2) instead of QUERY; with
    --split, insights.
    """
    with session.library() as library:
        if merge or split:
            _decide(session, library, query, merge=merge, split=split)
            return
        found = library.stories(" ".join((*query, *since.split())), limit=limit)
        for remark in library.remarks(words_of(query)):
            session.out.info(remark)
    with session.out.records("stories") as write:
        for story in found:
            write(records.of_story(story), story.id)
            print_story(session.out, story)
    if not found:
        nothing = "no stories: no news is reported by several briefings"
        session.out.info("no story matches" if query or since else nothing)


def _decide(session: Session, library: Library, ids: tuple[str, ...], *, merge: bool, split: bool) -> None:
    if merge and split:
        raise errors.UsageError("give --merge or --split, not both")
    if not ids:
        raise errors.UsageError("no stories or insights given", hint="to list stories: briefreader stories")
    if session.dry_run:
        for id in ids:
            library.insight(id.removeprefix("s"))
        session.out.info(f"would {'merge' if merge else 'split'} {', '.join(ids)} · dry run, nothing written")
    elif merge:
        session.report(library.merge_stories(*ids))
    else:
        for id in ids:
            session.report(library.split_story(id))


def print_story(out: Output, story: Story, *, reports: bool = True) -> None:
    """Print a story: title, sources, dates, reports, and what the reports share.

    In a pipe, print one line without the reports.
    """
    first, last = story.first[:10], story.last[:10]
    sources = f"{_counted(story.sources, 'source')}: {story.names}"
    dates = first if first == last else f"{first} to {last}"
    figures = f"figures differ: {', '.join(story.figures)}" if story.figures else ""
    if out.is_tabular:
        out.cells(story.id, story.title, sources, dates, f"in common: {story.shared}", figures)
        return
    out.paragraph([], (one_line(story.title, MAX_SENTENCE_CHARACTERS), "bold"))
    out.paragraph(["  "], sources, f" · {dates} · ", (f"story:{story.id}", "cyan"))
    if reports:
        for report in story.reports:
            out.paragraph(["  ", (f"{report.published[:10]}  ", "dim")], f"{report.source}: ", _sentence(report, story))
    reasons: list[StyledText] = [(f"in common: {story.shared}", "dim")] if story.reasons else []
    if figures:
        reasons.append((" · " * bool(reasons) + figures, "yellow"))
    if reasons:
        out.paragraph(["  "], *reasons)


def _sentence(report: Report, story: Story) -> StyledText:
    return (
        ("the sentence above", "dim")
        if report.sentence == story.title
        else one_line(report.sentence, MAX_SENTENCE_CHARACTERS)
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def show_story(out: Output, write: Writer, library: Library, id: str) -> None:
    """Print a story's timeline: every report with its date, source and text."""
    story, rows = library.story(id)
    write({**records.of_story(story), "timeline": [records.of_insight(row) for row in rows]}, story.id)
    if not out.is_tabular:
        print_story(out, story, reports=False)
    for row in rows:
        if out.is_tabular:
            out.cells(row.published, row.source, row.id, row.title, row.text)
            continue
        out.line()
        out.line((f"{row.published[:16]:<16}", "bold"), f"  {row.source}  ", (row.id, "cyan"))
        title = "" if not row.title or row.text.startswith(row.title) else f"{row.title} — "
        out.paragraph(["  "], title + row.text)


def explain_story(session: Session, id: str) -> None:
    """Print what each report of a story shares with an earlier report of it."""
    out = session.out
    with session.library() as library, out.records("explain") as write:
        for row, other, probability, shared in library.explain_story(id):
            write(
                {
                    "target": row.id,
                    "with": other.id,
                    "probability": probability,
                    "reasons": [{"kind": part.kind, "text": part.text, "weight": part.weight} for part in shared],
                },
                row.id,
            )
            words = [f"{part.text} {part.weight:.1f}" if part.weight else f"{part.kind} {part.text}" for part in shared]
            if out.is_tabular:
                out.cells(row.id, other.id, f"{probability:.2f}", ", ".join(words))
                continue
            likely = f"{probability:.2f}" if probability else "merged by you or linked by other reports"
            out.line((row.id, "cyan"), f" {row.source} and ", (other.id, "cyan"), f" {other.source}: {likely}")
            out.paragraph(["    "], (", ".join(words), "dim"))
