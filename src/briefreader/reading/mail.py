"""Read mail: choose the texts, unwrap forwarded messages, and read the headers.

Uses the ``compat32`` policy of ``email``, since the modern one raises exceptions on real headers and is slower.
Addresses are parsed by a regular expression, since ``email.utils`` is recursive and slow on hostile addresses.
"""

from __future__ import annotations

import email
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.errors import ReadingError
from briefreader.model import Cut, Original, Problem
from briefreader.reading import dates, forwarded, origin, plaintext_to_markdown, urls
from briefreader.reading.draft import Draft
from briefreader.reading.mail_headers import MAX_HEADER_BYTES, MAX_VALUE_CHARACTERS, header, message_id
from briefreader.reading.mail_parts import Text, Texts, bytes_of, texts_of, without_list_footer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

MAX_NESTED_MESSAGES = 10  # messages attached at a deeper level are ignored
_LONG_NOTE = 1500  # minimum characters of a text that becomes a briefing of its own, beside attached messages
_SHORT_NOTE = 4  # maximum words of a remark such as "FYI" or "see below"
_ADDRESS = re.compile(r"<\s*[^<>@\s]+@[^<>\s]+\s*>|\b[^<>@\s\"]+@[^<>\s\"]+\b")
_FROM_WITHIN = re.compile(r"^(?P<author>.{2,60}?)\s+(?:from|at|@|via)\s+(?P<source>.{2,80})$", re.I)
_PART = re.compile(rb"(?m)^--(?P<boundary>[^\s\"]{1,100})\r?\nContent-[A-Za-z-]{1,40}:", re.I)
_LENGTH = re.compile(rb"(\d{1,9})[ \t]*\r?\n(?=[A-Za-z-]{2,60}:)")
_SEPARATOR = re.compile(rb">?From [^\n]{0,300}\r?\n(?=[A-Za-z-]{2,60}:)")
_URL = re.compile(r"https?://[^\s<>\"]{4,2000}")
_LIST_NAME = re.compile(r"(?!.*\d{4})(?=.*[^\W\d_]{2})[^@]{2,80}$")  # not an internal key of a mailing service
_BOUNCER = re.compile(r"mailer-daemon|postmaster@|mail delivery (?:sub)?system", re.I)


def read_mail(original: Original) -> Iterator[Draft | Problem]:
    """Yield the drafts of a message and of the messages attached to it, and problems.

    Beside attached messages, the message's own text is only a draft if it is long. A short text is added to a single
    attached message. Beside several messages, a short text and that of a digest are left out.

    Raises:
        ReadingError: its parts are nested too deeply for the parser.
    """
    yield from _drafts(original, _parsed(_capped(_bare(original.data))), 0)


def _drafts(original: Original, message: Message, depth: int) -> Iterator[Draft | Problem]:
    """Yield the drafts of a message and of the messages attached to it."""
    texts = texts_of(message)
    if _is_bounce(message) or depth >= MAX_NESTED_MESSAGES:
        texts.messages = []
    if not texts.messages:
        yield from _draft(original, message, texts)
        return
    own = "\n\n".join(text.markdown for text in texts.inline)
    if len(texts.messages) > 1:
        if message.get_content_type() != "multipart/digest" and not _holds_digest(message) and len(own) >= _LONG_NOTE:
            yield from _draft(original, message, texts)
        for inner in texts.messages:
            yield from _drafts(replace(original, data=bytes_of(inner)), inner, depth + 1)
    elif len(own) >= _LONG_NOTE:
        yield from _draft(original, message, texts)
        yield from _drafts(replace(original, data=bytes_of(texts.messages[0])), texts.messages[0], depth + 1)
    else:
        for draft in _drafts(original, texts.messages[0], depth + 1):
            if isinstance(draft, Draft):
                if draft.form == "plain":
                    draft.body = plaintext_to_markdown.to_markdown(plaintext_to_markdown.escaped(draft.body))
                    draft.form = "markdown"
                _keep_note(draft, own)
            yield draft


def _draft(original: Original, message: Message, texts: Texts) -> Iterator[Draft | Problem]:
    """Yield the draft of one message, which may forward another; a problem if it has no text."""
    draft = Draft(original)
    inline, footer = without_list_footer(texts.inline)
    _fill_body(draft, inline)
    if footer:
        draft.cuts.append(Cut("tail", footer))
    draft.problems += [Problem(original.path, note) for note in texts.notes]
    _headers(draft, message)
    draft.origin = origin.of_mail(*(header(message, name) for name in ("From", "List-Id", "Subject", "Date")))
    identity = message_id(message, "Message-ID")
    found = None if _is_bounce(message) else forwarded.unwrap(draft.body, header(message, "Subject"))
    if found:
        draft.body = found.rest
        draft.cuts.append(found.cut)
        draft.origin = origin.of_forwarded(found.sender, found.subject or header(message, "Subject"), found.date)
        draft.title = found.subject or draft.title
        draft.author, draft.source = _parties(found.sender) if found.sender else (draft.author, draft.source)
        draft.published = found.date or draft.published
        identity = message_id(message, "X-Forwarded-Message-Id") or _first_reference(message)
        _keep_note(draft, found.note)
    elif forwarded.is_forward(header(message, "Subject")):
        identity = message_id(message, "X-Forwarded-Message-Id") or _first_reference(message) or identity
    draft.original = replace(original, message_id=one_line(identity, 400))
    if draft.body.strip():
        yield draft
    else:
        yield Problem(original.path, "; ".join(["the message has no text", *texts.notes]))


