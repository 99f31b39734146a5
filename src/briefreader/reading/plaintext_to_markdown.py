"""Convert plain text to Markdown: join lines into paragraphs, and find headings.

The text may have lost line breaks, which leaves headings at the end of the previous paragraph.
"""

from __future__ import annotations

import itertools
import re
from statistics import median

from briefreader.markdown import escape
from briefreader.reading import addresses, podcast

_LIST = re.compile(r"\s*(?:[-*+•‣▪◦●○]|\d{1,3}[.)])\s+\S")
_QUOTED = re.compile(r"\s*>")
_FINAL_HEADING = re.compile(r"(?<=[.!?”\"’)])[ \t]+(?P<heading>[A-Z][^.!?:;,\n]{1,60})$")
_SMALL = frozenset("a an and as at by for from in into of on or the to with vs & –".split())
_SIGNED = re.compile(r"\s{0,8}(?P<name>--\s+\S.{0,80})$")
# "[1]: https://oak.example/ (link)" below a text
_NOTE = re.compile(
    r"(?m)^[ \t]*\\?\[(?P<number>\d{1,3})\\?\]:?[ \t]+<?(?P<address>https?://[^\s<>]+)>?"
    r"(?:[ \t]+\((?P<kind>[a-z ]{4,20})\))?[ \t]*$"
)
# the heading above such lines
_NOTES_HEADING = re.compile(r"\n[ \t]*(?:Links|References|Notes|Sources):?\s*\Z", re.I)
_MARKDOWN_LINE = re.compile(r"#{1,6}[ \t]|```|>")
_RULE = re.compile(r"\s{0,8}(?:[-–—_]{4,}|={3,}|\*{4,}|#{7,}|~{4,})\s*$")
# emphasis that mail programs write into plain text, after escaping: "\*\*two words\*\*", "\_one\_"
_EMPHASIS = re.compile(
    r"(?<![\w*_\\])(?P<mark>(?:\\\*){1,3}|\\_)(?=[^\s*_\\]|\\\[)(?P<words>(?:(?!\\[*_]|\n[ \t]*\n).){1,400}?)"
    r"(?:(?P<space> )(?P=mark)(?![*_])|(?P=mark)(?![\w*_]))",
    re.DOTALL,
)
_BOLD = re.compile(r"\\\*\\\*(?=[^\s\\])[^*\n]{1,200}[^*\s\\]\\\*\\\*")
MIN_BOLD = 2  # minimum bold passages in a text whose emphasis is kept
_EMPTY_EMPHASIS = re.compile(r"(?<=\S)(?:\\\*){4,}|(?:\\\*){4,}(?=[^\s\\])")
# bold marks in pairs, with a space on the wrong side: "a\*\* word\*\*"
_LEFT_OVER = re.compile(
    r"(?<!\\\*)(?:(?P<glued>(?<=[^\W\d_])\\\*\\\*(?=[^\W\d_]))|(?<!\w)\\\*\\\*|\\\*\\\*(?!\w))(?!\\\*)"
)
_HEADING = 100  # maximum characters of a heading between rules
_LONG = 200  # minimum characters of a long paragraph
MAX_HEADING_WORDS = 6


def escaped(text: str) -> str:
    """Return plain text with its inline Markdown escaped; a podcast summary is unchanged, to be escaped after parsing.

    A text with at least ``MIN_BOLD`` passages in ``**bold**`` is Markdown or was made from HTML: emphasis is kept, and
    broken marks are removed.
    """
    if podcast.parse(text):
        return text
    text = escape(text, autolink=False)
    if len(_BOLD.findall(text)) < MIN_BOLD:
        return text
    text = _EMPTY_EMPHASIS.sub("", text)
    text = _EMPHASIS.sub(lambda m: m["mark"].replace("\\", "").join(("", m["words"], m["space"] or "")), text)
    return "\n".join(map(_without_left_over, text.split("\n")))


def _without_left_over(line: str) -> str:
    """Return a line without broken bold marks; if their number is odd, they are text ("**options")."""
    if line.count(r"\*\*") % 2:
        return line
    return _LEFT_OVER.sub(lambda m: " " if m["glued"] else "", line)


def to_markdown(text: str) -> str:
    """Return plain text, already ``escaped``, as Markdown with paragraphs, headings and links."""
    hidden = addresses.hide(_with_addresses(text))
    return addresses.reveal(addresses.Hidden(_paragraphs(hidden.text), hidden.targets))


def _with_addresses(text: str) -> str:
    """Replace references such as ``[1]`` by the URLs in the notes below; unreferenced notes stay, except on images."""
    notes = list(_NOTE.finditer(text))
    if not notes:
        return text
    head, tail = text[: notes[0].start()], text[notes[0].start() :]
    for note in notes:
        mark = re.compile(rf"[ \t]?\\?\[{note['number']}\\?\](?![(:])")
        if mark.search(head):
            head = f" ( {note['address']} )".join(mark.split(head))
        elif note["kind"] != "image":
            continue
        tail = tail.replace(note.group(), "", 1)
    return (head if _NOTE.search(tail) else _NOTES_HEADING.sub("\n", head)) + tail.lstrip("\n")


