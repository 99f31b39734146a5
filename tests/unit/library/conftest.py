from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from briefreader.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DIGEST = """---
title: The Kelp Report 12
author: Ada Finch
date: 2025-03-04
---
# The Kelp Report 12

## Key takeaways

- **Kelp farms double**: Growers on the west coast doubled their harvest in a single season, against every forecast.
- **A router for reefs**: The mixture of experts that counts reef fish now runs on a buoy with a solar panel.
- **Prices hold**: A tonne of dried kelp costs what it cost last year, per tonne and not per visit.
"""
ESSAY = """# Slow boats

Slow boats carry more than fast ones, and nobody who has waited for one has ever quite forgiven it. The harbour
master keeps a ledger of every arrival since 1911, and the ledger says that the slow ones come in on time.

What the ledger can't say is who waited. A schedule is a promise to the person on the pier, not to the boat.
"""


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "kelp.md").write_text(DIGEST, encoding="utf-8")
    (folder / "boats.md").write_text(ESSAY, encoding="utf-8")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def filled(library: Library, documents: Path) -> Library:
    assert [a.status for a in library.add([documents])] == ["added", "added"]
    return library
