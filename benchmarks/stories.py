"""Evaluate stories (reports of the same news) and the brief.

    python -m benchmarks.stories [show|fit|mail] --data DIR

DIR has texts by other people (see ``benchmarks.__main__``): ``search/insights-100000.jsonl.xz`` and the newsletters
``mail/more.tar.xz``.

``show`` compares methods on pairs of insights that are labelled by a rule, since there are no stories labelled by hand:
two insights of different documents within four days report the same news if their titles share three rare words (in at
most 0.2 % of the titles), and different news if their titles share no word. Other pairs are left out. The methods get
the texts without titles. Many pairs with different titles do report the same news, so the average precision is far
below that on pairs labelled by hand; only the order of the methods matters.

``fit`` prints the weights of ``stories/similarity.json``, with cross-validated figures. They are fitted by logistic
regression to these pairs and to the pairs of ``stories_pairs.csv``, which were judged by hand. The columns of this file
are week, judgement and features.

``mail`` adds the newsletters to a library, and measures how many stories of a day are in its brief.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import tarfile
import tempfile
import time
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from briefreader.stories import similarity, terms
from briefreader.text import STOP_WORDS, count_words, stem, words

Array = npt.NDArray[Any]
RARE_SHARE, SHARED, DAYS = 0.002, 3, 4
PAIRS = Path(__file__).with_name("stories_pairs.csv")


class Proxy:
    """Pairs of insights with their features, labelled by their titles.

    ``same`` is True for pairs that report the same news, ``known`` for all pairs with a label.
    """

    def __init__(self, data: Path, size: int) -> None:
        with lzma.open(data / "search" / "insights-100000.jsonl.xz", "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for _, line in zip(range(size), file, strict=False)]
        self.rows = sorted(rows, key=lambda row: (row["date"], row["doc"], row["id"]))
        self.day = np.array([np.datetime64(row["date"]).astype(int) for row in self.rows])
        documents = {name: n for n, name in enumerate(sorted({row["doc"] for row in self.rows}))}
        self.document = np.array([documents[row["doc"]] for row in self.rows])
        began = time.process_time()
        self.words = [terms.word_numbers("", row["text"]) for row in self.rows]
        self.idf = terms.inverse_frequencies(terms.document_frequencies(self.words), len(self.rows))
        self._find_pairs()
        self.seconds = time.process_time() - began
        self._label()

    def _find_pairs(self) -> None:
        found = []
        for day in np.unique(self.day):
            low, start, end = (np.searchsorted(self.day, v) for v in (day - DAYS, day, day + 1))
            left = terms.vectors(self.words[start:end], self.idf)
            right = terms.vectors(self.words[low:end], self.idf)
            earlier = np.arange(low, end)[None, :] < np.arange(start, end)[:, None]
            apart = self.document[low:end][None, :] != self.document[start:end][:, None]
            pairs = similarity.pairs(left, right, earlier & apart)
            found.append((pairs.right + low, pairs.left + start, pairs.features))
        self.one, self.other, self.features = (np.concatenate(v) for v in zip(*found, strict=True))

    def _label(self) -> None:
        titles = [{stem(word) for word in words(row["title"]) if word not in STOP_WORDS} for row in self.rows]
        often = Counter(word for title in titles for word in title)
        rare = [{w for w in title if often[w] <= RARE_SHARE * len(titles) and len(w) > 2} for title in titles]
        self.positives = self._count_positives(rare)
        begun = [{word[:4] for word in title} for title in titles]
        pairs = list(zip(self.one.tolist(), self.other.tolist(), strict=True))
        self.same = np.array([len(rare[a] & rare[b]) >= SHARED for a, b in pairs])
        self.known = self.same | np.array([begun[a].isdisjoint(begun[b]) for a, b in pairs])

    def _count_positives(self, rare: list[set[str]]) -> int:
        holders: dict[str, list[int]] = defaultdict(list)
        for n, title in enumerate(rare):
            for word in title:
                holders[word].append(n)
        shared: Counter[tuple[int, int]] = Counter()
        for rows in holders.values():
            for a, b in combinations(rows, 2):
                if self.day[b] - self.day[a] <= DAYS and self.document[a] != self.document[b]:
                    shared[a, b] += 1
        return sum(count >= SHARED for count in shared.values())

    def measure(self, scores: Array) -> tuple[float, float]:
        """Return the average precision, and the recall at a precision of 0.95.

        Positives that are not among the pairs count as missed.
        """
        from sklearn.metrics import average_precision_score, precision_recall_curve

        same, scores = self.same[self.known], scores[self.known]
        found = same.sum() / self.positives
        precision, recall, _ = precision_recall_curve(same, scores)
        return average_precision_score(same, scores) * found, max(recall[precision >= 0.95], default=0.0) * found

    def bm25(self) -> Array:
        """Return BM25 scores with the earlier text as the query (k1 = 1.2, b = 0.75)."""
        lengths = np.array([len(row) for row in self.words])
        mean = lengths.mean()
        sets = [set((row & terms.WORD).tolist()) for row in self.words]
        scores = []
        for a, b in zip(self.one.tolist(), self.other.tolist(), strict=True):
            norm = 2.2 / (1 + 1.2 * (0.25 + 0.75 * lengths[b] / mean))
            scores.append(sum(float(self.idf[word]) for word in sets[a] & sets[b]) * norm)
        return np.array(scores)

    def shingles(self) -> Array:
        """Return the Jaccard coefficients of three-word sequences."""
        cut = [words(row["text"]) for row in self.rows]
        made = [{tuple(text[n : n + 3]) for n in range(len(text) - 2)} for text in cut]
        pairs = zip(self.one.tolist(), self.other.tolist(), strict=True)
        return np.array([len(made[a] & made[b]) / max(len(made[a] | made[b]), 1) for a, b in pairs])


def fit(proxy: Proxy) -> None:
    """Print the weights, and cross-validated figures by month and by week."""
    from sklearn.metrics import average_precision_score
    from sklearn.model_selection import GroupKFold

    judged = np.loadtxt(PAIRS, delimiter=",", skiprows=1)
    theirs, same = judged[:, 2:], judged[:, 1] > 0
    known = np.flatnonzero(proxy.known)
    own = proxy.features[known]
    scores, on_judged = np.zeros(len(proxy.same)), np.zeros(len(judged))
    months, weeks = proxy.day[proxy.other[known]] // 30, judged[:, 0]
    folds = zip(GroupKFold(5).split(own, groups=months), GroupKFold(5).split(theirs, groups=weeks), strict=True)
    for (train, test), (fitting, checking) in folds:
        fitted = _fitted(own[train], proxy.same[known[train]], theirs[fitting], same[fitting])
        scores[known[test]] = fitted.decision_function(_beside(own[test], proxy=True))
        on_judged[checking] = fitted.decision_function(_beside(theirs[checking], proxy=False))
    fitted = _fitted(own, proxy.same[known], theirs, same)
    weights = [float(fitted.intercept_[0]), *fitted.coef_[0]]
    print(json.dumps({name: round(w, 3) for name, w in zip(("bias", *similarity.FEATURES), weights, strict=False)}))
    precision, recall = proxy.measure(scores)
    print(f"labelled by rule, cross-validated by month: AP {precision:.3f}, recall at precision .95 {recall:.3f}")
    hand = average_precision_score(same, on_judged)
    print(f"{len(judged)} pairs judged by hand, cross-validated by week: AP {hand:.3f}")


def _beside(features: Array, *, proxy: bool) -> Array:
    return np.column_stack([features, np.full(len(features), float(proxy))])


def _fitted(own: Array, own_same: Array, theirs: Array, same: Array) -> Any:
    """Fit a regression; both kinds of pairs (``own``, ``theirs``) weigh the same."""
    from sklearn.linear_model import LogisticRegression

    weights = np.where(own_same, 0.5 / own_same.sum(), 0.5 / (~own_same).sum()) * len(theirs)
    return LogisticRegression(C=1, max_iter=3000).fit(
        np.vstack([_beside(own, proxy=True), _beside(theirs, proxy=False)]),
        np.r_[own_same, same],
        np.r_[weights, np.ones(len(theirs))],
    )


def show(proxy: Proxy) -> None:
    """Print the figures of each method on the pairs labelled by rule."""
    print(
        f"{len(proxy.rows):,} insights, {len(proxy.one):,} pairs in {proxy.seconds:.1f} s of CPU;",
        f"{proxy.positives} positives",
    )
    pairs = similarity.Pairs(proxy.one, proxy.other, proxy.features)
    methods = {
        "stories": pairs.probability(), "cosine alone": pairs.cosine,
        "BM25": proxy.bm25(), "three-word shingles": proxy.shingles(),
    }  # fmt: skip
    for name, scores in methods.items():
        precision, recall = proxy.measure(scores)
        print(f"{name:<22} AP {precision:.3f}  recall at precision .95 {recall:.3f}")
    for name, scores in methods.items():
        print(f"{name:<22} news was reported before: AP {_reported_before(proxy, scores):.3f}")


def _reported_before(proxy: Proxy, scores: Array) -> float:
    """Return how well an insight's best score predicts that its news isn't new.

    The figure is the average precision over insights.
    """
    from sklearn.metrics import average_precision_score

    best: dict[int, float] = {}
    has: dict[int, bool] = {}
    for key, score, same in zip(
        proxy.other[proxy.known].tolist(), scores[proxy.known], proxy.same[proxy.known], strict=True
    ):
        best[key] = max(best.get(key, -math.inf), float(score))
        has[key] = has.get(key, False) or bool(same)
    return float(average_precision_score([has[key] for key in best], list(best.values())))


def mail(folder: Path) -> None:
    """Add the newsletters to a library; print its stories and what a brief covers."""
    from briefreader.library import Library
    from briefreader.library.story_index import StoryIndex

    with tempfile.TemporaryDirectory() as made, Library(Path(made)) as library:
        for _ in library.add([folder]):
            pass
        began = time.process_time()
        StoryIndex(library.db).rebuild()
        seconds = time.process_time() - began
        stories = library.stories()
        insights = library.stats().insights
        print(f"{insights:,} insights of newsletters: stories rebuilt in {seconds:.1f} s of CPU time")
        by_sources = Counter(min(story.sources, 4) for story in stories)
        print(
            f"{len(stories)} stories; number of stories by number of sources: "
            + ", ".join(f"{n}{'+' * (n == 4)}: {by_sources[n]}" for n in sorted(by_sources))
        )
        _coverage(library, [story for story in stories if story.sources >= 2])


def _coverage(library: Any, stories: list[Any]) -> None:
    from briefreader.stories.brief import WORDS_PER_MINUTE

    days: dict[str, list[set[str]]] = defaultdict(list)
    dates = {row.id: row.published[:10] for row in library.list()}
    for story in stories:
        for day in {dates[id.partition(".")[0]] for id in story.insights}:
            days[day].append({id for id in story.insights if dates[id.partition(".")[0]] == day})
    days = {day: found for day, found in days.items() if len(found) >= 3}
    total = sum(map(len, days.values()))
    for minutes in (5, 15):
        hits: Counter[str] = Counter()
        for day, found in days.items():
            query = f"after:{day} before:{np.datetime64(day) + 1}"
            budget = minutes * WORDS_PER_MINUTE
            brief = library.brief(query, words=budget)
            chosen = {"brief": {brief.rows[each.candidate.key].id for each in brief.brief.chosen}}
            chosen |= _peers(list(brief.rows.values()), budget)
            hits.update({name: sum(not ids.isdisjoint(story) for story in found) for name, ids in chosen.items()})
        shares = ", ".join(f"{name} {count / total:.2f}" for name, count in hits.items())
        print(f"{minutes} minutes, {len(days)} days with {total} stories: covered by {shares}")


def _peers(rows: list[Any], budget: int) -> dict[str, set[str]]:
    """Return the choices of simpler methods with the same number of words.

    They are the newest insights; the first insights of all briefings, then the second ones, and so on; and TextRank.
    """
    newest = sorted(rows, key=lambda row: (row.published, row.briefing_id), reverse=True)
    ranked = _textrank(rows)
    return {
        "newest first": _filled(newest, budget),
        "lead": _filled(sorted(newest, key=lambda row: row.number), budget),
        "TextRank": _filled([rows[n] for n in ranked], budget),
    }


def _filled(rows: list[Any], budget: int) -> set[str]:
    from briefreader.stories.brief import shown

    taken: set[str] = set()
    for row in rows:
        budget -= count_words(shown(row.text))
        if budget < 0:
            break
        taken.add(row.id)
    return taken


def _textrank(rows: list[Any]) -> list[int]:
    sets = [set(words(row.text)) - STOP_WORDS for row in rows]
    size = np.array([math.log(max(len(s), 2)) for s in sets])
    weights = np.zeros((len(rows), len(rows)))
    for a, b in combinations(range(len(rows)), 2):
        weights[a, b] = weights[b, a] = len(sets[a] & sets[b]) / (size[a] + size[b])
    sums = weights.sum(1, keepdims=True)
    weights = np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)
    rank = np.full(len(rows), 1 / max(len(rows), 1))
    for _ in range(30):
        rank = 0.15 / max(len(rows), 1) + 0.85 * weights.T @ rank
    order: list[int] = np.argsort(-rank, kind="stable").tolist()
    return order


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stories", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", nargs="?", choices=["show", "fit", "mail"], default="show")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--size", type=int, default=100_000, help="number of insights")
    given = parser.parse_args()
    if given.what == "mail":
        with tempfile.TemporaryDirectory() as scratch, tarfile.open(given.data / "mail" / "more.tar.xz") as archive:
            archive.extractall(scratch, filter="data")
            mail(Path(scratch) / "more")
    else:
        (fit if given.what == "fit" else show)(Proxy(given.data, given.size))


if __name__ == "__main__":
    main()
