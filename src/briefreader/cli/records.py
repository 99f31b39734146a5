"""What each thing looks like as JSON: the records that other programs rely on (docs/cli.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from briefreader.model import Batch, Briefing, BriefingRow, Hit, InsightRow, Problem

Record = dict[str, Any]


def of_briefing(briefing: Briefing, *, path: str, id: object) -> Record:
    """A briefing as it was understood; offsets are code points into ``body``."""
    return {
        "path": path,
        "id": id,
        "format": briefing.format,
        "title": briefing.title,
        "source": briefing.source,
        "author": briefing.author,
        "published": briefing.published,
        "url": briefing.url,
        "language": briefing.language,
        "words": briefing.words,
        "covers": briefing.summary,
        "moment": briefing.highlight,
        "body": briefing.body,
        "sections": [asdict(section) for section in briefing.sections],
        "insights": [
            {"title": i.title, "text": i.text, "start": i.start, "end": i.end, "kind": i.kind}
            for i in briefing.insights
        ],
        "sponsors": [asdict(sponsor) for sponsor in briefing.sponsors],
        "tags": list(briefing.tags),
        "problems": [asdict(problem) for problem in briefing.problems],
    }


def of_problem(problem: Problem) -> Record:
    """A source that could not be taken; stands where its briefing would."""
    return {"path": problem.path, "error": problem.message, "problems": [asdict(problem)]}


def of_row(row: BriefingRow) -> Record:
    """A briefing as a line of a list."""
    return {
        "id": row.id,
        "title": row.title,
        "source": row.source,
        "author": row.author,
        "published": row.published,
        "added": row.added,
        "read": row.read,
        "starred": row.starred,
        "noted": row.noted,
        "words": row.words,
        "insights": row.insights,
        "topics": list(row.topics),
        "confirmed": list(row.confirmed),
        "suggested": [{"topic": s.topic, "score": s.score} for s in row.suggested],
    }


def of_insight(row: InsightRow) -> Record:
    """An insight; offsets are code points into its briefing's body."""
    return {
        "insight_id": row.id,
        "briefing_id": row.briefing_id,
        "title": row.title,
        "text": row.text,
        "kind": row.kind,
        "start": row.start,
        "end": row.end,
        "topics": list(row.topics),
        "source": row.source,
        "published": row.published,
    }


def of_hit(hit: Hit) -> Record:
    r"""A search result; spans are code points into ``title + "\n" + text``."""
    row = hit.row
    return {
        "insight_id": row.id,
        "briefing_id": row.briefing_id,
        "title": row.title,
        "text": row.text,
        "score": hit.score,
        "spans": [list(span) for span in hit.spans],
        "topics": list(row.topics),
    }


def of_batch(batch: Batch) -> Record:
    """A step of history."""
    return {
        "batch": batch.number,
        "verb": batch.verb,
        "at": batch.at,
        "summary": batch.summary,
        "undone": batch.undone,
    }
