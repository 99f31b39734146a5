"""Export briefings as Markdown notes and merge them with the user's edits."""
