"""Replace what is invisible in a Markdown text by spaces, and mark borders between sentences.

Tagging uses the result: URLs, e-mail addresses, images, HTML tags and code blocks say nothing about a topic, and no
phrase spans two sentences, list items, headings or paragraphs.
"""

from __future__ import annotations

import re

from briefreader.text import without_symbols

BORDER = "\x1e"  # ends a sentence
BLOCK = "\x1f"  # ends a paragraph, a heading, a list item or a table cell
HEADING = "\x1d"  # ends a block that is followed by a heading

_CODE = re.compile(r"^ {0,3}(```+|~~~+).*?(?:^ {0,3}\1[^\n]*$|\Z)", re.DOTALL | re.MULTILINE)
_ADDRESS = r"[!-~]*[!-~](?<![.,;:!?)\]>*_])"
# each alternative begins with a fixed character, which makes the search much faster
_HIDDEN = re.compile(
    r"!\[[^\]\n]*\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)"  # an image
    r"|\((?<=\]\()[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"\n]*\")?\)"  # a link's target
    r"|<(?:!--.*?--|[A-Za-z/][^<>]*)>"  # a tag, a comment or an address in angle brackets
    rf"|https?://{_ADDRESS}|www\.{_ADDRESS}",
    re.DOTALL,
)
_MAILBOX = re.compile(r"(?<![\w.+-])[\w.+-]{1,100}@[\w-]+(?:\.[\w-]+)+")
# replacements of punctuation: a border for Chinese and Japanese sentence ends, otherwise the ASCII equivalent
_PLAIN = dict.fromkeys("。！？", BORDER) | dict.fromkeys("“”’»", '"') | {"…": "."}
_HEADING_LINE = re.compile(r"^ {0,3}#{1,6}[ \t][^\n]*\n", re.MULTILINE)
_BLOCK_ENDS = re.compile(
    r"\n(?:[ \t]*\n\s*|[ \t]*(?=#{1,6}[ \t]|(?:[-*+•>]|\d{1,3}[.)])[ \t])"
    r"|(?<=[.!?\"'”’)*_]\n)(?=[^\sa-z]))"  # one line ends a sentence and the next begins one
)


def displayed(text: str) -> str:
    """Blank invisible parts of a text and mark its borders; offsets stay valid."""
    return mark_sentence_ends(visible(text).encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


def visible(text: str) -> str:
    """Blank invisible parts of a text and non-ASCII symbols, and mark ends of blocks; the length stays the same."""
    if "](" in text or "://" in text or "<" in text or "www." in text:
        text = _HIDDEN.sub(_blank, text)
    if "@" in text:
        text = "\n".join(_MAILBOX.sub(_blank, line) if "@" in line else line for line in text.split("\n"))
    if "```" in text or "~~~" in text:
        text = _CODE.sub(_blank, text)
    if "\n" in text:
        if "#" in text:
            text = _HEADING_LINE.sub(lambda m: m.group()[:-1] + BLOCK, text)
        text = _BLOCK_ENDS.sub(_mark, text)
    if "|" in text:
        text = text.replace("|", BLOCK)
    if text.isascii():
        return text
    for sign, plain in _PLAIN.items():  # many times faster than str.translate
        text = text.replace(sign, plain)
    return without_symbols(text)


def mark_sentence_ends(data: bytes) -> bytes:
    """Replace the first white space after each sentence of a UTF-8 text by ``BORDER``.

    A sentence ends with ``.``, ``!`` or ``?``, up to two closing signs (quotes, brackets, emphasis) and white space. If
    a lower-case letter follows, it was an abbreviation and not the end of a sentence.
    """
    import numpy as np

    kinds = np.frombuffer(data.translate(_KINDS) + b"\0", dtype=np.uint8)
    marks, closing, space = kinds == 1, kinds == 2, kinds == 3
    spaces = np.flatnonzero(space[:-1] & (kinds[1:] != 4))
    before = marks[spaces - 1] & (spaces > 0)
    for back in (2, 3):
        reached = spaces >= back
        closed = closing[spaces - 1] & reached & (closing[spaces - 2] if back == 3 else True)
        before |= closed & marks[np.maximum(spaces - back, 0)]
    found = np.frombuffer(data, dtype=np.uint8).copy()
    found[spaces[before]] = ord(BORDER)
    return found.tobytes()


def _kind(byte: int) -> int:
    char = chr(byte)
    if "a" <= char <= "z":
        return 4
    return 1 if char in ".!?" else 2 if char in "\"')]*_" else 3 if char in " \t\n\r" else 0


# the kind of each byte: 1 sentence end, 2 closing sign, 3 white space, 4 lower-case letter, 0 other
_KINDS = bytes(map(_kind, range(256)))


def _blank(match: re.Match[str]) -> str:
    hidden = match.group()
    if "\n" not in hidden:
        return " " * len(hidden)
    return "".join("\n" if c == "\n" else " " for c in hidden)


def _mark(match: re.Match[str]) -> str:
    return (HEADING if match.string.startswith("#", match.end()) else BLOCK) + match.group()[1:]
