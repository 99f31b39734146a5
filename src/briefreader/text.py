"""Split text into words and sentences, fold case and accents, and stem plurals.

Used by reading, tagging and search. All functions accept text in any language; only plurals are English. Offsets are
code points into the given text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

# A word is a run of letters and digits, with apostrophes or decimal points inside it.
_TOKEN = re.compile(r"[^\W_]+(?:(?:['’](?=[^\W\d_])|(?<=\d)[.,](?=\d))[^\W_]+)*")
_PART = re.compile(r"[^\W_]+(?:\xad+[^\W_]+)*")
_MARKED = re.compile(r"[^\W_]+(?:\xad+[^\W_]+)*|[\x1c-\x1f]")  # ``_PART`` or a border (see ``displayed``)
# Scripts without spaces between words, and Hangul, where particles follow foreign words directly: a Latin word ends
# before their characters. Patterns with such wide ranges are compiled on first use, since each takes several ms.
_SEAMED = r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_SEAM = rf"(?<=[0-9A-Za-z])\xad*(?={_SEAMED})|(?<={_SEAMED})\xad*(?=[0-9A-Za-z])"
_OTHER_SEPARATORS = re.compile(r"[^\w\x00-\x7f\xad]+")  # punctuation and symbols beyond ASCII
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_ASCII_LOWER = bytes(
    b if b > 127 or 28 <= b <= 31 else ord(c) if (c := chr(b).lower()).isalnum() else 32 for b in range(256)
)
# apostrophes and decimal points that aren't inside a word; in the second pattern, hyphens too (for ``bare_lines``)
_OUTER_MARK = r"[.,'’](?:(?<=[.,])(?:(?!\d)|(?<!\d.))|(?<=['’])(?:(?![^\W\d_])|(?<![^\W_].)))"
_OUTER_SIGN = r"[.,'-](?:(?<=[.,])(?:(?!\d)|(?<!\d.))|(?<=['-])(?:(?![^\W_])|(?<![^\W_].)))"
_BETWEEN_WORDS = r"[^\w\x00-\x7f’]+"
_WESTERN = bytes(range(256)).decode("cp1252", "replace")
_WESTERN_WORDS = bytes(b if c.isalnum() else 32 for b, c in enumerate(_WESTERN))  # other characters become spaces


def _only_words(kept: str) -> bytes:
    """Return a translation table that makes ASCII text lower-case words.

    ASCII punctuation becomes spaces, except the characters in ``kept``.
    """
    return bytes(b if b > 127 else ord(c) if (c := chr(b).lower()).isalnum() or c in kept else 32 for b in range(256))


_TOKENS, _BARE = _only_words(".,'"), _only_words(".,'-\n")
_SENTENCE_END = re.compile(
    r"[.!?…।॥؟۔](?:[\"'”’»)\]*_]*(?=\s|$)|(?<=[a-z][.!?])[”’]?(?=“|[A-Z][a-z’']|I\s))|[。！？．｡][」』”’）)\]]*|\n{2,}"
)
_WORD_AHEAD = re.compile(r"[A-Za-z]+")
_IDEOGRAPH = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # Thai, Lao, Burmese, Khmer
_NOT_SPACED = f"{_IDEOGRAPH}|{_UNSPACED.pattern}"
_SPACE = re.compile(r"\s+")
_CLAUSE_LENGTH = 40  # minimum number of characters
_OPENERS = "\"'“‘«([*_"
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st vs etc e.g i.e cf al approx vol fig eq sec inc ltd corp co dept est jan feb "
    "apr jun jul aug sep sept oct nov dec u.s u.k u.n e.u a.m p.m gen gov sen rep ph.d m.d b.a m.a d.c "
    "bros messrs mt ft col lt capt hon rev calif conn mich minn "
    "bzw z.b usw ca d.h u.a mio mrd tsd inkl zzgl vgl evtl ggf sog str hr fr nr bspw u.v.m "
    "env p.ex mme mlle mm sra srta ud uds pág núm aprox dott".split()
)
_NUMBERED = frozenset("no nos nr pp p fig vol art mar ch sec núm".split())  # abbreviations only if a digit follows
_AFTER_ABBREVIATION = frozenset("The It This We In But And He She They That These A An".split())
_IRREGULAR = {
    "analyses": "analysis", "bases": "base", "axes": "axis", "indices": "index", "matrices": "matrix",
    "vertices": "vertex", "hypotheses": "hypothesis", "theses": "thesis", "people": "person", "children": "child",
    "leaves": "leaf", "lives": "life", "halves": "half", "series": "series", "species": "species", "news": "news",
    "lens": "lens", "does": "does", "has": "has", "was": "was", "is": "is", "his": "his", "this": "this",
}  # fmt: skip

# English function words, which say nothing about a topic
STOP_WORDS = frozenset(
    "a about above after again against all also am an and any are as at be because been before being below between "
    "both but by can cannot could did do does doing don down during each else even ever every few for from further "
    "get got had has have having he her here hers him his how however i if in into is it its itself just let like "
    "ll many may me might more most much must my myself no nor not now of off on once one only or other our ours "
    "out over own per re s same she should since so some still such t than that the their theirs them then there "
    "these they this those through to too under until up upon us ve very via was we well were what when where "
    "whether which while who whom whose why will with within without would yet you your yours".split()
)

# an HTML tag in Markdown; ``Vec<u8>`` and ``<ana@oak.example>`` aren't tags
HTML_TAG = (
    r"(?i:<(?!/\w+\s+[^\s>])/?(?:a|abbr|address|article|aside|audio|b|bdi|bdo|blockquote|body|br|button|canvas|caption|center|cite|code|col"
    r"|colgroup|data|dd|del|details|dfn|div|dl|dt|em|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i"
    r"|iframe|img|input|ins|kbd|label|legend|li|link|main|map|mark|math|meta|nav|noscript|object|ol|option|p|param"
    r"|picture|pre|q|rp|rt|ruby|s|samp|script|section|select|small|source|span|strike|strong|style|sub|summary|sup|svg"
    r"|table|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|track|tt|u|ul|var|video|wbr)(?=[\s/>])"
    r"(?:\s++[A-Za-z_:][\w.:-]{0,100}+(?:\s*+=\s*+(?:\"[^\"<>\n]{0,2000}+\"|'[^'<>\n]{0,2000}+'|[^\s\"'=<>`]{1,2000}+))?+){0,50}+\s*+/?>)"
)

_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "þ": "th", "ð": "d", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i"}
)
# soft hyphens (visible only at a line break) that aren't inside a word
_NOT_SOFT = re.compile(r"(?<![^\W_]|\xad)\xad+|\xad+(?![^\W_]|\xad)")
_NON_ASCII = re.compile(r"[^\x00-\x7f]+")


class Token(NamedTuple):
    """A word of a text: its folded form and its span."""

    form: str
    start: int
    end: int


def fold(text: str) -> str:
    """Fold text for comparison, ignoring case, accents and compatibility forms.

    Letters that Unicode doesn't decompose are replaced by ASCII letters (æ by ae, þ by th, ø by o). Marks below
    combining class 10 (nukta, kana voicing, virama) are kept, since they form other letters. The length may change.
    Folding a folded text changes nothing.
    """
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text).casefold()
    # case folding can create new compatibility forms, and vice versa
    if not unicodedata.is_normalized("NFKD", text):
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = _NON_ASCII.sub(_without_accent, text).translate(_LETTERS)
    return bare if bare.isascii() else unicodedata.normalize("NFC", bare)


folded_word = lru_cache(maxsize=1 << 14)(fold)  # cached, since words recur


def _without_accent(match: re.Match[str]) -> str:
    return "".join(c for c in match.group() if unicodedata.combining(c) < 10)


def tokens(text: str) -> list[Token]:
    """Return the folded words of ``text``; apostrophes and decimal points inside a word don't split it."""
    return [Token(fold(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def words(text: str) -> list[str]:
    """Return the folded words of ``text``, as ``tokens`` does, but faster and without offsets."""
    text = re.sub(_OUTER_MARK, " ", text)
    if text.isascii():
        return text.encode().translate(_TOKENS).decode().split()
    found = re.sub(_BETWEEN_WORDS, " ", text).encode("utf-8", "replace").translate(_TOKENS).decode().split()
    return [w if w.isascii() else folded_word(w) for w in found]


def bare_lines(lines: Sequence[str]) -> list[str]:
    """Return each line in lower case, reduced to its words and spaces.

    Accents are kept, and so is punctuation inside words, as in "don't", "1,000.5" and "open-source". All lines are
    processed at once, which is faster for many short ones.
    """
    whole = re.sub(_OUTER_SIGN, " ", "\n".join(lines).lower().replace("’", "'"))
    if not whole.isascii():
        whole = re.sub(_BETWEEN_WORDS, " ", whole)
    return whole.encode("utf-8", "replace").translate(_BARE).decode().split("\n")


def lower(text: str) -> str:
    """Return lower case of the same length, which keeps offsets valid.

    A final sigma becomes an ordinary one, since ``str.lower`` chooses between them by the preceding text.
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(small if len(small := c.lower()) == 1 else c for c in text)
    return lowered.replace("ς", "σ")


def parts(text: str) -> list[str]:
    """Return the runs of letters and digits in lower case, which tagging uses.

    Unlike ``tokens``, this splits at every apostrophe and decimal point, and between Latin letters and scripts without
    spaces. Accents are kept.
    """
    return [token.form for token in part_spans(text)]


def raw_parts(text: str) -> list[bytes]:
    """Return the same runs as ``parts`` in UTF-8; several times as fast.

    Only ASCII is lower-cased. Borders (see ``displayed``) are words of their own.
    """
    return separated(spaced(without_symbols(text)).encode("utf-8", "replace")).split()


def without_symbols(text: str) -> str:
    """Replace non-ASCII punctuation and symbols by spaces, keeping the length."""
    if text.isascii():
        return text
    others = [c for c in set(_BEYOND_ASCII.findall(text)) if not c.isalnum()]
    if "\xad" in others:
        others.remove("\xad")
        text = _NOT_SOFT.sub(_spaces, text)
    if len(others) > 64:  # more single replacements would take too long
        return _OTHER_SEPARATORS.sub(_spaces, text)
    for separator in others:
        text = text.replace(separator, " ")
    return text


def _spaces(match: re.Match[str]) -> str:
    return " " * len(match.group())


def spaced(text: str) -> str:
    """Insert spaces between Latin words and words of ``_SEAMED`` scripts.

    Soft hyphens are removed. The text must be the result of ``without_symbols``.
    """
    if text.isascii():
        return text
    return (re.sub(_SEAM, " ", text) if re.search(_SEAMED, text) else text).replace("\xad", "")


def separated(data: bytes) -> bytes:
    """Return a ``spaced`` text in UTF-8 with spaces between its words and borders.

    ASCII letters are lower-cased.
    """
    cut = data.translate(_ASCII_LOWER)
    for border in (b"\x1c", b"\x1d", b"\x1e", b"\x1f"):
        if border in cut:
            cut = cut.replace(border, b" " + border + b" ")
    return cut


def part_spans(text: str, *, borders: bool = False) -> list[Token]:
    """Return the same runs as ``parts``, with their spans.

    With ``borders``, borders are words too, as in ``raw_parts``.
    """
    lowered = lower(text)
    spans = [(m.group(), m.start(), m.end()) for m in (_MARKED if borders else _PART).finditer(lowered)]
    if text.isascii():
        return [Token(*span) for span in spans]
    found = []
    for form, begin, end in spans:
        start = begin
        for seam in re.finditer(_SEAM, form):
            found.append(Token(lowered[start : begin + seam.start()].replace("\xad", ""), start, begin + seam.start()))
            start = begin + seam.end()
        found.append(Token(lowered[start:end].replace("\xad", ""), start, end))
    return found


@lru_cache(maxsize=1 << 16)
def stem(form: str) -> str:
    """Return the singular of a folded English word: ``policies`` → ``policy``.

    This is Harman's S-stemmer (1991) with a short list of exceptions. Full stemmers would give too many different words
    the same stem.
    """
    known = _IRREGULAR.get(form)
    if known is not None:
        return known
    if len(form) < 4 or not form.endswith("s") or form.endswith(("ss", "us", "is")):
        return form
    if form.endswith(("'s", "’s")):
        return form[:-2]
    if form.endswith("ies") and not form.endswith(("eies", "aies")) and len(form) > 4:
        return form[:-3] + "y"
    if form.endswith(("ches", "shes", "sses", "xes", "zzes")):
        return form[:-2]
    return form[:-1]


def count_words(text: str) -> int:
    """Return the number of words; parts of hyphenated words count separately.

    In scripts without spaces, the number is estimated from the number of characters.
    """
    try:
        if "\xad" not in text:
            return len(text.encode("cp1252").translate(_WESTERN_WORDS).split())
    except UnicodeEncodeError:
        pass
    if not re.search(_NOT_SPACED, text):
        return len(_PART.findall(text))
    ideographs, letters = len(re.findall(_IDEOGRAPH, text)), len(_UNSPACED.findall(text))
    # average numbers of characters in a word
    return max(len(text.split()), round(ideographs / 1.7 + letters / 5))


def marks_no_ends(text: str) -> bool:
    """Whether a text has a script without sentence ends (Thai, Lao, Khmer, Burmese)."""
    return not text.isascii() and bool(_UNSPACED.search(text))


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of ``text``, in order.

    Spans have no white space at either end. A blank line always ends a sentence; the points in ``Z.ai``, ``GLM-4.5``,
    ``U.S.``, initials, decimals and URLs don't. Thai, Lao, Khmer and Burmese only have spaces between clauses; clauses
    that are shorter than ``_CLAUSE_LENGTH`` are joined.
    """
    spans: list[tuple[int, int]] = []
    begin = 0
    for end in _SENTENCE_END.finditer(text):
        stop = end.end()
        if stop <= begin or not (end.group().startswith("\n") or _ends_sentence(text, end.start(), stop)):
            continue
        _append_trimmed(text, begin, stop, spans)
        begin = stop
    _append_trimmed(text, begin, len(text), spans)
    if not text.isascii() and _UNSPACED.search(text):
        spans = [part for start, end in spans for part in _clauses(text, start, end)]
    return spans


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Split a span at its spaces into parts of at least ``_CLAUSE_LENGTH``.

    A span that is mostly in other scripts is returned as it is.
    """
    if 2 * len(_UNSPACED.findall(text, start, end)) < end - start:
        return [(start, end)]
    spans: list[tuple[int, int]] = []
    begin = start
    for space in _SPACE.finditer(text, start, end):
        if space.start() - begin >= _CLAUSE_LENGTH and end - space.end() >= _CLAUSE_LENGTH:
            spans.append((begin, space.start()))
            begin = space.end()
    return [*spans, (begin, end)]


def _append_trimmed(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _ends_sentence(text: str, mark: int, stop: int) -> bool:
    """Whether the punctuation ``text[mark]`` ends a sentence.

    ``stop`` is the offset after it and any closing quotes.
    """
    if stop >= len(text) or text[mark] in "。！？．｡।॥۔":
        return True
    if not text[stop].isspace():
        return _ends_glued(text, mark, stop)
    following = _after(text, stop)
    if text[mark] != ".":
        return not following[:1].islower()
    before = text[max(mark - 40, 0) : mark]  # longer than any abbreviation
    word = before.rsplit(maxsplit=1)[-1].lstrip(_OPENERS) if before and not before[-1].isspace() else ""
    lowered = word.lower()
    if lowered in _NUMBERED and following[:1].isdigit():
        return False
    if lowered in _ABBREVIATIONS:
        # "in the U.S. The …": some abbreviations end a sentence if a capitalised function word follows
        ends = "." in word or lowered in {"inc", "ltd", "corp", "co", "etc", "jr"}
        return ends and following.partition(" ")[0] in _AFTER_ABBREVIATION
    if len(word) == 1 and word.isalpha() and word != "I":
        return False
    return not following[:1].islower()


def _ends_glued(text: str, mark: int, stop: int) -> bool:
    """Whether a sentence ends although no space follows ("delays.Your").

    Punctuation in names and addresses ("Node.js") doesn't end one.
    """
    word = _WORD_AHEAD.match(text, stop)
    quoted = text[stop - 1] in "”’" or text[stop] == "“"
    sure = quoted or text[mark] != "." or (word and word.group().lower() in STOP_WORDS)
    return bool(sure) and not set("/@").intersection(text[max(mark - 40, 0) : mark].rsplit(maxsplit=1)[-1])


def _after(text: str, start: int) -> str:
    """Return the next few characters, without leading spaces and opening quotes."""
    while start < len(text) and (text[start].isspace() or text[start] in _OPENERS):
        start += 1
    return text[start : start + 12]


def nearest(name: str, known: Collection[str], cutoff: float = 0.6) -> list[str]:
    """Return the most similar known name, as a list; empty if none is similar."""
    from difflib import get_close_matches

    return get_close_matches(name, list(known), 1, cutoff)
