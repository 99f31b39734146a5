"""Features of candidates for key insights: a row of numbers each, in the order of ``NAMES``.

Serves the ranker (``insight_ranker.py``) and its fit (``benchmarks/reading/fit_insights.py``). Features are of
category (money, names, verbs, place, how central), none is a word of a topic or publisher. Linear in the text.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from briefreader.text import STOP_WORDS, bare_lines, folded_word, stem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from briefreader.markdown import Block
    from briefreader.reading.candidates import Candidate, Passages, Sentence
    from briefreader.reading.digest import Entry

NAMES = (
    "log_words short money percent auxiliaries announces compares contrasts subject quotes first_person you "
    "third_person imperative definite follows verbless word_length ended headline second_in_section last_tenth "
    "entry_early personal digest centroid title idf_sum idf_mean repeated density long_words long_early "
    "long_centroid long_lead"
).split()
LANGUAGE_NAMES = frozenset(
    "auxiliaries announces compares contrasts subject quotes first_person you third_person imperative "
    "definite follows verbless word_length personal".split()
)
"""Features valid for English only; for other languages they count as average."""

_MONEY = re.compile(r"[$€£¥₹]\s?\d|\b\d[\d.,]*\s?(?:million|billion|trillion|bn|[MBK]\b|dollars|euros)", re.I)
_PERCENT = re.compile(
    r"\d\s?%|\bper ?cent\b|\b\d+(?:\.\d+)?x\b|\b(?:double|triple|half|twice|third|quarter)\w*\b", re.I
)
_SHARES = ("per cent", "percent", "double", "triple", "half", "twice", "third", "quarter")
_DIGIT = re.compile(r"\d")
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
_SHORT_VERBS = ("n't", "'re", "'ve", "'ll", "'m", "it's", "that's", "there's", "he's", "here's", "what's", "who's")
_COMPARES = frozenset(
    "more less better worse than faster cheaper higher lower larger smaller fewer greater versus rather over least "
    "bigger stronger longer shorter".split()
)
_CONTRAST = re.compile(
    r"\bnot\b.{1,60}\b(?:but|it['’]s|they['’]re)\b|\brather than\b|\binstead of\b|n['’]t\b.{1,60}[;,—–] ?(?:it|but)\b|"
    r"\bno longer\b|\bnot (?:just|only|merely|simply)\b|\beven (?:as|if|though|when)\b|\bwhile\b|\bdespite\b|\bunless\b"
)
_CONTRASTS = frozenset("not rather instead longer even while despite unless".split())
_SUBJECT = re.compile(
    r"[\"“'‘]?(?:(?:The|A|An|In|At|On) )?[A-Z][\w.’'-]*(?: (?:[A-Z&][\w.’'-]*|of|and|for|the))* ['’]?[a-z]"
)
_FIRST_PERSON = frozenset("i i'm i've i'd i'll me my mine myself".split())
_THIRD_PERSON = frozenset("he he's he'd he'll him his himself she she's she'd she'll her hers herself".split())
_YOU = frozenset("you you're you've you'll you'd your yours yourself".split())
_IMPERATIVE = frozenset(
    "read check see watch listen try join learn find get make take use start stop keep remember imagine consider "
    "look go don't let let's note think ask add click pick choose give write send download follow build create "
    "open run set".split()
)
_DEFINITE = re.compile(r"The [a-z][a-z-]+ (?!(?:of|that|in|for|to|between)\b)[a-z]")  # the thing itself is the subject
_FOLLOWS = re.compile(
    r"\W*(?:(?:in|at|with|for|from|to|given|under|despite|beyond|after|before|once|by|all|some|one|each|most|on top)"
    r"(?: of)? (?:this|that|these|those|them|then|here|there)\b|like\b|not because\b|since then\b|as such\b|again,|"
    r"that being\b|in the time since|more (?:to that|importantly|broadly)\b|either way|same\b|now,|ok\b|well,|sure,|"
    r"look,|right\b|plus\b)"
)
_EARLY_SENTENCES, _LEAD_SENTENCES = 40, 8
_LEAD_COSINE = 0.35  # of a sentence of the lead itself, to the lead
_LONG, _LISTED = (110, 150), (0.6, 0.8)  # sentences, and their share in list items: from where on, and without a doubt
_PERSONAL = re.compile(r"\bI\b|\b[Mm][ey]\b|\bmyself\b")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]{2,}")
_ENDS = (".", "!", "?", "。", "！", "।")


def feature_rows(
    passages: Passages, found: Sequence[Block], entries: Sequence[Entry], terms: Terms
) -> list[list[float]]:
    """Return the features of each candidate, in the order of ``NAMES``."""
    sentences = passages.sentences
    places = _Places(sentences, found, entries)
    forms = [_forms(s.bare) for s in sentences]
    return [
        _of_text(c, [form for said in forms[c.first : c.last + 1] for form in said]) + places.row(c) + terms.row(c)
        for c in passages.candidates
    ]


def is_english(sentences: Sequence[Sentence]) -> bool:
    """Whether a text has the share of function words of English text."""
    forms = [form for s in sentences[:200] for form in _forms(s.bare)]
    return 5 * sum(map(STOP_WORDS.__contains__, forms)) >= len(forms)


def _forms(bare: str) -> list[str]:
    """The words of a sentence; figures are cut at points and commas."""
    return bare.replace(".", " ").replace(",", " ").split()


def _of_text(c: Candidate, forms: Sequence[str]) -> list[float]:
    text = c.text
    lowered = text.lower().replace("’", "'")
    kinds = set(forms)
    digits = _DIGIT.search(text) is not None
    share = (digits and ("%" in text or "x" in text)) or any(map(lowered.__contains__, _SHARES))
    return [
        math.log(c.words),
        float(c.words < 14),
        float(digits and bool(_MONEY.search(text))),
        float(share and bool(_PERCENT.search(text))),
        min(len(kinds & _AUXILIARY), 3) / 3,
        float(not kinds.isdisjoint(_ANNOUNCES)),
        float(not kinds.isdisjoint(_COMPARES)),
        float((not kinds.isdisjoint(_CONTRASTS) or "n't" in lowered) and bool(_CONTRAST.search(lowered))),
        float(bool(_SUBJECT.match(text))),
        float("“" in text or '"' in text or "«" in text),
        float(not kinds.isdisjoint(_FIRST_PERSON)),
        float(not kinds.isdisjoint(_YOU)),
        float(not kinds.isdisjoint(_THIRD_PERSON)),
        float(bool(forms) and forms[0] in _IMPERATIVE),
        float(bool(_DEFINITE.match(text))),
        float(bool(_FOLLOWS.match(lowered))),
        float(_is_verbless(text, kinds)),
        sum(map(len, forms)) / max(len(forms), 1) / 6,
        float(text.rstrip("\"'”’»)]*_ ").endswith(_ENDS)),
        float(c.headline),
    ]


def _is_verbless(text: str, kinds: Collection[str]) -> bool:
    """Whether no word of a sentence looks like a verb."""
    if not _AUXILIARY.isdisjoint(kinds) or any("'" in kind and kind.endswith(_SHORT_VERBS) for kind in kinds):
        return False
    return not any(w.islower() and w.endswith(("ed", "s")) and not w.endswith(("ss", "us")) for w in text.split()[1:])


class _Places:
    """Where candidates stand: in their section and entry, and in the whole text."""

    def __init__(self, sentences: Sequence[Sentence], found: Sequence[Block], entries: Sequence[Entry]) -> None:
        self._sentences = sentences
        self._in_section: list[int] = []
        section = inside = heading = 0
        for sentence in sentences:
            for n in range(heading, sentence.block + 1):
                if found[n].kind == "heading":
                    section, inside = n, 0
            heading = sentence.block + 1
            self._in_section.append(inside)
            inside += sentence.block != section
        self._entry = {n: e for e, entry in enumerate(entries) for n in range(entry.first, entry.last + 1)}
        self._count, self._entries = max(len(sentences), 1), max(len(entries), 1)
        self._digest = sum(s.block in self._entry for s in sentences) / self._count
        personal = sum(bool(_PERSONAL.search(s.text)) for s in sentences)
        self._personal = personal / self._count

    def row(self, c: Candidate) -> list[float]:
        """The features of place of one candidate."""
        entry = self._entry.get(c.block)
        return [
            float(self._in_section[c.first] == 1),
            float(c.first > 0.9 * self._count),
            (1 - entry / self._entries) * self._digest if entry is not None else 0.0,
            self._personal,
            self._digest,
        ]


class Terms:
    """How central candidates are: tf-idf over the text's own sentences, and overlap with its title."""

    def __init__(self, title: str, sentences: Sequence[Sentence], found: Sequence[Block]) -> None:
        listed = sum(found[s.block].kind == "item" for s in sentences) / max(len(sentences), 1)
        self._long = _ramp(len(sentences), *_LONG) * _ramp(listed, *_LISTED)
        self._terms = [_terms(s.text, s.bare) for s in sentences]
        count = len(sentences)
        self._spread = Counter(t for terms in self._terms for t in dict.fromkeys(terms))  # in order: ties follow it
        weight = {n: math.log((1 + count) / (1 + n) + 1) for n in set(self._spread.values())}
        self._idf = {t: weight[n] for t, n in self._spread.items()}
        self._vectors = [self._unit(terms) for terms in self._terms]
        centroid: defaultdict[str, float] = defaultdict(float)
        for vector in self._vectors:
            for term, value in vector.items():
                centroid[term] += value
        norm = math.sqrt(sum(w * w for w in centroid.values())) or 1.0
        self._centroid = {t: w / norm for t, w in centroid.items()}
        self._lead = self._unit([t for terms in self._terms[:_LEAD_SENTENCES] for t in terms])
        self._title = self._unit([t for t in _terms(title, *bare_lines([title])) if t in self._idf])
        self._top = {t for t, n in self._spread.most_common(max(10, count // 8)) if n > 1}

    def _unit(self, terms: Sequence[str]) -> dict[str, float]:
        weights = dict.fromkeys(terms, 1)
        if len(weights) == len(terms):
            values = {t: self._idf[t] for t in terms}
        else:
            values = {t: (1 + math.log(n)) * self._idf[t] for t, n in Counter(terms).items()}
        norm = math.sqrt(sum(w * w for w in values.values())) or 1.0
        return {t: w / norm for t, w in values.items()}

    def row(self, c: Candidate) -> list[float]:
        """The features of terms of one candidate."""
        terms = [t for i in range(c.first, c.last + 1) for t in self._terms[i]]
        vector = self.vector(c)
        size = max(len(vector), 1)
        idf = sum(self._idf[t] for t in vector)
        marks = [n for n, t in enumerate(terms) if t in self._top]
        span = marks[-1] - marks[0] + 1 if marks else 1
        return [
            cosine(vector, self._centroid),
            cosine(vector, self._title),
            idf / 40,
            idf / size / 4,
            sum(self._spread[t] > 2 for t in vector) / size,
            min(len(marks) ** 2 / span / 6, 1.5),
            *(self._of_long(c, vector) if self._long else (0.0, 0.0, 0.0, 0.0)),
        ]

    def _of_long(self, c: Candidate, vector: Mapping[str, float]) -> tuple[float, ...]:
        """What counts in long lists beside all else: brevity, and nearness to the beginning and to the whole."""
        lead = cosine(vector, self._lead) if c.first >= _LEAD_SENTENCES else _LEAD_COSINE
        features = (math.log(c.words), math.exp(-c.first / _EARLY_SENTENCES), cosine(vector, self._centroid), lead)
        return tuple(self._long * feature for feature in features)

    def vector(self, c: Candidate) -> dict[str, float]:
        """The unit tf-idf vector of a candidate."""
        if not c.joined:
            return self._vectors[c.first]
        return self._unit([t for i in range(c.first, c.last + 1) for t in self._terms[i]])


def _terms(text: str, bare: str) -> list[str]:
    words = bare.replace("-", " ").split()
    if not text.isascii():
        if runs := _IDEOGRAPHS.findall(text):
            return [run[i : i + 2] for run in runs for i in range(len(run) - 1)]  # words of scripts without spaces
        words = [w if w.isascii() else folded_word(w) for w in words]
    return [stem(w) for w in words if w not in STOP_WORDS and len(w) > 1]


def _ramp(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0)


def cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """The cosine of two unit vectors."""
    if len(b) < len(a):
        a, b = b, a
    return sum(w * b[t] for t, w in a.items() if t in b)
