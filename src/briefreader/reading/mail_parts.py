"""Choose the texts of a MIME message that a mail program would show, in order.

Of the parts of a ``multipart/alternative``, one is chosen. Otherwise, all inline texts are used, except plain text that
the HTML repeats. Only the first ``MAX_PARTS`` parts are examined.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.message import Message
from html import unescape
from typing import TYPE_CHECKING, Literal

from briefreader.errors import ReadingError
from briefreader.markdown import plain
from briefreader.model import Original
from briefreader.reading import boilerplate, pages, plaintext_to_markdown
from briefreader.reading.charset import declared_in, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.reading.draft import Draft

MAX_PARTS = 300
_SURELY_CONTENT = 400  # minimum words of a part that surely has more than boilerplate
_REPEATED = 0.9  # minimum share of a plain text's words in the HTML that repeats it
_ADDRESSES = re.compile(r"https?://\S+|\]\([^)\s]*\)")
MAX_FOOTER_WORDS = 60  # maximum words of the footer that a mailing list appends
_LISTED = re.compile(
    r"\b(?:mailing[- ]?list|mailman|liste?[aen]?\b|newsletter|unsubscri|subscri|abonn|abmeld|abbestell|désabonn|member"
    r"|desuscri|suscri|iscri|inschr|uitschr|afmeld|prenum|odhlás|wypis|отпис|рассылк)",
    re.I,
)
_WORD = re.compile(r"\w+")
_TYPOGRAPHIC = re.compile(r"&(?:#\d{2,6}|#[xX][0-9A-Fa-f]{2,5}|[lr][sd]quo|[mn]dash|hellip|nbsp);")
MIN_ENTITIES = 2  # a single entity may be what the text is about
_FLOWED_QUOTE = re.compile(r">*")

Kind = Literal["html", "plain", "markdown"]
_KINDS: dict[str, Kind] = {"text/html": "html", "text/plain": "plain", "text/markdown": "markdown"}


@dataclass(slots=True)
class Text:
    """A text of a message. ``markdown`` is computed on demand, and with it ``page``, the draft of an HTML text."""

    kind: Kind
    raw: str
    page: Draft | None = None
    _markdown: str | None = None

    @property
    def markdown(self) -> str:
        """The text as Markdown; plain text is escaped."""
        if self._markdown is None:
            if self.kind == "html":
                self.page = pages.mail_body(Original(b"", "html"), self.raw)
                self._markdown = self.page.body
            elif self.kind == "plain":
                self._markdown = plaintext_to_markdown.to_markdown(plaintext_to_markdown.escaped(self.raw))
            else:
                self._markdown = self.raw
        return self._markdown


@dataclass(slots=True)
class Texts:
    """The inline texts of a message, attached messages, and notes on errors."""

    inline: list[Text]
    messages: list[Message]
    notes: list[str]


def texts_of(message: Message) -> Texts:
    """Return the texts of ``message``; attached texts are only used if there are no others, and no messages."""
    found = Texts([], [], [])
    attached: list[Text] = []
    budget = iter(range(MAX_PARTS))
    found.inline = _unrepeated(_collect(message, found, attached, budget))
    if not found.inline and not found.messages:
        found.inline = attached
    return found


def _collect(part: Message, found: Texts, attached: list[Text], budget: Iterator[int]) -> list[Text]:
    """Return the inline texts of a part; add attached texts to ``attached``, messages and notes to ``found``."""
    if next(budget, None) is None:
        return []
    payload = part.get_payload()
    kind = part.get_content_type()
    if isinstance(payload, list) and kind != "message/delivery-status":
        inner = [p for p in payload if isinstance(p, Message)]
        if kind.startswith("message/"):
            found.messages += inner[:1]
            return []
        lists = [_collect(p, found, attached, budget) for p in inner]
        return _best(lists) if kind == "multipart/alternative" else [text for texts in lists for text in texts]
    if kind.startswith("multipart/"):  # a multipart without its boundary is read as text
        kind = "text/plain"
    if kind not in _KINDS:
        return []
    raw, note = _decoded(part)
    if not raw.strip():
        return []
    if str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment"):
        attached.append(Text(_KINDS[kind], raw))
        return []
    if note:
        found.notes.append(note)
    text = Text(_KINDS[kind], raw)
    try:
        _ = text.markdown if text.kind == "html" else ""
    except ReadingError as error:
        found.notes.append(error.message)
        return []
    return [text]


def _best(alternatives: list[list[Text]]) -> list[Text]:
    """Return the best of several alternatives: HTML, else Markdown, else the first one.

    HTML that is short, or has less than half the words of another alternative, is only chosen if it has at least half
    the words when boilerplate isn't counted.
    """
    known = [texts for texts in alternatives if texts]
    if len(known) < 2:
        return known[0] if known else []
    rich = [texts for texts in known if any(t.kind == "html" for t in texts)]
    others = [texts for texts in known if texts not in rich]
    if not rich:
        return next((texts for texts in known if any(t.kind == "markdown" for t in texts)), known[0])
    best = max(rich, key=_size)
    second = max(others, key=_size, default=[])
    if not second or _size(best) >= max(_SURELY_CONTENT, 0.5 * _size(second)):
        return best
    return best if _kept(best) >= 0.5 * _kept(second) else second


def _size(texts: list[Text]) -> int:
    return sum(len(_words(text.markdown)) for text in texts)


def _kept(texts: list[Text]) -> int:
    """Return the number of words without boilerplate."""
    return len(_words(boilerplate.cut("\n\n".join(text.markdown for text in texts))[0]))


def _words(markdown: str) -> list[str]:
    return _WORD.findall(plain(_ADDRESSES.sub(" ", markdown)))


def _unrepeated(texts: list[Text]) -> list[Text]:
    """Return the texts without plain texts that the HTML repeats, which some broken mail programs send."""
    if {t.kind for t in texts} != {"html", "plain"}:
        return texts
    shown: Counter[str] = Counter()
    for text in texts:
        if text.kind == "html":
            shown.update(_words(text.markdown.lower()))
    plains = {id(t): Counter(_words(t.markdown.lower())) for t in texts if t.kind == "plain"}
    large = {n: words for n, words in plains.items() if words.total() >= 20}
    repeated = {n for n, words in large.items() if (words & shown).total() >= _REPEATED * words.total()}
    return [t for t in texts if id(t) not in repeated]


def without_list_footer(texts: list[Text]) -> tuple[list[Text], str]:
    """Return the texts without the footer that a mailing list appends, and the footer as Markdown, or "".

    The footer is the last of several texts. It is short, has a URL or address, and mentions a list or subscription.
    """
    if len(texts) < 2:
        return texts, ""
    last = texts[-1].markdown
    size = len(_words(last))
    short = size <= MAX_FOOTER_WORDS and size < sum(len(_words(text.markdown)) for text in texts[:-1])
    if short and _LISTED.search(last) and ("://" in last or "@" in last):
        return texts[:-1], last
    return texts, ""


def _decoded(part: Message) -> tuple[str, str]:
    """Return the text of a part, and a note on decoding errors, or ""."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        data = None
    if not isinstance(data, bytes):
        raw = part.get_payload()
        data = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""
    charset = _parameter(part, "charset")
    if part.get_content_type() == "text/html" and not charset:
        charset = declared_in(data)
    text, note = decode(data, charset)
    if _parameter(part, "format").lower() == "flowed":
        text = unflowed(text, delete_space=_parameter(part, "delsp").lower() == "yes")
    if part.get_content_type() == "text/plain" and len(_TYPOGRAPHIC.findall(text)) >= MIN_ENTITIES:
        text = unescape(text)  # plain text that was made from HTML, with entities left in it
    return text, note


