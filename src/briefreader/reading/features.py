"""What speaks for a sentence being a key one: features of about 0..1, each with one weight a profile (``weights.py``).

Centrality, place, claim and stance are the classic features of extraction (Edmundson, 1969; Radev's centroid, 2004).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from briefreader.reading.markdown import Block, strip
from briefreader.text import sentences as split_sentences
from briefreader.text import stem, words

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST, LONGEST = 6, 60
"""The words of a sentence that can stand on its own."""

NAMES = (
    "centroid frequent top repeated lead first3 first20 first_tenth early late opens_block alone after_heading item "
    "words sqrt_words length short claim stance crux superlative comparison future proposal question anaphora name "
    "number label colon emphasis paren code"
).split()

# Nearly text.STOP_WORDS, but apart from it: another list makes other terms, and ``weights.py`` was fitted to these.
_STOP = frozenset(
    "the a an and or but if of to in on at by for with from as is are was were be been being it its this that these "
    "those there here he she they we you i his her their our your my me him them us not no so than then too very can "
    "could will would should may might must do does did done has have had having what which who whom whose when where "
    "why how all any both each few more most other some such only own same just about into over after before between "
    "out up down off again further once also because while during through against under above s t re ve ll d m".split()
)
_CLAIM = frozenset(
    "mean means show shows suggest suggests implies because therefore thus critical critically important importantly "
    "essential must need needs needed enable enables drive drives result results announced launched released reached "
    "believe argue argues".split()
)
_SUPERLATIVE = frozenset(
    "most best biggest largest core key main central crucial critical fundamental important essential primary whole "
    "entire only never always every first".split()
)
_COMPARISON = frozenset("more less better worse than over versus vs faster cheaper higher lower".split())
_FUTURE = frozenset("will could going likely should expect might".split())
# these five are matched against lower case: ignoring it would be three times as slow
_PROPOSAL = re.compile(r"\b(?:propos|introduc|add(?:s|ed|ing)?\b|remov|allow|provid|replac|chang)")
_STANCE = re.compile(
    r"\b(?:we (?:see|believe|think|want|expect|found)|i (?:believe|think|suspect|expect|argue|propose)|rather than|"
    r"not (?:merely|just|only|simply)\b|not .{1,60}\bbut\b|instead of|no longer|(?:does|is|are|will) ?(?:not|n['’]t)\b|"
    r"in other words)"
)
_CRUX = re.compile(
    r"\b(?:the|one|a) (?:\w+ )?(?:main|final|crucial|key|biggest|real|core|central|open|fundamental|important|notable|"
    r"true|hard|hardest|simplest|best|question|reality|fact|point|reason|problem|lesson|takeaway|issue|idea|way|theme|"
    r"benefit|goal|obstacle|challenge)s?\b"
    r"|\b(?:what|it)(?:['’]s| is) (?:\w+ )?(?:important|notable|clear|hard|easier|crucial|likely|worth|interesting)\b"
    r"|\b(?:in the end|ultimately|in short|seems? like|means? that|shows? that)\b"
)
_EMPHASIS = re.compile(
    r"\W*(?:critical|crucial|(?:most |more |very )?important|ultimate|fundamental|essential|notab)ly\b"
    r"|\W*(?:in short|in sum|overall|the (?:key|main|real|critical|bottom|most important) "
    r"(?:point|thing|insight|question|line)|what (?:really )?matters|the (?:result|upshot|takeaway|lesson|point) is)\b"
)
_CHAT = re.compile(r"\b(?:welcome|thanks?|hello|hi|glad|let me|by the way|anyway|stay tuned|see you|back with)\b")
_BIO = re.compile(
    r"\b(?:i['’]m [a-z]\w+|my name is|i joined|i (?:was|grew|studied|worked|hold|used to)|born in|head of|"
    r"responsible for|my career|co-?founder of)\b"
)
_ANAPHORA = frozenset("this that these those it they he she such so and but also here there similarly however".split())
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w.-]+")
_LABEL = re.compile(r"[A-Z0-9][^\s.:!?,]*(?: [^\s.:!?,]+){0,5}:\s")
_CODE = re.compile(r"`|\(\)|\w_\w|[{}=<>]")
_DIGIT = re.compile(r"\d")
_CLOSERS = "\"'”’»)]*_ "
_LINE = 12  # words of a heading or by-line
_FIRST_PERSON = re.compile(r"\bI(?:['’](?:m|ve|d|ll))?\b")


@dataclass(slots=True)
class Sentence:
    """A sentence of a body: plain ``text``, where it stands, the number of its ``block`` and its tf-idf vector."""

    text: str
    start: int
    end: int
    block: int
    words: int
    terms: list[str]
    forms: frozenset[str]
    vector: dict[str, float] = field(default_factory=dict)

    @property
    def stands(self) -> bool:
        """Whether it has the length of a passage that stands on its own."""
        return SHORTEST <= self.words <= LONGEST

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return self.text.rstrip(_CLOSERS).endswith("?")

    @property
    def ends(self) -> bool:
        """Whether it ends as a sentence does, or is too long for a line that need not."""
        return self.words > _LINE or self.text.rstrip(_CLOSERS)[-1:] in tuple(".!?…:;。！？")


def split(body: str, found: list[Block]) -> list[Sentence]:
    """The sentences of the prose of ``body``, with tf-idf vectors over its own sentences, unit length."""
    made: list[Sentence] = []
    for n, block in enumerate(found):
        if block.kind not in ("paragraph", "item", "quote"):
            continue
        view = strip(body[block.text : block.end])
        for start, end in split_sentences(view.text):
            text = " ".join(view.text[start:end].split())
            forms = words(text)
            terms = [stem(f) for f in forms if f not in _STOP and len(f) > 1]
            first, last = block.text + view.source(start), block.text + view.source(end - 1) + 1
            made.append(Sentence(text, first, last, n, len(text.split()), terms, frozenset(forms)))
    _weigh(made)
    return made


def _weigh(made: list[Sentence]) -> None:
    df = Counter(t for s in made for t in set(s.terms))
    idf = {t: math.log((1 + len(made)) / (1 + n) + 1) for t, n in df.items()}
    for s in made:
        weights = {t: (1 + math.log(c)) * idf[t] for t, c in _counted(s.terms)}
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        s.vector = {t: w / norm for t, w in weights.items()}


def _counted(terms: list[str]) -> Iterable[tuple[str, int]]:
    """Each term and how often it stands there; most sentences say none twice, which is told faster than counted."""
    once = dict.fromkeys(terms, 1)
    return once.items() if len(once) == len(terms) else Counter(terms).items()


def cosine(a: dict[str, float], b: dict[str, float]) -> float:
    """The cosine of two unit vectors."""
    if len(b) < len(a):
        a, b = b, a
    return sum(w * b[t] for t, w in a.items() if t in b)


def voice(made: list[Sentence]) -> float:
    """The share of sentences that speak in the first person singular."""
    return sum(bool(_FIRST_PERSON.search(s.text)) for s in made) / max(len(made), 1)


def is_digest(body: str, found: list[Block]) -> bool:
    """Whether half of a body's blocks or more are list items or headings, and a quarter link or begin in bold."""
    listed = sum(b.kind in ("item", "heading") for b in found)
    marked = sum("](" in body[b.start : b.end] or body.startswith("**", b.text) for b in found)
    return 2 * listed >= max(len(found), 1) and 4 * marked >= len(found)


