"""The data model: the values that packages pass to each other.

They are frozen dataclasses and named tuples. Unless stated otherwise, offsets are code points into ``Briefing.body``
(Python string indices), and spans are half-open: ``[start, end)``.
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
    """A problem with a file or source, reported without raising an exception."""

    path: str
    message: str
    where: str = ""  # line or line:column in the file, or ""
    hint: str = ""
    skipped: bool = False  # the item was skipped on purpose: nothing failed


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the body: ``level`` is 1 to 6, ``start`` the offset of its line."""

    title: str
    level: int
    start: int


@dataclass(frozen=True, slots=True)
class Insight:
    """A key insight: a passage that can be read on its own.

    Attributes:
        number: its number in the briefing, from 1. It never changes; the insight's ID is ``briefing.number``.
        title: the insight's own title, "" if the document gives none.
        text: the passage as plain text, without its headline; of a digest item, only the best sentence.
        start: offset of the passage, which includes the headline and has markup.
        end: offset of its end.
        kind: whether the document states the insight (``stated``), it is an item of a digest (``item``), a sentence
            that briefreader selected (``extracted``) or one that the user marked (``own``).
        heading: the heading that the passage is under.
        speaker: who says it in an interview.
        places: spans of all passages with the same statement; may be empty if there is only one.
        worth: estimated probability that the insight is useful, lower if its text is promotional.
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
    """A sponsor of the briefing; the sponsor's text is not tagged or searched."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """A passage removed from the body as boilerplate.

    ``kind`` is a category such as ``forwarded``, ``upsell`` or ``tail``. ``reason`` gives details, such as "in 11 of 12
    issues of Oak Weekly".
    """

    kind: str
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes that a briefing was read from.

    ``format`` is needed to read them again; ``path`` is where they were found.
    """

    data: bytes
    format: str
    path: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a document states about its identity, for duplicate detection.

    A field that the document doesn't state is "". Editing a briefing doesn't change these fields. For a forwarded mail,
    they describe the original. ``title`` and ``source`` are reduced to case-folded words, and URLs are normalised.
    """

    kind: OriginKind = "file"  # "item" is an entry of a feed
    publisher: str = ""  # the first that is known: List-Id, sender's domain, feed's address, source, site
    source: str = ""
    sender: str = ""  # e-mail address
    message_id: str = ""
    feed: str = ""
    guid: str = ""  # also "" if the feed uses the same GUID for several entries
    link: str = ""  # of a feed entry
    url: str = ""  # also "" if the URL doesn't identify a single document
    title: str = ""
    date: str = ""  # ISO 8601
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Briefing:
    """A briefing: its body as Markdown without boilerplate, metadata and insights."""

    title: str
    body: str
    format: str
    source: str = ""
    author: str = ""
    published: str = ""  # ISO 8601 date or date-time, "" if unknown
    url: str = ""
    language: str = ""  # ISO 639-1, "" if unknown
    summary: str = ""  # the document's own abstract; "What it covers" in podcast notes
    highlight: str = ""  # "Notable moment" in podcast notes
    sections: tuple[Section, ...] = ()
    insights: tuple[Insight, ...] = ()
    sponsors: tuple[Sponsor, ...] = ()
    tags: tuple[str, ...] = ()  # tags that the document itself has, which are not topics of the taxonomy
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
    """What a term at one location contributes to a topic's score.

    ``weight`` is in logits; ``start`` and ``end`` are offsets into the title or text, as ``field`` says.
    """

    term: str
    weight: float
    field: Literal["title", "text"]
    start: int
    end: int


def by_term(reasons: Iterable[Reason]) -> list[tuple[float, Reason, int]]:
    """Group reasons by term: total weight, strongest reason, number of locations.

    The terms are in descending order of their absolute weight.
    """
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
    """A topic's ``score``, which is a probability.

    ``earned`` says whether the whole document, a single passage or the source is the reason for the topic; it is ""
    below the threshold. ``share`` is the share of the briefing's words in passages about the topic.
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
    """The user's verdict on a topic of a briefing (``7f3a``) or insight (``7f3a.2``).

    ``at`` is the time in ISO 8601.
    """

    target: str
    topic: str
    verdict: Verdict
    at: str
    batch: int


@dataclass(frozen=True, slots=True)
class Change:
    """A database row before and after a batch; undo restores ``before``.

    None means that the row didn't exist. The values can be written as JSON.
    """

    table: str
    key: str
    before: dict[str, object] | None
    after: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Batch:
    """All changes made by one command or key press; undo reverts them together.

    ``at`` is the time in ISO 8601.
    """

    number: int
    verb: str
    at: str
    summary: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class BriefingRow:
    """A briefing as a row of a list.

    ``key`` is the row number in the database. ``topics`` are those that the briefing has, ``confirmed`` those of them
    that the user accepted, ``suggested`` others below the threshold. ``shares`` has, for each of ``topics``, the share
    of the briefing's words in passages about it.
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
    """An insight as a row of a list.

    ``key`` is the row number in the database; ``id`` is ``briefing.number``, such as ``7f3a.2``.
    """

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
    r"""A search result.

    Attributes:
        row: the insight; for a briefing's title or a passage outside insights, a row with the briefing's ``id``.
        score: relevance, higher for better matches.
        spans: matches as offsets into ``title + "\n" + text``.
        kind: what was found.
        partial: whether words of the query are missing.
        meaning: whether the hit was found by semantic search; it may contain no word of the query.
        others: number of other reports of the same news, if only the best hit of each story is listed.
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
        """Whether the hit is listed after the full matches, below a separator."""
        return self.partial or self.kind == "passage"


class Report(NamedTuple):
    """An insight as a report of news; ``key`` and ``briefing`` are row numbers."""

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
        """The date as a day number, 0 if there is no date."""
        return day_number(self.date)

    @property
    def order(self) -> tuple[str, int, int]:
        """The sort key of reports: date, briefing, number."""
        return self.date, self.briefing, self.number

    @property
    def whole(self) -> str:
        """Title and text, or only the text if it begins with the title."""
        return f"{self.title}\n{self.text}" if self.title and not self.text.startswith(self.title) else self.text


class Pair(NamedTuple):
    """Two reports that may be of the same news.

    ``one`` and ``other`` are the keys of the reports, the lower one first. ``probability`` is the probability that they
    are of the same news, ``cosine`` the similarity of their texts.
    """

    one: int
    other: int
    probability: float
    cosine: float


def day_number(when: str) -> int:
    """Return the ordinal of an ISO 8601 date (see ``date.toordinal``), 0 if invalid."""
    try:
        return date.fromisoformat(when[:10]).toordinal()
    except ValueError:
        return 0
