"""The ``suggest`` command: topics for texts outside a library."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefreader import errors
from briefreader.cli.command import command, sensitivity_option
from briefreader.cli.documents import Documents, Failed, InputText
from briefreader.cli.param_types import SourcePath
from briefreader.model import by_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from briefreader.cli.output import Output
    from briefreader.cli.records import Record
    from briefreader.cli.session import Session
    from briefreader.model import Insight, Reason
    from briefreader.tagging import Tagger, Tagging
    from briefreader.tagging.tagger import Sensitivity

_SLICE = 256  # documents scored at a time: large enough for speed, small enough to stream


@command("suggest")
@click.argument("paths", nargs=-1, required=True, type=SourcePath(), metavar="FILE...|-")
@click.option(
    "--fit", is_flag=True, help="Fit the weights of terms to the whole input first, as tag --all does in a library."
)
@click.option(
    "--gold",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help='Train on the lines {"title", "text", "topics": [...]} of FILE first.',
)
@click.option("--reasons", is_flag=True, help="Print the terms that count for each topic; in JSON, with their offsets.")
@click.option(
    "--threshold", type=click.FloatRange(0, 1), metavar="P", help="Assign topics at or above this probability."
)
@sensitivity_option
@click.option("--insights/--no-insights", default=True, help="Also tag the insights (shown in JSON). Default: yes.")
def suggest(
    session: Session,
    paths: tuple[str, ...],
    fit: bool,
    gold: Path | None,
    reasons: bool,
    threshold: float | None,
    sensitivity: Sensitivity | None,
    insights: bool,
) -> int:
    """Suggest topics for files, or for the lines of a .jsonl file.

    A line is {"id", "title", "text"}. With --json or --jsonl, - reads such lines from stdin. Of the library, only the
    taxonomy is used.
    """
    out = session.out
    good = bad = 0
    tagger = session.tagger(sensitivity)
    with ExitStack() as stack, out.records("suggest") as write:
        source = Documents(paths, lines=session.jsonl or session.json, again=fit, stack=stack)
        _prepare(tagger, source if fit else None, gold)
        tagger = tagger.with_sensitivity(threshold)
        for item in _tagged(tagger, source, insights):
            if isinstance(item, Failed):
                bad += 1
                out.problem(item.error, where=item.where, hint=item.hint)
                write({"id": item.id, "error": item.error, "where": item.where})
                continue
            good += 1
            document, tagging, passages = item
            record: Record = {
                "id": document.id,
                "title": document.title,
                "scores": tagging.scores,
                "tags": tagging.tags,
                "shares": {topic: round(tagging.shares[topic], 4) for topic in tagging.tags},
                "insights": passages,
            }
            if reasons:
                record |= _reasons(tagger, document)
            write(record, str(document.id))
            if out.form == "human":
                _print(out, tagger, document, tagging, reasons)
    return errors.OK if not bad else errors.PARTIAL if good else errors.FAILURE


def _prepare(tagger: Tagger, texts: Documents | None, gold: Path | None) -> None:
    if texts is not None:
        tagger.fit((item.title, item.text) for item in texts if isinstance(item, InputText))
    if gold is not None:
        from briefreader.tagging.gold import read

        tagger.learn(read(gold, tagger.taxonomy))


def _tagged(
    tagger: Tagger, source: Iterable[InputText | Failed], with_insights: bool
) -> Iterator[tuple[InputText, Tagging, list[Record]] | Failed]:
    """Yield each document with its topics and those of its insights, in order."""
    from briefreader.tagging.tagger import InsightText

    stream = iter(source)
    while slice_ := list(islice(stream, _SLICE)):
        read = [item for item in slice_ if isinstance(item, InputText)]
        insights = [_insights_of(item) if with_insights else () for item in read]
        inside = [[InsightText.of(i, item.text) for i in found] for item, found in zip(read, insights, strict=True)]
        documents = [(item.title, item.text) for item in read]
        tagged = zip(insights, tagger.tag_briefings(zip(documents, inside, strict=True)), strict=True)
        for item in slice_:
            if isinstance(item, Failed):
                yield item
            else:
                found, (whole, singly) = next(tagged)
                yield item, whole, list(map(_of_insight, found, singly))


def _insights_of(item: InputText) -> tuple[Insight, ...]:
    if item.insights is not None:
        return item.insights
    from briefreader.reading import insights_in

    return insights_in(item.text)


def _of_insight(insight: Insight, tagging: Tagging) -> Record:
    return {
        "start": insight.start,
        "end": insight.end,
        "title": insight.title,
        "scores": tagging.scores,
        "tags": tagging.tags,
    }


def _reasons(tagger: Tagger, item: InputText) -> Record:
    """Return the terms of each topic's score; with ``bias``, they sum to its logit."""
    found = {topic: tagger.explain(item.title, item.text, topic) for topic in tagger.taxonomy.ids}
    return {
        "reasons": {topic: [asdict(part) for part in why.parts] for topic, why in found.items()},
        "bias": {topic: why.bias for topic, why in found.items()},
        "passages": {topic: list(why.passage) for topic, why in found.items() if why.passage},
    }


def _print(out: Output, tagger: Tagger, item: InputText, tagging: Tagging, reasons: bool) -> None:
    out.line((f"{item.title or item.id}", "bold"))
    for topic in [*tagging.tags, *tagging.suggested]:
        given = topic in tagging.earned
        why = tagger.explain(item.title, item.text, topic) if reasons else None
        figure, note = f"{tagging.scores[topic]:.2f}", f"{tagging.shares[topic]:5.0%}" if given else "  suggested"
        out.cells("  ", (f"{topic:<28}", "green" if given else "yellow"), figure, (note, "dim"))
        if why:
            out.cells("    ", (quoted(why.parts), "dim"))
    if not tagging.tags:
        out.cells("  ", ("no topic", "dim"))


def quoted(parts: Iterable[Reason], limit: int = 6) -> str:
    """Return the terms that raise a topic's logit most, up to ``limit``, with their weights, as one line."""
    best = sorted((group for group in by_term(parts) if group[0] > 0), key=lambda group: -group[0])[:limit]
    return ", ".join(f"“{reason.term.lower()}” {weight:+.2f}" for weight, reason, _ in best)
