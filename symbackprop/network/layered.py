"""A network of layers, from its entries to equations: each layer in its place, one after the other, then the cost.

    entries -> layers in their places -> lines of equations -> a program of one sample -> that of a batch

A chain of plain dense layers is a `Network`, whose general equations hold for all its layers alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np

from symbackprop.errors import ShapeError, SpecError, SymbackpropError
from symbackprop.network.labels import check_label
from symbackprop.network.layers import Built, Parameter, Size, Value
from symbackprop.network.layertext import LayerText, outside, with_outside_names
from symbackprop.network.model import Network, mlp
from symbackprop.network.outputcost import OutputCost, Penalty, output_cost, penalty, with_cost
from symbackprop.network.placing import Context, MadeLayer, chained, every_layer, flat, made_layers, parameters_of
from symbackprop.network.program import Program
from symbackprop.network.samples import REDUCTIONS, over_samples
from symbackprop.network.text.equations import EquationsNetwork, equations
from symbackprop.network.text.layerline import Entry, entries_from_tables, read_line, shape_of

__all__ = ["LayeredNetwork", "sequential"]

SAMPLE = "s, "
INPUT_LETTERS = ("n", "Tn", "chw", "cdhw")  # of the sizes of one sample, by its number of axes
MOST_LAYERS = 60


@dataclass(frozen=True)
class LayeredNetwork(EquationsNetwork):
    """A network of layers of any kind: the program of one sample, and what its arrays are called outside.

    `parameters` by name, in the order of the layers; `constants` are the numbers of letters such as kappa; `masks` are
    what dropout multiplies by. If a layer couples samples, `program` is that of a batch."""

    line: str = ""
    input_shape: tuple[int, ...] = ()
    output_shape: tuple[int, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    constants: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    masks: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    cost_name: str = "quadratic"
    reduction: str = "mean"
    is_coupled: bool = False
    vocabulary: int = 0  # the number of words, where the first layer looks whole numbers up
    layers: tuple[str, ...] = ()

    @property
    def shape(self) -> str:
        """The layers as a line of text."""
        return self.line

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.layers)

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every parameter array, by its name: letter and number of the layer."""
        return {name: parameter.shape for name, parameter in self.parameters.items()}

    @property
    def parameter_count(self) -> int:
        """How many numbers are learned."""
        return sum(map(prod, self.parameter_shapes.values()))

    @cached_property
    def batch(self) -> Program:
        """The program of a batch of samples."""
        return self.program if self.is_coupled else over_samples(self.program, self.reduction)

    @property
    def cost(self) -> Any:
        """The composed cost of one sample; raises ShapeError where a layer couples samples."""
        if self.is_coupled:
            raise ShapeError("a layer couples the samples of a batch, so one sample has no cost of its own")
        return EquationsNetwork.cost.fget(self)  # type: ignore[attr-defined]

    def initial_params(self, seed: int = 0) -> dict[str, np.ndarray]:
        """Return weights drawn with variance 1/fan_in, biases of 0, gains of 1; a forget gate's bias is 0 as well.

        Raises SpecError for a seed that is no whole number from 0 on."""
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
            raise SpecError(f"seed: wanted a whole number from 0 on, got {repr(seed)[:20]}; try seed=0")
        rng = np.random.default_rng(seed)
        return {name: _begun(parameter, rng) for name, parameter in self.parameters.items()}


def _begun(parameter: Parameter, rng: np.random.Generator) -> np.ndarray:
    if parameter.start is not None:
        return np.full(parameter.shape, float(parameter.start))
    return rng.normal(scale=parameter.fan_in**-0.5, size=parameter.shape)


def sequential(
    layers: str | Sequence[Mapping[str, Any] | str],
    *,
    input: str | int | Sequence[int] | None = None,
    cost: str = "quadratic",
    l1: float | str | None = None,
    l2: float | str | None = None,
    l2_biases: bool = False,
    reduction: str = "mean",
    title: str | None = None,
) -> Network | LayeredNetwork:
    """Return the network that a layer line says, or a list of layers after the shape of one sample, `input`.

    "1x28x28 -> conv2d(8, 5) relu -> max_pool2d(2) -> flatten -> dense(10) softmax"

    `cost` is a name, a name with numbers, or a formula in a and y. `l2`, `l1` are numbers, or text such as
    "lambda=0.01". A chain of dense layers with biases alone is what `mlp` makes of it. Raises SymbackpropError, one
    line that says which layer has to change."""
    shape, entries = _said(layers, input)
    if reduction not in REDUCTIONS:
        raise SpecError(f"reduction: wanted mean or sum, got {str(reduction)[:20]!a}")
    if len(entries) > MOST_LAYERS:
        raise SpecError(f"{len(entries)} layers; at most {MOST_LAYERS}, dense ones alone as a shape such as 4-8-8-3")
    label = None if title is None else check_label(title, "title")
    penalties = tuple(p for p in (penalty("l1", l1), penalty("l2", l2, biases=l2_biases)) if p is not None)
    if not penalties and reduction == "mean" and (chain := _chain(shape, entries, cost, label)) is not None:
        return chain
    line = _line_of(shape, entries)
    return _network(_Plan(shape, made_layers(entries), output_cost(cost), penalties, reduction, line, label))


