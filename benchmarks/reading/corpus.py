"""Hand-labelled newsletters and the folds that leave whole publishers out.

Data: ``mail/`` of the evaluation folder (``docs.jsonl``, ``labels.jsonl``, ``mail/*.eml``, ``more.tar.xz`` and its
scorer ``score.py``, which is imported by path). A fold never holds issues of a test publisher among its training
newsletters, nor among ``more``.
"""

from __future__ import annotations

import importlib.util
import json
import tarfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from briefreader.model import Original

FOLDS = 10
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Newsletter:
    """A labelled newsletter: ``doc`` is its line of ``docs.jsonl``, ``gold`` of ``labels.jsonl``."""

    id: str
    publisher: str
    original: Original
    doc: Row
    gold: Row


@dataclass(frozen=True, slots=True, eq=False)
class Issue:
    """An unlabelled newsletter of ``more.tar.xz``."""

    path: str
    publisher: str
    original: Original


@dataclass(frozen=True, slots=True)
class Fold:
    """What models may see (``train``, ``more``) and what they are measured on (``test``).

    ``library`` holds the other issues of the test publishers: a publisher's memory sees them, a fit never does.
    """

    train: tuple[Newsletter, ...]
    test: tuple[Newsletter, ...]
    more: tuple[Issue, ...]
    library: tuple[Issue, ...]
    data: Path  # the folder that everything comes from


class Corpus:
    """The labelled newsletters under ``data``, the folder ``eval``."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "mail"
        self.score = _module(self.folder / "score.py")

    @cached_property
    def newsletters(self) -> tuple[Newsletter, ...]:
        """The labelled newsletters, in the order of ``docs.jsonl``."""
        gold = {row["id"]: row for row in _rows(self.folder / "labels.jsonl")}
        found = []
        for doc in _rows(self.folder / "docs.jsonl"):
            path = self.folder / "mail" / f"{doc['id']}.eml"
            original = Original(path.read_bytes(), "eml", path.name)
            found.append(Newsletter(doc["id"], self.score.publisher(doc["source"]), original, doc, gold[doc["id"]]))
        return tuple(found)

    @cached_property
    def more(self) -> tuple[Issue, ...]:
        """The unlabelled issues that aren't labelled newsletters themselves, sorted by path."""
        labelled = {newsletter.original.data for newsletter in self.newsletters}
        found = []
        with tarfile.open(self.folder / "more.tar.xz") as archive:
            for member in sorted(archive.getmembers(), key=lambda m: m.name):
                stream = archive.extractfile(member)
                if stream is None or not member.name.endswith(".eml"):
                    continue
                data = stream.read()
                if data not in labelled:
                    path = Path(member.name)
                    publisher = self.score.publisher(path.parent.name)
                    found.append(Issue(member.name, publisher, Original(data, "eml", path.name)))
        return tuple(found)

    def folds(self, count: int = FOLDS) -> list[Fold]:
        """Folds of whole publishers, of about as many newsletters each; always the same ones."""
        sizes = Counter(newsletter.publisher for newsletter in self.newsletters)
        groups: list[set[str]] = [set() for _ in range(min(count, len(sizes)))]
        held: dict[int, int] = defaultdict(int)
        for publisher, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
            smallest = min(range(len(groups)), key=lambda n: (held[n], n))
            groups[smallest].add(publisher)
            held[smallest] += size
        return [self._fold(group) for group in groups]

    def whole(self) -> Fold:
        """All of it as training data: what the shipped models are fitted on."""
        return Fold(self.newsletters, (), self.more, (), self.folder.parent)

    def _fold(self, group: set[str]) -> Fold:
        return Fold(
            tuple(n for n in self.newsletters if n.publisher not in group),
            tuple(n for n in self.newsletters if n.publisher in group),
            tuple(issue for issue in self.more if issue.publisher not in group),
            tuple(issue for issue in self.more if issue.publisher in group),
            self.folder.parent,
        )


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("mail_score", path)
    assert spec and spec.loader, path
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
