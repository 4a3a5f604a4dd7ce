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


def attends(module: Any) -> None:
    """Raise SpecError for attention of which a part is drawn, or with keys and values of its own."""
    wants(add_zero_attn=(module.add_zero_attn, False), add_bias_kv=(module.bias_k is not None, False))
    if module.dropout and module.training:
        raise SpecError(f"draws which shares are left out, {module.dropout} of them; call eval() on the module first")


@reads("MultiheadAttention")
def _attention(module: Any, at: str) -> Iterator[Piece]:
    wants(batch_first=(module.batch_first, True))
    wants(kdim=(module.kdim, module.embed_dim), vdim=(module.vdim, module.embed_dim))
    attends(module)
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
    """Yield x + attention(x) and x + dense(dense(x)), each normalised after the sum, with norm_first before it."""
    parts = {name: piece_of(part, f"{at}{name}") for name, part in module.named_children() if name != "activation"}
    (wide,) = parts["linear1"]
    wide = replace(wide, fields={**wide.fields, "activation": _chosen(module.activation)})
    for inside, norm in ((parts["self_attn"], parts["norm1"]), ((wide, *parts["linear2"]), parts["norm2"])):
        yield Piece({"layer": "residual"}, inside=(*norm, *inside) if module.norm_first else inside)
        yield from () if module.norm_first else norm


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
