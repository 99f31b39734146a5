"""Detect the format of a file by its content and by the suffix of its name."""

from __future__ import annotations

import re
from pathlib import PurePath

from briefreader.reading.charset import utf16

SUFFIXES = {
    ".txt": "txt", ".text": "txt", ".md": "md", ".markdown": "md", ".mdown": "md", ".mdx": "md", ".html": "html",
    ".htm": "html", ".xhtml": "html", ".eml": "eml", ".mbox": "mbox", ".xml": "feed", ".rss": "feed", ".atom": "feed",
    ".opml": "opml", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".pdf": "pdf", ".epub": "epub",
    ".docx": "docx", ".emlx": "eml", ".rdf": "feed", ".csv": "csv", ".tsv": "csv", ".vtt": "vtt", ".srt": "vtt",
}  # fmt: skip
SNIFFED_BYTES = 8192
_HEADER = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,60}:[^\n]{0,2000}\r?\n(?:[ \t][^\n]{0,2000}\r?\n){0,200}){2,}")
_MAIL_NAMES = re.compile(
    rb"^(?:received|return-path|delivered-to|message-id|mime-version|from|subject|date|to|cc|reply-to|content-type"
    rb"|x-[\w-]+):",
    re.I | re.M,
)
_DATED_OR_SENT = re.compile(rb"^(?:date:[^\n]*\d|(?:to|cc|reply-to):[^\n]*@|content-type:)", re.I | re.M)
# an article that newsboat pipes as text
_PIPED = re.compile(rb"(?:Feed: [^\n]*\n)?Title: [^\n]*\n(?:[A-Z][a-z]+: [^\n]*\n){1,8}\n")
_ONLY_SUBJECT = re.compile(rb"subject:[ \t]*\S[^\n]{0,500}\r?\n\r?\n", re.I)
_MARKDOWN = re.compile(r"(?m)^#{1,6} \S|^(?:[-*+]|\d+\.) \S|\[[^\]\n]+\]\([^)\n]+\)|^```|\*\*\S")
_SIGNS = (
    ("vtt", re.compile(rb"WEBVTT\b|(?:\d+[ \t]*\r?\n)?(?:\d+:)?\d\d:\d\d[.,]\d{3}[ \t]*-->")),
    ("jsonl", re.compile(rb"(?:\[\s*)?\{\s*\"[^\"\n]{1,100}\"\s*:")),
    (
        "csv",
        re.compile(
            rb"\"?(?:highlight\"?,\"?book title|title\"?,\"?url\"?,\"?time_added|url\"?,\"?title\"?,\"?selection)", re.I
        ),
    ),
)
# Apple Mail puts the length of a message before it, other programs the separator of an mbox
_BEFORE_HEADER = re.compile(rb"(?:\d{1,9}[ \t]*|>From [^\n]{0,300})\r?\n")
_TEXT = bytes([8, 9, 10, 12, 13, 27, *range(32, 256)])  # bytes that occur in text
_BINARY = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"MZ", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"Rar!",
    b"SQLite format 3",
)  # fmt: skip


def sniff(head: bytes, name: str = "") -> str:
    """Return the format of a source that begins with ``head``: a key of ``read.READERS``, "mbox" or "binary"."""
    suffix = SUFFIXES.get(PurePath(name).suffix.lower(), "")
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _zipped(head, suffix)
    if head.startswith(_BINARY):
        return "binary"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or utf16(head):
        return suffix if suffix in ("txt", "md", "html", "jsonl", "feed", "opml", "eml") else "txt"
    sample = head[:SNIFFED_BYTES]
    if len(sample.translate(None, delete=_TEXT)) > len(sample) // 50:
        return "binary"
    return _text_format(sample.lstrip(b"\xef\xbb\xbf \t\r\n"), suffix)


def _text_format(text: bytes, suffix: str) -> str:
    """Return the format of a text by its beginning; ``suffix`` is the format for the suffix of its name, or ""."""
    start = text[:2000].lower()
    if text.startswith(b"From ") and _HEADER.match(text[text.find(b"\n") + 1 :]):
        return "mbox"
    if start.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf", b"<opml")):
        if b"<opml" in start:
            return "opml"
        if re.search(rb"<(?:rss|feed|rdf:rdf|channel)\b", start):
            return "feed"
        if b"<html" in start or b"xhtml" in start:
            return "html"
        return suffix if suffix in ("feed", "opml", "html", "md", "txt") else "feed"
    if re.match(rb"<(?:!doctype\s+html|html|head|body|table|div|meta|!--|p|style|title)\b|<!--", start):
        return suffix if suffix in ("md", "feed") else "html"
    if suffix not in ("md", "html", "jsonl") and _is_mail(text):
        return "eml"
    if suffix in ("", "txt") and (found := next((kind for kind, sign in _SIGNS if sign.match(text)), "")):
        return found
    if suffix:
        return suffix if suffix not in ("pdf", "epub", "docx") else "txt"
    return "md" if not _PIPED.match(text) and _MARKDOWN.search(text.decode("utf-8", "replace")) else "txt"


def _is_mail(text: bytes) -> bool:
    """Whether a text begins with the header of a mail.

    This requires only a subject, or two known fields that include a sender, a route, or a subject with a date,
    recipient or content type.
    """
    text = _BEFORE_HEADER.sub(b"", text, count=1)
    header = _HEADER.match(text)
    if not header:
        return _ONLY_SUBJECT.match(text) is not None
    names = {name.lower() for name in _MAIL_NAMES.findall(header.group())}
    transport = names & {b"from:", b"received:", b"return-path:", b"delivered-to:"}
    return len(names) >= 2 and bool(transport or (b"subject:" in names and _DATED_OR_SENT.search(header.group())))


def _zipped(head: bytes, suffix: str) -> str:
    """Return the format of a zip archive: "epub", "docx" or "binary"."""
    if b"application/epub+zip" in head[:200]:
        return "epub"
    if b"word/" in head or suffix == "docx":
        return "docx"
    return suffix if suffix == "epub" else "binary"
