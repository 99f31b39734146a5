"""The one registry of commands: keys, footer, palette, help screen and docs/keys.md all come from this table.

A command's ``action`` is the ``action_…`` method of the node its scope belongs to; a reader remaps keys by command id
in config.toml. Keys are Textual's names; ``g g`` (with a space) is a chord of two keys.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

Scope = Literal[
    "app",
    "main",
    "list",
    "briefings",
    "insights",
    "library",
    "reader",
    "search",
    "tags",
    "review",
    "history",
    "source",
    "topics",
]

SCOPES: dict[Scope, str] = {
    "app": "Everywhere",
    "main": "Main screen",
    "list": "In every list",
    "briefings": "Briefings",
    "insights": "Insights",
    "library": "Library",
    "reader": "Reader",
    "search": "Insight search",
    "tags": "Tag editor",
    "review": "Review queue",
    "history": "History",
    "source": "What was cut",
    "topics": "Topics",
}


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the app can do; ``footer`` ranks it among the hints at the bottom (0: not shown there)."""

    scope: Scope
    name: str
    keys: str
    label: str
    help: str
    footer: int = 0

    @property
    def id(self) -> str:
        """What config.toml calls it: ``reader.find``."""
        return f"{self.scope}.{self.name}"

    @property
    def action(self) -> str:
        """The action method's name without ``action_``."""
        return self.name


