"""``sources``: where briefings come from: list, add, remove, import and export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefreader import errors
from briefreader.cli.command import LazyGroup, command
from briefreader.cli.output import Column

if TYPE_CHECKING:
    from briefreader.cli.session import Session
    from briefreader.library.source_list import SourceList
    from briefreader.sources.config import Kind, Source, SourceProblem

_COMMANDS = {"list": "list_", "add": "add", "remove": "remove", "import": "import_", "export": "export"}
_COLUMNS = (Column(28, "green"), Column(7, "dim"), Column(0))

sources = LazyGroup(
    "sources",
    import_paths={name: f"sources:{function}" for name, function in _COMMANDS.items()},
    help="Where briefings come from: feeds, mail folders, notmuch, IMAP and watched folders.",
)


def source_list(session: Session) -> SourceList:
    """Return the list of sources of the library in use."""
    from briefreader.library.source_list import SourceList

    session.folder.mkdir(parents=True, exist_ok=True)
    return SourceList(session.folder)


def report_problems(session: Session, path: Path, problems: list[SourceProblem]) -> int:
    """Report what is wrong in sources.toml, on stderr; return the exit code."""
    for problem in problems:
        session.out.problem(problem.message, where=f"{path}:{problem.line}", hint=problem.hint)
    return errors.PARTIAL if problems else errors.OK


@command("list")
def list_(session: Session) -> int:
    """List the sources."""
    listed = source_list(session)
    found, problems = listed.load()
    with session.out.records("sources list") as write:
        for source in found:
            write(_record(source), source.name)
            session.out.row(_COLUMNS, (source.name, source.kind, source.address))
    if not found and not problems:
        session.out.info("no sources yet: briefreader sources add https://example.com/feed")
    return report_problems(session, listed.path, problems)


@command("add")
@click.argument("address")
@click.option("--name", default="", help="Name of the source. Default: the host, or the folder's name.")
@click.option(
    "--kind",
    type=click.Choice(["feed", "maildir", "mbox", "folder", "notmuch", "imap"]),
    help="Kind of source. Default: taken from the address.",
)
@click.option("--every", default="", help="How often to check it, such as 30m or 1d.")
@click.option("--since", default="", help="How far back the first fetch goes, such as 30d.")
@click.option("--topic", "topics", multiple=True, help="Topic that every briefing of the source gets.")
@click.option("--full", is_flag=True, help="Fetch the pages that a feed's items link to.")
@click.option("--password-command", default="", help="Command that prints the password of an IMAP account.")
def add(session: Session, address: str, name: str, kind: Kind | None, password_command: str, **keys: Any) -> None:
    """Add a source to sources.toml.

    ADDRESS is the URL of a feed, the path of a Maildir, mbox or folder, imaps://user@host/FOLDER, or with --kind
    notmuch a query.
    """
    if password_command and kind is None and not address.startswith("imaps:"):
        raise errors.UsageError("--password-command is for IMAP only")
    listed = source_list(session)
    source = listed.add(address, name=name, kind=kind, **_toml_keys(keys, password_command))
    with session.out.records("sources add") as write:
        write(_record(source), source.name)
    session.out.info(f"added {source.name} ({source.kind}) · fetch it with: briefreader fetch '{source.name}'")


def _toml_keys(keys: dict[str, Any], password_command: str) -> dict[str, object]:
    found: dict[str, object] = {name: value for name, value in keys.items() if value}
    if "topics" in found:
        found["topics"] = list(keys["topics"])
    if password_command:
        found["password"] = {"command": password_command}
    return found


@command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def remove(session: Session, names: tuple[str, ...]) -> None:
    """Remove sources from the list. Their briefings stay; the former file goes to backups/."""
    listed = source_list(session)
    found = [listed.find(name) for name in names]
    session.confirm(f"Remove {', '.join(source.name for source in found)} from the sources?")
    with session.out.records("sources remove") as write:
        for source in found:
            if not session.dry_run:
                listed.remove(source.name)
            write(_record(source), source.name)
    session.out.info(f"{len(found)} removed; the former list is in {listed.path.parent / 'backups'}")


@command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE.opml")
def import_(session: Session, file: Path) -> None:
    """Add the feeds of an OPML list, as every feed reader exports it."""
    added, known = source_list(session).import_opml(file.read_bytes())
    with session.out.records("sources import") as write:
        for source in added:
            write(_record(source), source.name)
            session.out.line((f"{source.name}  ", "green"), (source.address, "dim"))
    session.out.info(f"{len(added)} added, {known} already listed")


@command("export")
@click.option("--to", type=click.Path(path_type=Path), help="File to write; default: stdout.")
def export(session: Session, to: Path | None) -> None:
    """Write the feeds as OPML."""
    from briefreader.paths import atomic_write

    data = source_list(session).export_opml()
    if to is None:
        session.out.data(data)
    else:
        atomic_write(to, data)
        session.out.info(f"written to {to}")


def _record(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "kind": source.kind,
        "address": source.address,
        "every": source.interval,
        "topics": list(source.topics),
    }
