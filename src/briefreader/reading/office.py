"""Read ``.docx`` and ``.epub`` files, zip archives of XML; zip bombs are rejected before they are unpacked."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import unquote

from briefreader.display import one_line
from briefreader.errors import ReadingError
from briefreader.markdown import escape
from briefreader.model import Original, Problem
from briefreader.reading import dates, urls
from briefreader.reading.draft import Draft
from briefreader.reading.html import parse
from briefreader.reading.html_to_markdown import to_markdown
from briefreader.reading.tables import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

MAX_MEMBER_BYTES = 60_000_000  # maximum unpacked size of a file in the archive
MAX_COMPRESSION_RATIO = 200  # maximum ratio of the unpacked size to the packed size (at least 1,000 bytes)
MAX_BOOK_CHARACTERS = 6_000_000  # chapters after this many characters are not read, which is reported
_RELATIONS = "word/_rels/document.xml.rels"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def _open(original: Original) -> zipfile.ZipFile:
    """Return the zip archive of a document; raise ReadingError if it is damaged."""
    try:
        return zipfile.ZipFile(io.BytesIO(original.data))
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ReadingError("the file is damaged: not a zip archive") from error


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the content of a file in the archive.

    Raises:
        ReadingError: it is missing, damaged, encrypted, or unpacks to an implausible size.
    """
    try:
        info = archive.getinfo(name)
        if info.file_size > MAX_MEMBER_BYTES or info.file_size > MAX_COMPRESSION_RATIO * max(info.compress_size, 1000):
            raise ReadingError(f"{one_line(name, 80)} unpacks to an implausible size")
        with archive.open(info) as member:
            return member.read(MAX_MEMBER_BYTES)
    except KeyError as error:
        raise ReadingError(f"the file is damaged: no {one_line(name, 80)}") from error
    # zipfile raises RuntimeError for an encrypted file, NotImplementedError for an unknown compression
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, NotImplementedError, ValueError) as error:
        raise ReadingError(f"the file is damaged: {one_line(name, 80)} cannot be unpacked") from error


def _xml(data: bytes) -> _Element:
    """Return parsed XML without resolved entities; raise ReadingError if it is invalid."""
    from lxml import etree

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ReadingError("the file is damaged: invalid XML") from error
    if root is None:
        raise ReadingError("the file is damaged: empty XML")
    return root


def read_docx(original: Original) -> Iterator[Draft | Problem]:
    """Yield a Word document as one draft; raise ReadingError if it is damaged or contains no text.

    Headings, lists, bold text, links, notes and tables are kept.
    """
    with _open(original) as archive:
        root = _xml(_member(archive, "word/document.xml"))
        names = set(archive.namelist())
        related = _xml(_member(archive, _RELATIONS)).iter("{*}Relationship") if _RELATIONS in names else ()
        links = {e.get("Id") or "": urls.clean(e.get("Target") or "") for e in related}
        notes = {kind: _docx_notes(archive, kind, names) for kind in ("footnote", "endnote")}
        draft = Draft(original, _docx_body(root, links, notes))
        if "docProps/core.xml" in names:
            _core(draft, _xml(_member(archive, "docProps/core.xml")))
    if not draft.body.strip():
        raise ReadingError("the document contains no text")
    yield draft


def _core(draft: Draft, root: _Element) -> None:
    """Fill the empty fields of ``draft`` from Dublin Core metadata."""

    def text(name: str) -> str:
        return next((one_line(e.text or "") for e in root.iter(f"{{*}}{name}")), "")

    draft.title = draft.title or text("title")
    draft.author = draft.author or text("creator")
    draft.published = draft.published or dates.iso(text("date") or text("created"))
    draft.language = draft.language or text("language")[:2].lower()
    draft.source = draft.source or text("publisher")


Notes = dict[str, dict[str, str]]  # texts of notes by kind ("footnote" or "endnote") and ID


def _docx_notes(archive: zipfile.ZipFile, kind: str, names: set[str]) -> dict[str, str]:
    """Return the footnotes or endnotes by ID, as Markdown."""
    member = f"word/{kind}s.xml"
    if member not in names:
        return {}
    found: dict[str, str] = {}
    for note in _xml(_member(archive, member)).iter(f"{_W}{kind}"):
        paragraphs = ("".join(_docx_runs(paragraph, {}, {})) for paragraph in note.iter(f"{_W}p"))
        if note.get(f"{_W}type") is None and (text := " ".join(" ".join(paragraphs).split())):
            found[note.get(f"{_W}id") or ""] = text
    return found


def _docx_mark(run: _Element, notes: Notes) -> str:
    """Return the mark of the note that a run refers to, such as ``[^1]``; "" if it refers to none."""
    for kind, texts in notes.items():
        for reference in run.iter(f"{_W}{kind}Reference"):
            if (number := reference.get(f"{_W}id") or "") in texts:
                return f"[^{number if kind == 'footnote' else f'e{number}'}]"
    return ""


