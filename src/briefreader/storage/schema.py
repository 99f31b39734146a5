"""Tables of a library, and numbered migrations.

``dump.TABLES`` lists the tables that a dump contains; all others are derived, such as the search index, stories and
embeddings. Rows of briefing and insight are never deleted, only flagged (``removed``, ``hidden``), so that undo is
exact. Row keys and insight numbers are never reused.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from briefreader.storage import identity_schema, postings, source_states, story_schema, vectors

APPLICATION_ID = 0x42524644  # "BRFD": distinguishes a library from other SQLite files

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE briefing (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    author TEXT NOT NULL,
    published TEXT NOT NULL,
    url TEXT NOT NULL,
    format TEXT NOT NULL,
    language TEXT NOT NULL,
    words INTEGER NOT NULL,
    added TEXT NOT NULL,
    date TEXT NOT NULL,               -- the date that lists sort by: published in UTC, else added
    digest TEXT NOT NULL,             -- sha256 of the original that the content was parsed from
    edited TEXT NOT NULL DEFAULT '[]', -- JSON: list of the fields that the user edited
    removed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX briefing_by_date ON briefing (removed, date DESC, key DESC);
CREATE INDEX briefing_by_source ON briefing (removed, source);

-- Separate from briefing, so that listing never reads bodies.
CREATE TABLE content (
    briefing_key INTEGER PRIMARY KEY REFERENCES briefing,
    body TEXT NOT NULL,
    covers TEXT NOT NULL,             -- Briefing.summary
    moment TEXT NOT NULL,             -- Briefing.highlight
    details TEXT NOT NULL             -- JSON: sponsors, tags, cuts, problems
) STRICT;

CREATE VIRTUAL TABLE body_fts USING fts5 (
    body, content = 'content', content_rowid = 'briefing_key', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER content_added AFTER INSERT ON content BEGIN
    INSERT INTO body_fts (rowid, body) VALUES (new.briefing_key, new.body);
END;
CREATE TRIGGER content_changed AFTER UPDATE OF body ON content WHEN old.body IS NOT new.body BEGIN
    INSERT INTO body_fts (body_fts, rowid, body) VALUES ('delete', old.briefing_key, old.body);
    INSERT INTO body_fts (rowid, body) VALUES (new.briefing_key, new.body);
END;

CREATE INDEX briefing_by_author ON briefing (removed, author);
CREATE VIRTUAL TABLE title_fts USING fts5 (
    title, source, author, content = 'briefing', content_rowid = 'key', tokenize = 'unicode61 remove_diacritics 2',
    prefix = '2 3'
);
CREATE TRIGGER briefing_added AFTER INSERT ON briefing BEGIN
    INSERT INTO title_fts (rowid, title, source, author) VALUES (new.key, new.title, new.source, new.author);
END;
CREATE TRIGGER briefing_changed AFTER UPDATE OF title, source, author ON briefing
WHEN (old.title, old.source, old.author) IS NOT (new.title, new.source, new.author) BEGIN
    INSERT INTO title_fts (title_fts, rowid, title, source, author)
    VALUES ('delete', old.key, old.title, old.source, old.author);
    INSERT INTO title_fts (rowid, title, source, author) VALUES (new.key, new.title, new.source, new.author);
END;

CREATE TABLE original (
    digest TEXT PRIMARY KEY,          -- sha256 of the uncompressed data
    format TEXT NOT NULL,
    path TEXT NOT NULL,
    message_id TEXT NOT NULL,
    data BLOB NOT NULL                -- zlib
) STRICT;

-- The documents that were added as a briefing: its first one, duplicates and revisions. `add` finds duplicates by them.
CREATE TABLE alias (
    digest TEXT PRIMARY KEY,
    briefing_key INTEGER NOT NULL REFERENCES briefing,
    message_id TEXT NOT NULL,
    url TEXT NOT NULL,
    text_digest TEXT NOT NULL,
    path TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX alias_by_briefing ON alias (briefing_key);
CREATE INDEX alias_by_message ON alias (message_id) WHERE message_id <> '';
CREATE INDEX alias_by_url ON alias (url) WHERE url <> '';
CREATE INDEX alias_by_text ON alias (text_digest);

CREATE TABLE sketch (
    hash INTEGER NOT NULL,            -- hash of a shingle (a sequence of words), 63 bits
    briefing_key INTEGER NOT NULL REFERENCES briefing,
    PRIMARY KEY (hash, briefing_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX sketch_by_briefing ON sketch (briefing_key);

-- Briefings that share a Message-ID but not their text.
CREATE TABLE link (
    briefing_key INTEGER NOT NULL REFERENCES briefing,
    other_key INTEGER NOT NULL REFERENCES briefing,
    PRIMARY KEY (briefing_key, other_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE section (
    briefing_key INTEGER NOT NULL REFERENCES briefing,
    ordinal INTEGER NOT NULL,
    title TEXT NOT NULL,
    level INTEGER NOT NULL,
    start INTEGER NOT NULL,
    PRIMARY KEY (briefing_key, ordinal)
) STRICT, WITHOUT ROWID;

-- The text of a row never changes. If a reread changes an insight, it gets a new row with the same number, and the old
-- row is hidden.
CREATE TABLE insight (
    key INTEGER PRIMARY KEY,
    briefing_key INTEGER NOT NULL REFERENCES briefing,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    kind TEXT NOT NULL,
    hidden INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX insight_by_number ON insight (briefing_key, number) WHERE NOT hidden;
CREATE INDEX insight_hidden ON insight (briefing_key, number) WHERE hidden;

-- In suggestion, decision and note, insight_number 0 means the briefing itself.
-- Of the scores of insights, only those of assigned topics are stored.
CREATE TABLE suggestion (
    briefing_key INTEGER NOT NULL REFERENCES briefing,
    insight_number INTEGER NOT NULL,
    topic TEXT NOT NULL,
    score REAL NOT NULL,
    earned TEXT NOT NULL,             -- document, passage, source, or '' below the threshold
    PRIMARY KEY (briefing_key, insight_number, topic)
) STRICT, WITHOUT ROWID;
-- Covering indexes for topic filters and counts.
CREATE INDEX suggestion_of_briefing ON suggestion (topic, briefing_key, earned) WHERE insight_number = 0;
CREATE INDEX suggestion_of_insight ON suggestion (topic, briefing_key, insight_number, earned)
    WHERE insight_number > 0 AND earned <> '';

-- The model and the text (see suggestions.Text.digest) that a briefing's scores were computed with.
CREATE TABLE scored (
    briefing_key INTEGER PRIMARY KEY REFERENCES briefing,
    model TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;

CREATE TABLE decision (
    briefing_key INTEGER NOT NULL REFERENCES briefing,
    insight_number INTEGER NOT NULL,
    topic TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'rejected')),
    at TEXT NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch,
    PRIMARY KEY (briefing_key, insight_number, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_by_topic ON decision (topic, verdict, insight_number, briefing_key);

CREATE TABLE note (
    briefing_key INTEGER NOT NULL REFERENCES briefing,
    insight_number INTEGER NOT NULL,
    text TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (briefing_key, insight_number)
) STRICT, WITHOUT ROWID;

CREATE TABLE reading_state (
    briefing_key INTEGER PRIMARY KEY REFERENCES briefing,
    read INTEGER NOT NULL DEFAULT 0,
    starred INTEGER NOT NULL DEFAULT 0,
    position INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX reading_state_read ON reading_state (briefing_key) WHERE read;
CREATE INDEX reading_state_starred ON reading_state (briefing_key) WHERE starred;

CREATE TABLE saved_search (name TEXT PRIMARY KEY, query TEXT NOT NULL, ordinal INTEGER NOT NULL) STRICT;

-- The journal. undone: 0: not undone; n > 0: undone, and redo takes the highest n first; -1: undone, can't be redone.
CREATE TABLE batch (
    number INTEGER PRIMARY KEY,
    verb TEXT NOT NULL,
    at TEXT NOT NULL,
    summary TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0,
    open INTEGER NOT NULL DEFAULT 0   -- 1: a bulk command is running or was interrupted; a new run continues its batch
) STRICT;
CREATE TABLE change (
    batch INTEGER NOT NULL REFERENCES batch,
    tbl TEXT NOT NULL,                -- key of row_snapshots.KINDS, which also defines the form of the row's key
    key TEXT NOT NULL,
    briefing_key INTEGER NOT NULL,    -- 0 if the row doesn't belong to a briefing
    before TEXT,                      -- JSON; NULL if there was no row
    after TEXT,                       -- JSON; NULL if the row was deleted
    PRIMARY KEY (batch, tbl, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_by_briefing ON change (briefing_key, batch);

-- The record of each exported file (see exporting.export_record). target is the ID of a note; for other files it is the
-- path after base: or data:.
CREATE TABLE export_base (
    folder TEXT NOT NULL,
    target TEXT NOT NULL,
    base TEXT NOT NULL,
    PRIMARY KEY (folder, target)
) STRICT, WITHOUT ROWID;

"""

