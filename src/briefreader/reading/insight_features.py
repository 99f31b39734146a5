"""Compute the features of candidates for key insights, for the ranker and its training.

The features are general (money, names, verbs, position, similarity to the whole text); none is specific to a topic or
a publisher.
"""

from __future__ import annotations

import math
import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from briefreader.text import STOP_WORDS, bare_lines, folded_word, stem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from briefreader.markdown import Block
    from briefreader.reading.candidates import Candidate, Passages, Sentence
    from briefreader.reading.digest import Entry

Floats = npt.NDArray[np.float64]
NAMES = (
    "log_words short money percent auxiliaries announces compares contrasts subject quotes first_person you "
    "third_person imperative definite follows verbless word_length ended headline first_in_block second_in_section "
    "last_tenth entry_early personal digest centroid title idf_sum idf_mean repeated density long_words long_early "
    "long_centroid long_lead"
).split()
LANGUAGE_NAMES = frozenset(
    "auxiliaries announces compares contrasts subject quotes first_person you third_person imperative "
    "definite follows verbless word_length personal".split()
)
"""Features that are valid for English only; for texts in other languages, the ranker uses their average values."""

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
    r"\b(?:not\b.{1,60}\b(?:but|it['’]s|they['’]re)\b|rather than\b|instead of\b|no longer\b|"
    r"not (?:just|only|merely|simply)\b|even (?:as|if|though|when)\b|while\b|despite\b|unless\b)|"
    r"n['’]t\b.{1,60}[;,—–] ?(?:it|but)\b"
)
_CONTRASTS = frozenset("not rather instead longer even while despite unless".split())
_SUBJECT = re.compile(
    r"[\"“'‘]?(?:(?:The|A|An|In|At|On) )?[A-Z][\w.’'-]*(?: (?:[A-Z&][\w.’'-]*|of|and|for|the))* ['’]?[a-z]"
)
_FIRST_PERSON = frozenset("i i'm i've i'd i'll me my mine myself".split())
_WE = frozenset("we we're we've we'll we'd us our ours ourselves".split())
_THIRD_PERSON = frozenset("he he's he'd he'll him his himself she she's she'd she'll her hers herself".split())
_YOU = frozenset("you you're you've you'll you'd your yours yourself".split())
_IMPERATIVE = frozenset(
    "read check see watch listen try join learn find get make take use start stop keep remember imagine consider "
    "look go don't let let's note think ask add click pick choose give write send download follow build create "
    "open run set".split()
)
_DEFINITE = re.compile(r"The [a-z][a-z-]+ (?!(?:of|that|in|for|to|between)\b)[a-z]")  # the subject is already known
_FOLLOWS = re.compile(
    r"\W*(?:(?:in|at|with|for|from|to|given|under|despite|beyond|after|before|once|by|all|some|one|each|most|on top)"
    r"(?: of)? (?:this|that|these|those|them|then|here|there)\b|like\b|not because\b|since then\b|as such\b|again,|"
    r"that being\b|in the time since|more (?:to that|importantly|broadly)\b|either way|same\b|now,|ok\b|well,|sure,|"
    r"look,|right\b|plus\b)"
)
_EARLY_SENTENCES = 40  # number of sentences over which the feature ``long_early`` falls by the factor e
_LEAD_SENTENCES = 8  # number of sentences at the beginning of a text that are its lead
_LEAD_COSINE = 0.35  # similarity to the lead that is assumed for the sentences of the lead
# how far a text is a long digest: by its number of sentences, and by their share in lists, each from 0 at the first
# value to 1 at the second
LONG, _LISTED = (110, 150), (0.6, 0.8)
# "I", "me", "my" and "myself"
_PERSONAL = re.compile(r"[IMm](?<!\w.)(?:(?<=I)|(?<=[Mm])[ey]|(?<=m)yself)\b")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]{2,}")
_ENDS = (".", "!", "?", "。", "！", "।")


