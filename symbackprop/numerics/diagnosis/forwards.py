"""A forward pass that computes another network: the gradient of what was computed may be right.

a = tanh(z) for a = σ(z), with tanh′ on the way back; z = W a for z = W a + b; softmax along the other axis
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sympy import Add, Expr, Indexed, Mul, Pow, Sum, exp

from symbackprop.calculus.mistakes.variants import Variant
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.functions import Elementwise, slope
from symbackprop.network.notation import index
from symbackprop.network.program import Equation, Kind
from symbackprop.numerics.diagnosis.replay import Replay

SMALL = 0.01  # a number that keeps a root from 0 is less
Others = Iterator[tuple[str, Expr, Mapping[Expr, Equation]]]  # what it is, the right side, adjoints that change with it


def other_statistics(replay: Replay) -> Iterator[tuple[Variant, Replay]]:
    """Yield each network with other shares than those of softmax, a variance with n - 1, or without epsilon."""
    for equation in replay.passes.program.equations:
        for detail, expression, back in (*_shares(equation), *_variances(replay, equation)):
            changed = replace(equation, expression=expression)
            variant = Variant("wrong_forward", str(equation.tensor), back, detail, forward=changed)
            yield variant, replay.of_other({equation.tensor: changed})


def _shares(equation: Equation) -> Others:
    """Yield other functions where softmax is taken, and softmax along another axis."""
    own, at = equation.expression, equation.indices
    totals = [part for part in own.atoms(Sum) if part.function.has(exp) and len(part.limits) == 1]
    z = next((part.args[0] for part in Mul.make_args(own) if isinstance(part, exp)), None)
    if len(totals) != 1 or not isinstance(z, Indexed) or not at:
        return
    function = ACTIVATIONS["sigmoid"].function
    assert function is not None  # it is one of each entry
    yield "sigmoid for softmax", function(z), {}
    yield "softmax left out", z, {}
    ((bound, *ends),), i, r = totals[0].limits, index("i0"), index("r0")
    outer = [each for each in at if each in totals[0].free_symbols]
    (over,) = [each for each in at if each not in outer] or (None,)
    if over is None:
        return
    yield "softmax twice", exp(own) / Sum(exp(own.xreplace({over: i})), (i, *ends)), {}
    if len(outer) == 1:
        rows, moved = (r, *equation.ranges[outer[0]]), z.xreplace({outer[0]: r})
        yield "softmax along the other axis", exp(z) / Sum(exp(moved), rows), {}
        yield "softmax over all entries", exp(z) / Sum(exp(moved.xreplace({over: bound})), (bound, *ends), rows), {}


def _variances(replay: Replay, equation: Equation) -> Others:
    """Yield a variance with n - 1 for n, and a root without the small number that keeps it from 0."""
    count, inside = equation.expression.as_independent(Sum, as_Add=False)
    is_mean = isinstance(inside, Sum) and len(inside.limits) == 1 and count * inside.limits[0][2] == 1
    if is_mean and isinstance(inside.function, Pow) and inside.function.exp == 2:
        also = ({}, *(each.changes for each in replay.staged.variants if each.kind == "bessel"))
        yield from (("the variance with n - 1", inside / (1 / count - 1), back) for back in also)
    for root in sorted(equation.expression.atoms(Pow), key=str):
        small = [part for part in Add.make_args(root.base) if part.is_Rational and 0 < part < SMALL]
        if small and isinstance(root.base, Add):
            bare = {root.base: root.base - small[0]}
            back = {e.tensor: replace(e, expression=e.expression.xreplace(bare)) for e in replay.passes.adjoints}
            yield "the variance without epsilon", equation.expression.xreplace(bare), back


def other_forward(replay: Replay) -> Iterator[tuple[Variant, Replay]]:
    """Yield each network with one equation of its forward pass changed, and its derivatives: one at a time."""
    for equation in replay.passes.program.equations:
        for detail, expression, back in (*_activations(replay, equation), *_biases(replay, equation)):
            changed = replace(equation, expression=expression)
            variant = Variant("wrong_forward", str(equation.tensor), back, detail, forward=changed)
            yield variant, replay.of_other({equation.tensor: changed})


def _activations(replay: Replay, equation: Equation) -> Others:
    own = equation.expression
    is_activation = isinstance(own, Elementwise) and not own.order and type(own).stem in ACTIVATIONS
    if not is_activation or not isinstance(own.args[0], Indexed):  # of a single array, so that its slope is found again
        return
    back = [
        (e, f)
        for e in replay.passes.adjoints
        for f in e.expression.atoms(Elementwise)
        if f.order == 1 and type(f).stem == type(own).stem and _array(f) == _array(own)
    ]
    for name in ACTIVATIONS if len(back) == 1 else ():
        function = ACTIVATIONS[name].function
        if function is not None and function.stem != type(own).stem:
            ((adjoint, found),) = back
            line = replace(adjoint, expression=adjoint.expression.xreplace({found: slope(function)(found.args[0])}))
            yield f"{name} for {type(own).stem}", function(own.args[0]), {adjoint.tensor: line}


def _array(function: Elementwise) -> Expr | None:
    """Return the array that a function is taken of, where it is one."""
    return function.args[0].base if isinstance(function.args[0], Indexed) else None


def _biases(replay: Replay, equation: Equation) -> Others:
    for term in Add.make_args(equation.expression) if isinstance(equation.expression, Add) else ():
        if isinstance(term, Indexed) and replay.passes.program.kind(term.base) == Kind.PARAMETER:
            yield f"{equation.tensor} without {term.base}", equation.expression - term, {}
