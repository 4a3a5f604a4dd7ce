"""Layers in their places: from what is said of each to its lines of equations, one layer after the other.

Entry("dense", (3,), activation="tanh")  ->  Dense(width=3), tanh  ->  z1[j] = …, a1[j] = tanh(z1[j])
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, fields, replace
from typing import Any

from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.layers import LAYERS, Built, Parameter, Place, Value, letters_for, usual_letters
from symbackprop.network.layers.fields import read_fields
from symbackprop.network.numbered import ChosenActivation, chosen_activation
from symbackprop.network.text.layerline import Entry

_SAYS_WHERE = re.compile(r"layer [0-9.]+ \(")
_LETTERS = re.compile(r"\[[a-z](, [a-z])*\]")


@dataclass(frozen=True)
class MadeLayer:
    """A layer with its fields, what is inside it, and the activation after it."""

    name: str
    layer: Any
    activation: ChosenActivation | None
    inner: tuple[MadeLayer, ...] = ()


@dataclass(frozen=True)
class Context:
    """Where a chain of layers stands: the number of the layer around it, and the axis of samples, if there is one."""

    prefix: str
    sample: str
    others: Mapping[str, Parameter] = field(default_factory=dict)


def made_layers(entries: Sequence[Entry], prefix: str = "") -> tuple[MadeLayer, ...]:
    """Return the layers that entries say, those inside a layer with it; raises SymbackpropError, which says where."""
    found = []
    for number, entry in enumerate(entries, start=1):
        kind = entry.layer[:20] if entry.layer.isprintable() else ascii(entry.layer[:20])
        where = f"layer {prefix}{number} ({kind})"
        try:
            found.append(_one(entry, f"{prefix}{number}."))
        except SymbackpropError as error:
            text = str(error)
            raise type(error)(text if _SAYS_WHERE.match(text) else f"{where}: {text}") from None
    return tuple(found)


def without_biases(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the layers without biases, those inside a layer included; a layer that says what it has keeps it."""
    return tuple(map(_without_bias, entries))


def _without_bias(entry: Entry) -> Entry:
    names = [each.name for each in fields(LAYERS[entry.layer])] if entry.layer in LAYERS else []  # type: ignore[arg-type]
    said = {**dict(zip(names, entry.positional, strict=False)), **(entry.named or {})}
    named = dict(entry.named or {})
    if "bias" in names and "bias" not in said:
        named["bias"] = False
    inside = {name: without_biases(value) for name, value in named.items() if isinstance(value, tuple)}
    positional = tuple(without_biases(v) if isinstance(v, tuple) else v for v in entry.positional)
    return replace(entry, positional=positional, named={**named, **inside})


def _one(entry: Entry, prefix: str) -> MadeLayer:
    if entry.layer in ACTIVATIONS and entry.layer not in LAYERS and not entry.positional:
        raise SpecError(f"{entry.layer} is an activation; write it behind a layer, as in dense(3) {entry.layer}")
    kind: Any = LAYERS[entry.layer]
    names = [each.name for each in fields(kind)]
    if len(entry.positional) > len(names):
        given = ", ".join(map(str, entry.positional))[:40]
        raise SpecError(f"got {given}, it has {', '.join(names) or 'no fields'}")
    values = dict(zip(names, entry.positional, strict=False))
    for name, value in (entry.named or {}).items():
        if name in values:
            raise SpecError(f"{name} is given twice")
        values[name] = value
    if entry.activation in LAYERS:
        raise SpecError(
            f"{entry.activation} is a layer; write it behind an arrow, as in dense(3) -> {entry.activation}"
        )
    if entry.activation is not None and not kind.has_activation:
        raise SpecError(f"no activation follows it, got {entry.activation[:20]!a}")
    chosen = None if entry.activation is None else chosen_activation(entry.activation, entry.numbers)
    layer = read_fields(kind, values)
    inner: tuple[MadeLayer, ...] = ()
    if hasattr(layer, "layers"):
        if wrong := [each for each in layer.layers if not isinstance(each, str | Entry)]:
            raise SpecError(
                f"wanted layers inside, got {str(wrong[0])[:20]!a}; try residual(dense(4) tanh -> dense(4))"
            )
        inside = tuple(Entry(each) if isinstance(each, str) else each for each in layer.layers)
        inner = made_layers(inside, prefix)
    chosen = None if chosen is not None and chosen.name == "identity" else chosen
    return MadeLayer(LAYERS.canonical(entry.layer), layer, chosen, inner)


def every_layer(made: Sequence[MadeLayer]) -> Iterator[Any]:
    """Yield every layer, those inside a layer after it."""
    for each in made:
        yield each.layer
        yield from every_layer(each.inner)


def chained(made: Sequence[MadeLayer], source: Value, context: Context, first: int = 1) -> list[Built]:
    """Return the layers in their places, each reading what the one before gives, each with its activation.

    They are numbered from `first` on."""
    built: list[Built] = []
    others = dict(context.others)
    for number, each in enumerate(made, start=first):
        label = f"{context.prefix}{number}"
        given = f"a{label}"
        place = Place(label, source, given if each.activation is None else f"z{label}", others, context.sample)
        try:
            one = _placed(each, place)
        except SymbackpropError as error:
            text, shown = str(error), label.replace("x", ".")
            raise type(error)(text if _SAYS_WHERE.match(text) else f"layer {shown} ({each.name}): {text}") from None
        if each.activation is not None:
            one = _activated(one, each.activation, place, given)
        built.append(one)
        others |= {parameter.name: parameter for parameter in parameters_of([one])}
        source = one.value
    return built


def _placed(each: MadeLayer, place: Place) -> Built:
    if not each.inner:
        return each.layer.built(place)  # type: ignore[no-any-return]
    inside = chained(each.inner, place.source, Context(f"{place.label}x", place.sample, place.others))
    return each.layer.around(place, tuple(inside))  # type: ignore[no-any-return]


def _activated(one: Built, activation: ChosenActivation, place: Place, given: str) -> Built:
    """Return the layer with the line of its activation."""
    axes = one.value.axes
    entry = _entry_of(one, place)
    letters = entry.removeprefix(one.value.name).strip("[]").split(", ")
    text = activation.text(entry, ", ".join(letters[-len(axes[-1]) :]) if axes else "")
    line = f"{given}{entry.removeprefix(one.value.name)} = {text}"
    constants = tuple((Value(letter, ()), number) for letter, number in activation.constants)
    return replace(
        one,
        lines=(*one.lines, line),
        value=Value(given, axes),
        computed=(*one.computed, one.value),
        constants=(*one.constants, *constants),
    )


def _entry_of(one: Built, place: Place) -> str:
    """Return an entry of what a layer gives, with the letters of the line that computes it where these stand alone."""
    entries = (line.partition(" = ")[0] for line in reversed(one.lines) if line.startswith(f"{one.value.name}["))
    usual = place.entry(one.value.name, *letters_for(one.value.axes, usual_letters(len(one.value.axes))))
    return next((entry for entry in entries if _LETTERS.fullmatch(entry.removeprefix(one.value.name))), usual)


def parameters_of(built: Sequence[Built]) -> Iterator[Parameter]:
    """Yield what is learned, in the order of the layers."""
    for each in built:
        yield from parameters_of(each.parts)
        yield from each.parameters


def flat(built: Sequence[Built]) -> Iterator[Built]:
    """Yield every layer, those inside a layer before it."""
    for each in built:
        yield from flat(each.parts)
        yield each
