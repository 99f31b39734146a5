"""Key bindings, chords (``g g``), presets, and the user's remappings."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType
from textual.keys import Keys

from briefreader.tui.commands import COMMANDS, Command, Scope, commands_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

# the preset without vi's keys for movement
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

# The outer scopes of each scope: a key without a command in the inner scope runs the one of an outer scope. Dialogs
# also handle the keys of ``app``; conflicts with these aren't reported.
_WITHIN: dict[Scope, tuple[Scope, ...]] = {
    "briefings": ("list", "main", "app"), "insights": ("list", "main", "app"), "library": ("list", "main", "app"),
    "history": ("list",), "source": ("list",), "sources": ("list",), "topics": ("list",),
    "stories": ("list",), "changed": ("list",), "brief": ("list",), "why": ("list",),
    "search": (), "tags": (), "review": (),
    "reader": ("main", "app"), "list": ("main", "app"),
    "main": ("app",), "app": (),
}  # fmt: skip

_SHOWN = {
    "comma": ",", "backslash": "\\", "escape": "Esc", "enter": "Enter", "space": "Space", "tab": "Tab", "up": "↑",
    "down": "↓", "left": "←", "right": "→", "pagedown": "PgDn", "pageup": "PgUp", "home": "Home", "end": "End",
    "delete": "Del", "backspace": "Backspace", "question_mark": "?", "colon": ":", "semicolon": ";", "slash": "/",
    "less_than_sign": "<", "greater_than_sign": ">", "equals_sign": "=", "minus": "-",
}  # fmt: skip
_NAMES = {shown.lower(): name for name, shown in _SHOWN.items() if len(shown) > 1 or not shown.isascii()} | {
    key.value: key.value for key in Keys if key.value.isalnum()
}
"""Maps each name that config.toml may use for a special key to Textual's name of the key."""


def split(keys: str) -> list[str]:
    """Split a comma-separated list of keys; the comma itself is called ``comma``."""
    return [key.strip() for key in keys.split(",") if key.strip()]


def textual_name(key: str) -> str:
    """Return Textual's name of a key or chord, or "" if there is no such key.

    ``key`` is written as in config.toml, for example ``PgDn`` or ``Ctrl+D``. Case matters only for single letters.
    """
    if " " in key:
        parts = [textual_name(part) for part in key.split()]
        return " ".join(parts) if all(parts) else ""
    *modifiers, last = key.lower().split("+") if len(key) > 1 else [key]
    name = _NAMES.get(last, last)
    known = len(name) == 1 or name in _SHOWN or name in _NAMES or _is_character(name)
    return "+".join([*modifiers, name]) if known and {"ctrl", "shift", "alt"}.issuperset(modifiers) else ""


def _is_character(name: str) -> bool:
    """Whether ``name`` is Unicode's name of a character, such as ``full_stop``."""
    try:
        return bool(unicodedata.lookup(name.replace("_", " ")))
    except KeyError:
        return False


def show(key: str) -> str:
    """Return a key for display: ``ctrl+d``, ``gg``, ``Enter``, ``↓``, ``F1``."""
    if " " in key:
        parts = [show(part) for part in key.split()]
        return "".join(parts) if all(len(part) == 1 for part in parts) else " ".join(parts)
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    name = _SHOWN.get(last, last.upper() if last[:1] == "f" and last[1:].isdigit() else last)
    return "+".join([*modifiers, name])


def bindings(scope: Scope, namespace: str = "") -> list[BindingType]:
    """Return Textual bindings for the commands of ``scope``.

    ``namespace`` is the prefix of the actions, such as ``app.``, if they belong to another node than the bindings.
    """
    return [
        Binding(command.keys, namespace + command.action, command.label, show=False, id=command.id)
        for command in commands_of(scope)
        if command.keys
    ]


class Keymap:
    """The keys of each command, after applying a preset and remappings.

    ``own`` has the user's settings: the preset, and keys by command ID. ``changed`` has the keys of the preset and the
    remapped ones. ``problems`` has messages about unknown commands and keys, which are ignored, and about conflicts.
    """

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        own = dict(own or {})
        preset = own.pop("preset", "vim")
        self.problems: list[str] = []
        if preset not in PRESETS:
            self.problems.append(f"keys: unknown preset {preset!r}; choose {' or '.join(PRESETS)}")
        self.changed: dict[str, str] = dict(PRESETS.get(preset, {}))
        for name, keys in own.items():
            if name not in COMMANDS:
                self.problems.append(f"keys: unknown command {name!r}; list them with: briefreader keys")
            elif not split(keys):
                self.problems.append(f"keys: {name} has no key; remove the line to keep the default")
            else:
                named = {key: textual_name(key) for key in split(keys)}
                self.problems += [f"keys: {name}: no such key: {key!r}" for key in named if not named[key]]
                if any(named.values()):
                    self.changed[name] = ",".join(filter(None, named.values()))
        self.problems += self._clashes(own)

    def keys_of(self, command: Command) -> list[str]:
        """Return the current keys of ``command``."""
        return split(self.changed.get(command.id, command.keys))

    def shown(self, command: Command, limit: int = 9) -> str:
        """Return up to ``limit`` keys for display: ``j ↓``."""
        return " ".join(dict.fromkeys(show(key) for key in self.keys_of(command)[:limit]))

    def _clashes(self, own: Collection[str]) -> list[str]:
        """Return messages about conflicts of remapped keys.

        A key conflicts if another command of the same scope or of an inner scope has it, or has a chord that begins
        with it. A key remapped in an inner scope may hide the outer scope's; that is intended.
        """
        problems = []
        for command in (COMMANDS[name] for name in own if name in COMMANDS):
            inner = [scope for scope, around in _WITHIN.items() if command.scope in around]
            for key in self.keys_of(command):
                problems += [
                    f"keys: {show(key)} is assigned to both {command.id} and {other.id}; it runs {command.id}"
                    for other in commands_of(command.scope)
                    if other is not command and key in self.keys_of(other)
                ]
                problems += [
                    f"keys: {show(key)} of {command.id} is hidden by {other.id}"
                    for scope in inner
                    for other in commands_of(scope)
                    if key in self.keys_of(other) and key not in split(command.keys)
                ]
                problems += [
                    f"keys: {show(key)} of {command.id} is the first key of {show(chord)}, the keys of {other.id}"
                    for scope in (command.scope, *inner)
                    for other in commands_of(scope)
                    for chord in self.keys_of(other)
                    if chord.startswith(f"{key} ")
                ]
        return problems


def reachable_commands(scope: Scope) -> list[Command]:
    """Return the commands of ``scope`` and of its outer scopes."""
    return [command for name in (scope, *_WITHIN[scope]) for command in commands_of(name)]


class Chords:
    """Recognises chords of two keys, such as ``g g``.

    ``bound`` returns all keys and chords that are bound.
    """

    def __init__(self, bound: Callable[[], Collection[str]]) -> None:
        self._bound = bound
        self.open = ""

    def feed(self, key: str) -> list[str]:
        """Take a key, and return the keys to send on.

        ``[]`` after the first key of a chord, and after Esc, which cancels it; ``["g g"]`` when the chord is complete;
        ``["g", "x"]`` when the second key completes no chord.
        """
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
