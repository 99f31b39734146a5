"""Fit the weights of topic scores (tagging/score.json) and evaluate them.

    python -m benchmarks.tagging_weights --data DIR [--write] [--ablations]

DIR has ``mail/`` (labelled newsletters) and ``tagging/`` (digests, which have half the weight). The weights are the
same for all topics and taxonomies, and are at least 0. They are fitted to the newsletters with both shipped taxonomies,
with and without hints and domain.

Prints figures that are cross-validated by publisher, with bootstrap intervals over newsletters. Next to them are the
figures of a rule that assigns a topic if its phrases occur twice; the figures of the digests follow. ``--write`` stores
the figures, and the weights fitted to all data. ``--ablations`` prints only how much each feature contributes.
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks.tagging_newsletters import LabelledSet, digests, load
from scipy.optimize import minimize
from sklearn.metrics import average_precision_score

from briefreader import paths
from briefreader.tagging.evidence import PASSAGE_FEATURES
from briefreader.tagging.prior import DOCUMENT_FEATURES, INSIGHT_FEATURES
from briefreader.tagging.weights import LEVELS, Weights
from briefreader.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from benchmarks.tagging_newsletters import Digests

    from briefreader.tagging.vectors import Floats

FOLDS = 8
DIGESTS = ("ainews-short",)
DIGEST_WEIGHT = 0.5  # weight of digests; that of newsletters is 1
PLAIN_WEIGHT = 0.5  # weight of newsletters with taxonomies without hints and domain
PENALTY = {"passage": 1.0, "document": 0.4, "insight": 0.3}  # like C in scikit-learn: smaller means closer to 0
NAMES = {"passage": ("bias", *PASSAGE_FEATURES), "document": DOCUMENT_FEATURES, "insight": INSIGHT_FEATURES}
NOTHING: dict[str, Collection[str]] = {}
WORD = re.compile(r"[^\W_]+")
# Weights that are not fitted. With weights from 4 to 12, mean average precision hardly changes; but similarities have
# different levels in different corpora, so a weight fitted to all of them would be too low.
FIXED = {"similarity": 6.5}
RESAMPLES = 500
MAX_STEPS = 50
SCORE = Path(__file__).parents[1] / "src" / "briefreader" / "tagging" / "score.json"
SUPPORT_FROM = 0.4  # minimum score of a briefing at which hints of the topic count in its insights


@dataclass(frozen=True, slots=True)
class Data:
    """The data for fitting and evaluation.

    ``plain`` has the newsletters with taxonomies without hints and domain.
    """

    shipped: list[LabelledSet]
    plain: list[LabelledSet]
    digests: list[Digests]
    publisher_fold: dict[str, int]


def regress(x: Floats, y: Floats, sample: Floats, level: str, dropped: Collection[str]) -> Floats:
    """Return weights of at least 0, the bias first, by penalised logistic regression.

    L-BFGS-B is used, since scikit-learn's LogisticRegression supports neither bounds nor fixed weights (``FIXED``).
    """
    names = NAMES[level][1:]
    given = np.array([FIXED.get(name, 0.0) if level == "document" and name not in dropped else 0.0 for name in names])
    columns, offset = np.column_stack([np.ones(len(x)), x]), x @ given
    ridge = np.full(len(given) + 1, 1 / PENALTY[level])
    ridge[0] = 0.0

    def loss(weights: Floats) -> tuple[float, Floats]:
        logits = columns @ weights + offset
        slope = sample * (sigmoid(logits) - y)
        value = (sample * (np.logaddexp(0, logits) - y * logits)).sum() + 0.5 * ridge @ weights**2
        return float(value), columns.T @ slope + ridge * weights

    bounds = [
        (None, None),
        *((0, 0 if fixed or name in dropped else None) for fixed, name in zip(given, names, strict=True)),
    ]
    found = minimize(loss, np.zeros(len(bounds)), jac=True, bounds=bounds).x
    return np.asarray(found + np.concatenate([[0.0], given]))


def fitted(data: Data, without: int | None, dropped: Mapping[str, Collection[str]] = NOTHING) -> Weights:
    """Return the weights of all levels, fitted to all folds but ``without``.

    The features in ``dropped`` (by level) have the weight 0.
    """
    weights = Weights(**{level: np.zeros(len(NAMES[level])) for level in LEVELS}, thresholds={})
    sets = [(s, 1.0) for s in data.shipped] + [(s, PLAIN_WEIGHT) for s in data.plain]
    trained = {s.name: np.array([data.publisher_fold[p] != without for p in s.publishers]) for s, _ in sets}
    x, y, w = [], [], []
    for found, weight in sets:
        rows = trained[found.name][found.measured.passages.documents]
        x.append(found.passage_features()[rows])
        y.append(found.passage_labels[rows])
        w.append(np.full(y[-1].shape, weight))
    weights = replace(weights, passage=regress(*_flat(x, y, w), "passage", dropped.get("passage", ())))
    x, y, w = [], [], []
    for found, weight in sets:
        rows = trained[found.name]
        x.append(found.document_features(weights)[rows][:, :, 1:])
        y.append(found.labels[rows])
        w.append(np.full(y[-1].shape, weight))
    for digest in data.digests:
        rows = digest.folds != without
        x.append(digest.features(weights)[rows][:, :, 1:])
        y.append(digest.labels[rows])
        w.append(np.full(y[-1].shape, DIGEST_WEIGHT))
    weights = replace(weights, document=regress(*_flat(x, y, w), "document", dropped.get("document", ())))
    x, y, w = [], [], []
    for found, weight in sets:
        rows = trained[found.name][found.insight_owners]
        briefings = sigmoid(found.document_features(weights) @ weights.document)
        x.append(found.insight_features(weights, briefings, SUPPORT_FROM)[rows][:, :, 1:])
        y.append(found.insight_labels[rows])
        w.append(np.full(y[-1].shape, weight))
    return replace(weights, insight=regress(*_flat(x, y, w), "insight", dropped.get("insight", ())))


def _flat(x: list[Floats], y: list[Floats], w: list[Floats]) -> tuple[Floats, Floats, Floats]:
    columns = x[0].shape[-1]
    return (
        np.concatenate([each.reshape(-1, columns) for each in x]),
        np.concatenate([each.ravel() for each in y]),
        np.concatenate([each.ravel() for each in w]),
    )


def sigmoid(logits: Floats) -> Floats:
    """Return the probabilities of logits."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -500, 500))))


