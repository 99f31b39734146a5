"""Convert reference links of Markdown (``[words][label]`` … ``[label]: target``) to inline links.

This is needed because blocks are shown, searched and quoted individually, without the definitions.
"""

from __future__ import annotations

import re

from briefreader.markdown import URL, blocks

_LABEL = r"(?=\s{0,999}[^\s\]])(?:[^\[\]\\]|\\.){1,999}"
_DEFINITION = re.compile(
    rf" {{0,3}}\[(?!\^)(?P<label>{_LABEL})\]:[ \t]*\n?[ \t]*(?P<target><[^<>\n]*>|[^\s<]\S*)"
    r"(?:[ \t]*(?:\n[ \t]*|(?<=[ \t]))(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*(?:\n|\Z)"
)
_SIGN = re.compile(
    r"\\.|(?P<ticks>`+)(?!`)(?:.|\n){1,2000}?(?<!`)(?P=ticks)(?!`)|<[a-zA-Z/!][^<>\n]{0,2000}>"
    rf"|(?P<open>!?\[)|(?P<close>\])(?=(?P<inline>\({URL}\))|(?P<label>\[(?:{_LABEL})?\])?)"
)


def inline(markdown: str) -> str:
    """Return Markdown with inline links and without link definitions; code is unchanged."""
    if "]:" not in markdown:
        return markdown
    targets: dict[str, str] = {}
    cuts: list[tuple[int, int, str]] = []
    found = blocks(markdown)
    for block in found:
        place = block.text
        while block.kind == "paragraph" and (defined := _DEFINITION.match(markdown, place)):
            targets.setdefault(_key(defined["label"]), defined["target"].strip("<>"))
            cuts.append((place, defined.end(), ""))
            place = defined.end()
    if not targets:
        return markdown
    for block in found:
        if block.kind != "code":
            cuts += _links(markdown, block.text, block.end, targets)
    parts, done = [], 0
    for start, end, replacement in sorted(cuts):
        if start >= done:
            parts += [markdown[done:start], replacement]
            done = end
    return "".join([*parts, markdown[done:]])


def _key(label: str) -> str:
    """Return a label in a form without differences in case and spaces, to match links with definitions."""
    return " ".join(label.casefold().split())


def _links(text: str, start: int, stop: int, targets: dict[str, str]) -> list[tuple[int, int, str]]:
    """Return (start, end, replacement) for the part after the words of each reference link between two offsets."""
    edits: list[tuple[int, int, str]] = []
    opened: list[re.Match[str]] = []
    done = start
    for sign in _SIGN.finditer(text, start, stop):
        if sign["open"] and sign.start() >= done:
            opened.append(sign)
        elif sign["close"] and sign.start() >= done and opened:
            begin = opened.pop()
            label = sign["label"] or "[]"
            target = targets.get(_key(text[begin.end() : sign.start()] if label == "[]" else label[1:-1]))
            if target is not None and not sign["inline"]:
                done = sign.end() + len(sign["label"] or "")
                bare = target if target and not re.search(r"[()\s]", target) else f"<{target}>"
                edits.append((sign.start(), done, f"]({bare})"))
            if (sign["inline"] or target is not None) and begin["open"] == "[":
                opened.clear()  # links don't nest
    return edits