def _fill_body(draft: Draft, texts: list[Text]) -> None:
    """Set the body: plain text, to be escaped later, or Markdown. HTML also gives URL, language and abstract."""
    if texts and all(text.kind == "plain" for text in texts):
        draft.body, draft.form = "\n\n".join(text.raw for text in texts), "plain"
        return
    draft.body = "\n\n".join(part for text in texts if (part := text.markdown))
    page = next((text.page for text in texts if text.page), None)
    if page:
        draft.url, draft.language, draft.abstract = page.url, page.language, page.abstract
    draft.blocks = [block for text in texts if text.page for block in text.page.blocks]


def _keep_note(draft: Draft, note: str) -> None:
    """Put the forwarder's text before the forwarded message; a short remark becomes a cut."""
    if len(note.split()) > _SHORT_NOTE:
        draft.body = f"{note.strip()}\n\n{draft.body}"
    elif note.strip():
        draft.cuts.append(Cut("forwarded", note.strip()))


def _is_bounce(message: Message) -> bool:
    """Whether a message reports a failed delivery; its attachment is the mail that was not delivered."""
    return message.get_content_type() == "multipart/report" or bool(_BOUNCER.search(header(message, "From")))


def _holds_digest(message: Message) -> bool:
    """Whether one of the parts of a message is a digest."""
    payload = message.get_payload()
    parts = payload if isinstance(payload, list) else []
    return any(not isinstance(part, str) and part.get_content_type() == "multipart/digest" for part in parts)


def _parsed(data: bytes) -> Message:
    """Parse a message; if its declared boundary separates no parts, use the one that does.

    Raises:
        ReadingError: its parts are nested too deeply for the parser.
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


def _bare(data: bytes) -> bytes:
    """Return a message without the data that mail programs put before or after it in its file."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if length := _LENGTH.match(data):  # Apple Mail: the message's length, the message, a property list
        data = data[length.end() : length.end() + int(length[1])]
    separator = _SEPARATOR.match(data)
    return data[separator.end() :] if separator else data


def _capped(data: bytes) -> bytes:
    """Return the message; if its header is larger than ``MAX_HEADER_BYTES``, its long lines and its end are cut."""
    ends = [i for i in (data.find(b"\n\n", 0), data.find(b"\r\n\r\n", 0)) if i >= 0]
    end = min(ends, default=len(data))
    if end <= MAX_HEADER_BYTES:
        return data
    lines = re.split(rb"\r?\n(?![ \t])", data[:end])
    kept = b"\n".join(line[:MAX_VALUE_CHARACTERS] for line in lines if len(line) <= MAX_HEADER_BYTES)
    return kept[:MAX_HEADER_BYTES] + data[end:]


def _first_reference(message: Message) -> str:
    return message_id(message, "References") or message_id(message, "In-Reply-To")


def _headers(draft: Draft, message: Message) -> None:
    """Set title, author, source, date and URL from the headers."""
    subject = header(message, "Subject").replace('\\"', '"')  # some senders escape quotes, as in an address
    draft.title = one_line(forwarded.original_subject(subject) if forwarded.is_forward(subject) else subject)
    sender = header(message, "From")
    draft.author, draft.source = _parties(sender)
    listed = one_line(re.sub(r"<[^>]*>", "", header(message, "List-Id"))).strip(" \"'")
    if listed and not _ADDRESS.sub("", sender).strip(" \"'<>,") and _LIST_NAME.match(listed):
        draft.source = listed  # the sender has an address, but no name
    draft.published = dates.iso(re.sub(r"\([^)]{0,80}\)", "", header(message, "Date")))
    for name in ("X-Newsletter", "List-Post", "List-URL", "Archived-At"):
        if not draft.url and (found := _URL.search(header(message, name))):
            draft.url = urls.clean(found.group())


def _parties(sender: str) -> tuple[str, str]:
    """Return (author, publisher) from a From header such as "Ana Ruiz from Oak Weekly <oak@mail.example>"."""
    name = one_line(_ADDRESS.sub("", sender)).strip(" \"'<>,")
    if not name:
        address = _ADDRESS.search(sender)
        return "", one_line(address.group().strip("<> ").rsplit("@", 1)[-1]) if address else ""
    if m := _FROM_WITHIN.match(name):
        return m["author"].strip(" \"'"), m["source"].strip(" \"'")
    return "", name
