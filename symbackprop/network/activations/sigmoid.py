"""The sigmoid, in a file of its own: it is the usual one, and whoever takes it does not wait for the others."""

from __future__ import annotations

from symbackprop.network.activations import ACTIVATIONS, from_function
from symbackprop.network.functions import SIGMOID

ACTIVATIONS.add("sigmoid", from_function(SIGMOID, 0, 1))
