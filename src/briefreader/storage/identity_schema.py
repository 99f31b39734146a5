"""Tables of identity: origins of duplicates, revisions of briefings, and repeated blocks of publishers.

Migration 4. ``origin``, ``revision`` and ``revision_text`` can't be regenerated; ``block_memory`` can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.text import words

if TYPE_CHECKING:
    import sqlite3

SCHEMA = """
ALTER TABLE briefing ADD COLUMN publisher TEXT NOT NULL DEFAULT '';
CREATE INDEX briefing_by_publisher ON briefing (publisher, removed, date DESC);
ALTER TABLE alias ADD COLUMN rule TEXT NOT NULL DEFAULT ''; -- by which it was recognised; '' for a briefing's first

-- What the document with these bytes says of itself: never changed, and kept when its alias goes.
CREATE TABLE origin (
    digest TEXT PRIMARY KEY,
    kind TEXT NOT NULL,               -- mail, item, page or file
    publisher TEXT NOT NULL,
    source TEXT NOT NULL,
    sender TEXT NOT NULL,
    message_id TEXT NOT NULL,
    feed TEXT NOT NULL,
    guid TEXT NOT NULL,
    link TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,              -- its words, folded; '' where none was stated
    date TEXT NOT NULL,               -- '' where none was stated
    forwarded INTEGER NOT NULL
) STRICT;
CREATE INDEX origin_by_title ON origin (title, date) WHERE title <> '';
CREATE INDEX origin_by_guid ON origin (feed, guid) WHERE guid <> '';
CREATE INDEX origin_by_link ON origin (feed, link) WHERE link <> '';

-- Texts that a later one has replaced; the numbers of a briefing count from 1, the present text is the next.
CREATE TABLE revision (
    briefing_key INTEGER NOT NULL REFERENCES briefing,
    number INTEGER NOT NULL,
    digest TEXT NOT NULL,             -- of its original
    text_digest TEXT NOT NULL,        -- of its body, in revision_text
    title TEXT NOT NULL,
    at TEXT NOT NULL,                 -- when it was replaced
    PRIMARY KEY (briefing_key, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE revision_text (
    digest TEXT PRIMARY KEY,          -- sha256 of the body
    data BLOB NOT NULL                -- zlib
) STRICT;

-- The blocks of a briefing's whole text, boilerplate too, digits and addresses masked: 63-bit hashes.
CREATE TABLE block_memory (
    briefing_key INTEGER PRIMARY KEY REFERENCES briefing,
    hashes BLOB NOT NULL              -- 8 bytes each, little-endian, rising
) STRICT;
"""

# formats whose title and date 0.1 took from the document's own header
_STATED = {"eml": "mail", "feed": "item"}
_KNOWN = """
SELECT b.key, b.digest, b.title, b.source, b.published, b.format, b.url, a.message_id
FROM briefing b JOIN alias a ON a.digest = b.digest
"""


def fill_origins(con: sqlite3.Connection) -> None:
    """Derive publisher and origin of 0.1's briefings from their rows; no document is parsed."""
    for row in con.execute(_KNOWN).fetchall():
        source = " ".join(words(row["source"]))
        kind = _STATED.get(row["format"], "page" if row["format"] == "html" else "file")
        stated = row["format"] in _STATED
        con.execute(
            "INSERT OR IGNORE INTO origin VALUES (?,?,?,?,'',?,'','','',?,?,?,0)",
            (
                row["digest"], kind, source, source, row["message_id"], row["url"],
                (" ".join(words(row["title"])) or row["title"]) if stated else "", row["published"] if stated else "",
            ),
        )  # fmt: skip
        con.execute("UPDATE briefing SET publisher = ? WHERE key = ? AND publisher = ''", (source, row["key"]))