BLOCK_DECISIONS = """
CREATE TABLE block_decision (
    block INTEGER NOT NULL,           -- hash of the block's text with digits and URLs masked
    publisher TEXT NOT NULL,
    cut INTEGER NOT NULL,             -- 1: cut the block, 0: keep it
    text TEXT NOT NULL,               -- beginning of the block, for display
    PRIMARY KEY (publisher, block)
) STRICT, WITHOUT ROWID;
"""

INSIGHT_PLACES = """
ALTER TABLE insight ADD COLUMN heading TEXT NOT NULL DEFAULT '';
ALTER TABLE insight ADD COLUMN speaker TEXT NOT NULL DEFAULT '';
-- JSON: spans of all passages of the body with the same statement
ALTER TABLE insight ADD COLUMN places TEXT NOT NULL DEFAULT '[]';
"""
INSIGHT_WORTH = """
-- see model.Insight; 1 for insights of older versions until their briefing is reread
ALTER TABLE insight ADD COLUMN worth REAL NOT NULL DEFAULT 1;
"""
TOPIC_SHARES = """
-- share of the briefing's words that are in passages about the topic
ALTER TABLE suggestion ADD COLUMN share REAL NOT NULL DEFAULT 0;
"""
ALERTS = """
CREATE TABLE alert (
    name TEXT PRIMARY KEY,
    query TEXT NOT NULL,
    program TEXT NOT NULL,            -- absolute path, or ""
    after_key INTEGER NOT NULL        -- latest briefing when the alert was added; only later ones fire
) STRICT, WITHOUT ROWID;

-- The IDs of the briefings that an alert has fired for; if its query is about stories, the IDs of their insights.
CREATE TABLE alert_fired (
    name TEXT NOT NULL,
    target TEXT NOT NULL,
    at TEXT NOT NULL,
    other INTEGER NOT NULL,           -- 1: another insight of a story that is already counted
    PRIMARY KEY (name, target)
) STRICT, WITHOUT ROWID;
"""

