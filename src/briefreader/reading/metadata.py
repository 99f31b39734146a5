"""Derive title, publisher and language from the text, if its format doesn't give them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.markdown import blocks, plain, title_of
from briefreader.reading import podcast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.model import Cut

UNTITLED = "Untitled"
_NUMBERED = re.compile(
    r"(?P<name>[^#:|]{2,60}?)\s*(?:[–—|:-]\s*)?(?:(?:issue|edition|episode|vol\.?|no\.?|nr\.?)\s*)?#\s?\d+\b", re.I
)
# a full stop belongs to a name only inside a word or after initials
_NAME_WORD = r"(?:(?:[A-Z]\.)+(?=\s|$)|[A-Z0-9][\w'’&-]*(?:\.[\w'’&-]+)*)"
_NAME = rf"{_NAME_WORD}(?:[ ]{_NAME_WORD}){{0,4}}"
_SUBSCRIBED = re.compile(
    r"(?:free list for|(?:paying|paid|free) (?:subscriber|member) (?:to|of)|[Tt]hanks for reading|subscribed? to"
    r"|[Yy]ou(?:['’]re| are)? receiv(?:e|ing))\s+"
    rf"(?P<names>{_NAME}(?: and {_NAME})?)"
)
_CLAUSE = re.compile(r"[:;–—]\s|\s[–—-]\s|,\s(?:and|but|or|so|while|which|because|as|not|with)\s|[.!?](?:\s|$)")
_QUOTES = (('"', '"'), ("“", "”"), ("«", "»"), ("„", "“"))
_CLAUSE_LENGTH = 90  # maximum characters of a title that is made from a clause
_ADDRESS = re.compile(r"https?://[^\s)]*")
_WORD = re.compile(r"[^\W\d_]+")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_STOPWORDS = {
    "en": "the and of to in is that it for with as was are this be on not have from by we you but they their which",
    "de": "der die und das ist nicht mit den von zu auf für ein eine auch sich dem des im als wird sind werden aus",
    "fr": "le la les des et est une dans que pour pas qui sur avec ce au sont par plus il nous vous cette ne du",
    "es": "el la los las de que y en un una por con para es se del no lo como más su al pero este son ha",
    "it": "il la che di un una per non con del della sono è gli nel alla anche come più questo si dei ha da",
    "pt": "o a os as que de do da em um uma para com não por mais dos das como é se na no ao foi são",
    "nl": "de het een en van is dat op te zijn met voor niet aan er ook als maar door naar bij wordt deze uit",
    "sv": "och att det som en är på för med av inte den till har de ett om vi kan jag så men från",
    "pl": "i w nie na się że z do to jest jak o co ale po tym od za są dla przez tak czy oraz",
}  # fmt: skip
_SETS = {code: frozenset(text.split()) for code, text in _STOPWORDS.items()}
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")), ("ko", re.compile("[\uac00-\ud7af]")), ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")), ("el", re.compile("[\u0370-\u03ff]")), ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")), ("hi", re.compile("[\u0900-\u097f]")), ("th", re.compile("[\u0e00-\u0e7f]")),
)  # fmt: skip


def title_of_text(text: str) -> tuple[str, str]:
    """Return the title of a text whose format gives none, and the rest of the text.

    The title is the heading or the short line at the beginning; if there is neither, it is the first clause ("" if
    there is none), and the text stays complete.
    """
    head = text[:5000]
    found = blocks(head)[:4]
    first = found[0] if found else None
    if first and first.kind == "heading":
        return title_of(head, first), text[: first.start] + text[first.end :].lstrip("\n")
    line, _, rest = text.partition("\n")
    words = plain(line)
    titled = (
        0 < len(words) <= 200
        and re.search(r"\w", words) is not None
        and len(words.split()) <= 30
        and not re.search(r"[.;,:]$", words)
    )
    if titled and rest.strip() and first and first.kind == "paragraph":
        return one_line(words), rest.lstrip("\n")
    body = next((b for b in found if b.kind in ("paragraph", "item", "quote")), None)
    return (one_line(first_clause(plain(head[body.text : body.end]))) if body else ""), text


def publisher_line(text: str) -> tuple[str, str]:
    """Return (the rest, publisher) if the first line is "Publisher · AI Summary"; else (text, "")."""
    line, _, rest = text.lstrip("\n").partition("\n")
    name = podcast.publisher(line)
    return (rest.lstrip("\n"), one_line(name)) if name is not None else (text, "")


def publisher_of_text(title: str, cuts: Sequence[Cut]) -> str:
    """Return a newsletter's name from its boilerplate ("free list for X"), from a title like "Name #12: …", or ""."""
    names: list[str] = []
    for cut in cuts:
        for m in _SUBSCRIBED.finditer(cut.text[:5000]):
            names += re.split(r" and ", m["names"])
    numbered = _NUMBERED.match(title)
    common = _common(names)
    if common and numbered and _squeeze(numbered["name"]).startswith(_squeeze(common)):
        return _spelled(numbered["name"], common)
    return common or (numbered["name"].strip() if numbered else "")


