"""The ``explain`` and ``review`` commands."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefreader.cli.command import command, limit_option
from briefreader.cli.param_types import BriefingId, TopicId
from briefreader.cli.suggest import quoted
from briefreader.display import one_line
from briefreader.displayed import displayed
from briefreader.errors import NotFoundError, ReadingError
from briefreader.model import by_term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.cli.output import Output, StyledText
    from briefreader.cli.records import Record
    from briefreader.cli.session import Session
    from briefreader.library import Library
    from briefreader.model import Reason
    from briefreader.tagging import Explanation

MAX_PARTS = 8  # maximum reasons shown per topic
CONTEXT_CHARACTERS = 32  # maximum code points of the text on each side of a term
_MARKUP = re.compile(r"#{1,6}(?=\s)|[\x1c-\x1f*`>|\\\[\]]+|(?<!\w)_|_(?!\w)")
_BESIDE = 42  # columns of the indent, the weight, the term and two ellipses


@command("explain")
@click.argument("target", type=BriefingId(), metavar="ID|FILE|-")
@click.argument("topic", required=False, type=TopicId())
def explain(session: Session, target: str, topic: str | None) -> None:
    """Explain why each topic was assigned or not.

    Lists the terms that count, their weights, and where they occur. Without TOPIC, there is only one line for each
    topic that was not assigned. ID is a briefing or insight of the library. For FILE, only the taxonomy of the library
    is used. For a story (story:s7f3a.2), explains what its reports share.
    """
    if target.startswith("story:"):
        from briefreader.cli.stories import explain_story

        explain_story(session, target.removeprefix("story:"))
        return
    if target == "-" or Path(target).is_file():
        title, text, found = _of_file(session, target, topic)
    elif len(Path(target).parts) > 1 or Path(target).suffix.strip(".0123456789"):  # 7f3a.2 is an insight
        raise NotFoundError("no such file", where=target)
    else:
        with session.library() as library:
            found = library.explain(target, topic)
            title, text = library.scored_text(target)
    with session.out.records("explain") as write:
        for explanation in found:
            write(_record(target, explanation), explanation.topic)
    session.out.line((title, "bold"))
    if any(explanation.outdated for explanation in found):
        session.out.info("to update outdated scores: briefreader tag --untagged")
    for explanation in found:
        _print(session.out, explanation, title, text, whole=bool(explanation.earned) or topic is not None)


def _of_file(session: Session, target: str, topic: str | None) -> tuple[str, str, list[Explanation]]:
    from briefreader.model import Problem
    from briefreader.reading import read

    item = next(iter(read(sys.stdin.buffer if target == "-" else target)), None)
    if item is None or isinstance(item, Problem):
        message = item.message if item else "contains no briefing"
        raise ReadingError(message, where=target, hint=item.hint if item else "")
    tagger = session.tagger()
    wanted = [topic] if topic else tagger.taxonomy.ids
    found = [tagger.explain(item.title, item.body, each) for each in wanted]
    return item.title, item.body, sorted(found, key=lambda each: -each.score)


def _record(target: str, found: Explanation) -> Record:
    return {
        "target": target,
        "topic": found.topic,
        "score": found.score,
        "earned": found.earned,
        "threshold": found.threshold,
        "logit": found.logit,
        "bias": found.bias,
        "missing": found.missing,
        "passage": list(found.passage) if found.passage else None,
        "outdated": found.outdated,
        "stored": found.stored,
        "changed": found.changed,
        "reasons": [asdict(part) for part in found.parts],
    }


def _print(out: Output, found: Explanation, title: str, text: str, *, whole: bool) -> None:
    if not whole:
        heaviest = quoted(found.parts, 3)
        out.cells((f"  {found.topic:<26}", "yellow"), f"{found.score:.2f}  ", _lacking(found), (f"  {heaviest}", "dim"))
        return
    why = {"source": "score of the text alone; assigned by the source", "": _lacking(found)}.get(
        found.earned, "assigned"
    )
    style = "bold green" if found.earned else "yellow"
    out.cells((f"  {found.topic:<26}", style), f"{found.score:.2f}  ", why)
    if found.passage:
        start, end = found.passage
        out.paragraph(["      "], (f"“{one_line(text[start:end], 160)}”", "dim"))
    if found.outdated:
        out.line("      ", (found.remark, "yellow"))
    terms = by_term(found.parts)
    shown = len(terms) if out.verbose else MAX_PARTS
    seen = {"title": displayed(title), "text": displayed(text)}
    for weight, part, count in terms[:shown]:
        context = _in_context(part, seen["title" if part.field == "title" else "text"], _room(out, part))
        times = f" ×{count}" if count > 1 else ""
        term = f"{one_line(part.term, 24 - len(times))}{times}"
        head: list[StyledText] = ["      ", f"{weight:+6.2f}  ", (f"{term:<24}  ", "bold")]
        if out.is_tabular:
            out.paragraph(head, *context)
        else:
            out.line(*head, *context)
    if rest := terms[shown:]:
        more = f"{len(rest)} smaller contribution{'s' * (len(rest) > 1)}; -v shows them"
        out.cells("      ", f"{sum(weight for weight, _, _ in rest):+6.2f}  ", (more, "dim"))
    sums = f"bias; total {found.logit:+.2f} → probability {found.score:.2f} (threshold {found.threshold:.2f})"
    out.cells("      ", f"{found.bias:+6.2f}  ", (sums, "dim"))


def _lacking(found: Explanation) -> str:
    return f"not assigned: {found.shortfall:.2f} below the threshold ({found.threshold:.2f})"


def _room(out: Output, part: Reason) -> int:
    """Return how many columns of context fit on each side of a term."""
    if not out.is_terminal:
        return CONTEXT_CHARACTERS
    return max(min((out.width - _BESIDE - (part.end - part.start)) // 2, CONTEXT_CHARACTERS), 0)


def _in_context(part: Reason, text: str, around: int) -> Sequence[StyledText]:
    """Return a term with the text around it, on one line without markup.

    ``text`` is the text as displayed.
    """
    left = one_line(_MARKUP.sub(" ", text[max(part.start - around, 0) : part.start]) + "|")[:-1]
    right = one_line("|" + _MARKUP.sub(" ", text[part.end : part.end + around]))[1:]
    head, tail = "…" if part.start > around else "", "…" if part.end + around < len(text) else ""
    return [(head + left, "dim"), (text[part.start : part.end], "underline"), (right + tail, "dim")]


@command("review")
@limit_option(50, "topics")
def review(session: Session, limit: int) -> None:
    """Review the topics that you have not decided on, least certain first, one keypress each.

    Without a terminal, or with --no-input or --dry-run, lists them.
    """
    with session.library() as library:
        queue = library.review(limit)
        with session.out.records("review") as write:
            for target, topic, score in queue:
                write({"target": target, "topic": topic, "score": score}, target)
        if session.out.form != "human":
            return
        if not queue:
            session.out.info("nothing to review")
        asking = sys.stdin.isatty() and session.out.is_terminal and not (session.no_input or session.dry_run)
        for number, (target, topic, score) in enumerate(queue, start=1):
            title = library.briefing(target.partition(".")[0]).title
            count: list[StyledText] = [(f"{number}/{len(queue)} ", "dim")] if asking else []
            head = (f"{target:<8}", "cyan"), (f"{topic:<26}", "yellow"), f"{score:.2f}  "
            session.out.paragraph([*count, *head], title)
            if asking and not _ask(session, library, target, topic):
                return


def _ask(session: Session, library: Library, target: str, topic: str) -> bool:
    """Ask for one decision; return False if the user quits."""
    for explanation in library.explain(target, topic):
        session.out.paragraph(["        "], (quoted(explanation.parts), "dim"))
    session.out.line("        [a]ccept  [r]eject  [s]kip  [q]uit")
    while True:
        key = click.getchar().lower()
        if key in ("a", "r"):
            session.report(library.decide([target], topic, "accepted" if key == "a" else "rejected"))
            return True
        if key in ("s", " ", "\r", "\n"):
            return True
        if key in ("q", "\x1b"):
            return False
