"""The index in memory: vocabulary, lately used posting lists, and the insights that the disk's lists don't hold yet.

What is stored comes through ``Postings``, a protocol that the library's storage fits; this module knows no SQL.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from briefreader.search.indexing import BLOCK_BITS, postings_of
from briefreader.search.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from briefreader.search.indexing import Text

_SLICE = 4096
_CACHE_BYTES = 48 << 20
_NO_DOCS = np.zeros(0, np.int32)


class Row(Protocol):
    """A block of a posting list, as ``storage.postings.Row``."""

    @property
    def term(self) -> str: ...
    @property
    def block(self) -> int: ...
    @property
    def docs(self) -> bytes: ...
    @property
    def title_docs(self) -> bytes: ...


class Entry(Protocol):
    """An insight that the stored lists are behind on, as ``storage.postings.LogEntry``."""

    @property
    def seq(self) -> int: ...
    @property
    def insight(self) -> int: ...
    @property
    def old(self) -> Text | None: ...
    @property
    def new(self) -> Text | None: ...


class State(Protocol):
    """Counters that tell whether the index has changed, as ``storage.postings.State``."""

    @property
    def merges(self) -> int: ...
    @property
    def masks(self) -> int: ...
    @property
    def logged(self) -> int: ...


class Postings(Protocol):
    """The read side of the stored index, all calls seeing one moment of it."""

    def state(self) -> State: ...
    def vocabulary(self, size: int) -> Iterator[list[tuple[str, int]]]: ...
    def rows(self, terms: Iterable[str]) -> Iterator[Row]: ...
    def rows_between(self, low: str, high: str) -> Iterator[Row]: ...
    def log(self, after: int) -> Sequence[Entry]: ...
    def masked(self) -> Iterable[int]: ...
    def days(self, after: int, size: int) -> Iterator[list[tuple[int, int]]]: ...
    def texts(self, keys: Sequence[int]) -> dict[int, Text]: ...


@dataclass(frozen=True, slots=True)
class Docs:
    """Who holds a term: sorted insight keys, int32; ``titles`` those that hold it in their title."""

    everywhere: npt.NDArray[np.int32] = field(default_factory=lambda: _NO_DOCS)
    titles: npt.NDArray[np.int32] = field(default_factory=lambda: _NO_DOCS)

    @property
    def nbytes(self) -> int:
        return self.everywhere.nbytes + self.titles.nbytes


class Index:
    """Everything a search needs at hand. ``refresh`` before each search; not for several threads at once."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self.fresh = Vocabulary()  # words that only insights of the log hold
        self.size = 0  # one above the highest insight key
        self.days: npt.NDArray[np.int32] = _NO_DOCS  # day number by key, 0 where unknown
        self.alive: npt.NDArray[np.bool_] = np.zeros(0, bool)  # by key: exists and is not hidden
        self.generation = 0  # goes up with every change, so that what was computed before can be dropped
        self._known: tuple[int, int, int] | None = None
        self._cache: OrderedDict[str, Docs] = OrderedDict()
        self._cache_bytes = 0
        self._log = _Log()

    @property
    def count(self) -> int:
        """Number of insights that can be found."""
        return max(int(np.count_nonzero(self.alive)), 1)

    def refresh(self, postings: Postings) -> None:
        """Take over what has changed since the last call."""
        state = postings.state()
        now = (state.merges, state.masks, state.logged)
        if now == self._known:
            return
        before = self._known
        if before is None or before[0] != now[0]:
            self._load_vocabulary(postings)
            self._log = _Log()
        if self._log.extend(postings.log(self._log.last)):
            words = sorted(w for w in self._log.docs if self.vocabulary.find(w) < 0)
            self.fresh = Vocabulary(words, (len(self._log.docs[w]) for w in words))
        self._cache.clear()
        self._cache_bytes = 0
        self._load_days(postings)
        self.alive = self.days > 0
        gone = np.fromiter(postings.masked(), np.int64)
        self.alive[gone[gone < self.size]] = False
        self.alive[[key for key in self._log.gone if key < self.size]] = False
        self._known = now
        self.generation += 1

    def docs(self, postings: Postings, term: str) -> Docs:
        """The posting list of one term."""
        found = self._cache.get(term)
        if found is None:
            found = self._read(postings.rows((term,)), (term,))
            self._remember(term, found)
        else:
            self._cache.move_to_end(term)
        return found

    def union(self, postings: Postings, terms: Sequence[str]) -> Docs:
        """Who holds any of the terms; unsorted, may name an insight several times."""
        if len(terms) == 1:
            return self.docs(postings, terms[0])
        return self._read(postings.rows(terms), terms)

    def prefixed(self, postings: Postings, prefix: str) -> Docs:
        """Who holds a longer term that begins with ``prefix``; unsorted, may name an insight several times."""
        from briefreader.search.vocabulary import LAST

        return self._read(postings.rows_between(prefix + "\0", prefix + LAST), self._log.beginning(prefix))

    def _read(self, rows: Iterable[Row], terms: Sequence[str]) -> Docs:
        everywhere: list[npt.NDArray[np.int32]] = []
        titles: list[npt.NDArray[np.int32]] = []
        for row in rows:
            base = np.int32(row.block << BLOCK_BITS)
            everywhere.append(np.frombuffer(row.docs, "<u2") + base)
            if row.title_docs:
                titles.append(np.frombuffer(row.title_docs, "<u2") + base)
        docs, in_titles = _joined(everywhere), _joined(titles)
        if self._log.outdated.size:
            docs = docs[~np.isin(docs, self._log.outdated)]
            in_titles = in_titles[~np.isin(in_titles, self._log.outdated)]
        late = self._log.docs_of(terms)
        if late is not None:
            docs, in_titles = _joined([docs, late.everywhere]), _joined([in_titles, late.titles])
            if len(terms) == 1:  # a key that was updated lies below others
                docs, in_titles = np.unique(docs), np.unique(in_titles)
        return Docs(docs, in_titles)

    def _remember(self, term: str, docs: Docs) -> None:
        self._cache[term] = docs
        self._cache_bytes += docs.nbytes + 200
        while self._cache_bytes > _CACHE_BYTES and len(self._cache) > 1:
            self._cache_bytes -= self._cache.popitem(last=False)[1].nbytes + 200

    def _load_vocabulary(self, postings: Postings) -> None:
        terms: list[str] = []
        df: list[int] = []
        for part in postings.vocabulary(_SLICE):
            terms += [t for t, _ in part]
            df += [n for _, n in part]
        self.vocabulary = Vocabulary(terms, df)

    def _load_days(self, postings: Postings) -> None:
        """Days of the insights that were added since."""
        parts = [self.days]
        for part in postings.days(self.size - 1, _SLICE):
            table = np.array(part, np.int32).reshape(-1, 2)
            grown = np.zeros(int(table[-1, 0]) + 1 - self.size, np.int32)
            grown[table[:, 0] - self.size] = np.maximum(table[:, 1], 1)
            self.size += grown.size
            parts.append(grown)
        self.days = np.concatenate(parts)


