"""The library: all groups of verbs in one class."""

from __future__ import annotations

from briefreader.library.adding import Adding
from briefreader.library.browsing import Browsing
from briefreader.library.deciding import Deciding
from briefreader.library.exporting import Exporting
from briefreader.library.keeping import Keeping
from briefreader.library.tagging import Tagging


class Library(Adding, Exporting, Tagging, Browsing, Deciding, Keeping):
    """A reader's briefings with topics, notes and history; see the groups of verbs for what it can do."""