def _parameter(part: Message, name: str) -> str:
    """Return a parameter of a part's content type, or ""."""
    try:
        value = part.get_param(name)
    except (ValueError, LookupError):
        return ""
    return value[2] if isinstance(value, tuple) else str(value or "")


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Return ``format=flowed`` text (RFC 3676) with lines joined; ``delete_space`` is the parameter ``DelSp``."""
    out: list[str] = []
    open_depth = -1  # quote depth of the previous line if it continues, else -1
    for line in text.replace("\r\n", "\n").split("\n"):
        marks = _FLOWED_QUOTE.match(line)
        depth = marks.end() if marks else 0
        rest = line[depth:].removeprefix(" ")
        signature = rest == "-- "
        soft = rest.endswith(" ") and not signature
        content = rest[:-1] if soft and delete_space else rest
        if out and open_depth == depth and not signature:
            out[-1] += content
        else:
            out.append(f"{'>' * depth} {content}" if depth else content)
        open_depth = depth if soft else -1
    return "\n".join(out)


def bytes_of(message: Message) -> bytes:
    """Return an attached message as bytes, which can be read like a file.

    Raises:
        ReadingError: the message is damaged.
    """
    out = io.BytesIO()
    try:
        BytesGenerator(out, mangle_from_=False, maxheaderlen=0).flatten(message)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ReadingError("an attached message is damaged") from error
    return out.getvalue()
