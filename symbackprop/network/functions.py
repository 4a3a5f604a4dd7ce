"""Named elementwise functions: a name to print and to run, and a definition to differentiate.

    sigmoid(z) = 1/(1 + exp(-z))      sigmoid'(z) is a function of its own, whose definition is derived

A function without a definition stands for any differentiable one: the σ of the general equations.
At a kink the value of the branch that the definition names there holds, which is PyTorch's subgradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from sympy import (
    Add,
    CRootOf,
    Expr,
    Function,
    Mul,
    Piecewise,
    Poly,
    Rational,
    S,
    Symbol,
    atan,
    cos,
    cosh,
    erf,
    exp,
    lambdify,
    log,
    sin,
    sinh,
    sqrt,
)
from sympy.core.relational import Relational

from symbackprop.network.memo import memoised

__all__ = [
    "EXPRESSION_FUNCTIONS",
    "SIGMA",
    "Elementwise",
    "Z",
    "elementary",
    "elementwise",
    "explicit",
    "kinks",
    "slope",
]

Z = Symbol("z", real=True)  # the argument of every definition


class Elementwise(Function):  # type: ignore[misc]
    """A function of one number, applied to every entry of an array; f' of it is again one."""

    nargs = 1
    stem: str  # the name of the function that was differentiated `order` times
    order: int
    definition: Expr | None  # in Z
    origin: type[Elementwise] | None  # the function that this one is the derivative of

    @classmethod
    def eval(cls, argument: Expr) -> Expr | None:
        """Return the value at a number, exactly; anything else stays as it is written."""
        if cls.definition is None or not (argument.is_Number or (argument.args and argument.is_number)):
            return None
        return cls.definition.xreplace({Z: argument})

    @staticmethod
    def _imp_(argument: Any) -> Any:
        """Stand ready for lambdify, which looks for this name; each class has one of its own."""
        raise TypeError("a function without a definition has no values")

    def fdiff(self, argindex: int = 1) -> Expr:
        """Return f'(argument)."""
        return slope(type(self))(self.args[0])

    def explicit(self) -> Expr:
        """Return the definition at the argument, or the function itself if it has none."""
        definition = type(self).definition
        return self if definition is None else definition.xreplace({Z: self.args[0]})


def elementwise(stem: str, definition: Expr | None) -> type[Elementwise]:
    """Return the function called `stem` with its definition in Z, the same object for the same two."""
    return _class(stem, definition, None)


@memoised
def _class(stem: str, definition: Expr | None, origin: type[Elementwise] | None) -> type[Elementwise]:
    order = 0 if origin is None else origin.order + 1
    parts = {"stem": stem, "order": order, "definition": definition, "origin": origin}
    if definition is not None:
        parts["_imp_"] = staticmethod(_numeric(definition))
    return type(stem + "_slope" * order, (Elementwise,), parts)  # an identifier, as generated code will use it


def _squared(product: Expr, definition: Expr) -> Expr:
    """Return a product in which a sum of the definition meets its opposite with its square: -u u is -u^2."""
    for factor in product.args:
        if isinstance(factor, Add) and -factor in product.args and definition.has(factor):
            return -product / (factor * -factor) * factor**2
    return product


def _numeric(definition: Expr) -> Callable[[Any], Any]:
    """Return the definition as a function of floats, arrays and mpmath numbers, made when it is first called."""

    @cache
    def made(module: str) -> Callable[[Any], Any]:
        return lambdify(Z, definition, [_OF_ARRAYS, module] if module == "numpy" else module)  # type: ignore[no-any-return]

    def value(argument: Any) -> Any:
        return made("mpmath" if type(argument).__module__.startswith("mpmath") else "numpy")(argument)

    return value


_OF_ARRAYS = {"erf": np.vectorize(math.erf, otypes=[float])}  # NumPy has none


@memoised
def slope(function: type[Elementwise]) -> type[Elementwise]:
    """Return f' of f, its definition derived from that of f."""
    definition = None if function.definition is None else _differentiated(function.definition)
    return _class(function.stem, definition, function)


def _differentiated(definition: Expr) -> Expr:
    derivative = definition.diff(Z)
    if not derivative.has(ABSOLUTE):
        # as it comes: e^-z/(1 + e^-z)^2 would be written with e^z by `together`
        return derivative.xreplace({product: _squared(product, definition) for product in derivative.atoms(Mul)})
    return derivative.subs(Z * slope(ABSOLUTE)(Z), ABSOLUTE(Z)).together()  # z sgn(z) = |z|


def explicit(expression: Expr) -> Expr:
    """Write every named function out, down to exp, log, erf and case distinctions."""
    while found := expression.atoms(Elementwise):
        written = {function: function.explicit() for function in found if function.definition is not None}
        if not written:
            return expression
        expression = expression.xreplace(written)
    return expression


