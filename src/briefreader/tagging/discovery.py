"""Topics that a library suggests: groups of terms among the texts that have none, as YAML to choose from.

Terms are tf-idf of words and pairs; groups are the components of a non-negative factorisation (Lee & Seung 1999), each
with the terms that stand out in it against the texts that have topics already.
"""

from __future__ import annotations

import warnings
from collections import Counter
from typing import TYPE_CHECKING

from briefreader.phrases import normal
from briefreader.taxonomy import Taxonomy, Topic, id_of
from briefreader.text import STOP_WORDS, parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.tagging.vectors import Document

MIN_TEXTS = 6
TEXTS_A_GROUP = 3
KEYWORDS = 6
EXAMPLES = 2


def discover(texts: Sequence[Document], others: Sequence[Document], taxonomy: Taxonomy, limit: int = 10) -> str:
    """At most ``limit`` topics that group ``texts``, as YAML; "" where they are too few or have nothing in common."""
    if len(texts) < MIN_TEXTS or limit < 1:
        return ""
    import numpy as np
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=_terms, min_df=2, max_df=0.5, sublinear_tf=True, max_features=20_000)
    try:
        vectors = vectorizer.fit_transform([f"{title}\n{text}" for title, text in texts])
    except ValueError:  # no term is in two texts
        return ""
    names = vectorizer.get_feature_names_out()
    usual = Counter(term for title, text in others for term in set(_terms(f"{title}\n{text}")))
    rarity = np.array([1.0 - usual[name] / max(len(others), 1) for name in names])
    groups = min(limit, max(1, len(texts) // TEXTS_A_GROUP), *vectors.shape)
    model = NMF(groups, init="nndsvda", max_iter=200, tol=1e-3, random_state=0)
    with warnings.catch_warnings():  # a rough factorisation will do
        warnings.simplefilter("ignore")
        shares = model.fit_transform(vectors)
    taken = {normal(form) for topic in taxonomy.topics for phrase in topic.phrases for form in parts(phrase)}
    written = Counter(form for title, text in texts for form in parts(f"{title} {text}"))
    spelt = {normal(form): form for form, _ in reversed(written.most_common())}
    topics: dict[str, Topic] = {}
    for number in np.argsort(-shares.sum(axis=0)):
        weights = model.components_[number] * rarity
        best = [str(names[i]) for i in np.argsort(-weights)[: 3 * KEYWORDS] if weights[i] > 0]
        keywords = [" ".join(spelt.get(w, w) for w in term.split()) for term in _apart(best, taken)][:KEYWORDS]
        closest = [i for i in np.argsort(-shares[:, number])[:EXAMPLES] if shares[i, number] > 0]
        id = id_of(keywords[0]) if keywords else ""
        if id and id not in taxonomy.ids:
            examples = tuple(title for title, _ in (texts[i] for i in closest) if title)
            topics.setdefault(id, Topic(id, keywords[0].capitalize(), keywords=tuple(keywords), examples=examples))
    return Taxonomy(tuple(topics.values())).to_yaml() if topics else ""


def _terms(text: str) -> list[str]:
    """Words and neighbouring pairs without stop words, as they are compared."""
    forms = [normal(form) for form in parts(text)]
    good = [len(form) > 2 and form not in STOP_WORDS and not form.isdigit() for form in forms]
    words = [form for form, ok in zip(forms, good, strict=True) if ok]
    neighbours = zip(forms, forms[1:], good, good[1:], strict=False)
    return words + [f"{a} {b}" for a, b, a_ok, b_ok in neighbours if a_ok and b_ok]


def _apart(terms: Sequence[str], taken: set[str]) -> list[str]:
    """Terms that no better one contains, and whose words aren't all a topic's already; pairs before their words."""
    kept: list[str] = []
    for term in terms:
        words = set(term.split())
        if words <= taken or any(words <= set(other.split()) for other in kept):
            continue
        kept = [other for other in kept if not set(other.split()) < words]
        kept.append(term)
    return kept