def _said(layers: object, given: object) -> tuple[tuple[int, ...], tuple[Entry, ...]]:
    if isinstance(layers, str):
        if given is not None:
            raise SpecError("input: the line begins with the shape of one sample; leave input out")
        return read_line(layers)
    if given is None:
        raise SpecError("input is missing: the shape of one sample, such as input=4 or input=(1, 28, 28)")
    return shape_of(given), entries_from_tables(layers)


def _chain(shape: tuple[int, ...], entries: Sequence[Entry], cost: str, title: str | None) -> Network | None:
    """Return the chain of dense layers that the entries say; None where they say more."""
    if len(shape) != 1 or not all(entry.layer == "dense" and not entry.numbers for entry in entries):
        return None
    widths, activations = [shape[0]], []
    for entry in entries:
        fields = {**dict(zip(("width",), entry.positional, strict=False)), **(entry.named or {})}
        if len(entry.positional) > 1 or set(fields) - {"width", "bias"} or fields.get("bias", True) is not True:
            return None
        if type(fields.get("width")) is not int:
            return None
        widths.append(fields["width"])
        activations.append(entry.activation or "identity")
    if output_cost(cost).is_over_all:
        return None
    return mlp(widths, activations, cost, title=title)


@dataclass(frozen=True)
class _Plan:
    """What a network is to be made of."""

    shape: tuple[int, ...]
    made: tuple[MadeLayer, ...]
    cost: OutputCost
    penalties: tuple[Penalty, ...]
    reduction: str
    line: str
    title: str | None


def _network(plan: _Plan) -> LayeredNetwork:
    """Return the network: the lines of all layers, read as equations, and the cost added."""
    made = plan.made
    letters = INPUT_LETTERS[len(plan.shape) - 1]
    if len(plan.shape) == 2 and made[0].layer.reads_channels:
        letters = "cn"
    named = ("T",) if letters == "Tn" else ()
    sizes = [
        Size(f"{letter}0" if letter not in named else letter, n) for letter, n in zip(letters, plan.shape, strict=True)
    ]
    source = Value("x", tuple((size,) for size in sizes))
    sample = SAMPLE if any(kind.couples_samples for kind in every_layer(made)) else ""
    built = chained(made, source, Context("", sample, "a"))
    return _assembled(plan, source, built, sample)


def _assembled(plan: _Plan, source: Value, built: Sequence[Built], sample: str) -> LayeredNetwork:
    output = built[-1].value
    every = list(flat(built))
    constants: dict[str, float] = {}
    for each in every:
        constants |= {value.name: number for value, number in each.constants if not value.sizes}
    masks = {value.name: value for each in every for value, _ in each.constants if value.sizes}
    parameters = {parameter.name: parameter for parameter in parameters_of(built)}
    numbers = any(kind.reads_numbers for kind in every_layer(plan.made))
    told = LayerText(source, every, parameters, constants, masks, plan.cost, sample, numbers)
    text = told.text(output)
    try:
        program = equations(text).program
    except SymbackpropError as error:
        raise type(error)(f"the equations of {plan.line[:60]}: {error}") from None
    constants |= plan.cost.numbers
    program = with_cost(program, plan.cost, plan.penalties, sampled=bool(sample))
    names = {name: outside(name) for name in (*parameters, *masks)}
    program = with_outside_names(program)
    return LayeredNetwork(
        program,
        plan.title,
        text,
        line=plan.line,
        input_shape=plan.shape,
        output_shape=output.shape,
        parameters=MappingProxyType({names[name]: parameter for name, parameter in parameters.items()}),
        constants=MappingProxyType({**constants, **{p.letter: p.number for p in plan.penalties if p.letter}}),
        masks=MappingProxyType({names[name]: value.shape for name, value in masks.items()}),
        cost_name=plan.cost.name,
        reduction=plan.reduction,
        is_coupled=bool(sample),
        vocabulary=next((p.shape[0] for p in parameters.values()), 0) if numbers else 0,
        layers=tuple(type(each).__name__ for each in built),
    )


def _line_of(shape: Sequence[int], entries: Sequence[Entry]) -> str:
    """Return the network as a line, as it is written."""
    return " -> ".join(("x".join(map(str, shape)), *map(_entry_text, entries)))


def _entry_text(entry: Entry) -> str:
    named = [f"{name}={_value_text(value)}" for name, value in (entry.named or {}).items()]
    inside = ", ".join([*map(_value_text, entry.positional), *named])
    numbers = ", ".join(f"{n:g}" if letter is None else f"{letter}={n:g}" for letter, n in entry.numbers)
    after = f" {entry.activation}" + f"({numbers})" * bool(numbers) if entry.activation else ""
    return entry.layer + f"({inside})" * bool(inside) + after


def _value_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return " -> ".join(map(_entry_text, value))
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)
