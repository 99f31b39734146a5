"""Suggest new topics, as YAML, from terms that many texts without a topic are about.

A text repeats the terms that it is about, or has them in its title. Other terms (of a footer, "click here", common
words) occur once per text and are spread evenly over the texts. Residual IDF (Church & Gale 1995), the difference
between a term's IDF and the IDF expected from its number of occurrences, distinguishes them without a word list.

The first topic is the term with the highest product of its residual IDF and the number of texts that are about it. Its
keywords are the terms that stand out in these texts (by mutual information). The next topic is searched in the
remaining texts.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader.phrases import normal
from briefreader.taxonomy import Taxonomy, Topic, id_of
from briefreader.text import STOP_WORDS, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from briefreader.tagging.vectors import Document

MIN_TEXTS = 6  # minimum number of texts without a topic; with fewer, no topic is suggested
MIN_TEXTS_ABOUT = 3  # minimum number of texts about a topic
MAX_SHARE = 0.5  # maximum share of the texts that contain a term
MIN_RESIDUAL_IDF = 0.3  # minimum residual IDF of a term in bits; below it, a term is spread as if by chance
NAME_FACTOR = 2.0  # factor by which names and two-word terms count more than others
MAX_KEYWORDS = 6  # maximum number of keywords of a topic
MAX_EXAMPLES = 2  # maximum number of examples of a topic
MAX_TERMS = 12  # maximum number of terms that a text is about; those of its title are added

_ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*|\b[\w.-]+\.(?:com|org|net|edu|gov|info|biz|io)\b\S*|[\w.-]+/\S+")
_FORM = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class _Text:
    heading: frozenset[str]  # terms of its title
    counts: Counter[str]  # of all terms


class _Spelling:
    """How often each spelling of a word occurs."""

    def __init__(self) -> None:
        self.forms: dict[str, Counter[str]] = {}

    def note(self, forms: Iterable[str]) -> None:
        for form in forms:
            self.forms.setdefault(normal(form.lower()), Counter())[form] += 1

    def is_name(self, word: str) -> bool:
        """Whether a word has capitals in more than 80 % of its occurrences."""
        forms = self.forms.get(word, Counter())
        return sum(n for form, n in forms.items() if form.lower() != form) > 0.8 * forms.total()

    def of(self, term: str) -> str:
        """Return the most frequent spelling of a term."""
        return " ".join(self.forms[word].most_common(1)[0][0] if word in self.forms else word for word in term.split())


def discover(texts: Sequence[Document], others: Sequence[Document], taxonomy: Taxonomy, limit: int = 10) -> str:
    """Return suggested topics as a taxonomy in YAML, "" if there are none.

    Args:
        texts: texts without a topic.
        others: texts with a topic, which show how common terms are.
        taxonomy: the taxonomy in use; its topics aren't suggested again.
        limit: maximum number of topics.
    """
    if len(texts) < MIN_TEXTS or limit < 1:
        return ""
    spelling = _Spelling()
    library = _read([*texts, *others], spelling)
    worth = _worth(library, spelling)
    about = [_about(text, worth) for text in library]
    taken = {normal(form) for topic in taxonomy.topics for phrase in topic.phrases for form in parts(phrase)}
    topics: dict[str, Topic] = {}
    left = set(range(len(texts)))
    tried: set[str] = set()
    while len(topics) < limit:
        counts = Counter(term for i in left for term in about[i] if term not in tried)
        seeds = [t for t, n in counts.items() if n >= MIN_TEXTS_ABOUT and not set(t.split()) <= taken]
        if not seeds:
            break
        seed = max(seeds, key=lambda t: (counts[t] * worth[t], t))
        group = [i for i in range(len(texts)) if seed in about[i]]
        terms = _keywords(seed, [library[i] for i in group], library, worth, taken)
        tried.update(terms)
        label = spelling.of(seed)
        id = id_of(label)
        left.difference_update(group)
        if not id or id in taxonomy.ids or id in topics:
            continue
        closest = sorted(group, key=lambda i: (-library[i].counts[seed], texts[i][0]))
        examples = tuple(dict.fromkeys(texts[i][0] for i in closest if texts[i][0]))[:MAX_EXAMPLES]
        topics[id] = Topic(
            id, label[:1].upper() + label[1:], keywords=tuple(map(spelling.of, terms)), examples=examples
        )
    return Taxonomy(tuple(topics.values())).to_yaml() if topics else ""


def _read(documents: Sequence[Document], spelling: _Spelling) -> list[_Text]:
    """Return each text's terms; leave out URLs and lines of several texts (footers)."""
    cut = [(title, [line.strip() for line in _ADDRESS.sub(" ", text).splitlines()]) for title, text in documents]
    seen = Counter(line for _, lines in cut for line in set(map(_alike, lines)))
    found = []
    for title, lines in cut:
        counts: Counter[str] = Counter()
        for line in dict.fromkeys(lines):
            if seen[_alike(line)] == 1:
                counts.update(_terms(line, spelling))
        heading = set(_terms(_ADDRESS.sub(" ", title), spelling))
        counts.update(heading)
        found.append(_Text(frozenset(heading), counts))
    return found


