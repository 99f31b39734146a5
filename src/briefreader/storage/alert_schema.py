"""Tables of alerts. They are user data, so they are dumped; a handful of rows."""

SCHEMA = """
CREATE TABLE alert (
    name TEXT PRIMARY KEY,
    query TEXT NOT NULL,
    program TEXT NOT NULL,            -- absolute path, "" for none
    after_key INTEGER NOT NULL        -- the last briefing when it was made: only later ones fire
) STRICT, WITHOUT ROWID;

-- Briefings and, for queries about stories, insights of stories that an alert has fired for.
CREATE TABLE alert_fired (
    name TEXT NOT NULL,
    target TEXT NOT NULL,
    at TEXT NOT NULL,
    other INTEGER NOT NULL,           -- 1: another insight of the story that it fired for
    PRIMARY KEY (name, target)
) STRICT, WITHOUT ROWID;
"""
