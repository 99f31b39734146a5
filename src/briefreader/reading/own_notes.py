"""Recognise notes exported by this program, so that adding a vault doesn't add them.

Used by ``add``, ``--watch``, ``read`` and ``fetch``; examines only the beginning of Markdown and text files.
"""

from __future__ import annotations

import re

ID_KEY = "briefreader_id"  # as ``exporting.header`` writes it
MAX_HEADER_BYTES = 1 << 16
MESSAGE = "is a note that briefreader exported"
_FRONTMATTER = re.compile(rb"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.M | re.S)
_PROPERTIES = re.compile(rb"(?:[^\s:#][^:\n]*::[^\n]*(?:\n|\Z))+")
_ID = re.compile(rb"^[ \t]*(?P<quote>[\"']?)" + ID_KEY.encode() + rb"(?P=quote)[ \t]*::?[ \t]*\S", re.M)
_CONFLICT = re.compile(rb"<!-- briefreader:conflict parts=")


def is_own_note(data: bytes) -> bool:
    """Whether a file's beginning is that of an exported note, topic note, digest or conflict file."""
    head = data[:MAX_HEADER_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    header = _FRONTMATTER.match(head) or _PROPERTIES.match(head)
    return bool(_CONFLICT.match(head)) or bool(header and _ID.search(header[0]))
