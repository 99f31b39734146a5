"""What a newcomer sees: an empty library, and ways to begin."""

from __future__ import annotations

from textual.message import Message

from briefreader.tui.widgets.text_rows import Part, TextRows

_HEAD: list[list[Part]] = [
    [],
    [("  briefreader", "accent")],
    [("  Newsletters, podcast summaries and essays, read for their key insights.", "")],
    [("  Topics are suggested with their reasons, and you have the last word.", "muted")],
    [("  The search forgives misspelling.", "muted")],
    [],
    [("  This library is empty. Begin with", "")],
    [],
]
CHOICES: tuple[tuple[str, str, str], ...] = (
    ("demo", "Look around", "open the demo: sample briefings in a throw-away library"),
    ("feed", "Add a feed", "its address; new items come by themselves"),
    ("mail", "Add a mail folder", "a Maildir, an mbox or an IMAP folder; only read"),
    ("add", "Add briefings", "files, a folder, a mailbox, or pasted text"),
    ("help", "Read the keys", "everything has a key; : finds every command by name"),
)


class Welcome(TextRows):
    """The cursor moves over the choices only."""

    class Picked(Message):
        """A way to begin was chosen: ``demo``, ``feed``, ``mail``, ``add`` or ``help``."""

        def __init__(self, choice: str) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, *, id: str | None = None) -> None:
        rows = [*_HEAD, *([(f"   {name:<18}", "strong"), (text, "muted")] for _, name, text in CHOICES)]
        super().__init__(rows, id=id)

    def validate_cursor(self, value: int) -> int:
        """Stay on the choices."""
        return max(len(_HEAD), min(value, self.count - 1))

    def action_choose(self) -> None:
        """Begin."""
        self.post_message(self.Picked(CHOICES[self.cursor - len(_HEAD)][0]))
