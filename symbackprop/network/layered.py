"""A network of layers, from its entries to equations: each layer in its place, one after the other, then the cost.

    entries -> layers in their places -> lines of equations -> a program of one sample -> that of a batch

A chain of plain dense layers is a `Network`, whose general equations hold for all its layers alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np

from symbackprop.errors import ShapeError, SpecError, errors_of
from symbackprop.frozen import dataclass
from symbackprop.network.activations import Activation
from symbackprop.network.formulatext import part_text
from symbackprop.network.inplace import LayerInPlace, in_place, outside
from symbackprop.network.layers import LAYERS, Built, Parameter, Size, Value
from symbackprop.network.layertext import LayerText, with_outside_names
from symbackprop.network.model import Network, dense_chain, generator
from symbackprop.network.numbered import is_plain
from symbackprop.network.outputcost import check_logarithms, with_cost
from symbackprop.network.placing import (
    Context,
    MadeLayer,
    chained,
    every_layer,
    flat,
    made_layers,
    parameters_of,
    without_biases,
)
from symbackprop.network.program import Program
from symbackprop.network.samples import over_samples
from symbackprop.network.terms import ChosenPenalty, Terms, checked_flag, numbers_of, penalised, terms_of
from symbackprop.network.text.equations import EquationsNetwork, program_of_text
from symbackprop.network.text.layerline import Entry, entries_from_tables, read_line, read_part, shape_of
from symbackprop.network.text.layerwriting import activation_text, line_of

SAMPLE = "s, "
INPUT_LETTERS = ("n", "Tn", "chw", "cdhw")  # of the sizes of one sample, by its number of axes
MOST_LAYERS = 60
LONGER = 10  # so many times as long as what a person writes may the equations of all layers be


@dataclass(frozen=True)
class LayeredNetwork(EquationsNetwork):
    """A network of layers of any kind: the program of one sample, and what its arrays are called outside.

    `parameters` by name, in the order of the layers; `constants` are the numbers of letters such as kappa; `masks` are
    what dropout multiplies by, and a share of them, `rates`, is 0. If a layer couples samples, `program` is that of a
    batch. Of a network that was read from PyTorch, `torch_names` says which array is which, and `fixed` are the numbers
    of parameters by which nothing is differentiated."""

    line: str = ""
    input_shape: tuple[int, ...] = ()
    output_shape: tuple[int, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    constants: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    masks: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    rates: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    cost_name: str = "quadratic"
    reduction: str = "mean"
    penalties: tuple[ChosenPenalty, ...] = ()
    is_coupled: bool = False
    vocabulary: int = 0  # the number of words, where the first layer looks whole numbers up
    torch_names: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False, compare=False)
    fixed: Mapping[str, np.ndarray] = field(default_factory=lambda: MappingProxyType({}), hash=False, compare=False)

    @property
    def shape(self) -> str:
        """The layers as a line of text."""
        return self.line

    @property
    def kinds(self) -> str:
        """The shape of a sample and the kinds of the layers as a line."""
        return " -> ".join(("x".join(map(str, self.input_shape)), *self.layer_names))

    @property
    def depth(self) -> int:
        """The number of layers, those inside a layer not counted."""
        return len(self.layer_names)

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The names of the layers as a line has them, those inside a layer left out."""
        return tuple(layer.name for layer in self.layers if "." not in layer.label)

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every parameter array, by its name: letter and number of the layer."""
        return {name: parameter.shape for name, parameter in self.parameters.items()}

    @property
    def learned_shapes(self) -> dict[str, tuple[int, ...]]:
        """The same of those that are learned: what derivatives are derived by."""
        return {name: parameter.shape for name, parameter in self.parameters.items() if not parameter.fixed}

    @property
    def parameter_count(self) -> int:
        """How many numbers are learned."""
        return sum(map(prod, self.learned_shapes.values()))

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

        What is fixed has its own numbers. Raises SpecError for a seed that is no whole number from 0 on."""
        rng = generator(seed)
        drawn = {name: _begun(parameter, rng) for name, parameter in self.parameters.items()}
        return drawn | {name: array.copy() for name, array in self.fixed.items()}


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
    penalty: str | Sequence[str] = (),
    reduction: str = "mean",
    bias: bool = True,
    title: str | None = None,
) -> Network | LayeredNetwork:
    """Return the network that a layer line says, or a list of layers after the shape of one sample, `input`.

    "1x28x28 -> conv2d(8, 5) relu -> max_pool2d(2) -> flatten -> dense(10) softmax"

    `cost` is a name, a name with numbers, or a formula in a and y. `l2`, `l1` are numbers, or text such as
    "lambda=0.01"; any `penalty` is text such as "l1(0.01)", or several. With bias=False no layer has biases that does
    not say otherwise. A chain of dense layers with biases alone is what `mlp` makes of it. Raises SymbackpropError,
    one line that says which layer has to change."""
    shape, entries = _said(layers, input)
    terms = terms_of(cost, l1=l1, l2=l2, l2_biases=l2_biases, penalty=penalty, reduction=reduction, title=title)
    entries = entries if checked_flag("bias", bias) else without_biases(entries)
    if not terms.penalties and reduction == "mean" and (chain := _chain(shape, entries, terms)) is not None:
        return chain
    return _network(shape, entries, terms)


