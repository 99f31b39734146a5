"""Load insights and queries, and generate more insights.

If more insights are needed than there are, new ones are generated from random sentences of the others. Words are
replaced by new ones at the rate of Heaps' law (V = K n^b, fitted to the data). Then the answers to each query are
determined again. An insight answers a query if it has all of the ``words`` (or all of ``alt``), and for each of the
``prefix_words`` a word that begins with it.
"""

from __future__ import annotations

import json
import lzma
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from briefreader.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Record:
    """An insight; IDs begin at 0."""

    id: int
    title: str
    text: str
    date: str
    source: str


@dataclass(slots=True)
class Question:
    """A query, its kind, and the IDs of the insights that answer it."""

    kind: str
    text: str
    answers: frozenset[int]


def prepared(data: Path, size: int, folder: Path) -> tuple[list[Record], list[Question]]:
    """Return insights and queries; cached in ``folder``, since this can take minutes."""
    kept, asked = folder / "insights.jsonl", folder / "questions.jsonl"
    if kept.exists() and asked.exists():
        with kept.open(encoding="utf-8") as lines:
            insights = [Record(*json.loads(line)) for line in lines]
        with asked.open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        return insights, [Question(kind, text, frozenset(answers)) for kind, text, answers in rows]
    insights = list(records(data, size))
    found = questions(data, size, insights)
    with kept.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps([r.id, r.title, r.text, r.date, r.source]) + "\n" for r in insights)
    with asked.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps([q.kind, q.text, sorted(q.answers)]) + "\n" for q in found)
    return insights, found


def records(data: Path, size: int) -> Iterator[Record]:
    """Yield ``size`` insights; if there aren't enough, the rest is generated."""
    given: list[Record] = []
    with lzma.open(data / "insights-100000.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            if len(given) == size:
                break
            r = json.loads(line)
            given.append(Record(r["id"], r["title"], r["text"], r["date"], r["source"]))
    yield from given
    if size > len(given):
        yield from _recombined(given, size)


def questions(data: Path, size: int, insights: list[Record]) -> list[Question]:
    """Return the queries with the insights that answer them."""
    with (data / "queries.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    accepted = f"accept_{size}"
    if rows and accepted in rows[0]:
        return [Question(r["cls"], r["q"], frozenset(r[accepted])) for r in rows]
    answers = _answers(rows, insights)
    return [Question(r["cls"], r["q"], a) for r, a in zip(rows, answers, strict=True)]


def _answers(rows: list[dict[str, list[str]]], insights: list[Record]) -> list[frozenset[int]]:
    wanted = {w for r in rows for w in (*r["words"], *r.get("alt", ()))}
    begins = {p for r in rows for p in r["prefix_words"]}
    lengths = sorted({len(p) for p in begins})
    holding: dict[str, set[int]] = defaultdict(set)
    beginning: dict[str, set[int]] = defaultdict(set)
    for insight in insights:
        words = set(_WORD.findall(fold(f"{insight.title}\n{insight.text}")))
        for word in words & wanted:
            holding[word].add(insight.id)
        for prefix in {w[:n] for w in words for n in lengths} & begins:
            beginning[prefix].add(insight.id)
    result = []
    for row in rows:
        found = _all(holding, row["words"]) if row["words"] else None
        if row.get("alt"):
            found = (found or set()) | (_all(holding, row["alt"]) or set())
        if row["prefix_words"]:
            begun = _all(beginning, row["prefix_words"]) or set()
            found = begun if found is None else found & begun
        result.append(frozenset(found or ()))
    return result


def _all(sets: dict[str, set[int]], words: list[str]) -> set[int] | None:
    return set.intersection(*(sets.get(w, set()) for w in words)) if words else None


def _recombined(given: list[Record], size: int) -> Iterator[Record]:
    rng = random.Random(20260101)
    sentences = [s for r in given for s in _SENTENCE.split(r.text) if len(s) > 20]
    seen: set[str] = set()
    words = 0
    half = (0, 0)
    for i, record in enumerate(given):
        found = _WORD.findall(record.text.lower())
        words += len(found)
        seen.update(found)
        if i == len(given) // 2:
            half = (words, len(seen))
    b = log(len(seen) / half[1]) / log(words / half[0])
    k = len(seen) / words**b
    stems = sorted(w for w in seen if len(w) > 5 and w.isalpha())
    vocabulary = len(seen)
    for id_ in range(len(given), size):
        model = rng.choice(given)
        length = max(len(model.text), 60)
        parts: list[str] = []
        while sum(map(len, parts)) < length:
            parts.append(rng.choice(sentences))
        text = " ".join(parts)
        found = _WORD.findall(text)
        words += len(found)
        while vocabulary < k * words**b and found:
            one, other = rng.choice(stems), rng.choice(stems)
            text = text.replace(rng.choice(found), one[: rng.randint(2, 5)] + other[-rng.randint(2, 6) :], 1)
            vocabulary += 1
        title = rng.choice(given).title
        yield Record(id_, title, text, model.date, model.source)
