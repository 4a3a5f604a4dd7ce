"""Nobody is accused falsely: right gradients in strange dress are equal, and noise is explained by no mistake.

`pytest tests/numerics/test_accusations.py --diagnoses 200` tries 200 right gradients, and 100 with noise.
"""

from __future__ import annotations

import numpy as np
import pytest
from numerics.by_hand import DRESSES, RNG, random_hand

import symbackprop as sb


@pytest.mark.combinations
def test_right_gradients_are_not_accused(right_seed: int) -> None:
    """Rounded, in float32, transposed, with neurons in another order: equal, or equal up to that."""
    hand = random_hand(right_seed)
    network = sb.mlp(hand.shape, hand.activations, hand.cost)
    _, dressed = DRESSES[right_seed % len(DRESSES)]
    mine = dressed(hand.gradient(), RNG(right_seed))
    report = sb.diagnose(network, mine, params=hand.params, x=hand.x, y=hand.y)
    assert report.verdict in ("equal", "equal up to")
    assert 0 == report.exit_status


@pytest.mark.combinations
def test_noise_is_explained_by_no_mistake(noisy_seed: int) -> None:
    """Noise of a tenth in some arrays, or in all: unknown, and the first array that differs is one of them."""
    hand, rng = random_hand(2 * noisy_seed + 1), RNG([noisy_seed, 2])
    grads = hand.gradient()
    there = [name for name in grads if np.any(grads[name])]
    chosen = there if noisy_seed % 3 == 0 else list(rng.choice(there, size=min(2, len(there)), replace=False))
    noise = {name: 0.1 * np.abs(grads[name]).max() * rng.normal(size=grads[name].shape) for name in chosen}
    mine = {name: grad + noise.get(name, 0) for name, grad in grads.items()}
    network = sb.mlp(hand.shape, hand.activations, hand.cost)
    report = sb.diagnose(network, mine, params=hand.params, x=hand.x, y=hand.y)
    assert ("unknown", 1) == (report.verdict, report.exit_status)
    assert report.first_difference in chosen
