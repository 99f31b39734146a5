from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from briefreader.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TEXT = """---
title: {title}
author: Ada Finch
date: 2025-03-{day:02}
---
## Key takeaways

- **Kelp farms double**: Growers on coast {title} doubled their harvest in a single season, against every forecast.
- **A router for reefs**: The mixture of experts that counts reef fish in {title} now runs on a buoy with a panel.

{words}
"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def add(library: Library, tmp_path: Path) -> Callable[..., list[str]]:
    """Add briefings with these titles; return their IDs."""

    def put(*titles: str) -> list[str]:
        ids = []
        for number, title in enumerate(titles):
            path = tmp_path / f"in-{number}.md"
            quoted = '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'
            words = " ".join(f"word{number}x{n}" for n in range(200))
            path.write_text(
                TEXT.replace("title: {title}", f"title: {quoted}").format(title=title, day=number + 1, words=words),
                "utf-8",
            )
            added = list(library.add([path]))
            assert [a.status for a in added] == ["added"]
            library.edit(added[0].id, title=title)
            ids.append(added[0].id)
        return ids

    return put


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def export(library: Library, vault: Path) -> Callable[..., list[tuple[str, str]]]:
    """Export all to the vault, named by title; return path and status of each note."""

    def run(**options: object) -> list[tuple[str, str]]:
        options = {"name": "{title}", **options}
        return [(e.path, e.status) for e in library.export(vault, **options) if e.id]  # type: ignore[arg-type]  # options as given

    return run
