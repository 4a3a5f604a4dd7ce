"""Bishop, "Pattern Recognition and Machine Learning" (2006), chapter 5: δ_j = ∂E_n/∂a_j, and z_j = h(a_j).

An activation a is what enters the activation function, z is what a unit gives; weights w_ji lead from unit i to unit j,
the biases are w_j0, outputs are y and targets t. The errors E_n of the samples are added up.
"""

from __future__ import annotations

from types import MappingProxyType

from symbackprop.exposition.conventions import CONVENTIONS, Convention

_LETTERS = {
    "a": "z",
    "z": "a",
    "output": "y",
    "y": "t",
    "C": "E_n",
    "J": "E",
    "sigma": "h",
    "sigmoid": r"\sigma",
    "i": "k",
    "k": "i",
    "m": "N",
    "s": "n",
    "n": "M",
}

CONVENTIONS.add(
    "bishop",
    Convention(
        "bishop",
        MappingProxyType(_LETTERS),
        mean="none",
        bias="w0",
        names=("error function", "activations", "units"),
        source="C. M. Bishop, Pattern Recognition and Machine Learning (2006)",
    ),
)
