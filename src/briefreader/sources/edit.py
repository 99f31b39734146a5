"""Edit sources.toml in place, keeping comments and layout."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from briefreader.errors import ConfigError, NotFoundError
from briefreader.sources.config import Source, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADER = re.compile(r"\s*\[\[\s*source\s*\]\]")


def block(values: dict[str, object]) -> str:
    """Return a ``[[source]]`` table as TOML, without empty and false values.

    Values are strings, booleans, lists or dicts.
    """
    lines = [f"{key} = {_value(value)}" for key, value in values.items() if value not in ("", (), [], False, None)]
    return "\n".join(["[[source]]", *lines]) + "\n"


def appended(text: str, blocks: Sequence[str]) -> str:
    """Return ``text`` with blocks appended.

    Raises:
        ConfigError: a new block is invalid, or its name or address belongs to another source.
    """
    before, known = parse(text.encode())
    base = text if not text or text.endswith("\n") else text + "\n"
    made = base + "".join(("\n" if base else "") + new if i == 0 else "\n" + new for i, new in enumerate(blocks))
    after, problems = parse(made.encode())
    if len(after) != len(before) + len(blocks):
        new = [problem for problem in problems if problem.line > base.count("\n")] or problems[len(known) :] or problems
        raise ConfigError(new[0].message, hint=new[0].hint)
    return made


def without(text: str, name: str) -> str:
    """Return ``text`` without the block of the source ``name``, keeping comments around it.

    Raises:
        NotFoundError: no source has that name.
        ConfigError: removing the block would change other sources.
    """
    before, _ = parse(text.encode())
    found = find(before, name)
    lines = text.split("\n")
    start = found.line - 1
    end = next((i for i in range(start + 1, len(lines)) if _HEADER.match(lines[i])), len(lines))
    last = max(i for i in range(start, end) if lines[i].strip() and not lines[i].lstrip().startswith("#"))
    kept = lines[:start] + lines[last + 1 :]
    if start and not lines[start - 1].strip():  # one blank line belongs to the block
        while start < len(kept) and not kept[start].strip():
            del kept[start]
    made = "\n".join(kept)
    after, _ = parse(made.encode())
    if [source.name for source in after] != [source.name for source in before if source is not found]:
        raise ConfigError(f"the block of {name} cannot be removed safely", hint="edit sources.toml by hand")
    return made


def find(sources: Sequence[Source], name: str) -> Source:
    """Return a source by its current or a previous name, ignoring case.

    Raises:
        NotFoundError: there is no such source.
    """
    wanted = name.casefold()
    for source in sources:
        if wanted in (known.casefold() for known in (source.name, *source.previous_names)):
            return source
    raise NotFoundError(f"no such source: {name}", hint="to list sources: briefreader sources list")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    # JSON's escapes are valid in TOML, which also requires DEL to be escaped
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
