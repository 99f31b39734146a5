"""Titles and texts of the insights looked at lately: from one key stroke to the next they are mostly the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from briefreader.search.analysis import Words
from briefreader.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.search.index import Postings

_COMPARED = 600  # characters of a text that are compared with a query
MAX_TEXTS = 2000


@dataclass(frozen=True)
class Text:
    """An insight's words, as they are and folded to be compared; ``folded_text`` is cut to what is compared."""

    title: str
    text: str
    folded_title: str
    folded_text: str

    @cached_property
    def words(self) -> Words:
        """The words of title, line break, text: what highlights are offsets into."""
        return Words(f"{self.title}\n{self.text}")


def folded(title: str, text: str) -> Text:
    """A title and a text to be compared with queries."""
    return Text(title, text, fold(title), fold(text[:_COMPARED]))


class Texts:
    """A cache of texts; an insight's words never change."""

    def __init__(self) -> None:
        self._held: dict[int, Text] = {}

    def get(self, postings: Postings, keys: Sequence[int]) -> dict[int, Text]:
        """Texts by key; keys that name no insight are left out."""
        missing = [key for key in keys if key not in self._held]
        if missing:
            if len(self._held) + len(missing) > MAX_TEXTS:
                self._held.clear()
                missing = list(keys)
            for key, (title, text) in postings.texts(missing).items():
                self._held[key] = folded(title, text)
        return {key: held for key in keys if (held := self._held.get(key))}
