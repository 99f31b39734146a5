"""A cache of recently read titles and texts, which are mostly the same from one keystroke to the next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from briefreader.search.analysis import Words
from briefreader.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.search.index import Postings

_COMPARED = 600  # characters of a text compared with a query
MAX_TEXTS = 2000


@dataclass(frozen=True)
class Text:
    """An insight's words, original and folded; ``folded_text`` is cut to what is compared."""

    title: str
    text: str
    folded_title: str
    folded_text: str

    @cached_property
    def words(self) -> Words:
        r"""The words of ``title + "\n" + text``, the string that highlights refer to."""
        return Words(f"{self.title}\n{self.text}")


def folded(title: str, text: str) -> Text:
    """Fold title and text for comparison with queries."""
    return Text(title, text, fold(title), fold(text[:_COMPARED]))


class Texts:
    """A cache of texts, which never change."""

    def __init__(self) -> None:
        self._held: dict[int, Text] = {}

    def get(self, postings: Postings, keys: Sequence[int]) -> dict[int, Text]:
        """Return texts by key; unknown keys are left out."""
        missing = [key for key in keys if key not in self._held]
        if missing:
            if len(self._held) + len(missing) > MAX_TEXTS:
                self._held.clear()
                missing = list(keys)
            for key, (title, text) in postings.texts(missing).items():
                self._held[key] = folded(title, text)
        return {key: held for key in keys if (held := self._held.get(key))}
