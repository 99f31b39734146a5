"""Fit the model that ranks candidates for key insights.

    python -m benchmarks.reading fit_insights --data DIR [--write]

The labels mark sentences of newsletters as key or fair. A candidate is good if it has a key or fair sentence. Three
logistic regressions are fitted to the same standardised features: whether a candidate is good, whether it has a key
sentence, and which of two candidates of a newsletter is better. The first gives the probability, all three the order.
Each newsletter is used twice: as briefreader reads it, and with the content that was labelled.

Prints figures that are cross-validated by publisher. ``--write`` writes the model to ``insight_model.json``, which has
only numbers.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks.reading.corpus import Corpus, Newsletter
from benchmarks.reading.statistics import interval

from briefreader import reading
from briefreader.markdown import blocks
from briefreader.model import Briefing
from briefreader.reading import read_original
from briefreader.reading.digest import find_entries
from briefreader.reading.extract import Described, describe_candidates
from briefreader.reading.find_insights import passages_in
from briefreader.reading.insight_features import NAMES
from briefreader.reading.insight_ranker import InsightModel
from briefreader.reading.insights import number
from briefreader.reading.turns import speaker_turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MODEL = Path(reading.__file__).parent / "insight_model.json"
STRENGTH = 0.05  # C of the logistic regressions; values from .005 to .2 change the figures by less than .02
KEY_SHARE, PAIR_SHARE = 1.0, 0.5
LONG_LISTS = (
    -4.0,
    16.0,
    17.0,
    37.0,
)  # weights of the features long_*, chosen from some twenty settings by `extraction` on half of the news
PAIRS = 60  # number of random pairs per newsletter
LIMIT = 4.0
NO_MODEL = InsightModel((), (), (), (), 0.0, ())  # all candidates have the same score
_ADDRESS = re.compile(r"<?\(?\[?\s*https?://\S+\)?")
_WORD = re.compile(r"\w+")
MARKS = {"#": "## ", "-": "- "}
FIGURES = ("good", "key", "junk", "key sentences covered", "digest entries covered")


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of a newsletter: their features and labels (good, key)."""

    rows: np.ndarray  # [candidates, features]
    labels: np.ndarray  # [candidates, 2]


def run(data: Path, verbose: bool = False) -> None:
    """Print cross-validated figures, then the weights fitted to all newsletters."""
    fitted(data, verbose)


def write(data: Path, verbose: bool = False) -> None:
    """Print the figures and weights, and write the shipped data file."""
    write_model(fitted(data, verbose))


def fitted(data: Path, verbose: bool) -> InsightModel:
    """Print the figures and weights; return the model fitted to all newsletters."""
    corpus = Corpus(data)
    seen = {n.id: examples(n, read_body(n)) for n in corpus.newsletters}
    scored, judged = [], []
    for fold in corpus.folds():
        model = fit([e for n in fold.train for e in seen[n.id]])
        scored += [(n, _score(corpus, n, labelled_body(n), model)) for n in fold.test]
        judged += [judge(model, e) for n in fold.test for e in seen[n.id]]
    print("labelled content, cross-validated by publisher:", _line([s for _, s in scored]))
    print(calibration(judged))
    if verbose:
        for newsletter, figures in scored:
            print(f"  {newsletter.id} {newsletter.publisher:<16}", figures and [_short(f) for f in figures])
    model = fit([e for n in corpus.newsletters for e in seen[n.id]])
    print(f"{MODEL.name}: {len(model.names)} features, fitted on {len(corpus.newsletters)} newsletters")
    for name, good, rank in sorted(zip(model.names, model.good, model.rank, strict=True), key=lambda row: -abs(row[1])):
        print(f"  {name:<20} good {good:+.2f}  rank {rank:+.2f}")
    return model


def read_body(newsletter: Newsletter) -> tuple[str, str]:
    """Return the title and body of a newsletter as briefreader reads it."""
    made = next(iter(read_original(newsletter.original, insight_model=NO_MODEL)))
    assert isinstance(made, Briefing), newsletter.id
    return made.title, made.body


def examples(newsletter: Newsletter, read: tuple[str, str]) -> list[Example]:
    """Return examples of a newsletter: as it was read, and with its labelled content.

    ``read`` has the title and body as read. Examples without candidates are left out.
    """
    made = [example(newsletter, title, body) for title, body in (read, labelled_body(newsletter))]
    return [e for e in made if len(e.rows)]


def labelled_body(newsletter: Newsletter) -> tuple[str, str]:
    """Return the title and body of a newsletter's labelled content, as Markdown."""
    boiler, parts, previous = set(newsletter.gold["boiler"]), [], ""
    for n, (mark, text) in enumerate(newsletter.doc["blocks"]):
        if n in boiler:
            continue
        gap = "\n" if mark == previous == "-" else "\n\n"
        parts.append(f"{gap}{MARKS.get(mark, '')}{' '.join(text.split())}")
        previous = mark
    return newsletter.doc["title"], "".join(parts).strip()


def example(newsletter: Newsletter, title: str, body: str) -> Example:
    """Return the candidates of a body with their labels, as the scorer assigns them."""
    described = describe(title, body)
    pools = [_sentences(newsletter, kinds) for kinds in (("key", "fair"), ("key",))]
    texts = [normalize(c.text) for c in described.passages.candidates]
    labels = [[float(_holds(t, pool)) for pool in pools] for t in texts]
    return Example(np.array(described.rows).reshape(-1, len(NAMES)), np.array(labels).reshape(-1, 2))


