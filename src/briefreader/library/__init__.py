"""The library: all operations, for the command line, the app and Python."""

from __future__ import annotations

from briefreader.library.library import Library

__all__ = ["Library"]
