"""The commands accept, reject, mark, note, edit and saved."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from briefreader.cli.argv import sort_words
from briefreader.cli.command import LazyGroup, QueryCommand, command
from briefreader.cli.param_types import BriefingId, IdOrQuery, QueryWord, TopicId
from briefreader.cli.session import words_of
from briefreader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from briefreader.cli.session import Session
    from briefreader.library import Library
    from briefreader.model import Verdict


def _decide(session: Session, id: str, topics: tuple[str, ...], verdict: Verdict) -> None:
    with session.library() as library, session.out.records(verdict) as write:
        topics = tuple(library.taxonomy.topic(topic).id for topic in topics)
        for topic in topics:
            write({"target": id, "topic": topic, "verdict": verdict}, id)
        session.change(lambda: library.decide_many([(id, topic, verdict) for topic in topics]))


@command("accept")
@click.argument("id", type=BriefingId())
@click.argument("topics", nargs=-1, required=True, type=TopicId(), metavar="TOPIC...")
def accept(session: Session, id: str, topics: tuple[str, ...]) -> None:
    """Accept topics for a briefing (7f3a) or insight (7f3a.2).

    The tagger learns from your decisions.
    """
    _decide(session, id, topics, "accepted")


@command("reject")
@click.argument("id", type=BriefingId())
@click.argument("topics", nargs=-1, required=True, type=TopicId(), metavar="TOPIC...")
def reject(session: Session, id: str, topics: tuple[str, ...]) -> None:
    """Reject topics for a briefing (7f3a) or insight (7f3a.2).

    The tagger learns from your decisions.
    """
    _decide(session, id, topics, "rejected")


class LiteralCommand(QueryCommand):
    """A command whose query matches neither similar words nor synonyms."""

    words = "all of these words, in any order, without typos or synonyms"


@command("mark", cls=LiteralCommand)
@click.argument("query", nargs=-1, type=QueryWord())
@click.option("--read/--unread", "read", default=None, help="Mark as read or unread.")
@click.option("--star/--unstar", "starred", default=None, help="Add or remove the star.")
@click.option("--id", "ids", multiple=True, type=BriefingId(), help="Also mark the briefing with this ID; repeatable.")
def mark(
    session: Session, query: tuple[str, ...], read: bool | None, starred: bool | None, ids: tuple[str, ...]
) -> None:
    """Mark the briefings that match QUERY as read, unread, starred or unstarred.

    With neither QUERY nor --id, marks all briefings, after confirmation.
    """
    if read is None and starred is None:
        raise UsageError("no mark given", hint="give --read, --unread, --star or --unstar")
    with session.library() as library, session.out.records("mark") as write:
        found = [library.resolve(id) for id in ids]
        if query or not ids:
            found += _matching(library, query)
        if not query and not ids:
            session.confirm(f"Mark all {len(found):,} briefings?")
        for id in found:
            write({"id": id, "read": read, "starred": starred}, id)
            if session.dry_run:
                _print_title(session, library, id)
        if session.dry_run or not found:
            session.out.info(_unchanged(len(found)))
            if not found and library.key_of(name := words_of(query)) is not None:
                session.out.info(f"  to mark a briefing by its ID: --id {name}")
        else:
            session.report(library.mark(found, read=read, starred=starred))


@command("note")
@click.argument("id", type=BriefingId())
@click.argument("text", nargs=-1, metavar="[TEXT|-]")
def note(session: Session, id: str, text: tuple[str, ...]) -> None:
    """Write a note on a briefing or insight; an empty note deletes it.

    Reads the note from TEXT, or from stdin if TEXT is -. Without TEXT, opens the note in your editor; with --no-input,
    or if stdin is not a terminal, prints it instead.
    """
    with session.library() as library:
        former = library.note_of(id)
        if text == ("-",):
            new = sys.stdin.read()
        elif text:
            new = " ".join(text)
        elif session.no_input or not sys.stdin.isatty():
            session.out.record({"target": id, "note": former})
            if session.out.form == "human" and former:
                session.out.text(former)
            return
        else:
            from briefreader.cli.editor import edit_text

            new = edit_text(former, editor=session.settings.editor)
        session.out.record({"target": id, "note": new.strip()})
        if new.strip() == former:
            session.out.info("note unchanged")
        else:
            session.change(lambda: library.note(id, new))


class EditCommand(LiteralCommand):
    """A command that takes IDs before ``--`` and a query after it."""

    def sort(self, args: list[str], counts: Mapping[str, int]) -> list[str]:
        """Return the arguments with the words before ``--`` as ``--id`` options."""
        found = sort_words(args, counts)
        return [*found.options, *(f"--id={word}" for word in found.words), "--", *found.rest]


@command("edit", cls=EditCommand)
@click.argument("query", nargs=-1, type=IdOrQuery(), metavar="[ID]... [-- QUERY]")
@click.option("--id", "ids", multiple=True, type=BriefingId(), hidden=True)
@click.option("--title", help="New title; only for a single briefing.")
@click.option("--source", help="New source.")
@click.option("--author", help="New author.")
@click.option("--published", metavar="DATE", help="New date, such as 2026-02-20; empty for unknown.")
def edit(session: Session, query: tuple[str, ...], ids: tuple[str, ...], **given: str | None) -> None:
    """Correct the metadata of briefings, selected by ID or by a QUERY after --.

    `reread` keeps the corrections. For example, to set the source of the briefings from a folder that have none:
    edit --source Kelp -- source:none path:kelp-reports
    """
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes or not (ids or query):
        missing = ("nothing to edit", "give --title, --source, --author or --published") if ids or query else None
        message, hint = missing or ("no briefings given", "give IDs, or a query after --")
        raise UsageError(message, hint=hint)
    with session.library() as library, session.out.records("edit") as write:
        found = [library.resolve(id) for id in ids] + (_matching(library, query) if query else [])
        if "title" in changes and len(found) > 1:
            raise UsageError(f"{len(found):,} briefings would get the same title", hint="give a single ID")
        for id in found:
            write({"id": id, **changes}, id)
            if session.dry_run:
                _print_title(session, library, id)
        if session.dry_run or not found:
            session.out.info(_unchanged(len(found)))
        else:
            session.report(library.edit(found, **changes))


saved = LazyGroup(
    "saved",
    import_paths={"list": "accept:saved_list", "add": "accept:saved_add", "remove": "accept:saved_remove"},
    help="Manage saved searches.",
)


@command("list")
def saved_list(session: Session) -> None:
    """List the saved searches and how many briefings each finds.

    To use one in a query, write saved:NAME.
    """
    with session.library() as library, session.out.records("saved list") as write:
        for name, query in library.saved():
            count = library.count(query)
            write({"name": name, "query": query, "count": count}, name)
            session.out.cells((name, "bold"), (f"  {count:,}", "dim"), f"  {query}")


@command("add", cls=QueryCommand)
@click.argument("name")
@click.argument("query", nargs=-1, required=True, type=QueryWord())
def saved_add(session: Session, name: str, query: tuple[str, ...]) -> None:
    """Save QUERY under NAME. An existing saved search of that name is replaced."""
    with session.library() as library:
        session.out.record({"name": name, "query": words_of(query)})
        session.change(lambda: library.save_search(name, words_of(query)))


@command("remove")
@click.argument("name")
def saved_remove(session: Session, name: str) -> None:
    """Delete the saved search NAME."""
    with session.library() as library:
        session.out.record({"name": name})
        session.change(lambda: library.drop_search(name))


def _matching(library: Library, query: tuple[str, ...]) -> list[str]:
    """Return the IDs of the briefings that match a query, without tolerating typos."""
    return [row.id for row in library.list(words_of(query), literal=True)]


def _print_title(session: Session, library: Library, id: str) -> None:
    session.out.cells((f"{id:<8}", "cyan"), library.briefing(id).title)


def _unchanged(count: int) -> str:
    """Return the message of a command that changed none of the matching briefings."""
    matching = f"{count:,} briefings match" if count > 1 else f"{count or 'no'} briefing matches"
    return f"{matching}; nothing changed"
