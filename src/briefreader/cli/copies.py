"""Revisions and duplicates: the ``diff``, ``aliases`` and ``split`` commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from briefreader.cli import records
from briefreader.cli.command import command
from briefreader.cli.output import Column
from briefreader.cli.param_types import BriefingId

if TYPE_CHECKING:
    from briefreader.cli.output import Output
    from briefreader.cli.session import Session
    from briefreader.reading.sentence_diff import SentenceChange

_COLUMNS = (Column(13, "cyan"), Column(20, "dim"), Column(28), Column(8, "yellow"), Column(0, "dim"))


@command("diff")
@click.argument("id", type=BriefingId())
@click.option(
    "--from",
    "old",
    type=click.IntRange(1),
    metavar="N",
    help="Number of the earlier revision. Default: the one before the later revision.",
)
@click.option(
    "--to", "new", type=click.IntRange(1), metavar="N", help="Number of the later revision. Default: the latest."
)
def diff(session: Session, id: str, old: int | None, new: int | None) -> None:
    """Show the sentences that changed between two revisions of a briefing.

    Sentences with changed figures come first. If an insight has a note or decision of yours, and its
    sentence was removed, it is listed as orphaned.
    """
    out = session.out
    with session.library() as library:
        name = library.resolve(id)
        found = library.diff(name, old, new)
    with out.records("diff") as write:
        if found is None:
            out.info("no earlier revision")
            return
        out.line((f"{name} revision {found.old.number} → {found.new.number}", "bold"), f"  {found.new.title}")
        for change in found.changes:
            write(records.of_change(name, found, change))
            _print_change(out, change)
        for insight in found.orphans:
            write(records.of_orphan(name, found, insight))
            out.cells(("orphaned ", "yellow"), (f"{name}.{insight.number} ", "cyan"), insight.text)
        if not found.changes:
            out.info("no sentence changed")


def _print_change(out: Output, change: SentenceChange) -> None:
    if change.before:
        out.line((f"- {change.before.text}", "red"))
    if change.after:
        out.line((f"+ {change.after.text}", "green"))


@command("aliases")
@click.argument("id", type=BriefingId())
def aliases(session: Session, id: str) -> None:
    """List the documents of a briefing: the first one, its duplicates and its revisions.

    Each line has the ID, the time when the document was added, the rule that recognised it, and its path. "shown" marks
    the one whose text the briefing shows. "not stored" marks documents that version 0.1 added without storing them.
    """
    with session.library() as library, session.out.records("aliases") as write:
        name = library.resolve(id)
        for copy in library.aliases(name):
            record = records.of_copy(name, copy)
            write(record, record["alias"])
            state = "shown" if copy.current else "" if copy.kept else "not stored"
            session.out.row(_COLUMNS, [record["alias"], copy.at[:19], copy.rule or "original", state, copy.path])


@command("split")
@click.argument("id", type=BriefingId())
@click.argument("alias")
def split(session: Session, id: str, alias: str) -> None:
    """Turn a duplicate back into a separate briefing.

    ALIAS is an ID that `aliases` lists, or the beginning of one. If the briefing shows the text of this duplicate, it
    then shows the previous text again.
    """
    with session.library() as library:
        name = library.resolve(id)
        made = library.split(name, alias, dry_run=session.dry_run)
        session.out.record({"id": made, "of": name, "alias": alias})
        session.out.cells((f"{made:<8}", "cyan"), f"split from {name}")
        session.change(lambda: library.last_batch)
