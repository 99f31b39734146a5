"""Tagging quality on labelled documents, through the command line's own contract.

    python benchmarks/tagging.py --data DIR [--labels]

DIR holds ``taxonomy.yaml``, labelled ``*.jsonl`` (``{"id", "title", "text", "topics"}``) and ``score.py``, their
scorer. Runs ``suggest - --jsonl --fit`` on every file, prints F1 and mean average precision with bootstrap intervals
over documents; with ``--labels`` also after 20, 50, 100 and 200 gold labels, mean of several random splits, and the
calibration after 50.
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
TEST_FROM = 200  # labels come from the first so many of a shuffled file, the rest is judged


def scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def suggest(records: list[dict[str, Any]], taxonomy: Path, gold: list[dict[str, Any]] | None = None) -> list[Any]:
    """What the command line says of records; ``gold`` is learnt from first."""
    command = [sys.executable, "-m", "briefreader", "suggest", "-", "--jsonl", "--taxonomy", str(taxonomy), "--fit"]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as labels:
        if gold:
            labels.writelines(json.dumps(record) + "\n" for record in gold)
            labels.flush()
            command += ["--gold", labels.name]
        plain = "\n".join(json.dumps({k: r[k] for k in ("id", "title", "text")}) for r in records)
        done = subprocess.run([*command, "--no-insights"], input=plain.encode(), capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def interval(score: ModuleType, gold: list[Any], said: list[Any], topics: list[str] | None, figure: str) -> str:
    rng = random.Random(0)
    by_id = {p["id"]: p for p in said}
    values = []
    for _ in range(RESAMPLES):
        drawn = [gold[rng.randrange(len(gold))] for _ in gold]
        again = [{**g, "id": i} for i, g in enumerate(drawn)]
        values.append(score.evaluate(again, [{**by_id[g["id"]], "id": i} for i, g in enumerate(drawn)], topics)[figure])
    low, high = np.percentile(values, [2.5, 97.5])
    return f"{score.evaluate(gold, said, topics)[figure]:.3f} [{low:.3f}, {high:.3f}]"


def without_labels(options: argparse.Namespace, score: ModuleType) -> None:
    print("documents        topics  micro-F1               mAP")
    taxonomy = options.data / "taxonomy.yaml"
    for path in sorted(options.data.glob("*.jsonl")):
        gold = score.load(path)
        said = suggest(gold, taxonomy)
        shipped = list(said[0]["scores"])[:4]
        for topics in (None, shipped):
            f1 = interval(score, gold, said, topics, "micro_f1")
            ap = interval(score, gold, said, topics, "map")
            print(f"{path.stem:16s} {len(topics or said[0]['scores']):6d}  {f1}  {ap}", flush=True)


def with_labels(options: argparse.Namespace, score: ModuleType) -> None:
    print("documents        labels  micro-F1  mAP    calibration error")
    for path in sorted(options.data.glob("*.jsonl")):
        gold = score.load(path)
        if len(gold) < TEST_FROM + 100:
            continue
        for labels in (0, 20, 50, 100, 200):
            figures = []
            for seed in range(options.splits):
                shuffled = random.Random(seed).sample(gold, len(gold))
                said = suggest(gold, options.data / "taxonomy.yaml", shuffled[:labels])
                test = shuffled[TEST_FROM:]
                kept = {g["id"] for g in test}
                said = [p for p in said if p["id"] in kept]
                found = score.evaluate(test, said)
                by_id = {p["id"]: p["scores"] for p in said}
                pairs = [(t in g["topics"], p) for g in test for t, p in by_id[g["id"]].items()]
                right, scores = (np.array(column) for column in zip(*pairs, strict=True))
                figures.append((found["micro_f1"], found["map"], calibration(right, scores)[1]))
            f1, ap, error = np.mean(figures, axis=0)
            print(f"{path.stem:16s} {labels:6d}  {f1:.3f}     {ap:.3f}  {error:.3f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", action="store_true")
    parser.add_argument("--splits", type=int, default=4)
    options = parser.parse_args()
    score = scorer(options.data)
    (with_labels if options.labels else without_labels)(options, score)


if __name__ == "__main__":
    main()