Migration = Callable[[sqlite3.Connection], None]


def statements(script: str) -> Iterator[str]:
    """Yield the statements of an SQL script; ``executescript`` would commit the open transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            if statement.strip():
                yield statement.strip()
            statement = ""
    if statement.strip():
        raise ValueError(f"an SQL statement does not end: {statement.strip()[:60]}")


def _script(script: str) -> Migration:
    """Return the migration that runs an SQL script."""

    def migrate(con: sqlite3.Connection) -> None:
        for statement in statements(script):
            con.execute(statement)

    return migrate


def _first(con: sqlite3.Connection) -> None:
    _script(SCHEMA)(con)
    _script(postings.SCHEMA)(con)
    con.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _second(con: sqlite3.Connection) -> None:
    """Do nothing: version 2 added row checksums, which version 3 removes."""


def _third(con: sqlite3.Connection) -> None:
    """Remove row checksums with their triggers, and the table ``lease``, which a lock file has replaced.

    An interrupted undo or redo (``open`` 2) is marked as finished although it is incomplete; a redo followed by an undo
    completes it.
    """
    # drop the triggers before any write, since they call a function that no longer exists
    for (trigger,) in con.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        if trigger.endswith("sealed"):
            con.execute(f"DROP TRIGGER {trigger}")
    for (table,) in con.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        if any(column["name"] == "seal" for column in con.execute(f"PRAGMA table_info({table})")):
            con.execute(f"ALTER TABLE {table} DROP COLUMN seal")
    con.execute("DROP TABLE IF EXISTS lease")
    con.execute("UPDATE batch SET open = 0 WHERE open = 2")


def _identity(con: sqlite3.Connection) -> None:
    """Add the tables of ``identity_schema``, and fill in the origins of existing briefings."""
    _script(identity_schema.SCHEMA)(con)
    identity_schema.fill_origins(con)


# MIGRATIONS[n] upgrades schema version n to n + 1. The SQL of a released migration is never changed, only its comments.
MIGRATIONS: tuple[Migration, ...] = (
    _first,
    _second,
    _third,
    _identity,
    _script(source_states.SCHEMA),
    _script(INSIGHT_PLACES),
    _script(BLOCK_DECISIONS),
    _script(TOPIC_SHARES),
    _script(story_schema.SCHEMA),
    _script(postings.TITLES_AND_BODIES),
    _script(ALERTS),
    _script(vectors.SCHEMA),
    _script(INSIGHT_WORTH),
)
VERSION = len(MIGRATIONS)
