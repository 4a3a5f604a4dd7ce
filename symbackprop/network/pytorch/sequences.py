"""The modules of PyTorch that read sequences: recurrences, attention, and encoders that are made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.modules import ACTIVATIONS, Piece, Source, piece_of, reads, wants

GATES = {"RNN": ("",), "GRU": ("r", "u", "c"), "LSTM": ("i", "f", "g", "o")}  # in PyTorch's order


@reads("RNN", "GRU", "LSTM")
def _recurrent(module: Any, at: str) -> Iterator[Piece]:
    wants(batch_first=(module.batch_first, True), bidirectional=(module.bidirectional, False))
    for pieces in recurrences(module, at):
        yield from (pieces,) if isinstance(pieces, Piece) else pieces


def recurrences(module: Any, at: str) -> Iterator[Piece | tuple[Piece, ...]]:
    """Yield each layer of a recurrence: what goes forwards, and what goes backwards beside it; dropout in between."""
    wants(proj_size=(getattr(module, "proj_size", 0), 0))
    for number in range(module.num_layers):
        ways = ("", "_reverse") if module.bidirectional else ("",)
        yield tuple(_one_way(module, at, f"_l{number}{way}") for way in ways)
        if module.dropout and module.training and number + 1 < module.num_layers:
            yield Piece({"layer": "dropout", "rate": module.dropout})


def _one_way(module: Any, at: str, suffix: str) -> Piece:
    """Return one layer of a recurrence, forwards or backwards, from the arrays whose names end so."""
    kind, width = type(module).__name__.removesuffix("Cell"), module.hidden_size
    arrays: dict[str, Source] = {}
    for place, gate in enumerate(GATES[kind]):
        rows = slice(place * width, (place + 1) * width)
        names = {part: f"{at}{part}{suffix}" for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        parts = {part: name if kind == "RNN" else (name, rows) for part, name in names.items()}
        arrays |= {f"Wx{gate}": parts["weight_ih"], f"Wh{gate}": parts["weight_hh"]}
        if module.bias and kind == "GRU" and gate == "c":
            arrays |= {"bc": parts["bias_ih"], "bhc": parts["bias_hh"]}
        elif module.bias:
            arrays[f"b{gate}"] = (parts["bias_ih"], parts["bias_hh"])
    more: dict[str, Any] = {} if module.bias else {"bias": False}
    if kind == "RNN" and module.nonlinearity != "tanh":
        more["activation"] = module.nonlinearity
    if suffix.endswith("_reverse"):
        more["reverse"] = True
    return Piece({"layer": kind.lower(), "width": width, "returns": "sequence", **more}, arrays)


def attends(module: Any) -> float:
    """Return the part of the shares of an attention that is left out; raises SpecError for keys of its own."""
    wants(add_zero_attn=(module.add_zero_attn, False), add_bias_kv=(module.bias_k is not None, False))
    return float(module.dropout) if module.training else 0.0


@reads("MultiheadAttention")
def _attention(module: Any, at: str) -> Iterator[Piece]:
    wants(batch_first=(module.batch_first, True))
    wants(kdim=(module.kdim, module.embed_dim), vdim=(module.vdim, module.embed_dim))
    if rate := attends(module):
        raise SpecError(f"leaves out shares, {rate} of them, which is no layer of a chain")
    width = module.embed_dim
    arrays: dict[str, Source] = {"Wp": f"{at}out_proj.weight"}
    for place, letter in enumerate("qkv"):
        rows = slice(place * width, (place + 1) * width)
        arrays[f"W{letter}"] = (f"{at}in_proj_weight", rows)
        if module.in_proj_bias is not None:
            arrays[f"b{letter}"] = (f"{at}in_proj_bias", rows)
    more: dict[str, Any] = {}
    if module.in_proj_bias is not None:
        arrays["bp"], more["bias"] = f"{at}out_proj.bias", True
    yield Piece({"layer": "attention", "heads": module.num_heads, **more}, arrays)


@reads("TransformerEncoderLayer")
def _encoder_layer(module: Any, at: str) -> Iterator[Piece]:
    norm, dropped, after = around_attention(module, at)
    attention = (*piece_of(module.self_attn, f"{at}self_attn"), *dropped)
    yield Piece({"layer": "residual"}, inside=(*norm, *attention) if module.norm_first else attention)
    yield from after


def around_attention(module: Any, at: str) -> tuple[tuple[Piece, ...], ...]:
    """Return the norm of a layer of an encoder, what is left out of its attention, and all layers after the sum.

    x + attention(x) and x + dense(dense(x)), each normalised after the sum, with norm_first before it."""
    named = [(name, part) for name, part in module.named_children() if name not in ("activation", "self_attn")]
    parts = {name: piece_of(part, f"{at}{name}") for name, part in named}
    (wide,) = parts["linear1"]
    wide = replace(wide, fields={**wide.fields, "activation": _chosen(module.activation)})
    inside = (wide, *parts["dropout"], *parts["linear2"], *parts["dropout2"])
    if module.norm_first:
        after: tuple[Piece, ...] = (Piece({"layer": "residual"}, inside=(*parts["norm2"], *inside)),)
    else:
        after = (*parts["norm1"], Piece({"layer": "residual"}, inside=inside), *parts["norm2"])
    return parts["norm1"], parts["dropout1"], after


def _chosen(activation: Any) -> str:
    """Return the name of an activation that a module is given: a function without arguments, or a module."""
    name = getattr(activation, "__name__", type(activation).__name__)
    if name in ACTIVATIONS:
        return ACTIVATIONS[name](activation)
    if name not in ("relu", "gelu", "silu", "mish", "selu", "elu", "tanh", "sigmoid"):
        raise SpecError(f"has activation = {name}, wanted one that is a layer here, such as 'gelu' or nn.SiLU()")
    return name


@reads("TransformerEncoder")
def _encoder(module: Any, at: str) -> Iterator[Piece]:
    for place, layer in enumerate(module.layers):
        yield from piece_of(layer, f"{at}layers.{place}")
    if module.norm is not None:
        yield from piece_of(module.norm, f"{at}norm")