def feature_rows(passages: Passages, found: Sequence[Block], entries: Sequence[Entry], terms: Terms) -> Floats:
    """Return the feature matrix: a row for each candidate, a column for each of ``NAMES``."""
    if not passages.candidates:
        return np.zeros((0, len(NAMES)))
    sentences = passages.sentences
    places = _Places(sentences, found, entries)
    forms = [[*chain.from_iterable(s.forms for s in sentences[c.first : c.last + 1])] for c in passages.candidates]
    rows = [_of_text(c, own) + places.row(c) for c, own in zip(passages.candidates, forms, strict=True)]
    return np.hstack([np.array(rows), terms.rows()])


def is_english(sentences: Sequence[Sentence]) -> bool:
    """Whether at least a fifth of the words in a text's first 200 sentences are English stop words."""
    forms = [form for s in sentences[:200] for form in s.forms]
    return 5 * sum(map(STOP_WORDS.__contains__, forms)) >= len(forms)


def addresses_reader(sentence: Sentence) -> bool:
    """Whether a sentence speaks to its reader: it says "you", asks for something, or is a call to action."""
    first = sentence.forms[0] if sentence.forms else ""
    return first == "please" or first in _IMPERATIVE or sentence.call or not _YOU.isdisjoint(sentence.forms)


def speaks_as_we(sentence: Sentence) -> bool:
    """Whether a sentence says "we", "us" or "our"."""
    return not _WE.isdisjoint(sentence.forms)


def _of_text(c: Candidate, forms: Sequence[str]) -> list[float]:
    """Return the features of a candidate's own text; ``forms`` are its words."""
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
    """Features of position: where a candidate is, and the shares of personal sentences and of entries in the text."""

    def __init__(self, sentences: Sequence[Sentence], found: Sequence[Block], entries: Sequence[Entry]) -> None:
        self._sentences = sentences
        self._in_section: list[int] = []
        section = inside = next_block = 0
        for sentence in sentences:
            for n in range(next_block, sentence.block + 1):
                if found[n].kind == "heading":
                    section, inside = n, 0
            next_block = sentence.block + 1
            self._in_section.append(inside)
            inside += sentence.block != section
        self._entry = {n: e for e, entry in enumerate(entries) for n in range(entry.first, entry.last + 1)}
        self._count, self._entries = max(len(sentences), 1), max(len(entries), 1)
        self._digest = sum(s.block in self._entry for s in sentences) / self._count
        personal = sum(bool(_PERSONAL.search(s.text)) for s in sentences)
        self._personal = personal / self._count

    def row(self, c: Candidate) -> list[float]:
        """Return the position features of one candidate."""
        entry = self._entry.get(c.block)
        return [
            float(self._sentences[c.first].place == 0),
            float(self._in_section[c.first] == 1),
            float(c.first > 0.9 * self._count),
            (1 - entry / self._entries) * self._digest if entry is not None else 0.0,
            self._personal,
            self._digest,
        ]


class Vectors(NamedTuple):
    """Sparse TF-IDF vectors of unit length, as parallel arrays sorted by row; ``term`` has the number of each term."""

    row: npt.NDArray[np.intp]
    term: npt.NDArray[np.intp]
    value: Floats


