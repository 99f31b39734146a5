"""Edit a taxonomy file in place, keeping comments and layout.

A change is applied to the text. If the result doesn't parse to the intended topics, because the file has an unusual
layout, the file is rewritten instead, and its comments are lost.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader.atomic import atomic_write
from briefreader.errors import LibraryError, TaxonomyError
from briefreader.taxonomy import TOPIC_KEYS, Taxonomy, Topic
from briefreader.yamlnodes import Mapping, Sequence, parse, written

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Mapping as Map

Edit = tuple[int, int, str]  # text[start:end] is replaced by this


def change(path: Path, changed: Map[str, Topic | None], added: Collection[Topic] = ()) -> Taxonomy:
    """Change topics (by current ID), delete those whose value is None, and append new ones; return the new taxonomy.

    References in ``broader`` follow a changed ID, and are removed with the topic.

    Raises:
        TaxonomyError: the file has errors, or would have some after the change.
        LibraryError: the file can't be written.
    """
    before = Taxonomy.load(path)
    wanted = _changed(before, changed, added)
    text = path.read_text(encoding="utf-8-sig")
    root = parse(text)
    assert isinstance(root, Mapping)
    edits = sorted(_edits(text, root, before, wanted, added), reverse=True)
    for start, end, new in edits:
        text = text[:start] + new + text[end:]
    return _write(path, text, replace(before, topics=(*wanted.values(), *added)))


def _changed(before: Taxonomy, changed: Map[str, Topic | None], added: Collection[Topic]) -> dict[str, Topic]:
    """Return all remaining topics after the change, by their ID before it."""
    moved = {old: new.id if new else "" for old, new in changed.items()}
    wanted = {}
    for topic in before.topics:
        new = changed.get(topic.id, topic)
        if new is not None:
            wanted[topic.id] = replace(new, broader=moved.get(new.broader, new.broader))
    taken = [topic.id for topic in (*wanted.values(), *added)]
    if len(set(taken)) < len(taken):
        raise TaxonomyError("two topics would have the same ID", where=before.path)
    return wanted


def _edits(text: str, root: Mapping, before: Taxonomy, wanted: Map[str, Topic], added: Collection[Topic]) -> list[Edit]:
    """Return the edits of the text that lead to the wanted topics."""
    entries = root.values["topics"]
    assert isinstance(entries, Sequence)
    found: list[Edit] = []
    for entry, topic in zip(entries.items, before.topics, strict=True):
        assert isinstance(entry, Mapping)
        if topic.id not in wanted:
            found.append(_lines(text, entry.start, entry.end))
            continue
        for key in TOPIC_KEYS:
            value = getattr(wanted[topic.id], key)
            if value != getattr(topic, key):
                found.append(_edit(text, entry, key, value))
    if added:
        place = _line_end(text, entries.end)
        dash = max(entries.column - 1, 0)
        found.append((place, place, "".join(_entry(topic, dash) for topic in added)))
    return found


def _edit(text: str, entry: Mapping, key: str, value: str | tuple[str, ...]) -> Edit:
    """Return the edit that sets one key of a topic, or removes it if the value is empty."""
    node = entry.values.get(key)
    if node is None:
        place = _line_end(text, entry.values["id"].end)
        return place, place, f"\n{' ' * (entry.keys['id'].column - 1)}{key}: {written(value)}"
    if not value:
        return _lines(text, entry.keys[key].start, node.end)
    newline = "\n" if text[node.start : node.end].endswith("\n") else ""
    return node.start, node.end, written(value) + newline


def _entry(topic: Topic, dash: int) -> str:
    """Return the YAML of a new topic, indented like the other entries."""
    whole = Taxonomy((topic,)).to_yaml().split("topics:\n", 1)[1].rstrip("\n")
    return "".join(f"\n{' ' * dash}{line[2:]}" for line in whole.split("\n"))


def _line_end(text: str, place: int) -> int:
    if place and text[place - 1] == "\n":
        return place - 1
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _lines(text: str, start: int, end: int) -> Edit:
    """Return the edit that deletes the lines between two positions."""
    return text.rfind("\n", 0, start) + 1, min(_line_end(text, end) + 1, len(text)), ""


def _write(path: Path, text: str, wanted: Taxonomy) -> Taxonomy:
    """Write ``text`` atomically, or regenerated YAML if ``text`` doesn't parse to the intended topics."""
    import tempfile

    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".taxonomy-") as folder:
            partial = Path(folder, path.name)
            partial.write_text(text, encoding="utf-8")
            written_taxonomy = _loaded(partial)
            if written_taxonomy != wanted:
                wanted.dump(partial)
                written_taxonomy = Taxonomy.load(partial)
            atomic_write(path, partial.read_bytes())
            return replace(written_taxonomy, path=str(path))
    except TaxonomyError as error:  # its path is the temporary file's
        raise TaxonomyError(error.message, where=str(path), hint=error.hint) from error
    except OSError as error:
        raise LibraryError(f"the taxonomy can't be written: {error.strerror}", where=str(path)) from error


def _loaded(path: Path) -> Taxonomy | None:
    try:
        return Taxonomy.load(path)
    except TaxonomyError:
        return None
