"""Check that hostile input gives a briefing or a problem, in bounded time, without exceptions."""

import io
import os
import socket
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefreader.model import Briefing, Problem
from briefreader.reading import build_briefing, csv_exports, feed, files, mbox, read
from briefreader.reading.read import READERS

HEAD = b"From: Oak <oak@mail.example>\nSubject: Hello\nMIME-Version: 1.0\n"
BOUND = 20.0  # CPU seconds that no input here may take on a slow machine; quadratic behaviour takes minutes


def label(value: object) -> str:
    """Return a short test ID, since inputs are long and unprintable."""
    return ascii(value)[:30].replace("[", "(").replace("]", ")")


def one(data: bytes, name: str, format: str = "") -> Briefing | Problem:
    begin = time.process_time()
    (made,) = read(data, name=name, format=format)
    assert time.process_time() - begin < BOUND
    assert understood(made), made
    return made


def understood(made: Briefing | Problem) -> bool:
    """Check that input was read or refused, not by an unexpected exception."""
    return isinstance(made, Briefing) or not made.message.startswith("could not be parsed")


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def nested(depth: int) -> bytes:
    parts = b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (i, i + 1) for i in range(depth))
    return HEAD + b"Content-Type: multipart/mixed; boundary=b0\n\n" + parts + b"--b%d\n\ninnermost\n" % depth


MAILS = {
    "unknown charset": HEAD + b"Content-Type: text/plain; charset=klingon-8\n\nCaf\xc3\xa9 opens, as the mayor said.\n",
    "wrong charset": HEAD + b"Content-Type: text/plain; charset=utf-8\n\nCaf\xe9 opens, as the mayor said.\n",
    "utf-7": HEAD + b"Content-Type: text/plain; charset=utf-7\n\n+ADw-script+AD4- is text to us.\n",
    "codec that is none": HEAD + b"Content-Type: text/plain; charset=hex\n\nThis is no hex at all.\n",
    "broken message id": HEAD + b"Message-ID: <[>\n\nBody of the mail, short and plain.\n",
    "broken encoded word": HEAD + b"X: 1\nSubject: =?utf-8?b?=====?= =?x?q?\n\nBody of the mail, short and plain.\n",
    "parentheses": b"From: " + b"(" * 50_000 + b"\nSubject: x\n\nBody of the mail, short and plain.\n",
    "recipients": HEAD + b"To: " + b", ".join(b"a%d@b.example" % i for i in range(20_000)) + b"\n\nBody of the mail.\n",
    "parameters": HEAD
    + b"Content-Type: text/plain"
    + b"; a=b" * 1_000_000
    + b"\n\nBody of the mail, short and plain.\n",
    "nested": nested(200),
    "deep": nested(1200),
    "boundary missing": HEAD + b"Content-Type: multipart/mixed\n\nBody of the mail, short and plain.\n",
    "broken base64": HEAD + b"Content-Transfer-Encoding: base64\n\n@@@@ not base64 at all\n",
    "date": HEAD + b"Date: Thu, 99 Foo 2090 99:99:99 +9999\n\nBody of the mail, short and plain.\n",
}

UNREADABLE = {"deep": "nested too deeply"}


@pytest.mark.parametrize("name", MAILS)
def test_malformed_mail_is_read_or_reported(name: str) -> None:
    made = one(MAILS[name], "a.eml")
    if name in UNREADABLE:
        assert isinstance(made, Problem) and UNREADABLE[name] in made.message
        return
    assert isinstance(made, Briefing), made
    assert made.body and made.original.data == MAILS[name]
    assert made.published == ""


def test_charsets_are_decoded_correctly() -> None:
    for name in ("unknown charset", "wrong charset"):
        made = one(MAILS[name], "a.eml")
        assert isinstance(made, Briefing) and "Café opens" in made.body
    seven = one(MAILS["utf-7"], "a.eml")
    assert isinstance(seven, Briefing) and "<script>" not in seven.body


@pytest.mark.parametrize(
    "html",
    [
        b"<!--" * 20_000 + b"text",
        b"<!--[if mso]>" * 20_000 + b"text",
        b"<div>" * 50_000 + b"deep",
        b"<a href='x'>" * 5_000 + b"link",
        b"<table><tr><td>" * 3_000 + b"cell",
        b"<b>" * 20_000 + b"bold" + b"</b>" * 20_000,
        b"[" * 100_000 + b"<p>text",
        b"<p>" + b"*a " * 50_000,
        b"<p>" + b"x" * 1_000_000,
        b"<![CDATA[" * 10_000,
    ],
    ids=label,
)
def test_html_bomb_is_read_in_bounded_time(html: bytes) -> None:
    one(b"<html><body>" + html, "a.html")


