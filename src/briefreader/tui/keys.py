"""Keys: bindings made from the registry, chords (``g g``), presets, remapping by command id, and docs/keys.md."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType

from briefreader.tui.commands import COMMANDS, SCOPES, Command, Scope, by_scope, commands_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

# Without vi's letters: for hands that expect arrows, Home and Page keys to be the only way to move.
_PLAIN = {
    "list.cursor_down": "down", "list.cursor_up": "up", "list.cursor_top": "home", "list.cursor_bottom": "end",
    "list.half_down": "shift+pagedown", "list.half_up": "shift+pageup",
    "list.page_down": "pagedown,space", "list.page_up": "pageup", "list.choose": "enter,right",
    "main.back": "left,q", "reader.scroll_down": "down", "reader.scroll_up": "up", "reader.scroll_top": "home",
    "reader.scroll_bottom": "end", "reader.half_down": "shift+pagedown", "reader.half_up": "shift+pageup",
    "reader.page_down": "pagedown,space", "reader.page_up": "pageup", "reader.next_insight": "],right",
    "review.skip": "down,space,s",
}  # fmt: skip
PRESETS: dict[str, dict[str, str]] = {"vim": {}, "plain": _PLAIN}

# Scopes that answer together: a key pressed in the inner one falls through to the outer ones.
_WITHIN: dict[Scope, tuple[Scope, ...]] = {
    "briefings": ("list", "main", "app"), "insights": ("list", "main", "app"), "library": ("list", "main", "app"),
    "history": ("list",), "source": ("list",), "sources": ("list",), "topics": ("list",),
    "stories": ("list",), "brief": ("list",), "why": ("list",),
    "search": (), "tags": (), "review": (),
    "reader": ("main", "app"), "list": ("main", "app"),
    "main": ("app",), "app": (),
}  # fmt: skip

_SHOWN = {
    "comma": ",", "backslash": "\\", "escape": "Esc", "enter": "Enter", "space": "Space", "tab": "Tab", "up": "↑",
    "down": "↓", "left": "←", "right": "→", "pagedown": "PgDn", "pageup": "PgUp", "home": "Home", "end": "End",
    "delete": "Del", "backspace": "Backspace", "question_mark": "?", "colon": ":", "semicolon": ";", "slash": "/",
    "less_than_sign": "<", "greater_than_sign": ">",
}  # fmt: skip


def split(keys: str) -> list[str]:
    """The keys of a comma-separated list; the comma itself is called ``comma``."""
    return [key.strip() for key in keys.split(",") if key.strip()]


def show(key: str) -> str:
    """A key as a person reads it: ``ctrl+d``, ``gg``, ``Enter``, ``↓``, ``F1``."""
    if " " in key:
        parts = [show(part) for part in key.split()]
        return "".join(parts) if all(len(part) == 1 for part in parts) else " ".join(parts)
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    name = _SHOWN.get(last, last.upper() if last[:1] == "f" and last[1:].isdigit() else last)
    return "+".join([*modifiers, name])


def bindings(scope: Scope, namespace: str = "") -> list[BindingType]:
    """Textual bindings for the commands of ``scope``; a chord is bound under its two keys with a space between.

    ``namespace`` (``app.``) names the node that has the actions, where it isn't the one that has the bindings.
    """
    return [
        Binding(command.keys, namespace + command.action, command.label, show=False, id=command.id)
        for command in commands_of(scope)
        if command.keys
    ]


class Keymap:
    """Which keys run which command, after a preset and the reader's own choices.

    ``problems`` lists what the choices got wrong (unknown commands, two commands on one key in one place); the
    choices that make sense hold all the same.
    """

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        own = dict(own or {})
        preset = own.pop("preset", "vim")
        self.problems: list[str] = []
        if preset not in PRESETS:
            self.problems.append(f"keys: no preset called {preset!r}; there are {', '.join(PRESETS)}")
        self.changed: dict[str, str] = dict(PRESETS.get(preset, {}))
        for name, keys in own.items():
            if name not in COMMANDS:
                self.problems.append(f"keys: no command called {name!r}; `briefreader keys` lists them")
            elif not split(keys):
                self.problems.append(f"keys: {name} has no key; leave the line out to keep its own")
            else:
                self.changed[name] = ",".join(split(keys))
        self.problems += self._clashes(own)

    def keys_of(self, command: Command) -> list[str]:
        """The keys that run ``command`` now."""
        return split(self.changed.get(command.id, command.keys))

    def shown(self, command: Command, limit: int = 9) -> str:
        """Its keys as people read them: ``j ↓``."""
        return " ".join(show(key) for key in self.keys_of(command)[:limit])

    def _clashes(self, own: Collection[str]) -> list[str]:
        """Keys chosen by the reader that another command has: one of the same place, or one of a place inside it.

        A key chosen for an inner place hides the outer place's there, which is what inner places are for.
        """
        problems = []
        for command in (COMMANDS[name] for name in own if name in COMMANDS):
            inner = [scope for scope, around in _WITHIN.items() if command.scope in around]
            for key in self.keys_of(command):
                problems += [
                    f"keys: {show(key)} is both {command.id} and {other.id}; {command.id} has it now"
                    for other in commands_of(command.scope)
                    if other is not command and key in self.keys_of(other)
                ]
                problems += [
                    f"keys: {show(key)} of {command.id} is {other.id} where that one answers"
                    for scope in inner
                    for other in commands_of(scope)
                    if key in self.keys_of(other) and key not in split(command.keys)
                ]
                problems += [
                    f"keys: {show(key)} of {command.id} waits for a second key, for {show(chord)} is {other.id}"
                    for scope in (command.scope, *inner)
                    for other in commands_of(scope)
                    for chord in self.keys_of(other)
                    if chord.startswith(f"{key} ")
                ]
        return problems


def reaches(scope: Scope) -> list[Command]:
    """The commands that keys reach from ``scope``: its own and those of the scopes around it."""
    return [command for name in (scope, *_WITHIN[scope]) for command in commands_of(name)]


class Chords:
    """Two-key chords: holds the first key back until the second decides.

    ``feed`` returns the keys to send on, in order: none while a chord is open, ``["g g"]`` when it is complete,
    ``["g", "x"]`` when the second key makes no chord.
    """

    def __init__(self, bound: Callable[[], Collection[str]]) -> None:
        self._bound = bound
        self.open = ""

    def feed(self, key: str) -> list[str]:
        """What to do with ``key``; see the class."""
        bound = self._bound()
        if self.open:
            first, self.open = self.open, ""
            chord = f"{first} {key}"
            if chord in bound:
                return [chord]
            return [] if key == "escape" else [first, key]
        if any(name.startswith(f"{key} ") for name in bound):
            self.open = key
            return []
        return [key]


def markdown(keymap: Keymap | None = None) -> str:
    """docs/keys.md: every command with its keys and id, by place."""
    keymap = keymap or Keymap()
    lines = [
        "# Keys",
        "",
        "Made from the app's registry of commands; `?` shows the same for the place you are in.",
        "",
        "Change a key by its command's id in `config.toml`; several keys are separated by commas, `g g` is a chord:",
        "",
        "```toml",
        "[keys]",
        'preset = "vim"            # or "plain": arrows, Home, End and Page keys only',
        '"main.filter" = "/,f"',
        "```",
    ]
    for scope, commands in by_scope().items():
        lines += ["", f"## {SCOPES[scope]}", "", "| keys | command | what it does | id |", "|---|---|---|---|"]
        for command in commands:
            shown = " ".join(f"`{_cell(show(key))}`" for key in keymap.keys_of(command))
            lines.append(f"| {shown} | {command.label} | {command.help} | `{command.id}` |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(), encoding="utf-8")
