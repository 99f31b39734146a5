"""Classify the blocks of newsletters as boilerplate or content, with a fitted model.

The model has two parts: a logistic regression over words and word pairs, and boosted trees over the features of a
block, including the word scores of the block and its neighbours. The mean of both log odds decides; a long block needs
more evidence than a short one. ``python -m benchmarks.reading fit_boilerplate`` fits the model and writes it to the
data file beside this module, which contains no texts, only numbers and common words.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from briefreader.errors import ReadingError
from briefreader.reading.block_features import NAMES, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.reading.block_features import Unit

FILE = Path(__file__).with_name("boilerplate_model.json")
NEIGHBOURS = (0, -1, -2, 1, 2)  # relative positions of the blocks whose word scores the trees use
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WordModel:
    """A linear model of log odds over TF-IDF values.

    The value of a term is (1 + log of its count) times ``idf``. The values of a block are normalised to length 1,
    multiplied by ``weight`` and summed; ``bias`` is added.
    """

    terms: tuple[str, ...]
    idf: tuple[float, ...]
    weight: tuple[float, ...]
    bias: float


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted regression trees; each inner tuple has the nodes of one tree.

    At a leaf, ``feature`` is -1 and ``value`` is the result of the tree. Any other node ``i`` continues at ``left[i]``
    if the feature is at most ``value[i]``, else at ``left[i] + 1``. The results of all trees are added to ``bias``.
    """

    feature: tuple[tuple[int, ...], ...]
    value: tuple[tuple[float, ...], ...]
    left: tuple[tuple[int, ...], ...]
    bias: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model as stored in the data file.

    ``threshold`` applies to HTML mails and ``text_threshold`` to plain text; ``per_log_word`` times log(1 + number of
    words) is added to either. ``fitted`` is the date of the fit, ``figures`` its measured quality.
    """

    features: tuple[str, ...]
    words: WordModel
    trees: Trees
    threshold: float
    text_threshold: float
    per_log_word: float
    fitted: str = ""
    figures: str = ""


class BoilerplateModel:
    """The fitted model, prepared for scoring the blocks of documents."""

    def __init__(self, fitted: Fitted) -> None:
        """Prepare the arrays of a fitted model.

        Raises:
            ReadingError: the model was fitted for features other than ``block_features.NAMES``.
        """
        if fitted.features != NAMES:
            raise ReadingError("the boilerplate model was fitted for other features")
        self.fitted = fitted
        words, trees = fitted.words, fitted.trees
        self._terms = {term: number for number, term in enumerate(words.terms)}
        self._first = {first for term in words.terms for first, space, _ in [term.partition(" ")] if space}
        self._idf, self._weight = np.array(words.idf), np.array(words.weight)
        sizes = [len(row) for row in trees.feature]
        starts = np.cumsum([0, *sizes[:-1]], dtype=np.intp) if sizes else np.zeros(0, np.intp)
        own = np.arange(sum(sizes))
        feature = np.array([*chain(*trees.feature)], np.intp)
        value = np.array([*chain(*trees.value)], float)
        left = np.array([*chain(*trees.left)], np.intp) + np.repeat(starts, sizes)
        leaf = feature < 0
        # all trees share one array of nodes; a leaf always leads to itself
        self._roots, self._leaf_values = starts, np.where(leaf, value, 0.0)
        self._feature = np.where(leaf, 0, feature)
        self._limit = np.where(leaf, np.inf, value)
        self._left = np.where(leaf, own, left)
        self._depth = max(map(_depth, trees.feature, trees.left), default=0)

    def evidence(self, units: Sequence[Unit], title: str = "") -> Floats:
        """Return each block's log odds of being boilerplate, minus the threshold for its length; boilerplate if > 0."""
        if not units:
            return np.zeros(0)
        features, tokens = table(units, title)
        scores = self.word_scores(tokens)
        odds = (self._by_trees(with_neighbours(features, scores)) + scores) / 2
        lengths = np.log1p([len(words) for words in tokens])
        is_html = any(unit.appearance.html for unit in units)
        threshold = self.fitted.threshold if is_html else self.fitted.text_threshold
        result: Floats = odds - threshold - self.fitted.per_log_word * lengths
        return result

    def word_scores(self, tokens: Sequence[Sequence[str]]) -> Floats:
        """Return each block's log odds of being boilerplate, based on its words."""
        known, first, size = self._terms, self._first, len(self._terms)
        found: list[int] = []  # term number, plus the block number times ``size``
        for start, words in zip(range(0, size * len(tokens), size), tokens, strict=True):
            found += [start + known[word] for word in words if word in known]
            found += [start + known[pair] for a, b in pairwise(words) if a in first and (pair := f"{a} {b}") in known]
        places, counts = np.unique(np.array(found, np.intp), return_counts=True)
        block, term = np.divmod(places, max(size, 1))
        x = (1 + np.log(counts)) * self._idf[term]
        total = np.bincount(block, x * self._weight[term], len(tokens))
        length = np.bincount(block, x * x, len(tokens))
        result: Floats = self.fitted.words.bias + total / np.sqrt(np.where(length > 0, length, 1.0))
        return result

    def _by_trees(self, features: Floats) -> Floats:
        """Return the log odds for each row of features, based on the trees."""
        count, width = features.shape
        flat = np.ascontiguousarray(features, float).ravel()
        row = np.arange(0, count * width, width)[:, None]
        at = np.repeat(self._roots[None, :], count, axis=0)
        for _ in range(self._depth):
            right = flat.take(row + self._feature.take(at)) > self._limit.take(at)
            at = self._left.take(at) + right
        total: Floats = self._leaf_values.take(at).sum(1) + self.fitted.trees.bias
        return total


