"""Preload modules in a background thread, so that the first dialog opens at once."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import App

    from briefreader.tui.workers import CancelCheck

PRELOAD_DELAY = 1.0  # seconds after the start; the first screen is complete by then
READER = ("briefreader.tui.widgets.document", "markdown_it")
DIALOGS = tuple(
    f"briefreader.tui.screens.{name}" for name in ("insight_search", "tags", "add", "why", "help", "writing")
)


def import_modules(names: Sequence[str], cancelled: CancelCheck = lambda: False) -> None:
    """Import modules one by one, until cancelled."""
    for name in names:
        if cancelled():
            return
        import_module(name)


def exempt_from_collection(app: App[None]) -> None:
    """Exempt all existing objects from garbage collection, except in tests.

    Otherwise each full collection takes 50 ms longer.
    """
    if not app.is_headless:  # tests start many apps in one process, whose objects must be freed
        gc.freeze()
