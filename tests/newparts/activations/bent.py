"""The bent identity, an activation of single neurons."""

from __future__ import annotations

from math import inf

from sympy import sqrt

from symbackprop.network.activations import ACTIVATIONS, from_function
from symbackprop.network.functions import Z, elementwise

ACTIVATIONS.add("bent", from_function(elementwise("bent", Z + (sqrt(Z**2 + 1) - 1) / 2), -inf, inf), "bent_identity")
