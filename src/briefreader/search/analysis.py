"""Tokenise text into index terms, for insights and queries alike.

Words are folded runs of letters and digits. ``gpt-4.1`` gives ``gpt``, ``4.1`` and the parts ``4`` and ``1``; ``don't``
gives ``dont``, ``don`` and ``t``; ``model's`` only ``model`` and ``s``; ``1,000`` gives ``1000`` and its parts. Scripts
without spaces are cut into overlapping character bigrams; each emoji is a term.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from briefreader.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# Han, kana, hangul, Thai, Lao, Myanmar, Khmer: written without spaces between words, or agglutinating.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3041-\u30ff\u3130-\u318f\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs of Indic scripts are part of a word, though not letters; dandas (full stops) aren't.
_SIGNS = "\u0900-\u0963\u0966-\u0dff"
_EMOJI = "\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
# Skin tones of emoji.
_SKIPPED = "\U0001f3fb-\U0001f3ff"

_ASCII_TERM = re.compile(r"[a-z0-9]+(?:(?:(?<=[0-9])[.,](?=[0-9])|(?<=[a-z])'(?=[a-z]))[a-z0-9]+)*")
_ASCII_JOINT = re.compile("[.,'](?:(?<=[0-9][.,])(?=[0-9])|(?<=[A-Za-z]')(?=[A-Za-z]))")
_ASCII_WORDS = bytes(ord(chr(b).lower()) if b < 128 and chr(b).isalnum() else ord(" ") for b in range(256))
_WORD = rf"(?:[^\W_{_UNSPACED}]|[{_SIGNS}])"
# patterns with wide ranges are compiled where they are used: each takes 5 to 10 ms, and most searches need none
_TERM = (
    rf"[{_UNSPACED}]+|(?![{_SKIPPED}])[{_EMOJI}]"
    rf"|{_WORD}+(?:(?:(?<=[0-9])[.,](?=[0-9])|(?<=[^\W\d_])['’](?=[^\W\d_])){_WORD}+)*"
)
_PUNCTUATION = re.compile("[‘“”„‚«»‹›–—―…•·→]")
_POSSESSIVE = re.compile("['’]s$")
_JOINT = re.compile("[.,'’]")
# A run of non-ASCII characters with the preceding character, which the first of them may combine with.
_ISLAND = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+", re.DOTALL)


# Articles, pronouns, auxiliaries, question words, prepositions and the like, without "us", which may be the country
FUNCTION_WORDS = frozenset(
    "a am an and any are as at be been being by can could did do does for from had has have how i if in is it its many "
    "may me might much my of on or our shall should so than that the their them there these they this those to was we "
    "were what when where which who whom whose why will with would you your".split()
)


class TermPosition(NamedTuple):
    """A term of a text and its span in code points, half-open."""

    form: str
    start: int
    end: int


def terms(text: str) -> set[str]:
    """Return the distinct index terms of a text."""
    text = _plain(text)
    if text.isascii():
        found = set(_spaced(text).split())
        found.update(whole.form for whole in _ascii_compounds(text))
        return found
    found = set(re.findall(_TERM, fold(text)))
    for compound in [t for t in found if not t.isalnum() or _is_unspaced(t)]:
        found.discard(compound)
        found.update(form for form, _, _ in _parts(compound, 0))
    return found


def query_terms(text: str) -> list[str]:
    """Return the terms to search for, in order; compounds (``4.1``, ``don't``) come without their parts."""
    if text.isascii() and text.isalnum():
        return [text.lower()]
    return [term.form for term in term_positions(fold(text), wholes=True)]


def is_half_bigram(term: str) -> bool:
    """Whether a term is a single character of a script that is cut into bigrams; it matches as their prefix."""
    return len(term) == 1 and _is_unspaced(term)


def term_positions(text: str, *, wholes: bool = False) -> list[TermPosition]:
    """Return every index term of a text with its span in the original; compounds precede their parts.

    With ``wholes``, compounds come without their parts, which gives the text as a sequence of words.
    """
    folded, places = _fold_with_places(text)
    result: list[TermPosition] = []
    for match in re.finditer(_ASCII_TERM if folded.isascii() else _TERM, folded):
        parts = _parts(match.group(), match.start())
        if wholes and not _is_unspaced(match.group()):
            del parts[1:]
        for form, start, end in parts:
            if places is not None:
                start, end = places[start][0], places[end - 1][1]
            result.append(TermPosition(form, start, end))
    return result


class Words:
    """Look up terms and their spans (in code points) in a text, without listing all its terms.

    An ASCII text is stored with spaces for everything but letters and digits, so words are delimited by spaces.
    """

    def __init__(self, text: str) -> None:
        self._text = _plain(text)
        self._spaced = f" {_spaced(self._text)} " if self._text.isascii() else ""

    @cached_property
    def _wholes(self) -> list[TermPosition]:
        """The terms that ``_spaced`` lacks: the compounds of an ASCII text, or all terms of another text."""
        return list(_ascii_compounds(self._text)) if self._spaced else term_positions(self._text)

    @cached_property
    def forms(self) -> set[str]:
        """The distinct terms."""
        return {*self._spaced.split(), *(whole.form for whole in self._wholes)}

    def beginning(self, word: str) -> list[tuple[int, int]]:
        """Return the spans of the terms that begin with ``word``; unordered."""
        found = [(start, end) for form, start, end in self._wholes if form.startswith(word)]
        start = self._spaced.find(f" {word}")
        while start >= 0:
            end = self._spaced.index(" ", start + 1)
            found.append((start, end - 1))
            start = self._spaced.find(f" {word}", end)
        return found

    def places(self, forms: Collection[str]) -> list[tuple[int, int]]:
        """Return the spans of the terms in ``forms``; unordered."""
        found = [(start, end) for form, start, end in self._wholes if form in forms]
        for form in forms if self._spaced else ():
            start = self._spaced.find(f" {form} ")
            while start >= 0:
                end = start + len(form)
                found.append((start, end))
                start = self._spaced.find(f" {form} ", end + 1)
        return found


def _plain(text: str) -> str:
    """Replace typographic punctuation by ASCII, character by character; most texts are then ASCII."""
    return text if text.isascii() else _PUNCTUATION.sub(" ", text.replace("’", "'"))


def _spaced(text: str) -> str:
    """Return an ASCII text in lower case with spaces for all but letters and digits."""
    return text.encode().translate(_ASCII_WORDS).decode()


def _ascii_compounds(text: str) -> Iterator[TermPosition]:
    """Yield the compounds of an ASCII text, without their parts."""
    done, lowered = 0, ""
    for joint in _ASCII_JOINT.finditer(text):
        if joint.start() >= done:
            start = joint.start() - 1
            while start and text[start - 1].isalnum():
                start -= 1
            lowered = lowered or text.lower()
            compound = _ASCII_TERM.match(lowered, start)
            assert compound is not None  # a letter or digit precedes the joint
            done = compound.end()
            bare = compound.group().removesuffix("'s")
            yield TermPosition(bare.replace("'", "").replace(",", ""), start, start + len(bare))


def _is_unspaced(form: str) -> bool:
    """Whether a term is of a script that is cut into bigrams."""
    return not form.isascii() and re.match(f"[{_UNSPACED}]", form) is not None


def _parts(form: str, offset: int) -> list[TermPosition]:
    """Return the index terms of a match of ``_TERM``: itself, a compound and its parts, or bigrams."""
    if _is_unspaced(form):
        last = max(len(form) - 1, 1)
        return [TermPosition(form[i : i + 2], offset + i, offset + min(i + 2, len(form))) for i in range(last)]
    if not _JOINT.search(form):
        return [TermPosition(form, offset, offset + len(form))]
    bare = _POSSESSIVE.sub("", form)
    whole = re.sub("[,'’]", "", bare)
    inner = re.finditer("[^.,'’]+", form)
    return [
        TermPosition(whole, offset, offset + len(bare)),
        *(TermPosition(m.group(), offset + m.start(), offset + m.end()) for m in inner),
    ]


def _fold_with_places(text: str) -> tuple[str, list[tuple[int, int]] | None]:
    """Return the folded text, and the original span of each of its characters (None if no position changes)."""
    if text.isascii():
        return text.lower(), None
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    done = 0
    for island in _ISLAND.finditer(text):
        pieces.append(text[done : island.start()].lower())
        places.extend((i, i + 1) for i in range(done, island.start()))
        for piece, start, end in _fold_island(island.group(), island.start()):
            pieces.append(piece)
            places.extend([(start, end)] * len(piece))
        done = island.end()
    pieces.append(text[done:].lower())
    places.extend((i, i + 1) for i in range(done, len(text)))
    return "".join(pieces), places


def _fold_island(island: str, offset: int) -> Iterator[tuple[str, int, int]]:
    """Yield the folded pieces of a run with their spans: each character with its marks, or else the whole run."""
    starts = [i for i, c in enumerate(island) if i == 0 or not unicodedata.combining(c)]
    cuts = list(zip(starts, [*starts[1:], len(island)], strict=True))
    pieces = [fold(island[a:b]) for a, b in cuts]
    if "".join(pieces) == (whole := fold(island)):
        for piece, (a, b) in zip(pieces, cuts, strict=True):
            yield piece, offset + a, offset + b
    else:
        yield whole, offset, offset + len(island)
