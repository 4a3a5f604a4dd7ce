"""A module that is no chain of layers as a network: its nodes in their order, those kept that the output depends on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from math import prod
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.network.layered import SAMPLE as OF_SAMPLE
from symbackprop.network.layered import LayeredNetwork, assembled
from symbackprop.network.layers import Built, Size, Value
from symbackprop.network.pytorch import cells, places, reshaping, taking  # noqa: F401  what they do is kept by its name
from symbackprop.network.pytorch.building import Building
from symbackprop.network.pytorch.calling import call
from symbackprop.network.pytorch.graph import Graph, as_chain
from symbackprop.network.pytorch.modules import Piece
from symbackprop.network.pytorch.nodes import looks_up
from symbackprop.network.pytorch.steps import Step, name_of, needed
from symbackprop.network.pytorch.views import SAMPLE, View, part, plain_view
from symbackprop.network.pytorch.walking import OPERATIONS, States, Walk
from symbackprop.network.terms import terms_of

MOST_STEPS = 200
INPUT_LETTERS = ("n", "Tn", "chw", "cdhw")


Made: TypeAlias = "tuple[Any, dict[str, np.ndarray], Mapping[str, Any]]"


def network_of(
    graph: Graph,
    shapes: Sequence[tuple[int, ...]],
    cost: str,
    *,
    samples_first: bool,
    as_layers: Callable[[tuple[Piece, ...]], Made],
) -> Made:
    """Return the network that a graph is, its parameters, and what these are called in PyTorch.

    `as_layers` makes it of the layers of a chain, where it is one. Raises SpecError, with its place, for what isn't
    read."""
    modules = [graph.root.get_submodule(node.target) for node in graph.nodes if node.op == "call_module"]
    coupled = any(type(each).__name__.startswith("BatchNorm") for each in modules)
    numbers = any(looks_up(graph.root, node) for node in graph.nodes)
    shape = joined(shapes)
    sizes = [Size(f"{letter}0", n) for letter, n in zip(INPUT_LETTERS[len(shape) - 1], shape, strict=True)]
    own = tuple((part(size),) for size in sizes)
    axes = ((SAMPLE,), *own) if samples_first else (own[0], (SAMPLE,), *own[1:])
    source = plain_view("x", axes)
    given = (source, shapes)
    walk, output, steps = _walked(graph, given, OF_SAMPLE * coupled, frozenset())
    if samples_first and len(shapes) == 1:
        with suppress(SymbackpropError):
            return as_layers(as_chain(graph, walk.layers))
    if len(steps) < len(walk.building.steps):
        idle = frozenset(place for place, step in enumerate(walk.building.steps) if step not in steps)
        walk, output, steps = _walked(graph, given, OF_SAMPLE * coupled, idle)
    if len(steps) > MOST_STEPS:
        raise SpecError(f"module: it has {len(steps)} steps; at most {MOST_STEPS} are derived")
    value = Value("x", tuple((size,) for size in sizes))
    built = [_built(step, walk.building.shared, walk.building.sample) for step in steps]
    built[-1] = replace(built[-1], value=Value(output.name, _axes(output)), joined=walk.building.joined())
    said = [line for step in steps for line in step.lines]
    said += [walk.building.root(size).name for step in steps for size in step.sizes]  # a sum of sizes, too: 1 + D1
    words = set(re.findall(r"\w+", " ".join(said)))
    sizes = [size for size in walk.building.sizes if size.name in words]
    layers = [each for step in steps for each in step.in_place(value.shape)]
    network = assembled(
        value, built, terms_of(cost), layers=layers, sampled=coupled, reads_numbers=numbers, sizes=sizes
    )
    names = {name: walk.sources[name] for name in network.parameters if name in walk.sources}
    params = {name: walk.values[name].reshape(each.shape) for name, each in network.parameters.items()}
    kinds = " -> ".join(step.name for step in steps)
    fixed = {name: params[name] for name, each in network.parameters.items() if each.fixed}
    network = replace(network, fixed=MappingProxyType(fixed))
    return _finished(network, names, f"{'x'.join(map(str, shape))} -> {kinds}", walk), params, names


def joined(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """Return the shape of all inputs of a sample as one array: one after the other, or else their entries."""
    if all(shapes) and len({shape[1:] for shape in shapes}) == 1:
        return (sum(shape[0] for shape in shapes), *shapes[0][1:])
    return (sum(map(prod, shapes)),)


def _apart(walk: Walk, source: View, shapes: Sequence[tuple[int, ...]]) -> list[View]:
    """Return each input of a module as a part of the one array that has them all."""
    if len(shapes) == 1 and shapes[0]:
        return [source]
    are_alike, first, found = all(shapes) and len({shape[1:] for shape in shapes}) == 1, 0, []
    for shape in shapes:
        count = shape[0] if are_alike else prod(shape)
        part_of_it = taking.part_of(walk, source, 1, range(first, first + count))
        found.append(part_of_it if are_alike else reshaping.reshaped(walk, part_of_it, (SAMPLE.size.number, *shape)))
        first += count
    return found


def _walked(
    graph: Graph, given: tuple[View, Sequence[tuple[int, ...]]], sample: str, idle: frozenset[int]
) -> tuple[Walk, View, list[Step]]:
    """Return what a walk through the graph has found, the output, and the steps that it depends on."""
    walk = Walk(graph, Building(sample, idle), call)
    walk.building.begin("rearranged")
    output = _output(walk, walk.found(_apart(walk, *given)))
    return walk, output, _kept(walk.building.steps, output.name)


def _finished(network: LayeredNetwork, names: dict[str, Any], line: str, walk: Walk) -> LayeredNetwork:
    vocabulary = min(walk.vocabularies, default=0) if network.vocabulary else 0
    return replace(network, line=line, torch_names=MappingProxyType(names), vocabulary=vocabulary)


def _output(walk: Walk, found: Any) -> View:
    """Return the output as an array of its own, samples first."""
    for each in walk.graph.inside:
        found = found[each] if isinstance(found, tuple) else None
    found = OPERATIONS["stack"](walk, found) if isinstance(found, States) else found
    if not isinstance(found, View):
        raise SpecError("module: what it gives does not depend on what it reads")
    if not found.is_sampled:
        raise SpecError("module: what it gives does not depend on the samples")
    (at,) = [place for place, axis in enumerate(found.axes) if SAMPLE in axis][:1]
    if found.axes[at] != (SAMPLE,):
        found = reshaping.reshaped(walk, found, (SAMPLE.size.number, -1))
    found = found.permuted([at, *(place for place in range(len(found.axes)) if place != at)])
    if len(found.axes) == 1:
        found = found.with_one(1)
    found = walk.building.merged(found, range(len(found.axes)))
    walk.building.begin("rearranged")
    is_own = found.name != "x" and found.is_plain and all(found.axes)
    return found if is_own else walk.building.copied(found, with_ones=True)


def _axes(view: View) -> tuple[tuple[Size, ...], ...]:
    return tuple(tuple(each.size for each in axis) for axis in view.axes if axis != (SAMPLE,))


def _kept(steps: Sequence[Step], output: str) -> list[Step]:
    """Return the steps that an output depends on, with the lines that it depends on."""
    names = needed(steps, output)
    found = []
    for step in steps:
        step.lines = [line for line in step.lines if name_of(line) in names]
        step.parameters = [each for each in step.parameters if each.name in names]
        step.constants = [(value, number) for value, number in dict(step.constants).items() if value.name in names]
        step.computed = [value for value in step.computed if value.name in names]
        if step.lines or step.parameters:
            found.append(step)
    return found


def _built(step: Step, shared: Sequence[Value], sample: str) -> Built:
    targets = {name_of(line) for line in step.lines}
    once = tuple(value for value in shared if value.name in targets)
    computed = (*step.computed, *(() if sample else once))
    last = computed[-1] if computed else Value("x", ())
    return Built(
        tuple(step.lines), last, computed, tuple(step.parameters), tuple(step.constants), (), once if sample else ()
    )