def test_html_with_too_many_tags_is_refused() -> None:
    made = one(b"<html><body>" + b"<b>x" * 400_000, "a.html")
    assert isinstance(made, Problem) and "400,000 tags" in made.message


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1,1]\n" + "\n".join(f"b{i}: &y{i} [*x,*x,*x]" for i in range(50)),
        "<<: " + "{<<: " * 300 + "x",
        "a: " + "[" * 2000,
        "a: " + "- " * 5000,
        "title: !!python/object/apply:os.system [true]",
        "\n".join(f"k{i}: v" for i in range(5000)),
    ],
    ids=label,
)
def test_hostile_frontmatter_is_text(text: str) -> None:
    made = one(f"---\n{text}\n---\nThe body stays.\n".encode(), "a.md")
    assert isinstance(made, Briefing) and "The body stays" in made.body + made.title


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "**" * 30_000 + "a",
        "`" * 50_001,
        "> " * 20_000,
        "→ KEY INSIGHTS " * 5_000,
        "🏷 " * 10_000,
        "→ KEY INSIGHTS - **a:** b → SPONSORS " + "[{" * 20_000,
        "- " * 30_000,
        "| " * 30_000,
        "a.b." * 50_000,
        "Subscribe now. " * 10_000,
        "# " + "x" * 1_000_000,
        "x" * 1_000_000,
        "\n".join("a" for _ in range(30_000)),
        "https://a.example/" + "(" * 50_000,
        "&" * 50_000 + "<" * 50_000,
        "From: x\n" * 5_000,
        "a\n" + " " * 20_000 + "b",
        "## Episode metadata\n## Snips\n### [1:00] Untitled\n" + "\n" * 50_000 + "b",
        "## Episode metadata\n" + "<details>" * 20_000 + "\n## Snips\n### [1:00] x\n" + "<audio>" * 20_000,
    ],
    ids=label,
)
@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_text_against_regexes_is_read_in_bounded_time(text: str, name: str) -> None:
    made = one(text.encode(), name)
    assert isinstance(made, Briefing) or made.message == "contains no words"


def test_entities_and_external_files_of_xml_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden words")
    item = "<item><title>&s;</title><description>A plain entry of a feed, nothing more.</description></item>"
    doctype = f'<!DOCTYPE rss [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
    feed = f'<?xml version="1.0"?>{doctype}<rss><channel><title>t</title>{item}</channel></rss>'
    made = one(feed.encode(), "a.xml")
    assert isinstance(made, Briefing) and "hidden" not in made.title + made.body
    lol = "".join(f'<!ENTITY l{i + 1} "{f"&l{i};" * 10}">' for i in range(12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{lol}]><rss><channel>{item.replace("&s;", "&l12;")}'
    assert one(bomb.encode(), "a.xml")


def test_damaged_and_exploding_archives_are_problems() -> None:
    bomb = zipped({"word/document.xml": b"<a>" + b" " * 70_000_000})
    assert len(bomb) < 200_000
    for data, name, message in [
        (bomb, "a.docx", "implausible size"),
        (zipped({"word/document.xml": b"<a>" + b" " * 1_000_000}), "a.docx", "implausible size"),
        (zipped({"word/document.xml": b"not xml"}), "a.docx", "XML"),
        (zipped({"word/other.xml": b"<a/>"}), "a.docx", "no word/document.xml"),
        (zipped({"mimetype": b"application/epub+zip"}), "a.epub", "no META-INF/container.xml"),
        (b"PK\x03\x04 truncated word/", "a.docx", "not a zip archive"),
        (b"%PDF-1.7 nothing follows", "a.pdf", "the PDF is damaged"),
    ]:
        made = one(data, name)
        assert isinstance(made, Problem) and message in made.message, (name, made)


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "a.txt", "empty"),
        (b" \n\t\n", "a.md", "empty"),
        (bytes(range(256)) * 50, "a.txt", "not in a supported format"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "a.txt", "not in a supported format"),
        (b"{not json}\n", "a.jsonl", "JSON"),
        (b'{"a": 1}\n', "a.jsonl", "expected a"),
    ],
    ids=label,
)
def test_non_briefings_are_reported(data: bytes, name: str, message: str) -> None:
    made = one(data, name)
    assert isinstance(made, Problem) and message in made.message and made.path == name