class _Log:
    """The insights that the stored posting lists are behind on, indexed in memory."""

    def __init__(self) -> None:
        self.last = 0
        self.docs: dict[str, dict[int, bool]] = defaultdict(dict)  # term → insight → whether in the title
        self.outdated: npt.NDArray[np.int32] = _NO_DOCS  # what the stored lists hold of these is not true any more
        self.gone: set[int] = set()
        self._terms: dict[int, set[str]] = {}
        self._outdated: set[int] = set()

    def extend(self, entries: Sequence[Entry]) -> bool:
        """Take in what was logged since; whether there was anything."""
        latest = {entry.insight: entry for entry in entries}
        for entry in entries:
            if entry.insight not in self._terms:  # only what its first entry says of the past holds
                self._terms[entry.insight] = set()
                if entry.old is not None:
                    self._outdated.add(entry.insight)
        for key, entry in latest.items():
            for term in self._terms.pop(key, ()):
                del self.docs[term][key]
                if not self.docs[term]:
                    del self.docs[term]
            self._terms[key] = set()
            (self.gone.add if entry.new is None else self.gone.discard)(key)
            if entry.new is not None:
                in_title, everywhere = postings_of(*entry.new)
                for term in everywhere:
                    self.docs[term][key] = term in in_title
                self._terms[key] = everywhere
        if entries:
            self.last = entries[-1].seq
            self.outdated = np.array(sorted(self._outdated), np.int32)
        return bool(entries)

    def docs_of(self, terms: Sequence[str]) -> Docs | None:
        """Insights of the log that hold any of the terms; None when there are none."""
        found = [self.docs[t] for t in terms if t in self.docs]
        if not found:
            return None
        everywhere = [key for holders in found for key in holders]
        titles = [key for holders in found for key, in_title in holders.items() if in_title]
        return Docs(np.array(everywhere, np.int32), np.array(titles, np.int32))

    def beginning(self, prefix: str) -> list[str]:
        """The log's terms that are longer than ``prefix`` and begin with it."""
        return [t for t in self.docs if t.startswith(prefix) and t != prefix]


def _joined(parts: list[npt.NDArray[np.int32]]) -> npt.NDArray[np.int32]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else _NO_DOCS
