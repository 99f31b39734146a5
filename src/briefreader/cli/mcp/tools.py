"""The tools that an assistant can call on a library.

Text from documents is in fields whose names begin with ``untrusted_``, and limited in length.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from click import ClickException

from briefreader.cli.param_types import Since
from briefreader.display import one_line
from briefreader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefreader.library import Library
    from briefreader.library.assistant import Assistant
    from briefreader.model import Hit, Verdict

MAX_HITS = 20
MAX_CHARACTERS = 20_000
"""Maximum characters of document text in one answer."""
MAX_REASONS = 20
MAX_FIGURES, MAX_FACTS, MAX_DIFFERENCES = 8, 4, 8  # low enough for MAX_HITS entries to keep MAX_CHARACTERS
MAX_LINE = 200
"""Maximum characters of a title, a source or another one-line text."""

Record = dict[str, Any]
_TYPES: dict[str, type | tuple[type, ...]] = {"string": str, "integer": int}
_ID: Record = {"type": "string", "description": "ID of a briefing (7f3a) or an insight (7f3a.2)"}
_TOPIC: Record = {"type": "string", "description": "ID of a topic"}
_READ = {"readOnlyHint": True, "openWorldHint": False}
_WRITE = {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False}


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that an assistant can call.

    ``arguments`` are JSON Schemas by name, ``required`` the mandatory ones.
    """

    name: str
    about: str
    arguments: dict[str, Record]
    required: tuple[str, ...]
    run: Callable[..., Record]
    hints: dict[str, bool]

    @property
    def description(self) -> Record:
        """The tool in the format of the protocol's ``tools/list``."""
        schema: Record = {"type": "object", "properties": self.arguments, "additionalProperties": False}
        if self.required:
            schema["required"] = list(self.required)
        return {"name": self.name, "description": self.about, "inputSchema": schema, "annotations": self.hints}

    def wrong_arguments(self, given: object) -> str:
        """Return what is wrong with the arguments of a call; "" if nothing is."""
        if not isinstance(given, dict):
            return "arguments: expected an object"
        for name in self.required:
            if name not in given:
                return f"{name}: required"
        for name, value in given.items():
            schema = self.arguments.get(name)
            if schema is None:
                return f"{name}: unknown argument of {self.name}"
            if not isinstance(value, _TYPES[schema["type"]]) or isinstance(value, bool):
                return f"{name}: expected {schema['type']}"
            if value not in schema.get("enum", [value]):
                return f"{name}: expected one of {', '.join(schema['enum'])}"
            if isinstance(value, int) and not schema["minimum"] <= value <= schema.get("maximum", value):
                return f"{name}: out of range"
        return ""


class Toolbox:
    """The tools of one library for one client.

    With ``allow_decide``, they include those that change decisions. ``client`` is the name that the client reports.
    """

    def __init__(self, library: Library, *, allow_decide: bool = False) -> None:
        self.client = ""
        self.tools = [*_reading_tools(library), *_news_tools(library), _quote_tool(library)]
        self._library = library
        if allow_decide:
            self.tools += [self._decide_tool(), self._undo_tool()]
        self.by_name = {tool.name: tool for tool in self.tools}

    @cached_property
    def _assistant(self) -> Assistant:
        return self._library.assistant(self.client)

    def _decide_tool(self) -> Tool:
        verdicts: dict[str, Verdict | None] = {"accept": "accepted", "reject": "rejected", "take_back": None}

        def decide(id: str, topic: str, verdict: str) -> Record:
            batch = self._assistant.decide(id, topic, verdicts[verdict])
            return {"changed": bool(batch.number), "undo_id": batch.number or None}

        choices: Record = {"type": "string", "enum": list(verdicts)}
        about = (
            "Accept or reject a topic of a briefing or insight on the user's behalf, or withdraw a decision that you"
            " made in this session. The user's own decisions are never changed. Ask the user before you decide."
        )
        arguments = {"id": _ID, "topic": _TOPIC, "verdict": choices}
        return Tool("decide", about, arguments, ("id", "topic", "verdict"), decide, _WRITE)

    def _undo_tool(self) -> Tool:
        def undo() -> Record:
            batch = self._assistant.undo()
            return {"undone": batch.number, "summary": batch.summary}

        about = "Undo the decisions in your latest entry in the history. Only the user can undo earlier entries."
        return Tool("undo_decisions", about, {}, (), undo, _WRITE)


