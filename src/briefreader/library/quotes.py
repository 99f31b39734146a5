"""Verify quotations: find a text word for word in a body, or the nearest passage and the differences.

Used by ``mcp``. A quotation is verified only if a body has the same words, figures and signs in the same order, and if
it begins and ends at word boundaries. White space, the form of quotation marks and hyphens, and inline Markdown may
differ. The full-text index selects the bodies to compare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import add, itemgetter
from typing import TYPE_CHECKING

from briefreader.display import nfc
from briefreader.errors import UsageError
from briefreader.markdown import blocks, strip
from briefreader.storage import briefings, filters
from briefreader.text import sentences, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from briefreader.markdown import Plain
    from briefreader.storage.database import Connection, Database

# a quotation needs MIN_WORDS words or, for scripts without spaces, MIN_CHARACTERS characters
MIN_WORDS = 3
MIN_CHARACTERS = 8
MAX_CHARACTERS = 20_000
MAX_CANDIDATES = 200  # maximum number of bodies per search that are compared with the quotation
MAX_NEAREST = 10  # maximum number of bodies searched for the nearest passage
MIN_LIKENESS = 60.0  # minimum similarity of the nearest passage, in percent
MAX_DIFFERENCES = 8
_RARE_WORDS = 12  # maximum number of a quotation's words that are looked up, the longest ones

# characters that are compared as equal to ASCII characters, and invisible ones that are ignored
_SAME = {c: s for s, signs in {"'": "‘’‚‛′", '"': "“”„‟″", "-": "‐‑‒–−", "...": "…"}.items() for c in signs}
_SAME |= dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
_MARKUP = re.compile(r"\]\(|[<\\&]")  # markup other than emphasis
# a word or number with its signs: don't, GPT-4, 4.5, -5, $4, 40%
_WORD = re.compile(r"(?:[-+$€£¥#@.]*(?=\d))?\w+(?:['\-.,:/]+\w+)*(?:(?<=\d)[%‰°]+)?")


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of a quotation and of the nearest passage that differ; either may be ""."""

    quoted: str
    found: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """The location of a quotation: ``body[start:end]`` of the briefing ``id``, with its ``text``.

    If the quotation is not ``verified``, the location is that of the nearest passage, and ``differences`` are the words
    that differ. ``insight_id`` is the ID of the first insight at the location, or "".
    """

    verified: bool
    id: str
    insight_id: str
    start: int
    end: int
    text: str
    differences: tuple[Difference, ...] = ()


class Quotes:
    """Verifies quotations against the library's bodies. Read-only."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def verify(self, text: str) -> Quotation | None:
        """Find a quotation in the library.

        Returns:
            The location of the quotation, or of the nearest passage with its differences; None if nothing is similar.

        Raises:
            UsageError: the text is too short to be distinctive, or too long.
        """
        quote = nfc(text).strip()
        if len(words(quote)) < MIN_WORDS and len(quote) < MIN_CHARACTERS:
            raise UsageError("the quotation is too short", hint=f"quote at least {MIN_WORDS} words")
        if len(quote) > MAX_CHARACTERS:
            raise UsageError(f"the quotation is longer than {MAX_CHARACTERS:,} characters")
        forms = _forms(quote)
        with self._db.reading() as con:
            seen: set[int] = set()
            for keys in _candidates(con, quote):
                for key in [key for key in keys if key not in seen]:
                    seen.add(key)
                    body = briefings.body(con, key)
                    if span := find(body, forms):
                        return _quotation(con, key, body, span, None)
            return self._nearest(con, quote)

    def _nearest(self, con: Connection, quote: str) -> Quotation | None:
        """Return the passage most similar to a quotation, with the differences."""
        best: tuple[float, int, str, tuple[int, int], str] | None = None
        for key in filters.keys_by_text(con, _longest_words(quote), every=False, limit=MAX_NEAREST):
            body = briefings.body(con, key)
            found = _nearest_passage(quote, body)
            if found and (best is None or found[0] > best[0]):
                best = (found[0], key, body, found[1], found[2])
        if best is None:
            return None
        _, key, body, span, passage = best
        return _quotation(con, key, body, span, _differences(quote, passage))


def _quotation(
    con: Connection, key: int, body: str, span: tuple[int, int], differences: tuple[Difference, ...] | None
) -> Quotation:
    """Return a location with the insight there; ``differences`` are None if the quotation is verified."""
    briefing = briefings.load(con, key)
    start, end = span
    numbers = [
        i.number for i in briefing.insights if any(s < end and start < e for s, e in i.places or [(i.start, i.end)])
    ]
    insight = f"{briefing.id}.{numbers[0]}" if numbers else ""
    return Quotation(differences is None, briefing.id, insight, start, end, body[start:end], differences or ())


def _candidates(con: Connection, quote: str) -> Iterator[list[int]]:
    """Yield row keys of bodies that may contain a quotation: found as a phrase, by its words, or by its characters."""
    yield filters.keys_by_text(con, [quote], every=True, limit=MAX_CANDIDATES)
    yield filters.keys_by_text(con, _longest_words(quote), every=True, limit=MAX_CANDIDATES)
    # in scripts without spaces, the full-text index contains whole sentences as words
    if len(words(quote)) < MIN_WORDS or not quote.isascii():
        longest = max(re.split(r"[\s*_`\[\]()\\]+", quote), key=len)
        yield filters.keys_holding(con, longest, limit=MAX_CANDIDATES)


def _longest_words(quote: str) -> list[str]:
    """Return a quotation's longest words, which are usually the rarest."""
    return sorted(dict.fromkeys(words(quote)), key=len, reverse=True)[:_RARE_WORDS]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text normalised for comparison, and the position of each of its characters in the original."""

    text: str
    places: list[int]


def _compared(pieces: Iterable[tuple[str, Callable[[int], int]]]) -> _Text:
    """Join and normalise pieces of text, each given with a function that maps its offsets to the original."""
    characters: list[str] = []
    places: list[int] = []
    for text, place in pieces:
        for i, sign in enumerate(text):
            if not sign.isspace():
                for same in _SAME.get(sign, sign):
                    characters.append(same)
                    places.append(place(i))
            elif characters and characters[-1] != " ":
                characters.append(" ")
                places.append(place(i))
    return _Text("".join(characters), places)


@lru_cache(maxsize=64)
def _raw_text(body: str) -> _Text:
    return _compared([(body, int)])


@lru_cache(maxsize=64)
def _plain_text(body: str) -> _Text:
    """Return a body as plain text, without Markdown."""
    return _compared(_shown_pieces(body))


def _source_of(plain: Plain, at: int, offset: int) -> int:
    return at + plain.source(offset)


def _shown_pieces(body: str) -> Iterator[tuple[str, Callable[[int], int]]]:
    """Yield the plain text of a body's blocks, each with a function that maps its offsets to the body."""
    for block in blocks(body):
        if block.kind == "code":
            yield body[block.start : block.end], partial(add, block.start)
        elif block.kind != "rule":
            plain = strip(body[block.text : block.end])
            yield plain.text, partial(_source_of, plain, block.text)
        yield "\n", partial(add, block.end)


