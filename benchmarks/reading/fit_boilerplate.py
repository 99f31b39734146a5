"""Fit the model that recognises boilerplate in newsletters.

    python -m benchmarks.reading fit_boilerplate --data DIR [--write]

The labels are of the blocks in ``docs.jsonl``, which may differ from the blocks that briefreader finds. One of these is
boilerplate if at least half of its words are in blocks labelled as boilerplate. The stored model contains numbers,
words and pairs of words, but no names: a word must be used by at least ``MIN_PUBLISHERS`` publishers, and mostly be in
lower case.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import SequenceMatcher
from functools import cache, lru_cache
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks.reading.corpus import Corpus, Fold, Issue, Newsletter
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score

from briefreader.model import Original, Problem
from briefreader.reading import addresses, mail, pages
from briefreader.reading.block_features import NAMES, Unit, table
from briefreader.reading.boilerplate_model import (
    FILE,
    BoilerplateModel,
    Fitted,
    Trees,
    WordModel,
    dumps,
    terms_of,
    with_neighbours,
)
from briefreader.reading.build_briefing import markdown_of, tidy
from briefreader.reading.units import units

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MIN_PUBLISHERS = 5
MORE_LABELS = Path(__file__).with_name("more_labels.jsonl")
SECOND_LABELS = Path(__file__).with_name("second_labels.jsonl")  # independent second labels of five of these mails
LABELS = ("content", "boilerplate", "ads")
BLOG = "blog:"
POSTS = {"simonw": 150, "luis": 60}  # number of posts per blog; they have no boilerplate, and many are short
POST_WEIGHT, MAX_POST_BLOCKS = 0.25, 60
INNER_FOLDS = 5  # the trees are fitted to word scores of models that were fitted to other publishers
# chosen by cross-validation: at least 97 % of the content is kept, and at least 98.5 % of that in newsletters/
HTML_THRESHOLD, TEXT_THRESHOLD, PER_LOG_WORD = -2.7, -2.4, 0.75
_CASED = re.compile(r"(?<=[a-z,;] )[^\W\d_]+(?:['’][^\W\d_]+)?")
_TARGET = re.compile(r"\]\([^()\s]*\)")
_ADDRESS = re.compile(r"<?\(?\[?\s*https?://\S+\)?")
_PLAIN = frozenset("i i'm i’m i've i’ve i'd i’d i'll i’ll".split())


@dataclass(slots=True)
class Sample:
    """The blocks of a newsletter; ``known`` marks those with a label."""

    publisher: str
    units: list[Unit]
    features: np.ndarray
    tokens: list[list[str]]
    labels: np.ndarray
    known: np.ndarray
    weight: float = 1.0


def blocks_of(original: Original) -> tuple[str, list[Unit]]:
    """Return the title of a mail and its blocks, before boilerplate is removed."""
    draft = next(iter(mail.read_mail(original)))
    if isinstance(draft, Problem):
        return "", []
    return draft.title, [unit for _, unit in units(markdown_of(draft), draft.blocks)]


def samples(newsletters: Sequence[Newsletter]) -> list[Sample]:
    """Return the labelled blocks of these newsletters."""
    return [_sample(newsletter) for newsletter in newsletters]


@lru_cache(maxsize=256)
def _sample(newsletter: Newsletter) -> Sample:
    title, own = blocks_of(newsletter.original)
    features, tokens = table(own, title)
    boiler, content = _label_counts(newsletter, own)
    known = boiler + content > 0
    return Sample(newsletter.publisher, own, features, tokens, (boiler >= content) & known, known)


def _label_counts(newsletter: Newsletter, own: Sequence[Unit]) -> tuple[np.ndarray, np.ndarray]:
    """Return for each block how many of its words are in boilerplate and in content."""
    boiler = set(newsletter.gold["boiler"])
    theirs = [(word, i in boiler) for i, (_, text) in enumerate(newsletter.doc["blocks"]) for word in _words(text)]
    ours = [(word, k) for k, unit in enumerate(own) for word in _words(unit.raw)]
    counts = np.zeros((2, len(own)))
    matcher = SequenceMatcher(None, [w for w, _ in ours], [w for w, _ in theirs], autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        for j in range(size):
            counts[0 if theirs[b + j][1] else 1, ours[a + j][1]] += 1
    return counts[0], counts[1]


def of_fold(fold: Fold) -> list[Sample]:
    """Return all samples for the training of a fold."""
    tested = {n.publisher for n in fold.test}
    others = [s for s in other_samples(fold.data) if s.publisher not in tested]
    more = {issue.original.data: issue for issue in fold.more}.values()  # without duplicates
    return [*samples(fold.train), *filter(None, map(_labelled, more)), *others]


@cache
def _labels_of_more(path: Path = MORE_LABELS) -> dict[str, dict[str, str]]:
    """Return the labels of blocks (by ``_digits``), by the SHA-256 of their mail."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {row["sha256"]: {block: label for label in LABELS for block in row[label]} for row in rows}


