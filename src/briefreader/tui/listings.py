"""Queries for the list of briefings: the first page at once, the rest later."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from briefreader.query import Query
from briefreader.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from briefreader.library import Library
    from briefreader.library.browsing import Facets
    from briefreader.model import BriefingRow
    from briefreader.tui.workers import CancelCheck

PAGE_ROWS = 40  # rows fetched with a new list


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and their abstracts by row key."""

    rows: list[BriefingRow]
    abstracts: dict[int, str]


def page_of(library: Library, keys: Sequence[int]) -> Page:
    """Load the rows and abstracts of the briefings with these row keys."""
    return Page(library.rows(keys), library.abstracts(keys))


@dataclass(frozen=True, slots=True)
class Listing:
    """The row keys of the briefings that match a query.

    ``start`` is the index of the row to select; ``page`` has the rows around it.
    """

    query: Query
    keys: list[int]
    page: Page
    start: int = 0
    ms: float = 0.0  # time that the query took
    whole: bool = True  # False for the first page of a longer list
    quick: bool = False  # matches of the exact spelling only, until the search index is loaded


def without_marked(query: Query) -> tuple[Query, bool | None]:
    """Split off ``is:marked``, which the library can't search.

    Only the app knows the marks.

    Returns:
        The rest of the query, and the filter: True, False if negated, or None if there was none.
    """
    marked = [f for f in query.filters if f.key == "is" and f.value == "marked"]
    if not marked:
        return query, None
    rest = tuple(f for f in query.filters if f not in marked)
    return replace(query, filters=rest), not marked[0].negated


def completions(facets: Facets) -> dict[str, list[str]]:
    """Return the values that complete ``topic:``, ``source:`` and ``saved:``."""
    topics = [topic for topic, _, _ in facets.topics]
    return {"topic": topics, "source": [name for name, _ in facets.sources], "saved": facets.saved}


def newest(library: Library, keep: str) -> Listing | None:
    """Return the first page of all briefings, without abstracts.

    Return None if the briefing ``keep`` (an ID, or "") isn't on that page.
    """
    rows = library.rows(library.keys(limit=PAGE_ROWS))
    start = next((n for n, row in enumerate(rows) if row.id == keep), None if keep else 0)
    return None if start is None else Listing(Query(), [row.key for row in rows], Page(rows, {}), start, whole=False)


def find_briefings(
    library: Library,
    query: Query,
    keep: int | str | None,
    marks: Collection[int],
    cancelled: CancelCheck,
) -> Listing:
    """Run a query, and load some of its rows.

    These are the rows around the briefing ``keep`` (row key or ID), or the first ones. A list by date has only its
    first page, unless ``keep`` isn't on it: 100,000 keys take ten times as long. ``all_keys`` completes the list.
    """
    began = perf_counter()
    quick = bool(query.terms) and not library.searchable
    asked, only_marked = without_marked(query)
    if isinstance(keep, str):
        keep = library.key_of(keep)
    whole = True
    if query.terms or query.sort == "score" or only_marked is not None:
        keys = library.keys(asked, quick=quick, cancelled=cancelled)
        if only_marked is not None:
            keys = [key for key in keys if (key in marks) is only_marked]
    else:
        keys = library.keys(query, limit=PAGE_ROWS)
        whole = len(keys) < PAGE_ROWS
        if not whole and keep is not None and keep not in keys and not cancelled():
            keys, whole = all_keys(library, query, keys), True
    start = 0
    if keep is not None:
        with suppress(ValueError):
            start = keys.index(keep)
    first = max(start - PAGE_ROWS // 2, 0)
    page = page_of(library, keys[first : first + PAGE_ROWS])
    return Listing(query, keys, page, start, 1000 * (perf_counter() - began), whole, quick)


def all_keys(library: Library, query: Query, page: list[int]) -> list[int]:
    """Return all keys of a list whose first page is ``page``."""
    if query.filters:  # the library caches complete lists, and searches them when words are added to the filters
        keys = library.keys(query)
        if keys[: len(page)] == page:
            return keys
    return [*page, *library.keys(query, after=page[-1])]


def empty_text(query: Query, facets: Facets | None, key_of: Callable[[str], str]) -> tuple[str, ...]:
    """Return the lines shown by an empty list: a message, then hints."""
    if not query.typed.strip():
        return "No briefings yet", f"{key_of('main.add')} adds a file or a folder"
    near = _nearest_topic(query, facets)
    hints = (f"Similar topic: {near}",) if near else ()
    return f"Nothing matches {query.typed}", *hints, f"{key_of('main.escape')} clears the filter"


def _nearest_topic(query: Query, facets: Facets | None) -> str:
    """Return a topic with a name similar to a word or topic of the query, or "".

    Topics that the query has already are left out.
    """
    from difflib import get_close_matches

    if facets is None:
        return ""
    asked = {f.value.lower() for f in query.filters if f.key in ("topic", "any", "suggested")}
    words = [*(term.text.lower() for term in query.words), *asked]
    names = {label.lower(): topic for topic, label, _ in facets.topics}
    names |= {topic: topic for topic, _, _ in facets.topics}
    for word in words:
        found = get_close_matches(word, names, 1, 0.6)
        if found and asked.isdisjoint((found[0], names[found[0]])):
            return names[found[0]]
    return ""
