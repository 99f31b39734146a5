"""``dump``, ``restore``, ``backup`` and ``check``: the library as a whole."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import click

from briefreader import errors
from briefreader.cli import records
from briefreader.cli.command import command
from briefreader.paths import atomic_open

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.cli.session import Session
    from briefreader.library.copies import Suspect


_FATES = {"stored": "green", "file": "green", "same": "dim", "lost": "red"}


@command("dump")
@click.argument("file", default="-", type=click.Path(allow_dash=True))
def dump(session: Session, file: str) -> None:
    """Write the library as JSON Lines: everything that cannot be regenerated."""
    with session.library() as library:
        if session.dry_run and file != "-":
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
                session.out.info(f"{library.dump(nowhere):,} lines · nothing was written")
            return
        try:
            with _to(file) as stream:
                library.dump(stream)
        except BrokenPipeError:
            raise
        except OSError as error:  # the name it holds is the unfinished file's
            raise errors.BriefreaderError(f"cannot be written: {error.strerror}", where=file) from error


@contextmanager
def _to(file: str) -> Iterator[TextIO]:
    """Where a dump goes: stdout for ``-``; a file is there whole, or as it was; a pipe or device is written to."""
    path = Path(file)
    if file == "-" or (path.exists() and not path.is_file()):
        with click.open_file(file, "w", encoding="utf-8") as stream:
            yield cast("TextIO", stream)
        return
    with atomic_open(path.resolve()) as raw:
        wrapped = io.TextIOWrapper(raw, encoding="utf-8")
        yield wrapped
        wrapped.detach()  # flushes, and leaves the file to who opened it


@command("restore")
@click.argument("file", default="-", type=click.Path(allow_dash=True))
def restore(session: Session, file: str) -> None:
    """Read a dump back into an empty library."""
    with click.open_file(file, encoding="utf-8") as stream, session.library(create=True) as library:
        count = library.restore(cast("TextIO", stream), dry_run=session.dry_run)
        session.out.info(f"{count:,} briefings {'would be ' * session.dry_run}restored")


@command("backup")
@click.argument("path", required=False, type=click.Path(path_type=Path))
def backup(session: Session, path: Path | None) -> None:
    """Copy the library, whole and consistent while the app runs; by default into its backups folder.

    The copy is a library itself: --library opens it.
    """
    with session.library() as library:
        made = library.backup(path, dry_run=session.dry_run)
        session.out.record({"path": str(made)})
        session.out.line(str(made))


@command("check")
@click.option("--deep", is_flag=True, help="Read and compare everything, originals too.")
@click.option("--rebuild", is_flag=True, help="Rebuild indexes, full-text tables and a damaged model.")
@click.option("--merged", is_flag=True, help="Find and restore what version 0.1 took for copies by mistake.")
def check(session: Session, deep: bool, rebuild: bool, merged: bool) -> int:
    """Look for damage in the library, and say what to do about it.

    With --merged: list mails that version 0.1 merged with a briefing of another Message-ID, and after asking make them
    briefings again, from the stored original or from the file if it is still the same. One change, undoable.
    """
    if merged:
        return _check_merged(session)
    with session.out.records("check") as write, session.library() as library:
        problems = library.check(deep=deep, rebuild=rebuild and not session.dry_run)
        for problem in problems:
            write(asdict(problem))
            session.out.cells((problem.path, "bold"), f" {problem.message}", (f"  {problem.hint}", "dim"))
    if not problems:
        session.out.info("the library is sound")
    return errors.FAILURE if problems else errors.OK


def _check_merged(session: Session) -> int:
    """List what 0.1 merged under another Message-ID; restore what can be restored."""
    with session.out.records("check") as write, session.library() as library:
        groups = library.merged()
        found = [suspect for group in groups for suspect in group]
        apart = sum(suspect.fate in ("stored", "file") for suspect in found)
        lost = sum(suspect.fate == "lost" for suspect in found)
        for suspect in found:
            session.out.cells(
                (f"{suspect.fate:<7}", _FATES[suspect.fate]), (f"{suspect.id:<8}", "cyan"), _said(suspect)
            )
        made: dict[str, str] = {}
        if not session.dry_run and (apart or lost):
            session.confirm(f"Restore {apart} briefing{'s' * (apart != 1)}?")
            made = library.restore_merged(groups)
            session.report(library.last_batch)
        for suspect in found:
            write(records.of_suspect(suspect, made.get(suspect.copy.digest, "")))
        if not found:
            session.out.info("no copy has another Message-ID than its briefing")
    return errors.PARTIAL if lost else errors.OK


def _said(suspect: Suspect) -> str:
    copy = suspect.copy
    if suspect.fate == "lost":
        return f"{copy.path}, {copy.message_id}: add the mail again"
    return f"{copy.path}, {copy.message_id}: {suspect.title}"
