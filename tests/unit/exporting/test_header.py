"""Tests of properties, read back by parsers of YAML 1.1 and 1.2."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from briefreader.display import one_line
from briefreader.exporting.header import LogseqHeader, YamlHeader, quoted
from briefreader.exporting.merge import Note, fresh
from briefreader.exporting.profiles import PROFILES, local_date, offset_date

HARD = [
    "1e3", "0o17", "0x1f", "no", "null", "~", "12:30", "2026-01-02", '"quoted": yes', "it's", "[[x]]",
    "# not a comment", "a: b", "- x", "? y", "{{< x >}}", "<% tp %>", "back\\slash \\n", "x" * 5000, "\x1b[31mred",
    "\u200fשלום\u200e", "é 😀 中", "\ufeffbom", "a\x85\u2028b", "---", "...", "%TAG", "@x", "`y`", "a\tb", "\ud800",
    "\U000e0041", "\xad",
]  # fmt: skip


@pytest.mark.parametrize("title", HARD)
@pytest.mark.parametrize("profile", ["obsidian", "hugo"])
def test_titles_round_trip_in_every_profile(title, profile):
    app = PROFILES[profile]
    values = {"title": title, "tags": (title,), "url": title, "id": "7f3a"}
    written = fresh(Note("7f3a", "n", app.properties(values), ()), app).text
    cut = app.header.split(written)
    assert cut is not None
    text = "".join(entry.raw for entry in cut[0]).removeprefix("---\n").removesuffix("---\n")
    old, new = yaml.safe_load(text), YAML(typ="safe", pure=True).load(text)
    assert old["title"] == new["title"] == one_line(title)
    assert old["tags"] == new["tags"] == [one_line(title)]
    assert {e.key: app.header.read(e) for e in cut[0]}["title"] == one_line(title)
    assert "<%" not in text


@given(st.text(max_size=60))
@example("<%\x00%>")
def test_quoted_value_is_read_back_by_both_parsers(text):
    text = text.encode("utf-8", "replace").decode()
    assert yaml.safe_load(quoted(text)) == text
    assert YAML(typ="safe", pure=True).load(quoted(text)) == text


def test_only_valid_dates_are_written_without_quotes():
    assert local_date("2026-01-02") == "2026-01-02"
    assert local_date("2026-01-02T10:30+02:00") == "2026-01-02T10:30:00"
    assert local_date("yesterday: [x]") == ""
    assert offset_date("2026-01-02") == "2026-01-02T00:00:00Z"
    assert offset_date("2026-01-02T10:30:00+0200") == "2026-01-02T10:30:00+02:00"
    assert offset_date("soon") == ""


def test_hugo_keys_are_not_overwritten():
    app = PROFILES["hugo"]
    values = {"title": "t", "url": "https://x.y", "aliases": ("other",), "id": "7f3a", "published": "2026-01-02"}
    text = fresh(Note("7f3a", "n", app.properties(values), ()), app).text
    loaded = yaml.safe_load(text.split("---")[1])
    assert not {"url", "aliases", "source", "slug"} & set(loaded)
    assert loaded["params"] == {"source_url": "https://x.y", "briefreader_id": "7f3a"}


ODD = """---
"quoted key": 1
'single': 2
tags:
- a
# within
- b

# between
params:
  # first
  source_url: x
  nested:
    deep: 1

block: |
  text: not a key

  # text
last: [a,
  b]
---
body
"""


def test_header_is_split_from_the_body_without_loss():
    header = YamlHeader(frozenset({"params"}))
    for text in (ODD, ODD.replace("\n", "\r\n")):
        cut = header.split(text)
        assert cut is not None
        assert "".join(entry.raw for entry in cut[0]) + cut[1] == text
        assert cut[1].strip() == "body"
        keys = [entry.key for entry in cut[0] if entry.key]
        assert keys == [
            "quoted key", "single", "tags", "params", "params.source_url", "params.nested", "block", "last"
        ]  # fmt: skip
    assert header.split("--- \nx: 1\n") is None
    assert header.split("x: 1\n") is None


@given(st.text("ab:-#\n \"'[]{}|>&*!\\\t", max_size=80))
def test_any_header_is_split_from_the_body_without_loss(inner):
    for header, text in (
        (YamlHeader(frozenset({"a"})), f"---\n{inner}\n---\nbody"),
        (LogseqHeader(), f"{inner}\nbody"),
    ):
        cut = header.split(text)
        if cut is not None:
            assert "".join(entry.raw for entry in cut[0]) + cut[1] == text
            for entry in cut[0]:
                header.read(entry)


def test_hostile_yaml_is_parsed_quickly():
    header = YamlHeader()
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)
    )
    cut = header.split(f"---\n{bomb}tags: {'[' * 5000}\n---\n")
    assert cut is not None
    assert all(header.read(entry) is None or entry.key in {"", "a"} for entry in cut[0])
    assert header.values("".join(entry.raw for entry in cut[0])) is None
