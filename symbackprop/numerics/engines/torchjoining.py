"""Statements that are one call of PyTorch: both derivatives of a convolution, and a product with what divides it.

d_W = conv2d_weight(x, …, δ)   d_x = conv2d_input(…, W, δ)     d_x, d_W = conv2d_backward(δ, x, W)
t1 = contract("ij,kj->ik", q, k)   s = t1 / √n                 s = contract("ij,kj->ik", q, k, 1 / √n)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import product

_TEMPORARY = re.compile(r"t\d+")
_NUMBER = re.compile(r"(np\.sqrt|n_\w+|[ ()*\d])+")  # made of sizes


def joined(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements, in the words of NumPy, in which those that are one call of PyTorch are one."""
    found = list(statements)
    for by_kernel, by_array in product(_calls(statements, "_weight"), _calls(statements, "_input")):
        _join_derivatives(found, by_kernel, by_array)
    for target, call in _calls(statements, "contract"):
        _join_factor(found, target, call)
    return found


def _calls(statements: Iterable[ast.stmt], ending: str) -> Iterator[tuple[ast.Assign, ast.Call]]:
    """Yield the statements that name the value of a function with such an ending, each with the call."""
    for each in statements:
        match each:
            case ast.Assign(targets=[ast.Name()], value=ast.Call(func=ast.Name(id=name)) as call):
                if name.endswith(ending):
                    yield each, call


def _join_derivatives(
    found: list[ast.stmt], by_kernel: tuple[ast.Assign, ast.Call], by_array: tuple[ast.Assign, ast.Call]
) -> None:
    """Write the derivatives of a convolution by its kernel and by what this moves over where the first of both stands.

    They are of one convolution where each is the derivative by what the other reads, as their names say."""
    (d_kernel, one), (d_array, other) = by_kernel, by_array
    (array, _, error), (_, kernel, _) = one.args, other.args
    targets = _listed([*d_array.targets, *d_kernel.targets])
    is_one = targets == f"d_{ast.unparse(array)}, d_{ast.unparse(kernel)}"
    if not is_one or _listed([error, *one.keywords]) != _listed([other.args[2], *other.keywords]):
        return
    first, last = sorted(map(found.index, (d_kernel, d_array)))
    if _named(found[last], ast.Load) & {name for each in found[first:last] for name in _named(each, ast.Store)}:
        return
    comments = next(n for n in range(last, 0, -1) if not isinstance(found[n - 1], ast.Expr))
    said = f"{ast.unparse(other.func)[:-6]}_backward({_listed([error, array, kernel, *one.keywords])})"
    moved = [*found[comments:last], *ast.parse(f"{targets} = {said}").body]
    del found[comments : last + 1]
    found[first : first + 1] = moved


def _join_factor(found: list[ast.stmt], product: ast.Assign, call: ast.Call) -> None:
    """Divide a product in its own call, where it is read once, to be divided by a number that is made of sizes."""
    name = _listed(product.targets)
    match [each for each in found if name in _named(each, ast.Load)]:
        case [ast.Assign(value=ast.BinOp(left=ast.Name(id=own), op=ast.Div(), right=number)) as reader]:
            if own == name and _TEMPORARY.fullmatch(name) and _NUMBER.fullmatch(ast.unparse(number)):
                call.args.append(ast.BinOp(ast.Constant(1), ast.Div(), number))
                found[found.index(reader)] = ast.Assign(reader.targets, call, lineno=reader.lineno)
                found.remove(product)


def _named(statement: ast.AST, kind: type[ast.expr_context]) -> set[str]:
    """Return the names that a statement reads or writes."""
    return {each.id for each in ast.walk(statement) if isinstance(each, ast.Name) and isinstance(each.ctx, kind)}


def _listed(parts: Iterable[ast.AST]) -> str:
    return ", ".join(map(ast.unparse, parts))
