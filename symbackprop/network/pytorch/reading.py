"""A module of PyTorch as a network of layers: traced, read layer by layer, its parameters carried over.

network, params = from_torch(nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)), 4)
network.torch_names  ->  {"W1": "0.weight", "b1": "0.bias", "W2": "2.weight", "b2": "2.bias"}
"""

from __future__ import annotations

import contextlib
import copy
import importlib
import io
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from symbackprop.errors import MissingExtraError, ShapeError, SpecError
from symbackprop.network.layered import LayeredNetwork, sequential
from symbackprop.network.model import Network
from symbackprop.network.pytorch.graph import SAMPLES, Graph
from symbackprop.network.pytorch.modules import ACTIVATIONS, MODULES, Piece, Source
from symbackprop.network.text.layerline import shape_of


def from_torch(
    module: Any, input_shape: int | str | Sequence[int], cost: str = "mse"
) -> tuple[Network | LayeredNetwork, dict[str, np.ndarray]]:
    """Return the network that a module of PyTorch is, and its parameters, as numbers of 53 bits.

    `input_shape` is that of one sample. `network.torch_names` says which array is which: "0.weight", or
    ("0.weight_ih_l0", slice(0, 3)) where it is a part of one, or a tuple of these where it is their sum.
    Raises MissingExtraError without torch, SpecError or ShapeError, with its place, for what is no layer here."""
    torch = _torch()
    if not isinstance(module, torch.nn.Module):
        raise SpecError(f"module: wanted a module of PyTorch, got {type(module).__name__}; try torch.nn.Linear(4, 3)")
    shape = shape_of(input_shape)
    for name, array in module.named_parameters():
        if torch.nn.parameter.is_lazy(array):
            raise SpecError(f"module: {name} has no numbers yet; call the module once with an array of its input")
    is_alone = type(module).__name__ in (*MODULES, *ACTIVATIONS)
    pieces = _traced(torch, torch.nn.Sequential(module) if is_alone else module, shape).pieces()
    labelled = _Labelled(torch.nn.Sequential(module) if is_alone else module)
    tables = [labelled.table(piece, str(number)) for number, piece in enumerate(pieces, start=1)]
    if not tables:
        raise SpecError("module: it computes nothing; try torch.nn.Linear(4, 3)")
    network = sequential(tables, input=shape, cost=cost)
    params = {name: labelled.value(name, axes) for name, axes in network.parameter_shapes.items()}
    names = {name: labelled.sources[name] for name in params if name in labelled.sources}
    given = {name: _alone(source) for name, source in names.items()} if is_alone else names
    named = MappingProxyType(given)
    if isinstance(network, LayeredNetwork):
        return replace(network, torch_names=named), params
    return replace(network, torch_names=named), params


def _torch() -> Any:
    try:
        torch = importlib.import_module("torch")
        importlib.import_module("torch.fx.passes.shape_prop")
    except ImportError:
        raise MissingExtraError(
            f"from_torch reads modules of PyTorch, which is not installed; try: {MissingExtraError.advice('torch')}"
        ) from None
    return torch


def _traced(torch: Any, module: Any, shape: tuple[int, ...]) -> Graph:
    """Return the graph of a copy of the module, through which two samples of zeros have gone."""
    copied = copy.deepcopy(module).double()
    try:
        traced = torch.fx.symbolic_trace(copied)
    except Exception as error:  # the code of a module may raise anything when it is traced
        raise SpecError(f"module: torch.fx cannot trace it: {_first_line(error)}") from None
    graph = Graph(copied, list(traced.graph.nodes), torch)
    graph.ends()
    words = any(type(each).__name__ == "Embedding" for each in copied.modules())
    x = torch.zeros((SAMPLES, *shape), dtype=torch.long if words else torch.double)
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # where PyTorch prints a traceback
            torch.fx.passes.shape_prop.ShapeProp(traced).propagate(x)
    except Exception as error:  # and anything for this shape
        reason = _first_line(error.__cause__ or error)
        raise ShapeError(f"input_shape {shape}: the module does not take it: {reason}") from None
    return graph


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]


class _Labelled:
    """The tables of layers, and where the arrays of each come from, by their names in the network."""

    def __init__(self, module: Any) -> None:
        self.sources: dict[str, Source] = {}
        self._numbers: dict[str, float] = {}
        self._arrays = dict(module.named_parameters(remove_duplicate=False))
        self._first: dict[int, str] = {}  # the layer that has a whole array of PyTorch's first

    def table(self, piece: Piece, label: str) -> dict[str, Any]:
        """Return a layer as a table; a weight that an earlier layer has is tied to it."""
        table = dict(piece.fields)
        if piece.inside:
            inside = enumerate(piece.inside, start=1)
            table["layers"] = [self.table(each, f"{label}.{number}") for number, each in inside]
        for letter, source in piece.arrays.items():
            key = id(self._arrays[source]) if isinstance(source, str) else id(self._arrays[_names(source)[0]])
            earlier = self._first.setdefault(key, label)
            if earlier == label:
                self.sources[letter + label] = source
            elif letter == "W" and table["layer"] == "dense" and earlier.isdigit():
                table |= {"tied_to": int(earlier), "transpose": False}
            else:
                name = _names(source)[0]
                raise SpecError(
                    f"module: {name} belongs to layers {earlier} and {label}; of shared arrays only W of Linear is read"
                )
        self._numbers |= {letter + label: number for letter, number in piece.numbers.items()}
        return table

    def value(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """Return an array of the network."""
        if name in self._numbers:
            return np.full(shape, self._numbers[name])
        return self._value(self.sources[name]).reshape(shape)

    def _value(self, source: Source) -> np.ndarray:
        if isinstance(source, str):
            return np.array(self._arrays[source].detach().cpu().double().numpy())
        if isinstance(source[1], slice):
            return self._value(source[0])[source[1]]
        return np.asarray(np.sum([self._value(part) for part in source], axis=0))


def _names(source: Source) -> list[str]:
    """Return the names of PyTorch's arrays that an array comes from."""
    if isinstance(source, str):
        return [source]
    return [source[0]] if isinstance(source[1], slice) else [name for part in source for name in _names(part)]


def _alone(source: Source) -> Source:
    """Return a source without the place of a module that stands alone."""
    if isinstance(source, str):
        return source.removeprefix("0.")
    if isinstance(source[1], slice):
        return source[0].removeprefix("0."), source[1]
    return tuple(map(_alone, source))
