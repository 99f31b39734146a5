"""What a briefing is: the plain values that packages hand to each other.

All are frozen dataclasses without behaviour beyond small derived properties. Offsets are code points into
``Briefing.body`` (Python string indices), half-open ``[start, end)``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

InsightKind = Literal["stated", "item", "extracted", "own"]
Verdict = Literal["accepted", "rejected"]
AssignedBy = Literal["document", "passage", "source", ""]
OriginKind = Literal["mail", "item", "page", "file"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one source that did not go as it should; never an exception."""

    path: str
    message: str
    where: str = ""
    hint: str = ""
    skipped: bool = False  # left out on purpose: nothing failed


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the body: ``level`` 1..6, ``start`` the offset of its heading line."""

    title: str
    level: int
    start: int


@dataclass(frozen=True, slots=True)
class Insight:
    """A passage that stands on its own.

    ``body[start:end]`` is the passage as it stands (with its headline and markup); ``text`` is the same as plain
    text without its headline, an entry's shortened to its best sentence. ``number`` is 1-based and kept for life: an
    insight's id is ``briefing.number``. ``title`` is "" unless the document gives one; ``heading`` is where it stands,
    ``speaker`` who says it in an interview, ``places`` every span that says the same.
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


@dataclass(frozen=True, slots=True)
class Sponsor:
    """Who paid for the briefing: data, kept out of tags and search."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """Boilerplate that was cut from the body, in order, by kind (``forwarded``, ``upsell``, ``tail`` …).

    ``reason`` says more where there is more to say: "in 11 of 12 issues of Oak Weekly".
    """

    kind: str
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes as they came: ``format`` re-reads them, ``path`` says where they were found."""

    data: bytes
    format: str
    path: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a document says of itself, as far as identity asks; "" for what it does not say.

    Unlike a briefing's own fields these never change by editing. Of a forwarded mail they are the quoted original's.
    ``title`` and ``source`` are folded to their words, addresses are canonical.
    """

    kind: OriginKind = "file"  # "item": an entry of a feed
    publisher: str = ""  # List-Id, else the sender's domain, else the feed's address, else the source
    source: str = ""
    sender: str = ""  # a mail's address
    message_id: str = ""
    feed: str = ""
    guid: str = ""  # "" too where the feed gives it to several entries
    link: str = ""  # of an item
    url: str = ""  # "" too where it can't tell documents apart
    title: str = ""
    date: str = ""  # ISO 8601
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Briefing:
    """One document as a reader sees it: clean Markdown body, metadata and insights."""

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
    tags: tuple[str, ...] = ()  # the source's own tags; topics are given by tagging
    cuts: tuple[Cut, ...] = ()
    problems: tuple[Problem, ...] = ()
    original: Original = field(default=Original(b"", "txt"), repr=False)
    origin: Origin = field(default=Origin(), repr=False)
    id: str = ""  # given by the library, once

    @property
    def words(self) -> int:
        """Number of white-space separated words of the body."""
        return len(self.body.split())


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of a score: ``weight`` in logits, ``body[start:end]`` (or the title's) where the term stands."""

    term: str
    weight: float
    field: Literal["title", "text"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TopicScore:
    """How much a text is about a topic: ``score`` is a probability; ``earned`` says by what, "" below threshold.

    ``share`` is the share of a briefing's words that stand in passages about the topic.
    """

    topic: str
    score: float
    earned: AssignedBy = ""
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """A reader's word on one topic of a briefing (``7f3a``) or insight (``7f3a.2``); never made by the program."""

    target: str
    topic: str
    verdict: Verdict
    at: str
    batch: int


@dataclass(frozen=True, slots=True)
class Change:
    """One row's before and after within a batch, as JSON-ready values; undo swaps them."""

    table: str
    key: str
    before: dict[str, object] | None
    after: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Batch:
    """One step of history: everything a command or key press changed, undone as a whole."""

    number: int
    verb: str
    at: str
    summary: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class BriefingRow:
    """A briefing as a line of a list; ``key`` is the library's own row number, ``topics`` what it counts as.

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
    """An insight as a line of a list; ``id`` is ``briefing.number``."""

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
        """The insight's number within its briefing, which its id ends in."""
        return int(self.id.rpartition(".")[2])


HitKind = Literal["insight", "title", "passage"]


@dataclass(frozen=True, slots=True)
class Hit:
    r"""A search result: ``spans`` are offsets into ``title + "\n" + text`` of what matched.

    The ``row`` of a briefing's title, or of a passage of its text outside insights, has the briefing's ``id``. A
    ``partial`` hit lacks words that were asked for; such hits, and passages, stand below the others. One found by
    ``meaning`` may hold none of them. ``others`` counts the reports of the same news that are folded into a hit.
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
        """Whether the hit stands below the line."""
        return self.partial or self.kind == "passage"
