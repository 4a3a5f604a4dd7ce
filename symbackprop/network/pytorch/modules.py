"""The modules of PyTorch that are layers here: what each one is called, its fields, and whose arrays are whose.

    Linear(4, 3)  ->  {"layer": "dense", "width": 3}, W: "weight", b: "bias"

An array is a whole one of PyTorch's, a slice of one, or a sum of several: the two biases of a recurrence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from symbackprop.errors import SpecError

Source: TypeAlias = Any  # "0.weight", ("0.weight", slice(0, 4)), or a tuple of these, where it is their sum
Read: TypeAlias = "Callable[[Any, str], Iterator[Piece]]"


@dataclass(frozen=True)
class Piece:
    """A layer: its fields, where its arrays come from, and what is inside; or an activation alone.

    `numbers` fill the arrays that PyTorch has none for."""

    fields: Mapping[str, Any]
    arrays: Mapping[str, Source] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    inside: tuple[Piece, ...] = ()


def with_two_biases(piece: Piece, other: Source) -> Piece:
    """Return a layer whose bias is the sum of its own and that of a projection which is added to what it gives."""
    if not is_free(piece) or "b" not in piece.arrays:
        raise SpecError("adds a projection with a bias to layers that do not end with one; give it bias=False")
    return replace(piece, arrays={**piece.arrays, "b": (piece.arrays["b"], other)})


def is_free(piece: Piece) -> bool:
    """Tell whether an activation may be written behind a layer."""
    return "activation" not in piece.fields


def returning_last(piece: Piece) -> Piece:
    """Return a recurrence that gives its last state alone."""
    return replace(piece, fields={name: value for name, value in piece.fields.items() if name != "returns"})


MODULES: dict[str, Read] = {}


def _reads(*names: str) -> Callable[[Read], Read]:
    def kept(read: Read) -> Read:
        MODULES.update(dict.fromkeys(names, read))
        return read

    return kept


def piece_of(module: Any, path: str) -> tuple[Piece, ...]:
    """Return the layers that a module is; `path` is where it stands: "encoder.0". Raises SpecError for another one."""
    name = type(module).__name__
    if name in ACTIVATIONS:
        return (Piece({"activation": ACTIVATIONS[name](module)}),)
    if name not in MODULES:
        raise SpecError(f"is none of those that are layers here: {', '.join((*MODULES, *ACTIVATIONS))}")
    return tuple(MODULES[name](module, f"{path}." if path else ""))


def _wants(**pairs: tuple[Any, Any]) -> None:
    """Raise SpecError unless every first is its second, by the names of what they are."""
    for name, (found, wanted) in pairs.items():
        if found != wanted:
            raise SpecError(f"has {name} = {found}, wanted {wanted}")


def _softplus(module: Any) -> str:
    _wants(threshold=(module.threshold, 20))  # from there on PyTorch takes z itself, to 1e-9
    return "softplus" if module.beta == 1 else f"softplus({module.beta})"


# the activation that a module is
ACTIVATIONS: dict[str, Callable[[Any], str]] = {
    "Identity": lambda module: "identity",
    "ReLU": lambda module: "relu",
    "LeakyReLU": lambda module: f"leaky_relu({module.negative_slope})",
    "ELU": lambda module: f"elu({module.alpha})",
    "SELU": lambda module: "selu",
    "Softplus": _softplus,
    "Softsign": lambda module: "softsign",
    "SiLU": lambda module: "silu",
    "GELU": lambda module: "gelu" if module.approximate == "none" else "gelu_tanh",
    "Mish": lambda module: "mish",
    "Hardtanh": lambda module: f"hardtanh({module.min_val}, {module.max_val})",
    "Sigmoid": lambda module: "sigmoid",
    "Tanh": lambda module: "tanh",
    "Softmax": lambda module: "softmax",
    "LogSoftmax": lambda module: "log_softmax",
    "ReLU6": lambda module: "hardtanh(0, 6)",
    "Hardswish": lambda module: "z*max(0, min(1, z/6 + 1/2))",
    "LogSigmoid": lambda module: "-softplus(-z)",
    "Tanhshrink": lambda module: "z - tanh(z)",
}
# functions and methods that do what a module of this name does, with the same arguments
FUNCTIONS = {
    **{name.lower(): name for name in ACTIVATIONS if name not in ("LeakyReLU", "LogSoftmax", "Identity")},
    **{
        "leaky_relu": "LeakyReLU",
        "log_softmax": "LogSoftmax",
        "log_sigmoid": "LogSigmoid",
        "flatten": "Flatten",
        "dropout": "Dropout",
    },
    **{f"max_pool{n}d": f"MaxPool{n}d" for n in (1, 2)},
    **{f"avg_pool{n}d": f"AvgPool{n}d" for n in (1, 2)},
    **{f"adaptive_avg_pool{n}d": f"AdaptiveAvgPool{n}d" for n in (1, 2)},
}


def _with_bias(module: Any, at: str) -> tuple[dict[str, Source], dict[str, Any]]:
    if module.bias is None:
        return {"W": f"{at}weight"}, {"bias": False}
    return {"W": f"{at}weight", "b": f"{at}bias"}, {}


@_reads("Linear")
def _linear(module: Any, at: str) -> Iterator[Piece]:
    arrays, more = _with_bias(module, at)
    yield Piece({"layer": "dense", "width": module.out_features, **more}, arrays)


@_reads("Conv1d", "Conv2d")
def _convolution(module: Any, at: str) -> Iterator[Piece]:
    _wants(padding_mode=(module.padding_mode, "zeros"))
    padding = module.padding
    if padding == "same":
        reach = [d * (k - 1) for d, k in zip(module.dilation, module.kernel_size, strict=True)]
        if any(each % 2 for each in reach):
            raise SpecError("has padding 'same' with another number of entries on each side; take an odd kernel")
        padding = [each // 2 for each in reach]
    named = {"kernel": module.kernel_size, "stride": module.stride, "dilation": module.dilation}
    named["padding"] = [0] * len(module.kernel_size) if padding == "valid" else padding
    short = {name: value[0] if len(set(value)) == 1 else list(value) for name, value in named.items()}
    standard = {"stride": 1, "dilation": 1, "padding": 0}
    arrays, more = _with_bias(module, at)
    more |= {} if module.groups == 1 else {"groups": module.groups}
    said = {name: value for name, value in short.items() if standard.get(name) != value}
    kind = type(module).__name__.lower()
    yield Piece({"layer": kind, "channels": module.out_channels, **said, **more}, arrays)


@_reads("MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d")
def _pool(module: Any, at: str) -> Iterator[Piece]:
    _wants(ceil_mode=(module.ceil_mode, False))
    for name, wanted in (("padding", 0), ("dilation", 1)):
        found = getattr(module, name, wanted)
        _wants(**{name: (max(found) if isinstance(found, tuple) else found, wanted)})
    _wants(return_indices=(getattr(module, "return_indices", False), False))
    _wants(divisor_override=(getattr(module, "divisor_override", None), None))
    size, stride = (list(n) if isinstance(n, tuple) else n for n in (module.kernel_size, module.stride))
    name = type(module).__name__.lower().replace("pool", "_pool")
    yield Piece({"layer": name, "size": size, **({} if stride == size else {"stride": stride})})


@_reads("AdaptiveAvgPool1d", "AdaptiveAvgPool2d")
def _global_pool(module: Any, at: str) -> Iterator[Piece]:
    size = module.output_size
    _wants(output_size=(set(size) if isinstance(size, tuple) else {size}, {1}))
    yield Piece({"layer": "global_avg_pool"})


@_reads("Flatten")
def _flatten(module: Any, at: str) -> Iterator[Piece]:
    _wants(start_dim=(module.start_dim, 1), end_dim=(module.end_dim, -1))
    yield Piece({"layer": "flatten"})


@_reads("Dropout")
def _dropout(module: Any, at: str) -> Iterator[Piece]:
    if module.p and module.training:
        yield Piece({"layer": "dropout", "rate": module.p})


@_reads("Embedding")
def _embedding(module: Any, at: str) -> Iterator[Piece]:
    _wants(padding_idx=(module.padding_idx, None), max_norm=(module.max_norm, None))
    _wants(scale_grad_by_freq=(module.scale_grad_by_freq, False))
    fields = {"layer": "embedding", "vocabulary": module.num_embeddings, "width": module.embedding_dim}
    yield Piece(fields, {"W": f"{at}weight"})


@_reads("PReLU")
def _prelu(module: Any, at: str) -> Iterator[Piece]:
    per = {} if module.num_parameters == 1 else {"per": "channel"}
    yield Piece({"layer": "prelu", **per}, {"A": f"{at}weight"})


def _scaled(module: Any, at: str, *, shifted: bool) -> tuple[dict[str, Source], dict[str, float]]:
    """Return gain and bias of a normalisation: PyTorch's where it learns them, else 1 and 0."""
    parts = {"G": ("weight", 1.0), "b": ("bias", 0.0)} if shifted else {"G": ("weight", 1.0)}
    learned = {name: part for name, (part, _) in parts.items() if getattr(module, part, None) is not None}
    numbers = {name: start for name, (_, start) in parts.items() if name not in learned}
    return {name: f"{at}{part}" for name, part in learned.items()}, numbers


