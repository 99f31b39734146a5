"""Parse the query language of filter bar, insight search and command line.

A query has words, ``"exact phrases"``, ``-negations`` and ``key:value`` filters, all of which must match. Parsing never
fails: an unknown filter is searched as text and reported in ``Query.warnings``. The storage package translates filters
to SQL, and the search package ranks by the words.
"""

from __future__ import annotations

import re
from dataclasses import field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Literal, cast

from briefreader.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Sort = Literal["date", "relevance", "score"]
Scope = Literal["title", "text", "notes", "body"]
Operator = Literal["=", ">", ">=", "<", "<="]

IS_VALUES = (
    "unread", "read", "starred", "noted", "inbox", "untagged", "stated", "item", "extracted", "own", "marked",
    "story", "new", "updated", "repeat",
)  # fmt: skip
NEWS_VALUES = ("story", "new", "updated", "repeat")
IN_VALUES = ("title", "text", "notes", "body")
SORT_VALUES = ("date", "relevance", "score")
HAS_VALUES = ("note",)
KEYS: Mapping[str, str] = {
    "topic": "a topic; topic:none finds briefings without topics",
    "any": "a topic of the briefing or of one of its insights",
    "suggested": "a suggested topic that you have not decided on",
    "source": "the source; source:none finds briefings without a source",
    "author": "the author; author:none finds briefings without an author",
    "path": "part of the path that the briefing was added from",
    "is": ", ".join(IS_VALUES),
    "after": "published on or after a date",
    "before": "published before a date",
    "in": ", ".join(IN_VALUES),
    "has": ", ".join(HAS_VALUES),
    "story": "reports of the same news as an insight, by its ID",
    "sources": "number of sources that report the same news, such as >2",
    "saved": "matches of a saved search",
    "score": "a topic's score, such as >0.6",
    "sort": ", ".join(SORT_VALUES),
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "is": IS_VALUES,
    "in": IN_VALUES,
    "sort": SORT_VALUES,
    "has": HAS_VALUES,
}

MAX_TERMS = 200
"""Maximum number of words, phrases and negations, and of filters; the rest is ignored with a warning."""
_OPENING, _CLOSING = '"“”„«', '"“”»'
_ITEM = (  # compiled on first use, which makes start-up faster
    rf"(?P<minus>-?)(?:(?P<key>[A-Za-z]+):)?(?:[{_OPENING}](?P<quoted>[^{_CLOSING}]*)(?P<close>[{_CLOSING}]|$)|(?P<word>\S*))"
)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_COUNT = re.compile(r"(>=|<=|>|<|=)?(\d{1,6})")
_SCORE = re.compile(r"(>=|<=|>|<|=)?(\d*\.?\d+)(%)?")


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase to search for.

    ``text`` is as typed, without quotes and minus sign. ``unfinished`` is True for a phrase without a closing quote;
    its last word is then a prefix. ``start`` and ``end`` are offsets into the query.
    """

    text: str
    phrase: bool = False
    negated: bool = False
    unfinished: bool = field(default=False, compare=False)
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return ("-" if self.negated else "") + (f'"{self.text}"' if self.phrase else self.text)


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition ``key:value``, with a valid value in normal form.

    The key is in lower case, and so are the values of ``is`` and ``has``, and ``none``. Dates are ``YYYY``, ``YYYY-MM``
    or ``YYYY-MM-DD``, and are compared as text; ``after`` includes its day, ``before`` doesn't. ``score`` is a number
    from 0 to 1 and ``sources`` an integer, both compared by ``operator``. Other values are as typed. ``start`` and
    ``end`` are offsets into the query.
    """

    key: str
    value: str
    negated: bool = False
    operator: Operator = "="
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        sign = "" if self.operator == "=" else self.operator
        return ("-" if self.negated else "") + f"{self.key}:{sign}{quote(self.value)}"


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query; all terms and filters must match.

    ``scopes`` are the values of ``in:``; without any, terms are searched in titles and in insights. ``sort``
    is None if the query has no ``sort:``. ``warnings`` report invalid filters and ignored terms. ``typed`` is the query
    as typed.
    """

    terms: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    scopes: tuple[Scope, ...] = ()
    sort: Sort | None = None
    warnings: tuple[str, ...] = field(default=(), compare=False)
    typed: str = field(default="", compare=False)

    @property
    def asks_for_stories(self) -> bool:
        """Whether a filter refers to stories (reports of the same news)."""
        return any(f.key in ("story", "sources") or (f.key == "is" and f.value in NEWS_VALUES) for f in self.filters)

    @property
    def words(self) -> tuple[Term, ...]:
        """The words, in order; similar words match too."""
        return tuple(t for t in self.terms if not t.phrase and not t.negated)

    @property
    def phrases(self) -> tuple[Term, ...]:
        """The phrases that must occur literally."""
        return tuple(t for t in self.terms if t.phrase and not t.negated)

    @property
    def negations(self) -> tuple[Term, ...]:
        """Words and phrases that must not occur."""
        return tuple(t for t in self.terms if t.negated)

    def __bool__(self) -> bool:
        """Whether the query has terms or filters; ``sort:`` and ``in:`` don't count."""
        return bool(self.terms or self.filters)

    def __str__(self) -> str:
        parts = [*map(str, self.terms), *map(str, self.filters), *(f"in:{s}" for s in self.scopes)]
        if self.sort:
            parts.append(f"sort:{self.sort}")
        return " ".join(parts)


