"""Mistakes on the way back through a layer: its slope, its sign, its weight, whose activation.

    ∂C/∂z = σ'(z) ∂C/∂a      missing_slope: ∂C/∂a      slope_of_activation: σ'(a) ∂C/∂a      slope_twice: σ'(z)² ∂C/∂a

A rule looks at an adjoint that was derived, and yields what it could have been instead; none knows a network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sympy import Expr, Indexed, Integer, Mul, S, Sum, exp

from symbackprop.calculus.mistakes.variants import Derived, Rule, numbers_of
from symbackprop.calculus.passes import adjoint_of
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.extremes import where
from symbackprop.network.functions import Elementwise, slope
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Array, Equation, Kind, entries

# slopes as they are written with what the activation gives
BY_VALUE: Mapping[str, Callable[[Expr], Expr]] = {"sigmoid": lambda a: a * (1 - a), "tanh": lambda a: 1 - a**2}


def _slopes(expression: Expr) -> list[Elementwise]:
    found = [f for f in expression.atoms(Elementwise) if f.order == 1]
    return sorted(found, key=str)


def _without(expression: Expr, part: Expr) -> Expr:
    return expression.xreplace({part: S.One})


def slopes(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield σ' left out, twice, at a for z, at z where it wants a, at the gradient that comes in, and of others."""
    for each in _slopes(equation.expression):
        z = each.args[0]
        name = type(each).stem
        is_last = _is_last(derived, equation)
        without = _without(equation.expression, each)
        yield "missing_slope", without, ""
        if is_last:
            yield "quadratic_without_slope", without, ""
        yield "slope_twice", equation.expression.xreplace({each: each**2}), ""
        origin = type(each).origin
        if origin is not None:
            yield "activation_for_slope", equation.expression.xreplace({each: origin(z)}), ""
        value = _value_of(derived, z)
        if value is not None:
            yield "slope_of_activation", equation.expression.xreplace({each: type(each)(value)}), ""
        if name in BY_VALUE:
            yield "slope_by_value_at_z", equation.expression.xreplace({each: BY_VALUE[name](z)}), ""
        upstream = _upstream(equation.expression, each)
        if name in ("relu", "leaky_relu") and upstream is not None:
            yield "relu_slope_of_activation_gradient", equation.expression.xreplace({each: type(each)(upstream)}), ""
        if name == "relu":
            one = where(">=", z, Integer(0), Integer(1), Integer(0))
            yield "relu_slope_at_zero", equation.expression.xreplace({each: one}), ""
        for other in ACTIVATIONS:
            function = ACTIVATIONS[other].function
            if function is not None and function.stem != name and other != "identity":
                changed = equation.expression.xreplace({each: slope(function)(z)})
                yield "activation_of_other_layer", changed, other
        for other, by_value in BY_VALUE.items() if value is not None and name != "identity" else ():
            if other != name:
                yield "activation_of_other_layer", equation.expression.xreplace({each: by_value(value)}), other


def _is_last(derived: Derived, equation: Equation) -> bool:
    """Tell whether the adjoint is that of what the last activation is made of: nothing else comes between."""
    outputs = [e for e in derived.passes.adjoints if derived.array_of(e.tensor) is not None]
    return len(outputs) > 1 and outputs[1] is equation


def _value_of(derived: Derived, z: Expr) -> Expr | None:
    """Return the entry of what is computed from z alone: a of σ(z)."""
    if not isinstance(z, Indexed):
        return None
    for equation in derived.program.equations:
        if isinstance(equation.expression, Elementwise) and equation.reads == (z.base,):
            return equation.tensor[z.indices]
    return None


def _upstream(expression: Expr, own: Expr) -> Expr | None:
    """Return the derivative that is multiplied by a slope."""
    others = [part for part in Mul.make_args(expression) if part != own and isinstance(part, Indexed)]
    return others[0] if len(others) == 1 else None


def shares(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield softmax's Jacobian as its diagonal, and a slope that has cancelled put in again."""
    forward = next((e for e in derived.program.equations if array.tensor in e.reads), None)
    if forward is None or not isinstance(forward.target, Indexed):
        return
    at = equation.indices
    if len(forward.indices) != len(at):
        return
    a, upstream = forward.tensor[at], adjoint_of(forward.tensor)
    own = next((e for e in derived.passes.adjoints if e.tensor == upstream), None)
    is_shares = forward.expression.has(Sum) and not isinstance(forward.expression, Elementwise) and _is_softmax(forward)
    if is_shares and own is not None:
        yield "softmax_elementwise", a * (1 - a) * upstream[at], ""
    reads_upstream = upstream in equation.reads
    logistic = is_shares or (isinstance(forward.expression, Elementwise) and type(forward.expression).stem == "sigmoid")
    if logistic and not reads_upstream and not _slopes(equation.expression):
        yield "cross_entropy_with_slope", equation.expression * a * (1 - a), ""


def _is_softmax(forward: Equation) -> bool:
    return bool(forward.expression.has(exp)) and len(forward.reads) == 1


def signs(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield the other sign."""
    yield "sign", -equation.expression, ""


def transposed(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield W δ for Wᵀ δ, where the numbers of its rows and columns are the same."""
    if array.kind == Kind.PARAMETER:
        return
    for entry in _parameters_in(derived, equation):
        first, second = (size.xreplace(dict(derived.program.sizes)) for size in entry.base.sizes[:2])
        if len(entry.indices) == 2 and first == second:
            swapped = entry.base[entry.indices[::-1]]
            yield "weight_not_transposed", equation.expression.xreplace({entry: swapped}), ""


def _parameters_in(derived: Derived, equation: Equation) -> list[Indexed]:
    found = [e for e in entries(equation.expression) if derived.program.kind(e.base) == Kind.PARAMETER]
    return sorted((e for e in found if len(e.indices) == 2), key=str)


def neighbours(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield another layer's weight or activation of the same shape."""
    arrays = {a.tensor: a for a in derived.program.arrays if isinstance(a.tensor, Tensor)}
    for entry in sorted(entries(equation.expression), key=str):
        own = arrays.get(entry.base)
        if own is None or own.kind in (Kind.TARGET, Kind.CONSTANT) or not entry.indices:
            continue
        if (own.kind == Kind.PARAMETER) == (array.kind == Kind.PARAMETER):
            continue
        for other in arrays.values():
            same = other.kind == own.kind or {other.kind, own.kind} == {Kind.VALUE, Kind.INPUT}
            if other is own or not same or numbers_of(derived, other.tensor) != numbers_of(derived, entry.base):
                continue
            kind = "wrong_layer_weight" if own.kind == Kind.PARAMETER else "wrong_layer_activation"
            yield kind, equation.expression.xreplace({entry: other.tensor[entry.indices]}), other.name


LAYER_SLIPS: tuple[Rule, ...] = (slopes, shares, signs, transposed, neighbours)
LINK_SLIPS: tuple[Rule, ...] = (slopes, signs, transposed, neighbours)  # those that look at a right side alone