def elementary(expression: Expr) -> Expr:
    """Write named functions out in exp, log and erf; those that distinguish cases keep their name.

    relu(relu(u)) written out has a case distinction inside a condition, which SymPy tries to solve; under their
    names such functions differentiate, evaluate and lambdify as well as any other."""
    while True:
        found = {
            f for f in expression.atoms(Elementwise) if f.definition is not None and not f.definition.has(Piecewise)
        }
        if not found:
            return expression
        expression = expression.xreplace({function: function.explicit() for function in found})


@memoised
def kinks(function: type[Elementwise]) -> tuple[tuple[Expr, Expr], ...]:
    """Return the points where f' jumps, each with the value that holds there by convention.

    Found are those where a polynomial, or a function made of straight lines, decides between two cases."""
    if function.definition is None:
        return ()
    derivative = slope(function)(Z).explicit()
    nearby = Rational(1, 10**9)  # two sides of a point: a jump stays, a continuous slope does not move
    jumps = []
    for point in sorted(_breakpoints(function.definition), key=float):
        below, above = (explicit(derivative.xreplace({Z: point + side * nearby})).evalf(30) for side in (-1, 1))
        if abs(below - above) > Rational(1, 10**6):
            jumps.append((point, explicit(derivative.xreplace({Z: point}))))
    return tuple(jumps)


def _breakpoints(definition: Expr) -> set[Expr]:
    """Return where cases meet: the roots of conditions on Z, and where a function inside has a kink."""
    sides = {
        relation.lhs - relation.rhs
        for piece in definition.atoms(Piecewise)
        for _, condition in piece.args
        for relation in condition.atoms(Relational)
    }
    sides |= {part.args[0] - point for part in definition.atoms(Elementwise) for point, _ in kinks(type(part))}
    return {root for side in sides for root in _roots(side)}


def _roots(side: Expr) -> set[Expr]:
    """Return where a polynomial in Z is 0, or a function made of straight lines: max(-1, min(z, 1)) has both ends."""
    if side.is_polynomial(Z):
        return {root for root in Poly(side, Z).real_roots() if not root.has(CRootOf)} if side.has(Z) else set()
    corners, found = sorted(_breakpoints(side), key=float), set()
    ends = [corners[0] - 3, *corners, corners[-1] + 3] if corners else []
    for left, right in pairwise(ends):  # one straight line each, if it is one
        points = [left + (right - left) * third for third in (Rational(1, 3), Rational(2, 3))]
        low, high = (explicit(side.xreplace({Z: point})) for point in points)
        if low != high and low.is_Rational and high.is_Rational:
            root = points[0] - low * (points[1] - points[0]) / (high - low)
            found |= {root} if explicit(side.xreplace({Z: root})) == 0 else set()
    return found


def larger(first: Expr, second: Expr) -> Expr:
    """Return max(u, c) = c + relu(u - c), c being the constant if there is one: max(0, z)' = 0 at 0."""
    constant, other = (first, second) if first.is_number else (second, first)
    return constant + RELU(other - constant)


def smaller(first: Expr, second: Expr) -> Expr:
    """Return min(u, c) = c - relu(c - u), c being the constant if there is one."""
    constant, other = (first, second) if first.is_number else (second, first)
    return constant - RELU(constant - other)


SIGMA = elementwise("sigma", None)  # any differentiable function
SIGMOID = elementwise("sigmoid", 1 / (1 + exp(-Z)))
TANH = elementwise("tanh", (exp(Z) - exp(-Z)) / (exp(Z) + exp(-Z)))
RELU = elementwise("relu", Piecewise((Z, Z > 0), (S.Zero, True)))
SOFTPLUS = elementwise("softplus", log(1 + exp(Z)))
ABSOLUTE = elementwise("abs", Piecewise((Z, Z > 0), (-Z, Z < 0), (S.Zero, True)))
X_LOG_X = elementwise("xlogx", Piecewise((Z * log(Z), Z > 0), (S.Zero, True)))  # 0 ln 0 = 0

# what a custom activation or cost may call: name -> (number of arguments, builder)
EXPRESSION_FUNCTIONS: dict[str, tuple[int, Callable[..., Expr]]] = {
    "abs": (1, ABSOLUTE),
    "atan": (1, atan),
    "cos": (1, cos),
    "cosh": (1, cosh),
    "erf": (1, erf),
    "exp": (1, exp),
    "ln": (1, log),
    "log": (1, log),
    "max": (2, larger),
    "min": (2, smaller),
    "relu": (1, RELU),
    "sigmoid": (1, SIGMOID),
    "sin": (1, sin),
    "sinh": (1, sinh),
    "softplus": (1, SOFTPLUS),
    "sqrt": (1, sqrt),
    "tanh": (1, TANH),
}
