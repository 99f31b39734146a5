"""Tests of reading each format."""

import base64
import io
import json
import zipfile
from pathlib import Path

import pytest

from briefreader.model import Briefing, Problem
from briefreader.reading import office as reading_office
from briefreader.reading import read, read_original
from briefreader.reading.identity import fingerprint
from briefreader.reading.sniff import sniff

PROSE = (
    "The harbour board raised its fees for the third time this year. Captains say that they will wait outside until "
    "the tide of prices turns. The board answers that dredging is not free, and that nobody had offered to do it."
)


def briefings(data: bytes, name: str) -> list[Briefing]:
    made = list(read(data, name=name))
    assert all(isinstance(m, Briefing) for m in made), made
    return [m for m in made if isinstance(m, Briefing)]


def only(data: bytes, name: str) -> Briefing:
    (made,) = briefings(data, name)
    return made


def mail(subject: str, body: str, *, kind: str = "plain", more: str = "") -> bytes:
    head = f"From: Ana Ruiz from Pier Notes <pier@mail.example>\nSubject: {subject}\n{more}"
    return f"{head}Date: Tue, 03 Jun 2025 08:00:00 +0200\nContent-Type: text/{kind}; charset=utf-8\n\n{body}\n".encode()


FEED = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Pier Notes</title><link>https://pier.example/</link><language>en-gb</language>
<item><title>Fees &amp; tides</title><link>https://pier.example/p/fees?utm_source=rss</link><category>harbour</category>
<pubDate>Tue, 03 Jun 2025 08:00:00 GMT</pubDate>
<content:encoded><![CDATA[<p>{PROSE}</p><ul><li>one</li></ul>]]></content:encoded>
</item><item><title>Second</title><description>A short word on ropes, knots and who ties them.</description></item>
</channel></rss>""".encode()


def test_feed_entry_is_a_briefing() -> None:
    first, second = briefings(FEED, "feed.xml")
    assert (first.title, first.source, first.url) == ("Fees & tides", "Pier Notes", "https://pier.example/p/fees")
    assert (first.published, first.language, first.tags) == ("2025-06-03T08:00:00Z", "en", ("harbour",))
    assert first.body == f"{PROSE}\n\n- one"
    assert second.body == "A short word on ropes, knots and who ties them."


def test_stored_originals_are_read_again_the_same() -> None:
    sources = [(FEED, "f.xml"), (b'{"title": "A", "text": "' + PROSE.encode() + b'"}\n{"title": "B"}', "a.jsonl")]
    for data, name in sources:
        for made in briefings(data, name):
            (again,) = read_original(made.original)
            assert again == made


def test_atom_feed_is_read() -> None:
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Pier</title><entry><title>T</title><id>urn:1</id>
    <link href="https://pier.example/t"/><updated>2025-06-03T08:00:00Z</updated><author><name>Ana</name></author>
    <content type="html">&lt;h2&gt;Head&lt;/h2&gt;&lt;p&gt;{PROSE}&lt;/p&gt;</content></entry></feed>"""
    made = only(atom.encode(), "a.atom")
    assert (made.source, made.author, made.url) == ("Pier", "Ana", "https://pier.example/t")
    assert made.body.startswith("## Head\n\nThe harbour") and made.sections[0].title == "Head"


def test_json_insights_are_stated_and_unchanged() -> None:
    given = [
        {"title": "Fees **up**", "text": "They rose; a third time.  Twice spaced."},
        {"text": "Untitled one, as it is."},
    ]
    record = {"title": "T", "text": PROSE, "source": "Pier", "published": "2025-06-03", "insights": given}
    made = only(json.dumps(record).encode(), "a.jsonl")
    assert [(i.kind, i.text) for i in made.insights] == [("stated", str(g["text"])) for g in given]
    assert made.insights[0].title == "Fees **up**"
    assert made.body.startswith(PROSE)
    for insight in made.insights:
        assert " ".join(insight.text.split()) in made.body[insight.start : insight.end]


