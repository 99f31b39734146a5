"""Read PDF files with pypdf (an extra): join lines into paragraphs, remove repeated page headers and footers."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from briefreader.display import one_line
from briefreader.errors import MissingExtraError, ReadingError
from briefreader.markdown import escape
from briefreader.model import Cut, Original, Problem
from briefreader.reading import dates
from briefreader.reading.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PAGES = 400  # further pages are not read, which is reported
MAX_CHARACTERS = 5_000_000  # pages after this many characters are not read, which is reported


def read_pdf(original: Original) -> Iterator[Draft | Problem]:
    """Yield the text of a PDF file as one draft, with a problem if it is too long to be read completely.

    Raises:
        MissingExtraError: pypdf is not installed.
        ReadingError: the file is damaged, encrypted, or contains no text.
    """
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError as error:
        raise MissingExtraError("Reading PDF", "pdf") from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(original.data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadingError("the PDF is encrypted", hint="save it without a password")
        texts = _texts(reader)
        info, is_complete = reader.metadata, len(texts) == len(reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError) as error:
        raise ReadingError(f"the PDF is damaged ({one_line(str(error), 120)})") from error
    pages, repeated = _without_repeats(texts)
    heading = next((line.strip() for line in "\n".join(pages[:1]).split("\n") if line.strip()), "")
    body = _joined([p for p in map(_paragraphs, pages) if p])
    if not body.strip():
        raise ReadingError("the PDF contains no text, only images", hint="run it through OCR first")
    draft = Draft(original, body)
    if not is_complete:
        draft.problems.append(Problem(original.path, "is very long: only its first part was read"))
    if info:
        draft.title = one_line(str(info.title or "")) or (one_line(heading) if len(heading) <= 120 else "")
        draft.author = one_line(str(info.author or ""))
        stamp = re.match(r"D?:?(\d{4})(\d\d)(\d\d)", str(info.get("/CreationDate") or ""))
        draft.published = dates.iso("-".join(stamp.groups())) if stamp else ""
    if repeated:
        draft.cuts.append(Cut("chrome", "\n".join(repeated)))
    yield draft


def _joined(pages: list[str]) -> str:
    """Join pages; paragraphs and hyphenated words may continue on the next page."""
    body = ""
    for page in pages:
        continues = body and not body.rsplit("\n", 1)[-1].startswith("## ") and page[:1].islower()
        if continues and re.search(r"[^\W\d_]-$", body):
            body = body[:-1] + page
        elif continues and re.search(r"[\w,;–—-]$", body):
            body = f"{body} {page}"
        else:
            body = f"{body}\n\n{page}" if body else page
    return body


def _texts(reader: Any) -> list[str]:
    """Return the texts of the pages, up to the limits."""
    texts: list[str] = []
    size = 0
    for page in islice(reader.pages, MAX_PAGES):
        texts.append(page.extract_text() or "")
        size += len(texts[-1])
        if size > MAX_CHARACTERS:
            break
    return texts


def _without_repeats(pages: list[str]) -> tuple[list[str], list[str]]:
    """Return the pages without headers and footers, and the distinct removed lines.

    A header or footer is, apart from its numbers, among the first or last two lines of at least half of the pages. In
    fewer than four pages, none are removed.
    """

    def key(line: str) -> str:
        """Return a line in lower case, with its numbers masked."""
        return re.sub(r"\d+", "#", line.strip().lower())

    split = [[line for line in page.split("\n") if line.strip()] for page in pages]
    edges = Counter(k for lines in split for k in {key(line) for line in lines[:2] + lines[-2:]})
    repeats = {k for k, n in edges.items() if len(pages) >= 4 and n >= len(pages) / 2}
    removed = dict.fromkeys(line.strip() for lines in split for line in lines[:2] + lines[-2:] if key(line) in repeats)
    return ["\n".join(line for line in page.split("\n") if key(line) not in repeats) for page in pages], list(removed)


def _is_heading(line: str, width: int) -> bool:
    """Whether a line is a numbered heading ("2.1 Method") or a usual section name of papers."""
    if len(line) > min(80, 0.8 * width):
        return False
    return bool(
        re.fullmatch(r"\d{1,2}(?:\.\d{1,2}){0,2}\.? [A-Z][^.!?]{2,70}", line)
        or re.fullmatch(
            r"(?:abstract|introduction|related work|conclusions?|references|acknowledge?ments|appendix.{0,40})",
            line,
            re.I,
        )
    )


def _paragraphs(page: str) -> str:
    """Join the lines of a page into paragraphs; a short line that ends a sentence ends its paragraph."""
    lines = [line.strip() for line in page.split("\n")]
    width = max(map(len, lines), default=0)
    out: list[str] = []
    open_ = False
    for line in lines:
        if not line:
            open_ = False
            continue
        if _is_heading(line, width):
            out.append(f"## {line}")
            open_ = False
        elif open_ and re.search(r"[a-z]-$", out[-1]) and line[:1].islower():
            out[-1] = out[-1][:-1] + line
        elif open_:
            out[-1] += " " + line
        else:
            out.append(line)
        open_ = not out[-1].startswith("## ") and not (len(line) < 0.75 * width and re.search(r"[.!?:”\"]$", line))
    return escape("\n\n".join(out))