_LIMIT: Record = {"type": "integer", "minimum": 1, "maximum": MAX_HITS}
_QUERY: Record = {
    "type": "string",
    "description": 'words (typos are OK), "a phrase", -not, and filters: topic:ID source:NAME after:2026-01-31'
    " before:DATE is:starred is:unread",
}


def _reading_tools(library: Library) -> list[Tool]:
    start: Record = {
        "type": "integer",
        "minimum": 0,
        "description": "offset to continue from: next_start of the previous answer",
    }
    return [
        Tool(
            "search_insights",
            "Search the key insights of all briefings, and if few match, titles and texts. Best match first.",
            {"query": _QUERY, "limit": _LIMIT},
            ("query",),
            lambda query, limit=MAX_HITS: _search(library, query, limit),
            _READ,
        ),
        Tool(
            "get_briefing",
            f"Read a briefing: its metadata, topics and text, up to {MAX_CHARACTERS:,} characters at a time.",
            {"id": _ID, "start": start},
            ("id",),
            lambda id, start=0: _briefing(library, id, start),
            _READ,
        ),
        Tool(
            "explain",
            "Explain why a briefing or insight has a topic or not: the terms and their weights.",
            {"id": _ID, "topic": _TOPIC},
            ("id",),
            lambda id, topic=None: _explanation(library, id, topic),
            _READ,
        ),
    ]


def _news_tools(library: Library) -> list[Tool]:
    since: Record = {"type": "string", "description": "7d (the default), 2w, or 2026-01-31"}
    return [
        Tool(
            "stories",
            "List news that several briefings report, those with the most sources first.",
            {"query": _QUERY, "limit": _LIMIT},
            (),
            lambda query="", limit=MAX_HITS: _stories(library, query, limit),
            _READ,
        ),
        Tool(
            "changed",
            "List new and updated insights since a date, and count repeats. An update has its new facts.",
            {"query": _QUERY, "since": since},
            (),
            lambda query="", since="7d": _changed(library, query, since),
            _READ,
        ),
    ]


def _quote_tool(library: Library) -> Tool:
    return Tool(
        "verify_quote",
        "Check that a quotation is in the library word for word; if not, return the nearest passage.",
        {"text": {"type": "string", "description": "the quotation, word for word, at least three words"}},
        ("text",),
        lambda text: _verified(library, text),
        _READ,
    )


def _search(library: Library, query: str, limit: int) -> Record:
    hits = library.search(query, limit=limit)
    longest = MAX_CHARACTERS // max(len(hits), 1) - 3 * MAX_LINE  # without title, source and briefing title
    return {"matches": [_hit(hit, longest) for hit in hits], "remarks": library.remarks(query)}


def _hit(hit: Hit, longest: int) -> Record:
    row = hit.row
    return {
        "kind": hit.kind,
        "insight_id": row.id if hit.kind == "insight" else None,
        "briefing_id": row.briefing_id,
        "score": round(hit.score, 3),
        "topics": list(row.topics),
        "published": row.published,
        "start": row.start,
        "end": row.end,
        "untrusted_text": row.text if len(row.text) <= longest else row.text[: longest - 1] + "…",
        "untrusted_title": one_line(row.title, MAX_LINE),
        "untrusted_source": one_line(row.source, MAX_LINE),
        "untrusted_briefing_title": one_line(row.briefing_title, MAX_LINE),
    }


