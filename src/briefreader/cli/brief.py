"""The ``brief`` command: what to read first in a given time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from briefreader.cli import records
from briefreader.cli.command import QueryCommand, command
from briefreader.cli.param_types import QueryWord, since_option
from briefreader.errors import UsageError

if TYPE_CHECKING:
    from briefreader.cli.output import Output
    from briefreader.cli.session import Session
    from briefreader.library.news import ReadingBrief

MINUTES = 15


@command("brief", cls=QueryCommand)
@click.argument("query", nargs=-1, type=QueryWord())
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help=f"Reading time in minutes. Default: {MINUTES}.",
)
@click.option("--words", type=click.IntRange(min=1), metavar="N", help="Length in words, instead of --minutes.")
@since_option("Only insights since TIME, such as 7d or 2026-01-31. Default: yesterday.", "yesterday")
@click.option("--explain", is_flag=True, help="Show the factors by which each insight was chosen.")
def brief(
    session: Session, query: tuple[str, ...], minutes: float | None, words: int | None, since: str, explain: bool
) -> None:
    """Print what to read first in a given time, by topic, as Markdown.

    Insights are chosen by novelty, topic, the number of sources that report them, what you starred, and other factors.
    Each is quoted verbatim, and each story appears once. The last line counts what was left out.
    """
    from briefreader.exporting.brief import brief_markdown
    from briefreader.stories.brief import WORDS_PER_MINUTE

    if minutes and words:
        raise UsageError("give --minutes or --words, not both")
    budget = words or round((minutes or MINUTES) * WORDS_PER_MINUTE)
    with session.library() as library:
        found = library.brief(" ".join((*query, *since.split())), words=budget)
    with session.out.records("brief") as write:
        for chosen in found.brief.chosen:
            write(records.of_chosen(found, chosen), found.rows[chosen.candidate.key].id)
        write(records.of_left_out(found))
    if not found.brief.chosen:
        session.out.info(f"nothing new since {since.removeprefix('after:')}; to look further back, give --since DATE")
    elif session.out.form == "human":
        title = f"Brief of {found.brief.words:,} words, {max(round(found.brief.words / WORDS_PER_MINUTE), 1)} min"
        session.out.markdown(brief_markdown(title, found.groups, found.left_out))
        if explain:
            _explain(session.out, found)


def _explain(out: Output, found: ReadingBrief) -> None:
    names = next((list(records.of_chosen(found, chosen)["parts"]) for chosen in found.brief.chosen), [])
    out.line(("Gain = " + " × ".join(names), "bold"))
    for chosen in found.brief.chosen:
        row = found.rows[chosen.candidate.key]
        factors = records.of_chosen(found, chosen)["parts"].values()
        out.line((f"{row.id:<9}", "cyan"), f"{chosen.gain:.3f} = ", (" × ".join(f"{v:g}" for v in factors), "dim"))
