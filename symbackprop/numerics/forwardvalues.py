"""What the forward pass gives beside a, as calls of stable functions: the same text for arrays and for numbers.

r = 1 - a   q = σ'(z)/a   t = y/a   u = (1 - y)/(1 - a)   log_a = ln a   log_r = ln(1 - a)   p = exp(a) of a log-softmax
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symbackprop.numerics.plan import LayerPlan
from symbackprop.numerics.recognition import known_name

ORDER = ("r", "q", "t", "u", "log_a", "log_r")

# by the name of the activation, then by the letter; under "" what holds for every activation
_TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "sigmoid": {"r": "sigmoid(-{z})", "log_a": "log_sigmoid({z})", "log_r": "log_sigmoid(-{z})"},
        "softplus": {"q": "log_softplus_slope({z})", "log_a": "log_softplus({z})"},
        "softmax": {"log_r": "log_one_minus_softmax({z})"},
        "": {"r": "1 - {a}", "t": "quotient({y}, {a})", "u": "quotient(1 - {y}, 1 - {a})"},
    }
)

# activations of a whole sample -> what `shares(z)` returns, in this order
SHARES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {"softmax": ("a", "r", "log_a"), "log_softmax": ("p", "r", "a")}
)


def text_of_value(letter: str, layer: LayerPlan, names: Mapping[str, str]) -> str:
    """Return the call that gives a value; `names` says how z, a and y are called."""
    function = layer.activation.function
    name = layer.activation.name if function is None else known_name(function)
    text = _TEXTS.get(name or "", {}).get(letter) or _TEXTS[""][letter]
    return text.format_map(names)
