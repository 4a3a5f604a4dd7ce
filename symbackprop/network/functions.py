"""Named elementwise functions: a name to print and to run, and a definition to differentiate.

    sigmoid(z) = 1/(1 + exp(-z))      sigmoid'(z) is a function of its own, whose definition is derived

A function without a definition stands for any differentiable one: the σ of the general equations.
At a kink the value of the branch that the definition names there holds, which is PyTorch's subgradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import Any

import mpmath
from sympy import Add, Expr, Float, Function, Mul, Piecewise, Rational, S, Symbol, cosh, exp, lambdify, log, sinh

from symbackprop.network.memo import memoised

LIMIT_DIGITS = 400  # those that (1 - cos(1e-80))/1e-160 loses, and more
SIMPLE = 10_000  # of the denominator of a limit that is taken for a fraction: one of 60 digits is by chance none
Z = Symbol("z", real=True)  # the argument of every definition


class Elementwise(Function):  # type: ignore[misc]
    """A function of one number, applied to every entry of an array; f' of it is again one."""

    nargs = 1
    stem: str  # the name of the function that was differentiated `order` times
    order: int
    definition: Expr | None  # in Z
    derivative: Expr | None  # in Z, where it is known better than the rules of differentiation know it
    origin: type[Elementwise] | None  # the function that this one is the derivative of

    @classmethod
    def eval(cls, argument: Expr) -> Expr | None:
        """Return the value at a number, exactly; anything else stays as it is written."""
        if cls.definition == 0:
            return S.Zero
        if cls.definition is not None and argument is S.ComplexInfinity:
            return S.NaN
        if cls.definition is None or not argument.is_number:
            return None
        if argument is S.NaN or argument.is_extended_real is False:  # what has no order must meet no comparison
            return S.NaN
        value = cls.definition.xreplace({Z: argument})
        if value in (S.NaN, S.ComplexInfinity) and (limit := limit_at(cls.definition, argument)) is not None:
            return limit
        return value

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


def elementwise(stem: str, definition: Expr | None, derivative: Expr | None = None) -> type[Elementwise]:
    """Return the function called `stem` with its definition in Z, the same object for the same arguments.

    `derivative` is given where the rules of differentiation do not say what f' is at every point."""
    return _class(stem, definition, None, derivative)


@partial(memoised, most=None)  # a function is equal to no other of its name
def _class(
    stem: str, definition: Expr | None, origin: type[Elementwise] | None, derivative: Expr | None = None
) -> type[Elementwise]:
    order = 0 if origin is None else origin.order + 1
    parts = {"stem": stem, "order": order, "definition": definition, "derivative": derivative, "origin": origin}
    if definition is not None:
        parts["_imp_"] = staticmethod(numeric(definition))
    return type(stem + "_slope" * order, (Elementwise,), parts)  # an identifier, as generated code will use it


def _squared(product: Expr, definition: Expr) -> Expr:
    """Return a product in which a sum of the definition meets its opposite with its square: -u u is -u^2."""
    for factor in product.args:
        if isinstance(factor, Add) and -factor in product.args and definition.has(factor):
            return -product / (factor * -factor) * factor**2
    return product


def in_numpy() -> list[Any]:
    """Return what `lambdify` writes code for arrays in: NumPy, which has no erf."""
    import numpy as np

    return [{"erf": np.vectorize(math.erf, otypes=[float])}, "numpy"]


@memoised
def numeric(definition: Expr) -> Callable[[Any], Any]:
    """Return the definition as a function of floats, arrays and mpmath numbers, made when it is first called."""

    @cache
    def made(module: str) -> Callable[[Any], Any]:
        said = definition.xreplace({S.ComplexInfinity: S.NaN})  # a case without a value, which has no name in code
        return lambdify(Z, said, in_numpy() if module == "numpy" else module)  # type: ignore[no-any-return]

    def value(argument: Any) -> Any:
        if type(argument) is int:  # what a case of a number gives, in the middle of a calculation with many digits
            argument = mpmath.mpf(argument)
        return made("mpmath" if type(argument).__module__.startswith("mpmath") else "numpy")(argument)

    return value