def held_out(data: Data, folds: dict[int, Weights]) -> dict[tuple[str, str], Floats]:
    """Return probabilities by set and level, from weights fitted to other folds."""
    found: dict[tuple[str, str], Floats] = {}
    for each in data.shipped:
        fold = level_folds(data, each)
        for level, labels in each.truths.items():
            found[each.name, level] = np.zeros(labels.shape)
        for number, weights in folds.items():
            own, scores = fold["document"] == number, sigmoid(each.document_features(weights) @ weights.document)
            found[each.name, "document"][own] = scores[own]
            rows = fold["passage"] == number
            logits = each.measured.passage_evidence(weights) + weights.passage[0]
            found[each.name, "passage"][rows] = sigmoid(logits)[rows]
            rows = fold["insight"] == number
            features = each.insight_features(weights, scores, SUPPORT_FROM)
            found[each.name, "insight"][rows] = sigmoid(features @ weights.insight)[rows]
    for digest in data.digests:
        found[digest.name, "document"] = np.zeros(digest.labels.shape)
        for number, weights in folds.items():
            rows = digest.folds == number
            found[digest.name, "document"][rows] = sigmoid(digest.features(weights)[rows] @ weights.document)
    return found


def f1(labels: Floats, given: Floats) -> float:
    """Return the micro-averaged F1 over all pairs."""
    return float(2 * (labels & given).sum() / max(labels.sum() + given.sum(), 1))


def calibration_error(labels: Floats, scores: Floats) -> float:
    """Return the expected calibration error, over ten bins of equal size.

    Pairs with a score below 0.05 are left out.
    """
    chosen = scores >= 0.05
    order = np.argsort(scores[chosen])
    bins = np.array_split(order, 10)
    gaps = [abs(scores[chosen][b].mean() - labels[chosen][b].mean()) * len(b) for b in bins if len(b)]
    return float(sum(gaps) / max(chosen.sum(), 1))


def calibration_floor(scores: Floats) -> float:
    """Return the calibration error of perfectly calibrated scores, by chance.

    It is larger for fewer pairs.
    """
    rng = np.random.default_rng(0)
    chosen = scores[scores >= 0.05]
    return float(np.mean([calibration_error(rng.random(len(chosen)) < chosen, chosen) for _ in range(RESAMPLES)]))


