"""What functions of PyTorch add up: means and norms along axes, products of matrices, what is normalised."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, prod
from string import ascii_uppercase
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.building import SUMMED, letters_of, parts_of
from symbackprop.network.pytorch.operations import elementwise, folded, scaled
from symbackprop.network.pytorch.views import SAMPLE, View, number
from symbackprop.network.pytorch.walking import Walk, does

ROOT = "where({{0}} > 0, {}, 0)"  # of a sum of powers: at 0, where there is no slope, PyTorch's is 0


def _dims_of(view: View, dim: Any) -> tuple[int, ...]:
    """Return the numbers of axes, all where none are said."""
    rank = len(view.axes)
    if dim is None:
        return tuple(range(rank))
    return tuple(each % rank for each in (dim if isinstance(dim, tuple | list) else (dim,)))


def reduced(w: Walk, view: View, dim: Any, *, keepdim: bool, over: str, template: str = "{}") -> View:
    """Return what is made of all entries along some axes: their "sum", "mean" or "max"."""
    dims, names = _dims_of(view, dim), range(len(view.axes))
    if any(view.axes[at] for at in dims):
        out = [name for name in names if name not in dims]
        found = w.building.contracted([(view, names)], out, template.format, over)
    else:
        found = view if template == "{}" else elementwise(w, template, view)
        for at in sorted(dims, reverse=True):
            found = found.without(at)
    for at in sorted(dims) if keepdim else ():
        found = found.with_one(at)
    return found


def _reduction(over: str, name: str) -> None:
    @does(name)
    def _along(w: Walk, x: View, dim: Any = None, *, keepdim: bool = False, dtype: Any = None) -> View:
        del dtype
        return reduced(w, x, dim, keepdim=keepdim, over=over)


for _over, _name in (("mean", "mean"), ("sum", "sum"), ("max", "amax")):
    _reduction(_over, _name)


@does("max")
def _max(w: Walk, x: View, dim: Any = None, *, keepdim: bool = False) -> Any:
    found = reduced(w, x, dim, keepdim=keepdim, over="max")
    return found if dim is None else (found, None)


@does("amin")
def _amin(w: Walk, x: View, dim: Any = None, *, keepdim: bool = False) -> View:
    return folded(reduced(w, folded(x, "(-{})"), dim, keepdim=keepdim, over="max"), "(-{})")


@does("norm")
def _norm(w: Walk, x: View, p: Any = 2, dim: Any = None, *, keepdim: bool = False, dtype: Any = None) -> Any:
    del dtype
    if p in (None, 2, "fro"):
        return elementwise(
            w, ROOT.format("sqrt({0})"), reduced(w, x, dim, keepdim=keepdim, over="sum", template="{}^2")
        )
    if not isinstance(p, int | float) or p <= 0:
        raise SpecError(f"has p = {p}, wanted a number above 0")
    if p in (1, inf):
        return reduced(w, x, dim, keepdim=keepdim, over="sum" if p == 1 else "max", template="abs({})")
    found = reduced(w, x, dim, keepdim=keepdim, over="sum", template=f"abs({{}})^({number(p)})")
    return elementwise(w, ROOT.format(f"({{0}})^(1/{number(p)})"), found)


@does("cumsum")
def _cumsum(w: Walk, x: View, dim: int) -> View:
    at, building = dim % len(x.axes), w.building
    x = building.merged(x, [at])
    if not x.axes[at]:
        return x
    (old,) = x.axes[at]
    letters = letters_of(parts_of(x.axes))
    p = next(letter for letter in SUMMED if letter not in letters.values())
    text = f"sum[{p} = 1..{letters[old.token]}]({x.entry({**letters, old.token: p}, building.sample)})"
    return building.line(text, x.axes, letters, sampled=x.is_sampled, cut=x.cut | {old.token})


@does("var")
def _var(
    w: Walk, x: View, dim: Any = None, *, unbiased: bool = True, keepdim: bool = False, correction: int = 1
) -> View:
    dims = _dims_of(x, dim)
    shifted = elementwise(w, "{} - {}", x, reduced(w, x, dims, keepdim=True, over="mean"))
    count = prod(x.shape[at] for at in dims)
    found = reduced(w, shifted, dims, keepdim=keepdim, over="mean", template="{}^2")
    less = correction if unbiased else 0
    return folded(found, f"({{}} * {count} / {count - less})") if less else found


@does("logsumexp")
def _logsumexp(w: Walk, x: View, dim: Any, *, keepdim: bool = False) -> Any:
    return elementwise(w, "ln({})", reduced(w, x, dim, keepdim=keepdim, over="sum", template="exp({})"))


@does("matmul", "bmm", "mm", "mv")
def matmul(w: Walk, x: Any, other: Any) -> View:
    """Return the product of matrices, of the last two axes."""
    x, other = w.array(x), w.array(other)
    one, two = len(x.axes), len(other.axes)
    first = (*range(12 - one, 10), "i", "k") if one > 1 else ("k",)
    second = (*range(12 - two, 10), "k", "j") if two > 1 else ("k",)
    out = [*range(12 - max(one, two, 2), 10), *["i"] * (one > 1), *["j"] * (two > 1)]
    return w.building.contracted([(x, first), (other, second)], out, "{} * {}".format)


@does("cosine_similarity")
def _cosine(w: Walk, x: View, other: View, dim: int = 1, *, eps: float = 1e-8) -> Any:
    product = reduced(w, elementwise(w, "{} * {}", x, other), dim, keepdim=False, over="sum")
    squares = [reduced(w, each, dim, keepdim=False, over="sum", template="{}^2") for each in (x, other)]
    least = number(eps**2)
    return elementwise(w, f"{{}} / sqrt(max({{}}, {least}) * max({{}}, {least}))", product, *squares)


@does("einsum")
def _einsum(w: Walk, equation: str, *operands: Any) -> View:
    several = operands[0] if len(operands) == 1 and isinstance(operands[0], tuple | list) else operands
    left, arrow, right = equation.replace(" ", "").partition("->")
    names = left.split(",")
    if len(names) != len(several):
        raise SpecError(f"has the text {equation}, wanted letters for the axes of {len(several)} arrays")
    spare = iter(letter for letter in ascii_uppercase if letter not in equation)
    more = [len(each.shape) - len(own.replace("...", "")) for each, own in zip(several, names, strict=True)]
    others = "".join(next(spare) for _ in range(max(more, default=0)))
    names = [own.replace("...", others[len(others) - n :]) for own, n in zip(names, more, strict=True)]
    if not arrow:  # those that come once, in the order of the alphabet
        right = ("..." if "." in left else "") + "".join(
            sorted({each for each in left if left.count(each) == 1} - set(",."))
        )
    samples = [own[each.axes.index((SAMPLE,))] for own, each in zip(names, several, strict=True) if _is_sampled(each)]
    pairs = [(w.array(_once(w, each, own, samples)), own) for each, own in zip(several, names, strict=True)]
    return w.building.contracted(pairs, right.replace("...", others), " * ".join(["{}"] * len(pairs)).format)


def _is_sampled(given: Any) -> bool:
    return isinstance(given, View) and (SAMPLE,) in given.axes


def _once(w: Walk, given: Any, names: str, samples: Sequence[str]) -> Any:
    """Return an array of fixed numbers with one entry along the axis of the samples."""
    if isinstance(given, w.torch.Tensor):
        for letter in set(samples) & set(names):
            given = w.once(given, names.index(letter))
    return given


@does("linear")
def linear(w: Walk, x: View, weight: Any, bias: Any = None) -> View:
    """Return x Wᵀ + b."""
    lead = [*range(len(x.axes) - 1), "k"]
    operands = [(x, lead), (w.array(weight), "jk")]
    text = "sum[@]({1} * {0})"
    if bias is not None:
        operands, text = [*operands, (w.array(bias), "j")], f"{text} + {{2}}"
    return w.building.contracted(operands, [*lead[:-1], "j"], text.format, mark="k")


@does("bilinear")
def _bilinear(w: Walk, x: View, other: View, weight: Any, *, bias: Any = None) -> View:
    lead = list(range(len(x.axes) - 1))
    operands = [(x, [*lead, "i"]), (other, [*lead, "k"]), (w.array(weight), "jik")]
    found = w.building.contracted(operands, [*lead, "j"], "{2} * {0} * {1}".format)
    return scaled(w, found, (None, bias), (len(lead),))


def _normalised(w: Walk, x: View, dims: Sequence[int], eps: float) -> View:
    """Return an array with mean 0 and variance 1 along some axes."""
    names = range(len(x.axes))
    out = [name for name in names if name not in dims]
    building = w.building
    mu = building.contracted([(x, names)], out, "{}".format, "mean", letter="mu")
    square = building.contracted([(x, names), (mu, out)], out, "({} - {})^2".format, "mean", letter="v")
    text = f"({{}} - {{}}) / sqrt({{}} + {w.epsilon(eps)})"
    return building.contracted([(x, names), (mu, out), (square, out)], names, text.format)


@does("batch_norm")
def _batch_norm(w: Walk, x: View, mean: Any, var: Any, *arrays: Any, eps: float = 1e-5, **options: Any) -> View:
    training, *_ = (*arrays[2:], options.get("training", False))
    if training:
        raise SpecError("normalises over the samples; take nn.BatchNorm1d or nn.BatchNorm2d")
    names = range(len(x.axes))
    text = f"({{0}} - {{1}}) / sqrt({{2}} + {w.epsilon((*arrays, eps)[4] if len(arrays) > 4 else eps)})"
    found = w.building.contracted([(x, names), (w.array(mean), (1,)), (w.array(var), (1,))], names, text.format)
    return scaled(w, found, (*arrays, options.get("weight"), options.get("bias"))[:2], (1,))


@does("layer_norm")
def _layer_norm(
    w: Walk, x: View, normalized_shape: Any, weight: Any = None, *, bias: Any = None, eps: float = 1e-5
) -> View:
    dims = tuple(range(len(x.axes) - len(normalized_shape), len(x.axes)))
    return scaled(w, _normalised(w, x, dims, eps), (weight, bias), dims)


@does("rms_norm")
def _rms_norm(w: Walk, x: View, normalized_shape: Any, weight: Any = None, *, eps: float | None = None) -> View:
    names = range(len(x.axes))
    dims = names[-len(normalized_shape) :]
    out = [name for name in names if name not in dims]
    square = w.building.contracted([(x, names)], out, "{}^2".format, "mean")
    text = f"{{}} / sqrt({{}} + {w.epsilon(2.0**-52 if eps is None else eps)})"
    return scaled(w, w.building.contracted([(x, names), (square, out)], names, text.format), (weight,), dims)


@does("group_norm")
def _group_norm(w: Walk, x: View, num_groups: int, weight: Any = None, *, bias: Any = None, eps: float = 1e-5) -> View:
    samples, channels, *rest = x.shape
    apart = w.operation("reshape", x, samples, num_groups, channels // num_groups, *rest)
    found = _normalised(w, apart, range(2, len(apart.axes)), eps)
    return scaled(w, w.operation("reshape", found, samples, channels, *rest), (weight, bias), (1,))


@does("instance_norm")
def _instance_norm(
    w: Walk,
    x: View,
    running_mean: Any = None,
    running_var: Any = None,
    *,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> View:
    del momentum
    if not use_input_stats:
        return _batch_norm(w, x, running_mean, running_var, weight, bias, eps=eps)
    return scaled(w, _normalised(w, x, range(2, len(x.axes)), eps), (weight, bias), (1,))