def describe(title: str, body: str) -> Described:
    """Return the candidates of a body with their features."""
    found = blocks(body)
    turns = speaker_turns(body, found)
    return describe_candidates(title, body, found, find_entries(body, found, turns), turns)


def _sentences(newsletter: Newsletter, kinds: Iterable[str]) -> list[str]:
    found = []
    for name in (name for kind in kinds for name in newsletter.gold[kind]):
        block, place = map(int, name.split("."))
        sentences = newsletter.doc["sents"][block]
        found.append(normalize(sentences[min(place, len(sentences) - 1)]))
    return found


def normalize(text: str) -> str:
    """Return the words of a text as the scorer compares them."""
    return " " + " ".join(_WORD.findall(_ADDRESS.sub(" ", text).lower())) + " "


def _holds(text: str, pool: Sequence[str]) -> bool:
    return any(known in text or (text in known and len(text.split()) >= 8) for known in pool)


def fit(examples: Sequence[Example]) -> InsightModel:
    """Fit a model; long newsletters don't outweigh the others.

    There are too few newsletters that are long lists to learn from, so the weights in ``LONG_LISTS`` are fixed.
    """
    from sklearn.linear_model import LogisticRegression

    rows = np.concatenate([e.rows for e in examples])
    labels = np.concatenate([e.labels for e in examples])
    weights = np.concatenate([np.full(len(e.rows), len(e.rows) ** -0.5) for e in examples])
    weights /= weights.mean()
    mean, scale = rows.mean(0), np.where(rows.std(0) > 0, rows.std(0), 1.0)
    long = [n for n, name in enumerate(NAMES) if name.startswith("long_")]
    mean[long], scale[long] = 0.0, 1.0

    def standard(some: np.ndarray) -> np.ndarray:
        standardised = np.clip((some - mean) / scale, -LIMIT, LIMIT)
        standardised[:, long] = 0.0  # their weights are fixed
        return np.asarray(standardised)

    def logistic(target: np.ndarray) -> Any:
        return LogisticRegression(C=STRENGTH, max_iter=1000).fit(standard(rows), target, sample_weight=weights)

    good, key = logistic(labels[:, 0]), logistic(labels[:, 1])
    differences = _differences([(standard(e.rows), e.labels) for e in examples])
    both = np.concatenate([differences, -differences])
    signs = np.repeat([1.0, 0.0], len(differences))
    pairs = LogisticRegression(C=STRENGTH, max_iter=1000, fit_intercept=False).fit(both, signs)
    rank = good.coef_[0] + KEY_SHARE * key.coef_[0] + PAIR_SHARE * pairs.coef_[0]
    rank[long] = LONG_LISTS
    return InsightModel(
        tuple(NAMES), tuple(map(float, mean)), tuple(map(float, scale)), tuple(map(float, good.coef_[0])),
        float(good.intercept_[0]), tuple(map(float, rank)),
    )  # fmt: skip


def _differences(examples: Iterable[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return feature differences of random pairs (better, worse) of a newsletter."""
    rng = np.random.default_rng(1)
    found = []
    for rows, labels in examples:
        worth = labels.sum(1)
        first, second = rng.integers(0, len(worth), (2, 4 * PAIRS))
        better = worth[first] > worth[second]
        found.append((rows[first] - rows[second])[better][:PAIRS])
    return np.concatenate(found)


def judge(model: InsightModel, example: Example) -> np.ndarray:
    """Return the probability and the label of each candidate [candidates, 2]."""
    probability = [good for good, _ in model.score(example.rows)]
    return np.column_stack([probability, example.labels[:, 0]])


def calibration(judged: Sequence[np.ndarray]) -> str:
    """Format the calibration error of P(good), and the share that is good by tenth."""
    both = np.concatenate(judged)
    tenth = np.minimum((10 * both[:, 0]).astype(int), 9)
    groups = [both[tenth == n] for n in sorted(set(tenth))]
    error = sum(len(group) * abs(np.subtract(*group.mean(0))) for group in groups) / len(both)
    rows = ", ".join(f"{group[:, 0].mean():.2f} {group[:, 1].mean():.2f} ({len(group)})" for group in groups)
    return f"P(good): ECE {error:.3f} over {len(both)} candidates; mean and share that is good by tenth: {rows}"


def write_model(model: InsightModel, path: Path = MODEL) -> None:
    """Write a model as JSON."""
    data = {
        "about": "python -m benchmarks.reading fit_insights",
        "names": model.names,
        "bias": round(model.bias, 5),
        **{key: [round(v, 5) for v in getattr(model, key)] for key in ("mean", "scale", "good", "rank")},
    }
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _score(corpus: Corpus, newsletter: Newsletter, text: tuple[str, str], model: InsightModel) -> Any:
    title, body = text
    found = blocks(body)
    made = number(title, body, found, passages_in(title, body, found, model=model))
    got = {"insights": [{"kind": i.kind, "title": i.title, "text": i.text} for i in made]}
    return corpus.score.insights(newsletter.doc, newsletter.gold, got)


def _line(scored: Sequence[Any]) -> str:
    parts = []
    for name, column in zip(FIGURES, zip(*(s for s in scored if s), strict=True), strict=True):
        mean, low, high = interval([float(v) for v in column if v is not None])
        parts.append(f"{name} {mean:.3f} [{low:.3f}, {high:.3f}]")
    return ", ".join(parts)


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