def agreement() -> str:
    """Return a line that says how far the second labels agree with the first ones."""
    first = _labels_of_more()
    pairs = [
        (first[mail][block], label)
        for mail, labels in _labels_of_more(SECOND_LABELS).items()
        for block, label in labels.items()
        if block in first[mail]
    ]
    cut = np.array([[label != "content" for label in pair] for pair in pairs])
    ads = np.array([[label == "ads" for label in pair] for pair in pairs])
    return (
        f"{len(pairs)} blocks labelled twice: {np.mean(cut[:, 0] == cut[:, 1]):.3f} agree, "
        f"kappa {cohen_kappa_score(*cut.T):.2f}; ads {ads.sum(0)}, {ads.all(1).sum()} in both"
    )


@lru_cache(maxsize=1024)
def _labelled(issue: Issue) -> Sample | None:
    """Return the blocks of an issue with its labels in ``MORE_LABELS``, None if none."""
    labels = _labels_of_more().get(sha256(issue.original.data).hexdigest())
    if labels is None:
        return None
    title, own = blocks_of(issue.original)
    features, tokens = table(own, title)
    found = [labels.get(_digits(unit.words), "") for unit in own]
    boiler = np.array([label in ("boilerplate", "ads") for label in found])
    return Sample(issue.publisher, own, features, tokens, boiler, np.array([bool(label) for label in found]))


def _digits(words: str) -> str:
    """Return the hash of a block: 12 hexadecimal digits of the SHA-256 of its words."""
    return sha256(" ".join(re.findall(r"\w+", unescape(words).lower())).encode()).hexdigest()[:12]


@lru_cache(maxsize=1)
def other_samples(data: Path) -> list[Sample]:
    """Return the newsletters in ``newsletters/``, and posts of blogs at a low weight."""
    return [*_bodies(data / "newsletters" / "bodies.jsonl"), *_posts(data)]


def _bodies(path: Path) -> Iterator[Sample]:
    publisher = Corpus(path.parents[1]).score.publisher
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        draft = pages.mail_body(Original(row["html"].encode(), "mail-html", row["id"]), row["html"])
        own = [unit for _, unit in units(markdown_of(draft), draft.blocks)]
        features, tokens = table(own, draft.title)
        keep, drop = _grams(row["keep"]), _grams(row["drop"])
        counts = np.array([[len(g & keep), len(g & drop)] for g in (_grams([unit.raw]) for unit in own)])
        yield Sample(
            publisher(row["id"].removeprefix("r-")),
            own,
            features,
            tokens,
            counts[:, 1] > counts[:, 0],
            counts.sum(1) > 0,
        )


