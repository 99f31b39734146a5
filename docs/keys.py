"""Generate docs/keys.md from the app's registry of commands: ``python docs/keys.py FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

from briefreader.tui.commands import COMMANDS, SCOPES, commands_of
from briefreader.tui.keys import Keymap, show


def markdown() -> str:
    """Return docs/keys.md: every command with its keys and ID, by scope."""
    keymap = Keymap()
    lines = [
        "# Keys",
        "",
        "This page lists the keys of all commands. In the app, `F1` lists those of the current screen. "
        "While you type in a text field, keys that insert or edit text don't run commands. Dialogs show more keys at "
        "the bottom.",
        "",
        "To change a command's keys, use its ID in `config.toml`. Keys are written as in the tables (`ctrl+d`, `PgDn`, "
        "`Esc`) and separated by commas. The comma itself is `comma`; `g g` is a chord: two keys, one after the other.",
        "",
        "```toml",
        "[keys]",
        'preset = "vim"            # or "plain": no vi keys for movement (h j k l, g g, G, b, ctrl+d, ctrl+u)',
        '"main.filter" = "/,f"',
        "```",
    ]
    for scope in dict.fromkeys(command.scope for command in COMMANDS.values()):
        commands = commands_of(scope)
        lines += ["", f"## {SCOPES[scope]}", "", "| keys | command | what it does | ID |", "|---|---|---|---|"]
        for command in commands:
            keys = dict.fromkeys("comma" if key == "comma" else _spaced(key) for key in keymap.keys_of(command))
            shown = " ".join(f"`{_cell(key)}`" for key in keys)
            lines.append(f"| {shown} | {command.label} | {command.help} | `{command.id}` |")
    return "\n".join(lines) + "\n"


def _spaced(key: str) -> str:
    """Return a key as it can be written in config.toml, for display."""
    return " ".join(show(part) for part in key.split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(), encoding="utf-8")
