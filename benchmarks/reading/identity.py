"""Evaluate duplicate detection on newsletters.

First, each mail in ``mail/mail`` of the folder of data is compared with variants of itself: forwarded, truncated to its
first half, as HTML, and re-wrapped. These must be recognised as duplicates, and all pairs of different mails as
different. Then these mails and those of ``mail/more.tar.xz`` are added to an empty library, and each duplicate is
listed with the rule that found it.
"""

from __future__ import annotations

import email
import hashlib
import html
import re
import tarfile
import tempfile
import textwrap
from collections import Counter
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.reading.statistics import line

from briefreader.library import Library
from briefreader.model import Briefing
from briefreader.reading import read
from briefreader.reading.identity import INDEXED, Fingerprint, agree, fingerprint
from briefreader.reading.identity_rules import decide, far_apart
from briefreader.reading.mail_headers import header
from briefreader.reading.origin import stated_date, title_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SUFFIXES = (".md", ".txt", ".html", ".eml", ".mbox", ".jsonl")
MIN_WORDS = 200  # shorter mails are left out, since half of them is too short to be recognised


def run(data: Path, verbose: bool = False) -> None:
    """Print recall by kind of variant, and the duplicates in a library."""
    folder = data / "mail" / "mail" if (data / "mail" / "mail").is_dir() else data
    variants(folder, verbose)
    archive = data / "mail" / "more.tar.xz"
    if archive.exists():
        matches(folder, archive)


def variants(folder: Path, verbose: bool) -> None:
    """Print how many variants of documents are recognised, and the wrong duplicates."""
    originals = [b for b in _briefings(folder) if fingerprint(b).words >= MIN_WORDS]
    fingerprints = [fingerprint(b) for b in originals]
    found: dict[str, list[float]] = {}
    nominated: list[float] = []
    for original, mark in zip(originals, fingerprints, strict=True):
        for name, variant in VARIANTS.items():
            other = variant(original)
            if other is None:
                continue
            other_mark = fingerprint(other)
            same = _same(mark, original.body, other_mark, other.body)
            found.setdefault(name, []).append(float(same))
            nominated.append(float(_nominates(mark, other_mark)))
            if verbose and not same:
                print("  missed:", name, original.original.path, original.title[:60])
    pairs = list(combinations(zip(originals, fingerprints, strict=True), 2))
    false = [(a.original.path, b.original.path) for (a, x), (b, y) in pairs if _same(x, a.body, y, b.body)]
    for name, values in found.items():
        print(line(f"recall, {name}", values, "≥ .97"))
    print(line(f"found by {INDEXED} indexed hashes", nominated))
    print(f"{len(false)} of {len(pairs)} pairs of files count as duplicates; correct only for copies of a document")
    for left_path, right_path in false:
        print("  ", left_path, right_path)


@dataclass(frozen=True, slots=True)
class Header:
    """Headers by which two mails can be recognised as the same issue.

    ``publisher`` is the publisher that ``score.py`` derives from the sender.
    """

    digest: str
    message_id: str
    subject: str
    publisher: str
    date: str

    def differs(self, other: Header) -> bool:
        """Whether two mails differ in their ID, and in subject, publisher or date."""
        return self.message_id != other.message_id and (
            self.subject != other.subject or self.publisher != other.publisher or far_apart(self.date, other.date)
        )


def matches(folder: Path, archive: Path) -> None:
    """Add newsletters to an empty library; print each duplicate and what was missed."""
    publisher = _publisher(archive.with_name("score.py"))
    with tempfile.TemporaryDirectory() as scratch, Library(Path(scratch) / "library") as library:
        with tarfile.open(archive) as tar:
            tar.extractall(Path(scratch), filter="data")
        more = Path(scratch) / "more"
        places: dict[str, str] = {}
        headers: dict[str, Header] = {}
        first: dict[str, str] = {}
        statuses: Counter[str] = Counter()
        wrong = 0
        for added in library.add([folder, more]):
            statuses[added.status] += 1
            place = Path(added.path)
            name = place.relative_to(more).as_posix() if more in place.parents else place.name
            places[name] = added.id
            headers[name] = mark = _header(place, publisher)
            if added.rule not in ("", "same bytes"):
                bad = headers[first[added.of]].differs(mark)
                wrong += bad
                print(f"  {'WRONG ' if bad else ''}{added.status}, {added.rule}: {first[added.of]} ← {name}")
            first.setdefault(added.id, name)
        print(", ".join(f"{count} {status}" for status, count in statuses.items()))
        print(f"wrong duplicates: {wrong} (target 0)")
        _recognised({name: mark for name, mark in headers.items() if "/" in name}, places)


def _recognised(headers: dict[str, Header], places: dict[str, str]) -> None:
    """Print how many copies of a mail were recognised as duplicates."""
    counts: dict[str, list[bool]] = {"byte-identical": [], "sent again": []}
    seen: list[tuple[str, Header]] = []
    for name, mark in headers.items():
        if same := next((other for other, h in seen if h.digest == mark.digest), None):
            counts["byte-identical"].append(places[same] == places[name])
        elif again := [other for other, h in seen if not h.differs(mark)]:
            counts["sent again"].append(any(places[other] == places[name] for other in again))
            if not counts["sent again"][-1]:
                print(f"  missed: {again[0]} ← {name}")
        seen.append((name, mark))
    for kind, found in counts.items():
        print(f"{kind}: {sum(found)} of {len(found)} recognised")


def _header(path: Path, publisher: Callable[[str], str]) -> Header:
    data = path.read_bytes()
    message = email.message_from_bytes(data)
    sender, subject, date, message_id = (header(message, name) for name in ("From", "Subject", "Date", "Message-ID"))
    digest = hashlib.sha256(data).hexdigest()
    return Header(digest, message_id, title_key(subject), publisher(sender.partition("<")[0]), stated_date(date))


def _publisher(script: Path) -> Callable[[str], str]:
    spec = spec_from_file_location("score", script)
    assert spec and spec.loader
    module: Any = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[str], str] = module.publisher
    return found


def _same(a: Fingerprint, text_a: str, b: Fingerprint, text_b: str) -> bool:
    return (
        a.digest == b.digest
        or decide([a.origin], b.origin, lambda exactly: agree(text_a, text_b, nearly_equal=exactly)).same
    )


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


VARIANTS: dict[str, Callable[[Briefing], Briefing | None]] = {
    "forwarded": _forwarded,
    "truncated": _truncated,
    "as HTML": _as_html,
    "re-wrapped": _wrapped,
}
