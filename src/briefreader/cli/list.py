"""The ``list`` and ``search`` commands. Neither imports scikit-learn or SciPy."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, TextIO

import click

from briefreader import errors
from briefreader.cli import records
from briefreader.cli.command import QueryCommand, batch_option, command, limit_option
from briefreader.cli.output import Column
from briefreader.cli.param_types import QueryWord
from briefreader.cli.session import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from briefreader.cli.output import Output, StyledText
    from briefreader.cli.session import Session
    from briefreader.library import Library
    from briefreader.model import Hit

_LIST = (
    Column(7, "cyan"),
    Column(2, "bold yellow"),
    Column(10, "dim", least=10),
    Column(18, least=0),
    Column(0),
    Column(24, "green"),
)
_BLOCK = 500  # rows fetched at a time: output starts at once, and stops soon after the pipe is closed


@command("list", cls=QueryCommand)
@click.argument("query", nargs=-1, type=QueryWord())
@limit_option(None, "briefings")
@click.option("-0", "nul", is_flag=True, help="Print only IDs, separated by NUL, for xargs -0.")
def list_(session: Session, query: tuple[str, ...], limit: int | None, nul: bool) -> None:
    """List the briefings that match QUERY, or all, newest first."""
    session.nul = nul
    out = session.out
    with session.library() as library, out.records("list") as write:
        keys = library.keys(words_of(query), limit=limit)
        for remark in library.remarks(words_of(query)):
            out.info(remark)
        for start in range(0, len(keys), _BLOCK):
            for row in library.rows(keys[start : start + _BLOCK]):
                write(records.of_row(row), row.id)
                marks = ("" if row.read else "●") + ("★" if row.starred else "")
                topics = ", ".join(row.topics)
                out.row(_LIST, [row.id, marks, row.published[:10], row.source, row.title, topics])
    if not keys:
        out.info(
            f"no briefing matches {words_of(query)}"
            if query
            else "the library is empty; add briefings with: briefreader add FILE"
        )


@command("search", cls=QueryCommand)
@click.argument("query", nargs=-1, type=QueryWord())
@limit_option(20, "results")
@batch_option("Run the queries in FILE, one per line (- for stdin).")
@click.option("-0", "nul", is_flag=True, help="Print only IDs, separated by NUL, for xargs -0.")
def search(session: Session, query: tuple[str, ...], limit: int, batch: TextIO | None, nul: bool) -> None:
    """Search key insights, titles and full texts.

    Typos are OK; exact matches come first. On a terminal, matches in full texts, and matches of only some of the words,
    are listed below a separator.
    """
    session.nul = nul
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's threads take longer to start than a search
    with session.library() as library:
        if batch is None:
            _search_once(session.out, library, words_of(query), limit)
        elif query:
            raise errors.UsageError("give a query or --batch, not both")
        else:
            _search_batch(session.out, library, batch, limit)


def _search_once(out: Output, library: Library, query: str, limit: int) -> None:
    hits = library.search(query, limit=limit, fold=out.form == "human")
    for remark in library.remarks(query):
        out.info(remark)
    if hint := library.meaning_hint(query, hits):
        out.info(hint)
    if hits and all(hit.partial for hit in hits):
        out.info("no insight or title has all of these words; the closest:")
    with out.records("search") as write:
        for n, hit in enumerate(hits):
            if n and hit.below and not hits[n - 1].below and not out.is_tabular:
                out.line(("─" * min(out.width, 60), "dim"))
            write(records.of_hit(hit), hit.row.id)
            _print_hit(out, hit)
    if not hits:
        out.info(f"no insight matches {query}" if query else "the library has no insights yet")


def _search_batch(out: Output, library: Library, queries: Iterable[str], limit: int) -> None:
    """Print every hit with its query and the time of the search.

    A query without hits gets a record too.
    """
    library.warm()  # load the index before the first query is timed
    with out.records("search") as write:
        for line in queries:
            query = line.rstrip("\r\n")
            begun = time.perf_counter()
            hits = library.search(query, limit=limit)
            asked = {"query": query, "ms": round((time.perf_counter() - begun) * 1000, 3)}
            out.cells((query, "bold"), (f"  {len(hits)} in {asked['ms']} ms", "dim"))
            for hit in hits:
                write({**asked, **records.of_hit(hit)}, hit.row.id)
                _print_hit(out, hit)
            if not hits:
                write({**asked, "insight_id": None})


def _print_hit(out: Output, hit: Hit) -> None:
    """Print a hit: title, text and source; in a pipe, on one line.

    The title is left out if the text begins with it.
    """
    row, mark = hit.row, "≈ " if hit.meaning else ""
    if out.is_tabular:
        out.cells(
            row.id,
            mark + row.title,
            row.text,
            row.source,
            row.published[:10],
            row.briefing_title,
            ", ".join(row.topics),
        )
        return
    text = list(_highlighted(out.shortened(row.text, 3 * out.width), hit.spans, len(row.title) + 1, ""))
    titled = row.title and not records.says_title(row.text, row.title)
    lines = [_highlighted(row.title, hit.spans, 0, "bold"), text] if titled else [text]
    for number, line in enumerate(lines):
        out.paragraph([(f"{row.id:<9}{mark}" if number == 0 else " " * 9, "cyan")], *line)
    others = f"+{hit.others} story:{row.id}" if hit.others else ""
    origin = " · ".join(part for part in (row.source, row.published[:10], row.briefing_title, others) if part)
    out.paragraph([" " * 9], (origin, "dim"), *([("  " + ", ".join(row.topics), "green")] if row.topics else []))


def _highlighted(text: str, spans: Iterable[tuple[int, int]], offset: int, style: str) -> Iterator[StyledText]:
    """Yield the pieces of ``text`` with their styles; those in ``spans`` are highlighted.

    ``offset`` is the position of ``text`` in the string that the spans refer to.
    """
    at = 0
    for start, end in sorted(spans):
        start, end = max(start - offset, at), min(end - offset, len(text))
        if start < end:
            yield text[at:start], style
            yield text[start:end], f"{style} black on yellow".strip()
            at = end
    yield text[at:], style
