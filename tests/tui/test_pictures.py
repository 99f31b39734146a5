"""Compare the text and styles of every screen in every state with stored pictures.

The main states are compared at two sizes and in two themes. Scores are fixed, so changes of the tagger don't affect the
pictures. ``make snapshots`` takes the pictures again, also as SVG if the environment variable PICTURES names a folder.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich._palettes import STANDARD_PALETTE
from textual.color import Color

from briefreader.config import Settings
from briefreader.errors import LibraryError
from briefreader.library import Library, suggestion_rows
from briefreader.library.taxonomies import Retagged
from briefreader.model import Reason
from briefreader.reading import find_insights
from briefreader.tagging import Explanation
from briefreader.tagging.evaluation import Estimate, Evaluation, TopicQuality
from briefreader.tui import external_tools
from briefreader.tui.themes import THEMES, fallback

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent / "pictures"
SIZES = {"wide": (120, 40), "small": (80, 24)}


@dataclass(frozen=True)
class State:
    """A state of the app: keys to get there (``~text`` is typed), text shown, preparation."""

    keys: str = ""
    sees: tuple[str, ...] = ()
    before: Callable[[Library, pytest.MonkeyPatch], Any] | None = None
    empty: bool = False
    options: dict[str, Any] | None = None
    ready: str = "unread"
    size: tuple[int, int] | None = None


def _stuck(library: Library, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """All lists but the first load for ever."""
    resume, keys = threading.Event(), Library.keys

    def slow(self: Library, query: str = "", **options: Any) -> list[int]:
        if query:
            resume.wait(60)
        return keys(self, query, **options)

    monkeypatch.setattr(Library, "keys", slow)
    return resume


def _failing(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = Library.keys

    def fail(self: Library, query: str = "", **options: Any) -> list[int]:
        if query:
            raise LibraryError("the library cannot be read", hint="briefreader check --deep says more")
        return keys(self, query, **options)

    monkeypatch.setattr(Library, "keys", fail)


def _edited(text: str) -> Callable[[Library, pytest.MonkeyPatch], None]:
    def before(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            external_tools, "edit", lambda app, path, setting="": path.write_text(text, encoding="utf-8")
        )

    return before


def _changes(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = library.list()
    library.mark([rows[0].id], starred=True)
    library.note(rows[1].id, "Ask the author about the router.")
    library.decide([rows[2].id], "agents", "accepted")
    library.undo()


def _noted(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.note(library.list()[0].id, "Compare with the **ferry** letter.\n\n- who pays at night?")


def _saved(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.save_search("Prices of late", "topic:pricing after:2026-01-01")


def _note_file(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("ferry.md").write_text("# A ferry that learned\n\nAgents on a boat, with tool calls.\n", encoding="utf-8")


def _reviewed(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Library, "review", lambda self, limit=50: [])


LOAF = "topics:\n  - {id: loaf, label: Loaf, keywords: [dough, oven, crumb, loaf]}\n"
STATES: dict[str, State] = {
    "main": State(),
    "main-saved": State(sees=("5 unread",), before=_saved),
    "library": State("1 j", ("is:unread",)),
    "insights": State("3 j", ("A price cut",)),
    "reader": State("enter", ("4 unread", "Charging per")),
    "reader-found": State("4 ctrl+f ~tokens enter", ("next, N previous",)),
    "reader-selected": State("4 v j", ("Charging per",)),
    "reader-zoomed": State("4 z", ("Charging per",)),
    "marked": State("x x semicolon", ("The next command applies to 2 marked",)),
    "starred": State("s", ("Starred",)),
    "wrong": State("D", ("Select an insight to dismiss",)),
    "filtered": State("slash ~source:long", ("2 of 5", "Sixteen small")),
    "nothing": State("slash ~topic:pricng", ("Nothing matches topic:pricng",)),
    "no-topic": State("G", ("No topics · press t",)),
    "loading": State("slash ~tokens", ("⟳ searching",), before=_stuck),
    "error": State("slash ~tokens", ("the library cannot be read",), before=_failing),
    "welcome": State(empty=True, ready="This library is empty"),
    "config-broken": State(
        sees=("config.toml:3", "unknown command"),
        options={
            "problems": ("config.toml:3: app.theme: expected text",),
            "settings": Settings(keys={"main.flter": "f", "main.mark": "t"}),
        },
    ),
    "taxonomy-broken": State(
        sees=("taxonomy.yaml:7:3",),
        options={
            "problems": (
                "taxonomy.yaml:7:3: a topic needs an id · using the shipped taxonomy until this is corrected",
            ),
        },
    ),
    "tiny": State(size=(59, 14), ready="60 × 15"),
    "search": State("i ~tokens", ("hits · 0 ms", "Pay for outcomes")),
    "search-newest": State("i", ("newest",)),
    "search-grouped": State("i ~tokens ctrl+g tab", ("1 marked",)),
    "search-nothing": State("i ~zzqqxx", ("No matches for “zzqqxx”",)),
    "tags": State("t", ("Mixture of experts", "given")),
    "tags-nothing": State("t ~harbour", ("No topic matches",)),
    "tags-rejected": State("t ~agents ctrl+r", ("Rejected: Agents",)),
    "why": State("w", ("short of",)),
    "review": State("R", ("Is this briefing about",)),
    "review-done": State("R", ("Nothing left to review",), before=_reviewed),
    "history": State("L", ("star", "undone"), before=_changes),
    "history-empty": State("L", ("History",)),
    "export": State("E", ("Nothing is written until",)),
    "export-preview": State("E ~notes enter", ("Preview: 6 to write",)),
    "export-done": State("E ~notes enter enter", ("Done: 6 written",)),
    "export-unnamed": State("E enter", ("Enter a folder first",)),
    "add": State("plus", ("Nothing added yet",)),
    "add-done": State("plus ~ferry.md enter", ("Done: 1 added",), before=_note_file),
    "add-failed": State("plus ~nowhere.md enter", ("failed",)),
    "links": State("U", ("https://example.org/tiers",)),
    "links-none": State("G U", ("No links",)),
    "contents": State("4 c", ("What it costs",)),
    "cuts": State("4 V", ("Nothing was cut",)),
    "find": State("4 ctrl+f", ("Find in this briefing",)),
    "note": State("m", ("who pays at night",), before=_noted),
    "note-changed": State("m ~x escape", ("Not saved yet",), before=_noted),
    "edit": State("ctrl+e", ("Date (2026-02-20)",)),
    "all-read": State("A", ("Mark all 5",)),
    "save-search": State("slash ~tokens enter ctrl+s", ("Name for: ",)),
    "palette": State("colon", ("Search all key insights",)),
    "palette-typed": State("colon ~export", ("Export the marked briefings",)),
    "themes": State("f2", ("atom-one-dark",)),
    "help": State("question_mark", ("gg Home",)),
    "topics": State("T", ("Briefings by month",)),
    "topics-precision": State("T p", ("you have decided on",)),
    "topics-preview": State("T e", ("Save the changed taxonomy",), before=_edited(LOAF)),
    "topics-errors": State("T e", ("The taxonomy has errors",), before=_edited("topics: [\n")),
    "statistics": State("S", ("decisions by you",)),
}
MAIN = (
    "main",
    "reader",
    "nothing",
    "welcome",
    "config-broken",
    "search",
    "tags",
    "review",
    "export",
    "palette",
    "help",
)
_MINUTE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_ANSWERS: dict[str, list[tuple[int, str, float, str]]] = {
    "The toll booth of tokens": [
        (0, "pricing", 0.81, "document"),
        (0, "agents", 0.44, "passage"),
        (0, "moe", 0.31, ""),
        (1, "pricing", 0.77, "document"),
        (2, "pricing", 0.62, "document"),
    ],
    "Sixteen small experts": [(0, "moe", 0.93, "document"), (1, "moe", 0.9, "document"), (2, "moe", 0.41, "")],
    "An agent runs an errand": [(0, "agents", 0.88, "document"), (0, "open-source", 0.29, "")],
    "Weights left on the doorstep": [(0, "open-source", 0.97, "document")],
    "Bread without a clock": [],
}


def _why(self: Library, target: str, topic: str | None = None) -> list[Explanation]:
    weights = {"per million tokens": 2.31, "pricing": 1.04, "night": -0.27}
    body = self.briefing(target.partition(".")[0]).body
    found = {term: body.find(term) for term in weights}
    parts = (
        *(Reason(term, weights[term], "text", at, at + len(term)) for term, at in found.items() if at >= 0),
        Reason("toll", 0.42, "title", 4, 8),
    )
    given = Explanation("pricing", 0.81, 1.45, -2.05, 0.5, parts, 0.0, "document")
    missing = Explanation("moe", 0.31, -0.8, -1.1, 0.5, (Reason("trade", 0.3, "title", 0, 5),), 0.8)
    return [each for each in (given, missing) if topic in (None, each.topic)]


def _judged(self: Library) -> Evaluation:
    good = TopicQuality("pricing", 12, 7, Estimate(0.92, 0.67, 0.99), Estimate(0.75, 0.47, 0.91))
    few = TopicQuality("agents", 1, 0, note="too few decisions")
    return Evaluation((good, few), 20, None, None, None, (), None)


def _retagged(self: Library, path: Path) -> list[Retagged]:
    rows = self.list()
    return [Retagged(row.id, row.title, ("loaf",) if "Bread" in row.title else (), row.topics) for row in rows]


@pytest.fixture(scope="session")
def posed(files: Path, shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with fixed scores."""
    folder = tmp_path_factory.mktemp("posed")
    (folder / "taxonomy.yaml").write_bytes((shelf / "taxonomy.yaml").read_bytes())

    with pytest.MonkeyPatch.context() as patch, Library(folder) as library:
        answers = {title: [(*row, 1.0) for row in rows] for title, rows in _ANSWERS.items()}
        patch.setattr(suggestion_rows, "rows", lambda tagger, texts: [answers[text.title] for text in texts])
        patch.setattr(find_insights, "choose", lambda *args, **options: [])  # stated insights only
        list(library.add([files]))
        assert len(list(library.tag())) == len(_ANSWERS)
    return folder


