r"""Weights that are numbered through, and neurons by their names, as in a widely copied example: in layers and indices.

net_{h1} = w_1 i_1 + w_2 i_2 + b_1        z[1,1] = w[1,1,1] x[1] + w[1,1,2] x[2] + b[1,1]
out_{o1}, \delta_{o1}, target_{o1}        a[2,1], delta[2,1], y[1]
E_{total}, E_{o1}                         C, and a name of the person's own, Eo1
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_NEURON = r"_?\{?([ho])_?\{?([0-9])\}?\}?"
_SPOKEN = re.compile(rf"\b(?:net|out){_NEURON}")
_CALLED = re.compile(r"(?<![A-Za-z\\_{0-9])([ho])([0-9])(?![0-9A-Za-z\[(_^])")  # h1, o2: what neurons give
_LETTERS = {"net": "z", "out": "a", r"\delta": "delta", "delta": "delta", "δ": "delta"}
_OF_NEURON = re.compile(rf"(net|out|\\delta|delta|δ){_NEURON}")
_TOTAL = re.compile(r"E_\{?(?:\\(?:text|mathrm)\{)?(?:total|tot)\}?\}?")
_PART = re.compile(r"E_\{?o_?\{?([0-9])\}?\}?")
_TARGET = re.compile(r"target_?\{?o?_?\{?([0-9])\}?\}?")
_INPUT = re.compile(r"(?<![A-Za-z\\])i_?\{?([0-9])\}?")
_WEIGHT = re.compile(r"(?<![A-Za-z\\])(d?)w_?\{?([0-9]{1,2})\}?(?![0-9\[])")
_BIAS = re.compile(r"(?<![A-Za-z\\])b_?\{?([0-9])\}?(?![0-9\[])")
_OF_SUM = re.compile(r"\s*z\[([0-9]),([0-9])\]\s*=")


def in_layers(text: str, shapes: Sequence[tuple[int, int]]) -> str:
    """Return a text in layers and indices; `shapes` are those of the weights, whose rows are numbered one by one.

    A text that has no neurons called so is returned as it is."""
    are_called = len({found[1] for found in _CALLED.finditer(text)}) == 2  # h1 beside o1
    if len(shapes) < 2 or not (are_called or _SPOKEN.search(text)):
        return text
    last = len(shapes)
    text = _CALLED.sub(r"out_\1\2", text) if are_called else text
    for pattern, written in (
        (_TOTAL, lambda found: "E"),
        (_OF_NEURON, lambda found: f"{_LETTERS[found[1]]}[{1 if found[2] == 'h' else last},{found[3]}]"),
        (_TARGET, lambda found: f"y[{found[1]}]"),
        (_PART, lambda found: f"Eo{found[1]}"),
        (_INPUT, lambda found: f"x[{found[1]}]"),
        (_WEIGHT, lambda found: _numbered(found, shapes)),
    ):
        text = _replaced(pattern, written, text)
    return "\n".join(map(_with_biases, text.split("\n")))


def _replaced(pattern: re.Pattern[str], written: Callable[[re.Match[str]], str], text: str) -> str:
    """Return a text with other words; a brace that closes what is around them is left."""
    return pattern.sub(lambda found: written(found) + "}" * (found[0].count("}") - found[0].count("{")), text)


def _numbered(found: re.Match[str], shapes: Sequence[tuple[int, int]]) -> str:
    """Return the entry that a number is: of a 2-2-2 w_6 is the second one of the first row of layer 2."""
    number = int(found[2]) - 1
    for layer, (rows, columns) in enumerate(shapes, start=1):
        if 0 <= number < rows * columns:
            return f"{found[1]}w[{layer},{number // columns + 1},{number % columns + 1}]"
        number -= rows * columns
    return found[0]


def _with_biases(row: str) -> str:
    """Return a row about the sum of one neuron with the bias of that neuron."""
    own = _OF_SUM.match(row)
    return row if own is None else _replaced(_BIAS, lambda found: f"b[{found[1]},{own[2]}]", row)
