"""Input of the commands that need no library: files of any format, or JSON Lines."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from briefreader.errors import UsageError
from briefreader.model import Insight, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack

MAX_LINE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class InputText:
    """A text to tag; ``insights`` is None if they are still to be extracted."""

    id: str | int
    title: str
    text: str
    insights: tuple[Insight, ...] | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A document that could not be read, yielded in its place."""

    id: str | int
    error: str
    where: str
    hint: str = ""


class Documents:
    """An iterable of the documents in files; ``-`` is stdin.

    A ``.jsonl`` file is read as JSON Lines; with ``lines``, stdin is too. Anything else is read as briefings, whose IDs
    are consecutive numbers. With ``again``, the documents can be iterated twice: stdin is copied to a temporary file,
    which ``stack`` closes.

    Iterating raises UsageError if a ``.jsonl`` file can't be opened; any other unreadable file yields a failure.
    """

    def __init__(self, paths: tuple[str, ...], *, lines: bool, again: bool, stack: ExitStack) -> None:
        self._paths = paths
        self._lines = lines
        self._stdin: BinaryIO = sys.stdin.buffer
        if again and "-" in paths:
            self._stdin = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the rule misses that stack closes it
            shutil.copyfileobj(sys.stdin.buffer, self._stdin)
        self._again = again

    def __iter__(self) -> Iterator[InputText | Failed]:
        number = 0
        for path in self._paths:
            for item in self._of(path, number):
                number += 1
                yield item

    def _of(self, path: str, number: int) -> Iterator[InputText | Failed]:
        if path == "-":
            if self._again:
                self._stdin.seek(0)
            yield from json_lines(self._stdin, "stdin") if self._lines else _briefings(self._stdin, number)
        elif path.endswith(".jsonl"):
            try:
                with Path(path).open("rb") as stream:
                    yield from json_lines(stream, path)
            except OSError as error:
                raise UsageError(f"cannot be read: {error.strerror}", where=path) from error
        else:
            yield from _briefings(path, number)


def _briefings(source: str | BinaryIO, number: int) -> Iterator[InputText | Failed]:
    from briefreader.reading import read

    for item in read(source):
        number += 1
        if isinstance(item, Problem):
            yield Failed(number, item.message, item.where or item.path, item.hint)
        else:
            yield InputText(number, item.title, item.body, item.insights)


def json_lines(stream: BinaryIO, name: str) -> Iterator[InputText | Failed]:
    """Yield a document or a failure for each line of JSON Lines that isn't empty."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            yield Failed(number, "the line is too long", f"{name}:{number}", "the maximum is 64 MB")
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE_BYTES)
        elif line.strip():
            yield _of_line(line, number, f"{name}:{number}")


def _of_line(line: bytes, number: int, where: str) -> InputText | Failed:
    try:
        data: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "not UTF-8, or nested too deeply"
        return Failed(number, f"not JSON: {reason}", where, "expected one JSON object per line")
    if not isinstance(data, dict):
        return Failed(number, "not a JSON object", where, 'expected {"id": …, "title": …, "text": …}')
    id = data.get("id", number)
    if not isinstance(id, str | int):
        return Failed(number, "id is neither a string nor an integer", where)
    values = {key: data.get(key) or "" for key in ("title", "text")}
    for key, value in values.items():
        if not isinstance(value, str):
            return Failed(id, f"{key} is not a string", where)
    return InputText(id, values["title"], values["text"])