def _posts(data: Path) -> Iterator[Sample]:
    for name, count in POSTS.items():
        rows = [json.loads(line) for line in (data / "tagging" / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for row in random.Random(0).sample(rows, min(count, len(rows))):
            body = addresses.link(tidy(row["text"]))
            own = [unit for _, unit in units(body)][:MAX_POST_BLOCKS]
            if own:
                features, tokens = table(own, row["title"])
                none, known = np.zeros(len(own), bool), np.ones(len(own), bool)
                yield Sample(f"{BLOG}{name}", own, features, tokens, none, known, POST_WEIGHT)


def _grams(texts: Sequence[str]) -> set[tuple[str, ...]]:
    found = set()
    for text in texts:
        words = _words(text)
        found |= {tuple(words[i : i + 4]) for i in range(max(len(words) - 3, 1))} if words else set()
    return found


def _words(markdown: str) -> list[str]:
    return re.findall(r"\w+", _ADDRESS.sub(" ", _TARGET.sub("]", markdown)).lower())


def common_words(found: Sequence[Sample]) -> list[str]:
    """Return the words and pairs of words that may be stored, sorted."""
    publishers = defaultdict[str, set[str]](set)
    lower, upper = Counter[str](), Counter[str]()
    for sample in found:
        for tokens in sample.tokens if not sample.publisher.startswith(BLOG) else ():
            for term in terms_of(tokens):
                publishers[term].add(sample.publisher)
        for unit in sample.units:
            for word in _CASED.findall(unit.words):
                (lower if word.islower() else upper)[word.lower()] += 1
    named = {w for w in upper if upper[w] > lower[w]} - _PLAIN
    return sorted(
        term
        for term, who in publishers.items()
        if len(who) >= MIN_PUBLISHERS and not re.search(r"\d", term) and named.isdisjoint(term.split())
    )


def _fit_words(found: Sequence[Sample]) -> WordModel:
    terms = common_words(found)
    vectorizer = TfidfVectorizer(vocabulary=terms, analyzer=terms_of, sublinear_tf=True)
    tokens = [t for s in found for t, known in zip(s.tokens, s.known, strict=True) if known]
    matrix = vectorizer.fit_transform(tokens)
    model = LogisticRegression(C=2.0, solver="liblinear").fit(matrix, _labels(found), sample_weight=_weights(found))
    return WordModel(tuple(terms), _rounded(vectorizer.idf_), _rounded(model.coef_[0]), float(model.intercept_[0]))


def _labels(found: Sequence[Sample]) -> np.ndarray:
    return np.concatenate([s.labels[s.known] for s in found])


def _weights(found: Sequence[Sample]) -> np.ndarray:
    return np.concatenate([np.full(s.known.sum(), s.weight) for s in found])


def _fit_trees(features: np.ndarray, found: Sequence[Sample]) -> Trees:
    model = HistGradientBoostingClassifier(
        max_iter=150,
        learning_rate=0.06,
        max_leaf_nodes=12,
        min_samples_leaf=15,
        l2_regularization=2.0,
        max_features=0.3,
        random_state=0,
    ).fit(features, _labels(found), sample_weight=_weights(found))
    rows = [_tree(predictors[0].nodes) for predictors in model._predictors]
    feature, value, left = (tuple(row[i] for row in rows) for i in range(3))
    return Trees(feature, value, left, float(model._baseline_prediction[0][0]))


def _tree(nodes: Any) -> tuple[tuple[int, ...], tuple[float, ...], tuple[int, ...]]:
    """Return the nodes of a tree in breadth-first order: feature, value, left child."""
    order = [0]
    feature, value, left = [], [], []
    for at in order:
        node = nodes[at]
        if node["is_leaf"]:
            feature.append(-1)
            value.append(round(float(node["value"]), 5))
            left.append(0)
        else:
            feature.append(int(node["feature_idx"]))
            value.append(float(f"{node['num_threshold']:.6g}"))
            left.append(len(order))
            order += [int(node["left"]), int(node["right"])]
    return tuple(feature), tuple(value), tuple(left)


def _rounded(values: Any) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in values)


def _parts(found: Sequence[Sample]) -> list[list[Sample]]:
    """Split the samples into ``INNER_FOLDS`` parts by publisher."""
    names = sorted({s.publisher for s in found})
    np.random.default_rng(0).shuffle(names)
    return [[s for s in found if s.publisher in names[i::INNER_FOLDS]] for i in range(INNER_FOLDS)]


def fit(found: Sequence[Sample]) -> BoilerplateModel:
    """Return a model fitted to these samples."""
    empty = Trees((), (), (), 0.0)
    blank = Fitted(NAMES, _fit_words(found), empty, HTML_THRESHOLD, TEXT_THRESHOLD, PER_LOG_WORD)
    rows, order = [], []
    for part in _parts(found):
        others = [s for s in found if not any(s is one for one in part)]
        inner = BoilerplateModel(replace(blank, words=_fit_words(others)))
        for sample in part:
            scores = inner.word_scores(sample.tokens)
            rows.append(with_neighbours(sample.features, scores)[sample.known])
            order.append(sample)
    return BoilerplateModel(replace(blank, trees=_fit_trees(np.concatenate(rows), order)))


def run(data: Path, verbose: bool = False) -> None:
    """Print the size of the model; with ``verbose``, also the heaviest words."""
    made = fit(of_fold(Corpus(data).whole())).fitted
    print(f"{len(made.words.terms)} terms, {len(made.trees.feature)} trees, {len(dumps(made)) / 1000:.0f} kB")
    print(agreement())
    if verbose:
        by_weight = sorted(zip(made.words.weight, made.words.terms, strict=True))
        print("content:", ", ".join(term for _, term in by_weight[:60]))
        print("boilerplate:", ", ".join(term for _, term in by_weight[:-60:-1]))


def write(data: Path, verbose: bool = False) -> None:
    """Fit the model to all newsletters and write the shipped data file."""
    made = fit(of_fold(Corpus(data).whole())).fitted
    today = datetime.now(UTC).date().isoformat()
    FILE.write_text(dumps(replace(made, fitted=today)), encoding="utf-8")
    print(f"{FILE.name}: {FILE.stat().st_size / 1000:.0f} kB")
