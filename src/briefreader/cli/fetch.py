"""The ``fetch`` command: fetch, store and tag new briefings from the sources."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from briefreader import errors
from briefreader.cli.alerts import fire
from briefreader.cli.command import command
from briefreader.cli.sources import ask_password, report_problems

if TYPE_CHECKING:
    from briefreader.cli.session import Session
    from briefreader.library import Library
    from briefreader.library.item_storage import SourceResult
    from briefreader.sources.config import Source

_PARTS = (("new", "green"), ("revised", "green"), ("skipped", "dim"), ("failed", "red"))


def _seconds(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """Return the seconds in a duration such as 90s, 10m or 1h."""
    from briefreader.sources.config import seconds

    found = seconds(value)
    if found is None:
        raise click.BadParameter(f"{value} is not a duration such as 90s, 10m or 1h", ctx, param)
    return found


@command("fetch")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--all", "everything", is_flag=True, help="Also check sources that are not due yet.")
@click.option(
    "--wait",
    callback=_seconds,
    default="10m",
    metavar="DURATION",
    help="How long to wait for another bulk command to finish. Default: 10m.",
)
def fetch(session: Session, names: tuple[str, ...], everything: bool, wait: int) -> int:
    """Fetch, store and tag new briefings from the sources.

    Without SOURCE, fetches the sources that are due. Prints a line on stderr for each source that was checked; with
    --json or --jsonl, also a record on stdout for each source, due or not. The exit code is 1 if all checked sources
    failed, and 3 if some failed, if sources.toml has errors, or if the network is down.
    """
    from briefreader.library.fetching import FetchOptions

    def ask_for(source: Source) -> str:
        session.out.clear_bar()
        return ask_password(source)

    ask = None if session.no_input or not sys.stdin.isatty() else ask_for
    options = FetchOptions(names, everything=everything, dry_run=session.dry_run, wait=wait, ask_password=ask)
    with session.library(create=True) as library:
        path = library.sources.path
        problems = library.sources.load()[1]
        report_problems(session, path, problems)
        counts = _fetch(session, library, options)
        if counts["sources"]:
            batch = library.last_batch
            _sum_up(session, counts, batch.number if batch and not session.dry_run else 0)
            fire(session, library)
        elif not problems and not names:
            session.out.info("no sources yet; to add one: briefreader sources add https://example.com/feed")
    return _exit_code(counts, bool(problems))


def _fetch(session: Session, library: Library, options: Any) -> Counter[str]:
    from briefreader.library.item_storage import SourceResult

    counts: Counter[str] = Counter()
    with session.out.records("fetch") as write, session.out.progress("Fetching") as advance:
        for result in library.fetch(options, progress=lambda at: advance(at.done, at.total or None)):
            if not isinstance(result, SourceResult):
                counts["tagged"] += 1
                continue
            counts["sources"] += 1
            counts[result.status] += 1
            counts["new"] += result.new
            write(_record(result), result.source)
            _print(session, result)
    session.out.detail(f"{counts['tagged']:,} tagged")
    return counts


def _print(session: Session, result: SourceResult) -> None:
    out = session.out
    match result.status:
        case "failed" | "disabled":
            out.problem(result.message, where=result.source)
        case "offline":
            out.detail(f"{result.source}: not checked: {result.message}")
        case "not due":
            out.detail(f"{result.source}: not due yet")
        case "unchanged":
            out.info((f"{result.source}  ", "dim"), ("nothing new", "dim"))
        case _:
            parts = [(f"{getattr(result, name):,} {name}", style) for name, style in _PARTS if getattr(result, name)]
            out.info(
                f"{result.source}  ", *(piece for part in parts for piece in (part, "  ")), (result.message, "dim")
            )
    for added in result.added:
        if added.status == "failed":
            out.problem(added.message, where=added.path)


def _sum_up(session: Session, counts: Counter[str], batch: int) -> None:
    if offline := counts["offline"]:
        session.out.info(f"no network: {offline} {'source' if offline == 1 else 'sources'} not checked")
    undo = f" · undo with: briefreader undo {batch}" if batch and counts["new"] else ""
    dry = " · dry run, nothing stored" if session.dry_run else ""
    session.out.info(f"{counts['new']:,} new briefing{'s' * (counts['new'] != 1)}{undo}{dry}")


def _exit_code(counts: Counter[str], problems: bool) -> int:
    tried = counts["ok"] + counts["unchanged"] + counts["failed"]
    if counts["failed"] and counts["failed"] == tried:
        return errors.FAILURE
    return errors.PARTIAL if counts["failed"] or counts["offline"] or problems else errors.OK


def _record(result: SourceResult) -> dict[str, Any]:
    names = ("source", "status", "new", "revised", "unchanged", "skipped", "failed", "bytes")
    return {
        **{name: getattr(result, name) for name in names},
        "seconds": round(result.seconds, 3),
        "message": result.message,
    }
