"""briefreader: a terminal reader for briefings, with topics that say why, and insights that can be found again.

The public API is four names, loaded when first used so that ``import briefreader`` stays cheap:
``Library``, ``Tagger``, ``Taxonomy`` and ``read``.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Library": "briefreader.library",
    "Tagger": "briefreader.tagging",
    "Taxonomy": "briefreader.taxonomy",
    "read": "briefreader.reading",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its room on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
