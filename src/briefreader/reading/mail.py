"""Mail → draft: the part worth reading, decoded by our own charset ladder, and what its headers say.

``compat32`` and raw header strings: the modern policy raises on real headers and is three times slower. Addresses are
taken apart by expression, for ``email.utils`` recurses and crawls on hostile ones.
"""

from __future__ import annotations

import email
import re
from dataclasses import replace
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.errors import ReadingError
from briefreader.model import Original, Problem
from briefreader.reading import dates, forwarded, pages, urls
from briefreader.reading.charset import declared_in, decode
from briefreader.reading.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 50
MAX_PARTS = 300
MAX_HEADER_BYTES = 64_000
MAX_VALUE_CHARACTERS = 4000
_ID = re.compile(r"<\s*([^<>\s]{3,400})\s*>")
_ADDRESS = re.compile(r"<\s*[^<>@\s]+@[^<>\s]+\s*>|\b[^<>@\s\"]+@[^<>\s\"]+\b")
_REPLY = re.compile(r"^\s*(?:(?:re|aw|sv|fwd?|wg|tr|rv|enc)\s*(?:\[\d+\])?\s*:\s*)+", re.I)
_FORWARD = re.compile(r"^\s*(?:fwd?|wg|tr|rv|enc)\s*:", re.I)
_FROM_WITHIN = re.compile(r"^(?P<author>.{2,60}?)\s+(?:from|at|@|via)\s+(?P<source>.{2,80})$", re.I)
_PART = re.compile(rb"(?m)^--(?P<boundary>[^\s\"]{1,100})\r?\nContent-[A-Za-z-]{1,40}:", re.I)
_URL = re.compile(r"https?://[^\s<>\"]{4,2000}")


def read_mail(original: Original) -> Iterator[Draft | Problem]:
    """One message as one draft; its ``Original`` carries the Message-ID of the newsletter, never a forwarder's."""
    message = _parsed(_capped(original.data))
    inner = _embedded(message)
    chosen = inner or message
    html, plain, notes = _bodies(chosen)
    draft = Draft(original)
    if html.strip():
        page = pages.mail_body(original, html)
        draft.body, draft.url, draft.language = page.body, page.url, page.language
    if len(draft.body) < 0.2 * len(plain):
        draft.body, draft.flat = plain, True
    draft.problems += [Problem(original.path, note) for note in notes]
    _headers(draft, chosen)
    found = forwarded.unwrap(draft.body)
    message_id = "" if found else _message_id(chosen, "Message-ID")
    if found:
        draft.body = found.rest
        draft.cuts.append(found.cut)
        draft.title = found.subject or draft.title
        draft.author, draft.source = _parties(found.sender) if found.sender else (draft.author, draft.source)
        draft.published = dates.iso(found.date) or draft.published
        message_id = _message_id(chosen, "X-Forwarded-Message-Id") or _first_reference(chosen)
    elif _FORWARD.match(_header(chosen, "Subject")):
        message_id = _message_id(chosen, "X-Forwarded-Message-Id") or _first_reference(chosen) or message_id
    draft.original = replace(original, message_id=one_line(message_id, 400))
    if not draft.body.strip():
        yield Problem(original.path, "the message has no text")
        return
    yield draft


def _parsed(data: bytes) -> Message:
    """The message; where its parts are set off by another boundary than it declares, by that one.

    Raises:
        ReadingError: its parts are nested deeper than the parser goes.
    """
    try:
        message = email.message_from_bytes(data)
        if message.get_content_maintype() == "multipart" and not message.is_multipart() and (m := _PART.search(data)):
            head = b'Content-Type: multipart/mixed; boundary="%s"\n\n' % m["boundary"]
            found = email.message_from_bytes(head + data[m.start() :])
            if found.is_multipart():
                message.set_payload(found.get_payload())
    except RecursionError:
        raise ReadingError("the message's parts are nested too deeply") from None
    return message


def _capped(data: bytes) -> bytes:
    """The message with its header cut to what any real one needs."""
    ends = [i for i in (data.find(b"\n\n", 0), data.find(b"\r\n\r\n", 0)) if i >= 0]
    end = min(ends, default=len(data))
    if end <= MAX_HEADER_BYTES:
        return data
    lines = re.split(rb"\r?\n(?![ \t])", data[:end])
    return (
        b"\n".join(line[:MAX_VALUE_CHARACTERS] for line in lines if len(line) <= MAX_HEADER_BYTES)[:MAX_HEADER_BYTES]
        + data[end:]
    )


