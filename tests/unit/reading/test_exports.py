"""Tests of reading exports of other programs."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.model import Briefing, Problem
from briefreader.reading import read, read_original
from briefreader.reading.note_syntax import to_markdown

PROSE = "The price of a million tokens fell by a third this week, and the vendor said that the cut holds for now."


def briefings(data: str | bytes, name: str) -> list[Briefing]:
    made = list(read(data.encode() if isinstance(data, str) else data, name=name))
    assert all(isinstance(m, Briefing) for m in made), made
    for one in (found := [m for m in made if isinstance(m, Briefing)]):
        assert list(read_original(one.original)) == [one]
    return found


def only(data: str | bytes, name: str) -> Briefing:
    (made,) = briefings(data, name)
    return made


READWISE = """# The price of thought

![rw-book-cover](https://r.example/cover.png)

## Metadata
- Author: [[Kay Ember]]
- Full Title: The price of thought: a bill
- Category: #articles
- Document Tags: [[prices]], [[agents]]
- URL: https://k.example/thought

## Highlights
- Thinking tokens are two thirds of the bill. ([View Highlight](https://r.example/1))
    - Note: Ask for the May bill.
- A cap loses little of the quality. ([Location 12](https://r.example/2))
"""


def test_readwise_markdown_has_an_insight_per_highlight() -> None:
    made = only(READWISE, "a.md")
    assert (made.title, made.author, made.url) == (
        "The price of thought: a bill",
        "Kay Ember",
        "https://k.example/thought",
    )
    assert made.tags == ("prices", "agents")
    assert [i.text for i in made.insights if i.kind == "stated"] == [
        "Thinking tokens are two thirds of the bill.",
        "A cap loses little of the quality.",
    ]
    assert "Ask for the May bill." in made.body and "Metadata" not in made.body


def test_omnivore_highlights_are_insights() -> None:
    text = (
        "---\ntitle: Thought\nauthor: Kay\ndate_published: 2026-10-02\ntags:\n  - prices\n---\n\n"
        "# Thought\n#Omnivore\n\n## Highlights\n\n"
        "> Thinking tokens are two thirds of the bill. [⤴️](https://o.example/1) ^abc123\n\n"
        "> A cap loses\n> little. [⤴️](https://o.example/2)\n"
    )
    made = only(text, "a.md")
    assert (made.title, made.author, made.published) == ("Thought", "Kay", "2026-10-02")
    assert [i.text for i in made.insights] == ["Thinking tokens are two thirds of the bill.", "A cap loses little."]


def test_podwise_summary_keeps_its_metadata_and_sections() -> None:
    text = (
        "# The price\n\n## Metadata\n"
        "- Podcast: Alder Talk\n- Published Date: October 2nd, 2026\n- URL: https://a.example/e/1\n\n"
        "## Summary\nKay explains the bill.\n\n## Takeaways\n- Firms pay.\n- A cap loses little.\n\n"
        "## Transcript\nKay: It does.\n"
        "\n## Highlights\n> It does.\n"
    )
    made = only(text, "a.md")
    assert (made.source, made.published, made.url) == ("Alder Talk", "2026-10-02", "https://a.example/e/1")
    assert [i.text for i in made.insights] == ["Firms pay.", "A cap loses little."]
    assert "## Transcript" in made.body and "Kay: It does." in made.body


def test_readwise_csv_has_a_briefing_per_book() -> None:
    head = "Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,"
    head += "Location Type,Location,Highlighted at,Document tags"
    rows = (
        '"Prices fell by half","A Book","X",,,,,order,0,2026-11-01 00:00:00,prices\n'
        '"Agents, said she, ""plan"".","A Book","X",,"My note",,,order,1,2026-11-01,\n'
        '"Another","B Book","Y",,,,,order,0,,\n'
    )
    first, second = briefings(f"{head}\n{rows}", "readwise.csv")
    assert (first.title, first.author, first.tags, second.title) == ("A Book", "X", ("prices",), "B Book")
    assert [i.text for i in first.insights] == ["Prices fell by half", 'Agents, said she, "plan".']
    assert "My note" in first.body


def test_pocket_and_instapaper_have_a_briefing_per_page() -> None:
    pocket = "title,url,time_added,tags,status\nPrices fall,https://p.example/1,1790929800,ai|prices,unread\n"
    made = only(pocket, "part_000000.csv")
    assert (made.title, made.url, made.tags, made.published) == (
        "Prices fall",
        "https://p.example/1",
        ("ai", "prices"),
        "",
    )
    instapaper = "URL,Title,Selection,Folder,Timestamp\n"
    instapaper += "https://p.example/2,Agents,Agents plan two steps ahead.,Unread,1790929800\n"
    (agents,) = briefings(instapaper, "instapaper-export.csv")
    assert (agents.title, [i.text for i in agents.insights]) == ("Agents", ["Agents plan two steps ahead."])


def test_table_without_titles_is_refused() -> None:
    (made,) = read(b"a,b\n1,2\n", name="data.csv")
    assert isinstance(made, Problem) and made.message == "has no known columns (found: a, b)"


def test_data_tables_in_a_folder_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a,b\n1,2\n")
    (tmp_path / "export.csv").write_text(
        "title,url,time_added,tags,status\nPrices fall,https://p.example/1,1,,unread\n"
    )
    assert [m.title for m in read(tmp_path) if isinstance(m, Briefing)] == ["Prices fall"]


JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Oak Notes",
    "home_page_url": "https://oak.example/",
    "authors": [{"name": "Ana"}],
    "items": [
        {
            "id": "1",
            "url": "https://oak.example/1",
            "title": "Prices fall",
            "content_html": f"<p>{PROSE}</p>",
            "date_published": "2025-11-03T10:00:00Z",
            "tags": ["prices"],
        },
        {"id": "2", "url": "https://oak.example/2", "title": "Agents sold", "content_text": "Two agents were sold."},
    ],
}


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("name", ["feed.json", "<stdin>"])
def test_json_feed_has_a_briefing_per_item(indent: int | None, name: str) -> None:
    first, second = briefings(json.dumps(JSON_FEED, indent=indent), name)
    assert (first.title, first.source, first.author, first.url) == (
        "Prices fall",
        "Oak Notes",
        "Ana",
        "https://oak.example/1",
    )
    assert (first.published, first.tags, first.body) == ("2025-11-03T10:00:00Z", ("prices",), PROSE)
    assert (second.title, second.body) == ("Agents sold", "Two agents were sold.")


def test_omnivore_and_readwise_json_are_read() -> None:
    about = {"title": "Thought", "author": "Kay"}
    dates = {"publishedAt": "2026-10-02T08:00:00Z", "savedAt": "2026-10-03T08:00:00Z"}
    omnivore = [{**about, **dates, "description": PROSE, "url": "https://k.example/t", "labels": ["prices"]}]
    made = only(json.dumps(omnivore), "metadata_0_to_20.json")
    assert (made.title, made.author, made.published, made.tags) == (
        "Thought",
        "Kay",
        "2026-10-02T08:00:00Z",
        ("prices",),
    )
    readwise = {"count": 1, "results": [{**about, "highlights": [{"text": "Firms pay."}]}]}
    assert [i.text for i in only(json.dumps(readwise), "r.json").insights] == ["Firms pay."]


VTT = """WEBVTT
Kind: captions

NOTE made by a machine

1
00:00.000 --> 00:05.000 align:start
<v Kay Ember>The price per token <c.yellow>fell</c> again.

00:05.000 --> 00:09.000
The price per token fell again.
Agents &amp; tools are what matters.

00:20.000 --> 00:22.000
<v Ana>Are they?
"""


def test_subtitles_are_a_transcript_without_times() -> None:
    made = only(VTT, "The price of thought.en.vtt")
    assert made.title == "The price of thought"
    assert made.body == "Kay Ember: The price per token fell again. Agents & tools are what matters.\n\nAna: Are they?"


def test_subrip_is_read_like_webvtt() -> None:
    text = "1\r\n00:00:00,000 --> 00:00:05,000\r\nThe price fell.\r\n\r\n2\r\n"
    text += "00:00:05,000 --> 00:00:09,000\r\n<i>Agents</i> matter.\r\n"
    assert only(text, "a.srt").body == "The price fell. Agents matter." == only(text, "<stdin>").body


CUE = st.text("abc defg", min_size=1, max_size=20).map(str.strip).filter(bool)


@given(st.lists(CUE, min_size=1, max_size=10, unique=True))
def test_subtitles_keep_every_cue(cues: list[str]) -> None:
    body = "".join(f"{n}\n00:{n:02}:00.000 --> 00:{n:02}:02.000\nw{n} {cue}\n\n" for n, cue in enumerate(cues, 1))
    made = only(f"WEBVTT\n\n{body}", "a.vtt")
    words = f"{made.title} {made.body}".split()
    assert [w for w in words if w.startswith("w")] == [f"w{n}" for n in range(1, len(cues) + 1)]


@pytest.mark.parametrize("name", ["<stdin>", "a.json", "a.txt"])
def test_other_json_is_refused_with_one_problem(name: str) -> None:
    (made,) = read(b'{\n "dependencies": {\n  "left": 1\n }\n}\n', name=name)
    assert isinstance(made, Problem) and made.message == 'expected a "title" or "text" field'


@pytest.mark.parametrize("data", [b"}\n", b"{\n}\n", b"---\n***\n", b"\xe2\x80\x8b\n."])
def test_file_without_words_is_refused(data: bytes) -> None:
    for name in ("a.txt", "a.md", "a.html"):
        (made,) = read(data, name=name)
        assert isinstance(made, Problem), made


def test_broken_json_is_one_problem() -> None:
    (made,) = read(b'{\n "title": "x",\n "text": \n}\nmore\n', name="a.json")
    assert isinstance(made, Problem) and made.message == "is not valid JSON"


def test_opml_is_skipped_with_the_command_that_imports_it() -> None:
    outlines = "".join(f'<outline text="F{n}" xmlUrl="https://f{n}.example/feed"/>' for n in range(31))
    (made,) = read(
        f'<opml version="2.0"><body><outline text="g">{outlines}</outline></body></opml>'.encode(), name="x.opml"
    )
    assert made == Problem("x.opml", "OPML with 31 feeds: briefreader sources import x.opml", skipped=True)


def test_toml_frontmatter_is_read() -> None:
    head = 'title = "Toml head"\ndate = 2026-10-02T08:30:00Z\nauthors = ["Ana", "Ben"]'
    text = f'+++\n{head}\n[taxonomies]\ntags = ["prices"]\n+++\n\n{PROSE}\n'
    made = only(text, "a.md")
    assert (made.title, made.published, made.author, made.tags) == (
        "Toml head",
        "2026-10-02T08:30:00Z",
        "Ana, Ben",
        ("prices",),
    )
    assert made.body == PROSE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See [[a/note|the note]] and [[Other]].", "See the note and Other."),
        ("A ==marked passage== of text, and a == b.", "A marked passage of text, and a == b."),
        ("> [!tip]+ Read this\n> It is short.", "> **Read this**\n> \n> It is short."),
        ("> [!warning]\n> Mind.", "> **Warning**\n> \n> Mind."),
        ("The end of it. ^ab12cd", "The end of it."),
        ("Seen %%not by you%% here.", "Seen  here."),
        ("- A block\n  id:: 64f0c0de-0000-4000-8000-000000000000\n  collapsed:: true\n- Next", "- A block\n- Next"),
        ("Refer ((64f0c0de-0000-4000-8000-000000000000)) now {{embed [[x]]}}", "Refer  now x"),
        ("`[[a|b]]` and ``==x==``", "`[[a|b]]` and ``==x==``"),
        ("```\n[[a|b]] ^id\n```", "```\n[[a|b]] ^id\n```"),
        ("std::vector and a^2 and x[[0]]", "std::vector and a^2 and x[[0]]"),
    ],
)
def test_syntax_of_note_programs_becomes_markdown(text: str, expected: str) -> None:
    assert to_markdown(text) == expected


def test_properties_of_a_logseq_page_are_fields() -> None:
    made = only(f"title:: Thought\nauthor:: [[Kay]]\ntags:: prices, agents\n\n- {PROSE}\n", "a.md")
    assert (made.title, made.author, made.tags) == ("Thought", "Kay", ("prices", "agents"))


@given(st.text(st.sampled_from("[]|=!>%^:(){} \nab"), max_size=60))
def test_note_syntax_never_fails_and_keeps_other_text(text: str) -> None:
    made = to_markdown(text)
    assert set(made) <= set(text) | set("*\n> ") | set("Ab")
