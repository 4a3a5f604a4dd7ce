"""From the graph of a module to a chain of pieces: from the output back to the input, around what is added to itself.

input -> fc1 -> relu -> fc2 -> add(input) -> output      ->      residual(dense relu -> dense)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.network.layers import LAYERS
from symbackprop.network.pytorch.modules import FUNCTIONS, Piece, is_free, piece_of, returning_last, with_two_biases
from symbackprop.network.pytorch.nodes import (
    READS_A_PART,
    SUMS,
    before,
    called,
    flattens,
    only_input,
    place,
    shape_after,
)
from symbackprop.network.pytorch.tracing import SAMPLES, attribute

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
    """A traced module: `root` has the modules by their paths; each node knows the shape of what it gives."""

    root: Any
    nodes: Any
    torch: Any

    def pieces(self) -> tuple[Piece, ...]:
        """Return the layers from the input to the output; raises SpecError, which names the node, for what is none."""
        return self._chain(*self.ends())

    def ends(self) -> tuple[Any, Any]:
        """Return the nodes of the output and of the input; raises SpecError where there is not one each."""
        inputs = [node for node in self.nodes if node.op == "placeholder" and not node.args]
        (output,) = [node for node in self.nodes if node.op == "output"]
        result = output.args[0]
        if len(inputs) != 1 or not hasattr(result, "op"):
            got = f"{len(inputs)} inputs" if len(inputs) != 1 else f"a {type(result).__name__} as output"
            raise SpecError(f"module: wanted one input and one array as output, got {got}")
        return result, inputs[0]

    def _chain(self, last: Any, first: Any) -> tuple[Piece, ...]:
        """Return the layers after one node and up to another one."""
        backwards: list[tuple[Any, tuple[Piece, ...]]] = []
        node = last
        while node is not first:
            try:
                before, found = self._step(node)
            except SymbackpropError as error:
                text = str(error)
                raise type(error)(text if text.startswith("module") else f"module {place(node)} {text}") from None
            backwards.append((node, found))
            node = before
        return tuple(_with_activations(backwards[::-1]))

    def _step(self, node: Any) -> tuple[Any, tuple[Piece, ...]]:
        """Return the node before one, and what stands between."""
        name = called(node)
        if node.op in ("call_function", "call_method") and name in SUMS:
            return self._sum(node)
        if name == READS_A_PART or (name == "squeeze" and called(node.args[0]) == READS_A_PART):
            return self._part(node)
        if node.op == "call_module":
            module = self.root.get_submodule(node.target)
            return only_input(node), self._called(module, node)
        if name in ("view", "reshape") and shape_after(node) == (SAMPLES, prod(shape_after(node.args[0])[1:])):
            return node.args[0], (Piece({"layer": "flatten"}),)
        if name in WITH_ARRAYS:
            return only_input(node), self.with_arrays(node, WITH_ARRAYS[name])
        if name == "mean":
            return node.args[0], self._mean(node)
        if name == "contiguous":
            return node.args[0], ()
        if node.op in ("call_function", "call_method") and name in FUNCTIONS:
            return only_input(node), self._called(self.module_of(node, name), node)
        raise SpecError("is no layer here; take modules and functions that are one, and sums around them")

    def with_arrays(self, node: Any, kind: str) -> tuple[Piece, ...]:
        """Return what a function is that is given its arrays, such as linear(x, w, b): a module that has these."""
        names = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
        given = dict(zip(names, node.args, strict=False)) | node.kwargs
        sources = {name: given.pop(name, None) for name in ("weight", "bias")}
        given.pop("input", None)
        if any(getattr(source, "op", "get_attr") != "get_attr" for source in sources.values()):
            raise SpecError(f"({kind}) multiplies by what is no Parameter of the module")
        weight = attribute(self.root, str(sources["weight"].target))
        options = {**given, "bias": sources["bias"] is not None}
        if weight.dim() > 2:
            options["kernel_size"] = tuple(weight.shape[2:])
        width = weight.shape[1] * given.get("groups", 1)
        (piece,) = piece_of(getattr(self.torch.nn, kind)(width, weight.shape[0], **options), "")
        named = {letter: str(sources[name].target) for letter, name in piece.arrays.items()}
        return (replace(piece, arrays=named),)

    def module_of(self, node: Any, name: str) -> Any:
        """Return the module that does what a function or a method does; its arguments are the same."""
        ignored = ("input", "inplace", "dtype", "training", "_stacklevel")
        options = {key: value for key, value in node.kwargs.items() if key not in ignored}
        given = node.args[1:] or ((0,) if name == "flatten" and not options else ())
        if name == "dropout":
            kept = not (node.args[2] if len(node.args) > 2 else node.kwargs.get("training", True))
            given, options = (given[:1], options) if kept else ((0.0,), {})
        try:
            return getattr(self.torch.nn, FUNCTIONS[name])(*given, **options)
        except TypeError:
            raise SpecError(f"is called with something that {FUNCTIONS[name]} does not take") from None

    def _called(self, module: Any, node: Any) -> tuple[Piece, ...]:
        name = type(module).__name__
        axes = len(shape_after(only_input(node)))
        if name in ("Softmax", "LogSoftmax") and module.dim not in (-1, axes - 1):
            raise SpecError(f"({name}) has dim = {module.dim}, wanted the last axis, -1")
        try:
            found = piece_of(module, str(node.target) if node.op == "call_module" else "")
        except SpecError as error:
            raise SpecError(f"module {place(node)} ({name}) {error}") from None
        if name in MASKS:
            return self.masked(found, node, MASKS[name])
        if name.startswith("Adaptive") and not all(flattens(user) for user in node.users):
            raise SpecError(f"({name}) keeps axes of size 1; let Flatten follow it")
        if name in ("RNN", "GRU", "LSTM") and len(node.args) > 1:
            raise SpecError(f"({name}) is given a state to begin with; leave it out, which is 0")
        return found

    def masked(
        self, found: tuple[Piece, ...], node: Any, names: tuple[str, ...], *, time_axis: int = 1
    ) -> tuple[Piece, ...]:
        """Return the layers of self-attention, or of an encoder, with the mask read; `names`: of its arguments."""
        given = {**dict(zip(names, node.args, strict=False)), **node.kwargs}
        if _differ([given[name] for name in ("key", "value") if name in given], given[names[0]]):
            raise SpecError("is no attention of a sequence to itself; call it with x, x, x")
        for name in ("key_padding_mask", "src_key_padding_mask"):
            if given.get(name) is not None:
                raise SpecError(f"is given a {name}; leave it out")
        mask = next((given[name] for name in ("attn_mask", "src_mask", "mask") if given.get(name) is not None), None)
        if mask is None:
            return found
        array = attribute(self.root, mask.target) if getattr(mask, "op", "") == "get_attr" else mask
        steps = shape_after(given[names[0]])[time_axis]
        later = self.torch.ones(steps, steps).triu(1).bool()
        added = self.torch.zeros(steps, steps).masked_fill(later, -self.torch.inf)  # what a mask of numbers adds
        is_read = isinstance(array, self.torch.Tensor)
        if not is_read or not self.torch.equal(array, later if array.dtype == later.dtype else added.to(array)):
            raise SpecError("has a mask other than that of what comes later")
        return tuple(map(_causal, found))

    def _mean(self, node: Any) -> tuple[Piece, ...]:
        dims = node.kwargs.get("dim", node.args[1] if len(node.args) > 1 else ())
        axes = len(shape_after(node.args[0]))
        over = {dim % axes for dim in (dims if isinstance(dims, tuple | list) else (dims,))}
        if over != set(range(2, axes)) or node.kwargs.get("keepdim"):
            raise SpecError("(mean) is not over all axes after the channels; that is global_avg_pool")
        return (Piece({"layer": "global_avg_pool"}),)

    def _part(self, node: Any) -> tuple[Any, tuple[Piece, ...]]:
        """Return what of a recurrence, or of attention, is taken: all states, or the last one."""
        taken: list[Any] = []
        at = node
        while called(at) in (READS_A_PART, "squeeze"):
            taken.append(at.args[1] if len(at.args) > 1 else 0)
            at = at.args[0]
        module: Any = self.root.get_submodule(at.target) if at.op == "call_module" else None
        kind = type(module).__name__
        found = self._called(module, at) if module is not None else ()
        taken.reverse()
        if kind in ("RNN", "GRU", "LSTM"):
            states = [1, 0] if kind == "LSTM" else [1]  # of which the last layer's is wanted
            last = [-1] + [0] * (module.num_layers == 1)
            if taken in ([*states, end] for end in last) or (len(taken) == 2 and _is_last_step(taken)):
                return only_input(at), (*found[:-1], returning_last(found[-1]))
        if taken == [0] and kind in ("RNN", "GRU", "LSTM", "MultiheadAttention"):
            return only_input(at), found
        raise SpecError("takes a part of a value; of a recurrence take all states, or the last one: out[:, -1]")

    def _sum(self, node: Any) -> tuple[Any, tuple[Piece, ...]]:
        """Return a residual, or a sum with learned positions."""
        if len(node.args) != 2 or node.kwargs or not all(hasattr(each, "op") for each in node.args):
            raise SpecError("adds something that is no value of the network")
        pairs = [tuple(map(self._without_identity, pair)) for pair in (node.args, node.args[::-1])]
        for one, other in pairs:
            if one.op == "get_attr":
                return other, (self._position(one, other),)
        for past, through in pairs:
            if past is not through and past in before(through):
                return past, (Piece({"layer": "residual"}, inside=self._chain(through, past)),)
        for past, through in pairs:
            if past.op == "call_module" and only_input(past) in before(through):
                (piece,) = self._called(self.root.get_submodule(past.target), past)
                fields = {key: value for key, value in piece.fields.items() if key not in ("width", "channels", "bias")}
                if fields in ({"layer": "dense"}, {"layer": "conv2d", "kernel": 1}):
                    inside = self._chain(through, only_input(past))
                    if "b" in piece.arrays:
                        inside = (*inside[:-1], with_two_biases(inside[-1], piece.arrays["b"]))
                    return only_input(past), (
                        Piece({"layer": "residual", "projection": True}, {"W": piece.arrays["W"]}, inside=inside),
                    )
        raise SpecError(
            "adds two values of which none is made of the other, by layers or by a Linear or a Conv2d(…, kernel_size=1)"
        )

    def _without_identity(self, node: Any) -> Any:
        """Return the node whose value one gives as it is."""
        while node.op == "call_module" and type(self.root.get_submodule(node.target)).__name__ == "Identity":
            node = only_input(node)
        return node

    def _position(self, added: Any, to: Any) -> Piece:
        """Return what is learned and added to each entry of a sequence; raises SpecError for another sum."""
        array, shape = attribute(self.root, str(added.target)), shape_after(to)[1:]
        if not isinstance(array, self.torch.nn.Parameter):
            raise SpecError(f"adds {added.target}, which is not learned; make it a Parameter")
        if len(shape) != 2 or tuple(array.shape) not in (shape, (1, *shape)):
            raise SpecError(f"adds {added.target} of shape {tuple(array.shape)}, wanted that of a sequence, {shape}")
        return Piece({"layer": "position"}, {"P": str(added.target)})


def _with_activations(steps: list[tuple[Any, tuple[Piece, ...]]]) -> Iterator[Piece]:
    """Yield the layers, each with the activation after it."""
    waiting: Piece | None = None
    for node, pieces in steps:
        for piece in pieces:
            activation = piece.fields.get("activation")
            if "layer" in piece.fields:
                if waiting is not None:
                    yield waiting
                waiting = piece
            elif activation == "identity":
                continue
            elif waiting is not None and LAYERS[waiting.fields["layer"]].has_activation and is_free(waiting):
                waiting = replace(waiting, fields={**waiting.fields, "activation": activation})
            elif len(shape_after(node)) == 2:  # one axis, which flatten leaves as it is
                if waiting is not None:
                    yield waiting
                waiting = Piece({"layer": "flatten", "activation": activation})
            else:
                raise SpecError(f"module {place(node)}: {activation} follows what no activation follows here")
    if waiting is not None:
        yield waiting


def _differ(nodes: list[Any], first: Any) -> bool:
    """Tell whether nodes are other ones than the first; those that transpose one array are the same."""
    return any(node is not first and (called(node) != "transpose" or node.args != first.args) for node in nodes)


def _causal(piece: Piece) -> Piece:
    """Return a layer of which every attention, inside too, sees what came before alone."""
    more = {"causal": True} if piece.fields.get("layer") == "attention" else {}
    return replace(piece, fields={**piece.fields, **more}, inside=tuple(map(_causal, piece.inside)))


def _is_last_step(taken: list[Any]) -> bool:
    every = slice(None, None, None)
    return taken[0] == 0 and taken[1] in ((every, -1), (every, -1, every))
