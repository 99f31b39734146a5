"""IMAP: fetch new messages of one folder without changing anything on the server.

The folder is opened with EXAMINE and read with BODY.PEEK, over TLS only. The password comes from a command or a prompt;
it is never stored, logged or passed as a process argument.
"""

from __future__ import annotations

import imaplib
import io
import re
import shlex
import ssl
import subprocess
import time
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from briefreader.display import one_line
from briefreader.errors import ReadingError
from briefreader.sources.items import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.sources.config import Source
    from briefreader.sources.items import State

TIMEOUT_SECONDS = 30
PASSWORD_SECONDS = 10
MAX_MESSAGE_BYTES = 32_000_000
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def imap_items(source: Source, state: State, password: str, since: float = 0.0) -> Iterator[Item]:
    """Yield the messages with a UID above the last one; on the first run, those received since ``since``.

    ``since`` is in seconds since 1970, 0 for all messages; the server compares days only. Messages larger than
    ``MAX_MESSAGE_BYTES`` are skipped. ``state.position`` stores UIDVALIDITY and the highest UID so far. If UIDVALIDITY
    has changed, the messages of the source's period, or since the last success if that is longer ago, are read again;
    the library skips known ones.

    Raises:
        ReadingError: the connection, the login or the search fails, or there is no such folder.
    """
    address = urlsplit(source.address)
    try:
        with imaplib.IMAP4_SSL(
            address.hostname or "",
            address.port or 993,
            ssl_context=ssl.create_default_context(),
            timeout=TIMEOUT_SECONDS,
        ) as server:
            server.login(unquote(address.username or ""), password)
            _examine(server, unquote(address.path.strip("/")))
            yield from _new_messages(server, source, state, since)
    except imaplib.IMAP4.error as error:
        raise ReadingError(f"IMAP: {_describe(error, password)}", hint="check user, password and folder") from None
    except OSError as error:
        raise ReadingError(f"IMAP: no connection: {one_line(str(error), 200)}", hint="check host and port") from error


def password_from(command: str) -> str:
    """Return the line printed by a password command.

    Raises:
        ReadingError: the command fails, takes longer than ten seconds, or doesn't print exactly one line.
    """
    try:
        done = subprocess.run(
            shlex.split(command), capture_output=True, timeout=PASSWORD_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, ValueError) as error:
        raise ReadingError(f"the password command cannot be run: {one_line(str(error), 100)}") from None
    except subprocess.TimeoutExpired:
        raise ReadingError(f"the password command took longer than {PASSWORD_SECONDS} s") from None
    if done.returncode:
        raise ReadingError(f"the password command failed with exit code {done.returncode}")
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    if len(lines) != 1 or not lines[0]:
        raise ReadingError(f"the password command printed {len(lines)} lines instead of one")
    return lines[0]


def _examine(server: imaplib.IMAP4, folder: str) -> None:
    status, answer = server.select(folder_argument(folder), readonly=True)
    if status != "OK":
        raise ReadingError(f"IMAP: no such folder: {folder}: {one_line(_text(answer), 100)}")


def _new_messages(server: imaplib.IMAP4, source: Source, state: State, since: float) -> Iterator[Item]:
    """Yield the messages of the open folder that were not delivered yet, in order of UID."""
    validity, next_uid = (_text(server.response(name)[1]) for name in ("UIDVALIDITY", "UIDNEXT"))
    known = state.position.get("uidvalidity")
    last = int(state.position.get("uid", 0)) if known == validity else 0
    if known not in (None, validity) and source.since is not None:
        since = min(state.last_success, time.time() - source.since)
    if last:
        criteria = f"UID {last + 1}:*"
    elif since:
        day = time.gmtime(since)
        criteria = f"SINCE {day.tm_mday}-{_MONTHS[day.tm_mon - 1]}-{day.tm_year}"
    else:
        criteria = "ALL"
    status, answer = server.uid("SEARCH", criteria)
    if status != "OK":
        raise ReadingError(f"IMAP: the search failed: {one_line(_text(answer), 100)}")
    # "n:*" includes the last message even if its UID is below n
    for uid in sorted(number for number in map(int, _text(answer).split()) if number > last):
        data = _message(server, uid)
        if data is not None:
            yield Item(f"{validity}.{uid}", f"{source.address};UID={uid}", partial(io.BytesIO, data), "eml")
        state.position.update(uidvalidity=validity, uid=uid)
    if not last and next_uid.isdigit():  # the next run must not search for messages before ``since``
        newest = int(state.position.get("uid", 0)) if state.position.get("uidvalidity") == validity else 0
        state.position.update(uidvalidity=validity, uid=max(newest, int(next_uid) - 1))


def _message(server: imaplib.IMAP4, uid: int) -> bytes | None:
    """Return a message's bytes; None if it was deleted or is larger than ``MAX_MESSAGE_BYTES``."""
    status, answer = server.uid("FETCH", str(uid), "(RFC822.SIZE)")
    size = re.search(r"RFC822\.SIZE (\d+)", _text(answer))
    if status != "OK" or not size or int(size[1]) > MAX_MESSAGE_BYTES:
        return None
    status, answer = server.uid("FETCH", str(uid), "(BODY.PEEK[])")
    return next((bytes(part[1]) for part in answer if isinstance(part, tuple)), None) if status == "OK" else None


def _text(answer: object) -> str:
    parts = answer if isinstance(answer, list) else [answer]
    return " ".join(part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes))


def _describe(error: Exception, password: str) -> str:
    """Return the server's message without the password."""
    detail = error.args[0] if error.args else ""
    text = detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
    return one_line(text.replace(password, "…") if password else text, 200)


def folder_argument(name: str) -> str:
    """Encode a folder's name for a command: quoted, in RFC 3501's modified UTF-7."""

    def encoded(match: re.Match[str]) -> str:
        base64 = match[0].encode("utf-7").decode("ascii").strip("-")[1:]
        return f"&{base64.replace('/', ',')}-"

    made = re.sub(r"[^\x20-\x7e]+", encoded, name.replace("&", "&-"))
    return '"' + made.replace("\\", "\\\\").replace('"', '\\"') + '"'
