"""Insights → the briefings they belong to, for a whole library at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

_SLICE = 4096  # rows taken over between two chances for another thread to run


class OwnerReader(Protocol):
    """What is asked of the library's storage."""

    def owners(self, after: int, size: int) -> Iterator[list[tuple[int, int]]]:
        """Keys of the insights above ``after`` with their briefing's, in no order, ``size`` at a time."""


class Owners:
    """An insight never changes its briefing, so what is known stays true; ``refresh`` takes in new ones."""

    def __init__(self) -> None:
        self._briefings = np.zeros(1, np.int32)  # by insight key, 0 where there is none

    def refresh(self, reader: OwnerReader, highest: int) -> None:
        """Know the insights up to the key ``highest``."""
        known = self._briefings.size - 1
        if highest <= known:
            return
        grown = np.zeros(highest + 1, np.int32)
        grown[: known + 1] = self._briefings
        for part in reader.owners(known, _SLICE):
            table = np.array(part, np.int32)
            grown[table[:, 0]] = table[:, 1]
        self._briefings = grown

    def of(self, insights: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.int32]:
        """The briefing of each insight."""
        briefings: npt.NDArray[np.int32] = self._briefings[insights]
        return briefings


def mask(size: int, keys: Iterable[int] | npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Row keys below ``size`` as a mask; those above are left out."""
    wanted = keys if isinstance(keys, np.ndarray) else np.fromiter(keys, np.int64)
    found = np.zeros(size, bool)
    found[wanted[wanted < size]] = True
    return found
