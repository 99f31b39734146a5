"""The data model: plain values passed between packages.

All are frozen dataclasses with only small derived properties. Offsets are code points into ``Briefing.body`` (Python
string indices), half-open ``[start, end)``.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

from briefreader.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

InsightKind = Literal["stated", "item", "extracted", "own"]
Verdict = Literal["accepted", "rejected"]
AssignedBy = Literal["document", "passage", "source", ""]
OriginKind = Literal["mail", "item", "page", "file"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem with a source, reported without an exception."""

    path: str
    message: str
    where: str = ""
    hint: str = ""
    skipped: bool = False  # skipped on purpose: nothing failed


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the body: ``level`` 1..6, ``start`` the offset of its line."""

    title: str
    level: int
    start: int


@dataclass(frozen=True, slots=True)
class Insight:
    """A key insight: a passage that can be read on its own.

    ``body[start:end]`` is the passage (with its headline and markup); ``text`` is the passage as plain text, without
    its headline; for a digest item, only its best sentence. ``number`` is 1-based and never changes: an
    insight's ID is ``briefing.number``. ``title`` is "" unless the document gives one; ``heading`` is the enclosing
    heading, ``speaker`` the speaker in an interview, ``places`` all spans that say the same, ``worth`` (0 to 1) the
    estimated probability that it is a useful insight, lower if its text is promotional.
    """

    number: int
    title: str
    text: str
    start: int
    end: int
    kind: InsightKind
    heading: str = ""
    speaker: str = ""
    places: tuple[tuple[int, int], ...] = ()
    worth: float = 1.0


@dataclass(frozen=True, slots=True)
class Sponsor:
    """A sponsor of the briefing, kept out of tags and search."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """Boilerplate removed from the body, by kind (``forwarded``, ``upsell``, ``tail`` …).

    ``reason`` gives details, such as "in 11 of 12 issues of Oak Weekly".
    """

    kind: str
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """The original bytes: ``format`` is used to re-read them, ``path`` is where they were found."""

    data: bytes
    format: str
    path: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a document states about itself, for duplicate detection; "" where it states nothing.

    Unlike a briefing's own fields these never change by editing. For a forwarded mail they are the quoted original's.
    ``title`` and ``source`` are reduced to case-folded words, URLs are canonical.
    """

    kind: OriginKind = "file"  # "item": an entry of a feed
    publisher: str = ""  # List-Id, else the sender's domain, else the feed's address, else the source
    source: str = ""
    sender: str = ""  # a mail's address
    message_id: str = ""
    feed: str = ""
    guid: str = ""  # also "" if the feed uses it for several entries
    link: str = ""  # of an item
    url: str = ""  # also "" if it doesn't identify a document
    title: str = ""
    date: str = ""  # ISO 8601
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Briefing:
    """A briefing: clean Markdown body, metadata and insights."""

    title: str
    body: str
    format: str
    source: str = ""
    author: str = ""
    published: str = ""  # ISO 8601 date or date-time, "" when unknown
    url: str = ""
    language: str = ""  # ISO 639-1, "" when unknown
    summary: str = ""
    highlight: str = ""
    sections: tuple[Section, ...] = ()
    insights: tuple[Insight, ...] = ()
    sponsors: tuple[Sponsor, ...] = ()
    tags: tuple[str, ...] = ()  # the source's own tags; topics are assigned by tagging
    cuts: tuple[Cut, ...] = ()
    problems: tuple[Problem, ...] = ()
    original: Original = field(default=Original(b"", "txt"), repr=False)
    origin: Origin = field(default=Origin(), repr=False)
    id: str = ""  # assigned by the library

    @property
    def words(self) -> int:
        """Number of words separated by white space in the body."""
        return len(self.body.split())


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of a score: ``weight`` in logits, ``body[start:end]`` (or the title's) is the term."""

    term: str
    weight: float
    field: Literal["title", "text"]
    start: int
    end: int


def by_term(reasons: Iterable[Reason]) -> list[tuple[float, Reason, int]]:
    """Return each term's weight, its weightiest reason and its number of places, heaviest first."""
    terms: dict[str, list[Reason]] = {}
    for reason in reasons:
        terms.setdefault(reason.term.casefold(), []).append(reason)
    grouped = [
        (sum(r.weight for r in same), max(same, key=lambda r: abs(r.weight)), len({(r.field, r.start) for r in same}))
        for same in terms.values()
    ]
    return sorted(grouped, key=lambda group: -abs(group[0]))


@dataclass(frozen=True, slots=True)
class TopicScore:
    """A topic's score: ``score`` is a probability; ``earned`` is by what it was assigned, "" below the threshold.

    ``share`` is the share of a briefing's words in passages about the topic.
    """

    topic: str
    score: float
    earned: AssignedBy = ""
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with the topics that were accepted and rejected for it."""

    title: str
    text: str
    accepted: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """The user's verdict on a topic of a briefing (``7f3a``) or insight (``7f3a.2``)."""

    target: str
    topic: str
    verdict: Verdict
    at: str
    batch: int


@dataclass(frozen=True, slots=True)
class Change:
    """A row before and after a batch, as JSON-ready values; undo swaps them."""

    table: str
    key: str
    before: dict[str, object] | None
    after: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A step of history: all changes of a command or key press, undone together."""

    number: int
    verb: str
    at: str
    summary: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class BriefingRow:
    """A briefing as a row of a list; ``key`` is the library's row number, ``topics`` those that apply.

    ``shares`` are the topics' shares of its words.
    """

    key: int
    id: str
    title: str
    source: str = ""
    author: str = ""
    published: str = ""
    added: str = ""
    read: bool = False
    starred: bool = False
    noted: bool = False
    scored: bool = False
    words: int = 0
    insights: int = 0
    topics: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    suggested: tuple[TopicScore, ...] = ()
    shares: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class InsightRow:
    """An insight as a row of a list; ``id`` is ``briefing.number``."""

    key: int
    id: str
    briefing_id: str
    title: str
    text: str
    kind: InsightKind
    start: int
    end: int
    topics: tuple[str, ...] = ()
    source: str = ""
    published: str = ""
    briefing_title: str = ""
    heading: str = ""
    speaker: str = ""
    places: tuple[tuple[int, int], ...] = ()

    @property
    def number(self) -> int:
        """The insight's number within its briefing, the last part of its ID."""
        return int(self.id.rpartition(".")[2])


HitKind = Literal["insight", "title", "passage"]


@dataclass(frozen=True, slots=True)
class Hit:
    r"""A search result: ``spans`` are matches as offsets into ``title + "\n" + text``.

    The ``row`` of a briefing's title, or of a passage outside insights, has the briefing's ``id``. A ``partial`` hit
    lacks words of the query; such hits, and passages, are listed below the others. A hit found by ``meaning`` may
    contain no word of the query. ``others`` counts reports of the same news folded into a hit.
    """

    row: InsightRow
    score: float
    spans: tuple[tuple[int, int], ...] = ()
    kind: HitKind = "insight"
    partial: bool = False
    meaning: bool = False
    others: int = 0

    @property
    def below(self) -> bool:
        """Whether the hit is listed below the line."""
        return self.partial or self.kind == "passage"


class Report(NamedTuple):
    """An insight as a report of news, by row keys."""

    key: int
    briefing: int
    number: int
    date: str
    publisher: str
    source: str
    title: str
    text: str
    worth: float

    @property
    def day(self) -> int:
        """The date's ordinal."""
        return day_number(self.date)

    @property
    def order(self) -> tuple[str, int, int]:
        """What reports are sorted by."""
        return self.date, self.briefing, self.number

    @property
    def whole(self) -> str:
        """Title and text."""
        return f"{self.title}\n{self.text}" if self.title and not self.text.startswith(self.title) else self.text


class Pair(NamedTuple):
    """Two reports, the lower key first: the probability that they report the same news, and their cosine."""

    one: int
    other: int
    probability: float
    cosine: float


def day_number(when: str) -> int:
    """Return the ordinal of a date; 0 for none."""
    try:
        return date.fromisoformat(when[:10]).toordinal()
    except ValueError:
        return 0
