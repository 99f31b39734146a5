"""The ``tag`` command and ``--bulk-tag``: assign topics automatically or by hand."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from briefreader import errors
from briefreader.cli.add import exit_code, print_added, progress_bar, sources_of, summary
from briefreader.cli.alerts import fire
from briefreader.cli.argv import sort_words
from briefreader.cli.command import QueryCommand, batch_option, command, sensitivity_option
from briefreader.cli.param_types import DecisionOrQuery, SourcePath
from briefreader.cli.session import words_of
from briefreader.errors import UsageError
from briefreader.model import TopicScore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from briefreader.cli.records import Record
    from briefreader.cli.session import Session
    from briefreader.library import Library
    from briefreader.library.deduplication import Added
    from briefreader.library.tagging import Tagged
    from briefreader.model import Verdict
    from briefreader.tagging.tagger import Sensitivity

_VERDICTS: dict[str, Verdict] = {"+": "accepted", "-": "rejected"}


class TagCommand(QueryCommand):
    """A command that takes a query, or decisions, ``--`` and a query.

    Decisions are ``+topic`` and ``-topic``.
    """

    words = f"{QueryCommand.words}, but not with +TOPIC or -TOPIC"

    def sort(self, args: list[str], counts: Mapping[str, int]) -> list[str]:
        """Turn the decisions before ``--`` into ``--decide`` options."""
        found = sort_words(args, counts)
        signed = [word for word in found.words if _is_signed(word)]
        query = [word for word in found.words if not _is_signed(word)]
        if signed and query:
            raise UsageError(
                "topics and query words are mixed",
                hint=f"separate topics from the query with --: tag {signed[0]} -- {' '.join(query)}",
            )
        return [*found.options, *(f"--decide={word}" for word in signed), "--", *query, *found.rest]


def _is_signed(word: str) -> bool:
    return len(word) > 1 and word[0] in _VERDICTS and ":" not in word and '"' not in word


@command("tag", cls=TagCommand)
@click.argument("query", nargs=-1, type=DecisionOrQuery(), metavar="[+TOPIC|-TOPIC]... [--] [QUERY]")
@click.option("--decide", "signed", multiple=True, hidden=True)
@batch_option("Read decisions from FILE (- for stdin), one `+TOPIC -TOPIC -- QUERY` per line.")
@click.option("--all", "everything", is_flag=True, help="Refit the model, then tag the briefings it has not tagged.")
@click.option("--untagged", is_flag=True, help="Tag the briefings that the current model has not tagged yet.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Assign topics at or above this probability. Default: the setting `tagging.threshold`.",
)
@sensitivity_option
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Number of worker processes. Default: the setting `tagging.jobs`.",
)
def tag(
    session: Session,
    query: tuple[str, ...],
    signed: tuple[str, ...],
    batch: TextIO | None,
    everything: bool,
    untagged: bool,
    threshold: float | None,
    sensitivity: Sensitivity | None,
    jobs: int | None,
) -> None:
    """Assign topics to all, untagged or matching briefings.

    Give QUERY, --all or --untagged. Briefings that the current model has already tagged are skipped. With +TOPIC or
    -TOPIC before --, accepts or rejects these topics for all briefings that match QUERY. To decide on a briefing or
    insight by its ID, use accept or reject. Automatic tagging never changes your decisions.
    """
    by_hand = bool(signed) or batch is not None
    given = [bool(query) or by_hand, everything, untagged].count(True)
    if given > 1:
        raise UsageError("QUERY, --all and --untagged can't be combined", hint="give one of them")
    if not given:
        raise UsageError("no briefings given", hint="give a QUERY, --all or --untagged")
    if signed and not query:
        raise UsageError("no briefings given", hint=f"give a query after --: tag {' '.join(signed)} -- QUERY")
    with session.library() as library:
        library.sensitivity = sensitivity or library.sensitivity
        if by_hand:
            first = [(list(signed), words_of(query), "")] if signed else []
            _by_hand(session, library, [*first, *(_lines(batch) if batch else [])])
            return
        found = _tag(
            session,
            library,
            words_of(query) or None,
            everything=everything,
            threshold=threshold,
            jobs=jobs,
            dry_run=session.dry_run,
        )
        count = 0
        with session.out.records("tag") as write:
            for count, tagged in enumerate(found, start=1):  # noqa: B007 - used after the loop
                write(_record(tagged), tagged.id)
                _print(session, tagged)
        if query and not count and not library.keys(words_of(query), limit=1):
            _report_no_match(session, library, words_of(query))
            return
        _report(session, library)
        fire(session, library)


def _tag(
    session: Session,
    library: Library,
    query: str | None = None,
    *,
    dry_run: bool,
    everything: bool = False,
    threshold: float | None = None,
    jobs: int | None = None,
) -> Iterator[Tagged]:
    """Tag with a progress bar; ``threshold`` and ``jobs`` default to the settings."""
    settings = session.settings.tagging
    with progress_bar(session, "Tagging") as progress:
        yield from library.tag(
            query,
            everything=everything,
            threshold=settings.threshold if threshold is None else threshold,
            jobs=jobs or settings.jobs,
            dry_run=dry_run,
            progress=progress,
        )


def _report_no_match(session: Session, library: Library, query: str, signed: Sequence[str] = ()) -> None:
    """Report that no briefing matches a query.

    For decisions by hand, names the command that takes an ID.
    """
    for remark in library.remarks(query):
        session.out.info(remark)
    session.out.info(f"no briefing matches {query}; nothing changed")
    if signed:
        verb = "accept" if signed[0].startswith("+") else "reject"
        topics = " ".join(word[1:] for word in signed if word[0] == signed[0][0])
        id = query if _is_id(library, query) else "ID"
        session.out.info(f"  to decide on a briefing or insight by its ID: briefreader {verb} {id} {topics}")


def _is_id(library: Library, word: str) -> bool:
    try:
        library.insight(word) if "." in word else library.resolve(word)
    except UsageError:
        return False
    return True


def _report(session: Session, library: Library) -> None:
    if session.dry_run:
        session.out.info("dry run, nothing written")
    else:
        session.report(library.last_batch)


def _record(tagged: Tagged) -> Record:
    return {
        "id": tagged.id,
        "title": tagged.title,
        "topics": [{"topic": t.topic, "score": t.score, "earned": t.earned, "share": t.share} for t in tagged.topics],
        "suggested": [{"topic": t.topic, "score": t.score} for t in tagged.suggested],
    }


def _print(session: Session, tagged: Tagged) -> None:
    topics = "  ".join(
        f"{t.topic} {'by source' if t.earned == 'source' else f'{t.score:.2f}'}{f' {t.share:.0%}' if t.share else ''}"
        for t in tagged.topics
    )
    suggested = "  ".join(f"{t.topic} {t.score:.2f}?" for t in tagged.suggested)
    if session.out.is_tabular:
        session.out.cells(tagged.id, tagged.title, topics, suggested)
        return
    session.out.paragraph([(f"{tagged.id:<8}", "cyan")], tagged.title)
    given = (topics, "green") if topics else ("no topic", "dim")
    session.out.paragraph(["        "], given, *([(f"  {suggested}", "dim")] if suggested else []))


def _lines(stream: TextIO) -> Iterator[tuple[list[str], str, str]]:
    """Yield the lines of a batch: signed topics, query, and file with line number."""
    name = getattr(stream, "name", "-")
    for number, line in enumerate(stream, start=1):
        where = f"{name}:{number}"
        topics, separator, query = line.strip().partition("-- ")
        if (not topics and not separator) or line.lstrip().startswith("#"):
            continue
        signed = topics.split()
        if not separator or not query.strip() or not signed or not all(map(_is_signed, signed)):
            raise UsageError("expected +TOPIC -TOPIC -- QUERY", where=where)
        yield signed, query.strip(), where


def _by_hand(session: Session, library: Library, orders: Sequence[tuple[Sequence[str], str, str]]) -> None:
    """Accept and reject topics as one undoable change.

    If a topic is unknown, nothing is changed.
    """
    changes: dict[tuple[str, str], Verdict] = {}
    for signed, query, where in orders:
        try:
            verdicts = {library.taxonomy.topic(word[1:]).id: _VERDICTS[word[0]] for word in signed}
        except errors.NotFoundError as error:
            raise errors.NotFoundError(error.message, where=where, hint=error.hint) from None
        for row in library.list(query, literal=True):
            changes |= {(row.id, topic): verdict for topic, verdict in verdicts.items()}
    with session.out.records("tag") as write:
        for (id, topic), verdict in changes.items():
            write({"id": id, "topic": topic, "verdict": verdict}, id)
            style = "green" if verdict == "accepted" else "red"
            session.out.cells((f"{id:<8}", "cyan"), (f"{verdict} ", style), (topic, style))
    if not changes and len(orders) == 1:
        _report_no_match(session, library, orders[0][1], orders[0][0])
    elif not changes:
        session.out.info("no briefing matches; nothing changed")
    elif session.dry_run:
        session.out.info(f"{len(changes):,} decisions · dry run, nothing written")
    else:
        session.report(library.decide_many([(id, topic, verdict) for (id, topic), verdict in changes.items()]))


@command("bulk-tag", hidden=True)
@click.argument("paths", nargs=-1, type=SourcePath(), metavar="[PATH]...")
def bulk_tag(session: Session, paths: tuple[str, ...]) -> int:
    """Add PATHs, tag all untagged briefings, and print the topics of all these briefings."""
    with _library_or_copy(session) as library, session.out.records("bulk-tag") as write:
        added = _add(session, library, paths)
        tagged = {each.id: each for each in _tag(session, library, dry_run=False)}
        batch = library.last_batch if tagged else None
        for item in added:
            place = {"path": item.path, "status": item.status}
            if not item.id:
                write({**place, "message": item.message})
                print_added(session, item)
                continue
            each = tagged.pop(item.id, None) or _stored(library, item)
            write({**place, **_record(each)}, item.id)
            _print(session, each)
        for each in tagged.values():
            write(_record(each), each.id)
            _print(session, each)
        fire(session, library)
    session.report(None if session.dry_run else batch, "dry run, nothing written" if session.dry_run else "")
    return exit_code(Counter(item.status for item in added))


def _add(session: Session, library: Library, paths: tuple[str, ...]) -> list[Added]:
    if not paths:
        return []
    with progress_bar(session, "Adding") as progress:
        added = list(library.add(sources_of(paths), progress=progress))
    message = summary(Counter(item.status for item in added))
    session.report(None if session.dry_run else library.last_batch, message)
    return added


def _stored(library: Library, item: Added) -> Tagged:
    """Return the stored record of a briefing that was tagged before."""
    from briefreader.library.tagging import Tagged

    states = library.topics(item.id)
    has = [s for s in states if s.given]
    scores = tuple(TopicScore(s.topic, s.score, s.earned, s.share) for s in has)
    return Tagged(item.id, item.title, scores, tuple(TopicScore(s.topic, s.score) for s in states if s.suggested))


@contextmanager
def _library_or_copy(session: Session) -> Iterator[Library]:
    """Open the library, creating it if needed; a dry run gets a temporary copy."""
    if not session.dry_run:
        with session.library(create=True) as library:
            yield library
        return
    with tempfile.TemporaryDirectory(prefix="briefreader-") as folder:
        copy = Path(folder) / "library"
        try:
            with session.library() as library:
                library.backup(copy)
        except errors.NoLibraryError:
            pass
        with session.library(create=True, folder=copy) as library:
            yield library