def dense_layers(
    widths: Sequence[int], activations: Sequence[str | Activation], terms: Terms, *, bias: bool = True
) -> LayeredNetwork:
    """Return dense layers of these widths, one activation each, as a network of layers; for what a chain cannot say.

    Raises SpecError for an activation that is neither a name nor text, and as `sequential` does."""
    named: dict[str, Any] = {} if checked_flag("bias", bias) else {"bias": False}
    pairs = zip(widths[1:], activations, strict=True)
    entries = [Entry("dense", (width,), named, *read_part(part_text(part))) for width, part in pairs]
    return _network((widths[0],), entries, terms)


def _said(layers: object, given: object) -> tuple[tuple[int, ...], tuple[Entry, ...]]:
    if isinstance(layers, str):
        if given is not None:
            raise SpecError("input: the line begins with the shape of one sample; leave input out")
        return read_line(layers)
    if given is None:
        raise SpecError("input is missing: the shape of one sample, such as input=4 or input=(1, 28, 28)")
    return shape_of(given), entries_from_tables(layers)


def _chain(shape: tuple[int, ...], entries: Sequence[Entry], terms: Terms) -> Network | None:
    """Return the chain of dense layers that the entries say; None where they say more."""
    if len(shape) != 1 or terms.cost.is_over_all:
        return None
    if any(entry.layer != "dense" or entry.activation in LAYERS for entry in entries):
        return None
    widths, activations = [shape[0]], []
    for entry in entries:
        fields = {**dict(zip(("width",), entry.positional, strict=False)), **(entry.named or {})}
        activation = activation_text(entry) or "identity"
        said_twice = len(fields) < len(entry.positional) + len(entry.named or {})
        if said_twice or set(fields) - {"width", "bias"} or fields.get("bias", True) is not True:
            return None
        if type(fields.get("width")) is not int or not is_plain(activation):
            return None
        widths.append(fields["width"])
        activations.append(activation)
    return dense_chain(widths, activations, terms.cost.name, title=terms.title)


