"""What the shell may complete: ids, topics and queries of the library in use; silent when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from briefreader.cli.session import Session
from briefreader.errors import BriefreaderError

if TYPE_CHECKING:
    from briefreader.library import Library

_MOST = 50


def _library(ctx: click.Context) -> Library | None:
    try:
        return ctx.ensure_object(Session).library()
    except BriefreaderError:
        return None


class BriefingId(click.ParamType[str]):
    """A briefing's id or the beginning of one."""

    name = "id"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        library = _library(ctx)
        if library is None:
            return []
        with library:
            rows = library.list(limit=None if incomplete else _MOST)
        found = (row for row in rows if row.id.startswith(incomplete))
        return [CompletionItem(row.id, help=row.title) for row in found][:_MOST]


class TopicId(click.ParamType[str]):
    """A topic of the taxonomy in use."""

    name = "topic"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from briefreader.taxonomy import Taxonomy

        try:
            topics = Taxonomy.load(ctx.ensure_object(Session).taxonomy_file).topics
        except BriefreaderError:
            return []
        return [CompletionItem(topic.id, help=topic.label) for topic in topics if topic.id.startswith(incomplete)]


class QueryWord(click.ParamType[str]):
    """A word of a query: keys (``topic:``), and the values of the library for them."""

    name = "query"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from briefreader.query import complete

        library = _library(ctx)
        values = {}
        if library is not None:
            with library:
                facets = library.facets()
            values = {"topic": [id for id, _, _ in facets.topics], "source": [name for name, _ in facets.sources]}
        found = complete(incomplete, len(incomplete), values)
        return [CompletionItem(found.apply(incomplete, i)[0].strip()) for i in range(len(found.options))]