def quote(value: str) -> str:
    """Return a filter's value as it must be typed, with quotation marks if needed."""
    if value and value[0] not in _OPENING and not any(map(str.isspace, value)):
        return value
    return '"' + value.translate(dict.fromkeys(map(ord, _CLOSING))) + '"'


@cache
def _item() -> re.Pattern[str]:
    return re.compile(_ITEM)


def parsed(query: Query | str) -> Query:
    """Return the query; parse it if it is a string."""
    return parse(query) if isinstance(query, str) else query


def parse(text: str) -> Query:
    """Parse a query; never raises. Lone surrogates become question marks."""
    text = text.encode("utf-8", "replace").decode()
    builder = _Builder()
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        item = _item().match(text, position)
        assert item is not None  # the pattern matches any non-space
        position = max(item.end(), position + 1)
        builder.add(item)
    return builder.query(text)


class _Builder:
    """Collects the items of a query."""

    def __init__(self) -> None:
        self.terms: list[Term] = []
        self.filters: list[Filter] = []
        self.scopes: list[Scope] = []
        self.sort: Sort | None = None
        self.warnings: list[str] = []
        self.left_out = 0
        self.filters_left_out = 0

    def query(self, typed: str) -> Query:
        if self.left_out:
            all_terms = MAX_TERMS + self.left_out
            self.warnings.append(f"only the first {MAX_TERMS} of {all_terms:,} words and phrases are searched")
        if self.filters_left_out:
            all_filters = MAX_TERMS + self.filters_left_out
            self.warnings.append(f"only the first {MAX_TERMS} of {all_filters:,} filters are used")
        parts = tuple(self.terms), tuple(self.filters), tuple(self.scopes)
        return Query(*parts, self.sort, tuple(self.warnings), typed)

    def add(self, item: re.Match[str]) -> None:
        key = (item["key"] or "").lower()
        quoted = item["quoted"] is not None
        value = (item["quoted"] if quoted else item["word"] or "").strip()
        negated = item["minus"] == "-"
        if key in KEYS:
            why_not = self._filter(key, value, negated, item.start(), item.end())
            if not why_not:
                return
            self.warnings.append(why_not)
            if not value:
                return
        elif key and value and not value.startswith("/"):
            from briefreader.text import nearest

            meant = "".join(f" (did you mean {name}:?)" for name in nearest(key, KEYS))
            self.warnings.append(f"no filter named {key}:{meant} – searching for the text {key}:{value} instead")
        if quoted and not item["key"]:
            self._term(value, True, negated, item, unfinished=not item["close"])
        else:
            self._term(item.group()[len(item["minus"]) :], False, negated, item)

    def _term(self, text: str, phrase: bool, negated: bool, item: re.Match[str], unfinished: bool = False) -> None:
        if not any(not c.isspace() and c not in _OPENING + _CLOSING for c in text):
            return
        if len(self.terms) >= MAX_TERMS:
            self.left_out += 1
        else:
            self.terms.append(Term(text, phrase, negated, unfinished, item.start(), item.end()))

    def _filter(self, key: str, value: str, negated: bool, start: int, end: int) -> str:
        """Add a filter; return why it is invalid, "" if it is valid."""
        if not value:
            return f"{key}: needs a value"
        choices = _CHOICES.get(key)
        if choices:
            value = value.lower()
            if value not in choices:
                return f"{key}:{value} is searched as text: {key}: takes {', '.join(choices)}"
        if key in ("in", "sort"):
            return self._setting(key, value, negated)
        if key == "saved" and negated:
            return f"-saved:{value} is searched as text: saved: can't be negated"
        operator: Operator = "="
        if key in ("after", "before"):
            day = iso_date(value)
            if not day:
                return f"{key}:{value} is searched as text: write dates as 2025, 2025-01 or 2025-01-31"
            value = day
        elif key == "score":
            number = _SCORE.fullmatch(value)
            if not number:
                return f"{key}:{value} is searched as text: write scores as >0.6"
            operator = cast("Operator", number[1] or ">=")
            value = f"{min(float(number[2]) / (100 if number[3] else 1), 1.0):g}"
        elif key == "sources":
            count = _COUNT.fullmatch(value)
            if not count:
                return f"{key}:{value} is searched as text: write numbers of sources as >2"
            operator, value = cast("Operator", count[1] or ">="), str(int(count[2]))
        elif value.lower() == "none":
            value = "none"
        if len(self.filters) >= MAX_TERMS:
            self.filters_left_out += 1
        else:
            self.filters.append(Filter(key, value, negated, operator, start, end))
        return ""

    def _setting(self, key: str, value: str, negated: bool) -> str:
        if negated:
            return f"-{key}:{value} is searched as text: {key}: can't be negated"
        if key == "sort":
            self.sort = cast("Sort", value)
        elif value not in self.scopes:
            self.scopes.append(cast("Scope", value))
        return ""


