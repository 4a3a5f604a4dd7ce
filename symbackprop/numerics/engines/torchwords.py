"""What PyTorch calls the functions and methods of NumPy, and the few calls that arrays are written in for it alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from symbackprop.numerics.engines.torchjoining import joined
from symbackprop.numerics.engines.translation import ELEMENTARY, Call, Dialect


def _extreme(call: Call, bound: str) -> str:
    """Return the smaller or the larger of two, where one may be a number."""
    first, second = call.arguments
    if call.numbers[0] and not call.numbers[1]:
        return f"torch.clamp({second}, {bound}={first})"
    if call.numbers[1]:
        return f"torch.clamp({first}, {bound}={second})"
    return f"torch.{bound}imum({first}, {second})"


def _where(call: Call) -> str:
    """Return a case distinction; two numbers have no type of their own, and would be taken for float32."""
    condition, first, second = call.arguments
    if call.numbers[0]:  # of the step of a recurrence
        return f"({first} if {condition} else {second})"
    if call.numbers[1] and call.numbers[2]:
        first = f"{first} * one"
    return f"torch.where({condition}, {first}, {second})"


def _broadcast(call: Call) -> str:
    array, shape = call.arguments
    return f"torch.broadcast_to({f'{array} * one' if call.numbers[0] else array}, {shape})"


def _zeros(call: Call) -> str:
    """Return zeros where those of another array are: np.zeros((2, 3), array.dtype)."""
    like = call.arguments[1].strip("()").removesuffix(".dtype") if len(call.arguments) > 1 else "one"
    return f"{like}.new_zeros({call.arguments[0]})"


def _reduced(name: str) -> Any:
    def rule(call: Call) -> str:
        owner = f"{call.arguments[0]}.to(one.dtype)" if call.truths[0] else call.arguments[0]
        axis = call.named.get("axis")
        keep = ", keepdim=True" if call.named.get("keepdims") == "True" else ""
        return f"{owner}.{name}(dim={axis}{keep})" if axis else f"{owner}.{name}()"

    return rule


def _largest(call: Call) -> str:
    """Return the largest over some axes: `amax` knows none of no entries, where NumPy is told what to begin with."""
    if "initial" not in call.named:
        return str(_reduced("amax")(call))
    axis = call.named["axis"]
    return f"largest({call.arguments[0]}, {axis if axis.startswith('(') else f'({axis},)'})"


def _as_numbers(call: Call) -> list[str]:
    """Return the arguments with truth values as numbers: PyTorch multiplies one type only."""
    pairs = zip(call.arguments, call.truths, strict=True)
    return [f"({text}).to(one.dtype)" if truth else text for text, truth in pairs]


def _product(name: str) -> Callable[[Call], str]:
    """Return a rule for products over shared indices, and for whatever else arguments by name say how."""
    return lambda call: f"{name}({', '.join((*_as_numbers(call), *(f'{k}={v}' for k, v in call.named.items())))})"


def _summed(call: Call) -> str:
    """Return a sum of products; along axes that both arrays have, `einsum` takes twice as long as the whole product."""
    spec, *arrays = _as_numbers(call)
    operands, kept = spec.strip("('\")").split("->")
    one, *others = operands.split(",")
    if others == [one] and kept == "".join(letter for letter in one if letter in kept):
        return f"({' * '.join(arrays)}).sum(dim={tuple(n for n, letter in enumerate(one) if letter not in kept)})"
    return f"torch.einsum({', '.join([spec, *arrays])})"


def _pooled_back(call: Call, axes: int) -> str:
    """Return the derivative of pooling, which PyTorch has by name for two axes: one axis is a row of an image."""
    *arrays, widths = call.arguments
    said = [widths[2:-2], call.named["stride"][1:-1], call.named.get("dilation", f"({', '.join('1' * axes)})")[1:-1]]
    row, one = ("[..., None, :]", "1, ") if axes == 1 else ("", "")
    (error, array, places), moves = (
        (f"{text}{row}" for text in arrays),
        ", (0, 0), ".join((f"({one}{said[0]}), ({one}{said[1]})", f"({one}{said[2]})")),
    )
    text = f"torch.ops.aten.max_pool2d_with_indices_backward({error}, {array}, {moves}, False, {places})"
    return f"{text}[..., 0, :]" if row else text


def _convolved_back(call: Call, axes: int) -> str:
    """Return both derivatives of a convolution, by what the kernel moves over and by the kernel, in one call."""
    said = [call.named.get(word, f"({number},) * {axes}") for word, number in (("stride", 1), ("padding", 0))]
    said += [call.named.get("dilation", f"(1,) * {axes}"), "False", f"(0,) * {axes}", "1", "(True, True, False)"]
    return f"torch.ops.aten.convolution_backward({', '.join([*call.arguments, 'None', *said])})[:2]"


def _of_windows() -> Iterator[tuple[str, Callable[[Call], str]]]:
    """Yield the rules for convolutions and pooling, which are called as PyTorch calls them."""
    for axes in (1, 2, 3):
        for name in (f"conv{axes}d", f"max_pool{axes}d"):
            yield name, _product(f"torch.nn.functional.{name}")
        yield f"max_pool{axes}d_backward", partial(_pooled_back, axes=axes)
        yield f"conv{axes}d_backward", partial(_convolved_back, axes=axes)
        for name in (f"conv{axes}d_input", f"conv{axes}d_weight"):
            yield name, _product(f"torch.nn.grad.{name}")


def _permuted(call: Call) -> str:
    return f"{call.arguments[0]}.permute({', '.join(call.arguments[1:])})"


DIALECT = Dialect(
    prefix="torch",
    same=ELEMENTARY,
    functions={
        "np.minimum": lambda call: _extreme(call, "max") if any(call.numbers) else _extreme(call, "min"),
        "np.maximum": lambda call: _extreme(call, "min") if any(call.numbers) else _extreme(call, "max"),
        "np.where": _where,
        "np.broadcast_to": _broadcast,
        "np.zeros": _zeros,
        "np.flip": "torch.flip({0}, {1})",
        "np.concatenate": "torch.cat({0}, dim={axis})",
        "np.moveaxis": "torch.movedim({0}, {1}, {2})",
        "np.diagonal": "torch.diagonal({0}, dim1={axis1}, dim2={axis2})",
        "np.arange": lambda call: f"torch.arange({', '.join(call.arguments)}, dtype=one.dtype, device=one.device)",
        "np.einsum": _summed,
        "np.ascontiguousarray": "{0}.contiguous()",
        "np.asarray": "{0}",
        "np.sum": "torch.sum({0})",
        "np.vdot": "(({0}) * ({1})).sum()",
        "total": "{0}.sum(dim={1})",
        "added": "torch.addmm({0}, {1}, {2})",
        "contract": _product("contract"),
        "shares_back": "torch.ops.aten._softmax_backward_data({0}, {1}, {2}, {1}.dtype)",
        "shares": "torch.softmax({0}, dim={1})",
        "sigmoid": "torch.sigmoid({0})",
        "tanh": "torch.tanh({0})",
        "relu": "torch.relu({0})",
        "silu": "torch.nn.functional.silu({0})",
        "gelu": "torch.nn.functional.gelu({0})",
        "elu": "torch.nn.functional.elu({0})",
        "erf": "torch.erf({0})",
        "erf_slope": "1.1283791670955126 * torch.exp(-(({0}) ** 2))",
        "erfc": "torch.erfc({0})",
        "log": "torch.log({0})",
        "log_sigmoid": "torch.nn.functional.logsigmoid({0})",
        "absolute": "torch.abs({0})",
        "absolute_slope": "torch.sign({0})",
        "identity": "{0}",
        "pad": "torch.nn.functional.pad({0}, {1})",
        **dict(_of_windows()),
    },
    methods={
        "sum": _reduced("sum"),
        "max": _largest,
        "transpose": _permuted,
        "view": "{0}.to(one.dtype)",
        "astype": "{0}.to({1})",
        "any": "{0}.any()",
    },
    attributes={f"np.{name}": f"torch.{name}" for name in ("inf", "pi", "int8", "float32")}
    | {"np.finfo(z.dtype).max": "torch.finfo(z.dtype).max"},
    put="{0} = put({0}, {1}, {2})",
    rows="{0}.unbind({1})",
    joined=joined,
    products={
        "relu_slope": "torch.ops.aten.threshold_backward({0}, {1}, 0)",
        # tanh'(z) = 4 a (1 - a) with a = σ(-2|z|), of which 1 - a, at least 1/2, has all digits
        "tanh_slope": "torch.ops.aten.sigmoid_backward(4 * ({0}), torch.sigmoid(-2 * torch.abs({1})))",
    },
)
