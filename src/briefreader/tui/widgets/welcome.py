"""The welcome list, which an empty library shows: ways to start."""

from __future__ import annotations

from textual.message import Message

from briefreader.tui.widgets.text_rows import Part, TextRows

_HEAD: list[list[Part]] = [
    [],
    [("  briefreader", "accent")],
    [("  Read the key insights of newsletters, podcast summaries and essays.", "")],
    [("  Topics are assigned with reasons; you accept or reject them.", "muted")],
    [("  Search all insights; typos are OK.", "muted")],
    [],
    [("  This library is empty. To start, choose:", "")],
    [],
]
CHOICES: tuple[tuple[str, str, str], ...] = (
    ("demo", "Look around", "open the demo: sample briefings in a temporary library"),
    ("feed", "Add a feed", "enter its URL; F fetches new items"),
    ("mail", "Add a mail folder", "a Maildir, an mbox or an IMAP folder, read-only"),
    ("add", "Add briefings", "files, a folder, a mailbox, or pasted text"),
    ("help", "Read the keys", "all commands have keys; : finds commands by name"),
)


class Welcome(TextRows):
    """A list whose cursor only moves over the choices."""

    class Picked(Message):
        """A choice was made: ``demo``, ``feed``, ``mail``, ``add`` or ``help``."""

        def __init__(self, choice: str) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, *, id: str | None = None) -> None:
        rows = [*_HEAD, *([(f"   {name:<18}", "strong"), (text, "muted")] for _, name, text in CHOICES)]
        super().__init__(rows, id=id)

    def validate_cursor(self, value: int) -> int:
        """Keep the cursor on the choices."""
        return max(len(_HEAD), min(value, self.count - 1))

    def action_choose(self) -> None:
        """Post the choice."""
        self.post_message(self.Picked(CHOICES[self.cursor - len(_HEAD)][0]))
