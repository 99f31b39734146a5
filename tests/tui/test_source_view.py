"""Tests of the source view, and of the key ``f``, which cuts or keeps a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

MAIL = b"""From: Oak Weekly <news@oak.example>
Subject: Ferries of the north
Date: Sun, 1 Mar 2026 08:00:00 +0000

Our office in the old harbour is open to every reader on Fridays.

The ferry company buys four boats from a shipyard in the north, and the first of them sails in spring.
"""


async def test_cut_block_is_restored_by_undo(stage: Any, library: Any, tmp_path: Path) -> None:
    path = tmp_path / "oak.eml"
    path.write_bytes(MAIL)
    (added,) = library.add([path])
    async with stage(library) as on:
        await on.sees("Ferries of the north")
        await on.press("home", "enter")
        await on.sees("Our office in the old harbour")
        await on.press("V")
        await on.sees("Nothing was cut", "kept", "Our office")
        await on.press("down", "f")
        await on.sees("Block cut from every issue of this publisher")
        assert "old harbour" not in library.briefing(added.id).body
        await on.press("V")
        await on.sees("What was cut", "your decision")
        await on.press("escape", "u")
        await on.sees("Undone")
        assert "old harbour" in library.briefing(added.id).body
