"""Means with bootstrap intervals."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def interval(values: Sequence[float], rounds: int = 2000, seed: int = 1) -> tuple[float, float, float]:
    """Return the mean of ``values`` and the limits of its 95 % bootstrap interval."""
    rng = random.Random(seed)
    n = len(values)
    means = sorted(sum(rng.choices(values, k=n)) / n for _ in range(rounds))
    return sum(values) / n, means[int(0.025 * rounds)], means[int(0.975 * rounds)]


def line(name: str, values: Sequence[float], target: str = "") -> str:
    """Format a figure: its mean, interval, number of values, and target."""
    mean, low, high = interval(values)
    goal = f"   target {target}" if target else ""
    return f"{name:<34} {mean:.3f}  [{low:.3f}, {high:.3f}]  n={len(values)}{goal}"
