"""``list`` and ``search``: lines of the library. Neither imports sklearn or scipy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from briefreader.cli import records
from briefreader.cli.command import QueryCommand, command, limit_option
from briefreader.cli.output import Column
from briefreader.cli.session import words_of

if TYPE_CHECKING:
    from briefreader.cli.session import Session

_LIST = (
    Column(7, "cyan"),
    Column(2, "bold yellow"),
    Column(10, "dim"),
    Column(18),
    Column(0),
    Column(24, "green"),
)
_BLOCK = 500  # rows that are fetched at once, so that a long list starts at once and a closed pipe ends it


@command("list", cls=QueryCommand)
@click.argument("query", nargs=-1)
@limit_option(None, "briefings")
@click.option("-0", "nul", is_flag=True, help="Ids only, each ended by NUL, for xargs -0.")
def list_(session: Session, query: tuple[str, ...], limit: int | None, nul: bool) -> None:
    """List the briefings that match QUERY, newest first; all of them without one."""
    session.nul = nul
    out = session.out
    with session.library() as library, out.records("list") as write:
        keys = library.keys(words_of(query), limit=limit)
        for start in range(0, len(keys), _BLOCK):
            for row in library.rows(keys[start : start + _BLOCK]):
                write(records.of_row(row), row.id)
                marks = ("" if row.read else "●") + ("★" if row.starred else "")
                topics = ", ".join(row.topics)
                out.row(_LIST, [row.id, marks, row.published[:10], row.source, row.title, topics])
    if not keys:
        out.note(f"no briefing matches {words_of(query)}" if query else "the library is empty; briefreader add FILE")
