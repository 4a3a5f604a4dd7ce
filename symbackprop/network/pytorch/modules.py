"""The modules of PyTorch that are layers here: what each one is called, its fields, and whose arrays are whose.

    Linear(4, 3)  ->  {"layer": "dense", "width": 3}, W: "weight", b: "bias"

An array is a whole one of PyTorch's, a slice of one, or a sum of several: the two biases of a recurrence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import Any, TypeAlias

import numpy as np

from symbackprop.errors import SpecError
from symbackprop.frozen import dataclass
from symbackprop.network.layers import LAYERS

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

    @property
    def takes_activation(self) -> bool:
        """Whether an activation may be written behind the layer."""
        kind = self.fields.get("layer")
        return kind is not None and LAYERS[kind].has_activation and "activation" not in self.fields


def joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return layers with the activations behind them; one that no layer takes stands alone, identity is none."""
    found: list[Piece] = []
    for piece in pieces:
        activation = {} if "layer" in piece.fields else piece.fields
        if activation and found and found[-1].takes_activation:
            found[-1] = replace(found[-1], fields={**found[-1].fields, **activation})
        elif activation != {"activation": "identity"}:
            found.append(piece)
    return tuple(found)


MODULES: dict[str, Read] = {}


def reads(*names: str) -> Callable[[Read], Read]:
    """Keep a function as what reads the modules of these names."""

    def kept(read: Read) -> Read:
        MODULES.update(dict.fromkeys(names, read))
        return read

    return kept


def piece_of(module: Any, path: str) -> tuple[Piece, ...]:
    """Return the layers that a module is; `path` is where it stands: "encoder.0". Raises SpecError for another one."""
    name = type(module).__name__
    is_known = type(module).__module__.startswith("torch.nn")
    if name in ACTIVATIONS and is_known:
        return (Piece({"activation": ACTIVATIONS[name](module)}),)
    if name not in MODULES or not is_known:
        raise SpecError(f"is none of those that are layers here: {', '.join((*MODULES, *ACTIVATIONS))}")
    return tuple(MODULES[name](module, f"{path}." if path else ""))


WINDOWS = ("Conv1d", "Conv2d", "MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d")
WORDS = ("Embedding", "EmbeddingBag")  # modules that look whole numbers up
OPAQUE = ("RNN", "GRU", "LSTM", "MultiheadAttention", "TransformerEncoderLayer", "TransformerEncoder", *WORDS)


def is_read(module: Any) -> bool:
    """Tell whether a module is a layer here, or one whose inside cannot be looked at."""
    if type(module).__module__.startswith("torch.nn") and type(module).__name__ in OPAQUE:
        return True
    try:
        piece_of(module, "")
    except SpecError:
        return False
    return True


def names_of(source: Source) -> list[str]:
    """Return the names of PyTorch's arrays that an array comes from."""
    if isinstance(source, str):
        return [source]
    return [source[0]] if isinstance(source[1], slice) else [name for part in source for name in names_of(part)]


def numbers_of(source: Source, arrays: Mapping[str, Any]) -> np.ndarray:
    """Return the numbers of 53 bits of an array of PyTorch's, of a part of one, or of a sum of some."""
    if isinstance(source, str):
        return np.array(arrays[source].detach().cpu().double().numpy())
    if isinstance(source[1], slice):
        return numbers_of(source[0], arrays)[source[1]]
    return np.asarray(np.sum([numbers_of(part, arrays) for part in source], axis=0))


def wants(**pairs: tuple[Any, Any]) -> None:
    """Raise SpecError unless every first is its second, by the names of what they are."""
    for name, (found, wanted) in pairs.items():
        if found != wanted:
            raise SpecError(f"has {name} = {found}, wanted {wanted}")


def _softplus(module: Any) -> str:
    wants(threshold=(module.threshold, 20))  # from there on PyTorch takes z itself, to 1e-9
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
    "Hardswish": lambda module: "where(z <= -3, 0, where(z >= 3, z, z*(z/6 + 1/2)))",
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


@reads("Linear")
def _linear(module: Any, at: str) -> Iterator[Piece]:
    arrays, more = _with_bias(module, at)
    yield Piece({"layer": "dense", "width": module.out_features, **more}, arrays)


