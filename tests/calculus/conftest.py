"""What the tests of the calculus share: comparison up to the letters of summed indices, and one way to derive."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest
from sympy import Expr, Indexed, Sum, Symbol

from symbackprop.calculus.checking import Setting
from symbackprop.calculus.derivation import Chain, adjoint
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Equation, ranges_of


def without_letters(expression: Expr, names: Mapping[Symbol, Symbol], depth: int) -> Expr:
    """Return the expression with summed indices named after how deep they are nested."""
    if isinstance(expression, Symbol):
        return names.get(expression, expression)
    if isinstance(expression, Sum):
        names, limits = dict(names), []
        for symbol, *ends in (limit.args for limit in reversed(expression.limits)):  # SymPy's last is the outermost
            first, last = (without_letters(end, names, depth) for end in ends)
            depth += 1
            names[symbol] = Symbol(f"index{depth}", integer=True)
            limits.insert(0, (names[symbol], first, last))
        return Sum(without_letters(expression.function, names, depth), *limits)
    if not expression.args:
        return expression
    return expression.func(*(without_letters(part, names, depth) for part in expression.args))


@pytest.fixture(scope="session")
def lettered() -> Callable[[Expr], Expr]:
    """Return a function after which two expressions are equal if only the letters of their sums differ."""
    return lambda expression: without_letters(expression, {}, 0)


@pytest.fixture(scope="session")
def derived() -> Callable[..., Chain]:
    """Return a function that derives ∂C/∂by through all the equations; the cost lies beyond the frontier."""

    def chain(by: Indexed, equations: Sequence[Equation], *frontier: Tensor) -> Chain:
        return adjoint(by, equations, Setting(tuple(equations), ranges_of(by), frontier=frontier))

    return chain
