"""Tests of the app with hostile files, paths, taxonomies and folders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Paste

from briefreader.library import Library

if TYPE_CHECKING:
    from pathlib import Path

UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]")
REASONS = {
    "empty.txt": "is empty",
    "binary.txt": "is not in a supported",
    "bomb.docx": "implausible size",
    "pipe.txt": "is a named pipe",
    "socket.md": "is a socket",
    "device.txt": "is a device",
    "gone.txt": "No such file",
    "loop": "a link to a folder is not followed",
}
PATHS = [
    "~nosuchuser/letters",
    "../" * 40 + "nowhere",
    "/dev/zero",
    "a" * 5000,
    "[@click=app.quit]x[/]",
    "http://[",
    "https://",
]
TAXONOMIES = {
    "alias bomb": "topics: &a [*a, *a]\n",
    "merge bomb": f"topics:\n  - <<: {'{<<: ' * 100}\n",
    "brackets": "topics: " + "[" * 2000,
    "unsafe tag": "topics: !!python/object/apply:os.system [true]\n",
    "hostile label": 'topics:\n  - id: a\n    label: "\\e]52;c;ZXZpbA==\\a [/] [@click=app.quit]x[/]"\n'
    "    keywords: [kelp]\n",
    "pattern": 'topics:\n  - id: a\n    label: A\n    keywords: ["(a+)+$", "((((", "kelp"]\n',
}


@pytest.mark.timeout(240)
async def test_folder_of_hostile_files_is_added_and_shown(stage: Any, library: Any, hostile_files: Path) -> None:
    async with stage(library) as on:
        records = await on.add(hostile_files)
        assert not UNSAFE.search(on.text)
        failed = {r.path.rpartition("/")[2]: r.message for r in records if getattr(r, "status", "") == "failed"}
        for name, reason in REASONS.items():
            assert reason in failed.pop(name), name
        await on.press("escape")
        await on.sees("unread")
        for _ in range(library.count()):
            await on.press("j")
            await on.pilot.pause()
            assert not UNSAFE.search(on.text)
    assert library.check(deep=True) == []


async def test_missing_path_is_reported(stage: Any, library: Any) -> None:
    before = library.count()
    async with stage(library) as on:
        for path in PATHS:
            (record,) = await on.add(path)
            assert not UNSAFE.search(on.text), path
            assert record.status == "failed" and record.message, path
            await on.press("escape")
            await on.loses("File or folder")
    assert library.count() == before


@pytest.mark.long
async def test_hostile_taxonomy_is_reported(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        for name, text in TAXONOMIES.items():
            library.taxonomy_path.write_text(text)
            await on.press("t")
            await on.rest()
            assert not UNSAFE.search(on.text), name
            await on.press("escape")
            await on.press("slash", *"topic", "colon", *"a")
            await on.rest()
            assert not UNSAFE.search(on.text), name
            await on.press("escape", "escape")


async def test_full_disk_is_reported_and_later_decisions_are_saved(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        with library.db.writing() as con:
            (pages,) = con.execute("PRAGMA page_count").fetchone()
        library.db._writer.execute(f"PRAGMA max_page_count = {pages}")
        for kept in (False, True):
            await on.press("m")
            await on.until(lambda: on.app.screen.query("TextArea"), "a place to write")
            on.app.screen.query_one("TextArea").text = f"{kept}: " + "kelp and crates " * 20_000
            await on.press("ctrl+s")
            if not kept:
                await on.sees("disk is full")
                assert not any(row.noted for row in library.list())
                library.db._writer.execute("PRAGMA max_page_count = 1000000")
        await on.until(lambda: any(row.noted for row in library.list()), "the note")
    with Library(library.folder, readonly=True) as seen:
        assert seen.check(deep=True) == []


PLACES = {
    "the filter": (["slash"], "QueryInput"),
    "the path to add": (["plus"], "Input"),
    "the text to add": (["plus"], "TextArea"),
    "the letters of a topic": (["t"], "Input"),
    "a note": (["m"], "TextArea"),
    "the search": (["i"], "QueryInput"),
    "the palette": (["colon"], "Input"),
}


async def test_pasted_control_characters_are_text(stage: Any, library: Any, payload: str) -> None:
    async with stage(library) as on:
        for place, (keys, kind) in PLACES.items():
            await on.press(*keys)
            await on.until(lambda kind=kind: on.app.screen.query(kind), place)
            on.app.screen.query(kind).first().focus()
            await on.pilot.pause()
            on.app.post_message(Paste(f"pasted {payload}"))
            await on.until(lambda: "pasted" in on.text, place)
            assert not UNSAFE.search(on.text), place
            for _ in range(3):
                await on.press("escape")
            await on.rest()


async def test_hostile_source_name_is_completed_as_text(stage: Any, library: Any, payload: str) -> None:
    library.edit(library.list()[0].id, source=f"Zebra {payload}")
    async with stage(library) as on:
        await on.press("slash")
        await on.write("source:zeb")
        await on.sees("Zebra")
        await on.press("tab")
        await on.rest()
        assert "Zebra" in on.app.main_screen.filter_bar.input.value
        assert not UNSAFE.search(on.text)