@reads(*WINDOWS[:2])
def _convolution(module: Any, at: str) -> Iterator[Piece]:
    wants(padding_mode=(module.padding_mode, "zeros"))
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


@reads(*WINDOWS[2:])
def _pool(module: Any, at: str) -> Iterator[Piece]:
    wants(ceil_mode=(module.ceil_mode, False))
    dilation, padding = getattr(module, "dilation", 1), module.padding
    wants(dilation=(max(dilation) if isinstance(dilation, tuple) else dilation, 1))
    padded = {"padding": list(padding) if isinstance(padding, tuple) else padding}
    if type(module).__name__.startswith("Avg"):
        wants(padding=(max(padding) if isinstance(padding, tuple) else padding, 0))
    wants(return_indices=(getattr(module, "return_indices", False), False))
    wants(divisor_override=(getattr(module, "divisor_override", None), None))
    size, stride = (list(n) if isinstance(n, tuple) else n for n in (module.kernel_size, module.stride))
    name = type(module).__name__.lower().replace("pool", "_pool")
    more = {"stride": stride} if stride != size else {}
    yield Piece({"layer": name, "size": size, **more, **(padded if padding not in (0, (0, 0), (0,)) else {})})


@reads("AdaptiveAvgPool1d", "AdaptiveAvgPool2d")
def _global_pool(module: Any, at: str) -> Iterator[Piece]:
    size = module.output_size
    wants(output_size=(set(size) if isinstance(size, tuple) else {size}, {1}))
    yield Piece({"layer": "global_avg_pool"})


@reads("Flatten")
def _flatten(module: Any, at: str) -> Iterator[Piece]:
    wants(start_dim=(module.start_dim, 1), end_dim=(module.end_dim, -1))
    yield Piece({"layer": "flatten"})


@reads("Dropout")
def _dropout(module: Any, at: str) -> Iterator[Piece]:
    if module.p and module.training:
        yield Piece({"layer": "dropout", "rate": module.p})


@reads("Embedding")
def _embedding(module: Any, at: str) -> Iterator[Piece]:
    if module.padding_idx is not None:
        raise SpecError(f"never learns its row {module.padding_idx}, which is not 0 as a row of padding is; make it 0")
    wants(max_norm=(module.max_norm, None))
    wants(scale_grad_by_freq=(module.scale_grad_by_freq, False))
    fields = {"layer": "embedding", "vocabulary": module.num_embeddings, "width": module.embedding_dim}
    yield Piece(fields, {"W": f"{at}weight"})


@reads("PReLU")
def _prelu(module: Any, at: str) -> Iterator[Piece]:
    per = {} if module.num_parameters == 1 else {"per": "channel"}
    yield Piece({"layer": "prelu", **per}, {"A": f"{at}weight"})


def _scaled(module: Any, at: str, *, shifted: bool) -> tuple[dict[str, Source], dict[str, float]]:
    """Return gain and bias of a normalisation: PyTorch's where it learns them, else 1 and 0."""
    parts = {"G": ("weight", 1.0), "b": ("bias", 0.0)} if shifted else {"G": ("weight", 1.0)}
    learned = {name: part for name, (part, _) in parts.items() if getattr(module, part, None) is not None}
    numbers = {name: start for name, (_, start) in parts.items() if name not in learned}
    return {name: f"{at}{part}" for name, part in learned.items()}, numbers


@reads("LayerNorm", "RMSNorm")
def _over_the_last_axis(module: Any, at: str) -> Iterator[Piece]:
    wants(axes=(len(module.normalized_shape), 1))
    is_rms = type(module).__name__ == "RMSNorm"
    arrays, numbers = _scaled(module, at, shifted=not is_rms)
    epsilon = module.eps
    if epsilon is None:  # PyTorch then takes that of the numbers, which here have 53 bits
        epsilon = 2.0**-52
    yield Piece({"layer": "rms_norm" if is_rms else "layer_norm", "epsilon": epsilon}, arrays, numbers)


@reads("BatchNorm1d", "BatchNorm2d", "BatchNorm3d")
def _batch_norm(module: Any, at: str) -> Iterator[Piece]:
    if not module.training and module.running_mean is not None:
        raise SpecError("normalises with what it has seen before; call train() on the module first")
    arrays, numbers = _scaled(module, at, shifted=True)
    yield Piece({"layer": "batch_norm", "epsilon": module.eps}, arrays, numbers)