def with_saved(query: Query, saved: Mapping[str, str]) -> Query:
    """Return the query with each ``saved:NAME`` replaced by that saved search.

    Names are compared without case. Saved searches may refer to others. Filters with an unknown name are kept, and
    match nothing. A ``sort:`` of the query itself takes precedence.
    """
    known = {name.casefold(): text for name, text in saved.items()}
    seen: set[str] = set()
    waiting, filters = [*query.filters], []
    parts = [query]
    while waiting:
        filter_ = waiting.pop(0)
        name = filter_.value.casefold()
        if filter_.key != "saved" or name not in known:
            filters.append(filter_)
        elif name not in seen:
            seen.add(name)
            parts.append(parse(known[name]))
            waiting += parts[-1].filters
    return Query(
        tuple(term for part in parts for term in part.terms)[:MAX_TERMS],
        tuple(filters)[:MAX_TERMS],
        tuple(dict.fromkeys(scope for part in parts for scope in part.scopes)),
        next((part.sort for part in parts if part.sort), None),
        tuple(warning for part in parts for warning in part.warnings),
        query.typed,
    )


def iso_date(value: str) -> str:
    """Normalise a date such as ``2025``, ``2025-1`` or ``2025-1-31``; "" if invalid."""
    parts = _DATE.fullmatch(value)
    if not parts:
        return ""
    year, month, day = int(parts[1]), int(parts[2] or 1), int(parts[3] or 1)
    try:
        whole = date(year, month, day).isoformat()
    except ValueError:
        return ""
    return whole[: 10 if parts[3] else 7 if parts[2] else 4]


@dataclass(frozen=True, slots=True)
class Completion:
    """Completions of ``text[start:end]``.

    ``options`` are pairs of a replacement and a hint, the likeliest first.
    """

    start: int
    end: int
    options: tuple[tuple[str, str], ...] = ()

    def apply(self, text: str, choice: int = 0) -> tuple[str, int]:
        """Return the text with an option inserted, and the new cursor position."""
        option = self.options[choice][0]
        return text[: self.start] + option + text[self.end :], self.start + len(option)


def complete(text: str, cursor: int, values: Mapping[str, Sequence[str]], limit: int = 8) -> Completion:
    """Return completions of the query item at the cursor.

    Args:
        text: the query as typed so far.
        cursor: offset of the cursor; only the text before it is completed.
        values: known values by key (``topic``, ``source``, ``author`` …); ``any`` and ``suggested`` use those of
            ``topic``.
        limit: maximum number of options.
    """
    cursor = max(0, min(cursor, len(text)))
    start = _item_start(text, cursor)
    typed = text[start:cursor]
    minus = "-" if typed.startswith("-") else ""
    key, colon, begun = typed[len(minus) :].partition(":")
    key = key.lower()
    if not colon:
        options = [(f"{minus}{k}:", hint) for k, hint in KEYS.items() if key and k.startswith(key)]
    elif key in KEYS:
        wanted = begun.lstrip(_OPENING).lower()
        known = _values_of(key, values)
        matching = [v for v in known if v.lower().startswith(wanted)]
        matching += [v for v in known if wanted in v.lower() and v not in matching]
        options = [(f"{minus}{key}:{quote(v)} ", "") for v in matching]
    else:
        options = []
    return Completion(start, cursor, tuple(options[:limit]))


def _values_of(key: str, values: Mapping[str, Sequence[str]]) -> list[str]:
    if key in _CHOICES:
        return list(_CHOICES[key])
    if key in ("topic", "any", "suggested"):
        return [*values.get("topic", ()), "none"] if key == "topic" else list(values.get("topic", ()))
    return list(values.get(key, ()))


def _item_start(text: str, cursor: int) -> int:
    """Return the start of the item at the cursor; after a space, the cursor itself."""
    position = 0
    while position < cursor:
        if text[position].isspace():
            position += 1
            continue
        item = _item().match(text, position, cursor)
        assert item is not None
        end = max(item.end(), position + 1)
        if end >= cursor:
            return position
        position = end
    return cursor
