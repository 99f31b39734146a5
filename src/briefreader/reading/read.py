"""The one entry: a path, a folder, bytes or a stream → briefings and problems. Never raises for bad input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from briefreader.display import one_line
from briefreader.errors import BriefreaderError
from briefreader.model import Briefing, Original, Problem
from briefreader.reading import files, plaintext
from briefreader.reading.draft import Draft
from briefreader.reading.finish import finish
from briefreader.reading.sniff import sniff

if TYPE_CHECKING:
    from briefreader.reading.extract import TopicFinder

Reader = Callable[[Original], Iterator[Draft | Problem]]
_HEAD = 65_536

READERS: dict[str, Reader] = {
    "txt": plaintext.read_text,
    "md": plaintext.read_markdown,
}


def read(
    source: str | Path | bytes | BinaryIO,
    *,
    name: str = "",
    format: str = "",
    topic_finder: TopicFinder | None = None,
) -> Iterator[Briefing | Problem]:
    """The briefings in ``source``: a file's path, a folder (recursive), raw bytes, or a binary stream.

    ``name`` says where bytes came from, ``format`` overrides sniffing. What cannot be read is a ``Problem``; the rest
    goes on. A briefing's ``id`` is empty: the library gives it.
    """
    if isinstance(source, (str, Path)):
        for found in files.walk(Path(source)):
            if isinstance(found, Problem):
                yield found
            else:
                yield from _file(found, format, topic_finder)
        return
    try:
        data = source if isinstance(source, bytes) else source.read(files.MOST + 1)
    except (OSError, ValueError) as error:
        yield Problem(name or "<stdin>", f"cannot be read: {error}")
        return
    yield from _bytes(data, name or "<stdin>", format, topic_finder)


def read_original(original: Original, *, topic_finder: TopicFinder | None = None) -> Iterator[Briefing | Problem]:
    """Kept bytes, read anew."""
    yield from _drafts(original, topic_finder)


def _file(path: Path, format: str, finder: TopicFinder | None) -> Iterator[Briefing | Problem]:
    if reason := files.refusal(path):
        yield Problem(str(path), reason)
        return
    try:
        with path.open("rb") as stream:
            data = stream.read(files.MOST + 1)
    except OSError as error:
        yield Problem(str(path), f"cannot be read: {error.strerror or error}")
        return
    yield from _bytes(data, str(path), format, finder)


def _bytes(data: bytes, path: str, format: str, finder: TopicFinder | None) -> Iterator[Briefing | Problem]:
    if len(data) > files.MOST:
        yield Problem(path, f"larger than {files.MOST // 1_000_000} MB", hint="split it, or give an .mbox")
        return
    if not data.strip():
        yield Problem(path, "is empty")
        return
    chosen = format or sniff(data[:_HEAD], path)
    yield from _drafts(Original(data, chosen, path), finder)


def _drafts(original: Original, finder: TopicFinder | None) -> Iterator[Briefing | Problem]:
    reader = READERS.get(original.format)
    if reader is None:
        yield Problem(original.path, "is not a text that can be read", hint="see `briefreader add --help` for formats")
        return
    drafts = reader(original)
    while True:
        try:
            draft = next(drafts, None)
            if draft is None:
                return
            made = draft if isinstance(draft, Problem) else finish(draft, finder)
        except BriefreaderError as error:
            yield Problem(original.path, error.message, error.where, error.hint)
            return
        except (ArithmeticError, LookupError, OSError, RecursionError, TypeError, ValueError, MemoryError) as error:
            # whatever a hostile document makes a parser raise costs this document only
            yield Problem(
                original.path, f"could not be understood ({type(error).__name__}: {one_line(str(error), 200)})"
            )
            return
        yield made