def _parts(message: Message) -> Iterator[Message]:
    """The leaves of a message in order, ``_MOST_PARTS`` parts in all; messages within it are left out."""
    stack = [message]
    seen = 0
    while stack and seen < MAX_PARTS:
        part = stack.pop()
        seen += 1
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            stack += [p for p in reversed(payload) if isinstance(p, Message)]
        elif part.get_content_type() != "message/rfc822":
            yield part


def _embedded(message: Message) -> Message | None:
    """The message that was forwarded as an attachment, when the outer one says little itself."""
    if not message.is_multipart():
        return None
    for part in message.walk() if _shallow(message) else ():
        payload = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(payload, list) and payload:
            inner = payload[0]
            if isinstance(inner, Message):
                own = sum(len(t) for t in _bodies(message)[:2])
                return inner if own < 1500 else None
    return None


def _shallow(message: Message) -> bool:
    part: object = message
    for _ in range(MAX_DEPTH):
        if not isinstance(part, Message) or not part.is_multipart():
            return True
        payload = part.get_payload()
        part = payload[0] if isinstance(payload, list) and payload else None
    return False


def _bodies(message: Message) -> tuple[str, str, list[str]]:
    """(HTML, plain text, notes) of the message's inline text parts."""
    html: list[str] = []
    plain: list[str] = []
    notes: list[str] = []
    for part in _parts(message):
        kind = part.get_content_type()
        if kind.startswith("multipart/"):  # one without its boundary: all of it is text
            kind = "text/plain"
        if kind not in ("text/html", "text/plain") or _attached(part):
            continue
        text, note = _decoded(part)
        if note:
            notes.append(note)
        (html if kind == "text/html" else plain).append(text)
    return "\n".join(html), "\n\n".join(plain), notes


def _attached(part: Message) -> bool:
    return str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")


def _decoded(part: Message) -> tuple[str, str]:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        data = None
    if not isinstance(data, bytes):
        raw = part.get_payload()
        data = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""
    try:
        charset = str(part.get_param("charset") or "")
    except (ValueError, LookupError):
        charset = ""
    if part.get_content_type() == "text/html" and not charset:
        charset = declared_in(data)
    return decode(data, charset)


def _header(message: Message, name: str) -> str:
    """A header as text, its encoded words decoded by the same ladder as bodies."""
    try:
        value = str(message.get(name, ""))[:MAX_VALUE_CHARACTERS]
    except (ValueError, LookupError, IndexError):
        return ""
    raw = value.encode("utf-8", "surrogateescape")
    value = decode(raw)[0] if any(b >= 0x80 for b in raw) else value
    value = re.sub(r"\r?\n[ \t]*", " ", value)
    if "=?" not in value:
        return value.strip()
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError, LookupError):
        return value.strip()
    texts = [decode(p, c or "")[0] if isinstance(p, bytes) else p for p, c in pieces]
    return "".join(texts).strip()


def _message_id(message: Message, name: str) -> str:
    value = _header(message, name)
    found = _ID.search(value)
    return found[1] if found else ""


def _first_reference(message: Message) -> str:
    return _message_id(message, "References") or _message_id(message, "In-Reply-To")


def _headers(draft: Draft, message: Message) -> None:
    subject = _header(message, "Subject")
    draft.title = one_line(_REPLY.sub("", subject)) if _FORWARD.match(subject) else one_line(subject)
    draft.author, draft.source = _parties(_header(message, "From"))
    listed = re.sub(r"<[^>]*>", "", _header(message, "List-Id")).strip(" \"'")
    draft.source = draft.source or one_line(listed)
    draft.published = dates.iso(re.sub(r"\([^)]{0,80}\)", "", _header(message, "Date")))
    for name in ("X-Newsletter", "List-Post", "List-URL", "Archived-At"):
        if not draft.url and (found := _URL.search(_header(message, name))):
            draft.url = urls.clean(found.group())


def _parties(sender: str) -> tuple[str, str]:
    """(author, publisher) of a From header: "Ana Ruiz from Oak Weekly <oak@mail.example>"."""
    name = one_line(_ADDRESS.sub("", sender)).strip(" \"'<>,")
    if not name:
        address = _ADDRESS.search(sender)
        return "", one_line(address.group().strip("<> ").rsplit("@", 1)[-1]) if address else ""
    if m := _FROM_WITHIN.match(name):
        return m["author"].strip(" \"'"), m["source"].strip(" \"'")
    return "", name
