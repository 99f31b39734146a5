"""Words in forwarded mails, from ``forward_words.toml``: names of header fields, and prefixes of subjects.

Header lines in a language that isn't listed are recognised by their values (``forwarded``).
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Literal

from briefreader.text import fold

Role = Literal["from", "date", "subject", "other"]

_DATA = tomllib.loads(files(__package__).joinpath("forward_words.toml").read_text("utf-8"))
_NAMES: dict[Role, list[str]] = {role: [n.strip() for n in names.split(",")] for role, names in _DATA["fields"].items()}
ROLES: dict[str, Role] = {fold(name): role for role, names in _NAMES.items() for name in names}

_LONGEST_FIRST = sorted({name for names in _NAMES.values() for name in names}, key=len, reverse=True)
# field names in a line with several fields; a name of one letter must follow a space or ">"
IN_ONE_LINE = re.compile(
    "|".join((r"(?<=[>\s])" if len(name) == 1 else "") + re.escape(name) + r"\s?[:：]" for name in _LONGEST_FIRST)
)


def _prefixes(*kinds: str) -> re.Pattern[str]:
    """Return the expression for one or more prefixes of a subject."""
    words = "|".join(word for kind in kinds for word in _DATA["prefixes"][kind].split())
    return re.compile(rf"^\s*(?:(?:{words})\s*(?:\[\d+\])?\s*[:：]\s*)+", re.I)


FORWARD = _prefixes("forward")
REPLY = _prefixes("reply")
PREFIXES = _prefixes("forward", "reply")
