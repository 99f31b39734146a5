"""All operations on a library, for the commands, the app and the Python API."""

from __future__ import annotations

from briefreader.library.library import Library

__all__ = ["Library"]
