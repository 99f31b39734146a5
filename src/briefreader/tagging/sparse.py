"""Sparse matrices [terms, topics] in NumPy, for taxonomies with many topics.

A topic has about 60 terms, so with 1,000 topics only one cell in 500 isn't 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.tagging.vectors import Floats, Ints

Column = tuple["Ints", "Floats"]
"""The numbers of a column's non-zero rows, in ascending order, and their values."""


@dataclass(frozen=True, slots=True)
class SparseRows:
    """A sparse matrix of ``width`` columns, stored by rows (CSR).

    Row ``r`` has ``values[starts[r]:starts[r + 1]]`` in the columns ``columns[starts[r]:starts[r + 1]]``.
    """

    starts: Ints
    columns: Ints
    values: Floats
    width: int

    @classmethod
    def from_columns(cls, columns: Sequence[Column]) -> tuple[Ints, Self]:
        """Return the numbers of the rows that aren't all 0, and a matrix of these rows."""
        rows = np.concatenate([np.zeros(0, np.int64), *(rows for rows, _ in columns)])
        values = np.concatenate([np.zeros(0), *(values for _, values in columns)])
        owners = np.repeat(np.arange(len(columns)), [len(rows) for rows, _ in columns])
        rows, owners, values = rows[values != 0], owners[values != 0], values[values != 0]
        order = np.lexsort((owners, rows))
        numbers, counts = np.unique(rows, return_counts=True)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return numbers, cls(starts, owners[order], values[order], len(columns))

    def column(self, number: int) -> Floats:
        """Return a column as a dense array."""
        dense = np.zeros(len(self.starts) - 1)
        cells = np.flatnonzero(self.columns == number)
        dense[np.searchsorted(self.starts, cells, side="right") - 1] = self.values[cells]
        return dense

    def combined(self, rows: Ints, weights: Floats, owners: Ints, count: int) -> Floats:
        """Return weighted sums of rows [count, width].

        Row ``rows[n]``, times ``weights[n]``, is added to the sum ``owners[n]``.
        """
        begins, lengths = self.starts[rows], self.starts[rows + 1] - self.starts[rows]
        ends = np.cumsum(lengths)
        cells = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(begins - (ends - lengths), lengths)
        places = np.repeat(owners, lengths) * self.width + self.columns[cells]
        summed = np.bincount(places, self.values[cells] * np.repeat(weights, lengths), minlength=count * self.width)
        return summed.astype(np.float64).reshape(count, self.width)
