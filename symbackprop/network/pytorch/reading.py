"""A module of PyTorch as a network of layers: traced, read layer by layer, its parameters carried over.

network, params = from_torch(nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)), 4)
network.torch_names  ->  {"W1": "0.weight", "b1": "0.bias", "W2": "2.weight", "b2": "2.bias"}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from symbackprop.errors import SpecError
from symbackprop.network.layered import LayeredNetwork, sequential
from symbackprop.network.model import Network
from symbackprop.network.pytorch.arrays import frozen
from symbackprop.network.pytorch.branches import network_of
from symbackprop.network.pytorch.counting import check_counted
from symbackprop.network.pytorch.graph import Graph
from symbackprop.network.pytorch.modules import ACTIVATIONS, MODULES, Piece, Source, names_of, numbers_of
from symbackprop.network.pytorch.nodes import OTHER, before, called
from symbackprop.network.pytorch.outputs import output_of
from symbackprop.network.pytorch.tracing import torch_itself, traced
from symbackprop.network.text.layerline import shape_of


def from_torch(
    module: Any, input_shape: int | str | Sequence[Any], cost: str = "mse", *, output: Any = None
) -> tuple[Network | LayeredNetwork, dict[str, np.ndarray]]:
    """Return the network that a module of PyTorch is, and its parameters, as numbers of 53 bits.

    `input_shape` is that of one sample; of a module that reads several arrays, a shape for each: ((4, 3), (2, 3)).
    These are one array of the network, x, along their first axes where the others are equal, else entry by entry; it
    may always be given as rows of all entries. Of several arrays that the module gives, in a tuple, a dictionary or a
    class, `output` is the one that the cost reads: 0, "mu", (1, 0); of a recurrence alone all states are.
    `network.torch_names` says which array is which: "0.weight", or ("0.weight_ih_l0", slice(0, 3)) where it is a part
    of one, or a tuple of these where it is their sum.
    Raises MissingExtraError without torch, SpecError or ShapeError, with its place, for what is no layer here."""
    torch = torch_itself()
    module = getattr(module, "_orig_mod", module)  # what torch.compile was given
    if not isinstance(module, torch.nn.Module):
        raise SpecError(f"module: wanted a module of PyTorch, got {type(module).__name__}; try torch.nn.Linear(4, 3)")
    if any(isinstance(each, torch.jit.ScriptModule) for each in module.modules()):
        raise SpecError("module: TorchScript has no code of it that is read; give the module that it was made of")
    shapes = _shapes(input_shape)
    for name, array in module.named_parameters():
        if torch.nn.parameter.is_lazy(array):
            raise SpecError(f"module: {name} has no numbers yet; call the module once with an array of its input")
    _check_hooks(module)
    is_alone = type(module).__name__ in (*MODULES, *ACTIVATIONS)
    whole = torch.nn.Sequential(module) if is_alone else module
    network, params, names = _read(_graph(torch, whole, shapes, output), whole, shapes, cost)
    given = {name: _alone(source) for name, source in names.items()} if is_alone else names
    named = MappingProxyType(given)
    if isinstance(network, LayeredNetwork):
        return replace(network, torch_names=named), params
    return replace(network, torch_names=named), params


def _check_hooks(module: Any) -> None:
    """Raise SpecError where a module, or an array of it, has hooks, forward or on the way back."""
    kinds = ("_forward_pre_hooks", "_forward_hooks", "_backward_pre_hooks", "_backward_hooks")
    for name, each in (*module.named_modules(), *module.named_parameters()):
        if any(getattr(each, kind, None) for kind in kinds):
            advice = "leave them out, or take torch.nn.utils.parametrizations"
            where = f"{name!r} ({type(each).__name__})" if name else type(each).__name__
            raise SpecError(f"module {where} has hooks, which are not read; {advice}")


def _shapes(given: Any) -> list[tuple[int, ...]]:
    several = isinstance(given, tuple | list) and any(isinstance(each, tuple | list) for each in given)
    return [() if each == () else shape_of(each) for each in (given if several else [given])]


def _read(traced: tuple[bool, Graph], module: Any, shapes: list[tuple[int, ...]], cost: str) -> tuple[Any, Any, Any]:
    """Return the network, its parameters, and what these are called; of a chain of layers it is one of these."""
    first, graph = traced

    def as_layers(pieces: tuple[Piece, ...]) -> tuple[Any, Any, Any]:
        labelled = _Labelled(module)
        tables = [labelled.table(piece, str(number)) for number, piece in enumerate(pieces, start=1)]
        chain = sequential(tables, input=shapes[0], cost=cost)
        values = {name: labelled.value(name, axes) for name, axes in chain.parameter_shapes.items()}
        return chain, values, {name: labelled.sources[name] for name in values if name in labelled.sources}

    return network_of(graph, shapes, cost, samples_first=first, as_layers=as_layers)


def _graph(torch: Any, module: Any, shapes: Sequence[tuple[int, ...]], output: Any) -> tuple[bool, Graph]:
    """Return whether the samples stand along the first axis, and the graph of the module.

    A module whose first layer has time along the first axis, and the samples along the second, is read as such."""
    first = not any(_is_time_first(each) for each in module.modules())
    for samples_first in (True, False):
        root, nodes = traced(torch, module, shapes, samples_first=samples_first)
        graph = Graph(root, nodes, torch, *output_of(nodes, output))
        if (
            first
            or [len(shape) for shape in shapes] != [2]
            or not _feeds_time_first(graph, samples_first=samples_first)
        ):
            break
    check_counted(root, nodes, traced(torch, module, shapes, samples_first=samples_first, samples=OTHER)[1])
    return samples_first, graph


def _is_time_first(module: Any) -> bool:
    kinds = ("RNN", "GRU", "LSTM", "MultiheadAttention")
    return type(module).__name__ in kinds and not module.batch_first


def _feeds_time_first(graph: Graph, *, samples_first: bool) -> bool:
    """Tell whether what wants time first reads the samples there."""
    for node in graph.nodes:
        if node.op == "call_module" and any(map(_is_time_first, graph.root.get_submodule(node.target).modules())):
            return samples_first and not _turns(node)
    return False


def _turns(node: Any) -> bool:
    """Tell whether axes are exchanged before a node."""
    return any(called(each) in ("permute", "transpose", "swapaxes", "movedim") for each in before(node))


class _Labelled:
    """The tables of layers, and where the arrays of each come from, by their names in the network."""

    def __init__(self, module: Any) -> None:
        self.sources: dict[str, Source] = {}
        self._arrays = dict(module.named_parameters(remove_duplicate=False))
        self._first: dict[int, str] = {}  # the layer that has a whole array of PyTorch's first
        self._frozen = frozen(self._arrays)

    def table(self, piece: Piece, label: str) -> dict[str, Any]:
        """Return a layer as a table; a weight that an earlier layer has is tied to it.

        Raises SpecError for arrays that no layer of a chain has: constants, and others that are shared."""
        if piece.numbers or not self._frozen.isdisjoint(
            n for source in piece.arrays.values() for n in names_of(source)
        ):
            raise SpecError("has arrays that are not learned")
        table = dict(piece.fields)
        if piece.inside:
            inside = enumerate(piece.inside, start=1)
            table["layers"] = [self.table(each, f"{label}.{number}") for number, each in inside]
        for letter, source in piece.arrays.items():
            key = id(self._arrays[source]) if isinstance(source, str) else id(self._arrays[names_of(source)[0]])
            earlier = self._first.setdefault(key, label)
            if earlier == label:
                self.sources[letter + label] = source
            elif letter == "W" and table["layer"] == "dense" and earlier.isdigit():
                table |= {"tied_to": int(earlier), "transpose": False}
            else:
                raise SpecError("shares an array with another layer")
        return table

    def value(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """Return an array of the network."""
        return numbers_of(self.sources[name], self._arrays).reshape(shape)


def _alone(source: Source) -> Source:
    """Return a source without the place of a module that stands alone."""
    if isinstance(source, str):
        return source.removeprefix("0.")
    if isinstance(source[1], slice):
        return source[0].removeprefix("0."), source[1]
    return tuple(map(_alone, source))
