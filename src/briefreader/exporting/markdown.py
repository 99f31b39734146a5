"""Escape text for Markdown, so that note apps interpret nothing as markup.

Note apps interpret more than Markdown: raw HTML, ``[[links]]`` and ``![[embeds]]``, ``#tags``, Templater's ``<% %>``,
Dataview's ``$=``, Hugo's ``{{< >}}``, and the comment lines of briefreader's blocks. Plain text is escaped completely
(``escape``). A Markdown body keeps its formatting, but loses what note apps would execute (``defuse``).
"""

from __future__ import annotations

import re
from urllib.parse import quote as percent
from urllib.parse import urlsplit

from briefreader.display import clean, one_line

_URL = re.compile(r"https?://[^\s<>\"'`\\]*[^\s<>\"'`\\.,;:!?)\]}]")
_SPECIAL = re.compile(r"[\\`*\[\]<$_~=%{:&#^]")
_ENTITY = re.compile(r"&#?\w+;")
_LINE_START = re.compile(r"^(?:[-+](?=[ \t]|$)|[-=]+(?=[ \t]*$)|#(?=#*(?:[ \t]|$))|>|\d{1,9}(?=[.)](?:[ \t]|$)))", re.M)
_INDENT = re.compile(r"^[ \t]+", re.M)

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?=[ \t]|$)")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.{1,2000}?)(?<!`)\1(?!`)", re.S)
_ACTIVE = re.compile(
    # also after a backslash, which some plugins ignore
    r"\\\\|\\?<(?=[A-Za-z/!?%])(?!(?:https?://|mailto:)[^\s<>]*>)|\\?\[\[|\{\{(?=[<%{])|(?<![\w&/#\\(])#(?=[^\s#\d])|%%"
)
_ACTIVE_TEXT = {
    "<": "&lt;", "[[": r"\[\[", "{{": "&#123;{", "#": r"\#", "%%": r"%\%",
    r"\<": "&lt;", r"\[[": r"\[\[", "\\\\": "\\\\",
}  # fmt: skip
_UNSAFE_TARGET = re.compile(r"(\]\(\s*<?)(?!https?:|mailto:|#)[a-z][a-z0-9+.-]*:", re.I)
_LANGUAGES = frozenset(
    "bash c cpp cs css diff go html http ini java javascript js json jsonc kotlin lua makefile md markdown php python "
    "py r ruby rust scala sh shell sql swift text toml ts tsx typescript txt xml yaml yml zsh".split()
)
_TAG_UNSAFE = re.compile(r"[^\w/-]+")


def escape(text: str) -> str:
    """Escape plain text so that Markdown renders exactly this text, without its indentation.

    Line breaks stay, and URLs become links.
    """
    text = clean(text)
    if text[:1] in {" ", "\t"} or "\n " in text or "\n\t" in text:
        text = _INDENT.sub("", text)
    parts, at = [], 0
    for url in _URL.finditer(text):
        if address := safe_url(url[0]):
            parts += [_SPECIAL.sub(_escape_special, text[at : url.start()]), f"<{address}>"]
            at = url.end()
    parts.append(_SPECIAL.sub(_escape_special, text[at:]))
    escaped = "".join(parts)
    if "\n" in escaped:
        return _LINE_START.sub(_escape_start, escaped)
    start = _LINE_START.match(escaped)  # much faster than ``sub`` in a single line
    return _escape_start(start) + escaped[start.end() :] if start else escaped


def _escape_start(match: re.Match[str]) -> str:
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def _escape_special(match: re.Match[str]) -> str:
    """Escape a special character, unless it has no meaning at this place."""
    sign, text, at = match[0], match.string, match.start()
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if sign == "<":
        return "&lt;"  # since a backslash has no effect on <% and <!--
    if sign == "&":
        return "&amp;" if _ENTITY.match(text, at) else sign
    if sign == "_":
        means = not (before.isalnum() and after.isalnum())
    elif sign in "~=%{:":
        means = sign in (before, after)
    elif sign == "#":
        means = not (before.isalnum() or before == "&") and bool(after.strip())
    elif sign == "^":
        means = not before.strip() and after.isalnum()
    else:
        means = True
    return f"\\{sign}" if means else sign


