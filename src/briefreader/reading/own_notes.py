"""Recognise notes that briefreader exported; they are skipped when notes are read.

Only Markdown and text files are examined, and only their beginning.
"""

from __future__ import annotations

import re

ID_KEY = "briefreader_id"  # the key that ``exporting.header`` writes
MAX_HEADER_BYTES = 1 << 16
MESSAGE = "is a note that briefreader exported"
_FRONTMATTER = re.compile(rb"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.M | re.S)
_PROPERTIES = re.compile(rb"(?:[^\s:#][^:\n]*::[^\n]*(?:\n|\Z))+")
_ID = re.compile(rb"^[ \t]*(?P<quote>[\"']?)" + ID_KEY.encode() + rb"(?P=quote)[ \t]*::?[ \t]*\S", re.M)
_CONFLICT = re.compile(rb"<!-- briefreader:conflict parts=")


def is_own_note(data: bytes) -> bool:
    """Whether a file begins like an exported note, topic note, digest or conflict file."""
    head = data[:MAX_HEADER_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    header = _FRONTMATTER.match(head) or _PROPERTIES.match(head)
    return bool(_CONFLICT.match(head)) or bool(header and _ID.search(header[0]))
