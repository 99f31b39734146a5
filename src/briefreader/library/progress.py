"""How long commands say how far they are, and ask whether to go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

CancelCheck = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a bulk command is: ``total`` is 0 while unknown; ``name`` is what it is at."""

    done: int
    total: int
    name: str


Report = Callable[[Progress], None]


def not_cancelled() -> bool:
    """Return that nobody has cancelled."""
    return False
