"""Networks of layers in PyTorch: each layer by PyTorch's own function of that name, never by the equations here.

A layer line is read by the reader of the package, which says fields and activations; what they compute is PyTorch's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch

import symbackprop as sb
from symbackprop.errors import SymbackpropError
from symbackprop.network.placing import made_layers
from symbackprop.network.text.layerline import Entry, read_line

__all__ = ["ACTIVATIONS", "COSTS", "FORWARD", "Block", "TorchLayers", "Two", "check_refused"]

F = torch.nn.functional
Arrays = Mapping[str, Any]

ACTIVATIONS: dict[str, Callable[..., Any]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "selu": F.selu,
    "softplus": lambda z, beta=1.0: F.softplus(z, beta=beta),
    "softsign": F.softsign,
    "silu": lambda z, beta=1.0: F.silu(beta * z) / beta,
    "gelu": F.gelu,
    "gelu_tanh": lambda z: F.gelu(z, approximate="tanh"),
    "mish": F.mish,
    "hardtanh": F.hardtanh,
    "identity": lambda z: z,
    "softmax": lambda z, temperature=1.0: F.softmax(z / temperature, dim=-1),
    "log_softmax": lambda z, temperature=1.0: F.log_softmax(z / temperature, dim=-1),
}


def _each(loss: Any) -> Any:
    """Add a loss of every entry up over the entries of each sample."""
    return loss.flatten(1).sum(1)


# of a batch: what each sample costs
COSTS: dict[str, Callable[[Any, Any], Any]] = {
    "quadratic": lambda a, y: _each(F.mse_loss(a, y, reduction="none")) / 2,
    "mse": lambda a, y: F.mse_loss(a, y, reduction="none").flatten(1).mean(1),
    "cross_entropy": lambda a, y: _each(-y * a.log()),
    "binary_cross_entropy": lambda a, y: _each(F.binary_cross_entropy(a, y, reduction="none")),
    "mae": lambda a, y: _each(F.l1_loss(a, y, reduction="none")),
    "huber": lambda a, y: _each(F.huber_loss(a, y, reduction="none")),
    "huber(10)": lambda a, y: _each(F.huber_loss(a, y, reduction="none", delta=10.0)),
    "huber(kappa=0.3)": lambda a, y: _each(F.huber_loss(a, y, reduction="none", delta=0.3)),
    "hinge": lambda a, y: _each(F.relu(1 - y * a)),
    "hinge(2)": lambda a, y: _each(F.relu(2 - y * a)),
    "kl_divergence": lambda a, y: _each(F.kl_div(a.log(), y, reduction="none")),
    "poisson": lambda a, y: _each(F.poisson_nll_loss(a, y, log_input=False, eps=0, reduction="none")),
    "(a-y)^4": lambda a, y: _each((a - y) ** 4),
    "1 - sum(a*y)/sqrt(sum(a^2)*sum(y^2))": lambda a, y: 1 - F.cosine_similarity(a.flatten(1), y.flatten(1)),
    "1 - (2*sum(a*y)+1)/(sum(a)+sum(y)+1)": lambda a, y: 1 - (2 * _each(a * y) + 1) / (_each(a) + _each(y) + 1),
    "mean((a-y)^2) + max(a)": lambda a, y: COSTS["mse"](a, y) + a.flatten(1).amax(1),
    "log(a)/2 + (y-0.5)^2/(2*a)": lambda a, y: _each(
        F.gaussian_nll_loss(torch.full_like(a, 0.5), y, a, reduction="none", eps=0)
    ),
}


@dataclass(frozen=True)
class TorchLayers:
    """A layer line, forward in PyTorch; `cost` takes outputs and targets to what each sample costs."""

    line: str
    cost: Callable[[Any, Any], Any]
    penalty: Callable[[Arrays], Any] = lambda _: 0.0
    reduction: str = "mean"

    def gradient(
        self, params: Arrays, x: np.ndarray, y: np.ndarray, masks: Arrays
    ) -> tuple[np.ndarray, float, dict[str, np.ndarray]]:
        """Return the output, the cost, and its derivative by each parameter and, unless it is whole numbers, by x."""
        leaves = {name: torch.tensor(array, requires_grad=True) for name, array in params.items()}
        given = torch.tensor(x, requires_grad=x.dtype == float)
        output, total = self._run(leaves, given, y, masks)
        total.backward()
        learned = {**leaves, "x": given} if given.requires_grad else leaves
        zero = {name: np.zeros(leaf.shape) for name, leaf in learned.items()}
        grads = {name: zero[name] if leaf.grad is None else leaf.grad.numpy() for name, leaf in learned.items()}
        return output.detach().numpy(), total.item(), grads

    def hvp(self, params: Arrays, x: np.ndarray, y: np.ndarray, ways: Arrays, masks: Arrays) -> dict[str, np.ndarray]:
        """Return the derivative of the gradient along a direction, by each parameter."""

        def total(*leaves: Any) -> Any:
            return self._run(dict(zip(params, leaves, strict=True)), torch.tensor(x), y, masks)[1]

        arrays, along = ([torch.tensor(each[name]) for name in params] for each in (params, ways))
        kernel = torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH)  # others have no second derivative
        with kernel:
            found = torch.autograd.functional.hvp(total, tuple(arrays), tuple(along))[1]
        return {name: array.numpy() for name, array in zip(params, found, strict=True)}

    def _run(self, leaves: Arrays, x: Any, y: np.ndarray, masks: Arrays) -> tuple[Any, Any]:
        """Return the output of a batch, and its cost."""
        constants = {name: torch.tensor(mask) for name, mask in masks.items()}
        output = _chain(read_line(self.line)[1], x, {**leaves, **constants}, "")
        each = self.cost(output, torch.tensor(y))
        return output, (each.mean() if self.reduction == "mean" else each.sum()) + self.penalty(leaves)


def _chain(entries: Sequence[Entry], x: Any, arrays: Arrays, prefix: str) -> Any:
    for number, (entry, made) in enumerate(zip(entries, made_layers(entries), strict=True), start=1):
        label = f"{prefix}{number}"
        own = {name.removesuffix(label): array for name, array in arrays.items() if _is_of(name, label)}
        if entry.layer == "residual":
            entries_inside = [Entry(each) if isinstance(each, str) else each for each in made.layer.layers]
            inside = _chain(entries_inside, x, arrays, f"{label}.")
            x = _past(x, own.get("W")) + inside
        elif getattr(made.layer, "tied_to", None):
            x = _tied(made.layer, x, arrays[f"W{made.layer.tied_to}"], own.get("b"))
        else:
            x = FORWARD[entry.layer](made.layer, x, own)
        if entry.activation is not None:
            x = ACTIVATIONS[entry.activation](x, *(number for _, number in entry.numbers))
    return x


def _is_of(name: str, label: str) -> bool:
    return name.endswith(label) and name.removesuffix(label).isalpha()


def _past(x: Any, projection: Any) -> Any:
    if projection is None:
        return x
    return F.conv2d(x, projection) if x.dim() == 4 else F.linear(x, projection)


def _tied(layer: Any, x: Any, weight: Any, bias: Any) -> Any:
    square_or_fits = weight.shape == (x.shape[-1], layer.width)
    turned = square_or_fits if layer.transpose is None else layer.transpose
    return F.linear(x, weight.T if turned else weight, bias)


def _pooled(pool: Callable[..., Any]) -> Callable[..., Any]:
    return lambda layer, x, own: pool(x, layer.size, layer.stride)


def _convolved(convolve: Callable[..., Any]) -> Callable[..., Any]:
    def convolved(layer: Any, x: Any, own: Arrays) -> Any:
        options = (layer.stride, layer.padding, layer.dilation, layer.groups)
        return convolve(x, own["W"], own.get("b"), *options)

    return convolved


def _recurrent(kind: Any, gates: str) -> Callable[..., Any]:
    """Return the forward pass of PyTorch's module with these gates, in its order, its arrays being ours joined."""

    def forward(layer: Any, x: Any, own: Arrays) -> Any:
        options = {"nonlinearity": layer.activation} if kind is torch.nn.RNN else {}
        module = kind(x.shape[-1], layer.width, bias=layer.bias, batch_first=True, **options).double()
        arrays = {f"weight_{a}h_l0": torch.cat([own[f"W{b}{g}"] for g in gates.split(",")]) for a, b in ("ix", "hh")}
        if layer.bias:
            arrays["bias_ih_l0"] = torch.cat([own[f"b{gate}"] for gate in gates.split(",")])
            state = [own.get(f"bh{gate}", torch.zeros(layer.width, dtype=torch.float64)) for gate in gates.split(",")]
            arrays["bias_hh_l0"] = torch.cat(state)
        every, _ = torch.func.functional_call(module, arrays, (x,))
        return every[:, -1] if layer.returns == "last" else every

    return forward