def _forms(quote: str) -> list[str]:
    """Return the forms of a quotation to look for: as given, without quotation marks, without Markdown emphasis."""
    given = _raw_text(quote).text
    found = [given]
    if len(given) > 2 and given[0] == given[-1] and given[0] in "\"'":
        found.append(given[1:-1].strip())
    if not _MARKUP.search(quote):
        found.append(_plain_text(quote).text.strip())
    return list(dict.fromkeys(found))


def find(body: str, forms: list[str]) -> tuple[int, int] | None:
    """Return where a body contains any form of a quotation, as plain text or as Markdown; None if nowhere."""
    for made in (_plain_text, _raw_text):
        compared = made(body)
        for form in forms:
            at = compared.text.find(form)
            while at >= 0:
                if _is_at_boundaries(compared.text, at, at + len(form)):
                    return compared.places[at], compared.places[at + len(form) - 1] + 1
                at = compared.text.find(form, at + 1)
    return None


def _is_at_boundaries(text: str, start: int, end: int) -> bool:
    """Return whether ``text[start:end]`` begins and ends at boundaries of words and numbers."""
    return not (_cuts_word(text, start) or _cuts_word(text, end))


def _cuts_word(text: str, at: int) -> bool:
    """Return whether an offset is inside a word or number."""
    begin = text.rfind(" ", 0, at) + 1
    end = text.find(" ", at)
    for word in _WORD.finditer(text, begin, len(text) if end < 0 else end):
        if word.start() < at < word.end():
            return not (_is_unspaced(text[at - 1]) or _is_unspaced(text[at]))
    return False


def _is_unspaced(character: str) -> bool:
    """Return whether a letter is Thai, Lao, Chinese or Japanese, which have no spaces between words."""
    return "\u0e00" <= character <= "\u0eff" or "\u3040" <= character <= "\u9fff"


def _nearest_passage(quote: str, body: str) -> tuple[float, tuple[int, int], str] | None:
    """Return similarity, location and text of the passage of a body that is most similar to a quotation."""
    from rapidfuzz import fuzz, process

    from briefreader.reading.sentence_diff import body_sentences

    among = body_sentences(body)
    count = max(len(sentences(quote)), 1)
    runs = [among[i : i + count] for i in range(max(len(among) - count + 1, min(len(among), 1)))]
    texts = [" ".join(s.key for s in run) for run in runs]
    wanted = " ".join(words(quote))
    # a passage may be longer than the quotation; a shorter one lacks some of its words
    longer = {i: text for i, text in enumerate(texts) if len(text) >= len(wanted)}
    shorter = {i: text for i, text in enumerate(texts) if i not in longer}
    found = [
        process.extractOne(wanted, group, scorer=scorer, score_cutoff=MIN_LIKENESS)
        for group, scorer in ((longer, fuzz.partial_ratio), (shorter, fuzz.ratio))
    ]
    best = max(filter(None, found), key=itemgetter(1), default=None)
    if best is None:
        return None
    run = runs[best[2]]
    return best[1], (run[0].start, run[-1].end), " ".join(s.text for s in run)


def _differences(quote: str, passage: str) -> tuple[Difference, ...]:
    """Return the words that differ between a quotation and a passage, ignoring text of the passage before and after."""
    quoted, found = quote.split(), passage.split()
    from difflib import SequenceMatcher

    steps = SequenceMatcher(None, quoted, found, autojunk=False).get_opcodes()
    changes = []
    for op, i, j, k, m in steps:
        around = op == "insert" and (i == 0 or i == len(quoted))
        if op != "equal" and not around:
            changes.append(Difference(" ".join(quoted[i:j]), " ".join(found[k:m])))
    return tuple(changes[:MAX_DIFFERENCES])
