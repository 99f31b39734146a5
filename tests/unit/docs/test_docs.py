"""Check the docs against the program: fields, keys, settings, examples and links."""

from __future__ import annotations

import re
import runpy
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from shutil import copyfile
from textwrap import dedent

import pytest

from briefreader import config, errors, query
from briefreader.cli.main import COMMANDS
from briefreader.exporting import notes
from briefreader.exporting.notes import Material, Style, note_of
from briefreader.exporting.profiles import PROFILES
from briefreader.exporting.rendering import NoteTemplate
from briefreader.model import Briefing, Insight
from briefreader.paths import shipped
from briefreader.tagging import tagger
from briefreader.tagging.tagger import Tagger
from briefreader.taxonomy import Taxonomy, Topic

ROOT = Path(__file__).parents[3]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def text_of(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a language, also in lists."""
    return [dedent(code) for code in re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.M | re.S)]


@pytest.mark.parametrize("document", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_the_docs_work(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            path = (document.parent / target.partition("#")[0]).resolve()
            assert path.exists(), target
            assert path.is_relative_to(ROOT), target


def test_every_field_of_a_topic_is_documented() -> None:
    documented = set(re.findall(r"^\| `(\w+)` \|", text_of("taxonomy.md"), re.M))
    assert documented == {item.name for item in fields(Topic)} - {"line"}


def test_taxonomy_example_has_no_problems(tmp_path: Path) -> None:
    (example,) = blocks(text_of("taxonomy.md"), "yaml")
    path = tmp_path / "example.yaml"
    path.write_text(example, "utf-8")
    assert Taxonomy.check(path) == []
    assert Taxonomy.load(path).narrower("business") == {"business", "pricing"}


def test_every_query_key_and_value_is_documented() -> None:
    documented = text_of("search.md")
    for key in query.KEYS:
        assert f"`{key}:" in documented, key
    for value in (*query.IS_VALUES, *query.IN_VALUES, *query.SORT_VALUES):
        assert f"`{value}`" in documented or f":{value}`" in documented, value


def test_queries_in_search_md_are_valid() -> None:
    (table,) = re.findall(r"^\| you type.*?\n\n", text_of("search.md"), re.M | re.S)
    cells = [row.split("|")[1] for row in table.splitlines()[2:] if row]
    for example in [code for cell in cells for code in re.findall(r"`([^`]+)`", cell)]:
        assert query.parse(example).warnings == (), example


def test_every_setting_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| (\S+) \| (.+) \|$", text_of("configuration.md"), re.M)
    documented = {name: default.strip("`") for name, default, _ in rows}
    expected: dict[str, str] = {}
    for item in fields(config.Settings):
        section = config.SECTIONS.get(item.name)
        for name, default in (
            [(f"{item.name}.{sub.name}", sub.default) for sub in fields(section)]
            if section
            else [(item.name, {} if item.name == "keys" else item.default)]
        ):
            expected[name] = _toml(default)
    assert documented == expected


def _toml(value: object) -> str:
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def test_configuration_example_has_no_problems() -> None:
    (example,) = blocks(text_of("configuration.md"), "toml")
    settings, problems = config.parse(example.encode())
    assert problems == []
    assert settings.app.width == 84


def test_picture_of_layers_shows_every_package() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "layers.py"))
    named = r'<text class="name" x="\d+" y="(\d+)">(\w+)<'
    drawn, made = (
        re.findall(named, text) for text in ((ROOT / "docs" / "layers.svg").read_text("utf-8"), script["picture"]())
    )
    by_layer = [[package for _, package in group] for _, group in groupby(drawn, key=lambda found: found[0])]
    assert by_layer == script["layers"](), "run `make docs`"
    assert [package for _, package in made] == [package for _, package in drawn]


def test_numbers_in_tagging_md_are_those_in_use() -> None:
    documented = text_of("tagging.md")
    for number in (tagger.THRESHOLD, tagger.MIN_SUGGESTED_SCORE, tagger.INSIGHT_THRESHOLD):
        assert f" {number:.2f}".replace(" 0.", " .").rstrip("0") in documented, number


@pytest.mark.parametrize("document", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_in_the_docs_exists(document: Path) -> None:
    """In code, ``briefreader WORD`` must be a command."""
    text = document.read_text("utf-8")
    code = "\n".join([*re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S), *re.findall(r"`([^`\n]+)`", text)])
    for name in re.findall(r"\bbriefreader (?:--library \S+ |--taxonomy \S+ )?([a-z][a-z-]+)(?![\w./])", code):
        assert name in COMMANDS, name


def test_template_example_renders_a_note() -> None:
    (example,) = blocks(text_of("export.md"), "jinja")
    insights = (Insight(1, "Head", "words", 0, 0, "stated"), Insight(2, "Other", "more words", 0, 0, "stated"))
    material = Material(
        Briefing(title="T", body="", format="md", source="S", insights=insights, id="7f3a"), note="mine"
    )
    made = note_of(material, Style(PROFILES["obsidian"], NoteTemplate(example, "example")))
    assert [block.id for block in made.blocks if block.id[:4] != "body"] == ["head", "insight-1", "insight-2", "notes"]
    assert "- **Other** more words ^insight-2" in "\n".join(block.text for block in made.blocks)


def test_every_template_variable_is_documented() -> None:
    documented = text_of("export.md")
    insights = (Insight(1, "Head", "words", 0, 0, "stated"),)
    material = Material(Briefing(title="T", body="", format="md", insights=insights, id="7f3a"))
    context = notes._context(material, Style(PROFILES["obsidian"]))
    internal = {"show_title", "inline_tags"}  # for shipped templates only
    names = {*context, *context["insights"][0]} - internal
    assert [name for name in sorted(names) if f"`{name}`" not in documented] == []


PYTHON = [block for path in DOCS for block in blocks(path.read_text("utf-8"), "python")]


@pytest.mark.parametrize("number", range(len(PYTHON)))
def test_python_examples_run(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    copyfile(shipped("taxonomy") / "ai-briefings.yaml", "my-topics.yaml")
    copyfile(shipped("sample_docs") / "2025-03-21-the-switchboard.md", "newsletter.md")
    example = PYTHON[number]
    Tagger(Taxonomy.load(shipped("taxonomy") / "ai-briefings.yaml")).save(tmp_path / "model")
    exec(example.replace("/shared/library/model", str(tmp_path / "model")), {})


def test_hint_for_a_missing_extra_is_the_command_in_the_readme() -> None:
    _, _, command = errors.install_hint("pdf").partition(": ")
    assert f"`{command}`" in (ROOT / "README.md").read_text("utf-8")


def test_every_environment_variable_is_documented() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    read = {*re.findall(r"""environ(?:\.get\(|\[)"(\w+)\"""", source), "COLUMNS"}
    known_to_all = {"TERM", "PYTHONPATH", "COMP_WORDS", "COMP_CWORD", "TEXTUAL_DRIVER"}
    documented = text_of("configuration.md")
    assert [
        name for name in sorted(read - known_to_all) if f"`{name}`" not in documented and f"${name}" not in documented
    ] == []


def test_python_api_page_is_up_to_date() -> None:
    page = runpy.run_path(str(ROOT / "docs" / "python_api.py"))["page"]()
    assert text_of("python-api.md") == page, "run `make docs`"
    assert "0x" not in page