def test_terminal_controls_are_removed_but_kept_in_the_original() -> None:
    body = "Body \x1b[31mred\x9b0m and \U000e0041tags in a text of some words."
    raw = f"Title \x1b]52;c;AAAA\x07\u202edlrow\n\n{body}\n".encode()
    made = one(raw, "a.txt")
    assert isinstance(made, Briefing) and made.original.data == raw
    for text in (made.title, made.body, *(i.text for i in made.insights)):
        assert not set(text) & set("\x1b\x07\x9b\u202e\U000e0041")


def test_markup_of_the_app_is_text() -> None:
    made = one(b"[bold]A title[/]\n\nSome [@click=app.quit]words[/] and [/ more of them here.\n", "a.txt")
    assert isinstance(made, Briefing)
    assert made.title == "[bold]A title[/]" and "[@click=app.quit]words[/] and [/ more" in made.body


def test_devices_pipes_sockets_and_loops_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.md"))
        (tmp_path / "loop").symlink_to(tmp_path)
        (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
        (tmp_path / "device.txt").symlink_to("/dev/zero")
        (tmp_path / "fine.txt").write_text("A fine note\nIt says what it says and no more.")
        (tmp_path / ".hidden.txt").write_text("not read")
        made = list(read(tmp_path))
    assert [m.title for m in made if isinstance(m, Briefing)] == ["A fine note"]
    problems = {Path(m.path).name: m.message for m in made if isinstance(m, Problem)}
    assert "pipe" in problems["pipe.txt"] and "socket" in problems["socket.md"] and "device" in problems["device.txt"]
    assert set(problems) == {"pipe.txt", "socket.md", "device.txt", "loop", "gone.txt"}


def test_too_large_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 1_000_000)
    monkeypatch.setattr(mbox, "MAX_MESSAGE_BYTES", 1_000)
    made = one(b"word " * 200_001, "a.txt")
    assert isinstance(made, Problem) and "larger than 1 MB" in made.message
    assert isinstance(one(b"word " * 200_000, "a.txt"), Briefing)
    monkeypatch.setattr(build_briefing, "MAX_CHARACTERS", 600_000)
    for name, head in (("a.txt", b""), ("a.eml", HEAD + b"\n")):
        text = one(head + b"word " * 120_001, name)
        assert isinstance(text, Problem) and "a text of more than" in text.message
    monkeypatch.setattr(feed, "MAX_ENTRIES", 2)
    monkeypatch.setattr(csv_exports, "MAX_ROWS", 2)
    items = b"".join(b"<item><title>Note %d</title></item>" % n for n in range(3))
    for data, name in (
        (b"<rss><channel>" + items + b"</channel></rss>", "a.xml"),
        (b"title,text\n\n" + b"a,b\n" * 3, "a.csv"),
    ):
        left_out, *found = read(data, name=name)
        assert isinstance(left_out, Problem) and "only the first 2 " in left_out.message
        assert len(found) == 2 and all(isinstance(m, Briefing) for m in found)
    start = b"From a@b.example Tue Jun  3 08:00:00 2025\n"
    box = b"".join(start + HEAD + b"\n" + b"word " * count + b"\n\n" for count in (20, 400, 20))
    small, large, last = read(box, name="box.mbox")
    assert isinstance(small, Briefing) and isinstance(last, Briefing)
    assert isinstance(large, Problem) and large.path == "box.mbox#2" and "larger" in large.message


def test_folders_are_read_to_a_maximum_depth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_DEPTH", 2)
    (tmp_path / "1" / "2" / "3").mkdir(parents=True)
    for folder in ("1/2", "1/2/3"):
        (tmp_path / folder / "a.txt").write_text("A note of some words.")
    found, problem = sorted(read(tmp_path), key=lambda made: isinstance(made, Problem))
    assert isinstance(found, Briefing) and found.original.path == str(tmp_path / "1/2/a.txt")
    assert isinstance(problem, Problem) and problem.path == str(tmp_path / "1/2/3")