def _common(names: list[str]) -> str:
    """Return the words that all names begin with."""
    if not names:
        return ""
    shared = names[0].split()
    for name in names[1:]:
        words = name.split()
        n = 0
        while n < min(len(shared), len(words)) and shared[n] == words[n]:
            n += 1
        shared = shared[:n]
    return " ".join(shared)


def _squeeze(name: str) -> str:
    """Return a name in lower case, without spaces and punctuation."""
    return re.sub(r"\W", "", name).lower()


def _spelled(title: str, name: str) -> str:
    """Return ``name`` as the title spells it, for example "The Sequence" instead of "TheSequence"."""
    words = title.split()
    for n in range(1, len(words) + 1):
        if _squeeze("".join(words[:n])) == _squeeze(name):
            return " ".join(words[:n])
    return name


def language(body: str) -> str:
    """Return the ISO 639-1 code of a text's language, "" if unsure.

    The script of the first 6,000 characters decides (Cyrillic counts as Russian), else their stop words.
    """
    sample = _ADDRESS.sub("", body[:6000])  # "com" and "de" in a URL aren't words of the text
    words = _WORD.findall(sample.lower())
    letters = sum(map(len, words))
    if letters < 20:
        return ""
    foreign = "".join(_BEYOND_ASCII.findall(sample))
    for code, script in _SCRIPTS if len(foreign) > 0.2 * letters else ():
        if len(script.findall(foreign)) > 0.2 * letters:
            return code
    counts = Counter(words)
    votes = {code: sum(counts[word] for word in stop & counts.keys()) for code, stop in _SETS.items()}
    best = max(votes, key=lambda code: votes[code])
    return best if votes[best] >= max(3, 0.08 * counts.total()) else ""


def first_clause(text: str) -> str:
    """Return a title for a passage: its first clause of four or more words, shortened between words if it is long."""
    for m in _CLAUSE.finditer(text):
        if len(text[: m.start()].split()) >= 4:
            clause = text[: m.start()]
            break
    else:
        clause = text
    clause = _unquoted(clause.strip(" ,;:.–—-*")).strip(" ,;:.–—-*")
    if len(clause) <= _CLAUSE_LENGTH:
        return clause
    short = clause[:_CLAUSE_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:.–—-")
    return f"{short}…"


def _unquoted(clause: str) -> str:
    """Return a clause without enclosing or unpaired quotation marks."""
    for left, right in _QUOTES:
        if clause.startswith(left) and clause.find(right, 1) in (-1, len(clause) - 1):
            clause = clause[1:].removesuffix(right)
        elif clause.endswith(right) and left not in clause[:-1]:
            clause = clause[:-1]
    return clause