@pytest.fixture
def compare(stage: Any, posed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Bring the app into a state, and compare it with the stored picture."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Library, "explain", _why)
    run = Library.run_in_subprocess

    def answered(self: Library, verb: Any, *given: Any, **options: Any) -> Any:
        answers = {"evaluate": lambda: [_judged(self)], "taxonomy_diff": lambda: _retagged(self, *given)}
        return answers[verb]() if verb in answers else run(self, verb, *given, **options)

    monkeypatch.setattr(Library, "run_in_subprocess", answered)

    async def take(name: str, size: str, theme: str) -> None:
        state = STATES[name]
        folder = tmp_path / "library"
        if not state.empty:
            shutil.copytree(posed, folder)
        with Library(folder) as library:
            held = state.before(library, monkeypatch) if state.before else None
            async with stage(library, state.size or SIZES[size], ready=state.ready, **(state.options or {})) as on:
                on.app.theme = theme
                if state.ready == "unread":
                    await on.sees("The toll booth" if size == "small" else "Charging per")
                for keys in state.keys.split():
                    await on.rest(busy=held is not None)
                    await (on.write(keys[1:]) if keys.startswith("~") else on.press(keys))
                await on.sees(*state.sees)
                await on.rest(busy=held is not None)
                assert len(re.findall(r"\w+", on.picture.partition("\n\n0*")[0])) > 3, "an empty picture"
                taken = _MINUTE.sub("2026-03-01 12:00", on.picture)
                if shown := os.environ.get("PICTURES"):
                    svg = on.app.export_screenshot()
                    Path(shown, f"{name}-{size}-{theme}.svg").write_text(svg, encoding="utf-8")
                pairs = on.colors
                if held is not None:
                    held.set()
        kept = HERE / f"{name}-{size}-{theme.removeprefix('briefreader-')}.txt"
        if os.environ.get("UPDATE_PICTURES"):
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(taken, encoding="utf-8")
        assert taken == kept.read_text(encoding="utf-8"), "looks different; `make snapshots` if it should"
        pale = {
            f"{text} on {ground}: {said!r}" for (text, ground), said in pairs.items() if contrast(text, ground) < 4.5
        }
        assert not pale

    return take


# main states at both sizes and in both themes, others at one size in one theme
PICTURES = [
    *((name, size, theme.name) for name in MAIN for size in SIZES for theme in THEMES),
    *((name, "wide", THEMES[0].name) for name in STATES if name not in MAIN),
]


@pytest.mark.parametrize("name", MAIN)
@pytest.mark.parametrize(("size", "theme"), [("wide", "briefreader-dark"), ("small", "briefreader-light")])
async def test_main_state_matches_its_picture(compare: Any, name: str, size: str, theme: str) -> None:
    await compare(name, size, theme)


@pytest.mark.long
@pytest.mark.parametrize(("name", "size", "theme"), PICTURES)
async def test_state_matches_its_picture(compare: Any, name: str, size: str, theme: str) -> None:
    await compare(name, size, theme)


def test_every_picture_belongs_to_a_state() -> None:
    wanted = {f"{name}-{size}-{theme.removeprefix('briefreader-')}.txt" for name, size, theme in PICTURES}
    assert {path.name for path in HERE.iterdir()} == wanted


def luminance(color: Color) -> float:
    """Return the relative luminance (WCAG 2.1)."""
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(text: str, ground: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.1)."""
    high, low = sorted((luminance(Color.parse(text)), luminance(Color.parse(ground))), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_has_contrast_on_every_background(theme: Any) -> None:
    colors = {
        name: getattr(theme, name) for name in ("primary", "secondary", "accent", "error", "success", "foreground")
    }
    grounds = {
        "background": theme.background,
        "panel": theme.panel,
        **{n: theme.variables[n] for n in ("cursor", "cursor-blur")},
    }
    for name, ground in grounds.items():
        for of, color in {**colors, "muted": theme.variables["muted"]}.items():
            assert contrast(color, ground) >= 4.5, f"{of} on {name}: {contrast(color, ground):.2f}"
    assert contrast(theme.foreground, theme.variables["found"]) >= 4.5


async def test_every_theme_defines_the_variables_of_the_style_sheets(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        for name, theme in on.app.available_themes.items():
            assert set(fallback(theme)) == {"muted", "line", "cursor", "cursor-blur", "passage", "found"}, name
        for name in ("nord", "textual-light", "ansi-dark"):
            if name in on.app.available_themes:
                on.app.theme = name
                await on.sees("Charging per")


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_sixteen_colors_are_distinguishable(
    stage: Any, library: Any, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", "xterm-16color")
    async with stage(library) as on:
        on.app.theme = theme
        for key in ("slash", "escape", "s", "t", "escape", "i", "escape", "R", "escape", "4", "v"):
            await on.press(key)
            await on.rest()
            for pair, said in on.colors.items():
                shown = [Color(*STANDARD_PALETTE[STANDARD_PALETTE.match(Color.parse(color).rgb)]) for color in pair]
                # already one of the sixteen colours, apart from rounding
                assert all(
                    max(abs(a - b) for a, b in zip(Color.parse(c).rgb, s.rgb, strict=True)) <= 2
                    for c, s in zip(pair, shown, strict=True)
                )
                assert contrast(*(color.hex for color in shown)) >= 4.5, (pair, said)
        assert len({text for text, _ in on.colors}) >= 4


async def test_no_color_shows_the_same_information(stage: Any, library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage(library) as on:
        await on.sees("Charging per")
        await on.press("x", "s")
        await on.sees("x 20 Feb", "▌●★", "1 marked")
