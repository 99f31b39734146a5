"""An example of each command, for tests that run all commands."""

from __future__ import annotations

import pytest

EXAMPLES = {
    "add": ["add", "{folder}"],
    "bulk-tag": ["--bulk-tag", "{folder}"],
    "tag": ["tag", "--all"],
    "list": ["list"],
    "search": ["search", "agents"],
    "show": ["show", "{id}"],
    "stories": ["stories"],
    "changed": ["changed"],
    "alerts": ["alerts", "add", "moe", "--query", "topic:moe"],
    "brief": ["brief"],
    "mark": ["mark", "--read", "--yes"],
    "note": ["note", "{id}", "text"],
    "edit": ["edit", "{id}", "--title", "Other"],
    "saved": ["saved", "add", "a", "b"],
    "explain": ["explain", "{id}"],
    "accept": ["accept", "{id}", "moe"],
    "reject": ["reject", "{id}", "pricing"],
    "eval": ["eval"],
    "taxonomy": ["taxonomy", "check"],
    "taxonomy diff": ["taxonomy", "diff", "{folder}/../library/taxonomy.yaml"],
    "taxonomy discover": ["taxonomy", "discover"],
    "taxonomy update": ["taxonomy", "update", "--dry-run"],
    "taxonomy export": ["taxonomy", "export", "--format", "ttl"],
    "export": ["export", "--to", "{folder}/../notes", "--full-text"],
    "pull": ["pull", "{folder}/../notes"],
    "history": ["history"],
    "stats": ["stats"],
    "read": ["read", "{folder}"],
    "suggest": ["suggest", "--fit", "--reasons", "{folder}"],
    "diff": ["diff", "{id}"],
    "aliases": ["aliases", "{id}"],
    "sources": ["sources", "list"],
    "sources export": ["sources", "export", "--to", "{folder}/../feeds.opml"],
    "fetch": ["fetch"],
    "reread": ["reread", "--all"],
    "check": ["check", "--deep", "--rebuild"],
    "backup": ["backup", "{folder}/../backup"],
    "dump": ["dump", "{folder}/../dump.jsonl"],
    "restore": ["restore", "{folder}/../dump.jsonl", "--library", "{folder}/../restored"],
    "config": ["config", "show"],
    "completion": ["completion", "bash"],
    "remove": ["remove", "{id}", "--yes"],
    "undo": ["undo"],
    "redo": ["redo"],
}


@pytest.fixture
def examples() -> dict[str, list[str]]:
    """An example of each command, for documents in ``{folder}`` and a briefing ``{id}``."""
    return EXAMPLES
