"""Find the phrases of a taxonomy in text.

Whole words are compared, ignoring case, plural and hyphens. Phrases with symbols (``C#``, ``.NET``), acronyms that are
also common words (``IT``) and scripts without spaces are searched literally. If phrases of a topic overlap, the first
one counts, and the longest of those that begin there. Phrases that a topic excludes don't count for it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from briefreader.displayed import BLOCK, BORDER, HEADING, displayed
from briefreader.text import STOP_WORDS, fold, lower, parts, raw_parts, stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefreader.taxonomy import Taxonomy, Topic

# symbols that change the meaning of the letters beside them (C#, .NET), and scripts without spaces between words
_SIGNS = re.compile(r"[#+$%*@=<>~^|€£]|^\.\w")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
Kind = Literal["phrase", "hint", "excluded", "domain"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the topic with the number ``topic``, or of the taxonomy's domain.

    The domain's number follows those of the topics. A ``hint`` is weak evidence for the topic; words in an ``excluded``
    phrase are no evidence for it.
    """

    number: int
    topic: int
    text: str
    kind: Kind

    @property
    def excluded(self) -> bool:
        """Whether the topic excludes the phrase."""
        return self.kind == "excluded"


class Match(NamedTuple):
    """An occurrence of ``phrase`` as the words ``[place, place + length)`` of a text.

    A literal match also has the offsets ``start`` and ``end``; for others they are -1.
    """

    phrase: Phrase
    place: int
    length: int
    start: int = -1
    end: int = -1


@lru_cache(maxsize=1 << 16)
def normal(form: str) -> str:
    """Return a lower-case word without accents, in the singular."""
    return stem(form if form.isascii() else fold(form))


class PhraseIndex:
    """All phrases of a taxonomy, indexed for matching.

    ``words`` maps the distinct words of all phrases to numbers from 0; ``beginnings`` has the numbers of the first two
    words of each phrase of several words.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.topics = taxonomy.ids
        self.words: dict[str, int] = {}
        # one-word phrases by their word; longer phrases, with their remaining words, by their first two words
        self._single: dict[int, list[Phrase]] = {}
        self._longer: dict[tuple[int, int], list[tuple[tuple[int, ...], list[Phrase]]]] = {}
        # literal phrases (text, case-sensitive, phrase) by a part of them that is quick to find
        self._literals: dict[str, list[tuple[str, bool, Phrase]]] = {}
        groups = _alias_groups(taxonomy)
        found: dict[tuple[int, ...], dict[int, Phrase]] = {}
        self._made_of: dict[int, frozenset[int]] = {}  # by phrase number: the numbers of its words
        self.phrases: list[Phrase] = []
        for topic_number, topic in enumerate(taxonomy.topics):
            for text, kind in _phrases_of(topic, groups):
                self._store(Phrase(len(self.phrases), topic_number, text, kind), found)
        for text in taxonomy.domain:
            self._store(Phrase(len(self.phrases), len(self.topics), text, "domain"), found)
        for key in sorted(found, key=len, reverse=True):
            if len(key) == 1:
                self._single[key[0]] = list(found[key].values())
            else:
                self._longer.setdefault((key[0], key[1]), []).append((key[2:], list(found[key].values())))
        self.beginnings = frozenset(self._longer)

    def _store(self, phrase: Phrase, found: dict[tuple[int, ...], dict[int, Phrase]]) -> None:
        """Store a phrase; of a topic's phrases with the same words, only the first is matched.

        A topic's excluded phrases must be stored first, and its hints last.
        """
        self.phrases.append(phrase)
        if key := self._add(phrase):
            self._made_of[phrase.number] = frozenset(key)
            found.setdefault(key, {}).setdefault(phrase.topic, phrase)

    def _add(self, phrase: Phrase) -> tuple[int, ...]:
        """Return the numbers of a phrase's words; empty if it is found only literally, or has only stop words."""
        text = phrase.text
        forms = [normal(form) for form in parts(text)]
        lossy = bool(_SIGNS.search(text) or _UNSPACED.search(text))
        is_acronym = not lossy and len(forms) == 1 and text.isupper() and (forms[0] in STOP_WORDS or len(forms[0]) == 1)
        if is_acronym or lossy:
            mark = text if is_acronym else next(c for c in text if _UNSPACED.match(c) or not (c.isalnum() or c == " "))
            self._literals.setdefault(mark, []).append((text if is_acronym else text.lower(), is_acronym, phrase))
        if is_acronym or (lossy and len(forms) < 2) or all(form in STOP_WORDS for form in forms):
            return ()
        return tuple(self.words.setdefault(form, len(self.words)) for form in forms)

    def longer_at(self, ids: Sequence[int], index: int) -> list[tuple[int, int, int]]:
        """Return the phrases of several words that begin at ``index``, longest first.

        Each is a triple of phrase number, place and length.
        """
        found: list[tuple[int, int, int]] = []
        for rest, phrases in self._longer.get((ids[index], ids[index + 1]), ()) if index + 1 < len(ids) else ():
            length = len(rest) + 2
            if not rest or tuple(ids[index + 2 : index + length]) == rest:
                found += [(phrase.number, index, length) for phrase in phrases]
        return found

    def single(self, word: int) -> list[Phrase]:
        """Return the phrases that consist of this word only."""
        return self._single.get(word, [])

    def counted(self, found: list[Match]) -> list[Match]:
        """Return the matches that count as evidence: no overlaps, no excluded senses."""
        return self._one_sense(_without_overlaps(found))

    def _one_sense(self, matches: Sequence[Match]) -> list[Match]:
        """Remove matches of excluded phrases, and of other phrases in the same sense.

        A word has one sense per text (Gale, Church & Yarowsky 1992). A phrase ("agent") has the sense of the excluded
        phrases that contain it ("estate agent") in two cases: it occurs in them at least as often as alone, or it
        occurs in one of them first and is the only phrase of its topic in the text.
        """
        others = [match for match in matches if match.phrase.excluded]
        if not others:
            return list(matches)
        alone: dict[Phrase, list[int]] = {}
        spoken: Counter[int] = Counter()  # by topic number: its distinct phrases
        for phrase, place, *_ in matches:
            if not phrase.excluded:
                spoken[phrase.topic] += phrase.kind == "phrase" and phrase not in alone
                alone.setdefault(phrase, []).append(place)
        other_sense: set[int] = set()
        for phrase, places in alone.items():
            words = self._made_of.get(phrase.number)
            holders = [
                o.place for o in others if o.phrase.topic == phrase.topic and words and words < self._words_of(o.phrase)
            ]
            introduced = spoken[phrase.topic] == 1 and holders and min(holders) < min(places)
            if len(holders) >= len(places) or introduced:
                other_sense.add(phrase.number)
        return [m for m in matches if not m.phrase.excluded and m.phrase.number not in other_sense]

    def _words_of(self, phrase: Phrase) -> frozenset[int]:
        return self._made_of.get(phrase.number, frozenset())

    def literals(self, text: str) -> list[Match]:
        """Return literal matches in the displayed part of a text."""
        found: list[Match] = []
        shown = lowered = ""
        for literal, exact, phrase in (each for mark, all_ in self._literals.items() if mark in text for each in all_):
            shown = shown or displayed(text)
            lowered = lowered or lower(text)
            place = text if exact else lowered
            start = place.find(literal)
            while start >= 0:
                end = start + len(literal)
                if _stands_alone(place, start, end) and not _hidden(shown[start:end]):
                    found.append(_literal_match(phrase, shown, start, end))
                start = place.find(literal, end)
        return found


