"""Read labelled texts from JSON Lines ``{"title": …, "text": …, "topics": […]}``.

Topics that a text doesn't list count as rejected.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from briefreader.errors import UsageError
from briefreader.model import Labelled

if TYPE_CHECKING:
    from pathlib import Path

    from briefreader.taxonomy import Taxonomy

MAX_LINE = 50_000_000  # characters


def read(path: Path, taxonomy: Taxonomy) -> list[Labelled]:
    """Return the labelled texts of a file; previous IDs of topics are known, topics outside the taxonomy are ignored.

    Raises:
        UsageError: the file can't be read or has an invalid line, whose number is in the error.
    """
    known = {old: topic.id for topic in taxonomy.topics for old in (topic.id, *topic.was)}
    examples = []
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    examples.append(_example(line, f"{path}:{number}", known))
    except OSError as error:
        raise UsageError(f"cannot read the labelled texts: {error.strerror}", where=str(path)) from error
    return examples


def _example(line: str, where: str, known: dict[str, str]) -> Labelled:
    try:
        record = json.loads(line[:MAX_LINE])
    except (ValueError, RecursionError) as error:
        raise UsageError("not valid JSON", where=where, hint='one {"title", "text", "topics"} per line') from error
    if not isinstance(record, dict) or not isinstance(record.get("topics"), list):
        raise UsageError('expected a list "topics"', where=where, hint='one {"title", "text", "topics"} per line')
    title, text = (str(record.get(key) or "") for key in ("title", "text"))
    accepted = frozenset(known[t] for t in record["topics"] if isinstance(t, str) and t in known)
    return Labelled(title, text, accepted, frozenset(known.values()) - accepted)
