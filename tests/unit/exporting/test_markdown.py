"""Check that text of documents is not interpreted as markup in note apps."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from briefreader.display import clean
from briefreader.exporting import markdown
from briefreader.markdown import escape

READER = MarkdownIt("commonmark")


def shown(source: str) -> str:
    """Return the text of a page rendered as CommonMark."""
    html = READER.render(source)
    assert not re.search(r"<(?!/?(?:p|a href|a)\b)[a-z]", html), html
    return (
        re.sub(r"<[^>]+>", "", html)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", '"')
        .replace("&amp;", "&")
    )


@given(st.text("ab *_`#<>[]()!-+=1.~&;:/|$^%{}\\'\"\n", max_size=60))
@example("1. x\n2) y\n- z\n+ a\n> q\n# h\nab\n==\n---\n***\n```\ncode\n~~~")
@example("&amp; &#35; \\* a_b_c _d_ **e** ![i](u) [l](u) <b> <!-- x -->")
@example("    indented\n\ttab")
def test_plain_text_is_displayed_unchanged(text):
    rendered = shown(markdown.escape(text))
    assert rendered.split() == clean(text).split()


def test_url_in_plain_text_becomes_a_link():
    assert markdown.escape("see https://a.b/c_d_e*f?x=1#y.") == "see <https://a.b/c_d_e*f?x=1#y>."


def test_invalid_url_is_escaped_as_text() -> None:
    assert markdown.escape("see http://[a now") == r"see http://\[a now"


@pytest.mark.parametrize(
    "text",
    ["<% tp.x() %>", "{{< readfile a >}}", "{{% x %}}", "![[secret]]", "[[page]]", "#tag", "%%hidden%%", "k:: v"],
)
def test_markup_of_note_apps_is_escaped_in_plain_text(text):
    assert f" {text} " not in markdown.escape(f"a {text} b")


@pytest.mark.parametrize(
    ("body", "safe"),
    [
        ("a <script>x</script>", "a &lt;script>x&lt;/script>"),
        ("<https://ok.example> 1 < 2", "<https://ok.example> 1 < 2"),
        ("![[embed]] [[link]]", r"!\[\[embed]] \[\[link]]"),
        ("C# #tag [a](#part) https://x.y/#z # no", r"C# \#tag [a](#part) https://x.y/#z # no"),
        ("<% tp %> {{< x >}}", "&lt;% tp %> &#123;{< x >}}"),
        ("`<% tp %>` `$= 1` `a<b`", "`< % tp %>` ` $= 1` `a<b`"),
        ("[x](javascript:alert) [y](obsidian://z)", "[x](#alert) [y](#//z)"),
        ("```dataviewjs\nx <b>\n```", "```\nx <b>\n```"),
        ("```python\nx", "```python\nx\n```"),
        ("<!-- briefreader:end -->", "&lt;!-- briefreader:end -->"),
        ("```\n<!-- briefreader:end -->\n```", "```\n< !-- briefreader:end -->\n```"),
        ("**bold** *em* [l](https://x.y)\n\n- a\n", "**bold** *em* [l](https://x.y)\n\n- a\n"),
    ],
)
def test_body_keeps_its_layout_without_active_markup(body, safe):
    assert markdown.defuse(body) == safe


def test_only_web_links_are_kept():
    assert markdown.link("a [b](c)", "https://x.y/p(1) q") == r"[a \[b\](c)](https://x.y/p%281%29%20q)"
    for url in ("javascript:x", "file:///etc/passwd", "obsidian://open", "", "http://[", "data:text/html,x", "//x"):
        assert markdown.link("t", url) == "t"


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("open-source", "open-source"),
        ("a b/c d", "a-b/c-d"),
        ("2026", "topic-2026"),
        ("über/日本", "über/日本"),
        ("#!", ""),
    ],
)
def test_topics_become_valid_tags(name, tag):
    assert markdown.tag(name) == tag


def test_headings_of_a_body_are_moved_below_the_title():
    body = "# One\n\n```\n# code\n```\n\n### Three\n#no\n###### Six"
    assert markdown.defuse(body, below=2) == "### One\n\n```\n# code\n```\n\n##### Three\n\\#no\n###### Six"
    assert markdown.defuse("#### Four\n", below=2) == "#### Four\n"


@pytest.mark.parametrize(
    "text", ["Vec<u8> and <ana@oak.example>", r"a \<b> c", "[[note]] and [1](2)", r"C:\[[x]]", "<% tp %>"]
)
def test_defuse_keeps_escaped_text_as_typed(text: str) -> None:
    assert shown(markdown.defuse(escape(text))).strip() == text
