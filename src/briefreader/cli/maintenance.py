"""The ``dump``, ``restore``, ``backup`` and ``check`` commands."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import click

from briefreader import errors
from briefreader.atomic import atomic_open
from briefreader.cli import records
from briefreader.cli.command import command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.cli.session import Session
    from briefreader.library.copies import Suspect


_STATUS_COLORS = {"stored": "green", "file": "green", "same": "dim", "lost": "red"}


@command("dump")
@click.argument("file", default="-", type=click.Path(allow_dash=True))
def dump(session: Session, file: str) -> None:
    """Write everything that cannot be regenerated to FILE or stdout, as JSON Lines.

    The list of sources, sources.toml, is not included: copy that file.
    """
    with session.library() as library:
        if session.dry_run and file != "-":
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
                session.out.info(f"{library.dump(nowhere):,} lines · dry run, nothing written")
            return
        try:
            with _to(file) as stream:
                library.dump(stream)
        except BrokenPipeError:
            raise
        except OSError as error:  # which names the temporary file
            raise errors.BriefreaderError(f"cannot be written: {error.strerror}", where=file) from error


@contextmanager
def _to(file: str) -> Iterator[TextIO]:
    """Open the target of a dump: stdout, a file, a pipe or a device.

    A file is written atomically.
    """
    path = Path(file)
    if file == "-" or (path.exists() and not path.is_file()):
        with click.open_file(file, "w", encoding="utf-8") as stream:
            yield cast("TextIO", stream)
        return
    with atomic_open(path.resolve()) as raw:
        wrapped = io.TextIOWrapper(raw, encoding="utf-8")
        yield wrapped
        wrapped.detach()  # flush without closing: ``atomic_open`` closes the file


@command("restore")
@click.argument("file", default="-", type=click.Path(allow_dash=True))
def restore(session: Session, file: str) -> None:
    """Restore a dump from FILE or stdin into an empty library."""
    with click.open_file(file, encoding="utf-8") as stream, session.library(create=True) as library:
        count = library.restore(cast("TextIO", stream), dry_run=session.dry_run)
        done = "would be restored" if session.dry_run else "restored"
        session.out.info(f"{count:,} briefing{'s' * (count != 1)} {done}")


@command("backup")
@click.argument("path", required=False, type=click.Path(path_type=Path))
def backup(session: Session, path: Path | None) -> None:
    """Copy the library to the folder PATH, by default a new one in its backups folder.

    The app may be running. The copy is a complete library, which --library opens.
    """
    with session.library() as library:
        made = library.backup(path, dry_run=session.dry_run)
        session.out.record({"path": str(made)})
        session.out.line(str(made))


@command("check")
@click.option("--deep", is_flag=True, help="Verify everything, including stored originals.")
@click.option(
    "--rebuild",
    is_flag=True,
    help="Rebuild indexes, stories and a damaged model, and restore damaged originals from their files.",
)
@click.option("--merged", is_flag=True, help="Find and restore mails that version 0.1 merged by mistake.")
def check(session: Session, deep: bool, rebuild: bool, merged: bool) -> int:
    """Check the library for damage, and print how to repair it.

    The exit code is 1 if there is damage.

    Version 0.1 could merge mails with different Message-IDs into one briefing. --merged lists these mails and, after
    confirmation, turns them back into briefings, from their stored originals or their unchanged files. This is one
    undoable change.
    """
    if merged:
        return _check_merged(session)
    with session.out.records("check") as write, session.library() as library:
        problems = library.check(deep=deep, rebuild=rebuild and not session.dry_run)
        for problem in problems:
            write(asdict(problem))
            session.out.cells((problem.path, "bold"), f" {problem.message}", (f"  {problem.hint}", "dim"))
    if not problems:
        session.out.info("no problems found")
    return errors.FAILURE if problems else errors.OK


def _check_merged(session: Session) -> int:
    """List mails that were merged by mistake, restore those that can be, and return the exit code."""
    with session.out.records("check") as write, session.library() as library:
        groups = library.merged()
        found = [suspect for group in groups for suspect in group]
        restorable = sum(suspect.status in ("stored", "file") for suspect in found)
        lost = sum(suspect.status == "lost" for suspect in found)
        for suspect in found:
            session.out.cells(
                (f"{suspect.status:<7}", _STATUS_COLORS[suspect.status]),
                (f"{suspect.id:<8}", "cyan"),
                _title(suspect),
            )
        made: dict[str, str] = {}
        if not session.dry_run and (restorable or lost):
            session.confirm(f"Restore {restorable} briefing{'s' * (restorable != 1)}?")
            made = library.restore_merged(groups)
            session.report(library.last_batch)
        for suspect in found:
            write(records.of_suspect(suspect, made.get(suspect.copy.digest, "")))
        if not found:
            session.out.info("no duplicate has a different Message-ID from its briefing")
    return errors.PARTIAL if lost else errors.OK


def _title(suspect: Suspect) -> str:
    copy = suspect.copy
    if suspect.status == "lost":
        return f"{copy.path}, {copy.message_id}: add the mail again"
    return f"{copy.path}, {copy.message_id}: {suspect.title}"
