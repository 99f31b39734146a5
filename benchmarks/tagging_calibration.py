"""Whether a score is the probability it says it is, and what insights are given at each threshold.

    python benchmarks/tagging_calibration.py --data DIR [--labels N] [--svg FILE]

DIR is that of ``tagging.py``. Prints a reliability table of each file's documents (predicted and observed share, the
expected calibration error), after N gold labels if given, judged on other documents, and draws it as SVG. Then, for
insights, which nobody labelled: the share of given topics that their document has (precision), and the share of the
documents' topics that one of their insights is given (coverage); a document's topic need not be every insight's.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from briefreader.tagging.evaluation import calibration
from tagging import scorer, suggest

if TYPE_CHECKING:
    from collections.abc import Sequence

THRESHOLDS = (0.34, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
SIZE = 300  # of the plot, in pixels
COLOURS = ("#1b6ca8", "#b5542a", "#3d7a4b", "#7a4b8f", "#666666")


def reliability(gold: list[Any], said: list[Any]) -> tuple[tuple[tuple[float, float, int], ...], float | None]:
    by_id = {record["id"]: record["scores"] for record in said}
    pairs = [(topic in g["topics"], p) for g in gold for topic, p in by_id[g["id"]].items()]
    right, scores = (np.array(column) for column in zip(*pairs, strict=True))
    return calibration(right, scores)


def insights(gold: list[Any], said: list[Any]) -> None:
    by_id = {record["id"]: record["insights"] for record in said}
    print("  insights from  precision  coverage  F1")
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
    lines = [f'<path d="M0 {SIZE}L{SIZE} 0" stroke="#bbb"/>', f'<rect width="{SIZE}" height="{SIZE}" stroke="#888"/>']
    for number, (name, bins) in enumerate(curves):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(f"{said * SIZE:.0f},{(1 - seen) * SIZE:.0f}" for said, seen, _ in bins)
        lines.append(f'<polyline points="{points}" stroke="{colour}" stroke-width="2"/>')
        lines.append(f'<text x="10" y="{18 * (number + 1)}" fill="{colour}" font-size="13">{name}</text>')
    box = f"-10 -10 {SIZE + 20} {SIZE + 40}"
    caption = f'<text x="0" y="{SIZE + 22}" fill="#666" font-size="13">predicted → observed ↑</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" fill="none">{"".join(lines)}{caption}</svg>\n'


def main() -> None:
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
        said = suggest(gold, options.data / "taxonomy.yaml", gold[: options.labels], insights=True)
        bins, error = reliability(gold[options.labels :], said)
        curves.append((path.stem, bins))
        print(f"{path.stem}: expected calibration error {error:.3f}\n  predicted  observed      n")
        for predicted, observed, count in bins:
            print(f"  {predicted:9.2f}  {observed:8.2f}  {count:5d}")
        insights(gold[options.labels :], said)
    if options.svg:
        options.svg.write_text(plot(curves), encoding="utf-8")


if __name__ == "__main__":
    main()
