"""What modules and functions that are layers give in a network of branches, one layer after the other."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from symbackprop.network.pytorch.cells import attended, projected
from symbackprop.network.pytorch.graph import MASKS, WITH_ARRAYS, brings_arrays, causal
from symbackprop.network.pytorch.joining import concatenated
from symbackprop.network.pytorch.modules import ACTIVATIONS, FUNCTIONS, Piece, joined, piece_of, wants
from symbackprop.network.pytorch.nodes import SAMPLES, called
from symbackprop.network.pytorch.operations import activated, axis_of_shares, elementwise
from symbackprop.network.pytorch.reshaping import flatten, transpose
from symbackprop.network.pytorch.sequences import around_attention, attends, recurrences
from symbackprop.network.pytorch.sums import linear, reduced
from symbackprop.network.pytorch.views import View
from symbackprop.network.pytorch.walking import OPERATIONS, Call, States, Walk

TIME_FIRST = (1, 0, 2)


def call(w: Walk, at: Call) -> Any:
    """Return what a node gives, by the values of its arguments."""
    node, args, kwargs = at.node, at.args, at.kwargs
    name = called(node)
    if node.op == "call_module":
        return _module(w, at)
    if brings_arrays(node):
        return chain(w, (w.graph.with_arrays(node, WITH_ARRAYS[name]),), args[0] if args else kwargs["input"], at)
    if name in FUNCTIONS and name not in OPERATIONS:
        module = w.graph.module_of(node, name)
        x = args[0] if args else kwargs.get("input")
        return _of_module(w, module, x, at)
    return w.operation(name, *args, named=kwargs)


def chain(w: Walk, pieces: Sequence[Piece], view: Any, at: Call | None = None) -> Any:
    """Return what layers give one after the other; activations stand with the layer before them.

    At the node that they are, the activation that alone reads what it gives is computed with them."""
    view = w.spread(view)
    if at is not None:
        w.layers[at.node] = tuple(pieces)
    follower = None if at is None or not pieces or not pieces[-1].takes_activation else _activation_after(w, at.node)
    more = [] if follower is None else [Piece({"activation": follower})]
    for piece in joined((*pieces, *more)):
        view = _one(w, piece, view)
    if at is not None and follower is not None:
        (user,) = at.node.users
        at.done[user] = view
        w.layers[user] = tuple(more)
    return view


def _one(w: Walk, piece: Piece, view: View) -> View:
    kind = piece.fields.get("layer")
    if kind is None:
        w.building.begin("function")
        return activated(w, view, str(piece.fields["activation"]))
    if kind != "residual":
        return w.layer(piece, view)
    inside = view
    for each in piece.inside:
        inside = _one(w, each, inside)
    w.building.begin("sum")
    return elementwise(w, "{} + {}", view, inside)


def _activation_after(w: Walk, node: Any) -> str | None:
    """Return the activation of each entry that alone reads what a node gives."""
    users = list(node.users)
    if len(users) != 1:
        return None
    user, name = users[0], called(users[0])
    if user.op == "call_module":
        module = w.root.get_submodule(user.target)
    elif name in FUNCTIONS and FUNCTIONS[name] in ACTIVATIONS:
        module = w.graph.module_of(user, name)
    else:
        return None
    kind = type(module).__name__
    if kind not in ACTIVATIONS or kind in ("Identity", "Softmax", "LogSoftmax"):
        return None
    return ACTIVATIONS[kind](module)


def _module(w: Walk, at: Call) -> Any:
    node, args, kwargs = at.node, at.args, at.kwargs
    module, path = w.root.get_submodule(node.target), str(node.target)
    kind = type(module).__name__
    x = args[0] if args else next(kwargs[key] for key in ("input", "query", "src") if key in kwargs)
    if kind in ("RNN", "GRU", "LSTM"):
        given = args[1] if len(args) > 1 else kwargs.get("hx")
        return _recurrence(w, at, x, given)
    if kind in MASKS:
        turned = not _batch_first(module)
        given = {**dict(zip(MASKS[kind], args, strict=False)), **kwargs}
        views = [given[name] for name in ("query", "key", "value") if name in given] or [x]
        mask, padded = w.graph.hidden(kind, given)
        views = [view.permuted(TIME_FIRST) for view in views] if turned else views
        is_usual = padded is None and (mask is None or w.graph.is_causal(mask, views[0].shape[1]))
        is_usual = is_usual and not any(map(attends, _attentions(module)))
        if is_usual and all(view is views[0] or view == views[0] for view in views):
            pieces = _pieces_batch_first(module, path)
            pieces = pieces if mask is None else tuple(map(causal, pieces))
            if not turned:
                w.layers[node] = pieces
            found = chain(w, pieces, views[0])
        elif kind == "MultiheadAttention":
            found = _attention(w, (module, path), views, (mask, padded))
        elif kind == "TransformerEncoderLayer":
            found = _encoder_layer(w, (module, path), views[0], (mask, padded))
        else:
            found = views[0]
            for place, each in enumerate(module.layers):
                found = _encoder_layer(w, (each, f"{path}.layers.{place}"), found, (mask, padded))
            found = found if module.norm is None else chain(w, piece_of(module.norm, f"{path}.norm"), found)
        found = found.permuted(TIME_FIRST) if turned else found
        return (found, None) if kind == "MultiheadAttention" else found
    return _of_module(w, module, x, at)


def _of_module(w: Walk, module: Any, x: Any, at: Call) -> Any:
    path = str(at.node.target) if at.node.op == "call_module" else ""
    kind = type(module).__name__
    if kind in ("Softmax", "LogSoftmax"):
        if axis_of_shares(x, module.dim) == len(x.axes) - 1:
            w.layers[at.node] = piece_of(module, path)
        return OPERATIONS["softmax" if kind == "Softmax" else "log_softmax"](w, x, module.dim)
    if kind == "Flatten":
        if (module.start_dim, module.end_dim % len(x.axes)) == (1, len(x.axes) - 1):
            w.layers[at.node] = (Piece({"layer": "flatten"}),)
        return flatten(w, x, module.start_dim, module.end_dim)
    if kind.startswith("AdaptiveAvgPool"):
        w.layers[at.node] = (Piece({"layer": "global_avg_pool"}),)
        return reduced(w, x, tuple(range(2, len(x.axes))), keepdim=True, over="mean")
    if kind == "EmbeddingBag":
        return _bag(w, module, path, x)
    if kind == "Embedding" and not isinstance(x, View):
        return _looked_up(w, path, x)
    if kind == "Embedding" and (x.name != "x" or not x.is_plain or len(x.axes) != 2):
        return _words(w, module, path, x)
    if kind == "Embedding" and module.padding_idx is not None and not bool(module.weight[module.padding_idx].any()):
        own = copy.copy(module)  # words that fill up are rows of 0, by which nothing is differentiated
        own.padding_idx = None
        found = chain(w, piece_of(own, path), x)
        w.building.begin("product")
        return elementwise(w, f"where({{}} == {module.padding_idx}, 0, {{}})", x.with_one(len(x.axes)), found)
    return chain(w, piece_of(module, path), x, at)


def _attention(w: Walk, at: tuple[Any, str], views: Sequence[View], masks: tuple[Any, Any]) -> View:
    """Return attention of queries, keys and values that are not the same array, or of which any part is hidden."""
    module, path = at
    rate = attends(module)
    width, heads = module.embed_dim, module.num_heads
    weight = None if module.in_proj_weight is None else w.learned(f"{path}.in_proj_weight")
    bias = None if module.in_proj_bias is None else w.learned(f"{path}.in_proj_bias")
    found = []
    for place, view in enumerate(views):
        own = [
            None if each is None else OPERATIONS["narrow"](w, each, 0, place * width, length=width)
            for each in (weight, bias)
        ]
        own[0] = own[0] or w.learned(f"{path}.{'qkv'[place]}_proj_weight")
        w.building.begin("matrix_product")
        apart = OPERATIONS["unflatten"](w, OPERATIONS["linear"](w, view, *own), -1, (heads, width // heads))
        found.append(apart.permuted((0, 2, 1, 3)))
    w.building.begin("weighted")
    mask, padded = masks
    if isinstance(mask, w.torch.Tensor) and mask.dim() == 3:  # of samples and heads
        mask = mask.unflatten(0, (-1, heads))
    if padded is not None:  # an axis of heads, and one of queries
        is_array = isinstance(padded, w.torch.Tensor)
        padded = padded[:, None, None] if is_array else padded.with_one(1).with_one(1)
    mixed = flatten(w, attended(w, *found, hidden=(mask, padded), rate=rate).permuted((0, 2, 1, 3)), 2)
    more = [] if module.out_proj.bias is None else [w.learned(f"{path}.out_proj.bias")]
    return linear(w, mixed, w.learned(f"{path}.out_proj.weight"), *more)


def _encoder_layer(w: Walk, at: tuple[Any, str], x: View, masks: tuple[Any, Any]) -> View:
    """Return a layer of an encoder of which any part is hidden or left out: its layers, attention by itself."""
    module, path = at
    norm, dropped, after = around_attention(module, f"{path}.")
    before = chain(w, norm, x) if module.norm_first else x
    mixed = chain(w, dropped, _attention(w, (module.self_attn, f"{path}.self_attn"), [before] * 3, masks))
    w.building.begin("sum")
    found: View = chain(w, after, elementwise(w, "{} + {}", x, mixed))
    return found


def _bag(w: Walk, module: Any, path: str, x: View) -> View:
    """Return the sum, the mean or the largest entries of the vectors of all words."""
    wants(padding_idx=(module.padding_idx, None), max_norm=(module.max_norm, None))
    fields = {"layer": "embedding", "vocabulary": module.num_embeddings, "width": module.embedding_dim}
    found = w.layer(Piece(fields, {"W": f"{path}.weight"}), x)
    w.building.begin("reduction")
    return reduced(w, found, 1, keepdim=False, over=module.mode)


def _looked_up(w: Walk, path: str, places: Any) -> View:
    """Return the rows of an embedding for places that do not depend on x, such as 0, 1, 2, …."""
    places = w.once(places, 0) if places.shape[:1] == (SAMPLES,) else places
    flat = places.flatten()
    weight, in_order = w.learned(f"{path}.weight"), bool((flat == w.torch.arange(len(flat))).all())
    rows = w.operation("narrow", weight, 0, 0, len(flat)) if in_order else w.operation("index_select", weight, 0, flat)
    found: View = w.operation("reshape", rows, (*places.shape, rows.shape[-1]))
    return found


def _words(w: Walk, module: Any, path: str, x: View) -> View:
    """Return the rows of an embedding for a part of x: each word as flags of all words, times the weight."""
    wants(padding_idx=(module.padding_idx, None), max_norm=(module.max_norm, None))
    w.vocabularies.append(module.num_embeddings)
    w.building.begin("matrix_product")
    flags = w.operation("one_hot", x, module.num_embeddings)
    return linear(w, flags, transpose(w, w.learned(f"{path}.weight"), 0, 1))


def _attentions(module: Any) -> list[Any]:
    return [each for each in module.modules() if type(each).__name__ == "MultiheadAttention"]


def _batch_first(module: Any) -> bool:
    return all(each.batch_first for each in _attentions(module))


def _pieces_batch_first(module: Any, path: str) -> tuple[Piece, ...]:
    """Return the layers of a module of attention; which axis is that of time is settled by whoever asks."""
    attentions = _attentions(module)
    was = [each.batch_first for each in attentions]
    try:
        for each in attentions:
            each.batch_first = True
        return piece_of(module, path)
    finally:
        for each, first in zip(attentions, was, strict=True):
            each.batch_first = first


def _first(w: Walk, given: Any, at: int) -> View | None:
    """Return the state that one layer of a recurrence begins with; None where that is 0."""
    if given is None or (isinstance(given, w.torch.Tensor) and not bool(given.any())):
        return None
    if isinstance(given, w.torch.Tensor):  # of (layers, samples, width)
        return w.spread(w.once(given, 1)[at])
    own: View = given[at] if isinstance(given, States) else given.at(0, at)
    w.building.begin("rearranged")
    return w.building.merged(own, [1])


def _recurrence(w: Walk, at: Call, x: View, given: Any) -> Any:
    """Return all states of the last layer, and the last state of every layer; for an LSTM its cells as well."""
    module = w.root.get_submodule(at.node.target)
    states = list(given) if isinstance(given, tuple | list) and not isinstance(given, States) else [given]
    turned = not module.batch_first
    view = x.permuted(TIME_FIRST) if turned else x
    if getattr(module, "proj_size", 0):
        wants(h_0=(given, None), dropout=(module.dropout if module.training else 0, 0))
        out, *ends = projected(w, module, str(at.node.target), view)
        return out.permuted(TIME_FIRST) if turned else out, tuple(map(States, ends))
    last: list[View] = []
    cells: list[View] = []
    for pieces in recurrences(module, f"{at.node.target}."):
        if isinstance(pieces, Piece):  # a dropout between two layers
            view = w.layer(pieces, view)
            continue
        ways = []
        for piece in pieces:
            first = {letter: _first(w, each, len(last)) for letter, each in zip("hc", states, strict=False)}
            way = w.layer(piece, view, {letter: each for letter, each in first.items() if each is not None})
            ways.append(way)
            end = 0 if piece.fields.get("reverse") else way.shape[1] - 1
            last.append(way.at(1, end))
            cells.append(replace(last[-1], name=f"c{w.building.step.label}"))
        w.building.begin("concatenation")
        view = ways[0] if len(ways) == 1 else concatenated(w.building, ways, 2)
    if not turned and given is None and not module.bidirectional:
        w.layers[at.node] = piece_of(module, str(at.node.target))
    out = view.permuted(TIME_FIRST) if turned else view
    hidden = States(last)
    return out, (hidden, States(cells)) if type(module).__name__ == "LSTM" else hidden