@_reads("LayerNorm", "RMSNorm")
def _over_the_last_axis(module: Any, at: str) -> Iterator[Piece]:
    _wants(axes=(len(module.normalized_shape), 1))
    is_rms = type(module).__name__ == "RMSNorm"
    arrays, numbers = _scaled(module, at, shifted=not is_rms)
    epsilon = module.eps
    if epsilon is None:  # PyTorch then takes that of the numbers, which here have 53 bits
        epsilon = 2.0**-52
    yield Piece({"layer": "rms_norm" if is_rms else "layer_norm", "epsilon": epsilon}, arrays, numbers)


@_reads("BatchNorm1d", "BatchNorm2d")
def _batch_norm(module: Any, at: str) -> Iterator[Piece]:
    if not module.training and module.running_mean is not None:
        raise SpecError("normalises with what it has seen before; call train() on the module first")
    arrays, numbers = _scaled(module, at, shifted=True)
    yield Piece({"layer": "batch_norm", "epsilon": module.eps}, arrays, numbers)


GATES = {"RNN": ("",), "GRU": ("r", "u", "c"), "LSTM": ("i", "f", "g", "o")}  # in PyTorch's order


@_reads("RNN", "GRU", "LSTM")
def _recurrent(module: Any, at: str) -> Iterator[Piece]:
    _wants(batch_first=(module.batch_first, True), bidirectional=(module.bidirectional, False))
    _wants(proj_size=(getattr(module, "proj_size", 0), 0))
    kind, width = type(module).__name__, module.hidden_size
    for number in range(module.num_layers):
        arrays: dict[str, Source] = {}
        for place, gate in enumerate(GATES[kind]):
            rows = slice(place * width, (place + 1) * width)
            parts = {
                part: f"{at}{part}_l{number}" if kind == "RNN" else (f"{at}{part}_l{number}", rows)
                for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            }
            arrays |= {f"Wx{gate}": parts["weight_ih"], f"Wh{gate}": parts["weight_hh"]}
            if module.bias and kind == "GRU" and gate == "c":
                arrays |= {"bc": parts["bias_ih"], "bhc": parts["bias_hh"]}
            elif module.bias:
                arrays[f"b{gate}"] = (parts["bias_ih"], parts["bias_hh"])
        more: dict[str, Any] = {} if module.bias else {"bias": False}
        if kind == "RNN" and module.nonlinearity != "tanh":
            more["activation"] = module.nonlinearity
        yield Piece({"layer": kind.lower(), "width": width, "returns": "sequence", **more}, arrays)
        if module.dropout and module.training and number + 1 < module.num_layers:
            yield Piece({"layer": "dropout", "rate": module.dropout})


@_reads("MultiheadAttention")
def _attention(module: Any, at: str) -> Iterator[Piece]:
    _wants(batch_first=(module.batch_first, True), add_zero_attn=(module.add_zero_attn, False))
    _wants(kdim=(module.kdim, module.embed_dim), vdim=(module.vdim, module.embed_dim))
    _wants(dropout=(module.dropout if module.training else 0, 0))
    _wants(add_bias_kv=(module.bias_k is not None, False))
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


@_reads("TransformerEncoderLayer")
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


@_reads("TransformerEncoder")
def _encoder(module: Any, at: str) -> Iterator[Piece]:
    for place, layer in enumerate(module.layers):
        yield from piece_of(layer, f"{at}layers.{place}")
    if module.norm is not None:
        yield from piece_of(module.norm, f"{at}norm")