def _attention(layer: Any, x: Any, own: Arrays) -> Any:
    width, steps = x.shape[-1], x.shape[1]
    module = torch.nn.MultiheadAttention(width, layer.heads, bias=layer.bias, batch_first=True).double()
    arrays = {"in_proj_weight": torch.cat([own[f"W{c}"] for c in "qkv"]), "out_proj.weight": own["Wp"]}
    if layer.bias:
        arrays |= {"in_proj_bias": torch.cat([own[f"b{c}"] for c in "qkv"]), "out_proj.bias": own["bp"]}
    mask = torch.nn.Transformer.generate_square_subsequent_mask(steps, dtype=x.dtype) if layer.causal else None
    given, _ = torch.func.functional_call(module, arrays, (x, x, x), {"attn_mask": mask, "need_weights": False})
    return given


def _batch_norm(layer: Any, x: Any, own: Arrays) -> Any:
    return F.batch_norm(x, None, None, own["G"], own["b"], training=True, eps=layer.epsilon)


def _prelu(layer: Any, x: Any, own: Arrays) -> Any:
    return F.prelu(x, own["A"])


FORWARD: dict[str, Callable[[Any, Any, Arrays], Any]] = {
    "dense": lambda layer, x, own: F.linear(x, own["W"], own.get("b")),
    "conv1d": _convolved(F.conv1d),
    "conv2d": _convolved(F.conv2d),
    "max_pool1d": _pooled(F.max_pool1d),
    "max_pool2d": _pooled(F.max_pool2d),
    "avg_pool1d": _pooled(F.avg_pool1d),
    "avg_pool2d": _pooled(F.avg_pool2d),
    "global_avg_pool": lambda layer, x, own: x.flatten(2).mean(2),
    "flatten": lambda layer, x, own: x.flatten(1),
    "embedding": lambda layer, x, own: F.embedding(x, own["W"]),
    "rnn": _recurrent(torch.nn.RNN, ""),
    "gru": _recurrent(torch.nn.GRU, "r,u,c"),
    "lstm": _recurrent(torch.nn.LSTM, "i,f,g,o"),
    "attention": _attention,
    "position": lambda layer, x, own: x + own["P"],
    "layer_norm": lambda layer, x, own: F.layer_norm(x, x.shape[-1:], own["G"], own["b"], layer.epsilon),
    "rms_norm": lambda layer, x, own: F.rms_norm(x, x.shape[-1:], own["G"], layer.epsilon),
    "batch_norm": _batch_norm,
    "dropout": lambda layer, x, own: x * own["mask"],
    "prelu": _prelu,
}