def _network(shape: tuple[int, ...], entries: Sequence[Entry], terms: Terms) -> LayeredNetwork:
    """Return the network: the lines of all layers, read as equations, and the cost added."""
    if len(entries) > MOST_LAYERS:
        raise SpecError(f"{len(entries)} layers; at most {MOST_LAYERS}, dense ones alone as a shape such as 4-8-8-3")
    made = made_layers(entries)
    letters = INPUT_LETTERS[len(shape) - 1]
    if len(shape) == 2 and made[0].layer.reads_channels:
        letters = "cn"
    used = {*terms.cost.numbers, *(letter for each in made for letter in _letters_of_numbers(each))}
    alone = {"T"} - used  # as in softmax(T=2)
    sizes = [Size(letter if letter in alone else f"{letter}0", n) for letter, n in zip(letters, shape, strict=True)]
    source = Value("x", tuple((size,) for size in sizes))
    sampled = any(kind.couples_samples for kind in every_layer(made))
    built = chained(made, source, Context("", SAMPLE * sampled))
    check_logarithms(_last_activation(made[-1], built[-1]), built[-1].value.shape, terms.cost, layer=len(made))
    layers = tuple(in_place(made, built, source))
    numbers = any(kind.reads_numbers for kind in every_layer(made))
    network = assembled(source, built, terms, layers=layers, sampled=sampled, reads_numbers=numbers)
    return replace(network, line=line_of(shape, entries))


def _letters_of_numbers(made: MadeLayer) -> Iterator[str]:
    """Yield the letters that activations have for their numbers, such as the T of a softmax."""
    yield from dict(made.activation.constants if made.activation else ())
    for each in made.inner:
        yield from _letters_of_numbers(each)


def _last_activation(made: MadeLayer, built: Built) -> str | None:
    """Return the name of what bounds the outputs: identity after weights; None where it is what was read."""
    if made.activation is not None:
        return made.activation.name
    return "identity" if built.parameters else None


def assembled(
    source: Value,
    built: Sequence[Built],
    terms: Terms,
    *,
    layers: Sequence[LayerInPlace],
    sampled: bool,
    reads_numbers: bool,
    sizes: Sequence[Size] = (),
) -> LayeredNetwork:
    """Return the network of layers in their places, the last of which gives its output; without its line.

    With `sampled` its values have an axis for the samples; `sizes` are those that lines have beside arrays.
    Raises ShapeError where nothing is computed."""
    output = built[-1].value
    every = list(flat(built))
    own = [(value.name, number) for each in every for value, number in each.constants if not value.sizes]
    constants = numbers_of(own, terms, (line for each in every for line in each.lines))
    masks = {value.name: value for each in every for value, _ in each.constants if value.sizes}
    rates = {value.name: rate for each in every for value, rate in each.constants if value.sizes}
    if not any(each.lines for each in every):
        raise ShapeError("nothing is computed by these layers; add one that does, such as dense(3)")
    parameters = {parameter.name: parameter for parameter in parameters_of(built)}
    of_layers = {name: constants[name] for name, _ in own}
    ends = (SAMPLE * sampled, reads_numbers, terms.reduction, sizes)
    told = LayerText(source, every, parameters, of_layers, masks, terms.cost, *ends)
    text = told.text(output)
    with errors_of("the equations of its layers"):
        program = program_of_text(text, times=LONGER)
    fixed = {name for name, parameter in parameters.items() if parameter.fixed}
    program = replace(program, given=tuple(replace(a, shared=a.name in fixed) for a in program.given))
    program = with_cost(program, terms.cost, over_samples=terms.reduction if sampled else None)
    program = penalised(program, terms.penalties)
    names = {name: outside(name) for name in (*parameters, *masks)}
    return LayeredNetwork(
        with_outside_names(program),
        terms.title,
        text,
        input_shape=source.shape,
        output_shape=output.shape,
        parameters=MappingProxyType({names[name]: parameter for name, parameter in parameters.items()}),
        constants=MappingProxyType({outside(name): number for name, number in constants.items()}),
        masks=MappingProxyType({names[name]: value.shape for name, value in masks.items()}),
        rates=MappingProxyType({names[name]: rate for name, rate in rates.items()}),
        cost_name=terms.cost.name,
        reduction=terms.reduction,
        penalties=terms.penalties,
        is_coupled=sampled,
        vocabulary=next((p.shape[0] for p in parameters.values()), 0) if reads_numbers else 0,
        layers=tuple(layers),
    )
