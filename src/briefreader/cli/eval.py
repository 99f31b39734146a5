"""The ``eval`` command: tagging quality by your decisions or a gold file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefreader.cli.command import command

if TYPE_CHECKING:
    from briefreader.cli.session import Session
    from briefreader.tagging.evaluation import Estimate, Evaluation

_FIGURES = ("precision", "recall", "f1", "ap")


@command("eval")
@click.option(
    "--gold",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help='Evaluate the current model on the lines {"title", "text", "topics": [...]} of FILE, not on your decisions.',
)
def eval_(session: Session, gold: Path | None) -> None:
    """Print precision, recall, F1 and average precision of each topic.

    Each of these figures has a 95 % confidence interval. Your decisions are evaluated by five-fold cross-validation:
    each is predicted by a model that was not trained on it. For topics with fewer than five positive or five negative
    examples, only the numbers of examples are printed.
    """
    with session.library() as library:
        found = library.evaluate(gold)
    session.out.record(_record(found))
    _print(session, found, gold)


def _record(found: Evaluation) -> dict[str, object]:
    record = asdict(found)
    for topic in record["topics"]:
        topic.update({name: _interval(topic[name]) for name in _FIGURES})
    return {**record, "micro": _interval(record["micro"])}


def _interval(estimate: Estimate | None) -> dict[str, float] | None:
    return None if estimate is None else estimate._asdict()


def _print(session: Session, found: Evaluation, gold: Path | None) -> None:
    out = session.out
    heads = (f"{'topic':<28}", f"{'yes':>6}", f"{'no':>6}", *(f"{name:>20}" for name in _FIGURES))
    out.cells(*((head, "dim") for head in heads))
    for topic in found.topics:
        figures = [getattr(topic, name) for name in _FIGURES]
        shown = [_figure(figure) for figure in figures] if any(figures) else [f"  {topic.note}"]
        out.cells((f"{topic.topic:<28}", "green"), f"{topic.positives:>6}", f"{topic.negatives:>6}", *shown)
    if found.micro is None:
        more = f"too few labelled texts in {gold}" if gold else "too few decisions"
        hint = "" if gold else ": accept and reject more, or give --gold FILE"
        out.info(f"{more} to evaluate{hint}")
        return
    averages = {"macro F1": found.macro, "mean AP": found.map, "calibration error": found.ece}
    parts = [f"{name} {value:.2f}" for name, value in averages.items() if value is not None]
    micro = _figure(found.micro).strip()
    out.line((f"{found.documents:,} documents · micro F1 {micro}", "bold"), "".join(f" · {part}" for part in parts))


def _figure(estimate: Estimate | None) -> str:
    if estimate is None:
        return f"{'–':>20}"
    interval = f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"
    return f"{interval:>20}"
