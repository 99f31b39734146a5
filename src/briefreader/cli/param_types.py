"""Parameter types with shell completion: IDs, topics, queries and files."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

from briefreader.cli.session import Session
from briefreader.errors import BriefreaderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefreader.library import Library

MAX_COMPLETIONS = 50


def _library(ctx: click.Context) -> Library | None:
    try:
        return ctx.ensure_object(Session).library()
    except BriefreaderError:
        return None


class BriefingId(click.ParamType[str]):
    """The ID of a briefing or insight, or a prefix of a briefing's ID."""

    name = "id"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the completions of ``incomplete``."""
        library = _library(ctx)
        if library is None:
            return []
        with library:
            rows = library.list(limit=None if incomplete else MAX_COMPLETIONS)
        found = (row for row in rows if row.id.startswith(incomplete))
        return [CompletionItem(row.id, help=row.title) for row in found][:MAX_COMPLETIONS]


class TopicId(click.ParamType[str]):
    """A topic of the current taxonomy."""

    name = "topic"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the completions of ``incomplete``."""
        from briefreader.taxonomy import Taxonomy

        try:
            topics = Taxonomy.load(ctx.ensure_object(Session).taxonomy_file).topics
        except BriefreaderError:
            return []
        return [CompletionItem(topic.id, help=topic.label) for topic in topics if topic.id.startswith(incomplete)]


class QueryWord(click.ParamType[str]):
    """A word of a query: a key (``topic:``) or one of its values in the library."""

    name = "query"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the completions of ``incomplete``."""
        from briefreader.query import complete

        library = _library(ctx)
        values = {}
        if library is not None:
            with library:
                facets = library.facets()
            topics = [id for id, _, _ in facets.topics]
            values = {"topic": topics, "source": [name for name, _ in facets.sources], "saved": facets.saved}
        found = complete(incomplete, len(incomplete), values)
        offered = [found.apply(incomplete, i)[0].strip() for i in range(len(found.options))]
        return [CompletionItem(words) for words in offered if _plain(words).startswith(_plain(incomplete))]


class DecisionOrQuery(QueryWord):
    """``+topic`` and ``-topic``, or a word of a query."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the completions of ``incomplete``."""
        found = super().shell_complete(ctx, param, incomplete)
        if incomplete[:1] in ("+", "-"):
            topics = TopicId().shell_complete(ctx, param, incomplete[1:])
            found += [CompletionItem(incomplete[0] + topic.value, help=topic.help) for topic in topics]
        return found


class IdOrQuery(QueryWord):
    """An ID, or after ``--`` a word of a query."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the completions of ``incomplete``."""
        ids = BriefingId().shell_complete(ctx, param, incomplete)
        return ids + super().shell_complete(ctx, param, incomplete) if incomplete else ids


def _plain(words: str) -> str:
    """Return words without quotation marks and case-folded, for comparison."""
    return words.replace('"', "").casefold()


_AGO = re.compile(r"(\d{1,5})([hdwm])")
_DAYS = {"h": 1 / 24, "d": 1, "w": 7, "m": 30}


class Since(click.ParamType[str]):
    """A time such as 14d, yesterday or a date, converted to ``after:DATE``.

    The units are h (hours), d (days), w (weeks) and m (months of 30 days).
    """

    name = "since"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return ``after:DATE`` in UTC; "" for ""."""
        from briefreader.query import iso_date

        words = {"today": "0d", "yesterday": "1d"}
        ago = _AGO.fullmatch(words.get(value.lower(), value.lower()))
        if not value or value.startswith("after:"):
            return value
        if ago:
            return f"after:{datetime.now(UTC) - timedelta(days=int(ago[1]) * _DAYS[ago[2]]):%Y-%m-%d}"
        if day := iso_date(value):
            return f"after:{day}"
        return self.fail(f"{value} is not a time such as 14d, yesterday or 2026-01-31", param, ctx)


def since_option(help: str, default: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add ``--since``, passed as a filter for a query (``after:DATE``)."""
    return click.option("--since", type=Since(), default=default, metavar="TIME", help=help)


class SourcePath(click.ParamType[str]):
    """A file or folder, completed by the shell."""

    name = "path"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the completions of ``incomplete``."""
        return [CompletionItem(incomplete, type="file")]


class Bash(BashComplete):
    """Completion for bash, which splits words at colons.

    The three words ``topic``, ``:`` and ``m`` are joined to ``topic:m``. Of a completion such as ``topic:moe``, only
    the part after the colon is returned, with special characters escaped.
    """

    _head = ""
    _quoted = False

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words typed so far and the incomplete one."""
        args, incomplete = super().get_completion_args()
        words: list[str] = []
        for word in [*args, incomplete]:
            if words and (word == ":" or words[-1].endswith(":")):
                words[-1] += word
            else:
                words.append(word)
        typed = os.environ["COMP_WORDS"].split("\n")[int(os.environ["COMP_CWORD"]) :][:1]
        self._quoted = bool(typed) and typed[0][:1] in {"'", '"'}
        head, colon, _ = words[-1].rpartition(":")
        self._head = head + colon
        return words[:-1], words[-1]

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Format a completion as the shell script expects it."""
        value = str(item.value).removeprefix(self._head)
        if item.type == "plain":  # the script removes one level of backslashes
            value = value.strip('"') if self._quoted else re.sub(r"([^\w@%+=:,./-])", r"\\\\\1", value)
        return f"{item.type},{value}"


def register_bash_completion() -> None:
    """Make click use :class:`Bash` for bash."""
    add_completion_class(Bash)
