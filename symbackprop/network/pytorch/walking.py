"""From the graph of a module to equations: node after node, known layers as layers, others line by line."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import prod
from types import MappingProxyType
from typing import Any, TypeVar

from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.frozen import dataclass
from symbackprop.network.inplace import in_place
from symbackprop.network.layers import LAYERS, Size, Value
from symbackprop.network.placing import Context, chained, made_layers, parameters_of
from symbackprop.network.pytorch.arrays import Arrays
from symbackprop.network.pytorch.building import Building
from symbackprop.network.pytorch.conditions import SEVERAL
from symbackprop.network.pytorch.graph import Graph, brings_arrays
from symbackprop.network.pytorch.modules import Piece, names_of
from symbackprop.network.pytorch.nodes import called, line_of, where_is
from symbackprop.network.pytorch.views import SAMPLE, View, part, plain_view
from symbackprop.network.text.layerline import entries_from_tables

KINDS = {  # what a step is called in words, by what its node calls; any other is a function of each entry
    **dict.fromkeys(("cat", "concat", "concatenate", "stack"), "concatenation"),
    **dict.fromkeys(("add", "iadd", "sub", "isub"), "sum"),
    **dict.fromkeys(("mul", "imul", "multiply", "truediv", "div", "dropout1d", "dropout2d", "dropout3d"), "product"),
    **dict.fromkeys(
        ("matmul", "bmm", "mm", "mv", "addmm", "baddbmm", "einsum", "linear", "bilinear"),
        "matrix_product",
    ),
    **dict.fromkeys(("mean", "sum", "max", "amax", "amin", "norm", "var", "std", "logsumexp"), "reduction"),
    **dict.fromkeys(
        ("cosine_similarity", "pairwise_distance", "adaptive_avg_pool1d", "adaptive_avg_pool2d", "AdaptiveAvgPool"),
        "reduction",
    ),
    **dict.fromkeys(("softmax", "log_softmax", "softmin"), "shares"),
    **dict.fromkeys(("copy", "array", "pad", "reshape", "view", "flatten", "flip", "interpolate"), "rearranged"),
    **dict.fromkeys(("getitem", "index_select", "roll", "unfold", "channel_shuffle", "repeat", "tile"), "rearranged"),
    **dict.fromkeys(("cumsum", "prod", "cdist"), "reduction"),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "ConvTranspose1d", "ConvTranspose2d"), "transposed"),
    **dict.fromkeys(("batch_norm", "layer_norm", "rms_norm", "group_norm", "instance_norm", "normalize"), "normalised"),
    **dict.fromkeys(("rnn_tanh_cell", "rnn_relu_cell", "lstm_cell", "gru_cell"), "cell"),
    "scaled_dot_product_attention": "weighted",
}
PRODUCTS = ("mul", "imul", "multiply", "matmul", "bmm", "mm", "mv", "einsum")
Operation = Callable[..., Any]
Does = TypeVar("Does", bound=Operation)
OPERATIONS: dict[str, Operation] = {}
LAST_AXIS = ("dense", "layer_norm", "rms_norm", "dropout")  # layers that leave all but the last axis as they are
ANY_PARTS = (*LAST_AXIS, "prelu", "residual", "flatten")  # those that read axes of several parts


def does(*names: str) -> Callable[[Does], Does]:
    """Keep a function as what functions and methods of these names do."""

    def kept(operation: Does) -> Does:
        OPERATIONS.update(dict.fromkeys(names, operation))
        return operation

    return kept


@dataclass(frozen=True)
class Call:
    """A node with the values of its arguments; `done` gets what a later node gives, where that is known already."""

    node: Any
    args: Sequence[Any]
    kwargs: dict[str, Any]
    done: dict[Any, Any]


class States(tuple[View, ...]):
    """The last states of the layers of a recurrence, one by one, until something reads them as one array."""

    __slots__ = ()


class Walk(Arrays):
    """What is known of a graph on the way through it; `call` says what a node is."""

    def __init__(self, graph: Graph, building: Building, call: Operation) -> None:
        """Begin where nothing is known but what the module reads."""
        super().__init__(graph.torch, graph.root, building)
        self.graph, self.call = graph, call
        self.vocabularies: list[int] = []  # of what looks words up
        self.layers: dict[Any, tuple[Piece, ...]] = {}  # that nodes are, without other states to begin with
        self._uses = Counter(id(array) for node in graph.nodes for array in graph.arrays_of(node))

    # --- known layers ------------------------------------------------------------------------------------------------
    def layer(self, piece: Piece, view: View, starts: Mapping[str, View] = MappingProxyType({})) -> View:
        """Return what a known layer gives; `starts` are the states, other than 0, that a recurrence begins with."""
        building = self.building
        kind = str(piece.fields["layer"])
        if kind in LAST_AXIS and SAMPLE in view.axes[-1]:  # of one number, or of a number at each step
            return self.layer(piece, view.with_one(len(view.axes))).without(len(view.axes))
        building.begin("rearranged")
        arrays = [name for source in piece.arrays.values() for name in names_of(source)]
        view = self._readable(kind, view, is_shared=any(self._uses[id(self._arrays[name])] > 1 for name in arrays))
        building.begin(kind, alone=True)
        if kind == "embedding":
            self.vocabularies.append(int(piece.fields["vocabulary"]))
        step = building.step
        leading = view.axes[:-1] if kind in LAST_AXIS else view.axes[:1]
        value = Value(view.name, tuple(sizes for axis in view.axes if (sizes := _own(axis))))
        (made,) = made_layers(entries_from_tables([_table(piece)]))
        (built,) = chained((made,), value, Context("", building.sample, self.others), first=int(step.label))
        lines, computed = (
            [self._begun(line, starts, step.label) for line in built.lines],
            [*built.computed, built.value],
        )
        for _each in built.parts:
            raise SpecError("is no layer that stands in a network of branches")
        named = {f"{letter}{step.label}": source for letter, source in piece.arrays.items()}
        for new, old in built.joined:
            building.join(old, new)
        for parameter in parameters_of([built]):
            lines = self.kept(parameter, named.get(parameter.name), piece.numbers, lines)
        step.lines += lines
        step.constants += built.constants
        building.shared += built.shared
        step.computed += [each for each in computed if each.name != value.name]
        learned = sum(prod(each.shape) for each in step.parameters if not each.fixed)
        step.layers = [replace(each, count=learned) for each in in_place([made], [built], value, first=int(step.label))]
        given = built.value.axes
        own = _regrouped(leading, given) if kind in LAST_AXIS else (leading[0], *(tuple(map(part, a)) for a in given))
        return plain_view(built.value.name, own)

    def _begun(self, line: str, starts: Mapping[str, View], label: str) -> str:
        """Return the first line of a state with what it begins with: h2[0, j] = h1[T, j]."""
        found = re.fullmatch(r"([a-z])(\d+)(\[.*\b(\w+)\]) = 0", line)
        view = starts.get(found[1]) if found else None
        if found is None or view is None:
            return line
        letters = {each.token: found[4] for each in view.axes[1]}
        for each in view.axes[1]:
            self.building.join(each.size, Size(f"n{label}", each.size.number))
        return f"{found[1]}{found[2]}{found[3]} = {view.entry(letters, self.building.sample)}"

    # --- nodes -------------------------------------------------------------------------------------------------------
    def epsilon(self, number: float) -> str:
        """Return the name of a small number of the step."""
        step = self.building.step
        step.constants.append((Value(f"epsilon{step.label}", ()), float(number)))
        return f"epsilon{step.label}"

    def operation(self, name: str, *args: Any, named: dict[str, Any] | None = None) -> Any:
        """Return what a function or a method gives; raises SpecError where it is not read, or called otherwise."""
        if name not in OPERATIONS:
            raise SpecError("is no layer here; take modules and functions that are one, or say it by those")
        kwargs = {key: value for key, value in (named or {}).items() if key not in ("inplace", "out", "approximate")}
        for key in ("input", "self"):
            args = (kwargs.pop(key), *args) if key in kwargs else args
        if "axis" in kwargs:
            kwargs["dim"] = kwargs.pop("axis")
        if "exponent" in kwargs or ("dims" in kwargs and name in ("flip", "permute")):
            args = (*args, kwargs.pop("exponent" if "exponent" in kwargs else "dims"))
        if name == "scaled_dot_product_attention" and "query" in kwargs:
            args = tuple(kwargs.pop(key) for key in ("query", "key", "value"))
        operation = OPERATIONS[name]
        if args and isinstance(args[0], States) and name not in ("getitem", "squeeze"):
            args = (OPERATIONS["stack"](self, args[0]), *args[1:])
        args, kwargs = _bound(operation, (self, *args), kwargs)
        try:
            inspect.signature(operation).bind(*args, **kwargs)
        except TypeError as error:
            raise SpecError(f"({name}) is called with what is not read: {error}") from None
        return operation(*args, **kwargs)

    def found(self, sources: Sequence[View]) -> Any:
        """Return what the last node gives, those before it in their order; `sources` are what the module reads."""
        values: dict[Any, Any] = dict(zip(self.graph.inputs, sources, strict=True))
        done: dict[Any, Any] = {}
        for node in self.graph.needed:
            if node not in values:
                try:
                    values[node] = done.pop(node) if node in done else self._node(node, values, done)
                except SymbackpropError as error:
                    raise type(error)(f"module {where_is(self.root, node)} {error}{line_of(node)}") from None
        return values[self.graph.output]

    def _node(self, node: Any, values: dict[Any, Any], done: dict[Any, Any]) -> Any:
        known = node.meta.get("value")
        args, kwargs = self.torch.fx.node.map_arg((node.args, node.kwargs), values.__getitem__)
        if node.op == "get_attr":
            is_learned = str(node.target) in self._arrays
            self.building.begin("rearranged")
            if not is_learned or all(map(brings_arrays, node.users)):
                return known
            return self.learned(str(node.target))
        if node.op != "call_module" and not any(isinstance(each, View) for each in _every((args, kwargs))):
            return known
        name = called(node)
        if name in PRODUCTS and any(isinstance(each, self.torch.Tensor) and not each.any() for each in _every(args)):
            return self.torch.zeros(known.shape)  # of a state that begins with 0
        self.building.begin(KINDS.get(name, "function"))
        found = self.call(self, Call(node, args, kwargs, done))
        if isinstance(found, View) and not _is_of(found.shape, tuple(known.shape)):
            raise SpecError(f"gives {tuple(known.shape)}, which is not read in this way; say it by other functions")
        return found

    def _readable(self, kind: str, view: View, *, is_shared: bool) -> View:
        """Return a view that a layer reads: an array as it is, and one index for each axis where it needs that.

        A layer whose arrays are used again needs it along the axis that these read."""
        building = self.building
        if kind not in LAST_AXIS and view.axes[:1] != ((SAMPLE,),):
            raise SpecError(f"({kind}) wants the samples alone along the first axis; call it step by step and stack")
        if kind not in ANY_PARTS:
            first = 2 if LAYERS[kind].reads_channels or kind == "batch_norm" else 1
            last = len(view.axes) - (kind in ("rnn", "gru", "lstm"))
            view = building.merged(view, range(first, last))
        if is_shared:
            view = building.merged(view, [len(view.axes) - 1 if kind in LAST_AXIS else 1])
        needs = range(len(view.axes) - 1, len(view.axes)) if kind in LAST_AXIS else range(1, len(view.axes))
        if any(not view.axes[at] for at in needs):
            view = building.copied(view, with_ones=True)
        return view if view.is_plain else building.copied(view)


def _regrouped(leading: Sequence[Any], sizes: Sequence[Sequence[Size]]) -> tuple[Any, ...]:
    """Return the axes of what a layer gives that leaves all but the last one as they are."""
    given = iter(sizes)
    found = []
    for axis in leading:
        if not _own(axis):
            found.append(axis)
            continue
        new = iter(next(given))
        found.append(tuple(each if each == SAMPLE else part(next(new)) for each in axis))
    return (*found, tuple(map(part, next(given))))


def _is_of(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Tell whether an array has a shape, or one entry for all along some of its axes."""
    return len(shape) == len(wanted) and all(n in (1, m) for n, m in zip(shape, wanted, strict=True))


def _own(axis: Any) -> tuple[Size, ...]:
    return tuple(each.size for each in axis if each != SAMPLE)


def _table(piece: Piece) -> dict[str, Any]:
    return {**piece.fields, **({"layers": [_table(each) for each in piece.inside]} if piece.inside else {})}


def _every(given: Any) -> list[Any]:
    """Return what stands in tuples, lists and dictionaries, however deep."""
    if isinstance(given, dict):
        return _every(list(given.values()))
    return [each for inner in given for each in _every(inner)] if isinstance(given, SEVERAL) else [given]


def _bound(operation: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return arguments, those by position that an operation takes by name with their names."""
    every = inspect.signature(operation).parameters.values()
    if any(each.kind is each.VAR_POSITIONAL for each in every):
        return args, kwargs
    first = [each for each in every if each.kind is each.POSITIONAL_OR_KEYWORD]
    named = [each.name for each in every if each.kind is each.KEYWORD_ONLY]
    return args[: len(first)], {**dict(zip(named, args[len(first) :], strict=False)), **kwargs}
