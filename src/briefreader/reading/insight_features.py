"""What speaks for or against a candidate as a key insight: one row of numbers each, in the order of ``NAMES``.

Serves the ranker (``insight_ranker.py``) and its fit (``benchmarks/reading/fit_insights.py``). Features are of
category (money, names, verbs, place, how central), none is a word of a topic or publisher. Linear in the text.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from briefreader.text import STOP_WORDS, stem
from briefreader.text import words as split_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from briefreader.markdown import Block
    from briefreader.reading.candidates import Candidate, Passages, Sentence
    from briefreader.reading.digest import Entry

TEXT_NAMES = (
    "log_words short long money percent figures auxiliaries announces claims compares contrasts subject names "
    "quotes attributed first_person we_person you imperative colon dash parenthesis exclaims capitals hedges "
    "causes function_words word_length linked ended"
).split()
PLACE_NAMES = (
    "joined headline item quote place_in_block alone first_in_section second_in_section later_in_section early "
    "first_tenth last_tenth first_block block_words entry entry_first entry_early digest personal"
).split()
TERM_NAMES = "centroid title heading idf_sum idf_mean repeated lead density".split()
NAMES = (*TEXT_NAMES, *PLACE_NAMES, *TERM_NAMES)
LANGUAGE_NAMES = frozenset(
    "auxiliaries announces claims compares contrasts subject names attributed first_person we_person you imperative "
    "capitals hedges causes function_words word_length personal quotes".split()
)
"""Features that hold in English only; elsewhere they count as average."""

_MONEY = re.compile(r"[$€£¥₹]\s?\d|\b\d[\d.,]*\s?(?:million|billion|trillion|bn|[MBK]\b|dollars|euros)", re.I)
_PERCENT = re.compile(
    r"\d\s?%|\bper ?cent\b|\b\d+(?:\.\d+)?x\b|\b(?:double|triple|half|twice|third|quarter)\w*\b", re.I
)
_FIGURE = re.compile(r"\d[\d.,]*")
_AUXILIARY = frozenset(
    "is are was were be been being has have had do does did can could will would should may might must isn't aren't "
    "wasn't won't can't doesn't don't didn't hasn't haven't cannot".split()
)
_ANNOUNCES = frozenset(
    "announced announces launched launches released releases introduced introduces raised raises acquired acquires "
    "published reports reported unveiled unveils said says sued sues agreed plans planned signed closed approved "
    "found shows showed revealed reveals warned warns ordered won lost cut cuts hit added adds expanded debuted "
    "rolled bought sold hired fired banned ruled filed joined merged partnered open-sourced shipped ships built "
    "developed trained created proposed proposes demonstrated achieved outperforms rose fell grew jumped".split()
)
_CLAIMS = frozenset(
    "means mean shows suggests implies therefore thus critical essential must need needs key core real problem reason "
    "result point lesson question matters important biggest fundamental ultimately never always only every most "
    "driven drives requires enables allows becomes become makes turns creates forces".split()
)
_COMPARES = frozenset(
    "more less better worse than faster cheaper higher lower larger smaller fewer greater versus rather over least "
    "bigger stronger longer shorter".split()
)
_CONTRAST = re.compile(
    r"\bnot\b.{1,60}\b(?:but|it['’]s|they['’]re)\b|\brather than\b|\binstead of\b|n['’]t\b.{1,60}[;,—–] ?(?:it|but)\b|"
    r"\bno longer\b|\bnot (?:just|only|merely|simply)\b|\beven (?:as|if|though|when)\b|\bwhile\b|\bdespite\b|\bunless\b"
)
_HEDGES = frozenset("maybe perhaps probably somewhat guess kind sort bit pretty just really actually honestly".split())
_CAUSES = re.compile(r"\b(?:because|since|so that|due to|driven by|led to|leads? to|result(?:s|ed)? in|caus(?:e|es|ed)|"
                     r"means? that|which (?:means|makes)|when|if|by \w+ing)\b")  # fmt: skip
_SUBJECT = re.compile(
    r"[\"“'‘]?(?:(?:The|A|An|In|At|On) )?[A-Z][\w.’'-]*(?: (?:[A-Z&][\w.’'-]*|of|and|for|the))* ['’]?[a-z]"
)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w.-]+")
_ATTRIBUTED = re.compile(r"\b(?:said|says|told|wrote|writes|argues?|according to|reports?|believes?|explains?)\b")
_FIRST_PERSON = frozenset("i i'm i've i'd i'll me my mine myself".split())
_WE = frozenset("we we're we've we'll we'd us our ours".split())
_YOU = frozenset("you you're you've you'll you'd your yours yourself".split())
_IMPERATIVE = frozenset(
    "read check see watch listen try join learn find get make take use start stop keep remember imagine consider "
    "look go don't let let's note think ask add click pick choose give write send download follow build create "
    "open run set".split()
)
_FORM = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_ENDS = (".", "!", "?", "。", "！", "।")


def feature_rows(
    passages: Passages, found: Sequence[Block], entries: Sequence[Entry], body: str, terms: Terms
) -> list[list[float]]:
    """The features of each candidate, in the order of ``NAMES``."""
    places = _Places(passages.sentences, found, entries)
    return [_of_text(c, body) + places.row(c) + terms.row(c) for c in passages.candidates]


def is_english(sentences: Sequence[Sentence]) -> bool:
    """Whether a text has as many English function words as English has, at the least."""
    forms = [f for s in sentences[:200] for f in _FORM.findall(s.text.lower())]
    return 5 * sum(f in STOP_WORDS for f in forms) >= len(forms)


def _of_text(c: Candidate, body: str) -> list[float]:
    text = c.text
    lowered = text.lower().replace("’", "'")
    forms = _FORM.findall(lowered)
    kinds = set(forms)
    size = max(len(forms), 1)
    markup = body[c.start : c.end]
    return [
        math.log(c.words),
        float(c.words < 14),
        float(c.words > 40),
        float(bool(_MONEY.search(text))),
        float(bool(_PERCENT.search(text))),
        min(len(_FIGURE.findall(text)), 4) / 4,
        min(sum(f in _AUXILIARY for f in forms), 3) / 3,
        float(not kinds.isdisjoint(_ANNOUNCES)),
        min(len(kinds & _CLAIMS), 2) / 2,
        float(not kinds.isdisjoint(_COMPARES)),
        float(bool(_CONTRAST.search(lowered))),
        float(bool(_SUBJECT.match(text))),
        min(len(_NAME.findall(text)), 4) / 4,
        float(any(q in text for q in '“"«')),
        float(bool(_ATTRIBUTED.search(lowered))),
        float(not kinds.isdisjoint(_FIRST_PERSON)),
        float(not kinds.isdisjoint(_WE)),
        float(not kinds.isdisjoint(_YOU)),
        float(bool(forms) and forms[0] in _IMPERATIVE),
        float(":" in text),
        float("—" in text or " – " in text or " - " in text),
        float("(" in text),
        float("!" in text),
        sum(w.isupper() and len(w) > 1 for w in text.split()) / size,
        min(len(kinds & _HEDGES), 2) / 2,
        float(bool(_CAUSES.search(lowered))),
        sum(f in STOP_WORDS for f in forms) / size,
        sum(map(len, forms)) / size / 6,
        float("](" in markup),
        float(text.rstrip("\"'”’»)]*_ ").endswith(_ENDS)),
    ]


class _Places:
    """Where candidates stand: in their block, section and entry, and in the whole text."""

    def __init__(self, sentences: Sequence[Sentence], found: Sequence[Block], entries: Sequence[Entry]) -> None:
        self._sentences = sentences
        self._found = found
        self._count = max(len(sentences), 1)
        self._in_section: list[int] = []
        section, inside = -1, 0
        heading = 0
        for sentence in sentences:
            while heading < len(found) and heading <= sentence.block:
                if found[heading].kind == "heading":
                    section, inside = heading, 0
                heading += 1
            self._in_section.append(inside)
            inside += sentence.block != section
        self._entry: dict[int, int] = {
            n: e for e, entry in enumerate(entries) for n in range(entry.first, entry.last + 1)
        }
        self._entries = entries
        listed = sum(s.block in self._entry for s in sentences)
        self._digest = min(listed / self._count, 1.0) if entries else 0.0
        forms = [set(_FORM.findall(s.text.lower().replace("’", "'"))) for s in sentences]
        self._personal = sum(not f.isdisjoint(_FIRST_PERSON) for f in forms) / self._count
        self._block_words: Counter[int] = Counter()
        for s in sentences:
            self._block_words[s.block] += s.words

    def row(self, c: Candidate) -> list[float]:
        """The features of place of one candidate."""
        first = self._sentences[c.first]
        block = self._found[c.block]
        at = c.first / self._count
        inside = self._in_section[c.first]
        entry = self._entry.get(c.block)
        return [
            float(c.joined),
            float(c.headline),
            float(block.kind == "item"),
            float(block.kind == "quote"),
            min(first.place, 4) / 4,
            float(first.of == c.last - c.first + 1),
            float(inside == 0),
            float(inside == 1),
            min(inside, 12) / 12,
            1 - at,
            float(at < 0.1),
            float(at > 0.9),
            float(c.block == self._sentences[0].block),
            min(math.log1p(self._block_words[c.block]) / 5, 1.2),
            float(entry is not None),
            float(entry is not None and (c.headline or first.place == 0)),
            (1 - entry / len(self._entries)) * self._digest if entry is not None else 0.0,
            self._digest,
            self._personal,
        ]


class Terms:
    """How central candidates are: tf-idf over the text's own sentences, and overlap with its title."""

    def __init__(self, title: str, sentences: Sequence[Sentence], found: Sequence[Block]) -> None:
        self._terms = [_terms(s.text) for s in sentences]
        count = len(sentences)
        self._spread = Counter(t for terms in self._terms for t in set(terms))
        self._idf = {t: math.log((1 + count) / (1 + n) + 1) for t, n in self._spread.items()}
        self._vectors = [self._unit(Counter(terms)) for terms in self._terms]
        centroid: defaultdict[str, float] = defaultdict(float)
        for vector in self._vectors:
            for term, weight in vector.items():
                centroid[term] += weight
        norm = math.sqrt(sum(w * w for w in centroid.values())) or 1.0
        self._centroid = {t: w / norm for t, w in centroid.items()}
        self._title = self._unit(Counter(t for t in _terms(title) if t in self._idf))
        lead = [t for terms in self._terms[:3] for t in terms]
        self._lead = self._unit(Counter(lead))
        self._heading: dict[int, dict[str, float]] = {}
        current: dict[str, float] = {}
        by_block: dict[int, int] = {}
        for i, s in enumerate(sentences):
            by_block.setdefault(s.block, i)
        for n, block in enumerate(found):
            if block.kind == "heading":
                current = self._vectors[by_block[n]] if n in by_block else {}
            self._heading[n] = current
        self._top = {t for t, _ in self._spread.most_common(max(10, count // 8)) if self._spread[t] > 1}
        self._first3 = min(count, 3)

    def _unit(self, counts: Counter[str]) -> dict[str, float]:
        weights = {t: (1 + math.log(n)) * self._idf[t] for t, n in counts.items() if t in self._idf}
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        return {t: w / norm for t, w in weights.items()}

    def row(self, c: Candidate) -> list[float]:
        """The features of terms of one candidate."""
        terms = [t for i in range(c.first, c.last + 1) for t in self._terms[i]]
        vector = self._vectors[c.first] if not c.joined else self._unit(Counter(terms))
        size = max(len(vector), 1)
        idf = sum(self._idf[t] for t in vector)
        marks = [n for n, t in enumerate(terms) if t in self._top]
        span = marks[-1] - marks[0] + 1 if marks else 1
        return [
            cosine(vector, self._centroid),
            cosine(vector, self._title),
            0.0 if c.headline else cosine(vector, self._heading[c.block]),
            idf / 40,
            idf / size / 4,
            sum(self._spread[t] > 2 for t in vector) / size,
            cosine(vector, self._lead) if c.first >= self._first3 else 0.3,
            min(len(marks) ** 2 / span / 6, 1.5),
        ]

    def vector(self, c: Candidate) -> dict[str, float]:
        """The unit tf-idf vector of a candidate."""
        return self._unit(Counter(t for i in range(c.first, c.last + 1) for t in self._terms[i]))


def _terms(text: str) -> list[str]:
    return [stem(w) for w in split_words(text) if w not in STOP_WORDS and len(w) > 1]


def cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """The cosine of two unit vectors."""
    if len(b) < len(a):
        a, b = b, a
    return sum(w * b[t] for t, w in a.items() if t in b)
