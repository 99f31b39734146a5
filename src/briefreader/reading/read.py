"""Read a file, a folder, bytes or a stream into briefings and problems; bad input never raises."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from briefreader.display import one_line
from briefreader.errors import BriefreaderError
from briefreader.model import Briefing, Original, Problem
from briefreader.reading import (
    csv_exports,
    feed,
    files,
    jsonl,
    mail,
    mbox,
    office,
    own_notes,
    pages,
    pdf,
    plaintext,
    subtitles,
)
from briefreader.reading.build_briefing import finish
from briefreader.reading.draft import Draft
from briefreader.reading.sniff import sniff

if TYPE_CHECKING:
    from datetime import datetime

    from briefreader.reading.build_briefing import Cleaner
    from briefreader.reading.insight_ranker import InsightModel

DocumentParser = Callable[[Original], Iterator[Draft | Problem]]
_HEAD = 65_536  # bytes that are read first, to detect the format

READERS: dict[str, DocumentParser] = {
    "txt": plaintext.read_text,
    "md": plaintext.read_markdown,
    "html": pages.read_html,
    "mail-html": pages.read_html,
    "eml": mail.read_mail,
    "feed": feed.read_feed,
    "opml": feed.read_opml,
    "jsonl": jsonl.read_jsonl,
    "csv": csv_exports.read_csv,
    "vtt": subtitles.read_subtitles,
    "pdf": pdf.read_pdf,
    "epub": office.read_epub,
    "docx": office.read_docx,
}


def read(
    source: str | Path | bytes | BinaryIO,
    *,
    name: str = "",
    format: str = "",
    now: datetime | None = None,
) -> Iterator[Briefing | Problem]:
    """Yield the briefings in ``source`` (a path, bytes or a binary stream), and a ``Problem`` for what can't be read.

    A folder is read recursively. The ``id`` of a briefing is empty until the library assigns it.

    Args:
        source: what to read.
        name: the file name of bytes or of a stream, for detecting the format and for problems.
        format: a key of ``READERS``, or "mbox"; by default, the format is detected.
        now: the current time; publication dates more than a day later count as unknown.
    """
    for found in originals(source, name=name, format=format):
        if isinstance(found, Problem):
            yield found
        else:
            yield from read_original(found, now=now)


def originals(
    source: str | Path | bytes | BinaryIO, *, name: str = "", format: str = ""
) -> Iterator[Original | Problem]:
    """Yield the unparsed content of ``source``: one original per file, or per message of an mbox; and problems."""
    if isinstance(source, (str, Path)):
        for found in files.walk(Path(source)):
            if isinstance(found, Problem):
                yield found
            else:
                yield from _file(found, format)
        return
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    yield from _stream(stream, name or "<stdin>", format)


def read_original(
    original: Original,
    *,
    insight_model: InsightModel | None = None,
    now: datetime | None = None,
    cleaner: Cleaner | None = None,
) -> Iterator[Briefing | Problem]:
    """Yield the briefings in an original (one, or several, for example in a feed), and problems.

    ``insight_model`` replaces the shipped ranker of key insights; ``cleaner`` has settings of boilerplate detection.
    ``now`` is as for ``read``.
    """
    reader = READERS.get(original.format)
    if reader is None:
        yield Problem(original.path, "is not in a supported format", hint="see `briefreader add --help` for formats")
        return
    drafts = reader(original)
    while True:
        try:
            draft = next(drafts, None)
            if draft is None:
                return
            made = draft if isinstance(draft, Problem) else finish(draft, insight_model, now, cleaner)
        except BriefreaderError as error:
            yield Problem(original.path, error.message, error.where, error.hint)
            return
        except (ArithmeticError, LookupError, OSError, RecursionError, TypeError, ValueError, MemoryError) as error:
            # parsers may raise any exception on a hostile document, which must not affect other documents
            yield Problem(original.path, f"could not be parsed ({type(error).__name__}: {one_line(str(error), 200)})")
            return
        yield made


def _file(path: Path, format: str) -> Iterator[Original | Problem]:
    """Yield the content of a file."""
    if reason := files.refusal(path):
        yield Problem(str(path), reason)
        return
    try:
        with files.opened(path) as stream:
            yield from _stream(stream, str(path), format)
    except OSError as error:
        yield Problem(str(path), f"cannot be read: {error.strerror or error}")


def _stream(stream: BinaryIO, path: str, format: str) -> Iterator[Original | Problem]:
    """Yield the messages of an mbox, or the whole content of any other stream."""
    try:
        head = stream.read(_HEAD)
        chosen = format or sniff(head, path)
        if chosen == "mbox":
            yield from _mbox(head, stream, path)
            return
        data = head + stream.read(files.MAX_FILE_BYTES + 1 - len(head))
    except (OSError, ValueError) as error:
        yield Problem(path, f"cannot be read: {error}")
        return
    if len(data) > files.MAX_FILE_BYTES:
        yield Problem(path, f"is larger than {files.MAX_FILE_BYTES // 1_000_000} MB", hint="split it, or give an .mbox")
    elif not data.strip():
        yield Problem(path, "is empty")
    elif chosen in ("md", "txt") and own_notes.is_own_note(data):
        yield Problem(path, own_notes.MESSAGE, skipped=True)
    else:
        yield Original(data, chosen, path)


def _mbox(head: bytes, stream: BinaryIO, path: str) -> Iterator[Original | Problem]:
    """Yield the messages of an mbox."""
    number = 0
    for number, data in enumerate(mbox.messages(head, stream), 1):
        place = f"{path}#{number}"
        if data is None:
            yield Problem(place, f"the message is larger than {mbox.MAX_MESSAGE_BYTES // 1_000_000} MB")
        else:
            yield Original(data, "eml", place)
    if not number:
        yield Problem(path, "is an mbox without messages")