def defuse(body: str, *, below: int = 0) -> str:
    """Neutralise what note apps would interpret in a Markdown body.

    This is HTML, wikilinks, embeds, tags, and the code of templates and plugins. With ``below``, headings are moved
    down so that all are below this level: for 2, the highest has level 3 or lower.
    """
    lines = _defuse(body).split("\n")
    headings = _headings(lines) if below else {}
    shift = max(below + 1 - min(headings.values(), default=6), 0)
    for number, level in headings.items():
        lines[number] = "#" * min(level + shift, 6) + lines[number].lstrip(" ")[level:]
    return "\n".join(lines)


def _headings(lines: list[str]) -> dict[int, int]:
    """Return the level of each heading outside code blocks, by line number from 0."""
    found: dict[int, int] = {}
    fence = ""
    for number, line in enumerate(lines):
        if mark := _FENCE.match(line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        elif not fence and (mark := _HEADING.match(line)):
            found[number] = len(mark[1])
    return found


def _defuse(body: str) -> str:
    done: list[str] = []
    prose: list[str] = []
    fence = ""
    for line in clean(body).split("\n"):
        mark = _FENCE.match(line)
        if fence:
            closes = mark is not None and mark[1].startswith(fence) and not mark[2].strip()
            done.append(line if closes else _inside_code(line))
            fence = "" if closes else fence
        elif mark and not (mark[1][0] == "`" and "`" in mark[2]):
            done += _defuse_prose(prose)
            fence, language = mark[1], mark[2].strip().lower()
            # plugins execute code blocks of certain languages: dataviewjs, query, templater …
            done.append(line[: mark.end(1)] + (language if language in _LANGUAGES else ""))
        else:
            prose.append(line)
    done += _defuse_prose(prose)
    if fence:
        done.append(fence)  # since an open fence would turn all text after the body into code
    return "\n".join(done)


def _defuse_prose(lines: list[str]) -> list[str]:
    """Return ``lines`` outside code blocks, neutralised; clear the list."""
    if not lines:
        return []
    paragraphs = "\n".join(lines).split("\n\n")
    lines.clear()
    return ["\n\n".join(_defuse_paragraph(p) for p in paragraphs)]


def _defuse_paragraph(text: str) -> str:
    parts, at = [], 0
    for span in _CODE_SPAN.finditer(text):
        parts += [_disarm(text[at : span.start()]), span[1], _inside_code(span[2]), span[1]]
        at = span.end()
    return "".join([*parts, _disarm(text[at:])])


def _disarm(text: str) -> str:
    return _UNSAFE_TARGET.sub(r"\1#", _ACTIVE.sub(lambda m: _ACTIVE_TEXT[m[0]], text))


def _inside_code(code: str) -> str:
    """Break the syntax of templates and comments in code with spaces, since escapes have no effect in code."""
    code = code.replace("<%", "< %").replace("{{<", "{ {<").replace("{{%", "{ {%").replace("<!--", "< !--")
    return " " + code if code.startswith(("=", "$=")) else code


def link(text: str, url: str) -> str:
    """Return ``[text](url)`` with both escaped. If ``safe_url`` rejects the URL, only the text is returned."""
    shown, address = escape(one_line(text)), safe_url(url)
    return f"[{shown}]({address})" if address else shown


def safe_url(url: str) -> str:
    """Return an http, https or mailto URL, encoded for a Markdown link; "" for anything else."""
    url = one_line(url)
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https", "mailto"} or not (parts.netloc or parts.path):
        return ""
    return percent(url, safe="%/:=&?~#+!$,;'@*-._")


def block_quote(text: str) -> str:
    """Return Markdown as a block quote."""
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def tag(name: str) -> str:
    """Return a topic's ID or name as a tag; "" if it has no valid character.

    Tags consist of letters, digits, ``_``, ``-`` and ``/``. A tag may not consist of digits only, so such a name is
    prefixed with ``topic-``.
    """
    parts = [part.strip("-") for part in _TAG_UNSAFE.sub("-", one_line(name)).split("/")]
    made = "/".join(part for part in parts if part)
    return f"topic-{made}" if made and all(c.isdigit() or c == "/" for c in made) else made
