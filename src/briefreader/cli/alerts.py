"""The ``alerts`` commands: queries that report matching new briefings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from briefreader.cli.command import LazyGroup, command
from briefreader.cli.output import Column

if TYPE_CHECKING:
    from briefreader.cli.session import Session
    from briefreader.library import Library
    from briefreader.library.alerts import Replay
    from briefreader.storage.alerts import Alert

_COMMANDS = {"list": "list_", "add": "add", "test": "test", "remove": "remove"}
_COLUMNS = (Column(20, "green"), Column(30), Column(8), Column(20, "dim"), Column(0, "dim"))

alerts = LazyGroup(
    "alerts",
    import_paths={name: f"alerts:{function}" for name, function in _COMMANDS.items()},
    help="Manage alerts: queries that report new briefings after add, fetch or tag, and may run a program.",
)


@command("list")
def list_(session: Session) -> None:
    """List the alerts, how often each fired, and when it last fired."""
    with session.library() as library, session.out.records("alerts list") as write:
        found = library.alerts()
        for alert in found:
            write(_record(alert, library.replay_alert(alert.query)), alert.name)
            session.out.row(_COLUMNS, [alert.name, alert.query, f"{alert.fired:,}", alert.last, alert.program])
    if not found:
        session.out.info("no alerts yet; to add one: briefreader alerts add NAME --query topic:moe")


def _record(alert: Alert, replay: Replay) -> dict[str, Any]:
    return {
        "name": alert.name,
        "query": alert.query,
        "fired": alert.fired,
        "accepted": replay.accepted,
        "decided": replay.decided,
        "last": alert.last,
        "program": alert.program,
    }


@command("add", options_metavar="--query QUERY [OPTIONS]")
@click.argument("name")
@click.option(
    "--query",
    required=True,
    metavar="QUERY",
    help="Query that briefings must match, such as 'topic:moe is:new'. Required.",
)
@click.option("--exec", "program", default="", metavar="PROGRAM", help="Program to run each time the alert fires.")
def add(session: Session, name: str, query: str, program: str) -> None:
    """Add or replace an alert, and show how often it would have fired in the last 90 days.

    The alert fires once for each matching briefing that is added later. If QUERY has story:, sources:, is:story,
    is:new, is:updated or is:repeat, it fires once for each story, or insight without a story, instead. PROGRAM runs
    without a shell and without arguments, gets a JSON record on its stdin, and is stopped after 10 seconds.
    """
    with session.library(create=True) as library:
        for remark in library.remarks(query):
            session.out.info(remark)
        replay = library.replay_alert(query)
        added = None if session.dry_run else library.add_alert(name, query, program)
        session.out.record({"name": name, "query": query, "replay": str(replay)})
        session.out.info(str(replay))
        session.report(added, "dry run, nothing written" if added is None else "")


@command("test")
@click.argument("name")
def test(session: Session, name: str) -> None:
    """Show how often an alert would have fired in the last 90 days, with up to five titles.

    Its program is not run.
    """
    with session.library() as library:
        alert = library.alert(name)
        replay = library.replay_alert(alert.query)
    session.out.record({**_record(alert, replay), "fired": replay.fired, "titles": list(replay.titles)})
    session.out.line((f"{alert.name}: ", "bold"), str(replay))
    for title in replay.titles:
        session.out.line(("  " + title, "dim"))


@command("remove")
@click.argument("name")
def remove(session: Session, name: str) -> None:
    """Delete an alert."""
    with session.library() as library:
        session.out.record({"name": library.alert(name).name})
        session.change(lambda: library.drop_alert(name))


def fire(session: Session, library: Library) -> None:
    """Fire the alerts that match new briefings, and print a line on stderr for each match."""
    if session.dry_run:
        return
    for fired in library.fire_alerts():
        session.out.info(("alert ", "yellow"), (fired.alert, "bold"), f": {fired.title} ", (fired.target, "cyan"))
        if fired.problem:
            session.out.problem(fired.problem, where=fired.alert)