def two_hits(taxonomy: Taxonomy, title: str, text: str) -> list[bool]:
    """Return for each topic whether its phrases occur at least twice in the document.

    Plurals and hyphens are ignored.
    """
    plain = f" {' '.join(WORD.findall(f'{title} {text}'.lower()))} "
    found = []
    for topic in taxonomy.topics:
        spelt = {r" ?".join(map(re.escape, WORD.findall(p.lower()))) for p in topic.phrases} - {""}
        pattern = "|".join(sorted(spelt, key=len, reverse=True))
        found.append(len(re.findall(rf"(?<= )(?:{pattern})(?:s|es)?(?= )", plain)) > 1)
    return found


def interval(figure: Callable[[Floats], float], count: int, sign: str = "") -> str:
    """Format a figure with its 95 % bootstrap interval over ``count`` rows."""
    rng = np.random.default_rng(0)
    low, high = np.percentile([figure(rng.integers(0, count, count)) for _ in range(RESAMPLES)], [2.5, 97.5])
    return f"{figure(np.arange(count)):{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"


def threshold(data: Data, scores: dict[tuple[str, str], Floats], level: str, without: int | None) -> float:
    """Return the threshold that is half of the F1 that it reaches.

    For calibrated probabilities, this is the threshold with the highest F1 (Lipton, Elkan & Narayanaswamy 2014). It
    varies far less between samples than the threshold with the highest measured F1. F1 is the mean of both taxonomies,
    on the folds other than ``without``.
    """
    rows = {each.name: level_folds(data, each)[level] != without for each in data.shipped}
    cut = 0.4
    for _ in range(MAX_STEPS):
        found = [f1(s.truths[level][rows[s.name]], scores[s.name, level][rows[s.name]] >= cut) for s in data.shipped]
        cut = (cut + float(np.mean(found)) / 2) / 2
    return cut


def tagged(data: Data, scores: dict[tuple[str, str], Floats], level: str) -> dict[str, Floats]:
    """Return the assigned topics by set; a fold's threshold is from the other folds."""
    cuts = [threshold(data, scores, level, fold) for fold in range(FOLDS)]
    print(f"{level}: thresholds by fold {min(cuts):.3f} to {max(cuts):.3f}")
    return {s.name: scores[s.name, level] >= np.array(cuts)[level_folds(data, s)[level]][:, None] for s in data.shipped}


def level_folds(data: Data, each: LabelledSet) -> dict[str, Floats]:
    """Return the fold of each row, by level."""
    fold = np.array([data.publisher_fold[p] for p in each.publishers])
    return {
        "document": fold,
        "passage": fold[each.measured.passages.documents],
        "insight": fold[each.insight_owners],
    }


def report(data: Data, scores: dict[tuple[str, str], Floats]) -> dict[str, Any]:
    """Print all figures and return the main ones."""
    kept: dict[str, Any] = {}
    tags = {level: tagged(data, scores, level) for level in LEVELS}
    for each in data.shipped:
        p = scores[each.name, "document"]
        given = tags["document"][each.name]
        hits = np.array([two_hits(each.taxonomy, n.title, n.text) for n in each.newsletters])
        print(f"{each.name}, {len(each.newsletters)} newsletters")
        for name, chosen in (("score", given), ("two phrases", hits)):
            print(f"  {name:11} {of_tags(each, chosen)}")
        about = each.main.any(axis=1)
        first = np.where(given, p, -1).argmax(axis=1)
        right = each.main[np.arange(len(p)), first] & given.any(axis=1)
        print(f"  first topic is a main topic: {right[about].sum()} of {about.sum()} newsletters")
        kept[each.name] = {"F1": round(f1(each.labels, given), 3)}
        for level, truth in each.truths.items():
            q = scores[each.name, level]
            at = f1(truth, tags[level][each.name])
            ap = average_precision_score(truth.ravel(), q.ravel())
            error = calibration_error(truth.ravel(), q.ravel())
            text = f"{error:.3f} (by chance {calibration_floor(q.ravel()):.3f})"
            print(f"  {level:9} F1 {at:.3f}, average precision {ap:.3f}, calibration error {text}")
            kept[each.name][f"{level}: F1, calibration error"] = [round(at, 3), round(error, 3)]
    for level in LEVELS:
        p = np.concatenate([scores[each.name, level].ravel() for each in data.shipped])
        truth = np.concatenate([each.truths[level].ravel() for each in data.shipped])
        error, floor = calibration_error(truth, p), calibration_floor(p)
        print(f"both taxonomies, {level}: calibration error {error:.3f} (by chance {floor:.3f})")
        kept[f"{level}: calibration error, by chance"] = [round(error, 3), round(floor, 3)]
    for digest in data.digests:
        p = scores[digest.name, "document"]
        ranked = [average_precision_score(digest.labels[:, k], p[:, k]) for k in range(p.shape[1])]
        at = f1(digest.labels, p >= threshold(data, scores, "document", None))
        print(f"{digest.name}: F1 {at:.3f}, mAP {np.mean(ranked):.3f}")
    return kept