_TABLE: dict[Scope, tuple[tuple[str, str, str, str, int], ...]] = {
    "app": (
        ("palette", ":,ctrl+p", "Commands", "Find a command by name and run it", 90),
        ("help", "?,f1", "Help", "The keys of the place you are in", 95),
        ("quit", "Q,ctrl+q", "Quit", "Leave; place, pane and query are kept for next time", 0),
        ("tour", "f3", "Tour", "A minute's walk through what the app does, a key at a time; again ends it", 0),
        ("theme", "f2", "Theme", "Change the colours; each is tried on as you come to it", 0),
        ("interrupt", "ctrl+c", "Copy selected", "Copy what the mouse selected; it quits nothing", 0),
    ),
    "list": (
        ("cursor_down", "j,down", "Down", "Next line", 0),
        ("cursor_up", "k,up", "Up", "Previous line", 0),
        ("cursor_top", "g g,home", "Top", "First line", 0),
        ("cursor_bottom", "G,end", "Bottom", "Last line", 0),
        ("half_down", "ctrl+d", "Half page down", "Half a page down", 0),
        ("half_up", "ctrl+u", "Half page up", "Half a page up", 0),
        ("page_down", "space,pagedown", "Page down", "A page down", 0),
        ("page_up", "b,pageup", "Page up", "A page up", 0),
        ("choose", "enter,l,right", "Open", "Open what the cursor is on", 10),
    ),
    "main": (
        ("filter", "/", "Filter", "Narrow the briefings as you type; words, topic:, source:, is:unread, after: …", 20),
        ("search", "i", "Insights", "Search all key insights as you type, with a preview", 25),
        ("tags", "t", "Tag", "Edit the topics of the briefing, of the marked ones, or of the insight", 30),
        ("accept", "a", "Accept", "Accept the topic the strip points at", 0),
        ("reject", "r", "Reject", "Reject the topic the strip points at", 0),
        ("accept_all", "ctrl+a", "Accept all", "Accept every topic the briefing has by the tagger", 0),
        ("next_topic", ".", "Next topic", "Point the strip at the next topic", 0),
        ("previous_topic", "comma", "Previous topic", "Point the strip at the previous topic", 0),
        ("why", "w", "Why", "Why the topics were given, and why others were not", 35),
        ("review", "R", "Review", "Decide the suggestions the tagger is least sure of, one key each", 0),
        ("undo", "u", "Undo", "Take back the latest change of data, bulk changes too", 45),
        ("redo", "ctrl+r", "Redo", "Make the change again that was undone", 0),
        ("history", "L", "History", "Every change, newest first; undo any of them", 0),
        ("mark", "x", "Mark", "Mark or unmark, and go to the next", 40),
        ("clear_marks", "X", "Clear marks", "Unmark everything", 0),
        ("apply_marked", ";", "Apply to marked", "The next command applies to all that is marked", 0),
        ("toggle_read", "N", "Read/unread", "Mark as read, or as unread again", 0),
        ("toggle_star", "s", "Star", "Star, or take the star off", 0),
        ("all_read", "A", "All read", "Mark all listed briefings as read, after asking", 0),
        ("note", "m", "Note", "Write a note on the briefing or the insight", 0),
        ("own_insight", "H", "Own insight", "Make an insight of the selected passage, or the paragraph at the top", 0),
        ("drop_insight", "D", "Dismiss", "Take an insight off that was extracted and isn't one", 0),
        ("edit", "ctrl+e", "Edit", "Edit title, source and date", 0),
        ("next_briefing", "J", "Next briefing", "Next briefing, from any pane", 0),
        ("previous_briefing", "K", "Previous briefing", "Previous briefing, from any pane", 0),
        ("next_unread", "n", "Next unread", "Next unread briefing", 0),
        ("previous_unread", "p", "Previous unread", "Previous unread briefing", 0),
        ("next_pane", "tab", "Next pane", "Move to the next pane", 0),
        ("previous_pane", "shift+tab", "Previous pane", "Move to the previous pane", 0),
        ("pane_library", "1", "Library", "Move to the library", 0),
        ("pane_briefings", "2", "Briefings", "Move to the briefings", 0),
        ("pane_insights", "3", "Insights", "Move to the insights", 0),
        ("pane_reader", "4", "Reader", "Move to the reader", 0),
        ("zoom", "z", "Zoom", "Give the pane the whole window, or give it back", 0),
        ("toggle_library", "backslash", "Library", "Show or hide the library", 0),
        ("back", "h,left,q", "Back", "One pane back", 0),
        ("escape", "escape", "Cancel", "Clear the filter, the marks or the selection, step by step", 0),
        ("browser", "o", "Browser", "Open the briefing's web page in a browser", 0),
        ("links", "U", "Links", "The links of the briefing: open or copy", 0),
        ("diff", "equals_sign", "Changes", "Show the sentences that a later text of the briefing changed", 0),
        ("copy", "y", "Copy", "Copy the insight, or the selected text, as a Markdown quote", 0),
        ("editor", "e", "Editor", "Open the briefing in $EDITOR; it comes back unchanged", 0),
        ("export", "E", "Export", "Write Markdown notes of the marked or listed briefings", 50),
        ("add", "+", "Add", "Add a file, a folder or pasted text", 0),
        ("sort", "O", "Sort", "Next order: best match (where there are words), newest, surest tagging first", 0),
        ("save_search", "ctrl+s", "Save search", "Keep the filter under a name, in the library", 0),
        ("topics", "T", "Topics", "Topics over time, precision from your decisions, the taxonomy in your editor", 0),
        ("retag", "ctrl+t", "Learn and retag", "Learn from your decisions and tag what changes by them", 0),
        ("statistics", "S", "Statistics", "Counts by topic, source and month", 0),
        ("reload", "f5", "Reload", "Read the library and the taxonomy again", 0),
    ),
    "library": (
        ("drop_saved", "delete", "Drop search", "Take the saved search off", 0),
        ("rename_saved", "ctrl+e", "Rename search", "Give the saved search another name", 0),
    ),
    "briefings": (),
    "insights": (),
    "reader": (
        ("scroll_down", "j,down", "Down", "A line down", 0),
        ("scroll_up", "k,up", "Up", "A line up", 0),
        ("scroll_top", "g g,home", "Top", "Start of the briefing", 0),
        ("scroll_bottom", "G,end", "Bottom", "End of the briefing", 0),
        ("half_down", "ctrl+d", "Half page down", "Half a page down", 0),
        ("half_up", "ctrl+u", "Half page up", "Half a page up", 0),
        ("page_down", "space,pagedown", "Page down", "A page down", 0),
        ("page_up", "b,pageup", "Page up", "A page up", 0),
        ("next_insight", "],right,l", "Next insight", "Jump to the next insight's passage", 12),
        ("previous_insight", "[", "Previous insight", "Jump to the previous insight's passage", 0),
        ("find", "ctrl+f", "Find", "Find in this briefing", 14),
        ("find_next", "n", "Next match", "Next match, while finding", 0),
        ("find_previous", "N", "Previous match", "Previous match, while finding", 0),
        ("contents", "c", "Contents", "Headings of the briefing; jump to one", 16),
        ("visual", "v", "Select", "Select by paragraph: j and k grow it, H makes an insight of it, y copies it", 0),
        ("source", "V", "What was cut", "Show the boilerplate that was cut from the briefing", 0),
    ),
    "search": (
        ("mark", "tab", "Mark", "Mark or unmark the hit, and go on", 30),
        ("copy", "ctrl+y", "Copy", "Copy the marked hits, or this one, as Markdown quotes", 40),
        ("export", "ctrl+o", "Export", "Write notes of the briefings the marked hits are in", 50),
        ("group", "ctrl+g", "Group", "Group the hits by briefing, or best first", 60),
        ("save_search", "ctrl+s", "Save search", "Keep this search under a name", 0),
    ),
    "tags": (
        ("reject", "ctrl+r", "Reject", "Reject the topic; again takes it back", 30),
        ("create", "ctrl+n", "New topic", "Add a topic of this name to the taxonomy", 50),
    ),
    "review": (
        ("accept", "a,y,enter", "Accept", "The briefing is about this topic", 10),
        ("reject", "r,n", "Reject", "It is not", 20),
        ("skip", "s,j,down,space", "Skip", "Leave it undecided", 30),
        ("why", "w", "Why", "What speaks for the topic, and what against", 40),
        ("undo", "u", "Undo", "Take the latest decision back and ask again", 50),
        ("accept_above", "A", "Accept above", "Accept every suggestion in the queue that scores at least as high", 60),
    ),
    "topics": (
        ("precision", "p", "Precision", "How well topics are given, judged by your decisions", 20),
        ("edit", "e", "Edit", "Edit the taxonomy; you see what would change before it is taken over", 30),
    ),
    "history": (
        ("undo", "u", "Undo", "Undo the change under the cursor", 20),
        ("redo", "ctrl+r", "Redo", "Make the change again that was undone last", 30),
    ),
    "source": (
        ("decide", "f", "Cut or keep", "Cut the block from every issue of the publisher, or keep it", 20),
    ),
}  # fmt: skip

COMMANDS: dict[str, Command] = {
    f"{scope}.{row[0]}": Command(scope, *row) for scope, rows in _TABLE.items() for row in rows
}


def commands_of(scope: Scope) -> list[Command]:
    """The commands of one scope, in the table's order."""
    return [command for command in COMMANDS.values() if command.scope == scope]


def by_scope() -> dict[Scope, list[Command]]:
    """All commands, grouped as help and docs show them; scopes without commands are left out."""
    groups: defaultdict[Scope, list[Command]] = defaultdict(list)
    for command in COMMANDS.values():
        groups[command.scope].append(command)
    return dict(groups)
