"""Fit a library's model in a separate process.

In the app's own process, importing scikit-learn would block the interpreter for most of a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from briefreader.tagging.tagger import Tagger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from briefreader.tagging.vectors import Document
    from briefreader.taxonomy import Taxonomy

FUNCTION = f"{__name__}:fit"


def fit(taxonomy: Taxonomy, documents: Iterable[Document], folder: Path, total: int, **_: Any) -> Iterator[None]:
    """Fit a tagger to ``documents`` and save it in ``folder``.

    ``documents`` are a sample of the library, which has ``total`` documents. The generator yields nothing; all jobs are
    generators.
    """
    tagger = Tagger.fitted(taxonomy, documents)
    tagger.documents = total
    tagger.save(folder)
    yield from ()
