"""The ``export`` and ``pull`` commands: write notes, and import edits of them."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefreader import errors, paths
from briefreader.cli.add import progress_bar
from briefreader.cli.command import QueryCommand, command
from briefreader.cli.param_types import QueryWord
from briefreader.cli.session import words_of
from briefreader.config import PROFILES
from briefreader.errors import UsageError
from briefreader.library.export_options import ExportOptions

if TYPE_CHECKING:
    from briefreader.cli.session import Session
    from briefreader.exporting.vault import Exported

_FILE_SUFFIXES = {".md", ".json", ".jsonl", ".csv"}
_STYLES = {
    "written": "green",
    "merged": "green",
    "renamed": "green",
    "conflict": "yellow",
    "skipped": "yellow",
    "failed": "red",
}


@command("export", cls=QueryCommand)
@click.argument("query", nargs=-1, type=QueryWord())
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the notes. Default: the setting `export.to`.",
)
@click.option(
    "--format", "form", type=click.Choice(["markdown", "json", "jsonl", "csv", "readwise", "csl"]),
    help="Markdown notes, or one file of data. Default: markdown.",
)  # fmt: skip
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    help="App that will read the notes. Default: the setting `export.profile`.",
)
@click.option(
    "--template",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Jinja2 template for the notes. Default: the setting `export.template`.",
)
@click.option("--group-by", type=click.Choice(["topic"]), help="Write one note per topic instead of one per briefing.")
@click.option(
    "--top",
    type=click.IntRange(1),
    default=5,
    metavar="N",
    help="Maximum number of insights per topic, with --group-by. Default: 5.",
)
@click.option(
    "--brief",
    is_flag=False,
    flag_value=15,
    default=None,
    type=click.IntRange(1),
    metavar="[MINUTES]",
    help="Write one note with a brief that takes MINUTES to read. Default: 15.",
)
@click.option(
    "--all", "all_insights", is_flag=True, help="Include all items of a digest, or with --group-by all insights."
)
@click.option(
    "--name",
    metavar="PATTERN",
    help="Name pattern for new notes, such as '{published} {title}'. Default: the setting `export.name`.",
)
@click.option("--rename", is_flag=True, help="Rename existing notes by the current pattern, except those you renamed.")
@click.option(
    "--since", metavar="PERIOD", help="Only briefings published in the last 30d, 2w, 6m or 1y, or since a date."
)
@click.option("--single", metavar="FILE|-", help="Write everything into one file (- for stdout).")
@click.option(
    "--full-text/--no-full-text",
    default=None,
    help="Whether notes include the full text. Default: the setting `export.full_text`.",
)
@click.option("--wikilinks", is_flag=True, help="Write topics as [[topic]] instead of #topic.")
@click.option("--diff", is_flag=True, help="Print what would change, without changing it.")
@click.option(
    "--check",
    is_flag=True,
    help="Change nothing; exit with 4 if anything would change, or with 1 or 3 if notes fail or are skipped.",
)
def export(
    session: Session,
    query: tuple[str, ...],
    to: Path | None,
    form: str | None,
    single: str | None,
    diff: bool,
    check: bool,
    **choices: Any,
) -> int:
    """Export the briefings that match QUERY, or all, as Markdown notes.

    You can export again at any time: notes are found by their ID even if you moved them within the folder, unchanged
    notes are not rewritten, and your text, tags and properties are kept.
    """
    settings = session.settings.export
    # --single without --to is a path of its own, to which the setting doesn't apply
    folder = to or (paths.from_user(settings.to) if settings.to and single is None else None)
    if folder is None and single is None:
        raise UsageError("no export folder given", hint="give --to DIR, or set export.to in config.toml")
    if to and single is None and to.suffix.lower() in _FILE_SUFFIXES and not to.is_dir():
        raise UsageError(f"--to takes a folder, and {to} looks like a file", hint=f"to write one file: --single {to}")
    counts: Counter[str] = Counter()
    out = session.out
    if form is None:
        form = out.form if single == "-" and out.form in ("json", "jsonl") else "markdown"
    dry_run = session.dry_run or diff or check
    options = ExportOptions.of(settings, format=form, single=single, dry_run=dry_run, diff=diff, **choices)
    with (
        session.library() as library,
        nullcontext(_no_record) if single == "-" else out.records("export") as write,
        progress_bar(session, "Exporting") as progress,
    ):
        for exported in library.export(folder, words_of(query), options, progress=progress):
            if single == "-":
                out.piece(exported.text)
                continue
            counts[exported.status] += 1
            write(_record(exported), exported.id)
            _print(session, exported)
    if single != "-":
        out.info(
            ", ".join(f"{count:,} {status}" for status, count in counts.items())
            or ("nothing new" if options.brief else "nothing to export")
        )
    return _code(counts, check)


def _no_record(_record: object, _name: str | None = None) -> None:
    """Discard a record, since stdout gets the exported data."""


def _record(exported: Exported) -> dict[str, str]:
    return {
        "id": exported.id,
        "path": str(exported.path),
        "status": exported.status,
        "message": exported.message,
        "diff": exported.diff,
    }


def _print(session: Session, exported: Exported) -> None:
    out = session.out
    if exported.status == "failed":
        out.problem(exported.message, where=str(exported.path))
    elif exported.status != "unchanged" or out.verbose:
        message = f"  {exported.message}" if exported.message else ""
        style = _STYLES.get(exported.status, "dim")
        out.cells((f"{exported.status:<9}", style), f" {exported.path}", (message, "dim"))
    for line in exported.diff.splitlines():
        style = "green" if line.startswith("+") else "red" if line.startswith("-") else "dim"
        out.line((line, style))


def _code(counts: Counter[str], check: bool) -> int:
    """Return the exit code. With ``check``, a conflict counts as a change."""
    from briefreader.exporting.vault import CHANGES

    if counts["failed"] and counts["failed"] == counts.total():
        return errors.FAILURE
    if counts["failed"] or counts["skipped"] or (counts["conflict"] and not check):
        return errors.PARTIAL
    return errors.WOULD_CHANGE if check and any(counts[status] for status in CHANGES) else errors.OK


@command("pull")
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
def pull(session: Session, folder: Path | None) -> int:
    """Import your edits of exported notes, as one undoable change.

    Added tags become accepted topics, removed tags become rejected topics, and text in the notes section becomes the
    note on its briefing or insight.
    """
    setting = session.settings.export.to
    chosen = folder or (paths.from_user(setting) if setting else None)
    if chosen is None:
        raise UsageError("no export folder given", hint="give DIR, or set export.to in config.toml")
    with session.library() as library, session.out.records("pull") as write:
        pulled = library.pull(chosen, dry_run=session.dry_run)
        for change in pulled.changes:
            write(asdict(change), change.target)
            what = f"{change.what} {change.topic}".strip()
            session.out.cells((f"{change.target:<8}", "cyan"), f"{what:<24} ", (change.path, "dim"))
        for problem in pulled.problems:
            write({"path": problem.path, "error": problem.message})
            session.out.problem(problem.message, where=problem.where or problem.path, hint=problem.hint)
    session.report(pulled.batch, "dry run, nothing written" if session.dry_run else "")
    return errors.PARTIAL if pulled.problems else errors.OK
