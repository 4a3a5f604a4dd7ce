"""PyTorch: forward and backward as plain functions of tensors, and an autograd.Function made of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import reduce
from types import MappingProxyType
from typing import Any

import numpy as np

from symbackprop.errors import imported
from symbackprop.numerics.backends import BACKENDS, Backend
from symbackprop.numerics.checks import as_numbers, checked_numbers
from symbackprop.numerics.engines import torchfunctions
from symbackprop.numerics.engines.engine import Engine
from symbackprop.numerics.engines.torchwords import DIALECT

__all__ = ["ENGINE"]


BLOCK = '''
class {name}(torch.autograd.Function):
    """{doc}, with the derived backward pass."""

    @staticmethod
    def forward(ctx, {given}):
        outputs, kept = forward({given})
        ctx.save_for_backward({given}, *kept)
        return {returned}

    @staticmethod
    def backward(ctx, {handed}):
{data_guard}        given, kept = ctx.saved_tensors[:{count}], ctx.saved_tensors[{count}:]
        if torch.is_grad_enabled():  # to be differentiated again: what was kept is then a function of what was given
            _, kept = forward(*given)
        return {backward}
'''

ARGUMENTS = '''
def arguments(params, x, y{masks}):
    """Return the arguments of forward: tensors of one type, float32 where all are, on the device of the parameters."""
    values = {{**NUMBERS, **params, "x": x, "y": y{named}}}
    like = next((value for value in values.values() if isinstance(value, torch.Tensor)), torch.empty(0))
    found = {{
        name: torch.as_tensor(v, dtype=None if hasattr(v, "dtype") else torch.float64, device=like.device)
        for name, v in values.items()
        if v is not None
    }}
    own = {{tensor.dtype for name, tensor in found.items() if name not in NUMBERS}}
    dtype = own.pop() if len(own) == 1 and all(kind.is_floating_point for kind in own) else torch.float64
    count = found["x"].numel() // {size}
    for name in SHAPES.keys() - found.keys():
        found[name] = torch.ones((count, *SHAPES[name][1:]), device=like.device)
    return [found[name].to(dtype).reshape(shape) for name, shape in SHAPES.items()]
'''

CHECK = '''
def gradcheck():
    """Compare the derivatives, and the derivatives of these, with differences at random numbers, or raise."""
    for seed in range(1000):  # until what is computed of the numbers is real
        torch.manual_seed(seed)
        given = [
{samples}
        ]
        if all(torch.isfinite(each).all() for each in forward(*given)[0]):
            break
    torch.autograd.gradcheck({name}.apply, given, fast_mode={fast})
    torch.autograd.gradgradcheck({name}.apply, given, fast_mode={fast})
    return True


if __name__ == "__main__":
    gradcheck()
    print("gradcheck passed: the derived backward pass, and what PyTorch makes of it, agree with differences")
'''

ENGINE = Engine(
    package="torch",
    title="PyTorch",
    is_eager=True,
    dialect=DIALECT,
    functions=torchfunctions,
    head="import itertools\nimport math\n\nimport torch",
    apply="Cost.apply",
    direct="@torch.no_grad()",
    one="one = torch.ones((), dtype={0}.dtype, device={0}.device)",
    block=BLOCK,
    asked="ctx.needs_input_grad[{0}]",
    arguments=ARGUMENTS,
    check=CHECK,
    sample=MappingProxyType(
        {
            "any": "torch.randn({0}, dtype=torch.float64)",
            "positive": "(torch.rand({0}, dtype=torch.float64) * 0.8 + 0.1)",
            "small": "(torch.rand({0}, dtype=torch.float64) * 0.19 + 0.01)",
            "whole": "torch.randint(0, {1}, {0}).to(torch.float64)",
            "ones": "torch.ones({0}, dtype=torch.float64)",
            "number": "torch.tensor({0}, dtype=torch.float64)",
            "wanted": "{0}.requires_grad_()",
        }
    ),
)


class TorchLibrary:
    """PyTorch, as compiled functions use it."""

    def __init__(self) -> None:
        """Import it; raises MissingExtraError where it is not installed."""
        self._torch: Any = imported("torch", extra="torch", wanted="backend torch wants PyTorch")

    def arrays(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return tensors of one floating type, on the device of the first tensor among the values."""
        torch = self._torch
        own = {name: v if isinstance(v, torch.Tensor) else self._made(name, v) for name, v in values.items()}
        found = {name: value.to_dense() for name, value in own.items()}
        kinds = {v.dtype if v.dtype.is_floating_point else torch.float64 for v in found.values()}
        for name, value in found.items():
            if value.dtype.is_complex:
                as_numbers(name, value)  # which says what is wanted
        tensors = [value for value in values.values() if isinstance(value, torch.Tensor)]
        first = tensors[0] if "" in values else None
        dtype = first.dtype if first is not None else reduce(torch.promote_types, kinds)
        device = next((value.device for value in tensors if value.device.type != "cpu"), None)
        return {name: value.to(dtype=dtype, device=device or value.device) for name, value in found.items()}

    def _made(self, name: str, value: Any) -> Any:
        return self._torch.from_numpy(np.array(checked_numbers(name, value)))

    def are_alike(self, values: Iterable[Any]) -> bool:
        """Tell whether all are tensors of one floating type, in one place, with all their entries."""
        plain, dense = self._torch.Tensor, self._torch.strided
        kinds: set[Any] = {
            (value.dtype, value.device) if isinstance(value, plain) and value.layout is dense else None
            for value in values
        }
        kind = kinds.pop()
        return not kinds and kind is not None and bool(kind[0].is_floating_point)

    def precisely(self, values: Sequence[Any]) -> AbstractContextManager[Any]:
        """Return a context that changes nothing: tensors keep their digits."""
        return nullcontext()

    def direct(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function without autograd's notes."""
        return self._torch.no_grad()(function)  # type: ignore[no-any-return]

    def compiled(self, function: Callable[..., Any]) -> None:
        """Return None: functions are run as they are."""

    def differentiable(self, names: Mapping[str, Any], block: str) -> Callable[..., Any]:
        """Return `apply` of the autograd.Function."""
        return names[block].apply  # type: ignore[no-any-return]

    def along(self, cost: Callable[..., Any], given: Sequence[Any], ways: Mapping[int, Any]) -> dict[int, Any]:
        """Return H·v as the derivative of ∂C·v."""
        own = [a.detach().requires_grad_() if place in ways else a.detach() for place, a in enumerate(given)]
        wanted = [own[place] for place in ways]
        if not wanted:
            return {}
        with self._torch.enable_grad():
            grads = self._torch.autograd.grad(cost(*own), wanted, create_graph=True)
            slope = sum((grad * way).sum() for grad, way in zip(grads, ways.values(), strict=True))
            if not slope.requires_grad:  # a cost without curvature
                return {place: self._torch.zeros_like(own[place]) for place in ways}
            second = self._torch.autograd.grad(slope, wanted, allow_unused=True, materialize_grads=True)
        return dict(zip(ways, second, strict=True))

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return a function of PyTorch's; a plain number becomes one of its own."""
        torch = self._torch
        return lambda value: getattr(torch, name)(torch.as_tensor(value, dtype=torch.float64))

    def slopes(self, cost: Callable[[Sequence[Any]], Any], values: Sequence[float]) -> Sequence[Any]:
        """Return what autograd finds."""
        torch = self._torch
        own = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in values]
        with torch.enable_grad():
            total = cost(own) + 0 * sum(own)  # of each, though it should read none
            return torch.autograd.grad(total, own)  # type: ignore[no-any-return]


BACKENDS.add("torch", Backend("torch", prepare=TorchLibrary, engine=ENGINE))