@lru_cache(maxsize=4)
def phrase_index(taxonomy: Taxonomy) -> PhraseIndex:
    """Return the index of a taxonomy's phrases (cached)."""
    return PhraseIndex(taxonomy)


def _literal_match(phrase: Phrase, text: str, start: int, end: int) -> Match:
    inside = text[max(start - 1, 0) : start + 1].isalnum()  # in a script without spaces, the word may begin earlier
    place = len(raw_parts(text[:start])) - int(inside and start > 0)
    return Match(phrase, place, max(len(raw_parts(text[start:end])), 1), start, end)


def _hidden(shown: str) -> bool:
    """Return whether a text is invisible, or contains a border."""
    return not shown.strip() or any(border in shown for border in (BORDER, BLOCK, HEADING))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a match isn't part of a longer word or row of symbols.

    In scripts without spaces, every match counts.
    """
    if _UNSPACED.match(text, start):
        return True
    before, after = text[start - 1 : start], text[end : end + 1]
    return not before.isalnum() and not after.isalnum() and after != text[end - 1]


def _without_overlaps(found: list[Match]) -> list[Match]:
    """Return the matches that don't overlap others of the same topic.

    Excluded phrases take precedence, then earlier ones, then longer ones.
    """
    taken: dict[int, set[int]] = {}
    kept = []
    for match in sorted(found, key=lambda m: (not m.phrase.excluded, m.place, -m.length)):
        places = range(match.place, match.place + match.length)
        busy = taken.setdefault(match.phrase.topic, set())
        if busy.isdisjoint(places):
            busy.update(places)
            kept.append(match)
    return kept


def _phrases_of(topic: Topic, groups: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, Kind]]:
    for text in topic.exclude:
        yield text, "excluded"
    for text in topic.phrases:
        yield text, "phrase"
        for other in groups.get(_key(text), ()):
            yield other, "phrase"
    for text in topic.hints:
        yield text, "hint"


def _alias_groups(taxonomy: Taxonomy) -> dict[str, tuple[str, ...]]:
    return {_key(word): group for group in taxonomy.aliases for word in group}


def _key(text: str) -> str:
    return " ".join(normal(form) for form in parts(text)) or text
