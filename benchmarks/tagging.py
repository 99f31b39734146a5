"""Measure the quality of tagging on labelled documents, by the command line.

    python benchmarks/tagging.py --data DIR [--labels] [--save FOLDER] [--against FOLDER]

DIR has ``taxonomy.yaml``, labelled documents in ``*.jsonl`` (``{"id", "title", "text", "topics"}``) and their scorer
``score.py``. For each file, ``suggest - --jsonl --fit`` is run. Prints F1 and mean average precision, with bootstrap
intervals over documents. With ``--labels``, prints these figures and the calibration error after learning from 0 to 200
labelled documents instead, as the mean of several random splits.

``--save`` keeps the suggestions. ``--against`` prints the differences from suggestions that were kept before, with
intervals of a paired bootstrap over documents; a difference whose interval contains 0 is noise.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from briefreader.tagging.evaluation import calibration

if TYPE_CHECKING:
    from types import ModuleType

RESAMPLES = 200
TEST_FROM = 200  # of a shuffled file, this many documents are for learning; the rest is evaluated


def scorer(folder: Path) -> ModuleType:
    """Import ``score.py`` of the data folder."""
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def suggest(
    records: list[dict[str, Any]], taxonomy: Path, gold: list[dict[str, Any]] | None = None, *, insights: bool = False
) -> list[Any]:
    """Return the suggestions of the command line, after learning from ``gold``."""
    command = [sys.executable, "-m", "briefreader", "suggest", "-", "--jsonl", "--taxonomy", str(taxonomy), "--fit"]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as labels:
        if gold:
            labels.writelines(json.dumps(record) + "\n" for record in gold)
            labels.flush()
            command += ["--gold", labels.name]
        plain = "\n".join(json.dumps({k: r[k] for k in ("id", "title", "text")}) for r in records)
        done = subprocess.run(
            [*command, "--insights" if insights else "--no-insights"],
            input=plain.encode(),
            capture_output=True,
            check=True,
        )
    return [json.loads(line) for line in done.stdout.splitlines()]


def resampled(score: ModuleType, gold: list[Any], predicted: list[Any], topics: list[str] | None) -> np.ndarray:
    """Return micro-F1 and mean average precision [1 + RESAMPLES, 2].

    The first row is of the documents, the others are of resampled documents.
    """
    rng = random.Random(0)
    by_id = {p["id"]: p for p in predicted}
    figures = []
    for number in range(1 + RESAMPLES):
        drawn = [gold[rng.randrange(len(gold))] for _ in gold] if number else gold
        again = [{**g, "id": i} for i, g in enumerate(drawn)]
        found = score.evaluate(again, [{**by_id[g["id"]], "id": i} for i, g in enumerate(drawn)], topics)
        figures.append([found["micro_f1"], found["map"]])
    return np.array(figures)


def intervals(figures: np.ndarray, sign: str = "") -> str:
    """Format the figures with their 95 % bootstrap intervals."""
    low, high = np.percentile(figures[1:], [2.5, 97.5], axis=0)
    return "  ".join(
        f"{x:{sign}.3f} [{a:{sign}.3f}, {b:{sign}.3f}]" for x, a, b in zip(figures[0], low, high, strict=True)
    )


def without_labels(options: argparse.Namespace, score: ModuleType) -> None:
    """Print the figures of each file, without learning from labels."""
    print("documents        topics  micro-F1               mAP")
    for path in sorted(options.data.glob("*.jsonl")):
        gold = score.load(path)
        predicted = suggest(gold, options.data / "taxonomy.yaml")
        if options.save:
            options.save.mkdir(parents=True, exist_ok=True)
            kept = "".join(json.dumps(record) + "\n" for record in predicted)
            (options.save / path.name).write_text(kept, encoding="utf-8")
        shipped = list(predicted[0]["scores"])[:4]
        for topics in (None, shipped):
            figures = resampled(score, gold, predicted, topics)
            print(f"{path.stem:16s} {len(topics or predicted[0]['scores']):6d}  {intervals(figures)}", flush=True)
            if options.against:
                before = resampled(score, gold, score.load(options.against / path.name), topics)
                print(f"{'':16s} change  {intervals(figures - before, '+')}", flush=True)


def with_labels(options: argparse.Namespace, score: ModuleType) -> None:
    """Print the figures of each file after learning from 0 to 200 labelled documents."""
    print("documents        labels  micro-F1  mAP    calibration error")
    for path in sorted(options.data.glob("*.jsonl")):
        gold = score.load(path)
        if len(gold) < TEST_FROM + 100:
            continue
        for labels in (0, 10, 25, 50, 100, 200):
            figures = []
            for seed in range(options.splits):
                shuffled = random.Random(seed).sample(gold, len(gold))
                predicted = suggest(gold, options.data / "taxonomy.yaml", shuffled[:labels])
                test = shuffled[TEST_FROM:]
                kept = {g["id"] for g in test}
                predicted = [p for p in predicted if p["id"] in kept]
                found = score.evaluate(test, predicted)
                by_id = {p["id"]: p["scores"] for p in predicted}
                pairs = [(t in g["topics"], p) for g in test for t, p in by_id[g["id"]].items()]
                right, scores = (np.array(column) for column in zip(*pairs, strict=True))
                figures.append((found["micro_f1"], found["map"], calibration(right, scores)[1]))
            f1, ap, error = np.mean(figures, axis=0)
            print(f"{path.stem:16s} {labels:6d}  {f1:.3f}     {ap:.3f}  {error:.3f}", flush=True)


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", action="store_true")
    parser.add_argument("--splits", type=int, default=4)
    parser.add_argument("--save", type=Path, help="folder in which to keep the suggestions")
    parser.add_argument("--against", type=Path, help="folder that --save wrote")
    options = parser.parse_args()
    score = scorer(options.data)
    (with_labels if options.labels else without_labels)(options, score)


if __name__ == "__main__":
    main()
