"""The one door: every verb once, for the command line and the app alike."""

from __future__ import annotations

from briefreader.library.library import Library

__all__ = ["Library"]
