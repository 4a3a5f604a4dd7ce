"""Layers as a line of text, which reads as the same layers again.

4 -> dense(3, bias=false) leaky_relu(0.2) -> dense(2) "z/(1+exp(-z))"
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symbackprop.network.text.layerline import Entry


def line_of(shape: Sequence[int], entries: Sequence[Entry]) -> str:
    """Return the shape of one sample and the layers after it as a line."""
    return " -> ".join(("x".join(map(str, shape)), *map(_entry, entries)))


def activation_text(entry: Entry) -> str:
    """Return the activation of a layer with its numbers, as it is said alone; nothing where it has none."""
    numbers = [f"{n!r}" if letter is None else f"{letter}={n!r}" for letter, n in entry.numbers]
    if not numbers or not (entry.activation or "").isidentifier():
        return "; ".join([entry.activation or "", *numbers])
    return f"{entry.activation}({', '.join(numbers)})"


def _entry(entry: Entry) -> str:
    named = [f"{name}={_value(value)}" for name, value in (entry.named or {}).items()]
    inside = ", ".join([*map(_value, entry.positional), *named])
    activation = activation_text(entry)
    if activation and not (entry.numbers and (entry.activation or "").isidentifier()):
        activation = _word(activation)
    return f"{entry.layer}{f'({inside})' * bool(inside)} {activation}".rstrip()


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return " -> ".join(map(_entry, value))
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return _word(value) if isinstance(value, str) else str(value)


def _word(text: str) -> str:
    return text if text.isidentifier() else f'"{text}"'
