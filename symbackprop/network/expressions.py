"""Custom activations and costs: text -> tree (grammar) -> limits (bounds) -> SymPy -> canary.

    "z/(1 + exp(-z))"  ->  z/(1 + exp(-z))        "max(z, 0)"  ->  Maximum(z, 0)

Text is never run. SymPy sees a formula only when its tree is known to stay small and to have a real value
somewhere, and what SymPy made of it is used only when it can be printed and differentiated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import islice, product

from sympy import (
    Abs,
    Add,
    Derivative,
    DiracDelta,
    Dummy,
    E,
    Expr,
    Heaviside,
    I,
    Integral,
    Mul,
    Pow,
    Rational,
    Subs,
    arg,
    exp,
    im,
    latex,
    nan,
    oo,
    pi,
    re,
    sign,
    zoo,
)

from symbackprop.errors import ExpressionError
from symbackprop.network.bounds import CONSTANTS, check_bounds, evaluate
from symbackprop.network.costs import A, Y
from symbackprop.network.domains import SAMPLES
from symbackprop.network.extremes import where
from symbackprop.network.formula import (
    Call,
    Comparison,
    Extension,
    Inverse,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Sum,
)
from symbackprop.network.functions import ABSOLUTE, Z
from symbackprop.network.grammar import Source, read
from symbackprop.network.vocabulary import vocabulary

MOST_SAMPLES = 512

# none of these may stand in a formula or in a derivative of it: no numeric backend knows them
FOREIGN = (Abs, Derivative, DiracDelta, Heaviside, I, Integral, Subs, arg, im, nan, oo, -oo, re, sign, zoo)


def parse_activation(text: str) -> Expr:
    """Return the activation of one neuron, an expression in its weighted input Z.

    Raises ExpressionError if the text is not accepted or does not depend on z."""
    return _depending("z", text, {"z": Z}, where="activation")


def parse_cost(text: str) -> Expr:
    """Return the cost of one neuron, an expression in its activation A and its target Y.

    Raises ExpressionError if the text is not accepted or does not depend on a."""
    return _depending("a", text, {"a": A, "y": Y}, where="cost")


def parse(text: str, variables: Mapping[str, Expr], *, where: str) -> Expr:
    """Return the SymPy expression that the text says, in the symbols that stand for the `variables`.

    Raises ExpressionError, one line that begins with `where`, if the text is not accepted."""
    if not isinstance(text, str):
        raise ExpressionError(f"{where}: wanted a formula as text, got {type(text).__name__}")
    arities = {name: called.arity for name, called in vocabulary().items()}
    source = Source(text, where, (*variables, *CONSTANTS), arities)
    tree = read(source)
    check_bounds(tree, source)
    _check_real(tree, source, tuple(variables))
    try:
        expression = _built(tree, source, {**variables, "pi": pi, "e": E}).replace(Abs, ABSOLUTE)
        foreign = _foreign(expression)
    except ExpressionError:
        raise
    except Exception as error:  # whatever SymPy stumbles over, the text is what has to change
        raise source.refusal(0, f"SymPy fails on it ({type(error).__name__})", "write it in another way") from None
    if foreign:
        raise source.refusal(0, f"it or its derivative contains {foreign}", "write it in another way")
    return expression


def _depending(name: str, text: str, variables: Mapping[str, Expr], *, where: str) -> Expr:
    expression = parse(text, variables, where=where)
    if not expression.has(variables[name]):
        raise ExpressionError(f"{where} {text[:40]!r} does not depend on {name}, so nothing can be learned; use {name}")
    if expression.diff(variables[name]) == 0:
        raise ExpressionError(f"{where} {text[:40]!r} has the slope 0 everywhere, so nothing can be learned")
    return expression


def _check_real(tree: Node, source: Source, names: tuple[str, ...]) -> None:
    """Raise ExpressionError if the formula has no finite real value at any of the sample points."""
    for point in islice(product(SAMPLES, repeat=len(names)), MOST_SAMPLES):
        try:
            if math.isfinite(evaluate(tree, {**CONSTANTS, **dict(zip(names, point, strict=True))})):
                return
        except (ArithmeticError, ValueError):
            continue
    raise source.refusal(0, "it has no finite real value at any sample point", f"try {names[0]} = {SAMPLES[3]}")


def _built(node: Node, source: Source, names: Mapping[str, Expr]) -> Expr:
    """Return the tree as a SymPy expression, one rule for each kind of node."""

    def built(part: Node) -> Expr:
        return _built(part, source, names)

    match node:
        case Name():
            return names[node.name]
        case Call(function="where", arguments=(Comparison(sign=sign, left=left, right=right), *values)):
            return where(sign, *map(built, (left, right, *values)))
        case Call():
            return _called(node, source, [built(argument) for argument in node.arguments])
        case Extension():
            raise source.refusal(node.at, "an array", "a formula is about single numbers")
    return combined(node, built)


def combined(node: Node, built: Callable[[Node], Expr]) -> Expr:
    """Return a number, or what the signs of arithmetic make of parts, each of which is `built` as an expression."""
    match node:
        case Number():
            return Rational(node.value.numerator, node.value.denominator)
        case Sum():
            return Add(*map(built, node.terms))
        case Product():
            return Mul(*map(built, node.factors))
        case Negative():
            return -built(node.term)
        case Inverse():
            return 1 / built(node.divisor)
        case Power():
            return Pow(built(node.base), built(node.exponent))
    raise TypeError(f"{type(node).__name__} is no sum, product or power")


def _called(node: Call, source: Source, arguments: list[Expr]) -> Expr:
    """Return the function at its arguments; a named one wants a variable, as SymPy cannot compare its values."""
    called = vocabulary()[node.function]
    if called.named and all(argument.is_number for argument in arguments):
        raise source.refusal(node.at, f"{node.function} of a constant", "write its value")
    return called.build(*arguments)


def _foreign(expression: Expr) -> str:
    """Return the name of what no backend knows in the expression or in a derivative of it; print both on the way."""
    for form in (expression, *(expression.diff(symbol) for symbol in expression.free_symbols)):
        for part in FOREIGN:
            if form.has(part):
                return str(getattr(part, "__name__", part))
        _print(form)
    return ""


def _print(form: Expr) -> None:
    """Print an expression to see that it can be printed, a power with a negative exponent apart from the rest.

    Where SymPy can tell that an exponent is negative, its LaTeX printer asks whether the exponent is constant
    (radsimp.fraction), and simplifies it to find out, for seconds or for ever."""
    powers = [power for power in form.atoms(Pow, exp) if not power.exp.is_number and power.exp.is_negative]
    letters = {power: Dummy("u", positive=True) for power in powers}
    for part in (form, *(power.exp for power in powers)):
        latex(part.xreplace(letters))
    str(form)
