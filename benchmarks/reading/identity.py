"""Near-duplicates: recall on pairs made of real documents in other clothes, and false pairs among different ones.

Each document of ``--data`` (Markdown, text, HTML, mail) is paired with itself forwarded, truncated to its first half,
as HTML, and re-wrapped; every pair of different documents, and every pair of digests of one newsletter, must stay two.
"""

from __future__ import annotations

import html
import re
import textwrap
from itertools import combinations
from typing import TYPE_CHECKING

from benchmarks.reading.statistics import line

from briefreader.model import Briefing
from briefreader.reading import read
from briefreader.reading.identity import INDEXED, MIN_CHARACTERS, Fingerprint, fingerprint, is_same_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SUFFIXES = (".md", ".txt", ".html", ".eml", ".mbox", ".jsonl")


def run(data: Path, verbose: bool = False) -> None:
    """Print recall by disguise, the share that the indexed hashes nominate, and the false pairs."""
    originals = [b for b in _briefings(data) if fingerprint(b).words >= 2 * MIN_CHARACTERS]
    prints = [fingerprint(b) for b in originals]
    found: dict[str, list[float]] = {}
    nominated: list[float] = []
    for original, mark in zip(originals, prints, strict=True):
        for name, disguise in DISGUISES.items():
            other = disguise(original)
            if other is None:
                continue
            other_mark = fingerprint(other)
            alike = is_same_document(mark, original.body, other_mark, other.body)
            found.setdefault(name, []).append(float(alike))
            nominated.append(float(_nominates(mark, other_mark)))
            if verbose and not alike:
                print("  missed:", name, original.original.path, original.title[:60])
    false = []
    pairs = 0
    for (a, left), (b, right) in combinations(zip(originals, prints, strict=True), 2):
        pairs += 1
        if is_same_document(left, a.body, right, b.body):
            false.append((a.original.path, b.original.path))
    for name, values in found.items():
        print(line(f"recall, {name}", values))
    print(line("recall, all disguises", [v for values in found.values() for v in values], "≥ .98"))
    print(line(f"nominated by {INDEXED} hashes", nominated))
    print(f"{len(false)} of {pairs} pairs of files taken for one; right only for copies of one document")
    for left_path, right_path in false:
        print("  ", left_path, right_path)


def _briefings(data: Path) -> Iterator[Briefing]:
    for path in sorted(p for p in data.rglob("*") if p.suffix in SUFFIXES and ".expected" not in p.name):
        for made in read(path):
            if isinstance(made, Briefing):
                yield made


def _nominates(a: Fingerprint, b: Fingerprint) -> bool:
    return bool(set(a.sketch[:INDEXED]) & set(b.sketch)) or bool(set(b.sketch[:INDEXED]) & set(a.sketch))


def _again(text: str, name: str, format: str) -> Briefing | None:
    return next((b for b in read(text.encode(), name=name, format=format) if isinstance(b, Briefing)), None)


def _forwarded(b: Briefing) -> Briefing | None:
    head = "From: Me <me@a.example>\nSubject: Fwd: " + b.title.replace("\n", " ") + "\n\nThought of you!\n\n"
    run = f"---------- Forwarded message ---------\nFrom: {b.source} <x@b.example>\nDate: today\nSubject: {b.title}\n\n"
    return _again(head + run + b.body, "a.eml", "eml")


def _truncated(b: Briefing) -> Briefing | None:
    return _again(f"{b.title}\n\n" + b.body[: len(b.body) // 2], "a.md", "md")


def _as_html(b: Briefing) -> Briefing | None:
    def paragraph(block: str) -> str:
        text = html.escape(re.sub(r"(?<!!)\[([^\]]*)\]\([^)]*\)", r"\1", block), quote=False)
        return "<p>" + re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text).replace("\n", "<br>") + "</p>"

    blocks = "".join(map(paragraph, b.body.split("\n\n")))
    return _again(
        f"<html><head><title>{html.escape(b.title)}</title></head><body>{blocks}</body></html>", "a", "mail-html"
    )


def _wrapped(b: Briefing) -> Briefing | None:
    paragraphs = (textwrap.fill(" ".join(p.split()), 76, break_long_words=False) for p in b.body.split("\n\n"))
    return _again(f"{b.title}\n\n" + "\n\n".join(paragraphs), "a.txt", "txt")


DISGUISES: dict[str, Callable[[Briefing], Briefing | None]] = {
    "forwarded": _forwarded,
    "truncated": _truncated,
    "as HTML": _as_html,
    "re-wrapped": _wrapped,
}
