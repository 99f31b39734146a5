"""The welcome list of an empty library, with ways to begin."""

from __future__ import annotations

from textual.message import Message

from briefreader.tui.widgets.text_rows import Part, TextRows

_HEAD: list[list[Part]] = [
    [],
    [("  briefreader", "accent")],
    [("  Newsletters, podcast summaries and essays, read for their key insights.", "")],
    [("  Topics are suggested with their reasons, and you decide.", "muted")],
    [("  The search tolerates typos.", "muted")],
    [],
    [("  This library is empty. Begin with", "")],
    [],
]
CHOICES: tuple[tuple[str, str, str], ...] = (
    ("demo", "Look around", "open the demo: sample briefings in a temporary library"),
    ("feed", "Add a feed", "enter its URL; new items are fetched regularly"),
    ("mail", "Add a mail folder", "a Maildir, an mbox or an IMAP folder, read-only"),
    ("add", "Add briefings", "files, a folder, a mailbox, or pasted text"),
    ("help", "Read the keys", "every command has a key; : finds commands by name"),
)


class Welcome(TextRows):
    """A list whose cursor moves over the choices only."""

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