def of_tags(each: LabelledSet, tags: Floats) -> str:
    """Format F1 with interval, precision, recall and the number of main topics found."""
    figure = interval(lambda rows: f1(each.labels[rows], tags[rows]), len(tags))
    right = (each.labels & tags).sum()
    precision, recall = right / max(tags.sum(), 1), right / each.labels.sum()
    main = f"{(each.main & tags).sum()} of {each.main.sum()} main topics"
    return f"F1 {figure}, precision {precision:.3f}, recall {recall:.3f}, {main}"


def ablations(data: Data, scores: dict[tuple[str, str], Floats]) -> None:
    """Print by how much average precision is lower without each feature.

    The 95 % intervals are from a paired bootstrap over newsletters; a difference whose interval contains 0 is noise.
    """
    for level in LEVELS:
        for name in NAMES[level][1:]:
            less = held_out(data, {fold: fitted(data, fold, {level: (name,)}) for fold in range(FOLDS)})
            found = []
            for each in data.shipped:
                for judged in ("document", "insight"):
                    owners = each.insight_owners if judged == "insight" else np.arange(len(each.newsletters))
                    rows = [np.flatnonzero(owners == number) for number in range(len(each.newsletters))]
                    truth, before, after = (
                        a[each.name, judged] for a in ({(each.name, judged): each.truths[judged]}, scores, less)
                    )

                    def gain(
                        chosen: Floats, rows: Any = rows, t: Any = truth, a: Any = before, b: Any = after
                    ) -> float:
                        drawn = np.concatenate([rows[n] for n in chosen])
                        of = [average_precision_score(t[drawn].ravel(), p[drawn].ravel()) for p in (a, b)]
                        return float(of[0] - of[1])

                    found.append(f"{len(each.taxonomy.ids):2} topics, {judged}s {interval(gain, len(rows), '+')}")
            print(f"with {level}: {name:13} {'; '.join(found)}", flush=True)


def gather(folder: Path) -> Data:
    """Load all texts and compute their features."""
    newsletters = load(folder)
    shipped, plain = [], []
    for name in ("ai-briefings", "ai-industry"):
        taxonomy = Taxonomy.load(paths.shipped("taxonomy") / f"{name}.yaml")
        shipped.append(LabelledSet(name, taxonomy, newsletters))
        bare = replace(taxonomy, topics=tuple(replace(t, hints=()) for t in taxonomy.topics), domain=())
        plain.append(LabelledSet(f"{name}, plain", bare, newsletters))
    theirs = Taxonomy.load(folder / "tagging" / "taxonomy.yaml")
    publishers = sorted({n.publisher for n in newsletters})
    order = np.random.default_rng(0).permutation(len(publishers))
    folds = {publisher: int(at % FOLDS) for publisher, at in zip(publishers, order, strict=True)}
    return Data(shipped, plain, [digests(folder, name, theirs, FOLDS) for name in DIGESTS], folds)


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--ablations", action="store_true", help="print only how much each feature contributes")
    parser.add_argument("--write", action="store_true", help="store the weights")
    options = parser.parse_args()
    data = gather(options.data)
    scores = held_out(data, {fold: fitted(data, fold) for fold in range(FOLDS)})
    if options.ablations:
        ablations(data, scores)
        return
    figures = report(data, scores)
    weights = fitted(data, None)
    content: dict[str, Any] = {
        level: dict(zip(NAMES[level], np.round(getattr(weights, level), 3).tolist(), strict=True)) for level in LEVELS
    }
    thresholds = {level: round(threshold(data, scores, level, None), 2) for level in ("document", "insight")}
    content |= {"thresholds": thresholds, "fitted": f"{datetime.now(UTC):%Y-%m-%d}", "cross-validated": figures}
    print(json.dumps(content, indent=1))
    if options.write:
        SCORE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
