"""The registry of commands.

Key bindings, the hint line, the palette, the help screen and docs/keys.md are built from this table. The widget, screen
or app that a scope belongs to has an ``action_…`` method for each command, with the command's name. Users remap
keys by command ID in config.toml. Keys are Textual's names; ``g g`` is a chord of two keys.
"""

from __future__ import annotations

from typing import Literal

from briefreader.records import dataclass

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
    "sources",
    "stories",
    "changed",
    "brief",
    "why",
]

SCOPES: dict[Scope, str] = {
    "app": "Everywhere",
    "main": "Main screen",
    "list": "In lists",
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
    "sources": "Sources",
    "stories": "Stories",
    "changed": "What changed",
    "brief": "Brief",
    "why": "Why, and why not",
}


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the app.

    ``keys`` are separated by commas. Hints are in order of ``footer``; a command with 0 has no hint.
    """

    scope: Scope
    name: str
    keys: str
    label: str
    help: str
    footer: int = 0

    @property
    def id(self) -> str:
        """The command's ID in config.toml, such as ``reader.find``."""
        return f"{self.scope}.{self.name}"

    @property
    def action(self) -> str:
        """The name of the action method without ``action_``."""
        return self.name


_TABLE: dict[Scope, tuple[tuple[str, str, str, str, int], ...]] = {
    "app": (
        ("palette", ":,ctrl+p", "Commands", "Find a command by name and run it", 90),
        ("help", "?,f1", "Help", "Show the keys of this screen", 95),
        ("quit", "Q,ctrl+q", "Quit", "Quit; the app reopens where you left off", 0),
        ("tour", "f3", "Tour", "Start a one-minute tour, or end it", 0),
        ("theme", "f2", "Theme", "Change the theme, with live preview", 0),
        ("interrupt", "ctrl+c", "Copy selected", "Copy the mouse selection (does not quit)", 0),
    ),
    "list": (
        ("cursor_down", "j,down", "Down", "Go to the next row", 0),
        ("cursor_up", "k,up", "Up", "Go to the previous row", 0),
        ("cursor_top", "g g,home", "Top", "Go to the first row", 0),
        ("cursor_bottom", "G,end", "Bottom", "Go to the last row", 0),
        ("half_down", "ctrl+d", "Half page down", "Go down half a page", 0),
        ("half_up", "ctrl+u", "Half page up", "Go up half a page", 0),
        ("page_down", "space,pagedown", "Page down", "Go down a page", 0),
        ("page_up", "b,pageup", "Page up", "Go up a page", 0),
        ("choose", "enter,l,right", "Open", "Open the selected item", 10),
    ),
    "main": (
        ("filter", "/", "Filter", "Filter the briefings as you type: words, topic:, source:, is:unread, after: …", 20),
        ("search", "i", "Insights", "Search all key insights as you type, with a preview", 25),
        ("tags", "t", "Tag", "Edit the topics of the briefing or insight", 30),
        ("accept", "a", "Accept", "Accept the highlighted topic", 0),
        ("reject", "r", "Reject", "Reject the highlighted topic", 0),
        ("accept_all", "ctrl+a", "Accept all", "Accept all topics that the tagger assigned", 0),
        ("next_topic", ".", "Next topic", "Highlight the next topic", 0),
        ("previous_topic", "comma", "Previous topic", "Highlight the previous topic", 0),
        ("why", "w", "Why", "Show why the topics were assigned, and why others were not", 35),
        ("review", "R", "Review", "Review the least certain topics of all briefings, one keypress each", 0),
        ("undo", "u", "Undo", "Undo the last change, including bulk changes", 45),
        ("redo", "ctrl+r", "Redo", "Redo the last undone change", 0),
        ("history", "L", "History", "Show the latest changes; undo any of them", 0),
        ("mark", "x", "Mark", "Mark or unmark the briefing, and go to the next", 40),
        ("clear_marks", "X", "Clear marks", "Clear all marks", 0),
        ("restore_marks", "M", "Restore marks", "Restore the marks that were cleared last", 0),
        ("apply_marked", ";", "Apply to marked", "Apply the next command to the marked briefings", 0),
        ("toggle_read", "N", "Read/unread", "Mark the briefing as read or unread", 0),
        ("toggle_star", "s", "Star", "Add or remove a star", 0),
        ("all_read", "A", "All read", "Mark all listed briefings as read (asks first)", 0),
        ("note", "m", "Note", "Write a note on the briefing or insight", 0),
        ("own_insight", "H", "Own insight", "Add the selection, or the first visible paragraph, as an insight", 0),
        ("drop_insight", "D", "Dismiss", "Remove the selected insight from the briefing", 0),
        ("edit", "ctrl+e", "Edit", "Edit the title, source and date of the briefing", 0),
        ("next_briefing", "J", "Next briefing", "Go to the next briefing, from any pane", 0),
        ("previous_briefing", "K", "Previous briefing", "Go to the previous briefing, from any pane", 0),
        ("next_unread", "n", "Next unread", "Go to the next unread briefing", 0),
        ("previous_unread", "p", "Previous unread", "Go to the previous unread briefing", 0),
        ("next_pane", "tab", "Next pane", "Move to the next pane", 0),
        ("previous_pane", "shift+tab", "Previous pane", "Move to the previous pane", 0),
        ("pane_library", "1", "Library pane", "Move to the library", 0),
        ("pane_briefings", "2", "Briefings pane", "Move to the briefings", 0),
        ("pane_insights", "3", "Insights pane", "Move to the insights", 0),
        ("pane_reader", "4", "Reader pane", "Move to the reader", 0),
        ("zoom", "z", "Zoom", "Maximise or restore this pane", 0),
        ("density", "d", "Density", "Show one or two lines for each briefing and insight", 0),
        ("widen_reader", "less_than_sign", "Wider reader", "Make the reader wider", 0),
        ("narrow_reader", "greater_than_sign", "Narrower reader", "Make the reader narrower", 0),
        ("toggle_library", "backslash", "Toggle library", "Show or hide the library", 0),
        ("back", "h,left,q", "Back", "Go back: from the reader to the list, from the list to the library", 18),
        ("escape", "escape", "Cancel", "Clear one per press: matches, selection, the ; prefix, filter, marks", 0),
        ("browser", "o", "Browser", "Open the briefing's web page in a browser", 0),
        ("links", "U", "Links", "Show the links in the briefing; open or copy one", 0),
        ("diff", "equals_sign", "Changes", "Show what changed since the previous revision of the briefing", 0),
        ("copy", "y", "Copy", "Copy the selected text or insight as a quote, else a link to the briefing", 0),
        ("editor", "e", "Editor", "View the stored original in your editor (changes are discarded)", 0),
        ("export", "E", "Export", "Export the marked briefings, or all listed ones, as Markdown notes", 50),
        ("add", "+", "Add", "Add a file, a folder, a URL or pasted text", 0),
        ("fetch", "F", "Fetch", "Fetch new briefings from all sources", 0),
        ("sources", "P", "Sources", "Show the sources and their errors; add, fetch or remove them", 0),
        ("stories", "Y", "Stories", "Show stories: news that several briefings report", 0),
        ("changed", "C", "What changed", "Show what is new or updated in the last week, by topic", 0),
        ("brief", "B", "Brief", "Show the insights to read first in a given time", 0),
        ("sort", "O", "Sort", "Cycle the sort order: relevance (when searching), newest, most confident", 0),
        ("save_search", "ctrl+s", "Save search", "Save the filter under a name in the library pane", 0),
        ("topics", "T", "Topics", "Show topics over time; measure their precision; edit the taxonomy", 0),
        ("retag", "ctrl+t", "Tag new", "Tag new briefings, and learn from your decisions", 0),
        ("statistics", "S", "Statistics", "Show counts by topic, source and month", 0),
        ("reload", "f5", "Reload", "Reload the library and the taxonomy", 0),
    ),
    "library": (
        ("drop_saved", "delete", "Delete search", "Delete the saved search", 0),
        ("rename_saved", "ctrl+e", "Rename search", "Rename the saved search", 0),
    ),
    "briefings": (),
    "insights": (),
    "reader": (
        ("scroll_down", "j,down", "Down", "Scroll down a line", 0),
        ("scroll_up", "k,up", "Up", "Scroll up a line", 0),
        ("scroll_top", "g g,home", "Top", "Go to the start of the briefing", 0),
        ("scroll_bottom", "G,end", "Bottom", "Go to the end of the briefing", 0),
        ("half_down", "ctrl+d", "Half page down", "Scroll down half a page", 0),
        ("half_up", "ctrl+u", "Half page up", "Scroll up half a page", 0),
        ("page_down", "space,pagedown", "Page down", "Scroll down a page", 0),
        ("page_up", "b,pageup", "Page up", "Scroll up a page", 0),
        ("next_insight", "],right,l", "Next insight", "Jump to the passage of the next insight", 12),
        ("previous_insight", "[", "Previous insight", "Jump to the passage of the previous insight", 0),
        ("find", "ctrl+f", "Find", "Find in this briefing", 14),
        ("find_next", "n", "Next match", "Go to the next match of Find", 0),
        ("find_previous", "N", "Previous match", "Go to the previous match of Find", 0),
        ("contents", "c", "Contents", "Show the headings of the briefing; jump to one", 16),
        ("visual", "v", "Select", "Select paragraphs: ↓ extends, ↑ shrinks the selection", 0),
        ("source", "V", "What was cut", "Show the boilerplate cut from the briefing, and the text that was kept", 0),
    ),
    "search": (
        ("mark", "tab", "Mark", "Mark or unmark the hit, and go to the next", 30),
        ("copy", "ctrl+y", "Copy", "Copy the marked insights, or this one, as Markdown quotes", 40),
        ("export", "ctrl+o", "Export", "Export the briefings of the marked hits, or of this one", 50),
        ("group", "ctrl+g", "Group", "Group the hits by briefing, or sort them by relevance", 60),
        ("save_search", "ctrl+s", "Save search", "Save this search under a name", 0),
    ),
    "tags": (
        ("reject", "ctrl+r", "Reject", "Reject the topic; press again to undo", 30),
        ("create", "ctrl+n", "New topic", "Add a topic to the taxonomy, with a preview", 50),
    ),
    "review": (
        ("accept", "a,y,enter", "Accept", "Accept the topic for this briefing", 10),
        ("reject", "r,n", "Reject", "Reject the topic for this briefing", 20),
        ("skip", "s,j,down,space", "Skip", "Leave the topic undecided", 30),
        ("why", "w", "Why", "Show the reasons for and against all topics", 40),
        ("undo", "u", "Undo", "Undo the last decision and ask again", 50),
        ("accept_above", "A", "Accept above", "Answer yes to all remaining questions with this score or more", 60),
    ),
    "topics": (
        ("precision", "p", "Precision", "Measure precision and recall from your decisions", 20),
        ("edit", "e", "Edit", "Edit the taxonomy, with a preview of the changes", 30),
    ),
    "sources": (
        ("add", "+", "Add", "Add a feed, a mail folder or a watched folder", 20),
        ("fetch", "f", "Fetch", "Fetch the selected source", 10),
        ("unsubscribe", "U", "Unsubscribe", "Show the source's unsubscribe links, without opening them", 0),
        ("remove", "delete", "Remove", "Remove the source from the list; its briefings stay", 30),
    ),
    "stories": (
        ("split", "x", "Split off", "Remove the selected report from its story", 20),
        ("merge", "m", "Merge", "Merge two stories: press it on one, then on the other", 30),
        ("undo", "u", "Undo", "Undo the last change", 40),
    ),
    "changed": (
        ("earlier", "e", "Earlier", "Cycle the period: a week, a month, everything, a day", 20),
    ),
    "brief": (
        ("earlier", "e", "Earlier", "Cycle the period: a day, a week, a month, everything", 40),
        ("longer", "+", "Longer", "Make the brief longer", 20),
        ("shorter", "-,minus", "Shorter", "Make the brief shorter", 30),
    ),
    "why": (
        ("exclude", "x", "Exclude", "Exclude the phrase from its topic, with a preview of the changes", 20),
    ),
    "history": (
        ("undo", "u", "Undo", "Undo the selected change", 20),
        ("redo", "ctrl+r", "Redo", "Redo the last undone change", 30),
    ),
    "source": (
        ("decide", "f", "Cut or keep", "Cut a text from all issues of the publisher as boilerplate, or restore it", 20),
    ),
}  # fmt: skip

COMMANDS: dict[str, Command] = {
    f"{scope}.{row[0]}": Command(scope, *row) for scope, rows in _TABLE.items() for row in rows
}


def commands_of(scope: Scope) -> list[Command]:
    """Return the commands of a scope, in the order of the table."""
    return [command for command in COMMANDS.values() if command.scope == scope]
