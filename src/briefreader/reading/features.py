"""What speaks for a sentence being a key one: features with one weight each, by profile."""

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
    from collections.abc import Callable, Sequence

NEWS = {
    "centroid": 1.65, "lead": 1.55, "top": 0.85, "first": 0.5, "early": 0.3, "repeated": 0.4, "claim": 0.3,
    "stance": 0.1, "number": 0.15, "name": 0.2, "topic": 0.8, "length": 0.0, "chat": -0.3, "bio": -0.3,
    "question": -0.25, "anaphora": -0.1,
}  # fmt: skip
ESSAY = {
    "centroid": 2.0, "lead": 0.0, "top": 0.8, "first": 0.0, "early": 0.3, "repeated": 0.2, "claim": 0.2,
    "stance": 0.9, "number": 0.3, "name": 0.45, "topic": 0.5, "length": 1.0, "chat": -0.4, "bio": -0.6,
    "question": 0.0, "anaphora": -0.2,
}  # fmt: skip

_STOP = frozenset(
    "the a an and or but if of to in on at by for with from as is are was were be been being it its this that these "
    "those there here he she they we you i his her their our your my me him them us not no so than then too very can "
    "could will would should may might must do does did done have has had having what which who whom whose when where "
    "why how all any both each few more most other some such only own same just about into over after before between "
    "out up down off again further once also because while during through against under above s t re ve ll d m".split()
)
_CLAIM = re.compile(
    r"\b(?:means?|shows?|suggests?|implies|because|therefore|thus|critical(?:ly)?|key|important(?:ly)?|main|"
    r"essential|crucial|biggest|most|best|first|must|will|need(?:s|ed)?|enables?|drives?|leads?\sto|"
    r"results?|proposes?|introduces?|provides?|allows?|announced|launched|released|reached|believe|argue)\b",
    re.I,
)
_STANCE = re.compile(
    r"\b(?:we (?:see|believe|think|want|expect|found|aim)|i (?:believe|think|suspect|expect|argue)|"
    r"not (?:merely|just|only|simply)?\b.{1,60}\bbut|rather than|instead of|no longer|does(?: not|n['’]t)|"
    r"is(?: not|n['’]t)|will be|"
    r"the (?:key|critical|real|main|central) (?:point|question|problem|issue|challenge|insight)|"
    r"more (?:than|important)|in other words|the (?:result|point|lesson) is)\b",
    re.I,
)
_CHAT = re.compile(
    r"\b(?:welcome|thanks?|hello|hi|glad|let me|let['’]s|by the way|anyway|lol|haha|stay tuned|see you|back with)\b",
    re.I,
)
_BIO = re.compile(
    r"\b(?:i['’]m [A-Z]\w+|my name is|i joined|i (?:was|grew|studied|worked|hold|started|used to)|"
    r"(?:he|she) (?:is|was) (?:a|the) |born in|head of|responsible for|degree|my career|co-?founder of)\b",
    re.I,
)
_ANAPHORA = re.compile(
    r"(?:this|that|these|those|it|they|he|she|such|so|and|but|also|here|there|similarly|however)\b", re.I
)
_NUMBER = re.compile(r"\d")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w.-]+")


@dataclass(slots=True)
class Sentence:
    """A sentence of a body: plain ``text``, where it stands, the number of its ``block`` and its tf-idf vector."""

    text: str
    start: int
    end: int
    block: int
    words: int
    terms: list[str]
    vector: dict[str, float] = field(default_factory=dict)


def is_news(found: list[Block]) -> bool:
    """Whether a body is a digest: half its blocks or more are list items or headings."""
    lists = sum(b.kind in ("item", "heading") for b in found)
    return lists * 2 >= max(len(found), 1)


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
            made.append(
                Sentence(
                    text, block.text + view.source(start), block.text + view.source(end - 1) + 1, n, len(forms), terms
                )
            )
    _weigh(made)
    return made


def _weigh(made: list[Sentence]) -> None:
    df = Counter(t for s in made for t in set(s.terms))
    n = len(made)
    for s in made:
        weights = {t: (1 + math.log(c)) * math.log((1 + n) / (1 + df[t]) + 1) for t, c in Counter(s.terms).items()}
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        s.vector = {t: w / norm for t, w in weights.items()}


def cosine(a: dict[str, float], b: dict[str, float]) -> float:
    """The cosine of two unit vectors."""
    if len(b) < len(a):
        a, b = b, a
    return sum(w * b[t] for t, w in a.items() if t in b)


def score(
    made: list[Sentence],
    weights: dict[str, float],
    finder: Callable[[str], Sequence[tuple[str, int, int]]] | None = None,
) -> list[float]:
    """One score a sentence: the weighted sum of its features."""
    return [sum(weights[name] * value for name, value in f.items()) for f in features(made, finder)]


def features(
    made: list[Sentence], finder: Callable[[str], Sequence[tuple[str, int, int]]] | None = None
) -> list[dict[str, float]]:
    """The features of each sentence, each about 0..1."""
    n = max(len(made), 1)
    total: Counter[str] = Counter()
    for s in made:
        total.update(s.vector)
    norm = math.sqrt(sum(w * w for w in total.values())) or 1.0
    centroid = {t: w / norm for t, w in total.items()}
    df = Counter(t for s in made for t in set(s.terms))
    top = {t for t, _ in df.most_common(25)}
    lead = {t for s in made[:3] for t in s.terms}
    return [_of(s, i, n, centroid, df, top, lead, finder) for i, s in enumerate(made)]


def _of(
    s: Sentence,
    i: int,
    n: int,
    centroid: dict[str, float],
    df: Counter[str],
    top: set[str],
    lead: set[str],
    finder: Callable[[str], Sequence[tuple[str, int, int]]] | None,
) -> dict[str, float]:
    distinct = set(s.terms)
    size = max(len(distinct), 1)
    topics = {hit[0] for hit in finder(s.text)} if finder else ()
    return {
        "centroid": cosine(s.vector, centroid),
        "lead": len(distinct & lead) / size if i >= 3 else 0.6,
        "top": len(distinct & top) / size,
        "first": float(i < 0.1 * n),
        "early": 1 - i / n,
        "repeated": sum(df[t] > 2 for t in distinct) / size,
        "claim": float(bool(_CLAIM.search(s.text))),
        "stance": float(bool(_STANCE.search(s.text))),
        "number": float(bool(_NUMBER.search(s.text))),
        "name": min(len(_NAME.findall(s.text)), 3) / 3,
        "topic": min(len(topics), 3) / 3,
        "length": min(s.words / 40, 1.0),
        "chat": float(bool(_CHAT.search(s.text))),
        "bio": float(bool(_BIO.search(s.text))),
        "question": float(s.text.rstrip('"”’)').endswith("?")),
        "anaphora": float(bool(_ANAPHORA.match(s.text))),
    }
