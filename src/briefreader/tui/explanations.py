"""Select a topic's reasons for display in the topic bar and in the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.model import by_term

if TYPE_CHECKING:
    from briefreader.tagging import Explanation

# bullets, numbers, heading and quote marks at the start of a line; emphasis, code and table marks; line breaks
_MARKUP = re.compile(
    r"(?:^|\n)[ \t]*(?:[-*+>#]+|\d+[.)])(?=\s)|(?<!\w)[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}(?!\w)|(?<=\s)\|(?=\s)|\n"
)


def top_terms(item: Explanation, share: float = 0.1) -> list[str]:
    """Return the terms that count for the topic, heaviest first.

    Terms that weigh at most ``share`` of the heaviest one are left out.
    """
    found = [(weight, reason.term) for weight, reason, _ in by_term(item.parts) if weight > 0]
    return [term for weight, term in found if weight > share * found[0][0]]


def top_term_spans(item: Explanation) -> list[tuple[int, int]]:
    """Return the spans of the ``top_terms`` in the text (not the title), as (start, end)."""
    terms = {term.casefold() for term in top_terms(item)}
    return [(part.start, part.end) for part in item.parts if part.field == "text" and part.term.casefold() in terms]


def quoted_terms(item: Explanation, limit: int = 3) -> list[str]:
    """Return up to ``limit`` of the ``top_terms`` as plain text.

    Terms that differ only in case are returned once.
    """
    found: dict[str, str] = {}
    for term in top_terms(item):
        text = plain_line(term)
        if text:
            found.setdefault(text.casefold(), text)
    return list(found.values())[:limit]


def plain_line(text: str, limit: int = 80) -> str:
    """Return a quotation as one line of up to ``limit`` characters, without Markdown."""
    if not text:
        return ""
    from briefreader.markdown import plain  # slow (7 ms), and not needed for the first paint

    return one_line(plain(_MARKUP.sub(" ", text[: 4 * limit])), limit).strip(" -–—*_#>|")
