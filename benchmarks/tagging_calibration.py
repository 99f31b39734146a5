"""Measure how well scores are calibrated, and the topics of insights.

    python benchmarks/tagging_calibration.py --data DIR [--labels N] [--svg FILE]

DIR is the same as for ``tagging.py``. For each file, prints a table of predicted and observed shares of documents and
the expected calibration error; ``--svg`` draws them. With ``--labels``, the tagger first learns from N documents, and
the others are evaluated.

The topics of insights are not labelled, so they are compared with those of their documents. Precision is the share of
topics that the document has too; coverage is the share of the document's topics that at least one of its insights has.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import numpy as np

from briefreader.tagging.evaluation import calibration
from tagging import scorer, suggest

if TYPE_CHECKING:
    from collections.abc import Sequence

THRESHOLDS = (0.34, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
SIZE = 300  # width and height of the plot, in pixels
COLOURS = ("#1b6ca8", "#b5542a", "#3d7a4b", "#7a4b8f", "#666666")


def reliability(gold: list[Any], predicted: list[Any]) -> tuple[tuple[tuple[float, float, int], ...], float | None]:
    """Return the bins of predicted and observed shares, and the calibration error."""
    by_id = {record["id"]: record["scores"] for record in predicted}
    pairs = [(topic in g["topics"], p) for g in gold for topic, p in by_id[g["id"]].items()]
    right, scores = (np.array(column) for column in zip(*pairs, strict=True))
    return calibration(right, scores)


def insights(gold: list[Any], predicted: list[Any]) -> None:
    """Print precision and coverage of the topics of insights, by threshold."""
    by_id = {record["id"]: record["insights"] for record in predicted}
    print("  insights with  precision  coverage  F1\n  a score from")
    for threshold in THRESHOLDS:
        given = right = covered = 0
        for g in gold:
            found = [{t for t, p in i["scores"].items() if p >= threshold} for i in by_id[g["id"]]]
            given += sum(map(len, found))
            right += sum(len(topics & set(g["topics"])) for topics in found)
            covered += len(set().union(*found) & set(g["topics"]))
        precision, coverage = right / max(given, 1), covered / max(sum(len(g["topics"]) for g in gold), 1)
        f1 = 2 * precision * coverage / max(precision + coverage, 1e-9)
        print(f"  {threshold:13.2f}  {precision:9.3f}  {coverage:8.3f}  {f1:.3f}")


def plot(curves: Sequence[tuple[str, tuple[tuple[float, float, int], ...]]]) -> str:
    """Return a plot of observed over predicted shares as SVG.

    The area of a dot shows the size of its bin.
    """
    lines = [f'<rect width="{SIZE}" height="{SIZE}" stroke="#999"/>', f'<path d="M0 {SIZE}L{SIZE} 0" stroke="#999"/>']
    for tick in range(0, 101, 20):
        at = tick * SIZE / 100
        lines.append(f'<path d="M{at:.0f} 0V{SIZE}M0 {at:.0f}H{SIZE}" stroke="#eee"/>')
        lines.append(f'<text x="{at:.0f}" y="{SIZE + 16}" text-anchor="middle" fill="#555">{tick}</text>')
        lines.append(f'<text x="-6" y="{SIZE - at + 4:.0f}" text-anchor="end" fill="#555">{tick}</text>')
    lines.append(f'<text x="{SIZE / 2:.0f}" y="{SIZE + 34}" text-anchor="middle" fill="#333">predicted, %</text>')
    place = f'transform="translate(-32 {SIZE / 2:.0f}) rotate(-90)"'
    lines.append(f'<text {place} text-anchor="middle" fill="#333">observed, %</text>')
    for number, (name, bins) in enumerate(curves):
        colour = COLOURS[number % len(COLOURS)]
        points = [(predicted * SIZE, (1 - seen) * SIZE, count) for predicted, seen, count in bins]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
        lines.append(f'<polyline points="{path}" stroke="{colour}" stroke-width="2" stroke-linejoin="round"/>')
        most = max(count for _, _, count in points)
        lines += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + 6 * (n / most) ** 0.5:.1f}" fill="{colour}" fill-opacity=".6"/>'
            for x, y, n in points
        ]
        lines.append(f'<text x="10" y="{18 * (number + 1)}" fill="{colour}">{escape(name)}</text>')
    box = f"-48 -12 {SIZE + 64} {SIZE + 56}"
    ground = f'<rect x="-48" y="-12" width="{SIZE + 64}" height="{SIZE + 56}" fill="#fff"/>'
    style = 'fill="none" font-family="sans-serif" font-size="12"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" {style}>{ground}{"".join(lines)}</svg>\n'


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", type=int, default=0)
    parser.add_argument("--svg", type=Path)
    options = parser.parse_args()
    score = scorer(options.data)
    curves = []
    for path in sorted(options.data.glob("*.jsonl")):
        gold = random.Random(0).sample(records := score.load(path), len(records))
        if len(gold) < 2 * options.labels:
            continue
        predicted = suggest(gold, options.data / "taxonomy.yaml", gold[: options.labels], insights=True)
        bins, error = reliability(gold[options.labels :], predicted)
        curves.append((f"{path.stem}, error {error:.3f}", bins))
        print(f"{path.stem}: expected calibration error {error:.3f}\n  predicted  observed      n")
        for score_of_bin, observed, count in bins:
            print(f"  {score_of_bin:9.2f}  {observed:8.2f}  {count:5d}")
        insights(gold[options.labels :], predicted)
    if options.svg:
        options.svg.write_text(plot(curves), encoding="utf-8")


if __name__ == "__main__":
    main()
