"""A person's backward pass of a block: what it is given is found from its parameters, and the block gets a cost for it.

C = Σ G[t, d] y[t, d]        so that ∂C/∂y = G, and the derivatives are those that a backward pass is asked for

backward(x, w, r, dy)        backward(values, upstream)        an autograd.Function with forward and backward
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from sympy import Add, Sum

from symbackprop.errors import DataError
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Array, Equation, Kind, Node
from symbackprop.network.text.equations import EquationsNetwork
from symbackprop.numerics.diagnosis.calling import as_array, run

_VALUES = ("values", "given", "arrays", "inputs", "params")
_UPSTREAM = ("upstream", "grad_output", "grad_outputs", "grad_out", "grad", "g_out")
_DRESSED = ("d_{0}", "d{0}", "grad_{0}", "upstream_{0}", "{0}_grad", "{0}_bar", "dc_d{0}")


def upstream_name(output: str) -> str:
    """Return what ∂C/∂o, which a block is given, is called in a point."""
    return f"d_{output}"


def with_upstream(network: EquationsNetwork) -> EquationsNetwork:
    """Return a block with a cost that is linear in its outputs: C = Σ G·o, with G given, so that ∂C/∂o is G."""
    program = network.program
    used = {array.tensor.letter for array in program.arrays}
    terms, given = [], []
    for output in program.outputs:
        letter = "G" if "G" not in used and len(program.outputs) == 1 else f"G{output.tensor.letter}"
        tensor = Tensor(letter, output.tensor.layer, output.tensor.axes)
        indices = next(e.indices for e in program.equations if e.tensor == output.tensor)
        product = tensor[indices] * output.tensor[indices]
        limits = zip(indices, output.tensor.axes, strict=True)
        terms.append(Sum(product, *((i, *axis) for i, axis in limits)) if indices else product)
        given.append(Array(tensor, Kind.CONSTANT, upstream_name(output.name)))
    nodes = (*program.nodes, Node(Equation(COST, Add(*terms))))
    return replace(network, program=replace(program, nodes=nodes, given=(*program.given, *given)))


def random_point(network: EquationsNetwork) -> dict[str, np.ndarray]:
    """Return random numbers for all that a block is given, and for ∂C/∂o of its outputs."""
    from symbackprop.numerics.program_points import points

    point = next(points(network.program, 0, 1))
    return {**point.values, **{upstream_name(name): array for name, array in point.upstream.items()}}


def derivatives_of_block(
    function: Callable[..., Any], known: Mapping[str, Any], outputs: Sequence[str], wanted: Sequence[str]
) -> Any:
    """Return what a backward pass gives at a point, by the names of arrays where it returns them in its own order.

    `known` are all arrays by name. Raises DataError where it takes something else, or fails."""
    if inspect.isclass(function):
        return _of_autograd(function, known, outputs, wanted)
    given = _arguments(function, known, outputs, _tensor if _speaks_torch(function) else np.array)
    own = [found for name in given if (found := _array_called(name, wanted)) is not None]
    return _by_name(run(partial(function, **given)), own, wanted)


def _arguments(
    function: Callable[..., Any], known: Mapping[str, Any], outputs: Sequence[str], as_own: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return what a function is given, by the names of its parameters; one that nobody knows keeps its default."""
    given = {}
    for each in inspect.signature(function).parameters.values():
        if each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD):
            continue
        try:
            given[each.name] = _argument(each.name, known, outputs, as_own)
        except DataError:
            if each.default is each.empty:
                raise
            given[each.name] = each.default
    return given


