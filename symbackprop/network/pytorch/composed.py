"""Functions of PyTorch said by others, in PyTorch's own words: what they give is traced in their place.

tensordot(a, b, 1)  ->  einsum("ab,bc->ac", a, b)

Each takes the library first, then the arguments of the function. It gives NotImplemented where the function is a layer
here, or is read as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from itertools import accumulate, pairwise
from math import pi
from operator import mul
from string import ascii_lowercase
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.nodes import before, is_by_samples

LOWEST = -1e14  # for -inf where a number is wanted: below any score of which 53 bits make shares


def said_by_others(torch: Any, called: tuple[str, Any], args: Any, kwargs: Any) -> Any:
    """Return what a function or a method gives, said by others; NotImplemented for one that is read as it is.

    `called` is what torch.fx has: "call_method" and its name, or "call_function" and itself."""
    kind, target = called
    name = target if kind == "call_method" else getattr(target, "__name__", "")
    if name == "where" and (kind == "call_method" or kwargs):  # of a method the condition comes second
        names = ("input", "condition", "other") if kind == "call_method" else ("condition", "input", "other")
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        return torch.where(given["condition"], given["input"], given["other"])
    is_said = kind in ("call_function", "call_method") and name in COMPOSED
    return COMPOSED[name](torch, *args, **kwargs) if is_said else NotImplemented


def composes(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Keep a function as what says the functions and methods of these names by others."""

    def kept(function: Callable[..., Any]) -> Callable[..., Any]:
        COMPOSED.update(dict.fromkeys(names, function))
        return function

    return kept


