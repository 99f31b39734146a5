"""Measure how much content is kept, and how much boilerplate is left.

``newsletters/bodies.jsonl`` of the folder of data has HTML bodies with the lines to keep and to drop.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.reading.statistics import line

from briefreader.markdown import blocks, strip
from briefreader.model import Briefing, Original
from briefreader.reading import read_original

if TYPE_CHECKING:
    from pathlib import Path

_WORD = re.compile(r"\w+")


def run(data: Path, verbose: bool = False) -> None:
    """Print the figures of each newsletter, their means and the speed."""
    rows = [json.loads(text) for text in (data / "newsletters" / "bodies.jsonl").open(encoding="utf-8")]
    recalls, leaks, precisions = [], [], []
    spent = 0.0
    for row in rows:
        begin = time.process_time()
        (made,) = read_original(Original(row["html"].encode(), "mail-html", row["id"]))
        spent += time.process_time() - begin
        assert isinstance(made, Briefing), made
        text = plain(made)
        recalls.append(recall(row["keep"], text))
        leaks.append(leak(row["drop"], text))
        precisions.append(recall([text], "\n".join(row["keep"])))
        print(f"  {row['id']:<42} keep {recalls[-1]:.3f}  leak {leaks[-1]:.3f}  precision {precisions[-1]:.3f}")
        if verbose:
            _explain(row, text)
    size = sum(len(row["html"].encode()) for row in rows)
    print(line("content kept", recalls, "≥ .985, none under .9"), f"  lowest {min(recalls):.3f}")
    print(line("boilerplate left", leaks, "≤ .15"))
    print(line("precision", precisions))
    print(f"{size / spent / 1e6:.1f} MB of HTML per second of CPU time, with insights   target ≥ 3")


def plain(briefing: Briefing) -> str:
    """Return the title and the body without markup, with one line per block."""
    body = briefing.body
    return "\n".join([briefing.title, *(strip(body[b.text : b.end]).text for b in blocks(body))])


def recall(wanted: list[str], text: str) -> float:
    """Return the share of the 4-grams of the lines ``wanted`` that ``text`` contains.

    Lines of fewer than four words count as a whole.
    """
    have = _grams([text])
    want: Counter[tuple[str, ...]] = Counter()
    words = " " + " ".join(_words(text)) + " "
    hits = total = 0
    for entry in wanted:
        tokens = _words(entry)
        if 0 < len(tokens) < 4:
            total += 1
            hits += f" {' '.join(tokens)} " in words
        else:
            want.update(_grams([entry]))
    hits += sum(min(n, have[g]) for g, n in want.items())
    return hits / max(total + sum(want.values()), 1)


def leak(dropped: list[str], text: str) -> float:
    """Return the share of the lines ``dropped`` that ``text`` contains."""
    words = " " + " ".join(_words(text)) + " "
    lines = [" ".join(_words(entry)) for entry in dropped]
    lines = [entry for entry in lines if entry]
    return sum(f" {entry} " in words for entry in lines) / max(len(lines), 1)


def _words(text: str) -> list[str]:
    return [w.lower() for w in _WORD.findall(re.sub(r"\(https?://[^\s)]+\)", " ", text))]


def _grams(entries: list[str]) -> Counter[tuple[str, ...]]:
    grams: Counter[tuple[str, ...]] = Counter()
    for entry in entries:
        tokens = _words(entry)
        grams.update(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))
    return grams


def _explain(row: dict[str, list[str]], text: str) -> None:
    for entry in row["drop"]:
        if leak([entry], text):
            print("      LEAK", entry[:140])
    for entry in row["keep"]:
        if recall([entry], text) < 0.8:
            print("      LOST", entry[:140])
