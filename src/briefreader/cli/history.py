"""The ``history``, ``undo`` and ``redo`` commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from briefreader.cli import records
from briefreader.cli.command import command, limit_option
from briefreader.cli.output import Column

if TYPE_CHECKING:
    from briefreader.cli.session import Session

_COLUMNS = (Column(6, "cyan"), Column(19, "dim"), Column(14, "bold"), Column(0), Column(6, "yellow"))


@command("history")
@limit_option(20, "changes")
def history(session: Session, limit: int) -> None:
    """List the latest changes, newest first. `undo` takes the number of a change."""
    with session.library() as library, session.out.records("history") as write:
        for batch in library.history(limit):
            write(records.of_batch(batch), str(batch.number))
            undone = "undone" if batch.undone else ""
            session.out.row(_COLUMNS, [str(batch.number), batch.at[:19], batch.verb, batch.summary, undone])


@command("undo")
@click.argument("batch", type=click.IntRange(1, 2**63 - 1), required=False)
def undo(session: Session, batch: int | None) -> None:
    """Undo the latest change, or the change with the number BATCH (see `history`).

    Fails if later changes affect the same items, and lists those changes.
    """
    with session.library() as library:
        done = library.undo(batch, dry_run=session.dry_run)
        session.out.record(records.of_batch(done))
        what = f"{done.number}: {done.verb}: {done.summary}"
        if session.dry_run:
            session.out.info(f"would undo {what}")
        else:
            session.out.info(f"undone {what} · redo with: ", ("briefreader redo", "cyan"))


@command("redo")
def redo(session: Session) -> None:
    """Redo the last undone change."""
    with session.library() as library:
        done = library.redo(dry_run=session.dry_run)
        session.out.record(records.of_batch(done))
        if session.dry_run:
            session.out.info(f"would redo {done.number}: {done.verb}: {done.summary}")
        else:
            session.report(done)
