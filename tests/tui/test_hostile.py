"""Check that the app shows hostile text literally, without markup or control sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from briefreader.library import Library

if TYPE_CHECKING:
    from pathlib import Path

TITLES = {
    "closing markup": "a[/]b and [/",
    "live markup": "[@click=app.quit]x[/]",
    "style markup": "[bold red]not bold[/bold red]",
    "escape": "red \x1b[31malert\x1b]52;c;aGk=\x07 end",
    "bidi": "a \u202eevil\u202c b",
    "long": "long " * 2_000,
    "wide": "日本語の題名 と emoji 👩‍👩‍👧‍👦 and e\u0301",
}


@pytest.fixture
def hostile(tmp_path: Path) -> Any:
    """A library with hostile titles, sources, insights, notes and searches."""
    files = tmp_path / "files"
    files.mkdir()
    for number, title in enumerate(TITLES.values()):
        text = f"# {title}\n\nSource: {title}\n\n## Key insights\n\n- **{title}:** {title} costs per million tokens.\n"
        (files / f"{number}.md").write_text(f"{text}\n[link {title}](https://example.org/[x])\n", encoding="utf-8")
    with Library(tmp_path / "hostile") as library:
        assert all(added.status == "added" for added in library.add([files]))
        for row in library.list():
            library.edit(
                row.id, title=TITLES["live markup"] if "[" in row.title else row.title, source="[/] [@click=x]s"
            )
            library.note(row.id, "[/] note \x1b[31m")
        library.save_search("[/] \x1b[31m [@click=app.quit]", "topic:pricing")
        yield library


def no_controls(text: str) -> bool:
    """Whether a text has no control characters."""
    return not any((c < " " and c != "\n") or "\x7f" <= c <= "\x9f" or "\u202a" <= c <= "\u202e" for c in text)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_hostile_text_is_shown_literally_everywhere(stage: Any, hostile: Any, size: tuple[int, int]) -> None:
    async with stage(hostile, size) as on:
        await on.sees("[@click=app.quit]x[/]")
        assert no_controls(on.text)
        for _ in TITLES:
            await on.press("j")
            await on.pilot.pause()
            assert no_controls(on.text)
        for keys in (
            ["1"],
            ["2"],
            ["3"],
            ["4", "]"],
            ["c"],
            ["escape", "U"],
            ["escape", "t"],
            ["escape", "L"],
            ["escape", "m"],
        ):
            await on.press(*keys)
            await on.pilot.pause()
            assert no_controls(on.text), keys
        await on.press("escape", "escape", "w")
        await on.sees("Why")
        assert no_controls(on.text)


async def test_markup_in_a_title_is_not_interpreted(stage: Any, hostile: Any) -> None:
    async with stage(hostile) as on:
        await on.sees("[@click=app.quit]x[/]")
        lines = on.text.split("\n")
        y = next(y for y, line in enumerate(lines) if "[@click=app.quit]x[/]" in line)
        x = lines[y].index("[@click=app.quit]x[/]")
        await on.pilot.click(offset=(x + 17, y))
        await on.pilot.pause()
        assert on.app.is_running


async def test_hostile_text_in_filter_and_messages_is_safe(stage: Any, hostile: Any) -> None:
    async with stage(hostile) as on:
        await on.press("slash")
        on.app.main_screen.filter_bar.input.insert_text_at_cursor('[/ topic:[x] " * ((')
        await on.sees("topic:[x]")
        on.app.main_screen.show_status("[/] \x1b[31m notice [@click=app.quit]q[/]")
        await on.sees("notice")
        assert no_controls(on.text)
