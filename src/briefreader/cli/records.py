"""The JSON records that commands write, in the format of docs/json.md."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from briefreader.library.copies import Suspect
    from briefreader.library.news import Change, ReadingBrief
    from briefreader.library.revisions import Diff
    from briefreader.model import Batch, Briefing, BriefingRow, Hit, Insight, InsightRow, Problem
    from briefreader.reading.sentence_diff import SentenceChange
    from briefreader.storage.identity import Copy
    from briefreader.stories.brief import Chosen
    from briefreader.stories.story import Story

ALIAS_LENGTH = 12  # hexadecimal digits of a duplicate's hash that are its ID

Record = dict[str, Any]


def says_title(text: str, title: str) -> bool:
    """Return whether a text begins with its title."""
    return text.startswith(title.rstrip("…"))


def of_briefing(briefing: Briefing, *, path: str, id: object) -> Record:
    """Return a parsed briefing; offsets are code points into ``body``."""
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
            {"title": i.title, "text": i.text, "start": i.start, "end": i.end, "kind": i.kind, **_place_of(i)}
            for i in briefing.insights
        ],
        "sponsors": [asdict(sponsor) for sponsor in briefing.sponsors],
        "tags": list(briefing.tags),
        "problems": [asdict(problem) for problem in briefing.problems],
    }


def _place_of(insight: Insight | InsightRow) -> Record:
    """Return an insight's number, heading, speaker and spans."""
    return {
        "number": insight.number,
        "heading": insight.heading,
        "speaker": insight.speaker,
        "places": [list(span) for span in insight.places] or [[insight.start, insight.end]],
    }


def of_problem(problem: Problem) -> Record:
    """Return the record of a document that could not be read."""
    kind = "skipped" if problem.skipped else "error"
    return {"path": problem.path, kind: problem.message, "problems": [asdict(problem)]}


def of_row(row: BriefingRow) -> Record:
    """Return a briefing as a row of a list."""
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
        "shares": dict(zip(row.topics, row.shares, strict=True)),
        "confirmed": list(row.confirmed),
        "suggested": [{"topic": s.topic, "score": s.score} for s in row.suggested],
    }


def of_insight(row: InsightRow) -> Record:
    """Return an insight; offsets are code points into its briefing's body."""
    return {
        "insight_id": row.id,
        "briefing_id": row.briefing_id,
        "title": row.title,
        "text": row.text,
        "kind": row.kind,
        "start": row.start,
        "end": row.end,
        **_place_of(row),
        "topics": list(row.topics),
        "source": row.source,
        "published": row.published,
    }


def of_hit(hit: Hit) -> Record:
    r"""Return a search result; spans are code points into ``title + "\n" + text``.

    ``kind`` is insight, title (of a briefing) or passage (of a briefing's text); ``partial`` results lack some words of
    the query. ``start`` and ``end`` are offsets into the briefing's text.
    """
    row = hit.row
    return {
        "kind": hit.kind,
        "insight_id": row.id if hit.kind == "insight" else None,
        "briefing_id": row.briefing_id,
        "title": row.title,
        "text": row.text,
        "score": hit.score,
        "spans": [list(span) for span in hit.spans],
        "topics": list(row.topics),
        "partial": hit.partial,
        "meaning": hit.meaning,
        "start": row.start,
        "end": row.end,
    }


def of_change(id: str, diff: Diff, change: SentenceChange) -> Record:
    """Return a sentence that differs between two revisions.

    Offsets are code points into the later one.
    """
    return {
        "id": id,
        "from": diff.old.number,
        "to": diff.new.number,
        "op": change.op,
        "before": change.before.text if change.before else "",
        "after": change.after.text if change.after else "",
        "start": change.after.start if change.after else None,
        "end": change.after.end if change.after else None,
    }


def of_orphan(id: str, diff: Diff, insight: Insight) -> Record:
    """Return an insight with notes or decisions whose sentence was removed."""
    return {
        "id": id,
        "from": diff.old.number,
        "to": diff.new.number,
        "op": "orphaned",
        "before": insight.text,
        "after": "",
        "start": None,
        "end": None,
        "insight_id": f"{id}.{insight.number}",
    }


def of_copy(id: str, copy: Copy) -> Record:
    """Return a duplicate of a briefing."""
    return {
        "id": id,
        "alias": copy.digest[:ALIAS_LENGTH],
        "path": copy.path,
        "message_id": copy.message_id,
        "at": copy.at,
        "rule": copy.rule,
        "kept": copy.kept,
        "current": copy.current,
    }


def of_suspect(suspect: Suspect, made: str) -> Record:
    """Return a mail that version 0.1 merged by mistake.

    ``made`` is the ID of its restored briefing, or "".
    """
    return {
        "id": made,
        "of": suspect.id,
        "fate": suspect.status,
        "title": suspect.title,
        "path": suspect.copy.path,
        "message_id": suspect.copy.message_id,
    }


def of_story(story: Story) -> Record:
    """Return a story: news that several briefings report."""
    return {
        "story_id": story.id,
        "title": story.title,
        "insights": list(story.insights),
        "briefings": story.briefings,
        "sources": story.sources,
        "first": story.first,
        "last": story.last,
        "figures": list(story.figures),
        "reasons": [asdict(part) for part in story.reasons],
        "reports": [asdict(report) for report in story.reports],
    }


def of_news(change: Change) -> Record:
    """Return a new, updated or repeated insight.

    ``reasons`` are the new facts of an update.
    """
    return {
        "insight_id": change.row.id,
        "status": change.status,
        "earlier": change.earlier.id if change.earlier else None,
        "first": change.first.id if change.first else None,
        "reasons": [{"kind": fact.kind, "text": fact.text} for fact in change.facts],
        "topics": list(change.row.topics),
        "text": change.row.text,
        "source": change.row.source,
        "published": change.row.published,
    }


def of_chosen(found: ReadingBrief, chosen: Chosen) -> Record:
    """Return an insight of a brief.

    ``parts`` are the factors whose product is its ``gain``.
    """
    row = found.rows[chosen.candidate.key]
    return {
        "insight_id": row.id,
        "text": chosen.text,
        "source": row.source,
        "url": found.urls.get(row.key, ""),
        "topic": chosen.candidate.topic,
        "gain": round(chosen.gain, 4),
        "sources": chosen.candidate.sources,
        "status": chosen.candidate.status,
        "published": row.published,
        "parts": {name: round(value, 3) for name, value in asdict(chosen.parts).items()},
    }


def of_left_out(found: ReadingBrief) -> Record:
    """Return the counts of what a brief left out, by reason, and its length in words."""
    return {
        "left_out": {
            **asdict(found.brief.left_out),
            "first": [found.rows[key].id for key in found.brief.left_out.first],
            "words": found.brief.words,
            "candidates": found.candidates,
        }
    }


def of_batch(batch: Batch) -> Record:
    """Return an entry of the history."""
    return {
        "batch": batch.number,
        "verb": batch.verb,
        "at": batch.at,
        "summary": batch.summary,
        "undone": batch.undone,
    }
