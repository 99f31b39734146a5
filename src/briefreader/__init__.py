"""A terminal reader for AI briefings, with topics, search and Markdown notes.

The public API begins with ``Library``, ``Tagger``, ``Taxonomy`` and ``read``. Each is imported on first use, which
keeps ``import briefreader`` fast. docs/python-api.md describes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from briefreader.library import Library
    from briefreader.reading import read
    from briefreader.tagging import Tagger
    from briefreader.taxonomy import Taxonomy

__all__ = ["Library", "Tagger", "Taxonomy", "__version__", "read"]
__version__ = "0.2.0"

_MODULES = {
    "Library": "briefreader.library",
    "Tagger": "briefreader.tagging",
    "Taxonomy": "briefreader.taxonomy",
    "read": "briefreader.reading",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)