COMPOSED: dict[str, Callable[..., Any]] = {
    "_weight_norm": lambda t, v, g, dim=0: v * g / v.norm(2, [at for at in range(v.ndim) if at != dim], True),
    "addcmul": lambda t, x, a, b, value=1: x + value * (a * b),
    "addcdiv": lambda t, x, a, b, value=1: x + value * (a / b),
    "addmm": lambda t, added, a, b, beta=1, alpha=1: beta * added + alpha * (a @ b),
    **dict.fromkeys(("arctan2", "atan2"), lambda t, y, x: _angle(t, x, y)),
    "all": lambda t, x, dim=None, keepdim=False: x.amin(_all(x, dim), keepdim),
    "any": lambda t, x, dim=None, keepdim=False: x.amax(_all(x, dim), keepdim),
    "baddbmm": lambda t, added, a, b, beta=1, alpha=1: beta * added + alpha * (a @ b),
    "cdist": lambda t, a, b, p=2, compute_mode=None: (a.unsqueeze(-2) - b.unsqueeze(-3)).norm(p, -1),
    **dict.fromkeys(("cpu", "cuda", "requires_grad_", "retain_grad"), lambda t, x, *_, **__: x),
    "broadcast_tensors": lambda t, *arrays: [x.expand(t.broadcast_shapes(*(a.shape for a in arrays))) for x in arrays],
    "channel_shuffle": lambda t, x, groups: x.unflatten(1, (groups, -1)).transpose(1, 2).flatten(1, 2),
    "checkpoint": lambda t, function, *args, **_: function(*args),
    "clamp_max": lambda t, x, max: t.clamp(x, max=max),
    "clamp_min": lambda t, x, min: t.clamp(x, min=min),
    "cumprod": lambda t, x, dim, dtype=None: t.stack(list(accumulate(x.unbind(dim), mul)), dim),
    "diag": lambda t, x, diagonal=0: t.diag_embed(x, diagonal) if x.ndim == 1 else t.diagonal(x, diagonal),
    "diag_embed": lambda t, x, offset=0: t.nn.functional.pad(
        x.unsqueeze(-1) * t.eye(x.shape[-1]), (max(offset, 0), max(-offset, 0), max(-offset, 0), max(offset, 0))
    ),
    "diff": lambda t, x, n=1, dim=-1: _difference(x, dim) if n == 1 else t.diff(_difference(x, dim), n - 1, dim),
    **dict.fromkeys(("dot", "vdot"), lambda t, a, b: t.tensordot(a, b, 1)),
    **dict.fromkeys(("empty_like", "new_empty"), lambda t, x, *size, **_: t.zeros(*(size or x.shape), dtype=x.dtype)),
    **dict.fromkeys(("erfc", "special_erfc"), lambda t, x: 1 - x.erf()),
    "exp2": lambda t, x: 2**x,
    "full_like": lambda t, x, fill_value, **_: t.full(x.shape, fill_value, dtype=x.dtype),
    "hstack": lambda t, arrays: t.cat(arrays, min(1, arrays[0].ndim - 1)),
    "hypot": lambda t, x, y: (x * x + y * y).sqrt(),
    "inner": lambda t, a, b: t.tensordot(a, b, ([-1], [-1])),
    "linalg_vector_norm": lambda t, x, ord=2, dim=None, keepdim=False, **_: x.norm(ord, dim, keepdim),
    "log10": lambda t, x: t.log(x) / t.log(t.tensor(10.0)).item(),
    "log2": lambda t, x: t.log(x) / t.log(t.tensor(2.0)).item(),
    "logaddexp": lambda t, x, y: y + t.nn.functional.softplus(x - y),
    **dict.fromkeys(("logit", "special_logit"), lambda t, x, eps=None: (_inside(x, eps) / (1 - _inside(x, eps))).log()),
    "lerp": lambda t, x, end, weight: x + weight * (end - x),
    "new_full": lambda t, x, size, fill_value, **_: t.full(size, fill_value, dtype=x.dtype),
    "new_ones": lambda t, x, *size, **_: t.ones(*size, dtype=x.dtype),
    "new_zeros": lambda t, x, *size, **_: t.zeros(*size, dtype=x.dtype),
    "normalize": lambda t, x, p=2, dim=1, eps=1e-12, out=None: x / x.norm(p, dim, True).clamp(min=eps),
    "ones_like": lambda t, x, **_: t.ones(x.shape, dtype=x.dtype),
    "pairwise_distance": lambda t, x, y, p=2, eps=1e-6, keepdim=False: (x - y + eps).norm(p, -1, keepdim),
    "prelu": lambda t, x, weight: t.where(
        x > 0, x, x * (weight if weight.shape == (1,) else weight.reshape(-1, *(1,) * (x.ndim - 2)))
    ),
    "rsub": lambda t, x, other, alpha=1: other - alpha * x,
    "sinc": lambda t, x: t.where(x == 0, 1.0, (x * pi).sin() / (x * pi)),
    "softmin": lambda t, x, dim=None, **_: t.nn.functional.softmax(-x, dim),
    "special_expit": lambda t, x: x.sigmoid(),
    "std": lambda t, x, dim=None, *given, **named: x.var(dim, *given, **named).sqrt(),
    "std_mean": lambda t, x, dim=None, **more: (x.std(dim, **more), x.mean(dim, more.get("keepdim", False))),
    "tril": lambda t, x, diagonal=0: x * t.ones(x.shape[-2:]).tril(diagonal),
    "triu": lambda t, x, diagonal=0: x * t.ones(x.shape[-2:]).triu(diagonal),
    "var_mean": lambda t, x, dim=None, **more: (x.var(dim, **more), x.mean(dim, more.get("keepdim", False))),
    "vstack": lambda t, arrays: t.cat(arrays, 0),
    **dict.fromkeys(("view_as", "reshape_as"), lambda t, x, other: x.reshape(other.shape)),
    **dict.fromkeys(("xlogy", "special_xlogy"), lambda t, x, y: t.where(x == 0, 0.0, x * y.log())),
    "zeros_like": lambda t, x, **_: t.zeros(x.shape, dtype=x.dtype),
}


def _all(x: Any, dim: Any) -> Any:
    return tuple(range(x.ndim)) if dim is None else dim


def _angle(t: Any, x: Any, y: Any) -> Any:
    """The angle of (x, y), by the quotient that is at most 1: no case divides by 0 but at the origin."""
    beside = (y / x).atan() + t.where(x < 0, t.where(y < 0, -pi, pi), 0.0)
    return t.where(x.abs() > y.abs(), beside, t.where(y < 0, -pi / 2, pi / 2) - (x / y).atan())


