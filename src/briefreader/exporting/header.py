"""Parse a note's properties, to change single ones and keep the user's.

There are two syntaxes with one interface, ``Header``: ``YamlHeader`` for the frontmatter of Obsidian, Hugo and most
others, and ``LogseqHeader`` for ``key:: value`` lines. The ``raw`` texts of the entries of a header, joined, are the
header.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import yaml

from briefreader.exporting.blocks import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ID_KEY = "briefreader_id"
MAX_HEADER = 1 << 16
"""Maximum length of a header in characters; a longer one is ignored."""
MAX_BRACKETS = 500
"""Maximum number of ``[`` and ``{`` in YAML that is parsed: PyYAML takes a second for a few thousand nested ones."""


class Bare(str):
    """A date, written without quotation marks, so that apps recognise it."""

    __slots__ = ()


Value = str | tuple[str, ...]
"""The value of a property: a string or a list of strings. Obsidian can't show nested values."""


@dataclass(frozen=True, slots=True)
class Property:
    """An entry of a header: the lines of one key.

    Fences, comments and blank lines have the key ``""``. A key inside a map is written ``params.source_url``.
    """

    key: str
    raw: str


class Header(Protocol):
    """A syntax of properties."""

    def split(self, text: str) -> tuple[list[Property], str] | None:
        """Return the entries of a file's header, and the rest of the file; None if there is no header."""

    def read(self, entry: Property) -> Value | None:
        """Return the value of an entry; None if it is neither a string nor a list of strings."""

    def render(self, key: str, value: Value, newline: str = "\n") -> str:
        """Return the lines of a key with a value. For a nested key, the line of its parent is not included."""

    def replace(self, entry: Property, value: str | None, newline: str = "\n") -> str | None:
        """Return the lines of an entry with another string as its value; with None, "", which deletes the entry.

        Returns None if that would lose one of the user's lines or comments.
        """

    def relist(self, entry: Property, items: tuple[str, ...], newline: str = "\n") -> str | None:
        """Return the lines of an entry with ``items`` as its list.

        Without items, the result is "", which deletes the entry, unless that would lose a comment. In YAML, the lines
        of items that stay are unchanged. Returns None if the user's lines would be lost.
        """

    def items(self, value: str, *, spaces: bool = False) -> tuple[str, ...]:
        """Split a string into a list at commas, with ``spaces`` also at spaces."""

    def values(self, text: str) -> dict[str, str] | None:
        """Return the values of a header by key, serialised for comparison; None if it can't be parsed."""

    def wrap(self, lines: str) -> str:
        """Return a new header that consists of rendered lines."""


class YamlHeader:
    """Frontmatter between two ``---`` lines. The keys of the maps in ``nested`` are separate properties."""

    _OPEN = re.compile(r"---[ \t]*\r?\n")
    _CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.M)
    _KEY = re.compile(
        r"(?P<indent> *)(?:\"(?P<dq>[^\"\\]*)\"[ \t]*|'(?P<sq>[^']*)'[ \t]*|"
        r"(?P<bare>[^\s#?&*!|>'\"%@`{}\[\],:-](?:[^\n#]|(?<=\S)#)*?|-[^\s:]+))"
        r":(?=\s|$)(?P<rest>[^\n]*)"
    )
    _ITEM = re.compile(r" *-(?=\s)")
    _NOTHING = re.compile(r"[ \t]*(?:#.*)?\r?\n?")

    def __init__(self, nested: frozenset[str] = frozenset()) -> None:
        self.nested = nested

    def split(self, text: str) -> tuple[list[Property], str] | None:
        """See ``Header.split``.

        Frontmatter that is unclosed or longer than ``MAX_HEADER`` is ignored.
        """
        opening = self._OPEN.match(text)
        closing = self._CLOSE.search(text, opening.end(), MAX_HEADER) if opening else None
        if opening is None or closing is None:
            return None
        entries: list[Property] = [Property("", opening[0])]
        for entry in self._cut(lines_of(text[opening.end() : closing.start()]), ""):
            name, _, children = entry.raw.partition("\n")
            head = self._KEY.match(name)
            if entry.key in self.nested and head and self._NOTHING.fullmatch(head["rest"]) and children:
                entries.append(Property(entry.key, name + "\n"))
                entries += self._cut(lines_of(children), f"{entry.key}.")
            else:
                entries.append(entry)
        return [*entries, Property("", closing[0])], text[closing.end() :]

    def _cut(self, lines: list[str], prefix: str) -> list[Property]:
        """Split the lines of a map into entries. An entry begins at a key with the indentation of the map."""
        entries: list[Property] = []
        indent = next((m["indent"] for line in lines if (m := self._KEY.match(line))), "")
        waiting = ""
        for line in lines:
            key = self._KEY.match(line)
            if key and key["indent"] == indent:
                name = key["dq"] or key["sq"] or (key["bare"] or "").rstrip()
                entries += [Property("", waiting)] if waiting else []
                entries.append(Property(prefix + name, line))
            elif self._NOTHING.fullmatch(line) or not entries:
                waiting += line
                continue
            elif len(line) - len(line.lstrip(" ")) > len(indent) or self._ITEM.match(line):
                entries[-1] = Property(entries[-1].key, entries[-1].raw + waiting + line)
            else:
                entries.append(Property("", waiting + line))
            waiting = ""
        return [*entries, Property("", waiting)] if waiting else entries

    def read(self, entry: Property) -> Value | None:
        """See ``Header.read``."""
        node = self._node(entry.raw)
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
            return tuple(str(item.value) for item in node.value)
        return None

    def _node(self, raw: str) -> yaml.Node | None:
        node = self._compose(raw)
        return node.value[0][1] if node and len(node.value) == 1 else None

    @staticmethod
    def _compose(text: str) -> yaml.MappingNode | None:
        if text.count("[") + text.count("{") > MAX_BRACKETS:
            return None
        try:
            node = yaml.compose(text, Loader=yaml.BaseLoader)
        except (yaml.YAMLError, RecursionError, ValueError):
            return None
        return node if isinstance(node, yaml.MappingNode) else None

    def render(self, key: str, value: Value, newline: str = "\n") -> str:
        """See ``Header.render``.

        Strings are quoted, since YAML 1.1 and 1.2 parse unquoted ones differently.
        """
        parent, _, name = key.rpartition(".")
        indent = "  " if parent else ""
        if isinstance(value, tuple):
            return "".join(
                f"{row}{newline}" for row in [f"{indent}{name}:", *(f"{indent}  - {quoted(v)}" for v in value)]
            )
        return f"{indent}{name}: {value if isinstance(value, Bare) else quoted(value)}{newline}"

    def replace(self, entry: Property, value: str | None, newline: str = "\n") -> str | None:
        """See ``Header.replace``; a comment after the value stays."""
        node = self._node(entry.raw)
        if not isinstance(node, yaml.ScalarNode) or node.style in {"|", ">"}:
            return None
        before, after = entry.raw[: node.start_mark.index], entry.raw[node.end_mark.index :]
        if value is None:
            return None if "#" in before + after else ""
        return before + (value if isinstance(value, Bare) else quoted(value)) + after

    def relist(self, entry: Property, items: tuple[str, ...], newline: str = "\n") -> str | None:
        """See ``Header.relist``.

        A list in brackets stays in brackets, and a string becomes such a list.
        """
        node = self._node(entry.raw)
        if isinstance(node, yaml.SequenceNode) and not node.flow_style:
            return self._relist_lines(entry.raw, node, items, newline)
        if node is None or node.start_mark.line != node.end_mark.line or isinstance(node, yaml.MappingNode):
            return None
        before, after = entry.raw[: node.start_mark.index], entry.raw[node.end_mark.index :]
        if not items and "#" not in before + after:
            return ""
        if not node.value and before + after == entry.raw:
            return "".join([entry.raw, *(f"  - {quoted(item)}{newline}" for item in items)])
        known = node.value if isinstance(node, yaml.SequenceNode) else ()
        kept = {str(v.value): entry.raw[v.start_mark.index : v.end_mark.index] for v in known}
        return f"{before}[{', '.join(kept.get(item) or quoted(item) for item in items)}]{after}"

    def _relist_lines(self, raw: str, node: yaml.SequenceNode, items: tuple[str, ...], newline: str) -> str | None:
        """Change a list with one item per line; other lines stay unchanged."""
        lines = lines_of(raw)
        places = {item.start_mark.line: str(item.value) for item in node.value}
        last = max(places)
        bullet = self._ITEM.match(lines[last])
        if bullet is None or any(item.end_mark.line > item.start_mark.line + 1 for item in node.value):
            return None
        kept = [line for number, line in enumerate(lines) if number not in places or places[number] in items]
        if not items and len(kept) == 1 and "#" not in kept[0]:
            return ""
        end = len(kept) - (len(lines) - 1 - last)
        if end and not kept[end - 1].endswith("\n"):
            kept[end - 1] += newline
        have = set(places.values())
        kept[end:end] = [f"{bullet[0]} {quoted(item)}{newline}" for item in items if item not in have]
        return "".join(kept)

    def items(self, value: str, *, spaces: bool = False) -> tuple[str, ...]:
        """See ``Header.items``."""
        found = value.replace(",", " ").split() if spaces else [part.strip() for part in value.split(",")]
        return tuple(part for part in found if part)

    def values(self, text: str) -> dict[str, str] | None:
        """See ``Header.values``.

        A header with a duplicate key is invalid, since parsers treat it differently.
        """
        closing = max(text.rfind("\n---"), text.rfind("\n..."))
        node = self._compose(text[:closing]) if closing > 0 else None
        if node is None:
            return None
        found: dict[str, str] = {}
        for key, value in self._pairs(node, ""):
            if key in found:
                return None
            found[key] = yaml.serialize(value)
        return found

    def _pairs(self, node: yaml.MappingNode, prefix: str) -> Iterator[tuple[str, yaml.Node]]:
        for key, value in node.value:
            name = f"{prefix}{key.value}"
            if name in self.nested and isinstance(value, yaml.MappingNode):
                yield from self._pairs(value, f"{name}.")
            else:
                yield name, value

    def wrap(self, lines: str) -> str:
        """See ``Header.wrap``."""
        return f"---\n{lines}---\n\n"


class LogseqHeader:
    """Logseq's properties: ``key:: value`` lines, lists with commas."""

    _LINE = re.compile(r"(?P<key>[^\s:#`*\[-][^:\n]*?)::(?:[ \t]+(?P<value>[^\r\n]*))?\r?(?:\n|\Z)")
    _ITEM = re.compile(r"\[\[[^\]]*\]\]|[^,]+")
    _ACTIVE = re.compile(r"([\[\](){}])(?=\1)|#(?=\S)|<(?=%)")

    def split(self, text: str) -> tuple[list[Property], str] | None:
        """See ``Header.split``."""
        entries: list[Property] = []
        at = 0
        while at < MAX_HEADER and (line := self._LINE.match(text, at)):
            entries.append(Property(line["key"], line[0]))
            at = line.end()
        return (entries, text[at:]) if entries else None

    def read(self, entry: Property) -> Value | None:
        """See ``Header.read``.

        Returns the string after ``::``, so the caller must split lists.
        """
        line = self._LINE.match(entry.raw)
        return (line["value"] or "").strip() if line else None

    def items(self, value: str, *, spaces: bool = False) -> tuple[str, ...]:
        """See ``Header.items``; ``[[a, b]]`` is one item, and ``spaces`` has no effect."""
        found = (part.strip() for part in self._ITEM.findall(value))
        return tuple(part.removeprefix("[[").removesuffix("]]") for part in found if part)

    def values(self, text: str) -> dict[str, str] | None:
        """See ``Header.values``."""
        cut = self.split(text)
        return {entry.key: entry.raw for entry in cut[0]} if cut else None

    def render(self, key: str, value: Value, newline: str = "\n") -> str:
        """See ``Header.render``."""
        shown = ", ".join(f"[[{v}]]" if "," in v else v for v in value) if isinstance(value, tuple) else value
        return f"{key}:: {shown}{newline}"

    @classmethod
    def plain(cls, value: str) -> str:
        """Insert spaces, so that Logseq doesn't interpret links, tags and embeds."""
        return cls._ACTIVE.sub(lambda m: m[0] + " ", value)

    def replace(self, entry: Property, value: str | None, newline: str = "\n") -> str | None:
        """See ``Header.replace``."""
        return "" if value is None else self.render(entry.key, value, newline)

    def relist(self, entry: Property, items: tuple[str, ...], newline: str = "\n") -> str | None:
        """See ``Header.relist``."""
        return self.render(entry.key, items, newline) if items else ""

    def wrap(self, lines: str) -> str:
        """See ``Header.wrap``."""
        return f"{lines}\n"


def quoted(text: str) -> str:
    """Return ``text`` in quotation marks, as YAML 1.1 and 1.2 read it.

    Control characters are escaped. ``<%`` is escaped too, since Templater executes it anywhere in a file.
    """
    safe = "".join(_ESCAPES.get(c) or (c if c.isprintable() else _escape(c)) for c in text)
    return '"' + safe.replace("<%", "\\x3c%") + '"'


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
