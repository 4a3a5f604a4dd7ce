r"""PyTorch: samples are rows, Z = X Wᵀ + b; grad_output is what autograd hands to a layer, of the mean loss L.

The 1/m of that mean is in grad_output from the beginning; the number of a layer is that of its name, fc1.weight.
"""

from __future__ import annotations

from types import MappingProxyType

from symbackprop.exposition.conventions import CONVENTIONS, Convention

_LETTERS = {"C": "L", "L": "D", "delta": "grad_output", "eta": "lr"}
_PARAMETERS = {"w": "fc{l}.weight", "b": "fc{l}.bias"}

CONVENTIONS.add(
    "pytorch",
    Convention(
        "pytorch",
        MappingProxyType(_LETTERS),
        layer="_l",
        mean="errors",
        gradient="partial",
        ones=False,
        names=("loss",),
        parameters=MappingProxyType(_PARAMETERS),
        notations=("index", "rows"),
        source="PyTorch",
    ),
)
