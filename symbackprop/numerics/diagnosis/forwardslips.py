"""A forward pass that computes another network: the gradient of what was computed may be right.

a = tanh(z) for a = σ(z), with tanh′ on the way back; z = W a for z = W a + b
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sympy import Add, Expr, Indexed

from symbackprop.calculus.mistakes.variants import Variant
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.functions import Elementwise, slope
from symbackprop.network.program import Equation, Kind
from symbackprop.numerics.diagnosis.replay import Replay


def other_forward(replay: Replay) -> Iterator[tuple[Variant, Replay]]:
    """Yield each network with one equation of its forward pass changed, and its derivatives: one at a time."""
    for equation in replay.passes.program.equations:
        for detail, expression, back in (*_activations(replay, equation), *_biases(replay, equation)):
            changed = replace(equation, expression=expression)
            variant = Variant("wrong_forward", str(equation.tensor), back, detail, forward=changed)
            yield variant, replay.of_other({equation.tensor: changed})


def _activations(replay: Replay, equation: Equation) -> Iterator[tuple[str, Expr, Mapping[Expr, Equation]]]:
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


def _biases(replay: Replay, equation: Equation) -> Iterator[tuple[str, Expr, Mapping[Expr, Equation]]]:
    for term in Add.make_args(equation.expression) if isinstance(equation.expression, Add) else ():
        if isinstance(term, Indexed) and replay.passes.program.kind(term.base) == Kind.PARAMETER:
            yield f"{equation.tensor} without {term.base}", equation.expression - term, {}
