"""Replace the text of a feed's entry with that of the page it links to (``full = true`` in sources.toml)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from briefreader.library.deduplication import NewBriefing, new_briefing
from briefreader.model import Briefing, Problem
from briefreader.sources.http import fetch, host_of

if TYPE_CHECKING:
    from briefreader.sources.config import Source


def with_page(source: Source, item: NewBriefing) -> NewBriefing:
    """Return an entry with the text of its page; unchanged if it has no URL, or the page doesn't have more text.

    Title, date, author and origin remain those of the entry. Pages are only fetched from public addresses and from the
    source's own host.

    Raises:
        ReadingError: the page can't be fetched.
    """
    from briefreader.reading import originals, read_original
    from briefreader.reading.charset import recoded

    briefing = item.briefing
    if not briefing.url:
        return item
    own = host_of(briefing.url) == host_of(source.address)
    page = fetch(briefing.url, public_only=not own)
    for original in originals(recoded(page.data, page.content_type), name=page.url):
        if isinstance(original, Problem):
            return item
        for found in read_original(original):
            if isinstance(found, Briefing) and found.words > briefing.words:
                full = replace(
                    found,
                    title=briefing.title or found.title,
                    source=briefing.source,
                    author=briefing.author or found.author,
                    published=briefing.published or found.published,
                    url=briefing.url,
                    origin=briefing.origin,
                )
                made = new_briefing(full)
                if isinstance(made, NewBriefing):
                    return made
            return item
    return item