def technicality(made: list[Sentence]) -> float:
    """The share of sentences that speak in code."""
    return sum(bool(_CODE.search(s.text)) for s in made) / max(len(made), 1)


def is_chatter(sentence: Sentence) -> bool:
    """Whether a sentence greets, thanks or introduces its speaker."""
    lowered = sentence.text.lower()
    return bool(_CHAT.search(lowered) or _BIO.search(lowered))


def table(made: list[Sentence], found: list[Block]) -> list[tuple[float, ...] | None]:
    """The features of each sentence in the order of ``NAMES``.

    None for one that is not to be chosen: too short or long; a question alone in its block, which is an interviewer's
    turn; or a short line without an end that is no list's item, which is a heading or by-line.
    """
    centroid: Counter[str] = Counter()
    for s in made:
        centroid.update(s.vector)
    norm = math.sqrt(sum(w * w for w in centroid.values())) or 1.0
    counts = Counter(t for s in made for t in s.terms)
    spread = Counter(t for s in made for t in s.vector)
    top = {t for t, _ in spread.most_common(25)}
    lead = {t for s in made[:3] for t in s.terms}
    sizes = Counter(s.block for s in made)
    rows: list[tuple[float, ...] | None] = []
    for i, s in enumerate(made):
        asked, headed = s.asks and sizes[s.block] == 1, not s.ends and found[s.block].kind != "item"
        if not s.stands or asked or headed:
            rows.append(None)
            continue
        opens = i == 0 or made[i - 1].block != s.block
        block = found[s.block]
        size = max(len(s.vector), 1)
        rows.append(
            (
                sum(w * centroid[t] for t, w in s.vector.items()) / norm,
                sum(math.log1p(counts[t]) for t in s.terms) / max(len(s.terms), 1) / 3,
                len(top.intersection(s.vector)) / size,
                sum(spread[t] > 2 for t in s.vector) / size,
                len(lead.intersection(s.vector)) / size if i >= 3 else 0.6,
                float(i < 3),
                float(i < 20),
                float(i < 0.1 * len(made)),
                1 - i / len(made),
                float(i > 0.9 * len(made)),
                float(opens),
                float(sizes[s.block] == 1),
                float(s.block > 0 and found[s.block - 1].kind == "heading"),
                float(block.kind == "item"),
                *_of_text(s),
            )
        )
    return rows


def _of_text(s: Sentence) -> tuple[float, ...]:
    """The features that a sentence has by itself, whatever surrounds it."""
    text, lowered, forms = s.text, s.text.lower(), s.forms
    first = text.split(maxsplit=1)[0].strip("\"“'(*").lower()
    return (
        s.words / 40,
        math.sqrt(s.words / 40),
        min(s.words / 40, 1.0),
        float(s.words < 12),
        float(not forms.isdisjoint(_CLAIM)),
        float(bool(_STANCE.search(lowered))),
        float(bool(_CRUX.search(lowered))),
        float(not forms.isdisjoint(_SUPERLATIVE)),
        float(not forms.isdisjoint(_COMPARISON)),
        float(not forms.isdisjoint(_FUTURE)),
        float(bool(_PROPOSAL.search(lowered))),
        float(s.asks),
        float(first in _ANAPHORA),
        min(len(_NAME.findall(text)), 3) / 3,
        float(bool(_DIGIT.search(text))),
        float(bool(_LABEL.match(text))),
        float(":" in text),
        float(bool(_EMPHASIS.match(lowered))),
        float("(" in text),
        float(bool(_CODE.search(text))),
    )
