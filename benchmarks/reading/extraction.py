"""Extracted insights: ROUGE-1 recall of human summaries, and how many of the first six an author had set in bold."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from benchmarks.reading.statistics import line

from briefreader.model import Briefing
from briefreader.reading import read

if TYPE_CHECKING:
    from pathlib import Path

MOST, WORDS = 6, 130
_WORD = re.compile(r"\w+")


def run(data: Path, verbose: bool = False) -> None:
    """Print ROUGE-1 and ROUGE-L recall by kind, and P@6 on essays."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rouge1", "rougeL"], use_stemmer=True)
    found: dict[str, list[float]] = defaultdict(list)
    for row in rows(data / "insights" / "summaries.jsonl"):
        chosen = " ".join(extracted(row["text"]))
        words = chosen.split()[:WORDS]
        scores = scorer.score(row["reference"], " ".join(words))
        found[f"{row['kind']} ROUGE-1 recall"].append(scores["rouge1"].recall)
        found[f"{row['kind']} ROUGE-L recall"].append(scores["rougeL"].recall)
        if verbose:
            print(f"  {row['id']:<60} {scores['rouge1'].recall:.3f} {len(words)} words")
    for row in rows(data / "insights" / "highlights.jsonl"):
        found["essays P@6"].append(precision(row))
    targets = {"news ROUGE-1 recall": "≥ .43", "doc ROUGE-1 recall": "≥ .44"}
    for name, values in sorted(found.items()):
        print(line(name, values, targets.get(name, "")))


def rows(path: Path) -> list[dict[str, Any]]:
    """The records of a JSON-lines file."""
    with path.open(encoding="utf-8") as stream:
        return [json.loads(text) for text in stream]


def extracted(text: str) -> list[str]:
    """The extracted insights of a Markdown text as they are shown, with their headlines, at most ``MOST``."""
    (made,) = read(text.encode(), name="a.md", format="md")
    assert isinstance(made, Briefing), made
    return [f"{i.title} {i.text}".strip() for i in made.insights if i.kind == "extracted"][:MOST]


def precision(row: dict[str, Any]) -> float:
    """P@6: the share of six slots filled with a sentence (or a part of it) that the author had set in bold."""
    sentences = [s for block in row["blocks"] for s in block]
    flags = (
        [f for block in row["highlight"] for f in block] if isinstance(row["highlight"][0], list) else row["highlight"]
    )
    bold = [words(s) for s, flag in zip(sentences, flags, strict=True) if flag]
    chosen = [words(t) for t in extracted("\n\n".join(" ".join(block) for block in row["blocks"]))]
    return sum(any(overlaps(c, b) for b in bold) for c in chosen) / MOST


def words(text: str) -> list[str]:
    """Folded words, for matching."""
    return _WORD.findall(text.lower())


def overlaps(a: list[str], b: list[str]) -> bool:
    """Whether the shorter of two sentences is (nearly) within the other."""
    short, long = sorted((a, b), key=len)
    return bool(short) and len(set(short) & set(long)) >= 0.8 * len(set(short)) and len(short) >= 0.3 * len(long)
