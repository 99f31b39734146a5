"""Briefing + decisions → Markdown notes, merged with the reader's own edits."""