def _depth(feature: Sequence[int], left: Sequence[int]) -> int:
    """Return the depth of a tree whose children follow their parents."""
    depths = [0] * len(feature)
    for at, split in enumerate(feature):
        if split >= 0:
            depths[left[at]] = depths[left[at] + 1] = depths[at] + 1
    return max(depths, default=0)


def terms_of(words: Sequence[str]) -> list[str]:
    """Return the words and word pairs of a block."""
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]


def with_neighbours(features: npt.NDArray[np.float32], scores: Floats) -> Floats:
    """Return the features, with columns added for the word scores of each block and its neighbours."""
    n, reach = len(scores), max(map(abs, NEIGHBOURS))
    padded = np.concatenate([np.zeros(reach), scores, np.zeros(reach)])
    shifted = [padded[reach + by : reach + by + n] for by in NEIGHBOURS]
    return np.column_stack([features, *shifted])


def dumps(fitted: Fitted) -> str:
    """Return the content of the data file for a model, including its checksum."""
    content = asdict(fitted)
    lines = [f'"sha256": "{_digest(content)}"']
    lines += [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in content.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def loads(text: str) -> Fitted:
    """Return the model from the content of a data file.

    Raises:
        ReadingError: the file is damaged.
    """
    try:
        content: dict[str, Any] = json.loads(text)
        if content.pop("sha256") != _digest(content):
            raise ReadingError("the boilerplate model is damaged: wrong checksum")
        words, trees = content.pop("words"), content.pop("trees")
        content["features"] = tuple(content["features"])
        return Fitted(
            words=WordModel(tuple(words["terms"]), tuple(words["idf"]), tuple(words["weight"]), words["bias"]),
            trees=Trees(_rows(trees["feature"]), _rows(trees["value"]), _rows(trees["left"]), trees["bias"]),
            **content,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReadingError(f"the boilerplate model is damaged: {error}") from None


def _rows(rows: list[list[Any]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(map(tuple, rows))


def _digest(content: dict[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@lru_cache(maxsize=4)
def shipped(path: Path = FILE) -> tuple[BoilerplateModel | None, str]:
    """Return the shipped model and "", or None and an error message; the result is cached."""
    try:
        return BoilerplateModel(loads(path.read_text("utf-8"))), ""
    except OSError as error:
        return None, f"the boilerplate model cannot be read: {error.strerror}"
    except ReadingError as error:
        return None, error.message