def _docx_body(root: _Element, links: dict[str, str], notes: Notes) -> str:
    """Return the paragraphs, tables and notes of a document as Markdown."""
    parts: list[str] = []
    previous = ""
    body = root.find(f"{_W}body")
    for element in body if body is not None else ():
        if element.tag == f"{_W}tbl":
            text, kind = _docx_table(element), "table"
        else:
            text, kind = _docx_paragraph(element, links, notes)
        if text:
            parts.append(("\n" if kind == previous == "item" else "\n\n") + text)
            previous = kind
    for kind, texts in notes.items():
        parts += [f"\n\n[^{number if kind == 'footnote' else f'e{number}'}]: {text}" for number, text in texts.items()]
    return "".join(parts).strip()


def _docx_paragraph(paragraph: _Element, links: dict[str, str], notes: Notes) -> tuple[str, str]:
    """Return a paragraph as Markdown, and its kind: heading, item or paragraph; both are "" if it is empty."""
    text = " ".join("".join(_docx_runs(paragraph, links, notes)).split())
    if not text:
        return "", ""
    style = paragraph.find(f".//{_W}pStyle")
    name = (style.get(f"{_W}val") or "").lower() if style is not None else ""
    # the German style "Überschrift 1" has the ID "berschrift1"
    if name.startswith(("heading", "berschrift", "überschrift")) and name[-1:].isdigit():
        return "#" * min(int(name[-1]), 6) + " " + text.replace("**", ""), "heading"
    if name == "title":
        return "# " + text.replace("**", ""), "heading"
    numbered = paragraph.find(f".//{_W}numPr")
    if numbered is not None:
        level = numbered.find(f"{_W}ilvl")
        depth = level.get(f"{_W}val", "0") if level is not None else "0"
        return "   " * (min(int(depth), 6) if depth.isdigit() else 0) + "- " + text, "item"
    return text, "paragraph"


def _docx_runs(paragraph: _Element, links: dict[str, str], notes: Notes) -> Iterator[str]:
    """Yield the runs of a paragraph as Markdown."""
    for run in paragraph.iter(f"{_W}r"):
        if mark := _docx_mark(run, notes):
            yield mark
            continue
        text = "".join(" " if t.tag != f"{_W}t" else (t.text or "") for t in run.iter(f"{_W}t", f"{_W}tab", f"{_W}br"))
        core = text.strip()
        if not core:
            yield text
            continue
        core = escape(core)
        bold = run.find(f"{_W}rPr/{_W}b")
        if bold is not None and bold.get(f"{_W}val") not in ("0", "false"):
            core = f"**{core}**"
        parent = run.getparent()
        if parent is not None and parent.tag == f"{_W}hyperlink" and (target := links.get(parent.get(f"{_R}id") or "")):
            core = f"[{core}]({target})"
        yield text[: len(text) - len(text.lstrip())] + core + text[len(text.rstrip()) :]


def _docx_table(element: _Element) -> str:
    """Return a table as Markdown."""
    rows = [
        [" ".join("".join(t.text or "" for t in cell.iter(f"{_W}t")).split()) for cell in cells]
        for row in element.iter(f"{_W}tr")
        if (cells := row.findall(f"{_W}tc"))
    ]
    return markdown_table(rows) if rows else ""


def read_epub(original: Original) -> Iterator[Draft | Problem]:
    """Yield an e-book, with its chapters in order, as one draft; raise ReadingError if it is damaged or has no text."""
    with _open(original) as archive:
        container = _xml(_member(archive, "META-INF/container.xml"))
        rootfile = next(container.iter("{*}rootfile"), None)
        path = (rootfile.get("full-path") if rootfile is not None else "") or ""
        package = _xml(_member(archive, path))
        items = {e.get("id"): e.get("href") or "" for e in package.iter("{*}item")}
        draft = Draft(original)
        _core(draft, package)
        parts: list[str] = []
        size = 0
        hrefs = (unquote(items.get(ref.get("idref")) or "") for ref in package.iter("{*}itemref"))
        chapters = dict.fromkeys(posixpath.normpath(posixpath.join(posixpath.dirname(path), h)) for h in hrefs if h)
        names = set(archive.namelist())
        for name in (chapter for chapter in chapters if chapter in names):
            root = parse(_member(archive, name).decode("utf-8", "replace"))
            if root is not None:
                parts.append(to_markdown(root))
                size += len(parts[-1])
            if size > MAX_BOOK_CHARACTERS:
                draft.problems.append(Problem(original.path, "is very long: only its first part was read"))
                break
    draft.body = "\n\n".join(p for p in parts if p)
    if not draft.body.strip():
        raise ReadingError("the book contains no text")
    yield draft
