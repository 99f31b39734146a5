"""Types for progress and cancellation of long operations."""

from __future__ import annotations

from collections.abc import Callable

from briefreader.records import dataclass

CancelCheck = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Progress:
    """Report progress: ``total`` is 0 if unknown; ``name`` is the current item, ``stage`` what follows the items."""

    done: int
    total: int
    name: str = ""
    stage: str = ""


Report = Callable[[Progress], None]


def not_cancelled() -> bool:
    """Return False: never cancelled."""
    return False