def _argument(name: str, known: Mapping[str, Any], outputs: Sequence[str], as_own: Callable[[Any], Any]) -> Any:
    """Return what an argument of that name is given: an array, all of them, or the derivatives by the outputs."""
    hidden = {"C", *map(upstream_name, outputs)}  # the cost is ours, not the block's
    arrays = [array for array in known if array not in hidden]
    if (found := _array_called(name, arrays)) is not None:
        return as_own(known[found]) if np.ndim(known[found]) else known[found]
    upstream = {output: as_own(known[upstream_name(output)]) for output in outputs}
    lower = name.lower()
    for output in outputs:
        if lower in {form.format(output).lower() for form in _DRESSED}:
            return upstream[output]
    if lower in _UPSTREAM:
        return next(iter(upstream.values())) if len(upstream) == 1 and lower != "upstream" else upstream
    if lower in _VALUES:
        return {array: as_own(known[array]) for array in arrays if np.ndim(known[array])}
    told = ", ".join([*(array for array in arrays if np.ndim(known[array])), *map(upstream_name, outputs)])
    raise DataError(f"function: its argument {name[:30]} is not known; it may take values, upstream, or {told[:200]}")


def _array_called(name: str, arrays: Sequence[str]) -> str | None:
    if name in arrays:
        return name
    return next((array for array in arrays if array.lower() == name.lower().replace("_", "")), None)


def _by_name(result: Any, own: Sequence[str], wanted: Sequence[str]) -> dict[str, Any]:
    """Return derivatives by the names of arrays: in the order of the arguments, or of the equations."""
    if isinstance(result, Mapping):
        return {str(name): as_array(value) for name, value in result.items()}
    found = list(result) if isinstance(result, tuple | list) else [result]
    for order in (own, wanted):
        if len(found) == len(order):
            return {name: as_array(v) for name, v in zip(order, found, strict=True) if v is not None}
    raise DataError(f"function: it returns {len(found)} arrays, wanted one for each of {', '.join(own or wanted)}")


def _speaks_torch(function: Any) -> bool:
    """Tell whether a function is given tensors: it, or what it calls, reads PyTorch and not NumPy, or its file does."""
    own = inspect.unwrap(function)
    known: dict[str, Any] = getattr(own, "__globals__", {})
    read, waiting = set[str](), [own]
    while waiting:
        code = getattr(waiting.pop(), "__code__", None)
        names = {name for name in _names_in(code) if name in known} - read
        read |= names
        waiting += [known[name] for name in names if getattr(known[name], "__globals__", None) is known]
    for names in (read, set(known)):
        libraries = {_library(known[name]) for name in names} & {"torch", "numpy"}
        if libraries:
            return libraries == {"torch"}
    return False


def _names_in(code: Any) -> set[str]:
    """Return the names that a function reads, and the functions in it."""
    inner = [each for each in getattr(code, "co_consts", ()) if hasattr(each, "co_names")]
    return set(getattr(code, "co_names", ())).union(*map(_names_in, inner))


def _library(value: Any) -> str:
    return str(getattr(value, "__name__" if inspect.ismodule(value) else "__module__", "")).split(".")[0]


def _tensor(array: Any) -> Any:
    import torch

    return torch.tensor(np.asarray(array))


def _of_autograd(kind: Any, known: Mapping[str, Any], outputs: Sequence[str], wanted: Sequence[str]) -> dict[str, Any]:
    """Return the derivatives that PyTorch finds through an autograd.Function, whose forward names what it takes."""
    if not hasattr(kind, "apply"):
        raise DataError("function: the class has no apply; give an autograd.Function, or a function")
    import torch

    has_context = kind.setup_context is torch.autograd.Function.setup_context
    given = _arguments(partial(kind.forward, None) if has_context else kind.forward, known, outputs, _tensor)
    own = {name: torch.as_tensor(value).requires_grad_() for name, value in given.items() if name in wanted}
    found = run(kind.apply, *{**given, **own}.values())
    results = found if isinstance(found, tuple) else (found,)
    upstream = [_tensor(known[upstream_name(output)]) for output in outputs]
    if len(results) != len(upstream):
        raise DataError(f"function: it gives {len(results)} outputs, the block {', '.join(outputs)}")
    grads = run(lambda: torch.autograd.grad(results, list(own.values()), upstream, allow_unused=True))
    return {name: as_array(grad) for name, grad in zip(own, grads, strict=True) if grad is not None}
