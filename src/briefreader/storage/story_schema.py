"""Tables of stories, added in schema version 9. All but ``story_decision`` are derived.

Triggers add insights to ``story_pending`` when something changes that their stories depend on: the insight is added,
hidden or shown; its briefing is removed or restored, or gets another date, publisher or source; or the user decides.
``library/story_index.py`` processes the pending insights.
"""

SCHEMA = """
CREATE TABLE story_words (
    insight_key INTEGER PRIMARY KEY REFERENCES insight,
    words BLOB NOT NULL               -- word numbers as little-endian uint32, ascending; the highest bit marks a name
) STRICT;

CREATE TABLE story_pair (
    one INTEGER NOT NULL,             -- the lower insight key
    other INTEGER NOT NULL,           -- the higher insight key
    probability REAL NOT NULL,        -- probability that both report the same news
    cosine REAL NOT NULL,
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_pair_by_other ON story_pair (other, one, probability);

-- Insights that have a story or an earlier similar insight. All others have the status new.
CREATE TABLE story_insight (
    insight_key INTEGER PRIMARY KEY REFERENCES insight,
    story INTEGER NOT NULL,           -- key of the story's first insight; 0: none
    earlier INTEGER NOT NULL,         -- key of the nearest earlier insight; 0: none
    status TEXT NOT NULL              -- new, updated or repeat
) STRICT;
CREATE INDEX story_insight_by_story ON story_insight (story) WHERE story > 0;
CREATE TABLE story (
    key INTEGER PRIMARY KEY,          -- key of the story's first insight
    briefings INTEGER NOT NULL,
    sources INTEGER NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL
) STRICT;

CREATE TABLE story_pending (
    insight_key INTEGER PRIMARY KEY,
    paired INTEGER NOT NULL DEFAULT 0 -- 1: its pairs are found, but not its story
) STRICT;

CREATE TABLE story_state (
    rules INTEGER NOT NULL,           -- version of the rules that the tables were built with
    counted INTEGER NOT NULL,         -- words were counted in the insights up to this key
    insights INTEGER NOT NULL,        -- number of these insights
    frequencies BLOB NOT NULL         -- zlib, little-endian uint32 by word number
) STRICT;
INSERT INTO story_state VALUES (0, 0, 0, x'');

-- The user's decisions. same: 1: the insights belong to one story; 0: to different ones.
CREATE TABLE story_decision (
    briefing_key INTEGER NOT NULL REFERENCES briefing,
    insight_number INTEGER NOT NULL,
    other_key INTEGER NOT NULL REFERENCES briefing,
    other_number INTEGER NOT NULL,
    same INTEGER NOT NULL,
    PRIMARY KEY (briefing_key, insight_number, other_key, other_number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER insight_told AFTER INSERT ON insight BEGIN
    INSERT OR REPLACE INTO story_pending VALUES (new.key, 0);
END;
CREATE TRIGGER insight_retold AFTER UPDATE OF hidden ON insight WHEN old.hidden <> new.hidden BEGIN
    INSERT OR REPLACE INTO story_pending VALUES (new.key, 0);
END;
CREATE TRIGGER briefing_retold AFTER UPDATE OF removed, date, publisher, source ON briefing
WHEN (old.removed, old.date, old.publisher, old.source) IS NOT (new.removed, new.date, new.publisher, new.source) BEGIN
    INSERT OR REPLACE INTO story_pending SELECT key, 0 FROM insight WHERE briefing_key = new.key;
END;
CREATE TRIGGER story_decided AFTER INSERT ON story_decision BEGIN
    INSERT OR REPLACE INTO story_pending SELECT key, 0 FROM insight
    WHERE (briefing_key, number) IN (
        VALUES (new.briefing_key, new.insight_number), (new.other_key, new.other_number)
    );
END;
CREATE TRIGGER story_undecided AFTER DELETE ON story_decision BEGIN
    INSERT OR REPLACE INTO story_pending SELECT key, 0 FROM insight
    WHERE (briefing_key, number) IN (
        VALUES (old.briefing_key, old.insight_number), (old.other_key, old.other_number)
    );
END;
INSERT INTO story_pending SELECT key, 0 FROM insight;
"""
