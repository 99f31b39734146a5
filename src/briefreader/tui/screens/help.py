"""The help page: the keys of the current screen and, on the main screen, its signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.markdown_layout import wrap
from briefreader.tui.commands import COMMANDS, SCOPES, Scope, commands_of
from briefreader.tui.screens.dialog import TextPage

if TYPE_CHECKING:
    from briefreader.tui.keys import Keymap
    from briefreader.tui.widgets.text_rows import Part


SIGNS = (
    ("● ★ ✎ x", "In the list of briefings: unread, starred, with a note, marked (replaces unread)"),
    ("● ◐", "In the tag editor for marked briefings: all or some of them have the topic"),
    ("pricing?", "A topic that is suggested but not assigned"),
    ("~ ✎", "In the list of insights: extracted from the text, rather than stated as insights; added by you"),
    ("+3 ± =", "In the list of insights: reported here first (3 sources report it), an update, a repeat"),
    ("▸ ✓ ✗ %", "Topic line: current topic, accepted, rejected, share of the text"),
    ("1▏", "In the reader: the passage of insight 1; underlined words are the reasons for the current topic"),
)


def help_page(scopes: tuple[Scope, ...], keymap: Keymap, width: int) -> TextPage:
    """Return the help page for the commands in ``scopes``.

    The scopes are shown in this order. ``width`` is that of the page, in cells.
    """
    rows: list[list[Part]] = []
    if "main" in scopes:
        rows.append([(f"{keymap.shown(COMMANDS['app.tour'], 1):<14} ", "strong"), ("starts a one-minute tour", "")])
    for scope in scopes:
        commands = [command for command in commands_of(scope) if keymap.keys_of(command)]
        if not commands:
            continue
        if rows:
            rows.append([])
        rows.append([(SCOPES[scope], "accent")])
        for command in commands:
            keys = keymap.shown(command)
            for n, (start, end) in enumerate(wrap(command.help, width - 34)):
                name, label = (keys, command.label) if n == 0 else ("", "")
                rows.append([(f"{name:<14} ", "strong"), (f"{label:<18} ", ""), (command.help[start:end], "muted")])
    if "main" in scopes:
        rows += [[], [("Signs", "accent")]]
        for sign, means in SIGNS:
            for n, (start, end) in enumerate(wrap(means, width - 15)):
                rows.append([(f"{sign if n == 0 else '':<14} ", "strong"), (means[start:end], "muted")])
    screen = next((scope for scope in scopes if scope != "list"), scopes[0])
    return TextPage(f"Help · {SCOPES[screen]}", rows)
