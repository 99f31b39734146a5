"""The in-memory index: vocabulary, recently used posting lists, recent insights, and titles of briefings.

Stored data comes through ``Postings``, a protocol implemented by the library's storage; this module has no SQL.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from briefreader.search.aliases import Aliases
from briefreader.search.analysis import terms
from briefreader.search.indexing import BLOCK_BITS, postings_of
from briefreader.search.vocabulary import LAST, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    import numpy.typing as npt

_SLICE = 4096  # rows processed at a time; other threads can run in between
_CACHE_BYTES = 48 << 20  # maximum size of the cached posting lists
_MIN_DEFINITIONS = 2  # minimum number of times that texts must define an abbreviation in the same way
MAX_LATE = 4000  # the vocabulary is reloaded if more stored insights (and more than a tenth) are after the base
_OVERHEAD = 200  # bytes that a cached posting list needs beside its arrays
# a block of a posting list: term, block number, offsets of insights with the term in the title, and with it anywhere
PostingBlock = tuple[str, int, bytes, bytes]
_NO_DOCS = np.zeros(0, np.int32)


class State(Protocol):
    """The state of the stored index, as in ``storage.postings.State``."""

    @property
    def indexed(self) -> int:
        """Key of the last indexed insight."""

    @property
    def masks(self) -> int:
        """Number of changes to hidden insights, removed briefings and titles."""

    @property
    def rebuilds(self) -> int:
        """Number of rebuilds of the index."""

    @property
    def highest(self) -> int:
        """Largest insight key of the library."""

    @property
    def briefings(self) -> int:
        """Largest briefing key of the library."""


class Postings(Protocol):
    """The read side of the stored index; all calls of a search see one snapshot."""

    def state(self) -> State:
        """Return the state of the stored index, which shows what has changed."""

    def vocabulary(self, size: int) -> Iterator[list[tuple[str, int]]]:
        """Yield sorted terms with document frequencies, ``size`` at a time."""

    def rows(self, terms: Iterable[str], *, titles_only: bool = False) -> Iterator[PostingBlock]:
        """Yield the blocks of the terms' posting lists; with ``titles_only``, only the offsets of titles are needed."""

    def rows_between(self, low: str, high: str, *, titles_only: bool = False) -> Iterator[PostingBlock]:
        """Yield the blocks of the posting lists of all terms in ``[low, high)``."""

    def insights(self, after: int) -> Iterable[tuple[int, str, str]]:
        """Return key, title and text of all insights after a key."""

    def abbreviations(self, at_least: int) -> Iterable[tuple[str, str]]:
        """Return the short and long forms that texts define at least ``at_least`` times."""

    def masked(self) -> Iterable[int]:
        """Return the keys of hidden insights."""

    def owners(self, after: int, size: int) -> Iterator[list[tuple[int, int]]]:
        """Yield insights after a key with their briefing's key, unordered, ``size`` at a time."""

    def briefings(self) -> Iterable[tuple[int, str, int]]:
        """Return keys, titles and Julian days (1 if undated) of the briefings that can be found."""

    def texts(self, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Return the titles and texts of insights by key."""


@dataclass(frozen=True, slots=True)
class Docs:
    """The keys of insights with a term: ``everywhere`` has all of them, ``titles`` those with the term in the title.

    ``everywhere`` may also have the positions (see ``Index``) of briefings with the term in their title.
    """

    everywhere: npt.NDArray[np.int32] = field(default_factory=lambda: _NO_DOCS)
    titles: npt.NDArray[np.int32] = field(default_factory=lambda: _NO_DOCS)

    @property
    def nbytes(self) -> int:
        """Size in memory, in bytes."""
        return self.everywhere.nbytes + self.titles.nbytes

    def in_titles(self, first_briefing: int) -> Docs:
        """Return only insights with the term in their title, and briefings (positions from ``first_briefing`` on)."""
        return Docs(np.append(self.titles, self.everywhere[self.everywhere >= first_briefing]), self.titles)


class Index:
    """The data that a search needs in memory. Call ``refresh`` before each search; not thread-safe.

    The vocabulary covers the insights up to ``_base``, the base. Later insights are indexed in memory, even if the
    stored lists already contain them, until their number requires reloading the vocabulary.

    Titles of briefings are found like insights, and always in memory. A position is the key of an insight, or, for the
    title of a briefing, ``insights`` plus the key of the briefing.
    """

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self.abbreviations = Aliases()  # abbreviations that insights up to the base define
        self.recent = Vocabulary()  # words of insights after the base, and of titles of briefings
        self.insights = 1  # number of positions of insights
        self.size = 1  # number of positions
        self.count = 1  # number of insights that can be found
        self.titles: dict[int, str] = {}  # titles of the briefings that can be found, by key
        self.days: npt.NDArray[np.int32] = _NO_DOCS  # Julian day by position, 0 if unused
        self.briefing: npt.NDArray[np.int32] = _NO_DOCS  # by position: an insight's briefing, or the briefing itself
        self.alive: npt.NDArray[np.bool_] = np.zeros(0, bool)  # by position: whether it can be found
        self.generation = 0  # increases with every change, which invalidates cached results
        self._known: tuple[int, ...] | None = None
        self._base = 0
        self._merged = 0  # key of the last insight in the stored lists
        self._cache: OrderedDict[str, Docs] = OrderedDict()  # posting lists up to the base
        self._cache_bytes = 0
        self._late = _Late(0)
        self._titles: dict[str, array[int]] = {}  # term → keys of briefings
        self._title_terms: dict[str, set[str]] = {}  # title → terms, kept across reloads

    def refresh(self, postings: Postings) -> None:
        """Load what has changed since the last call."""
        state = postings.state()
        now = (state.rebuilds, state.highest, state.masks, state.briefings)
        self._merged = state.indexed
        if now == self._known:
            return
        late = state.indexed - self._base
        if self._known is None or self._known[0] != now[0] or late > max(MAX_LATE, self._base // 10):
            self._load_vocabulary(postings, state.indexed)
        self._late.extend(postings.insights(self._late.last))
        self._load_places(postings, state)
        holders, titles = self._late.holders, self._titles
        words = sorted(holders.keys() | titles)
        self.recent = Vocabulary(words, (len(holders.get(w, ())) + len(titles.get(w, ())) for w in words))
        self.alive = self.days > 0
        self.alive[np.fromiter(postings.masked(), np.int64)] = False
        self.count = max(int(np.count_nonzero(self.alive[: self.insights])), 1)
        self._known = now
        self.generation += 1

    def docs(self, postings: Postings, term: str) -> Docs:
        """Return the posting list of a term."""
        found = self._cache.get(term)
        if found is None:
            found = self._cache[term] = self._stored(postings.rows((term,)))
            self._cache_bytes += found.nbytes + _OVERHEAD
            while self._cache_bytes > _CACHE_BYTES and len(self._cache) > 1:
                self._cache_bytes -= self._cache.popitem(last=False)[1].nbytes + _OVERHEAD
        else:
            self._cache.move_to_end(term)
        return self._with_late(found, (term,))

    def unions(self, postings: Postings, groups: Sequence[Sequence[str]]) -> list[Docs]:
        """Return, for each group of terms, the insights with any of them; unsorted, with possible repetitions."""
        if not groups:
            return []
        number = {term: n for n, terms in enumerate(groups) for term in terms}
        rows: list[list[PostingBlock]] = [[] for _ in groups]
        for row in postings.rows(number):
            rows[number[row[0]]].append(row)
        return [self._with_late(self._stored(blocks), terms) for blocks, terms in zip(rows, groups, strict=True)]

    def prefixed(self, postings: Postings, prefix: str, most: int, *, titles_only: bool = False) -> Docs:
        """Return the insights with a longer term that begins with ``prefix``; unsorted, with possible repetitions.

        If there are more than ``most`` such terms, only the most frequent ones are used.
        """
        low, high = self.vocabulary.prefix_range(prefix)
        if high - low > most:
            frequent = np.argpartition(self.vocabulary.df[low:high], high - low - most)[-most:] + low
            terms = [self.vocabulary.terms[i] for i in np.sort(frequent).tolist()]
            rows = postings.rows((t for t in terms if t != prefix), titles_only=titles_only)
        else:
            rows = postings.rows_between(prefix + "\0", prefix + LAST, titles_only=titles_only)
        stored = self._stored(rows)
        low, high = self.recent.prefix_range(prefix)
        found = self._with_late(stored, [t for t in self.recent.terms[low:high] if t != prefix])
        return found.in_titles(self.insights) if titles_only else found

    def frequency(self, term: str) -> int:
        """Return the number of insights (including hidden ones) and titles of briefings with a term."""
        return self.vocabulary.frequency(term) + self.recent.frequency(term)

    def _stored(self, rows: Iterable[PostingBlock]) -> Docs:
        """Return stored blocks joined into one posting list, up to the base."""
        _, blocks, titles, docs = tuple(zip(*rows, strict=True)) or ((), (), (), ())
        first = np.array(blocks, np.int32) << BLOCK_BITS
        return Docs(self._keys(first, docs), self._keys(first, titles))

    def _keys(self, first: npt.NDArray[np.int32], parts: Sequence[bytes]) -> npt.NDArray[np.int32]:
        """Convert offsets to keys, up to the base; ``first`` is the first key of each block."""
        keys = np.frombuffer(b"".join(parts), "<u2").astype(np.int32)
        if first.any():
            keys += np.repeat(first, [len(part) // 2 for part in parts])
        return keys[keys <= self._base] if self._merged > self._base else keys

    def _with_late(self, docs: Docs, terms: Collection[str]) -> Docs:
        """Add the insights after the base, and titles of briefings, to stored posting lists."""
        everywhere, in_titles = docs.everywhere, docs.titles
        if late := [holders for t in terms if (holders := self._late.holders.get(t))]:
            everywhere = np.append(everywhere, np.array([key for holders in late for key in holders], np.int32))
            late_titles = [key for holders in late for key, in_title in holders.items() if in_title]
            in_titles = np.append(in_titles, np.array(late_titles, np.int32))
        if named := b"".join(self._titles[t] for t in terms if t in self._titles):
            everywhere = np.append(everywhere, np.frombuffer(named, np.int32) + np.int32(self.insights))
        return Docs(everywhere, in_titles) if late or named else docs

    def _load_vocabulary(self, postings: Postings, indexed: int) -> None:
        """Load the vocabulary and the abbreviations, and move the base to the last indexed insight."""
        terms: list[str] = []
        df: list[int] = []
        for part in postings.vocabulary(_SLICE):
            terms += [t for t, _ in part]
            df += [n for _, n in part]
        self.vocabulary = Vocabulary(terms, df)
        self.abbreviations = Aliases(postings.abbreviations(_MIN_DEFINITIONS))
        self._base = indexed
        self._late = _Late(indexed)
        self._cache.clear()
        self._cache_bytes = 0

    def _load_places(self, postings: Postings, state: State) -> None:
        """Load the briefing of each insight, which never changes, and the titles and days of the briefings."""
        known = self.briefing[: self.insights]
        self.briefing = np.zeros(state.highest + 1, np.int32)
        self.briefing[: known.size] = known
        for part in postings.owners(known.size - 1, _SLICE):
            table = np.array(part, np.int32)
            self.briefing[table[:, 0]] = table[:, 1]
        briefings = list(postings.briefings())
        self.titles = {key: title for key, title, _ in briefings}
        known_terms, self._title_terms, self._titles = self._title_terms, {}, defaultdict(lambda: array("i"))
        for key, title in self.titles.items():
            found = self._title_terms[title] = known_terms.get(title) or terms(title)
            for term in found:
                self._titles[term].append(key)
        by_briefing = np.zeros(state.briefings + 1, np.int32)
        by_briefing[[key for key, *_ in briefings]] = [max(day, 1) for *_, day in briefings]
        self.days = np.append(by_briefing[self.briefing], by_briefing)
        self.insights = self.briefing.size
        self.briefing = np.append(self.briefing, np.arange(by_briefing.size, dtype=np.int32))
        self.size = self.briefing.size


class _Late:
    """The index of the insights after the base."""

    def __init__(self, after: int) -> None:
        self.last = after
        self.holders: dict[str, dict[int, bool]] = defaultdict(dict)  # term → insight → whether in the title

    def extend(self, insights: Iterable[tuple[int, str, str]]) -> None:
        """Index more insights."""
        for key, title, text in insights:
            in_title, everywhere = postings_of(title, text)
            for term in everywhere:
                self.holders[term][key] = term in in_title
            self.last = key