@pytest.mark.parametrize("indent", [None, 2])
def test_json_file_is_read(indent: int | None) -> None:
    records = [{"title": "A", "text": PROSE}, {"title": "B"}]
    assert [m.title for m in briefings(json.dumps(records, indent=indent).encode(), "a.json")] == ["A", "B"]
    (single,) = briefings(json.dumps(records[0], indent=2).encode(), "a.json")
    assert (single.title, single.body) == ("A", PROSE)


def test_json_lines_with_a_bad_line_reads_the_others() -> None:
    made = list(read(b'{"title":"A"}\nnope\n{"title":"B"}\n', name="a.jsonl"))
    assert [getattr(m, "title", None) for m in made] == ["A", None, "B"]
    assert isinstance(made[1], Problem) and made[1].where.startswith("2:")


def test_mail_has_author_publisher_date_and_web_version() -> None:
    html = f'<p><a href="https://pier.example/p/12?utm_medium=mail">View in browser</a></p><h1>Fees</h1><p>{PROSE}</p>'
    made = only(mail("=?utf-8?q?Fees_r=C3=B6se?=", html, kind="html"), "a.eml")
    assert (made.title, made.author, made.source) == ("Fees röse", "Ana Ruiz", "Pier Notes")
    assert (made.published, made.url) == ("2025-06-03T06:00:00Z", "https://pier.example/p/12")
    assert made.body == f"# Fees\n\n{PROSE}"
    assert [c.kind for c in made.cuts] == ["browser"]


def test_escaped_quotes_in_a_subject_are_unescaped() -> None:
    assert only(mail(r"\"Fees are a promise\"", PROSE), "a.eml").title == '"Fees are a promise"'


def test_forwarded_mail_is_read_as_the_original() -> None:
    mark = "---------- Forwarded message ---------"
    run = f"{mark}\nFrom: Pier Notes <p@m.example>\nDate: Mon, 2 Jun 2025 at 09:00\nSubject: Fees"
    forwarded = mail(
        "Fwd: Fees", f"For you!\n\n{run}\nTo: me@a.example\n\n{PROSE * 3}", more="References: <orig@x.example>\n"
    )
    made = only(forwarded, "f.eml")
    assert (made.title, made.source, made.published[:10]) == ("Fees", "Pier Notes", "2025-06-02")
    assert made.original.message_id == "orig@x.example"
    assert made.body == PROSE * 3 and made.cuts[0].kind == "forwarded"


def test_forwarded_mail_loses_its_quote_markers() -> None:
    run = "Begin forwarded message:\n\n> From: Pier Notes <p@m.example>\n> Subject: Fees\n> Date: 2 June 2025\n"
    quoted = "\n".join(f"> {paragraph}\n>" for paragraph in (PROSE, PROSE[::-1]))
    made = only(mail("Fwd: Fees", f"{run}>\n{quoted}"), "f.eml")
    assert made.body == f"{PROSE}\n\n{PROSE[::-1]}"
    reply = only(mail("Fwd: Fees", f"{run}\n{PROSE}\n\n> {PROSE[::-1]}"), "f.eml")
    assert f"> {PROSE[::-1]}" in reply.body


def test_mail_with_a_wrong_boundary_is_read() -> None:
    html = base64.b64encode(f"<p>{PROSE}</p>".encode()).decode()
    parts = f"--b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n{html}\n--b--\n"
    head = "From: a@b.example\nSubject: S\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=other\n\n"
    assert only((head + parts).encode(), "a.eml").body == PROSE


def test_mail_in_a_mail_is_read() -> None:
    inner = mail("Fees", PROSE, more="Message-ID: <in@x.example>\n")
    outer = (
        b"From: me@a.example\nSubject: Fwd\nMessage-ID: <out@x.example>\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nsee this\n--b\nContent-Type: message/rfc822\n\n" + inner + b"\n--b--\n"
    )
    made = only(outer, "o.eml")
    assert (made.title, made.original.message_id, made.body) == ("Fees", "in@x.example", PROSE)


