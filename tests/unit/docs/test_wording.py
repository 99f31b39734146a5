"""Check that code and docs have no banned words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BANNED = (
    *(
        "anew",
        "is told",
        "are told",
        "whoever",
        "in its stead",
        "taken off",
        "by the tagger",
        "mend",
        "mends",
        "mended",
    ),
    *("nobody", "goes along", "taken over", "take over", "throw-away", "fault", "faults", "whence"),
    *("out of step", "tried on", "looked for", "what was asked", "half done", "as people read it"),
)
PATTERN = re.compile(rf"\b(?:{'|'.join(BANNED)})\b", re.IGNORECASE)
PATHS = sorted(
    path
    for pattern in (
        "*.md",
        "docs/*.md",
        "docs/*.svg",
        "docs/briefreader.1",
        "src/**/*.py",
        "benchmarks/**/*.py",
        "Makefile",
    )
    for path in ROOT.glob(pattern)
)


def banned(text: str) -> list[str]:
    """Return the lines with a banned word."""
    return [line.strip() for line in text.splitlines() if PATTERN.search(line)]


def test_texts_have_no_banned_word() -> None:
    assert len(PATHS) > 300
    found = {str(path.relative_to(ROOT)): lines for path in PATHS if (lines := banned(path.read_text("utf-8")))}
    assert found == {}


@pytest.mark.parametrize(("text", "lines"), [("Tag it anew.", 1), ("It is Told.", 1), ("amended by taggers", 0)])
def test_banned_words_match_as_whole_words(text: str, lines: int) -> None:
    assert len(banned(text)) == lines
