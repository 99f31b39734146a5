"""Convert plain and flattened text to Markdown: join lines into paragraphs, and separate glued headings."""

from __future__ import annotations

import itertools
import re
from statistics import median

from briefreader.markdown import escape
from briefreader.reading import addresses, podcast

_LIST = re.compile(r"\s*(?:[-*+•‣▪◦●○]|\d{1,3}[.)])\s+\S")
_QUOTED = re.compile(r"\s*>")
_GLUED = re.compile(r"(?<=[.!?”\"’)])[ \t]+(?P<heading>[A-Z][^.!?:;,\n]{1,60})$")
_SMALL = frozenset("a an and as at by for from in into of on or the to with vs & –".split())
_SIGNED = re.compile(r"\s{0,8}(?P<name>--\s+\S.{0,80})$")
# "[1]: https://oak.example/ (link)" below a text, and what precedes such lines
_NOTE = re.compile(
    r"(?m)^[ \t]*\\?\[(?P<number>\d{1,3})\\?\]:?[ \t]+<?(?P<address>https?://[^\s<>]+)>?"
    r"(?:[ \t]+\((?P<kind>[a-z ]{4,20})\))?[ \t]*$"
)
_NOTES_HEADING = re.compile(r"\n[ \t]*(?:Links|References|Notes|Sources):?\s*\Z", re.I)
_MARKDOWN_LINE = re.compile(r"#{1,6}[ \t]|```|>")
_RULE = re.compile(r"\s{0,8}(?:[-–—_]{4,}|={3,}|\*{4,}|#{7,}|~{4,})\s*$")
# emphasis as mailers write it into plain text, once it is escaped: "\\*\\*two words\\*\\*", "\\_one\\_"
_EMPHASIS = re.compile(
    r"(?<![\w*_\\])(?P<mark>(?:\\\*){1,3}|\\_)(?=[^\s*_\\]|\\\[)(?P<words>(?:(?!\\[*_]|\n[ \t]*\n).){1,400}?)"
    r"(?:(?P<space> )(?P=mark)(?![*_])|(?P=mark)(?![\w*_]))",
    re.DOTALL,
)
_BOLD = re.compile(r"\\\*\\\*(?=[^\s\\])[^*\n]{1,200}[^*\s\\]\\\*\\\*")
MIN_BOLD = 2
_EMPTY_EMPHASIS = re.compile(r"(?<=\S)(?:\\\*){4,}|(?:\\\*){4,}(?=[^\s\\])")
# marks with their spaces inside, two to a line: "a\\*\\* word\\*\\*"
_LEFT_OVER = re.compile(
    r"(?<!\\\*)(?:(?P<glued>(?<=[^\W\d_])\\\*\\\*(?=[^\W\d_]))|(?<!\w)\\\*\\\*|\\\*\\\*(?!\w))(?!\\\*)"
)
_HEADING = 100  # maximum characters of a heading between rules
_LONG = 200
MAX_HEADING_WORDS = 6


def escaped(text: str) -> str:
    """Return plain text with its inline Markdown escaped; a podcast summary is parsed first.

    If several words are in ``**bold**``, the text is Markdown or made from HTML: emphasis stays, broken marks don't.
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
    """Return a line without broken marks of bold text; a single one isn't a mark ("**options")."""
    if line.count(r"\*\*") % 2:
        return line
    return _LEFT_OVER.sub(lambda m: " " if m["glued"] else "", line)


def to_markdown(text: str) -> str:
    """Convert plain text to Markdown: hard-wrapped lines are joined, one-line paragraphs separated, URLs linked."""
    hidden = addresses.hide(_with_addresses(text))
    return addresses.reveal(addresses.Hidden(_paragraphs(hidden.text), hidden.targets))


def _with_addresses(text: str) -> str:
    """Replace the numbers of link notes by their URLs; notes whose number isn't in the text stay."""
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
    lines = _ruled_headings([line.rstrip() for line in text.replace("\t", "    ").split("\n")])
    full = [len(line) for line in lines if line.strip()]
    if not full:
        return ""
    hard_wrapped = _is_wrapped(lines) or (len(full) > 4 and max(full) <= 100 and median(full) > 45)
    if hard_wrapped or _already_spaced(lines, full):
        return _join(lines) if hard_wrapped else "\n".join(lines).strip("\n")
    return _glued(_paragraph_lines(lines))


def _ruled_headings(lines: list[str]) -> list[str]:
    """Turn short lines between or above rules (``---``, ``===``, ``***``) into headings; remove the rules."""
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
    """Whether blank lines already separate the paragraphs (Markdown, or spaced text)."""
    if any(map(_MARKDOWN_LINE.match, lines)):
        return True
    long_pairs = sum(len(a) > 80 and len(b) > 80 for a, b in itertools.pairwise(lines))
    return long_pairs == 0 and len(lines) - len(full) >= len(full) // 3


def _is_wrapped(lines: list[str]) -> bool:
    """Whether sentences continue over line ends: a long line without an end, and the next in lower case."""
    pairs = [(a, b) for a, b in itertools.pairwise(lines) if a.strip() and b.strip()]
    runs = sum(40 <= len(a) <= 100 and a[-1] not in ".!?:;" and b.lstrip()[:1].islower() for a, b in pairs)
    return runs >= 2 and runs >= 0.15 * len(pairs)


def _join(lines: list[str]) -> str:
    """Hard-wrapped text: lines of a paragraph become one; lists, quotes, signatures and indented lines stay.

    A line with a URL was broken because of it, unless the next line is little more than a URL too, as in a list.
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
    """Whether a line is a URL and the few words that it belongs to."""
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


def _glued(paragraphs: list[str]) -> str:
    """Separate glued headings ("…too compelling to pass up. The Main Sequence"), only before a long paragraph."""
    out: list[str] = []
    glued = {i: found for i, p in enumerate(paragraphs) if (found := _GLUED.search(p)) and _is_title(found["heading"])}
    if 3 * len(glued) > sum(len(paragraph) >= _LONG for paragraph in paragraphs) and len(glued) > 2:
        glued = {}  # paragraphs often end in these: sources and credits
    for i, paragraph in enumerate(paragraphs):
        following = paragraphs[i + 1] if i + 1 < len(paragraphs) else ""
        found = glued.get(i) if len(following) >= _LONG and "\n" not in paragraph else None
        if found:
            out += [paragraph[: found.start()].rstrip(), f"## {found['heading'].strip()}"]
        elif _is_heading_line(paragraph, following):
            out.append(f"## {paragraph.strip()}")
        else:
            out.append(paragraph)
    return "\n\n".join(out)


def _is_title(words: str) -> bool:
    """Whether a line is in Title Case with at most six words: "The Main Sequence", "Miscellaneous"."""
    parts = words.split()
    if not 0 < len(parts) <= MAX_HEADING_WORDS or not all(
        p[:1].isupper() or p[:1].isdigit() or p in _SMALL for p in parts
    ):
        return False
    return parts[-1][:1].isupper() and any(len(p) > 2 for p in parts)


def _is_heading_line(line: str, following: str) -> bool:
    """Whether this is a short Title-Case line before a long paragraph."""
    line = line.strip()
    return len(following) >= _LONG and len(line) <= 60 and line[-1] not in ".!?,;:…" and _is_title(line)