class Terms:
    """Features of the candidates' terms, such as the similarity to the whole text; IDF is that of its sentences."""

    def __init__(self, title: str, passages: Passages, found: Sequence[Block]) -> None:
        """Number and weight the terms of all sentences; ``vectors`` has a row for each candidate."""
        sentences, self._candidates = passages.sentences, passages.candidates
        number: dict[str, int] = {}
        numbers = [[number.setdefault(t, len(number)) for t in _terms(s.text, s.bare)] for s in sentences]
        listed = sum(found[s.block].kind == "item" for s in sentences) / max(len(sentences), 1)
        self._long = _ramp(len(sentences), *LONG) * _ramp(listed, *_LISTED)
        self._size = max(len(number), 1)
        self._spread = np.bincount(np.array([n for ids in numbers for n in set(ids)], np.intp), minlength=self._size)
        self._idf: Floats = np.log((1 + len(sentences)) / (1 + self._spread) + 1)
        whole = self._sum(numbers)
        self._centroid = whole / (np.sqrt(whole @ whole) or 1.0)
        self._lead = self._sum([[*chain(*numbers[:_LEAD_SENTENCES])]])
        self._title = self._sum([[number[t] for t in _terms(title, *bare_lines([title])) if t in number]])
        ranked = np.argsort(-self._spread, kind="stable")[: max(10, len(sentences) // 8)]
        self._is_top = np.zeros(self._size, bool)
        self._is_top[ranked] = self._spread[ranked] > 1
        self._numbers = [[*chain(*numbers[c.first : c.last + 1])] for c in self._candidates]
        self.vectors = self._weighed(self._numbers)

    def _weighed(self, rows: Sequence[Sequence[int]]) -> Vectors:
        """Return the TF-IDF vectors of rows of term numbers."""
        owner = np.repeat(np.arange(len(rows)), np.array([len(ids) for ids in rows], np.intp))
        places, counts = np.unique(owner * self._size + np.array([*chain(*rows)], np.intp), return_counts=True)
        row, term = np.divmod(places, self._size)
        value = (1 + np.log(counts)) * self._idf[term]
        norm = np.sqrt(np.bincount(row, value * value, len(rows)))
        return Vectors(row, term, value / norm[row])

    def _sum(self, rows: Sequence[Sequence[int]]) -> Floats:
        """Return the sum of the TF-IDF vectors of rows of term numbers."""
        vectors = self._weighed(rows)
        return np.bincount(vectors.term, vectors.value, self._size).astype(float)

    def rows(self) -> Floats:
        """Return the term features of the candidates, one row each."""
        row, term, value = self.vectors
        count = len(self._candidates)
        size = np.maximum(np.bincount(row, minlength=count), 1)
        idf = np.bincount(row, self._idf[term], count)
        centroid = np.bincount(row, value * self._centroid[term], count)
        columns = [
            centroid,
            np.bincount(row, value * self._title[term], count),
            idf / 40,  # the divisors give typical values of about 1
            idf / size / 4,
            np.bincount(row, self._spread[term] > 2, count) / size,
            self._densities(),
        ]
        first = np.array([c.first for c in self._candidates])
        lead = np.where(first < _LEAD_SENTENCES, _LEAD_COSINE, np.bincount(row, value * self._lead[term], count))
        words = np.log([c.words for c in self._candidates])
        columns += [self._long * column for column in (words, np.exp(-first / _EARLY_SENTENCES), centroid, lead)]
        return np.column_stack(columns)

    def _densities(self) -> Floats:
        """Return, for each candidate, the density of the text's most frequent terms."""
        sizes = np.array([len(ids) for ids in self._numbers], np.intp)
        owner = np.repeat(np.arange(len(sizes)), sizes)
        marks = np.flatnonzero(self._is_top[np.array([*chain(*self._numbers)], np.intp)])
        first, last = np.zeros(len(sizes)), np.zeros(len(sizes))
        first[owner[marks[::-1]]] = marks[::-1]
        last[owner[marks]] = marks
        count = np.bincount(owner[marks], minlength=len(sizes))
        density: Floats = np.minimum(count**2 / (last - first + 1) / 6, 1.5)
        return density


def _terms(text: str, bare: str) -> list[str]:
    """Return the stems of a sentence without stop words or, in scripts without spaces, its pairs of characters."""
    words = bare.replace("-", " ").split()
    if not text.isascii():
        if runs := _IDEOGRAPHS.findall(text):
            return [run[i : i + 2] for run in runs for i in range(len(run) - 1)]
        words = [w if w.isascii() else folded_word(w) for w in words]
    return [stem(w) for w in words if w not in STOP_WORDS and len(w) > 1]


def _ramp(value: float, low: float, high: float) -> float:
    """Return 0 up to ``low``, 1 from ``high`` on, and a linear value between."""
    return min(max((value - low) / (high - low), 0.0), 1.0)
