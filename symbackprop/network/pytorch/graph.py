"""A traced module of PyTorch: its inputs and its output, and the layers that single nodes of its graph are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.frozen import dataclass
from symbackprop.network.pytorch.modules import FUNCTIONS, Piece, joined, piece_of
from symbackprop.network.pytorch.nodes import before, called, shape_after
from symbackprop.network.pytorch.outputs import Way
from symbackprop.network.pytorch.tracing import attribute

WITH_ARRAYS = {"linear": "Linear", "conv1d": "Conv1d", "conv2d": "Conv2d"}  # functions that are given their arrays
MASKS = {  # modules that may hide a part of a sequence from itself, and their arguments in order
    "MultiheadAttention": ("query", "key", "value", "key_padding_mask", "need_weights", "attn_mask"),
    "TransformerEncoderLayer": ("src", "src_mask", "src_key_padding_mask"),
    "TransformerEncoder": ("src", "mask", "src_key_padding_mask"),
}


def brings_arrays(node: Any) -> bool:
    """Tell whether a node is a function that is given arrays of the module, as a layer has them."""
    given = [*node.args[1:3], *(node.kwargs[name] for name in ("weight", "bias") if name in node.kwargs)]
    return called(node) in WITH_ARRAYS and all(getattr(each, "op", "get_attr") == "get_attr" for each in given)


@dataclass(frozen=True)
class Graph:
    """A traced module: `root` has the modules by their paths; each node knows the shape of what it gives.

    The node `output` gives what the module gives; where that is several arrays, `inside` is the way to the one."""

    root: Any
    nodes: Any
    torch: Any
    output: Any
    inside: Way = ()

    @property
    def inputs(self) -> list[Any]:
        """The nodes of what the module reads, in their order."""
        return [node for node in self.nodes if node.op == "placeholder" and "value" in node.meta]

    @property
    def needed(self) -> list[Any]:
        """The nodes that the output depends on, itself among them, in their order."""
        last = self.output
        wanted = before(last) | {last}
        return [node for node in self.nodes if node in wanted]

    def arrays_of(self, node: Any) -> list[Any]:
        """Return the parameters that a node reads, or those of the module that it is."""
        if node.op == "call_module":
            return list(self.root.get_submodule(node.target).parameters())
        return [attribute(self.root, str(node.target))] if node.op == "get_attr" else []

    def with_arrays(self, node: Any, kind: str) -> Piece:
        """Return what a function is that is given its arrays, such as linear(x, w, b): a module that has these."""
        names = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
        given = dict(zip(names, node.args, strict=False)) | node.kwargs
        sources = {name: given.pop(name, None) for name in ("weight", "bias")}
        given.pop("input", None)
        weight = attribute(self.root, str(sources["weight"].target))
        options = {**given, "bias": sources["bias"] is not None}
        if weight.dim() > 2:
            options["kernel_size"] = tuple(weight.shape[2:])
        width = weight.shape[1] * given.get("groups", 1)
        (piece,) = piece_of(getattr(self.torch.nn, kind)(width, weight.shape[0], **options), "")
        return replace(piece, arrays={letter: str(sources[name].target) for letter, name in piece.arrays.items()})

    def module_of(self, node: Any, name: str) -> Any:
        """Return the module that does what a function or a method does; its arguments are the same."""
        ignored = ("input", "inplace", "dtype", "training", "_stacklevel")
        options = {key: value for key, value in node.kwargs.items() if key not in ignored}
        given = node.args[1:] or ((0,) if name == "flatten" and not options else ())
        if name == "dropout":  # which is traced where it is in training alone
            given = given[:1]
        try:
            return getattr(self.torch.nn, FUNCTIONS[name])(*given, **options)
        except TypeError:
            raise SpecError(f"is called with something that {FUNCTIONS[name]} does not take") from None

    def hidden(self, kind: str, given: Mapping[str, Any]) -> tuple[Any, Any]:
        """Return the mask of a module of attention, and that of padded steps; None for none."""
        mask = next((given[name] for name in ("attn_mask", "src_mask", "mask") if given.get(name) is not None), None)
        padded = (given[name] for name in MASKS[kind] if name.endswith("padding_mask") and name in given)
        return mask, next(padded, None)

    def is_causal(self, mask: Any, steps: int) -> bool:
        """Tell whether a mask hides from each step what comes later, and nothing else."""
        later = self.torch.ones(steps, steps).triu(1).bool()
        added = self.torch.zeros(steps, steps).masked_fill(later, -self.torch.inf)  # what a mask of numbers adds
        is_array = isinstance(mask, self.torch.Tensor)
        return is_array and self.torch.equal(mask, later if mask.dtype == later.dtype else added.to(mask))


def as_chain(graph: Graph, layers: Mapping[Any, tuple[Piece, ...]]) -> tuple[Piece, ...]:
    """Return the layers of a module that is a chain of these, residual ones among them; raises SpecError else.

    `layers` are those that nodes were read as on the way through the graph."""
    (first,) = graph.inputs
    values: dict[Any, Any] = {first: ()}
    for node in graph.needed:
        if node is not first and node.op != "get_attr":
            read = [values[each] for each in node.all_input_nodes if each.op != "get_attr"]
            values[node] = _after(node, read, _layers(node, layers))
    found = values.get(graph.output)
    return _chain(found[0] if graph.inside == (0,) and isinstance(found, tuple) and _is_mixed(found) else found)


NO_CHAIN = "is no layer of a chain"


def _chain(value: Any) -> tuple[Piece, ...]:
    if isinstance(value, tuple) and all(isinstance(each, Piece) for each in value):
        return value
    raise SpecError(NO_CHAIN)


def _after(node: Any, read: Sequence[Any], found: tuple[Piece, ...] | None) -> Any:
    """Return the layers up to a node; of a recurrence, and of attention, also what stands beside them."""
    name = called(node)
    if name in ("add", "iadd") and len(read) == 2 and not node.kwargs:
        past, through = sorted(map(_chain, read), key=len)
        if len(past) == len(through) or any(one is not other for one, other in zip(past, through, strict=False)):
            raise SpecError(NO_CHAIN)
        return (*past, Piece({"layer": "residual"}, inside=through[len(past) :]))
    if len(read) != 1:
        raise SpecError(NO_CHAIN)
    (value,) = read
    if name in ("getitem", "squeeze"):
        return _part(value, node.args[1] if len(node.args) > 1 else None)
    if found is None:
        raise SpecError(NO_CHAIN)
    pieces = joined((*_chain(value), *found))
    if pieces and "layer" not in pieces[-1].fields:  # flatten leaves one axis as it is
        if len(shape_after(node)) != 2:
            raise SpecError(NO_CHAIN)
        pieces = (*pieces[:-1], replace(pieces[-1], fields={"layer": "flatten", **pieces[-1].fields}))
    given = node.meta["value"]
    if not isinstance(given, tuple):
        return pieces
    if found[-1].fields["layer"] == "attention":
        return pieces, None
    last = _States((*pieces[:-1], _returning_last(pieces[-1])), len(found))
    return pieces, (last, None) if isinstance(given[1], tuple) else last


@dataclass(frozen=True)
class _States:
    """The last states of the layers of a recurrence: the layers up to the last one, which gives its last state."""

    pieces: tuple[Piece, ...]
    count: int


def _part(value: Any, at: Any) -> Any:
    """Return a part of what a recurrence, or attention, gives: all states, or the last one."""
    every = slice(None, None, None)
    if isinstance(value, _States) and at in (-1, value.count - 1):
        return value.pieces
    if isinstance(value, tuple) and isinstance(at, int) and None not in value[at : at + 1] and _is_mixed(value):
        return value[at]
    pieces = _chain(value)
    if pieces and pieces[-1].fields.get("returns") == "sequence" and at in ((every, -1), (every, -1, every)):
        return (*pieces[:-1], _returning_last(pieces[-1]))
    raise SpecError(NO_CHAIN)


def _is_mixed(value: tuple[Any, ...]) -> bool:
    return any(not isinstance(each, Piece) for each in value)


def _returning_last(piece: Piece) -> Piece:
    return replace(piece, fields={name: value for name, value in piece.fields.items() if name != "returns"})


def _layers(node: Any, layers: Mapping[Any, tuple[Piece, ...]]) -> tuple[Piece, ...] | None:
    """Return the layers that a node is, also one that says by shapes what a layer does; None for what is none."""
    name, before_it, after = called(node), shape_after(node.all_input_nodes[0]), shape_after(node)
    if name == "contiguous":
        return ()
    if name in ("view", "reshape") and len(after) == 2 and len(before_it) > 1 and after[0] == before_it[0]:
        return (Piece({"layer": "flatten"}),)
    if name == "mean" and after == before_it[:2] and len(before_it) > 2:
        return (Piece({"layer": "global_avg_pool"}),)
    found = layers.get(node)
    if found and found[-1].fields.get("layer") == "global_avg_pool":
        return found if all(len(shape_after(user)) == 2 for user in node.users) else None
    return found


def causal(piece: Piece) -> Piece:
    """Return a layer of which every attention, inside too, sees what came before alone."""
    more = {"causal": True} if piece.fields.get("layer") == "attention" else {}
    return replace(piece, fields={**piece.fields, **more}, inside=tuple(map(causal, piece.inside)))