def test_mbox_is_streamed_message_by_message() -> None:
    quoted = mail("Two", PROSE.replace("The board", "\n>From the board"))
    stream = io.BytesIO(b"From a@b.example Tue Jun  3 08:00:00 2025\n" + mail("One", PROSE) + b"\n"
                        b"From a@b.example Tue Jun  3 08:00:00 2025\r\n" + quoted)  # fmt: skip
    made = list(read(stream, name="box.mbox"))
    assert [m.title for m in made if isinstance(m, Briefing)] == ["One", "Two"]
    assert isinstance(made[1], Briefing) and "\nFrom the board" in made[1].body
    assert [m.original.path for m in made] == ["box.mbox#1", "box.mbox#2"]


PAGE = f"""<!doctype html><html lang="en"><head><title>Fees rose | Pier</title><link rel="stylesheet" href="x.css">
<meta property="og:site_name" content="Pier"><link rel="canonical" href="https://www.pier.example/p/fees">
<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Fees rose","datePublished":"2025-06-03",
"author":[{{"name":"Ana Ruiz"}}]}}</script><script src="a.js"></script></head>
<body><nav><a href="/">Home</a> <a href="/x">Shop</a></nav>
<article><h1>Fees rose</h1><p>{PROSE}</p><p>{PROSE[::-1]}</p><pre>code  here
  kept</pre></article>
<footer>About us and our cookies</footer></body></html>"""


def test_web_page_is_reduced_to_its_article() -> None:
    made = only(PAGE.encode(), "page.html")
    assert (made.title, made.source, made.author) == ("Fees rose", "Pier", "Ana Ruiz")
    assert (made.published, made.url) == ("2025-06-03", "https://www.pier.example/p/fees")
    assert PROSE in made.body and "Shop" not in made.body and "cookies" not in made.body
    assert "```\ncode  here\n  kept\n```" in made.body


def test_page_title_loses_the_name_of_the_site() -> None:
    head = (
        '<title>Fees rose | Pier</title><meta property="og:site_name" content="Pier"><link rel="stylesheet" href="x">'
    )
    page = f"<html><head>{head}</head><body><nav></nav><article><p>{PROSE}</p></article></body></html>"
    assert only(page.encode(), "page.html").title == "Fees rose"
    other = page.replace('content="Pier"', 'content="Quay"')
    assert only(other.encode(), "page.html").title == "Fees rose - Pier"


def test_mail_html_keeps_exactly_the_visible_text() -> None:
    html = (
        '<div style="display:none">preheader padding text</div><!--[if mso]><p>outlook only</p><![endif]-->'
        '<!--[if !mso]><!--><table role="presentation"><tr><td><h2>Big <b>head</b></h2></td></tr><tr><td>'
        '<ol><li>first <a href="https://a.example/?utm_source=x">link</a></li><li>second<ul><li>deep</li></ul></li></ol>'
        "<blockquote>quoted<br>twice</blockquote>2 * 3 is <em>six</em> &lt;b&gt;"
        "<table><tr><th>Year</th><th>Fee</th></tr><tr><td>2025</td><td>9</td></tr></table></td></tr></table><!--<![endif]-->"
    )
    made = only(mail("S", html, kind="html"), "a.eml")
    assert made.body == (
        "## Big head\n\n1. first [link](https://a.example/)\n2. second\n   - deep\n\n> quoted\n> twice\n\n"
        "2 \\* 3 is *six* \\<b>\n\n| Year | Fee |\n| --- | --- |\n| 2025 | 9 |"
    )


def office(members: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def test_word_document_is_read() -> None:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    head = '<w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:r><w:t>Fees</w:t></w:r></w:p>'
    item = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>Up</w:t></w:r></w:p>'
    )
    text = f"<w:p><w:r><w:t>{PROSE}</w:t></w:r></w:p>"
    core = '<c xmlns:dc="d"><dc:title>Harbour</dc:title><dc:creator>Ana</dc:creator></c>'
    document = f"<w:document {w}><w:body>{head}{text}{item}{item}</w:body></w:document>"
    made = only(office({"word/document.xml": document, "docProps/core.xml": core}), "a.docx")
    assert (made.title, made.author) == ("Harbour", "Ana")
    assert made.body == f"## Fees\n\n{PROSE}\n\n- **Up**\n- **Up**"