def _alike(line: str) -> str:
    """Replace numbers, to recognise lines such as "Page 3" and "2 min read"."""
    return _NUMBER.sub("0", line)


def _terms(line: str, spelling: _Spelling) -> list[str]:
    """Return the words of a line and its pairs of neighbouring words, normalised.

    Stop words, numbers and words of one or two characters are left out, and pairs don't span punctuation.
    """
    written = list(_FORM.finditer(line))
    forms = [normal(m.group().lower()) for m in written]
    spelling.note(m.group() for m in written)
    good = [len(form) > 2 and form not in STOP_WORDS and _LETTERS.search(form) is not None for form in forms]
    words = [form for form, ok in zip(forms, good, strict=True) if ok]
    pairs = [
        f"{forms[i]} {forms[i + 1]}"
        for i in range(len(forms) - 1)
        if good[i] and good[i + 1] and line[written[i].end() : written[i + 1].start()] in (" ", "-")
    ]
    return words + pairs


def _worth(library: Sequence[_Text], spelling: _Spelling) -> dict[str, float]:
    """Return residual IDF by term, increased for names and two-word terms.

    Terms that are rare, common or spread as if by chance are left out.
    """
    texts_with = Counter(term for text in library for term in text.counts)
    total: Counter[str] = Counter()
    for text in library:
        total.update({term: n for term, n in text.counts.items() if texts_with[term] >= MIN_TEXTS_ABOUT})
    worth = {}
    size = len(library)
    for term, n in total.items():
        residual = math.log2(size / texts_with[term]) + math.log2(1.0 - math.exp(-n / size))
        if texts_with[term] <= max(MAX_SHARE * size, MIN_TEXTS_ABOUT) and residual >= MIN_RESIDUAL_IDF:
            worth[term] = residual * (NAME_FACTOR if " " in term or spelling.is_name(term) else 1.0)
    return worth


def _about(text: _Text, worth: dict[str, float]) -> set[str]:
    """Return the terms that a text is about.

    These are the terms of its title, and the repeated terms with the highest product of frequency and ``worth``.
    """
    again = [t for t, n in text.counts.items() if t in worth and (n > 1 or t in text.heading)]
    top = sorted(again, key=lambda t: (-text.counts[t] * worth[t], t))[:MAX_TERMS]
    return {*top, *(t for t in text.heading if t in worth)}


def _keywords(
    seed: str, group: Sequence[_Text], library: Sequence[_Text], worth: dict[str, float], taken: set[str]
) -> list[str]:
    """Return the seed and the terms that stand out most in its texts (``group``).

    No two of the terms have a word in common, and none consists of words of the taxonomy (``taken``).
    """
    inside = Counter(term for text in group for term in text.counts if term in worth)
    total = Counter(term for text in library for term in text.counts if term in inside)
    share = len(group) / len(library)
    gain = {t: worth[t] * n * math.log2(n / total[t] / share) for t, n in inside.items() if n > 1}
    kept = [seed]
    for term in sorted(gain, key=lambda t: (-gain[t], t)):
        words = set(term.split())
        used = {word for other in kept for word in other.split()}
        if len(kept) < MAX_KEYWORDS and gain[term] > 0 and not words <= taken and not words & used:
            kept.append(term)
    return kept