def _briefing(library: Library, id: str, start: int) -> Record:
    briefing = library.briefing(id.partition(".")[0])
    end = start + MAX_CHARACTERS - 5 * MAX_LINE  # without title, source, author and URL
    return {
        "briefing_id": briefing.id,
        "published": briefing.published,
        "language": briefing.language,
        "words": briefing.words,
        "topics": [state.topic for state in library.topics(briefing.id) if state.given],
        "insight_ids": [row.id for row in library.insights(briefing.id)],
        "start": start,
        "next_start": end if end < len(briefing.body) else None,
        "untrusted_text": briefing.body[start:end],
        "untrusted_title": one_line(briefing.title, MAX_LINE),
        "untrusted_source": one_line(briefing.source, MAX_LINE),
        "untrusted_author": one_line(briefing.author, MAX_LINE),
        "untrusted_url": one_line(briefing.url, 2 * MAX_LINE),
    }


def _stories(library: Library, query: str, limit: int) -> Record:
    return {
        "stories": [
            {
                "story_id": story.id,
                "insight_ids": list(story.insights[:MAX_HITS]),
                "briefings": story.briefings,
                "sources": story.sources,
                "first": story.first,
                "last": story.last,
                "untrusted_title": one_line(story.title, MAX_LINE),
                "untrusted_figures": [one_line(figure, MAX_LINE // 2) for figure in story.figures[:MAX_FIGURES]],
            }
            for story in library.stories(query, limit=limit)
        ]
    }


def _changed(library: Library, query: str, since: str) -> Record:
    try:
        after = Since().convert(since, None, None)
    except ClickException as error:
        raise UsageError(error.message) from None
    found = library.changed(f"{query} {after}")
    shown = [change for change in found if change.status != "repeat"][:MAX_HITS]
    longest = MAX_CHARACTERS // max(len(shown), 1) - MAX_LINE - MAX_FACTS * MAX_LINE // 2  # without source and facts
    return {
        "changes": [
            {
                "insight_id": change.row.id,
                "status": change.status,
                "earlier_insight_id": change.earlier.id if change.earlier else None,
                "topics": list(change.row.topics),
                "published": change.row.published,
                "untrusted_text": one_line(change.row.text, longest),
                "untrusted_source": one_line(change.row.source, MAX_LINE),
                "untrusted_new_facts": [one_line(fact.text, MAX_LINE // 2) for fact in change.facts[:MAX_FACTS]],
            }
            for change in shown
        ],
        "matching_insights": len(found),
        "repeats": sum(change.status == "repeat" for change in found),
    }


def _explanation(library: Library, id: str, topic: str | None) -> Record:
    found = library.explain(id, topic)
    title, text = library.scored_text(id)
    wanted = [each for each in found if topic or each.earned][:MAX_HITS]
    return {
        "id": id,
        "topics": [
            {
                "topic": each.topic,
                "probability": round(each.score, 4),
                "threshold": round(each.threshold, 4),
                "assigned_by": each.earned or None,
                "bias": round(each.bias, 4),
                "reasons": [
                    {
                        "weight": round(part.weight, 4),
                        "field": part.field,
                        "start": part.start,
                        "end": part.end,
                        "untrusted_text": one_line(
                            (title if part.field == "title" else text)[part.start : part.end], 80
                        ),
                    }
                    for part in each.parts[: MAX_REASONS if topic else MAX_REASONS // 4]
                ],
            }
            for each in wanted
        ],
    }


def _verified(library: Library, text: str) -> Record:
    found = library.verify_quote(text)
    if found is None:
        return {"verified": False, "message": "not in the library, and nothing similar either"}
    place = {
        "briefing_id": found.id,
        "insight_id": found.insight_id or None,
        "start": found.start,
        "end": found.end,
        "untrusted_text": found.text[: MAX_CHARACTERS - MAX_DIFFERENCES * MAX_LINE],
    }
    if found.verified:
        return {"verified": True, **place}
    differences = [
        {"quoted": each.quoted, "untrusted_text": one_line(each.found, MAX_LINE)}
        for each in found.differences[:MAX_DIFFERENCES]
    ]
    return {"verified": False, "message": "not in the library", "nearest": {**place, "differences": differences}}
