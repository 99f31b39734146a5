"""Check that exports take linear time with text that is made to stall a parser."""

from __future__ import annotations

import pytest

from briefreader.exporting import blocks, folder, markdown, names
from briefreader.exporting.header import LogseqHeader, YamlHeader
from briefreader.exporting.notes import Material, Style, note_of
from briefreader.exporting.profiles import PROFILES
from briefreader.model import Briefing

MANY = 100_000
SEEDS = [
    " ", "\n", "\t", "#", "`", "` `` ", "<", "<!--", "<!-- briefreader:begin ", "[", "](", "[[", "{{<", "http://",
    "https://.,", "&", "_", "*_", "a ", "a:", ":", "-", "- ", "1.", ">", "~~~", "```\n", "\\", "'", '"', "==", "%%",
    "…", "\u202e", "a#", "x::",
]  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_long_run_of_any_character_is_exported_quickly(seed):
    text = f"a{seed * (MANY // len(seed))}b"
    markdown.escape(text)
    markdown.defuse(text, below=2)
    markdown.tag(text)
    markdown.safe_url(f"https://{text}")
    names.stem(text)
    blocks.parse(blocks.without_markers(text))
    for body in (text, f"{text}\n" * 2):
        note_of(
            Material(Briefing(title=text[:1000], body=body, format="txt", summary=body, id="7f3a")),
            Style(PROFILES["obsidian"], full_text=True),
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_long_run_of_any_character_in_a_header_is_read_quickly(seed):
    inner = f"a{seed * (60_000 // len(seed))}\nb: c\n"
    for text in (f"---\n{inner}---\nbody", f"k:: v\n{inner}", inner):
        folder.note_id(text)
        for header in (YamlHeader(frozenset({"a"})), LogseqHeader()):
            cut = header.split(text)
            if cut is not None:
                assert "".join(entry.raw for entry in cut[0]) + cut[1] == text
                for entry in cut[0]:
                    header.read(entry)
