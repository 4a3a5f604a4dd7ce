r"""Ng, the courses of deeplearning.ai: Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}, dW^{[l]} = (1/m) dZ^{[l]} A^{[l-1]T}.

Samples are columns, the loss \mathcal{L} is that of one sample, the cost J their mean.
"""

from __future__ import annotations

from types import MappingProxyType

from symbackprop.exposition.conventions import CONVENTIONS, Convention

_LETTERS = {
    "C": r"\mathcal{L}",
    "J": "J",
    "delta": r"\mathrm{d}z",
    "eta": r"\alpha",
    "sigma": "g",
    "sigmoid": r"\sigma",
    "s": "i",
    "i": "r",
}

CONVENTIONS.add(
    "ng",
    Convention(
        "ng",
        MappingProxyType(_LETTERS),
        layer="[l]",
        samples="columns",
        gradient="d",
        product="asterisk",
        transpose="inside",
        ones=False,
        own_activation=True,
        names=("loss", "batch cost"),
        notations=("index", "columns"),
        source="A. Ng, deeplearning.ai",
    ),
)