def test_word_document_keeps_its_footnotes() -> None:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    run = '<w:p><w:r><w:t>Fees rose.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>For cranes *only*.</w:t></w:r></w:p></w:footnote>'
    separator = '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:t>x</w:t></w:r></w:p></w:footnote>'
    members = {
        "word/document.xml": f"<w:document {w}><w:body>{run}</w:body></w:document>",
        "word/footnotes.xml": f"<w:footnotes {w}>{separator}{note}</w:footnotes>",
    }
    assert only(office(members), "a.docx").body == "Fees rose.[^2]\n\n[^2]: For cranes \\*only\\*."


def pdf(*pages: list[str]) -> bytes:
    """Return a minimal PDF with pages of lines."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    kids = []
    for lines in pages:
        text = "BT /F 12 Tf 14 TL 50 700 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        font = "<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources{font}/Contents {number + 1} 0 R>>")
        objects.append(f"<</Length {len(text)}>>stream\n{text}\nendstream")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def test_pdf_sentence_continues_on_the_next_page() -> None:
    pytest.importorskip("pypdf", reason="the extra [pdf] is not installed")
    first = [
        "The harbour board raised its fees for the third time this year and cap-",
        "tains say that they will wait in-",
    ]
    second = ["side until the tide of prices turns.", "Then they sail."]
    body = only(pdf(first, second), "a.pdf").body
    assert "captains say that they will wait inside until the tide" in " ".join(body.split())


def test_pdf_beyond_the_limit_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pypdf", reason="the extra [pdf] is not installed")
    pages = pdf(["The harbour board raised its fees."], ["Captains wait outside."])
    assert only(pages, "a.pdf").problems == ()
    monkeypatch.setattr("briefreader.reading.pdf.MAX_PAGES", 1)
    made = only(pages, "a.pdf")
    assert "Captains" not in made.body
    assert [problem.message for problem in made.problems] == ["is very long: only its first part was read"]


@pytest.mark.parametrize("start", ["[", '{"items": ['])
def test_json_records_beyond_the_limit_are_a_problem(start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefreader.reading.jsonl.MAX_RECORDS", 2)
    data = f'{start}{{"title": "A"}}, {{"title": "B"}}, {{"title": "C"}}]{"}" * (start != "[")}'
    *made, problem = read(data.encode(), name="a.json")
    assert [briefing.title for briefing in made if isinstance(briefing, Briefing)] == ["A", "B"]
    assert isinstance(problem, Problem) and problem.message == "only the first 2 records were read"


@pytest.mark.parametrize("data", [b"[]", b'{"items": []}'])
def test_json_list_without_entries_is_a_problem(data: bytes) -> None:
    (found,) = read(data, name="a.json")
    assert isinstance(found, Problem) and found.message == "is a list without entries"


def test_json_entry_that_is_no_object_is_a_problem() -> None:
    (found,) = read(b'{"items": [1]}', name="a.json")
    assert isinstance(found, Problem) and found.message.startswith('expected a "title"')


def test_epub_is_read_in_reading_order() -> None:
    opf = """<package xmlns:dc="d"><metadata><dc:title>Book</dc:title></metadata><manifest>
    <item id="a" href="a.xhtml"/><item id="b" href="b%20b.xhtml"/></manifest>
    <spine><itemref idref="b"/><itemref idref="a"/><itemref idref="a"/></spine></package>"""
    container = '<container><rootfiles><rootfile full-path="OPS/c.opf"/></rootfiles></container>'
    pages = {
        "OPS/a.xhtml": f"<html><body><p>{PROSE}</p></body></html>",
        "OPS/b b.xhtml": "<html><body><h1>One</h1></body></html>",
    }
    made = only(
        office({"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OPS/c.opf": opf, **pages}),
        "b.epub",
    )
    assert made.title == "Book" and made.body == f"# One\n\n{PROSE}"


def test_very_long_epub_is_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_office, "MAX_BOOK_CHARACTERS", 500)
    items = "".join(f'<item id="{n}" href="{n}.xhtml"/>' for n in range(5))
    spine = "".join(f'<itemref idref="{n}"/>' for n in range(5))
    members = {f"{n}.xhtml": f"<html><body><p>{n} {PROSE}</p></body></html>" for n in range(5)}
    members["c.opf"] = f"<package><manifest>{items}</manifest><spine>{spine}</spine></package>"
    members["META-INF/container.xml"] = '<container><rootfiles><rootfile full-path="c.opf"/></rootfiles></container>'
    made = only(office({"mimetype": "application/epub+zip", **members}), "b.epub")
    assert made.body == "\n\n".join(f"{n} {PROSE}" for n in range(3))
    assert "only its first part" in made.problems[0].message


SNIPD = """# Tides 12
## Episode metadata
- Show:: [[Harbour Radio]]
- Owner / Host:: [[Ana]]
- Episode link:: [open in Snipd](https://share.snipd.example/e/1)
- Episode publish date:: 2025-06-03
## Snips
### [11:36] Fees only ever rise
[🎧 Play snip - 1min️ (11:00 - 11:36)](https://share.snipd.example/s/1)
- They rose three times, and nobody asked.
---
### [20:01] Untitled
#### 💬 Quote
> A rope is a promise.
"""


def test_snipd_export_has_an_insight_per_snip() -> None:
    first, second = briefings((SNIPD + SNIPD.replace("Tides 12", "Tides 13")).encode(), "snips.md")
    assert (first.title, second.title) == ("Tides 12", "Tides 13")
    assert (first.source, first.author, first.published) == ("Harbour Radio", "Ana", "2025-06-03")
    assert [(i.title, i.kind) for i in first.insights] == [
        ("Fees only ever rise", "stated"),
        ("", "stated"),
    ]
    assert "nobody asked" in first.insights[0].text and fingerprint(first).digest != fingerprint(second).digest


def test_snipd_show_notes_follow_the_snips() -> None:
    notes = "<details>\n<summary>Show notes</summary>\n> The harbour,<br/>and who pays.\n</details>\n"
    made = only(SNIPD.replace("## Snips", f"{notes}## Snips").encode(), "snips.md")
    assert made.body.endswith("## Show notes\n\nThe harbour,\nand who pays.")
    assert len(made.insights) == 2


def test_snip_without_text_has_its_time_and_link() -> None:
    link = "https://share.snipd.example/s/9"
    text = (
        f"{SNIPD}### [30:00] Untitled\n[🎧 Play snip - 1min️ (29:00 - 30:00)]({link})\n<audio controls> </audio>\n---\n"
    )
    made = only(text.encode(), "snips.md")
    last = made.insights[-1]
    assert (last.title, last.text) == ("Snip at 30:00", "Play snip - 1min️ (29:00 - 30:00)")
    assert link in made.body[last.start : last.end] and "audio" not in made.body
    assert "Key insights" not in made.body  # each insight has its passage


def test_small_table_in_a_page_keeps_its_place() -> None:
    rows = "".join(f"<tr><td>{year}</td><td>{year % 100 * 9}</td></tr>" for year in (2024, 2025))
    table = f"<table><tr><th>Year</th><th>Boats</th></tr>{rows}</table>"
    page = (
        "<html><head><title>Berths</title><link rel=stylesheet href=x></head><body><nav><a href=/>Home</a></nav>"
        + f"<article><p>{PROSE}</p><p>{PROSE}</p>{table}<p>The end is near.</p><p>{PROSE}</p></article></body></html>"
    )
    body = only(page.encode(), "a.html").body
    assert "| 2024 | 216 |\n| 2025 | 225 |\n\nThe end is near." in body and "Home" not in body


def test_markdown_frontmatter_is_read() -> None:
    head = "title: 'Fees: up'\ndate: 2025-06-03\ntags: [harbour, fees]\nauthor: Ana\nurl: https://p.example/x\nno: yes"
    text = f"---\n{head}\n---\n# H\n\n{PROSE}\n"
    made = only(text.encode(), "a.md")
    assert (made.title, made.published, made.tags, made.author) == (
        "Fees: up",
        "2025-06-03",
        ("harbour", "fees"),
        "Ana",
    )
    assert made.url == "https://p.example/x" and made.body.startswith("# H")


@pytest.mark.parametrize("field", ["deep: " + "[" * 30 + "]" * 30, "a: &x 1\nb: *x"])
def test_unusual_frontmatter_is_read_line_by_line(field: str) -> None:
    made = only(f"---\ntitle: Fees\n{field}\n---\n{PROSE}\n".encode(), "a.md")
    assert made.title == "Fees" and "read line by line" in made.problems[0].message


NEWSBOAT = f"""Feed: Pier Notes
Title: Fees & *tides*
Author: Ana Ruiz
Date: Tue, 03 Jun 2025 08:00:00 +0200
Link: https://pier.example/p/fees

{PROSE} Read the minutes[1] or not[2].

* more

Links:
[1]: https://pier.example/minutes (link)
[2]: https://pier.example/not (link)
[3]: https://pier.example/crane.png (image)
"""


@pytest.mark.parametrize("name", ["a.txt", ""])
def test_article_piped_from_newsboat_keeps_its_fields(name: str) -> None:
    made = only(NEWSBOAT.encode(), name)
    assert (made.title, made.source, made.author) == ("Fees & *tides*", "Pier Notes", "Ana Ruiz")
    assert (made.published, made.url) == ("2025-06-03T06:00:00Z", "https://pier.example/p/fees")
    assert made.body.startswith("The harbour board")
    assert "](https://pier.example/minutes)" in made.body and "](https://pier.example/not)" in made.body


@pytest.mark.parametrize("head", ["Title: Tides\nNobody: knows\n", "Title: Tides\n", "Date: today\nAuthor: Ana\n"])
def test_text_that_begins_with_other_lines_keeps_them(head: str) -> None:
    made = only(f"{head}\n{PROSE}".encode(), "a.txt")
    assert head.split("\n")[-2] in f"{made.title}\n{made.body}"


def test_broken_frontmatter_is_read_line_by_line() -> None:
    made = only(f"---\ntitle: Fees: up: again\nauthor: [Ana\n---\n{PROSE}\n".encode(), "a.md")
    assert made.title == "Fees: up: again" and "frontmatter" in made.problems[0].message


def test_folder_is_read_completely_and_in_order(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.txt").write_text(f"Second\n{PROSE}")
    (tmp_path / "a.md").write_text(f"# First\n\n{PROSE}")
    (tmp_path / "sub" / "c.txt").write_text(f"Third\n{PROSE}")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    assert [m.title for m in read(tmp_path) if isinstance(m, Briefing)] == ["First", "Second", "Third"]


@pytest.mark.parametrize(
    ("head", "name", "format"),
    [
        (b"%PDF-1.4", "a.txt", "pdf"),
        (b"From a@b Tue Jun  3 08:00:00 2025\nFrom: a@b\nSubject: x\n\n", "a.txt", "mbox"),
        (b"Return-Path: <a@b>\nSubject: x\nDate: y\n\nbody", "", "eml"),
        (b"Subject: a poem\nDate: none\n\nwords", "a.txt", "txt"),
        (b"<!DOCTYPE html><html>", "a.txt", "html"),
        (b"<?xml version='1.0'?><rss>", "a", "feed"),
        (b"<?xml version='1.0'?><opml>", "a.xml", "opml"),
        ("# Title\n\ntext".encode("utf-16"), "a.md", "md"),
        (b"# Title\n\n- item\n", "", "md"),
        (b"plain words", "", "txt"),
        (b'{"title": "x"}\n', "", "jsonl"),
        (b"\x00\x01\x02" * 100, "a.txt", "binary"),
    ],
)
def test_format_is_detected_from_bytes_then_name(head: bytes, name: str, format: str) -> None:
    assert sniff(head, name) == format


def test_folders_of_mail_programs_are_read(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / "Maildir" / folder).mkdir(parents=True)
    (tmp_path / "Maildir" / "cur" / "1700000001.M1P2.host:2,S").write_bytes(mail("A letter read", PROSE))
    (tmp_path / "Maildir" / "new" / "1700000002.M2P2.host").write_bytes(mail("A letter unread", PROSE[50:]))
    (tmp_path / "Maildir" / "tmp" / "1700000003.M3P2.host").write_bytes(mail("A letter half delivered", PROSE[60:]))
    (tmp_path / "Newsletters").write_bytes(
        b"From pier@mail.example Tue Jun  3 08:00:00 2025\n" + mail("An mbox", PROSE)
    )
    (tmp_path / "Newsletters.msf").write_text("From the index of a mail program")
    (tmp_path / "Makefile").write_text("all:\n\ttouch all\n")
    (tmp_path / "cur").mkdir()
    (tmp_path / "cur" / "of-no-maildir").write_text("Fees have risen.")
    found = list(read(tmp_path))
    assert [made.title if isinstance(made, Briefing) else made for made in found] == [
        "A letter read",
        "A letter unread",
        "An mbox",
    ]


def test_mails_in_a_folder_are_read_with_any_name(tmp_path: Path) -> None:
    letters = {
        "17": mail("Numbered", PROSE),
        "1700.M1": mail("Of flags", PROSE[20:]),
        "letter.mail": mail("Of its own suffix", PROSE[40:]),
        "note.txt": f"Subject: Subject first\nFrom: ana@pier.example\n\n{PROSE[60:]}\n".encode(),
        "short.txt": f"Subject: Subject alone\n\n{PROSE[80:]}\n".encode(),
        "x.emlx": (lambda m: str(len(m)).encode() + b"\n" + m + b"<?xml version='1.0'?>")(mail("Apple", PROSE[100:])),
        "z.tmp": b">From pier Tue Jun  3 08:00:00 2025\n" + mail("Quoted separator", PROSE[50:]),
    }
    for name, data in letters.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "Makefile").write_text("all: a\n\ttouch all\n")
    (tmp_path / "old.msg").write_bytes(b"\xd0\xcf\x11\xe0")
    made = list(read(tmp_path))
    assert [m.title for m in made if isinstance(m, Briefing)] == [
        "Numbered", "Of flags", "Of its own suffix", "Subject first", "Subject alone", "Apple", "Quoted separator",
    ]  # fmt: skip
    (skipped,) = [m for m in made if isinstance(m, Problem)]
    assert skipped.skipped and skipped.message == "Outlook messages (.msg) are not supported"


def test_title_of_a_page_prefers_its_name_over_a_description() -> None:
    data = '{"@type": "Article", "name": "Oak tree", "headline": "genus of plants with acorns"}'
    page = (
        f'<title>Oak tree - Wiki</title><script type="application/ld+json">{data}</script><h1>Oak tree</h1><p>{PROSE}'
    )
    assert only(page.encode(), "a.html").title == "Oak tree"
    unnamed = page.replace('"name": "Oak tree", ', "")
    assert only(unnamed.encode(), "a.html").title == "Oak tree - Wiki"


def test_title_of_a_page_is_its_visible_headline() -> None:
    data = '{"@type": "NewsArticle", "headline": "Fees rise again"}'
    page = f'<title>Fees rise again | Pier</title><script type="application/ld+json">{data}</script><p>{PROSE}'
    assert only(page.encode(), "a.html").title == "Fees rise again"