@pytest.mark.parametrize("becomes", ["nothing", "a pipe", "a folder"])
def test_file_that_disappears_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, becomes: str) -> None:
    refusal = files.refusal

    def looked_at(path: Path) -> str:
        reason = refusal(path)
        path.unlink()
        if becomes == "a pipe":
            os.mkfifo(path)
        elif becomes == "a folder":
            path.mkdir()
        return reason

    monkeypatch.setattr(files, "refusal", looked_at)
    (tmp_path / "note.txt").write_text("A note\nthat will be gone.")
    (made,) = read(tmp_path)
    assert isinstance(made, Problem) and "cannot be read" in made.message


@pytest.mark.parametrize("path", ["a" * 5000, "nul\0in it", "~nosuchuser/x", "a/" * 3000, "\udcff"])
def test_impossible_path_is_a_problem(path: str) -> None:
    (made,) = read(path)
    assert isinstance(made, Problem) and made.message


def test_missing_path_is_a_problem(tmp_path: Path) -> None:
    (made,) = read(tmp_path / "none.txt")
    assert isinstance(made, Problem) and "No such file" in made.message


def check(made: Briefing | Problem) -> None:
    assert understood(made), made
    if isinstance(made, Problem):
        assert made.message
        return
    assert made.title and made.id == ""
    assert [i.number for i in made.insights] == list(range(1, len(made.insights) + 1))
    for insight in made.insights:
        assert 0 <= insight.start < insight.end <= len(made.body)
        assert insight.text.strip()
    for section in made.sections:
        assert 0 <= section.start <= len(made.body)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600), st.sampled_from(["", *READERS]))
def test_arbitrary_bytes_never_raise(data: bytes, format: str) -> None:
    for made in read(data, name="x", format=format):
        check(made)


PIECES = st.sampled_from(
    "→ KEY INSIGHTS|- **T:** |**|[a](https://b.example)|\n|\n\n|# H\n|## TL;DR\n\n|1. |> |```\n|<p>|</b>|<table>|<td>"
    "|&amp;|From: a\n|Subject: b\n|\n\n--x\n|Unsubscribe|Forwarded message|🏷️ x, y|A sentence of seven words is here."
    "|--- |\\*|_a_|\n\\| a \\| b |{\"title\": 1}|\ufeff|\u200b|é|中文句子。|\x00|\x1b[0m".split("|")
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from(["txt", "md", "html", "mail-html", "eml", "mbox"]))
def test_structured_noise_never_raises(text: str, format: str) -> None:
    for made in read(text.encode(), name="x", format=format):
        check(made)


MANY = b" ".join(b'a%d="v%d"' % (n, n) for n in range(200_000))
TAGS_OF_MANY_ATTRIBUTES = {
    "a.html": b"<html><body><p " + MANY + b">The agents plan their steps.</p></body></html>",
    "b.html": b"<html><head><meta " + MANY + b"></head><body>The agents plan their steps.</body></html>",
    "c.xml": b'<rss version="2.0"><channel><title>T</title><item ' + MANY + b"><title>x</title></item></channel></rss>",
    "d.xml": b'<rss version="2.0"><channel><title>T</title><item ' + MANY + b"><title>x</titl></item></channel></rss>",
    "f.html": b"<p>"
    + MANY.replace(b'="', b'="> <b ')
    + b"</p><p "
    + MANY.replace(b'="', b'="> <b ')
    + b">Agents plan.</p>",
    "e.eml": HEAD
    + b"Content-Type: text/html\n\n<p "
    + MANY.replace(b" ", b"\n")
    + b">The agents plan their steps.</p>",
}


@pytest.mark.parametrize("name", TAGS_OF_MANY_ATTRIBUTES)
def test_tag_with_200_000_attributes_takes_linear_time(name: str) -> None:
    one(TAGS_OF_MANY_ATTRIBUTES[name], name)


def test_mail_with_unreadable_html_keeps_its_text() -> None:
    parts = b"--b\nContent-Type: text/plain\n\nThe agents plan their steps and call tools.\n--b\n"
    html = b"Content-Type: text/html\n\n<p " + MANY.replace(b" ", b"\n") + b">The agents plan.</p>\n--b--\n"
    made = one(HEAD + b"Content-Type: multipart/alternative; boundary=b\n\n" + parts + html, "a.eml")
    assert isinstance(made, Briefing)
    assert "call tools" in made.body
