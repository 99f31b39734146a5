"""Check that learned weights are at the minimum of the penalised loss."""

from __future__ import annotations

import numpy as np
import pytest

from briefreader.tagging.learner import _newton


@pytest.mark.parametrize("seed", range(6))
def test_learned_weights_are_at_the_minimum_of_the_loss(seed: int) -> None:
    rng = np.random.default_rng(seed)
    texts = rng.normal(size=(12, 5))
    kernel = texts @ texts.T + 0.3
    prior = 3 * rng.normal(size=12)
    accepted = (rng.random(12) > 0.5).astype(np.float64)
    alpha = _newton(kernel, prior, accepted)
    # where the gradient of the penalised loss is 0, α equals the errors of the corrected probabilities
    probability = 1 / (1 + np.exp(-(prior + kernel @ alpha)))
    assert np.abs(alpha - (accepted - probability)).max() < 1e-3
