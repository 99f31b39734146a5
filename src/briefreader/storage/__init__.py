"""Briefing ↔ SQLite; never parses, scores or renders."""
