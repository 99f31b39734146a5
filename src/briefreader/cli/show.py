"""The ``show`` and ``stats`` commands. Neither imports scikit-learn or SciPy."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from briefreader.cli import markdown, records
from briefreader.cli.command import command, limit_option, pager_option
from briefreader.cli.output import Column
from briefreader.cli.param_types import BriefingId
from briefreader.display import byte_size, sparkline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from briefreader.cli.output import Output, StyledText, Writer
    from briefreader.cli.session import Session
    from briefreader.library import Library
    from briefreader.stories.drift import Drift

_BAR = 40  # width of the longest bar in columns
_EIGHTHS = " ▏▎▍▌▋▊▉"


@command("show")
@click.argument("ids", nargs=-1, required=True, type=BriefingId(), metavar="ID...")
@click.option("--raw", is_flag=True, help="Print the stored original of the briefing; in a pipe, unchanged.")
@pager_option
def show(session: Session, ids: tuple[str, ...], raw: bool, pager: bool) -> None:
    """Show briefings (7f3a), insights (7f3a.2) or stories (story:s7f3a.2)."""
    out = session.out
    with session.library() as library, out.paged(wanted=pager and not raw), out.records("show") as write:
        for target in ids:
            if raw:
                out.data(library.original(target.partition(".")[0]).data)
            elif target.startswith("story:"):
                from briefreader.cli.stories import show_story

                show_story(out, write, library, target.removeprefix("story:"))
            elif "." in target:
                _show_insight(out, write, library, target)
            else:
                _show_briefing(out, write, library, target)


def _show_insight(out: Output, write: Writer, library: Library, target: str) -> None:
    insight = library.insight(target)
    write({**records.of_insight(insight), "note": library.note_of(target)}, insight.id)
    if out.form == "human":
        has_title = records.says_title(insight.text, insight.title)
        out.markdown(insight.text if has_title else f"**{insight.title}**\n\n{insight.text}")
        about = (insight.id, insight.kind, insight.speaker, insight.heading, insight.briefing_title)
        out.line((" · ".join(part for part in about if part), "dim"))
        _show_topics(out, insight.topics)


def _show_briefing(out: Output, write: Writer, library: Library, target: str) -> None:
    briefing = library.briefing(target)
    topics = library.topics(briefing.id)
    note = library.note_of(briefing.id)
    insights = library.insights(briefing.id)
    record = records.of_briefing(briefing, path=briefing.original.path, id=briefing.id)
    record["insights"] = [records.of_insight(insight) for insight in insights]
    write({**record, "topics": [asdict(state) for state in topics], "note": note}, briefing.id)
    if out.form != "human":
        return
    out.line((briefing.id, "cyan"))
    given = [f"{s.topic} {s.share:.0%}" if s.share else s.topic for s in topics if s.given]
    _show_topics(out, given, [f"{s.topic} {s.score:.2f}" for s in topics if s.suggested])
    out.markdown(markdown.of_briefing(briefing))
    if note:
        out.markdown(f"## Your note\n\n{note}")


def _show_topics(out: Output, topics: Sequence[str], suggested: Sequence[str] = ()) -> None:
    parts: list[StyledText] = [("Topics: ", "dim"), (", ".join(topics) or "none", "green")]
    if suggested:
        parts += [("   Suggested: ", "dim"), (", ".join(suggested), "yellow")]
    out.line(*parts)


@command("stats")
@limit_option(15, "rows per chart")
def stats(session: Session, limit: int) -> None:
    """Count the library's briefings by topic, source and month.

    Also lists words that became more or less frequent in each topic in the last 12 weeks.
    """
    out = session.out
    with session.library() as library:
        found = library.stats()
        drift = library.topic_drift()
        labels = {topic: label for topic, label, _ in library.facets().topics}
    out.record({**asdict(found), "drift": [asdict(each) for each in drift]})
    out.line(
        (f"{found.briefings:,}", "bold"), " briefings · ", (f"{found.insights:,}", "bold"), " insights · ",
        (f"{found.words:,}", "bold"), " words · ", (f"{found.decisions:,}", "bold"),
        f" decision{'s' * (found.decisions != 1)} by you",
    )  # fmt: skip
    if found.copies:
        out.line(
            (f"{found.copies:,}", "bold"),
            f" duplicate{'s' * (found.copies != 1)} and earlier revisions stored · ",
            (byte_size(found.copies_bytes), "bold"),
        )
    _bars(out, "Topics", found.topics[:limit], "green")
    _bars(out, "Sources", found.sources[:limit], "cyan")
    _bars(out, "Months", found.months[-limit:], "magenta")
    _print_drift(out, drift, labels)


def _print_drift(out: Output, drift: Sequence[Drift], labels: Mapping[str, str]) -> None:
    """Print words of topics whose frequency changes, with an example each."""
    if drift:
        out.line()
        out.line((f"Words that became more or less frequent in the last {len(drift[0].weeks)} weeks", "bold"))
    columns = (Column(24, "green"), Column(1), Column(18, "bold"), Column(12, "magenta"), Column(0, "dim"))
    for each in drift:
        arrow = "↑" if each.z > 0 else "↓"
        label = labels.get(each.topic, each.topic)
        out.row(columns, [label, arrow, each.word, sparkline(each.weeks, "·"), f"{each.text} ({each.insight_id})"])


def _bars(out: Output, title: str, counts: Sequence[tuple[str, int]], style: str) -> None:
    """Print a bar chart.

    Bars are at most ``_BAR`` cells long and end in eighths of a cell.
    """
    if not counts:
        return
    out.line()
    out.line((title, "bold"))
    most = max(count for _, count in counts)
    columns = (Column(24), Column(8, "bold"), Column(0, style))
    longest = out.room(columns, _BAR)
    for name, count in counts:
        whole, eighths = divmod(round(count / most * longest * 8), 8)
        bar = "█" * whole + _EIGHTHS[eighths].strip()
        out.row(columns, [name or "unknown", f"{count:,}", bar])