class Block(torch.nn.Module):
    """A module whose forward pass is a function that a test brings along."""

    def __init__(self, forward: Callable[..., Any], **parts: Any) -> None:
        """Keep the parts under their names; arrays that are not learned as buffers."""
        super().__init__()
        for name, part in parts.items():
            if isinstance(part, torch.Tensor) and not isinstance(part, torch.nn.Parameter):
                self.register_buffer(name, part)
            else:
                setattr(self, name, part)
        self._forward = forward

    def forward(self, x: Any) -> Any:
        """Return what the function makes of the parts and x."""
        return self._forward(self, x)


class Two(Block):
    """The same of two arrays."""

    def forward(self, x: Any, y: Any) -> Any:
        """Return what the function makes of the parts and both arrays."""
        return self._forward(self, x, y)


class Every(Block):
    """The same of all arrays that there are."""

    def forward(self, *arrays: Any, **_: Any) -> Any:
        """Return what the function makes of the parts and the arrays."""
        return self._forward(self, *arrays)


def check_refused(module: Any, shape: Any, message: str) -> None:
    """Check that a module is not read, and that one line says what is wrong with it."""
    with pytest.raises(SymbackpropError, match=message) as raised:
        sb.from_torch(module, shape)
    assert "\n" not in str(raised.value)
