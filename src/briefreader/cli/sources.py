"""The ``sources`` commands: list, test and edit the sources that ``fetch`` reads."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefreader import errors
from briefreader.cli.command import LazyGroup, command
from briefreader.cli.output import Column
from briefreader.cli.param_types import TopicId

if TYPE_CHECKING:
    from briefreader.cli.session import Session
    from briefreader.library.source_checks import Health
    from briefreader.library.source_list import SourceList
    from briefreader.sources.config import Kind, Source, SourceProblem

_COMMANDS = {"list": "list_", "test": "test", "add": "add", "remove": "remove", "import": "import_", "export": "export"}
_COLUMNS = (Column(28, "green"), Column(7, "dim"), Column(5), Column(9, "dim"), Column(9, "dim"), Column(0))
DRY_RUN = " · dry run, nothing written"
_ITEM_COLUMNS = (Column(10, "dim"), Column(0))

sources = LazyGroup(
    "sources",
    import_paths={name: f"sources:{function}" for name, function in _COMMANDS.items()},
    help="Manage sources: feeds, mail folders, notmuch, IMAP and watched folders.",
)


def source_list(session: Session) -> SourceList:
    """Return the sources of the current library."""
    from briefreader.library.source_list import SourceList

    return SourceList(session.folder, dry_run=session.dry_run)


def report_problems(session: Session, path: Path, problems: list[SourceProblem]) -> int:
    """Report errors of sources.toml on stderr; return the exit code."""
    for problem in problems:
        session.out.problem(problem.message, where=f"{path}:{problem.line}", hint=problem.hint)
    return errors.PARTIAL if problems else errors.OK


@command("list")
def list_(session: Session) -> int:
    """List the sources: kind, state, activity, and address or latest error.

    The state is new (never fetched), ok, error, or off (the feed is gone). The activity is the number of briefings per
    week in the last four weeks, and the share of the source's briefings that are marked as read.
    """
    with session.library(create=True) as library:
        found = library.source_health()
        path, problems = library.sources.path, library.sources.load()[1]
    with session.out.records("sources list") as write:
        for health in found:
            write(_health_record(health), health.source.name)
            session.out.row(_COLUMNS, _health_row(health))
    if not found and not problems:
        session.out.info("no sources yet; to add one: briefreader sources add https://example.com/feed")
    return report_problems(session, path, problems)


def _health_record(health: Health) -> dict[str, Any]:
    state, activity = health.state, health.activity
    return {
        **_record(health.source),
        "last_success": _time(state.last_success),
        "error": state.disabled or state.last_error,
        "items_per_week": round(activity.per_week, 2),
        "briefings": activity.briefings,
        "read": round(activity.read, 3),
        "starred": round(activity.starred, 3),
        "boilerplate": round(activity.boilerplate, 3),
    }


def _health_row(health: Health) -> tuple[str, ...]:
    source, activity = health.source, health.activity
    state = health.state
    word = "off" if state.disabled else "error" if state.errors else "ok" if state.last_success else "new"
    week, read = f"{activity.per_week:.1f}/week", f"{activity.read:.0%} read"
    return source.name, source.kind, word, week, read, state.disabled or state.last_error or source.address


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else ""


@command("test")
@click.argument("name")
def test(session: Session, name: str) -> None:
    """Connect to a source and show what it offers, without storing anything.

    Shows the five newest items, how many of the last 100 stored briefings each rule would have matched, and the
    unsubscribe links in its mails. The links are never opened.
    """
    with session.library(create=True) as library:
        trial = library.try_source(name, None if session.no_input else ask_password)
        links = library.unsubscribe_links(library.sources.find(name).name)
    session.out.info(("ok", "green"), f"  {trial.items} items in {trial.seconds:.1f} s")
    with session.out.records("sources test") as write:
        for briefing in trial.newest:
            write(
                {"title": briefing.title, "published": briefing.published, "url": briefing.url, "words": briefing.words}
            )
            session.out.row(_ITEM_COLUMNS, (briefing.published[:10], briefing.title))
    for problem in trial.problems:
        session.out.problem(problem.message, where=problem.path, hint=problem.hint)
    for rule, count in trial.rules:
        session.out.info(f"rule {rule}: {count} of the last {trial.tried}")
    for publisher, url in links:
        session.out.info(f"unsubscribe from {publisher}: {url}")


@command("add")
@click.argument("address")
@click.option("--name", default="", help="Name of the source. Default: taken from the address.")
@click.option(
    "--kind",
    type=click.Choice(["feed", "maildir", "mbox", "folder", "notmuch", "imap"]),
    help="Kind of source. Default: taken from the address.",
)
@click.option(
    "--every",
    default="",
    metavar="DURATION",
    help="How often to fetch it, such as 30m or 1d. Default: 1h for feeds, 15m for others.",
)
@click.option(
    "--topic", "topics", multiple=True, type=TopicId(), help="Topic to assign to all of its briefings; repeatable."
)
@click.option(
    "--since",
    default="",
    metavar="DURATION",
    help="Mail only: how far back the first fetch goes, such as 90d. Default: 30d.",
)
@click.option("--full", is_flag=True, help="Feeds only: also fetch the pages that the items link to.")
@click.option("--password-command", default="", help="Command that prints the password of an IMAP account.")
def add(session: Session, address: str, name: str, kind: Kind | None, password_command: str, **keys: Any) -> None:
    """Add a source to sources.toml.

    ADDRESS is the URL of a feed, the path of a Maildir, mbox or folder, imaps://user@host/FOLDER, or (with --kind
    notmuch) a notmuch query.
    """
    if password_command and kind is None and not address.startswith("imaps:"):
        raise errors.UsageError("--password-command is for IMAP only")
    listed = source_list(session)
    source = listed.add(address, name=name, kind=kind, **_toml_keys(keys, password_command))
    with session.out.records("sources add") as write:
        write(_record(source), source.name)
    then = DRY_RUN if session.dry_run else f" · fetch it with: briefreader fetch '{source.name}'"
    session.out.info(f"added {source.name} ({source.kind}){then}")


def _toml_keys(keys: dict[str, Any], password_command: str) -> dict[str, object]:
    found: dict[str, object] = {name: value for name, value in keys.items() if value}
    if password_command:
        found["password"] = {"command": password_command}
    return found


@command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def remove(session: Session, names: tuple[str, ...]) -> None:
    """Remove sources from sources.toml, after confirmation.

    Their briefings stay in the library. The previous file is saved in the library's backups folder.
    """
    listed = source_list(session)
    found = [listed.find(name) for name in names]
    session.confirm(f"Remove {', '.join(source.name for source in found)} from the sources?")
    with session.out.records("sources remove") as write:
        for source in found:
            listed.remove(source.name)
            write(_record(source), source.name)
    saved = DRY_RUN if session.dry_run else f"; previous list saved in {listed.path.parent / 'backups'}"
    session.out.info(f"{len(found)} removed{saved}")


@command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE.opml")
def import_(session: Session, file: Path) -> None:
    """Add the feeds listed in an OPML file, which most feed readers can export."""
    try:
        added, known = source_list(session).import_opml(file.read_bytes())
    except errors.ReadingError as error:
        raise errors.ReadingError(error.message, where=str(file), hint=error.hint) from error
    with session.out.records("sources import") as write:
        for source in added:
            write(_record(source), source.name)
            session.out.cells((f"{source.name}  ", "green"), (source.address, "dim"))
    session.out.info(f"{len(added)} added, {known} already listed{DRY_RUN if session.dry_run else ''}")


@command("export")
@click.option("--to", type=click.Path(path_type=Path), metavar="FILE", help="File to write. Default: stdout.")
def export(session: Session, to: Path | None) -> None:
    """Write the feeds in sources.toml as OPML; other sources are left out."""
    from briefreader.atomic import atomic_write

    data = source_list(session).export_opml()
    if to is None:
        session.out.data(data)
    elif session.dry_run:
        session.out.info(f"{to}{DRY_RUN}")
    else:
        atomic_write(to, data)
        session.out.info(f"written to {to}")


def _record(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "kind": source.kind,
        "address": source.address,
        "every": source.interval,
    }


def ask_password(source: Source) -> str:
    """Prompt for a password on the terminal."""
    answer: str = click.prompt(f"Password for {source.name}", hide_input=True, err=True)
    return answer
