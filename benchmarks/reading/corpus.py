"""Hand-labelled newsletters, and folds for cross-validation by publisher.

The data is in ``mail/`` of the folder of data: ``docs.jsonl``, ``labels.jsonl``, ``mail/*.eml``, unlabelled newsletters
in ``more.tar.xz``, and the scorer ``score.py``. A publisher is either in the test data of a fold or in its training
data, never in both.
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
    """A labelled newsletter, with its records in ``docs.jsonl`` and ``labels.jsonl``."""

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
    """A fold of the cross-validation.

    Attributes:
        train: the labelled newsletters for training.
        test: the labelled newsletters for evaluation.
        more: unlabelled newsletters for training.
        library: other issues of the test publishers. They are in the library in which the test newsletters are read,
            but are not used for training.
        data: the folder of data.
    """

    train: tuple[Newsletter, ...]
    test: tuple[Newsletter, ...]
    more: tuple[Issue, ...]
    library: tuple[Issue, ...]
    data: Path


class Corpus:
    """The newsletters in a folder of data."""

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
        """The unlabelled issues, sorted by path, without copies of labelled newsletters."""
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
        """Return folds of whole publishers with similar numbers of newsletters.

        They are the same in each run.
        """
        sizes = Counter(newsletter.publisher for newsletter in self.newsletters)
        groups: list[set[str]] = [set() for _ in range(min(count, len(sizes)))]
        held: dict[int, int] = defaultdict(int)
        for publisher, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
            smallest = min(range(len(groups)), key=lambda n: (held[n], n))
            groups[smallest].add(publisher)
            held[smallest] += size
        return [self._fold(group) for group in groups]

    def whole(self) -> Fold:
        """Return a fold with all newsletters as training data, as for the shipped models."""
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
