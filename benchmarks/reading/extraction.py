"""Evaluate extracted insights against summaries and against sentences in bold.

``insights/`` of the folder of data has ``summaries.jsonl``, texts with summaries by people, and ``highlights.jsonl``,
essays whose authors set some sentences in bold.
"""

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
    """Print ROUGE recall of summaries, and the share of sentences in bold (P@6)."""
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
    """Return the records of a JSON Lines file."""
    with path.open(encoding="utf-8") as stream:
        return [json.loads(text) for text in stream]


def extracted(text: str) -> list[str]:
    """Return at most ``MOST`` extracted insights of a Markdown text, with headlines."""
    (made,) = read(text.encode(), name="a.md", format="md")
    assert isinstance(made, Briefing), made
    return [f"{i.title} {i.text}".strip() for i in made.insights if i.kind == "extracted"][:MOST]


def precision(row: dict[str, Any]) -> float:
    """Return P@6: the share of the first six insights whose sentence is in bold.

    If there are fewer than six insights, the missing ones count as wrong.
    """
    sentences = [s for block in row["blocks"] for s in block]
    flags = (
        [f for block in row["highlight"] for f in block] if isinstance(row["highlight"][0], list) else row["highlight"]
    )
    bold = [words(s) for s, flag in zip(sentences, flags, strict=True) if flag]
    chosen = [words(t) for t in extracted("\n\n".join(" ".join(block) for block in row["blocks"]))]
    return sum(any(overlaps(c, b) for b in bold) for c in chosen) / MOST


def words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return _WORD.findall(text.lower())


def overlaps(a: list[str], b: list[str]) -> bool:
    """Whether two sentences are mostly the same.

    The longer one must have at least 80 % of the words of the shorter one, which must have at least 30 % of the length
    of the longer one.
    """
    short, long = sorted((a, b), key=len)
    return bool(short) and len(set(short) & set(long)) >= 0.8 * len(set(short)) and len(short) >= 0.3 * len(long)
