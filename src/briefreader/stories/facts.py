"""Extract the figures, quotes and names of an insight, which make a later report an update.

They show what is new in a report, and which figures differ between the reports of a story. They are recognised as they
are written in English.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from briefreader.stories import terms
from briefreader.text import STOP_WORDS, fold, stem, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from briefreader.stories.terms import Floats

Kind = Literal["figure", "quote", "name"]
COPIED_SHARE = 0.5  # minimum share of common word runs for a text to be a copy
# in headlines, more than MAX_CAPITALS of the words of four or more letters have a capital, and more than MIN_HEADLINE
MAX_CAPITALS, MIN_HEADLINE = 0.7, 6
MIN_COPY = 6  # minimum word runs of a text that can be a copy
MIN_RARITY = 0.65  # minimum IDF of a new name, as a share of the maximum IDF; other names are background

_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9,
           "t": 1e12, "tn": 1e12, "trillion": 1e12}  # fmt: skip
_FIGURE = re.compile(
    r"(?<![\w.,/-])(?<![^\W\d_]–)(?P<currency>[$€£¥])?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:\s?(?P<scale>thousand|million|billion|trillion|[kmbt]n?)(?![\w]))?\s?(?P<percent>%|percent\b|per cent\b)?"
    r"(?![\w/]|[.,:-]\d)(?:[-\s]+(?P<unit>[a-z]{3,}))?",
    re.IGNORECASE,
)
_QUOTE = re.compile(r"[“\"]([^“”\"\n]{12,300})[”\"]")
_NAME = re.compile(r"[A-Z][\w’'-]*(?:[^\S\n]+(?:(?:of|de|von|van|the)[^\S\n]+)?[A-Z][\w’'-]*)*")
# a sentence end or a symbol (an emoji, an arrow) before a word, with only punctuation between them
_STARTS = re.compile(r"(?:^|[.!?:;\n•—]|[^\w\s\0-\u2030])[\W_]*$")
_MONTH_BEFORE = re.compile(r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s*$", re.IGNORECASE)
# words in dates, times and picture credits, which aren't names
_NOT_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december mon tue wed thu fri sat sun jan feb mar apr jun jul aug sep sept oct nov"
    " dec am pm et pt gmt utc photographer getty reuters bloomberg image images photo".split()
)


class Fact(NamedTuple):
    """A figure, quote or name as written, with its span in the insight; facts are compared by ``key``."""

    kind: Kind
    key: str
    text: str
    start: int
    end: int
    unit: str = ""  # what a figure counts: "$", "%" or the word after it


def facts(text: str) -> list[Fact]:
    """Return the facts of a text in order."""
    found = [*_figures(text), *_quotes(text), *_names(text)]
    return sorted(found, key=lambda fact: fact.start)


def _figures(text: str) -> Iterable[Fact]:
    """Yield the figures of a text, without years and days of the month."""
    for match in _FIGURE.finditer(text):
        number = float(match["number"].replace(",", "")) * _SCALES.get((match["scale"] or "").lower(), 1.0)
        word = (match["unit"] or "").lower()
        unit = match["currency"] or ("%" if match["percent"] else "") or ("" if word in STOP_WORDS else stem(word))
        plain = not (unit or match["scale"] or match["currency"])
        year = plain and 1900 <= number <= 2100 and "," not in match["number"]
        before = text[max(0, match.start() - 12) : match.start("number")]
        day = number <= 31 and (plain or word in _NOT_NAMES or bool(_MONTH_BEFORE.search(before)))
        if year or day:
            continue
        end = (
            match.end("percent") if match["percent"] else match.end("scale") if match["scale"] else match.end("number")
        )
        start = match.start("currency") if match["currency"] else match.start("number")
        yield Fact("figure", f"{number:g}{unit if unit in '$€£¥%' else ''}", text[start:end], start, end, unit)


def _quotes(text: str) -> Iterable[Fact]:
    """Yield the quotations of at least four words."""
    for match in _QUOTE.finditer(text):
        key = " ".join(re.findall(r"\w+", fold(match[1])))
        if len(key.split()) >= 4:
            yield Fact("quote", key, match.group(), match.start(), match.end())


def _names(text: str) -> Iterable[Fact]:
    """Yield the names of a text: sequences of capitalised words, except at the beginning of a sentence."""
    initials = [word[0] for word in re.findall(r"[^\W\d_]{4,}", text)]
    if sum(initial.isupper() for initial in initials) > MAX_CAPITALS * len(initials) and len(initials) > MIN_HEADLINE:
        return  # in headlines, capitals don't mark names
    for match in _NAME.finditer(text):
        parts = match.group().split()
        start = match.start()
        if _STARTS.search(text, max(0, start - 12), start):  # a capital after a sentence end doesn't mark a name
            start += len(parts[0]) + 1
            parts = parts[1:]
        keys = [stem(fold(re.sub(r"[’']s$", "", w))) for w in parts]
        keys = [key for key in keys if key not in STOP_WORDS and key not in _NOT_NAMES and len(key) > 2]
        if keys:
            yield Fact("name", " ".join(keys), text[start : match.end()], start, match.end())


def new_facts(
    text: str, earlier: Iterable[str], *, known: Collection[str] = (), idf: Floats | None = None
) -> list[Fact]:
    """Return the facts of a text that no earlier text has, each once.

    A name is new if none of its words is in an earlier text or in ``known`` (the words of the source's name), if it
    doesn't abbreviate words of an earlier text, and if the text isn't a copy of an earlier one. With ``idf``, names
    must be rare, and a name of one word doesn't count if it is the only new fact.
    """
    earlier = list(earlier)
    keys = {fact.key for other in earlier for fact in facts(other)}
    earlier_words = " ".join(" ".join(re.findall(r"\w+", fold(other))) for other in earlier)
    stems = {stem(word) for word in earlier_words.split()} | {stem(word) for word in known}
    initials = " ".join(_initials(other) for other in earlier)
    runs = word_runs(text)
    copied = len(runs) >= MIN_COPY and any(is_copy(runs, word_runs(other)) for other in earlier)
    rare = 0.0 if idf is None else MIN_RARITY * float(idf.max())
    found: dict[str, Fact] = {}
    for fact in facts(text):
        if fact.key in keys or (fact.kind == "quote" and fact.key in earlier_words):
            continue
        if fact.kind == "name" and (
            copied
            or any(_is_among(word, stems) for word in fact.key.split())
            or (fact.text.isupper() and len(fact.text) > 2 and fact.text.lower() in initials)
            or (idf is not None and max(float(idf[terms.number(word)]) for word in fact.key.split()) < rare)
        ):
            continue
        found.setdefault(fact.key, fact)
    only = next(iter(found.values()), None)
    if idf is not None and only and len(found) == 1 and only.kind == "name" and " " not in only.key:
        return []
    return list(found.values())


def _initials(text: str) -> str:
    """Return the initials of a text's words, without stop words."""
    return "".join(word[0] for word in words(text) if word not in STOP_WORDS)


def _is_among(word: str, others: Collection[str]) -> bool:
    """Whether a word of a name is among others, in any form, such as "China" in "Chinese"."""
    return word in others or (len(word) >= 5 and any(other.startswith(word[:-1]) for other in others))


def word_runs(text: str) -> set[tuple[str, str, str]]:
    """Return the runs of three words in a text."""
    forms = words(text)
    return set(zip(forms, forms[1:], forms[2:], strict=False))


def is_copy(one: set[tuple[str, str, str]], other: set[tuple[str, str, str]]) -> bool:
    """Whether two texts share at least half of the word runs of the one that has fewer."""
    return len(one & other) >= COPIED_SHARE * max(min(len(one), len(other)), 1)


def differing_figures(texts: Iterable[str]) -> list[str]:
    """Return up to three figures, as written, of the first unit of which the texts have no figure in common; or []."""
    by_unit: dict[str, list[dict[str, str]]] = {}
    for text in texts:
        here: dict[str, dict[str, str]] = {}
        for fact in facts(text):
            if fact.kind == "figure" and fact.unit:
                here.setdefault(fact.unit, {})[fact.key] = fact.text
        for unit, figures in here.items():
            by_unit.setdefault(unit, []).append(figures)
    for unit in sorted(by_unit, key=lambda u: (u not in "$€£¥%", u)):
        figures_by_text = by_unit[unit]
        if len(figures_by_text) > 1 and not set.intersection(*(set(figures) for figures in figures_by_text)):
            every = {key: text for figures in figures_by_text for key, text in figures.items()}
            return list(every.values())[:3]
    return []
