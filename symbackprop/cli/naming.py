"""How a network is called in messages, and the folder that is its own: names that every file system takes.

2-3-1          2-3-1-relu          784-30-10-sigmoid-softmax-cross_entropy          4-dense-3-tanh-dense-2
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symbackprop.network.layered import LayeredNetwork
    from symbackprop.network.model import Network
    from symbackprop.network.text.equations import EquationsNetwork

LONGEST = 60
FIGURES = 6  # of a name that does not say all: two of a thousand such names are the same once in thirty times
USUAL = {"activation": "sigmoid", "cost": "quadratic", "reduction": "mean"}  # what a name need not say
TITLED = ("l1", "l2")  # numbers that say nothing without what they are

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def name_of(network: Network | EquationsNetwork, wanted: str = "") -> str:
    """Return how a network is called: as it is wanted, or 4-8-3, 1x8x8-conv2d-flatten-dense, or in short.

    Equations, which have no such words, keep what can be kept of what is wanted. Several may have the same name."""
    from symbackprop.network.model import Network

    names = [_word(wanted) or "equations"]
    if isinstance(network, Network):
        names = [network.shape]
    elif (layered := _of_layers(network)) is not None:
        names = ["x".join(map(str, layered.input_shape)), *layered.layer_names]
    return next(filter(_is_name, (wanted, "-".join(names))), _short(network))


def place_of(network: Network | EquationsNetwork, said: str, typed: Mapping[str, Any]) -> str:
    """Return the folder of a network: what was said, and what was typed of it that is not usual.

    No two networks have the same: where a name cannot say all, it ends in figures that stand for the rest."""
    words, is_told = [said if _is_name(said) else _word(said)], True
    for key, value in typed.items():
        values = [*value] if isinstance(value, tuple) else [value]
        if key == "bias":
            words.append("no-bias")
        elif [*dict.fromkeys(values)] != [USUAL.get(key)]:
            words += [*([key] if key in TITLED else ()), *map(_word, values)]
            is_told &= all(_word(each) == each for each in values)
    figures = hashlib.sha256(repr((said, sorted(typed.items()))).encode()).hexdigest()[:FIGURES]
    name = "-".join(filter(None, (*words, "" if is_told else figures)))
    return name if _is_name(name) else f"{_short(network)}-{figures}"


def _is_name(text: str) -> bool:
    return len(text) <= LONGEST and _NAME.fullmatch(text) is not None


def _word(text: str) -> str:
    """Return what was typed as a part of a name: letters, digits and one sign between two of them."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", text).strip("-.")


def _of_layers(network: EquationsNetwork) -> LayeredNetwork | None:
    """Return a network of layers, and None for equations; a chain of dense layers never waits for the other layers."""
    from symbackprop.network.layered import LayeredNetwork

    return network if isinstance(network, LayeredNetwork) else None


def _short(network: Network | EquationsNetwork) -> str:
    from symbackprop.network.model import Network

    if isinstance(network, Network):
        return f"{network.widths[0]}-to-{network.widths[-1]}-in-{network.depth}-layers"
    if (layered := _of_layers(network)) is not None:
        first, last = ("x".join(map(str, shape)) for shape in (layered.input_shape, layered.output_shape))
        return f"{first}-to-{last}-in-{layered.depth}-layers"
    return "equations"