@memoised
def limit_at(definition: Expr, point: Expr) -> Expr | None:
    """Return the limit of a function of Z where it is 0/0, exactly if it is a simple fraction; None if it has none.

    It is 0 if it is less than 1e-30. Values at four points, 1e-40 and 1e-80 to both sides, decide; a side on which it
    is not real does not count."""
    found = []
    with mpmath.workdps(LIMIT_DIGITS):
        at = mpmath.mpmathify(point)
        for step in (1, -1):
            with suppress(ArithmeticError, TypeError, ValueError):
                values = [numeric(definition)(at + step * mpmath.mpf(10) ** places) for places in (-40, -80)]
                found += [mpmath.mpf(value) for value in values]
        if not found or not all(map(mpmath.isfinite, found)):
            return None
        size = max(map(abs, found))
        if max(found) - min(found) > mpmath.mpf(10) ** -30 * max(1, size):
            return None
        if not mpmath.mpf(10) ** -30 < size < mpmath.mpf(10) ** 30:
            return S.Zero if size < 1 else None
        simple = Rational(str(found[-1])).limit_denominator(SIMPLE)
        if abs(found[-1] - mpmath.mpf(simple.p) / simple.q) < mpmath.mpf(10) ** -60:
            return simple
        return Float(str(found[-1]), 60)


@memoised
def slope(function: type[Elementwise]) -> type[Elementwise]:
    """Return f' of f, its definition derived from that of f."""
    definition = function.derivative
    if definition is None and function.definition is not None:
        definition = differentiated(function.definition)
    return _class(function.stem, definition, function)


def differentiated(definition: Expr) -> Expr:
    """Return the derivative of a function of Z by the rules of differentiation, in the form of the textbooks."""
    derivative = definition.diff(Z)
    if not derivative.has(ABSOLUTE):
        # as it comes: e^-z/(1 + e^-z)^2 would be written with e^z by `together`
        products = {product: _squared(with_tanh(product), definition) for product in derivative.atoms(Mul)}
        return derivative.xreplace(products)
    return derivative.subs(Z * slope(ABSOLUTE)(Z), ABSOLUTE(Z)).together()  # z sgn(z) = |z|


def with_tanh(product: Expr) -> Expr:
    """Return a product with tanh(u) for sinh(u)/cosh(u)."""
    for factor in product.atoms(sinh):
        share = factor / cosh(factor.args[0])
        if {factor, 1 / cosh(factor.args[0])} <= {*Mul.make_args(product)}:
            product = product / share * TANH(factor.args[0])
    return product


def explicit(expression: Expr) -> Expr:
    """Write every named function out, down to exp, log, erf and case distinctions."""
    while found := expression.atoms(Elementwise):
        written = {function: function.explicit() for function in found if function.definition is not None}
        if not written:
            return expression
        try:
            expression = expression.xreplace(written)
        except TypeError:  # SymPy compares what has no order on its way: what it cannot write stays named
            return expression
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


SIGMA = elementwise("sigma", None)  # any differentiable function
SIGMOID = elementwise("sigmoid", 1 / (1 + exp(-Z)))
TANH = elementwise("tanh", (exp(Z) - exp(-Z)) / (exp(Z) + exp(-Z)))
RELU = elementwise("relu", Piecewise((Z, Z > 0), (S.Zero, True)))
SOFTPLUS = elementwise("softplus", log(1 + exp(Z)))
ABSOLUTE = elementwise("abs", Piecewise((Z, Z > 0), (-Z, Z < 0), (S.Zero, True)))
X_LOG_X = elementwise("xlogx", Piecewise((Z * log(Z), Z > 0), (S.Zero, True)))  # 0 ln 0 = 0
