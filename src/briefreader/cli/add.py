"""The ``add``, ``remove`` and ``reread`` commands."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefreader import errors, query
from briefreader.cli.alerts import fire
from briefreader.cli.command import command
from briefreader.cli.param_types import BriefingId, SourcePath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from briefreader.cli.session import Session
    from briefreader.library import Library
    from briefreader.library.deduplication import Added
    from briefreader.library.ingest import Source
    from briefreader.library.progress import Progress

_COUNTED = (  # each outcome, with its name in a summary for one and for several documents
    ("added", "added", "added"),
    ("revision", "updated", "updated"),
    ("changed", "changed", "changed"),
    ("alias", "duplicate skipped", "duplicates skipped"),
    ("known", "already in the library", "already in the library"),
    ("unchanged", "unchanged", "unchanged"),
    ("removed", "removed earlier", "removed earlier"),
    ("skipped", "skipped", "skipped"),
    ("failed", "failed", "failed"),
)
_STYLES = {"added": "green", "revision": "green", "changed": "green", "failed": "red"}


@command("add")
@click.argument("sources", nargs=-1, required=True, type=SourcePath(), metavar="PATH|URL...|-")
@click.option("--source", default="", metavar="NAME", help="Source of all added briefings, instead of their own.")
@click.option("--watch", is_flag=True, help="Keep running and add new or changed files until you press Ctrl-C.")
def add(session: Session, sources: tuple[str, ...], source: str, watch: bool) -> int:
    """Add briefings from files, folders, a web page, a feed or stdin.

    Reads .txt .md .html .eml .mbox, Maildirs, feed files, .json .jsonl .csv .vtt .srt .docx .epub, and .pdf (with the
    extra pdf). File types are detected from content. Documents that the library already has are skipped.

    With -, reads one document from stdin, in any of these formats. JSON Lines have the form
    {"title", "text", "source", "published", "url", "insights": [{"title", "text"}]}.

    Only the given URLs are fetched, not the pages that they link to.
    """
    with session.library(create=True) as library:
        code = _add(session, library, sources_of(sources), source, revive=not watch)
        if watch:
            _watch(session, library, [Path(path) for path in sources if Path(path).exists()], source)
    return code


def sources_of(words: Iterable[str]) -> list[Source]:
    """Return the arguments for ``Library.add``, with stdin in place of ``-``."""
    return [sys.stdin.buffer if word == "-" else word for word in words]


def _add(session: Session, library: Library, sources: Sequence[Source], source: str, *, revive: bool) -> int:
    """Add the sources, print records and a summary, and return the exit code."""
    counts: Counter[str] = Counter()
    without_source: Counter[str] = Counter()
    with session.out.records("add") as write, progress_bar(session, "Adding") as progress:
        adding = library.add(sources, source=source, dry_run=session.dry_run, revive=revive, progress=progress)
        for added in adding:
            counts[added.status] += 1
            if added.status == "added" and not added.of and not added.source:
                without_source[Path(added.path).parent.name] += 1
            write(_record(added), added.id or None)
            print_added(session, added)
    code = _sum_up(session, library, counts)
    if not session.dry_run:
        _suggest_sources(session, without_source)
        fire(session, library)
    return code


def _suggest_sources(session: Session, without_source: Counter[str]) -> None:
    """Suggest ``edit --source`` for the folder with the most briefings without a source."""
    [(folder, count)] = without_source.most_common(1) or [("", 0)]
    if folder:
        command = f"edit --source {shlex.quote(folder)} -- source:none path:{shlex.quote(query.quote(folder))}"
        session.out.info(f"{count:,} without a source in {folder} · to set one: briefreader {command}")


def _record(added: Added) -> dict[str, Any]:
    return {
        "path": added.path,
        "status": added.status,
        "id": added.id,
        "title": added.title,
        "insights": added.insights,
        "message": added.message,
        "of": added.of,
        "rule": added.rule,
    }


def print_added(session: Session, added: Added) -> None:
    """Print a line for an added briefing, or a failure on stderr."""
    if added.status == "failed":
        session.out.problem(added.message, where=added.path)
        return
    plural = "" if added.insights == 1 else "s"
    insights = f"{added.insights} insight{plural}" if added.status in ("added", "revision") else ""
    if session.out.is_tabular:
        session.out.cells(added.status, added.id, added.title or added.path, insights, added.message)
        return
    message = f"  ({added.message})" if added.message else ""
    session.out.paragraph(
        [(f"{added.status:<9}", _STYLES.get(added.status, "dim")), (f"{added.id:<8}", "cyan")],
        added.title or added.path,
        (f"  {insights}{message}" if insights else message, "dim"),
    )


def _sum_up(session: Session, library: Library, counts: Counter[str]) -> int:
    if session.dry_run:
        session.out.info(f"{summary(counts)} · dry run, nothing written")
    else:
        session.report(library.last_batch, summary(counts))
    return exit_code(counts)


def summary(counts: Counter[str]) -> str:
    """Return the counts by outcome, such as ``3 added, 1 failed``."""
    parts = [f"{counts[name]:,} {one if counts[name] == 1 else many}" for name, one, many in _COUNTED if counts[name]]
    return ", ".join(parts) or "nothing to add: briefreader reads documents, feeds and mail from a folder"


def exit_code(counts: Counter[str]) -> int:
    """Return the exit code: 1 if all files failed, 3 if some did, else 0."""
    if not counts["failed"]:
        return errors.OK
    return errors.PARTIAL if counts.total() > counts["failed"] else errors.FAILURE


class progress_bar:
    """Show a progress bar, and yield the callback for a bulk operation."""

    def __init__(self, session: Session, label: str) -> None:
        self._bar = session.out.progress(label)

    def __enter__(self) -> Callable[[Progress], None]:
        advance = self._bar.__enter__()
        return lambda progress: advance(progress.done, progress.total or None)

    def __exit__(self, *error: Any) -> None:
        self._bar.__exit__(*error)


def _watch(session: Session, library: Library, places: list[Path], source: str) -> None:
    from briefreader.reading.watch import changes

    session.out.info(f"watching {', '.join(map(str, places))}; press Ctrl-C to stop")
    for new in changes(*(place.resolve() for place in places)):
        _add(session, library, sorted(new), source, revive=False)
        session.out.flush()


@command("remove")
@click.argument("ids", nargs=-1, required=True, type=BriefingId(), metavar="ID...")
def remove(session: Session, ids: tuple[str, ...]) -> None:
    """Remove briefings from the library, after confirmation.

    `undo` restores them, with your decisions.
    """
    with session.library() as library, session.out.records("remove") as write:
        found = [library.resolve(id) for id in ids]
        for id in found:
            title = library.briefing(id).title
            write({"id": id, "title": title}, id)
            session.out.cells((f"{id:<8}", "cyan"), title)
        if session.dry_run:
            return
        session.confirm(f"Remove {len(found):,} briefing{'s' * (len(found) != 1)} from the library?")
        session.report(library.remove(found))


@command("reread")
@click.argument("ids", nargs=-1, type=BriefingId(), metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Re-parse all briefings of the library.")
@click.option(
    "--source",
    default="",
    metavar="NAME",
    help="Re-parse all briefings of a source.",
)
def reread(session: Session, ids: tuple[str, ...], everything: bool, source: str) -> int:
    """Re-parse the stored originals of briefings, for example after an upgrade.

    Give IDs, --all or --source. The IDs, notes, decisions and your corrections are kept.
    """
    given = (bool(ids), everything, bool(source)).count(True)
    if given > 1:
        raise errors.UsageError("IDs, --source and --all can't be combined", hint="give one of them")
    if not given:
        raise errors.UsageError("no briefings given", hint="give IDs, --source NAME or --all")
    counts: Counter[str] = Counter()
    with session.library() as library, session.out.records("reread") as write:
        for added in library.reread(ids or None, source=source, dry_run=session.dry_run):
            counts["unchanged" if added.status == "known" else added.status] += 1
            write(_record(added), added.id)
            print_added(session, added)
        return _sum_up(session, library, counts)
