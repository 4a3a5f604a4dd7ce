"""Whole numbers at random, without NumPy: those of NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from symbackprop.network.drawing import drawing


@pytest.mark.parametrize("seed", [0, 3, 12345, 2**32 - 1])
def test_numbers_are_those_of_numpy(seed: int) -> None:
    """Of few, of one, and of so many that every fourth is drawn again."""
    wanted, drawn = np.random.default_rng(seed), drawing(seed)
    for low, high in [(-9, 9), (0, 1), (4, 4), (1, 19), (-5, 3 * 2**30)] * 20:
        assert wanted.integers(low, high, endpoint=True) == drawn(low, high)
