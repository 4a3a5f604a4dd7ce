"""The slope of a cost along a direction in all parameters, beside difference quotients of the cost.

|(C(θ + h v) - C(θ - h v))/2h - Σ ∂C/∂θ v|      relative to Σ |∂C/∂θ v|, the largest change that such a step can make
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from symbackprop.numerics.witnesses import lost_in_rounding

Arrays: TypeAlias = Mapping[str, Any]

# h: the best of them counts. One of the thousands of kinks of a wide relu lies between the ends of a long step, where
# no slope is the quotient; a gradient that is wrong is wrong beside all of them.
STEPS = (1e-5, 1e-6, 1e-7)


def slope_error(
    cost: Callable[[Arrays], float], grads: Arrays, params: Arrays, way: Arrays, *, allowed: float
) -> float:
    """Return how far the slope along `way` that `grads` say is from a difference quotient; 0 without parameters.

    What rounding costs such a quotient, eps |C|/h, is no more than what is allowed."""
    learned = [name for name in params if name in grads]
    shares = [grads[name] * way[name] for name in learned]
    slope, size = (sum(float(np.sum(each)) for each in terms) for terms in (shares, map(np.abs, shares)))
    errors = []
    for step in STEPS if learned else ():
        moved = ({name: params[name] + sign * step * way[name] for name in learned} for sign in (1, -1))
        ahead, behind = (cost({**params, **each}) for each in moved)
        noise = np.finfo(float).eps * max(abs(ahead), abs(behind)) / step
        apart = abs((ahead - behind) / (2 * step) - slope)
        lost = lost_in_rounding(ahead, {name: grads[name] for name in learned})
        error = apart / scale if (scale := max(size, noise / allowed, lost)) else apart
        errors.append(error if math.isfinite(error) else math.inf)
        if errors[-1] <= allowed:
            break
    return min(errors, default=0.0)
