"""Types for progress and cancellation of long operations."""

from __future__ import annotations

from collections.abc import Callable

from briefreader.records import dataclass

CancelCheck = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of an operation.

    ``total`` is 0 if it is unknown, ``name`` is the current item, ``stage`` what is done after the last item.
    """

    done: int
    total: int
    name: str = ""
    stage: str = ""


Report = Callable[[Progress], None]


def not_cancelled() -> bool:
    """Return False, for operations that are never cancelled."""
    return False
