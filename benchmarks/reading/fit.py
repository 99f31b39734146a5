"""The weights of extraction from labelled documents: ridge regression a profile, with cross-validated figures.

Labels: the share of a reference's words that a sentence has (NEWS, DOCUMENT), or whether its author set it in bold
(ESSAY). Prints the figures that five folds give on documents they did not see, then ``weights.py``'s values.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks.reading.extraction import MOST, overlaps, rows, words
from benchmarks.reading.statistics import line

from briefreader.reading import boilerplate, metadata
from briefreader.reading.build_briefing import tidy
from briefreader.reading.extract import FLOOR, best
from briefreader.reading.features import NAMES, Sentence, split, table
from briefreader.reading.markdown import blocks
from briefreader.reading.weights import Profile

if TYPE_CHECKING:
    from pathlib import Path

FOLDS, SEEDS = 5, 3
# what common sense says of essays, where bold sentences are few: the fit is drawn towards it, not towards nothing
# and the features that it does not name are left out, for so few labels can't tell what they are worth
PRIOR = {
    "ESSAY": {
        "centroid": 2.0, "top": 0.8, "early": 0.3, "stance": 0.9, "crux": 0.5, "superlative": 0.3, "length": 1.0,
        "anaphora": -0.3, "first3": -0.5, "emphasis": 3.0, "future": 0.0, "question": 0.0, "colon": 0.0, "alone": 0.0,
    }
}  # fmt: skip
_OUT = 1e9  # the penalty that keeps a weight at zero
SETTINGS = {"news": ("NEWS", 0.3, 130, 0.1), "doc": ("DOCUMENT", 0.6, 130, 0.1), "essay": ("ESSAY", 0.0, 240, 0.5)}


@dataclass(slots=True)
class _Document:
    made: list[Sentence]
    features: np.ndarray  # [usable sentences, features]
    usable: list[int]
    labels: np.ndarray  # [usable sentences]
    reference: Counter[str]
    tokens: dict[int, Counter[str]]


def run(data: Path, verbose: bool = False) -> None:
    """Print cross-validated figures and the weights fitted on all."""
    kinds: dict[str, list[_Document]] = {"news": [], "doc": [], "essay": []}
    for row in rows(data / "insights" / "summaries.jsonl"):
        kinds[row["kind"]].append(_summarised(row))
    for row in rows(data / "insights" / "highlights.jsonl"):
        kinds["essay"].append(_highlighted(row))
    fitted = []
    for kind, documents in kinds.items():
        name, length, budget, shrink = SETTINGS[kind]
        blank = Profile(name, 0.0, (), length, budget)
        figures: list[float] = []
        for seed in range(SEEDS):
            order = list(range(len(documents)))
            random.Random(seed).shuffle(order)
            for fold in range(FOLDS):
                test = order[fold::FOLDS]
                profile = _fit(blank, [documents[i] for i in order if i not in test], shrink)
                figures += [_figure(documents[i], profile) for i in test]
        print(line(f"{kind} cross-validated", figures))
        final = _fit(blank, documents, shrink)
        print(line(f"{kind} fitted on all", [_figure(d, final) for d in documents]))
        fitted.append(final)
    for profile in fitted:
        print(f"\n{profile.name} = Profile(\n    {profile.name!r},\n    {profile.bias:.4f},\n    (")
        for name, weight in zip(NAMES, profile.weights, strict=True):
            print(f"        {round(weight, 4) + 0.0:.4f},  # {name}")  # no minus before a zero
        print(f"    ),\n    {profile.length},\n    {profile.budget},\n)")


def _document(text: str) -> tuple[list[Sentence], np.ndarray, list[int]]:
    """The sentences as reading finds them, with the features of those that may be chosen."""
    _, body = metadata.title_of_text(tidy(text))
    body = tidy(boilerplate.cut(body)[0])
    found = blocks(body)
    made = split(body, found)
    table_rows = table(made, found)
    usable = [i for i, row in enumerate(table_rows) if row is not None]
    return made, np.array([table_rows[i] for i in usable], dtype=float).reshape(len(usable), len(NAMES)), usable


def _summarised(row: dict[str, Any]) -> _Document:
    made, features, usable = _document(row["text"])
    reference = Counter(_stems(row["reference"]))
    tokens = {i: Counter(_stems(made[i].text)) for i in usable}
    total = sum(reference.values())
    labels = np.array([sum(min(n, tokens[i][t]) for t, n in reference.items()) / total for i in usable])
    return _Document(made, features, usable, labels, reference, tokens)


def _highlighted(row: dict[str, Any]) -> _Document:
    made, features, usable = _document("\n\n".join(" ".join(block) for block in row["blocks"]))
    sentences = [s for block in row["blocks"] for s in block]
    flags = [f for b in row["highlight"] for f in b] if isinstance(row["highlight"][0], list) else row["highlight"]
    bold = [words(s) for s, flag in zip(sentences, flags, strict=True) if flag]
    labels = np.array([float(any(overlaps(words(made[i].text), b) for b in bold)) for i in usable])
    return _Document(made, features, usable, labels, Counter(), {})


def _stems(text: str) -> list[str]:
    from nltk.stem.porter import PorterStemmer

    stemmer = PorterStemmer()
    return [stemmer.stem(w) if len(w) > 3 else w for w in re.sub(r"[^a-z0-9]+", " ", text.lower()).split()]


def _fit(blank: Profile, documents: list[_Document], shrink: float) -> Profile:
    """Ridge regression on standardized features, each document weighing the same."""
    usable = [d for d in documents if len(d.usable) >= 3]
    stacked = np.vstack([d.features for d in usable])
    mean, scale = stacked.mean(0), stacked.std(0) + 1e-6
    size = len(NAMES) + 1
    left, right = np.zeros((size, size)), np.zeros(size)
    for d in usable:
        design = np.hstack([(d.features - mean) / scale, np.ones((len(d.usable), 1))])
        left += design.T @ design / len(d.usable) / len(usable)
        right += design.T @ d.labels / len(d.usable) / len(usable)
    wanted = PRIOR.get(blank.name, dict.fromkeys(NAMES, 0.0))
    penalty = np.diag([shrink if n in wanted else _OUT for n in NAMES] + [0.0])
    prior = np.append([wanted.get(n, 0.0) for n in NAMES] * scale, 0.0)
    if prior.any():
        prior *= (prior @ right) / (prior @ left @ prior)
    solution = np.linalg.solve(left + penalty, right + penalty @ prior)
    weights = solution[:-1] / scale
    return replace(blank, bias=float(solution[-1] - mean @ weights), weights=tuple(map(float, weights)))


def _figure(document: _Document, profile: Profile) -> float:
    raw = document.features @ np.array(profile.weights) + profile.bias
    values = {i: max(float(v), FLOOR) for i, v in zip(document.usable, raw, strict=True)}
    chosen = best(document.made, values, profile)
    if not document.reference:
        labels = dict(zip(document.usable, document.labels, strict=True))
        return float(sum(labels[i] for i in chosen)) / MOST
    got: Counter[str] = Counter()
    for i in chosen:
        got.update(document.tokens[i])
    return sum(min(n, got[t]) for t, n in document.reference.items()) / sum(document.reference.values())