def _paragraphs(text: str) -> str:
    """Join the lines of text or separate its paragraphs, depending on the layout; mark headings."""
    lines = _ruled_headings([line.rstrip() for line in text.replace("\t", "    ").split("\n")])
    full = [len(line) for line in lines if line.strip()]
    if not full:
        return ""
    hard_wrapped = _is_wrapped(lines) or (len(full) > 4 and max(full) <= 100 and median(full) > 45)
    if hard_wrapped or _already_spaced(lines, full):
        return _join(lines) if hard_wrapped else "\n".join(lines).strip("\n")
    return _separate_headings(_paragraph_lines(lines))


def _ruled_headings(lines: list[str]) -> list[str]:
    """Turn short lines between or above rules (``----``, ``===``, ``****``) into headings; remove the rules."""
    out: list[str] = []
    i = 0
    while i < len(lines):
        over = _RULE.match(lines[i]) is not None
        at = i + 1 if over else i
        title = lines[at].strip() if at < len(lines) else ""
        under = at + 1 < len(lines) and _RULE.match(lines[at + 1]) is not None
        alone = over or not out or not out[-1].strip()
        if under and alone and 0 < len(title) <= _HEADING and title[0] not in "#>|" and not _RULE.match(title):
            out += ["", f"## {title}", ""]
            i = at + 2
        else:
            out.append(lines[i])
            i += 1
    return out


def _already_spaced(lines: list[str], full: list[int]) -> bool:
    """Whether blank lines already separate the paragraphs, or the text has lines of Markdown, such as headings."""
    if any(map(_MARKDOWN_LINE.match, lines)):
        return True
    long_pairs = sum(len(a) > 80 and len(b) > 80 for a, b in itertools.pairwise(lines))
    return long_pairs == 0 and len(lines) - len(full) >= len(full) // 3


def _is_wrapped(lines: list[str]) -> bool:
    """Whether sentences continue over line ends: after lines without end punctuation, lower case follows."""
    pairs = [(a, b) for a, b in itertools.pairwise(lines) if a.strip() and b.strip()]
    runs = sum(40 <= len(a) <= 100 and a[-1] not in ".!?:;" and b.lstrip()[:1].islower() for a, b in pairs)
    return runs >= 2 and runs >= 0.15 * len(pairs)


def _join(lines: list[str]) -> str:
    """Join the lines of hard-wrapped paragraphs; lists, quotes, signatures and indented lines stay.

    A line of up to 40 characters is only joined with the next one if it has a URL, which made it longer before the URL
    was hidden, and if the next line isn't a link, as in a list of links.
    """
    out: list[str] = []
    open_ = False
    previous = ""
    for line in lines:
        if signed := _SIGNED.match(line):
            out += ["", signed["name"]]
            open_ = False
            continue
        stays = not line.strip() or _LIST.match(line) or _QUOTED.match(line) or line.startswith("   ")
        wrapped = len(previous) > 40 or (addresses.MARK.search(previous) is not None and not _is_link_line(line))
        if open_ and not stays and wrapped:
            out[-1] = f"{out[-1]} {line.strip()}"
        else:
            out.append(line)
        open_ = bool(line.strip()) and not _QUOTED.match(line) and not line.startswith("   ")
        previous = line
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip("\n")


def _is_link_line(line: str) -> bool:
    """Whether a line is a URL with at most six words."""
    return addresses.MARK.search(line) is not None and len(addresses.MARK.sub("", line).split()) <= 6


def _paragraph_lines(lines: list[str]) -> list[str]:
    """Return one paragraph per line, with lists kept together."""
    paragraphs: list[str] = []
    for line in lines:
        if not line.strip():
            continue
        if paragraphs and _LIST.match(line) and _LIST.match(paragraphs[-1].rsplit("\n", 1)[-1]):
            paragraphs[-1] += "\n" + line
        else:
            paragraphs.append(line)
    return paragraphs


def _separate_headings(paragraphs: list[str]) -> str:
    """Return Markdown in which titles (lines, or ends of lines: "…to pass up. The Main Sequence") are headings."""
    out: list[str] = []
    ends = {i: end for i, p in enumerate(paragraphs) if (end := _FINAL_HEADING.search(p)) and _is_title(end["heading"])}
    if 3 * len(ends) > sum(len(paragraph) >= _LONG for paragraph in paragraphs) and len(ends) > 2:
        ends = {}  # too frequent for headings: these are sources or credits at the end of paragraphs
    for i, paragraph in enumerate(paragraphs):
        following = paragraphs[i + 1] if i + 1 < len(paragraphs) else ""
        found = ends.get(i) if len(following) >= _LONG and "\n" not in paragraph else None
        if found:
            out += [paragraph[: found.start()].rstrip(), f"## {found['heading'].strip()}"]
        elif _is_heading_line(paragraph, following):
            out.append(f"## {paragraph.strip()}")
        else:
            out.append(paragraph)
    return "\n\n".join(out)


def _is_title(words: str) -> bool:
    """Whether words are in Title Case, at most ``MAX_HEADING_WORDS``: "The Main Sequence", "Miscellaneous"."""
    parts = words.split()
    if not 0 < len(parts) <= MAX_HEADING_WORDS or not all(
        p[:1].isupper() or p[:1].isdigit() or p in _SMALL for p in parts
    ):
        return False
    return parts[-1][:1].isupper() and any(len(p) > 2 for p in parts)


def _is_heading_line(line: str, following: str) -> bool:
    """Whether ``line`` is a short line in Title Case before a long paragraph."""
    line = line.strip()
    return len(following) >= _LONG and len(line) <= 60 and line[-1] not in ".!?,;:…" and _is_title(line)