def _difference(x: Any, dim: int) -> Any:
    n = x.shape[dim] - 1
    return x.narrow(dim, 1, n) - x.narrow(dim, 0, n)


def _inside(x: Any, eps: float | None) -> Any:
    return x if eps is None else x.clamp(eps, 1 - eps)


@composes("min")
def _min(t: Any, x: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:  # noqa: FBT001
    """The least entries, and where they are, which is not read; of two arrays the lesser ones."""
    if other is not None or not isinstance(dim, int | None):
        return t.minimum(x, dim if other is None else other)
    least = -t.max(-x) if dim is None else -t.max(-x, dim=dim, keepdim=keepdim)[0]
    return least if dim is None else t.return_types.min((least, None))


@composes("max")
def _max(t: Any, x: Any, dim: Any = None, *_: Any, other: Any = None, **__: Any) -> Any:
    if other is None and isinstance(dim, int | None):
        return NotImplemented
    return t.maximum(x, dim if other is None else other)


@composes("linalg_norm")
def _linalg_norm(t: Any, x: Any, ord: Any = None, dim: Any = None, **named: Any) -> Any:
    """The norm of vectors, or the root of the sum of all squares; that of a matrix in another way is not read."""
    count = x.ndim if dim is None else len(dim) if isinstance(dim, tuple | list) else 1
    if ord not in (None, "fro") and count != 1:
        raise SpecError(f"module: it takes the norm {ord} of a matrix; take torch.linalg.vector_norm")
    return x.norm(2 if ord in (None, "fro") else ord, dim, named.get("keepdim", False))


@composes("tensordot")
def _tensordot(t: Any, a: Any, b: Any, dims: Any = 2, *, out: Any = None) -> Any:
    del out
    one, two = (range(a.ndim - dims, a.ndim), range(dims)) if isinstance(dims, int) else map(tuple, dims)
    first, others = ascii_lowercase[: a.ndim], iter(ascii_lowercase[a.ndim :])
    met = {at % b.ndim: first[other % a.ndim] for at, other in zip(two, one, strict=True)}
    second = "".join(met[at] if at in met else next(others) for at in range(b.ndim))
    kept = "".join(letter for letter in first + second if letter not in met.values())
    return t.einsum(f"{first},{second}->{kept}", a, b)


@composes("diagonal")
def _diagonal(  # noqa: PLR0917  as PyTorch has it
    t: Any, x: Any, offset: int = 0, dim1: int = 0, dim2: int = 1
) -> Any:
    x, down, right = x.movedim((dim1, dim2), (-2, -1)), max(-offset, 0), max(offset, 0)
    n = min(x.shape[-2] - down, x.shape[-1] - right)
    return t.einsum("...ii->...i", x.narrow(-2, down, n).narrow(-1, right, n))


@composes("tensor_split")
def _tensor_split(t: Any, x: Any, pieces: Any, dim: int = 0) -> Any:
    n = x.shape[dim]
    sizes = [n // pieces + (at < n % pieces) for at in range(pieces)] if isinstance(pieces, int) else None
    ends = [0, *(pieces if sizes is None else ()), n]
    return x.split(sizes or [last - first for first, last in pairwise(ends)], dim)


@composes("pixel_shuffle")
def _pixel_shuffle(t: Any, x: Any, upscale_factor: int) -> Any:
    (b, c, height, width), r = x.shape, upscale_factor
    apart = x.reshape(b, c // r**2, r, r, height, width).permute(0, 1, 4, 2, 5, 3)
    return apart.reshape(b, c // r**2, height * r, width * r)


@composes("prod")
def _prod(t: Any, x: Any, dim: int | None = None, keepdim: bool = False, **_: Any) -> Any:  # noqa: FBT001
    x, dim = (x.flatten(1), 1) if dim is None else (x, dim)
    found = reduce(mul, x.unbind(dim))
    return found.unsqueeze(dim) if keepdim else found


@composes("pixel_unshuffle")
def _pixel_unshuffle(t: Any, x: Any, downscale_factor: int) -> Any:
    (b, c, height, width), r = x.shape, downscale_factor
    apart = x.reshape(b, c, height // r, r, width // r, r)
    return apart.permute(0, 1, 3, 5, 2, 4).reshape(b, c * r * r, height // r, width // r)


@composes("local_response_norm")
def _local_response_norm(t: Any, x: Any, size: int, alpha: float = 1e-4, *, beta: float = 0.75, k: float = 1) -> Any:
    wide = t.nn.functional.pad((x * x).movedim(1, -1), (size // 2, (size - 1) // 2))
    return x / (k + alpha * wide.unfold(-1, size, 1).mean(-1).movedim(-1, 1)) ** beta


@composes("dropout")
def _dropout(t: Any, x: Any, p: float = 0.5, training: bool = True, **_: Any) -> Any:  # noqa: FBT001
    """Nothing but in training, where entries are drawn one by one, and else not at all."""
    return NotImplemented if training and p else x


def _dropout_of_channels(t: Any, x: Any, p: float = 0.5, *given: Any, axes: int, **named: Any) -> Any:
    """The same for channels; of fewer axes PyTorch takes samples for these."""
    training = (*given, named.get("training", True))[0]
    if not (training and p):
        return x
    if is_by_samples(x) and (x.ndim == axes + 2 or (axes == 2 and x.ndim == 3)):
        return NotImplemented
    wanted = f"dropout{axes}d wants samples alone along the first axis, channels along the second, and {axes} more"
    raise SpecError(f"module: {wanted}, got an array of {x.ndim} axes; take Dropout, or call eval() on it")


for _count in (1, 2, 3):
    composes(f"dropout{_count}d")(partial(_dropout_of_channels, axes=_count))


@composes("to", "type", "type_as")
def _cast(t: Any, x: Any, *given: Any, **named: Any) -> Any:
    """Numbers of another kind: whether they are other than 0, or the same ones, of 53 bits; what rounds is not read."""
    kinds = (each if isinstance(each, t.dtype) else getattr(each, "dtype", None) for each in (*given, *named.values()))
    kind = next(filter(None, kinds), x.dtype)
    if kind == t.bool:
        return x if x.dtype == t.bool else x != 0
    if kind.is_floating_point:
        return x if x.dtype.is_floating_point else x.double()
    if x.dtype.is_floating_point:
        raise SpecError(f"module: it rounds numbers to {kind}, through which nothing comes back; keep them as they are")
    return NotImplemented


for _name in ("bool", "int", "long", "float", "half", "bfloat16"):
    composes(_name)(lambda t, x, *_, kind=_name, **__: _cast(t, x, getattr(t, kind)))


@composes("item", "tolist", "numpy")
def _number(t: Any, x: Any, *_: Any, **__: Any) -> Any:
    """A number of what is learned alone; nothing comes back to it."""
    if any(each.op == "placeholder" for each in before(x.node)):
        raise SpecError("module: it takes numbers out of what depends on its input; keep them as arrays")
    return NotImplemented


@composes("scaled_dot_product_attention")
def _groups_of_queries(
    t: Any, query: Any, key: Any, value: Any, *mask: Any, enable_gqa: bool = False, **named: Any
) -> Any:
    """Several heads of queries for each of keys and values."""
    if not enable_gqa:
        return NotImplemented
    count = query.shape[-3] // key.shape[-3]
    key, value = (each.repeat_interleave(count, -3) for each in (key, value))
    more = {name: named.get(name) for name in ("scale", "attn_mask") if name in named}
    return t.nn.functional.scaled_dot_product_attention(
        query, key, value, *mask, is_causal=bool(named.get("is_causal")), **more
    )


@composes("rrelu")
def _rrelu(t: Any, x: Any, lower: float = 0.125, upper: float = 1 / 3, *, training: bool = False, **_: Any) -> Any:
    return NotImplemented if training else t.nn.functional.leaky_relu(x, (lower + upper) / 2)
