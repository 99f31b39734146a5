"""Cache recently read titles and texts, since consecutive keystrokes find mostly the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from briefreader.search.analysis import Words
from briefreader.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.search.index import Postings

_COMPARED_CHARACTERS = 600  # maximum characters of a text that are compared with a query
MAX_TEXTS = 2000  # maximum cached texts; beyond, the cache is cleared


@dataclass(frozen=True)
class Text:
    """An insight's title and text, original and folded; ``folded_text`` is shortened. A briefing has only a title."""

    title: str
    text: str
    folded_title: str
    folded_text: str

    @cached_property
    def words(self) -> Words:
        r"""The words of ``title + "\n" + text``, the string that highlights refer to."""
        return Words(f"{self.title}\n{self.text}")


def folded(title: str, text: str) -> Text:
    """Return a title and text together with their folded forms."""
    return Text(title, text, fold(title), fold(text[:_COMPARED_CHARACTERS]))


class Texts:
    """A cache of the texts of insights, which never change."""

    def __init__(self) -> None:
        self._texts: dict[int, Text] = {}

    def get(self, postings: Postings, keys: Sequence[int]) -> dict[int, Text]:
        """Return texts by key, without unknown keys."""
        missing = [key for key in keys if key not in self._texts]
        if missing:
            if len(self._texts) + len(missing) > MAX_TEXTS:
                self._texts.clear()
                missing = list(keys)
            for key, (title, text) in postings.texts(missing).items():
                self._texts[key] = folded(title, text)
        return {key: cached for key in keys if (cached := self._texts.get(key))}
