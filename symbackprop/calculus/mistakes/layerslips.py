"""Mistakes on the way back through a layer: its slope, its sign, its weight, whose activation.

    ∂C/∂z = σ'(z) ∂C/∂a      missing_slope: ∂C/∂a      slope_of_activation: σ'(a) ∂C/∂a      slope_twice: σ'(z)² ∂C/∂a

A rule looks at an adjoint that was derived, and yields what it could have been instead; none knows a network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sympy import Add, Expr, Indexed, Integer, Mul, S, Sum, Symbol, exp, log

from symbackprop.calculus.mistakes.variants import Derived, Rule, numbers_of
from symbackprop.calculus.passes import adjoint_of
from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.extremes import STEP, Where, where
from symbackprop.network.functions import Elementwise, slope
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Array, Equation, Kind, entries

# slopes as they are written with what the activation gives
BY_VALUE: Mapping[str, Callable[[Expr], Expr]] = {"sigmoid": lambda a: a * (1 - a), "tanh": lambda a: 1 - a**2}


@dataclass(frozen=True)
class _Slope:
    """A slope in an adjoint: σ'(z), what it is the slope of, what comes in, and the adjoint with another."""

    slope: Expr
    z: Expr
    activation: Expr | None
    value: Expr | None
    upstream: Expr | None
    put: Callable[[Expr], Expr]

    @property
    def stem(self) -> str:
        """The name of the activation, where it has one."""
        return type(self.slope).stem if isinstance(self.slope, Elementwise) else ""

    @property
    def is_mask(self) -> bool:
        """Tell whether the sign of z alone decides: of relu, max(0, z), and with other numbers for 0 and 1."""
        own = self.slope
        if isinstance(own, Where):
            return own.gap == self.z and not any(each.has(self.z) for each in own.args[2:])
        return self.stem in ("relu", "leaky_relu", STEP.stem) and own.args[0] == self.z


def _slopes(expression: Expr) -> list[Elementwise]:
    found = [f for f in expression.atoms(Elementwise) if f.order == 1]
    return sorted(found, key=str)


def slopes(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield σ' left out, twice, at a for z, at z where it wants a, at the gradient that comes in, and of others."""
    use = _activation_of(derived, equation, array)
    if use is None:
        for each in _slopes(equation.expression):
            read = {derived.program.kind(entry.base) for entry in entries(each)}
            if read & {Kind.VALUE, Kind.INPUT} and Kind.TARGET not in read:  # neither of a penalty nor of a cost
                yield from _instead(_named(equation.expression, each))
        return
    at = equation.indices
    z, upstream = array.tensor[at], adjoint_of(use.tensor)[at]
    own = next((e for e in derived.passes.adjoints if e.tensor == upstream.base), None)
    if own is None:
        return
    if upstream.base not in equation.reads:  # the slope has cancelled
        yield "missing_slope", upstream, ""
        return
    if _is_last(derived, equation) and _is_difference(derived, own):
        yield "quadratic_without_slope", upstream, ""
    own_slope, value = use.expression.diff(z), use.tensor[at]
    yield from _instead(_Slope(own_slope, z, use.expression, value, upstream, lambda other: upstream * other))


def named_slopes(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield the same for each slope that has a name, by the right side of an equation alone."""
    for each in _slopes(equation.expression):
        yield from _instead(_named(equation.expression, each))


def _named(whole: Expr, each: Elementwise) -> _Slope:
    """Return a slope that has a name, wherever it stands."""
    z, origin = each.args[0], type(each).origin
    activation = None if origin is None else origin(z)
    others = [part for part in Mul.make_args(whole) if part != each and isinstance(part, Indexed)]
    upstream = others[0] if len(others) == 1 else None
    return _Slope(each, z, activation, None, upstream, lambda other: whole.xreplace({each: other}))


def _instead(found: _Slope) -> Iterator[tuple[str, Expr, str]]:
    """Yield what can stand where a slope belongs."""
    put, z, name = found.put, found.z, found.stem
    yield "missing_slope", put(S.One), ""
    yield "slope_twice", put(found.slope**2), ""
    if found.activation is not None:
        yield "activation_for_slope", put(found.activation), ""
    if found.value is not None:
        yield "slope_of_activation", put(found.slope.xreplace({z: found.value})), ""
    if name in BY_VALUE:
        yield "slope_by_value_at_z", put(BY_VALUE[name](z)), ""
    if found.is_mask and found.upstream is not None:
        yield "relu_slope_of_activation_gradient", put(found.slope.xreplace({z: found.upstream})), ""
    if name == "relu":
        yield "relu_slope_at_zero", put(where(">=", z, Integer(0), Integer(1), Integer(0))), ""
    for other in ACTIVATIONS:
        function = ACTIVATIONS[other].function
        if function is not None and function.stem != name and other != "identity":
            yield "activation_of_other_layer", put(slope(function)(z)), other
    for other, by_value in BY_VALUE.items() if found.value is not None and name != "identity" else ():
        if other != name:
            yield "activation_of_other_layer", put(by_value(found.value)), other


def _is_last(derived: Derived, equation: Equation) -> bool:
    """Tell whether the adjoint is that of what the last activation is made of: nothing else comes between."""
    outputs = [e for e in derived.passes.adjoints if derived.array_of(e.tensor) is not None]
    return len(outputs) > 1 and outputs[1] is equation


def _is_difference(derived: Derived, own: Equation) -> bool:
    """Tell whether the derivative by the outputs is a - y, but for a number."""
    for part in Mul.make_args(own.expression):
        read = {derived.program.kind(entry.base) for entry in entries(part)}
        if isinstance(part, Add) and len(part.args) == 2 and read == {Kind.VALUE, Kind.TARGET}:
            return all(not entries(other) for other in Mul.make_args(own.expression) if other is not part) and all(
                isinstance(term.as_coeff_Mul()[1], Indexed) for term in part.args
            )
    return False


def _use_of(derived: Derived, equation: Equation, array: Array) -> Equation | None:
    """Return the only equation that reads a value, in the indices of its adjoint; None where there are several."""
    uses = [e for e in derived.program.equations if array.tensor in e.reads]
    if len(uses) != 1 or array.kind != Kind.VALUE or not isinstance(uses[0].target, Indexed):
        return None
    (use,) = uses
    if len(use.indices) != len(equation.indices) or use.domain is not None:
        return None
    return Equation(use.target, use.expression).renamed(dict(zip(use.indices, equation.indices, strict=True)))


def _activation_of(derived: Derived, equation: Equation, array: Array) -> Equation | None:
    """Return a = σ(z) where z is used for that alone, entry by entry, and σ reads nothing else but numbers."""
    use = _use_of(derived, equation, array)
    if use is None or use.expression.has(Sum):
        return None
    at = {entry for entry in entries(use.expression) if entry.base == array.tensor}
    numbers = all(not tensor.axes for tensor in use.reads if tensor != array.tensor)
    return use if numbers and at == {array.tensor[equation.indices]} else None


def shares(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield softmax's Jacobian left out, or as its diagonal, and a slope that has cancelled put in again."""
    use = _use_of(derived, equation, array)
    if use is None:
        return
    at = equation.indices
    a, upstream = use.tensor[at], adjoint_of(use.tensor)
    if not any(e.tensor == upstream for e in derived.passes.adjoints):
        return
    diagonal = _diagonal(use, array.tensor[at])
    if diagonal is not None:
        yield "missing_slope", upstream[at], ""
        yield "softmax_elementwise", diagonal * upstream[at], ""
    is_sigmoid = isinstance(use.expression, Elementwise) and type(use.expression).stem == "sigmoid"
    if upstream not in equation.reads and (is_sigmoid or diagonal is not None):
        yield "cross_entropy_with_slope", equation.expression * (a * (1 - a) if is_sigmoid else diagonal), ""


def _diagonal(use: Equation, z: Expr) -> Expr | None:
    """Return ∂a_j/∂z_j of softmax and of log-softmax, which may have a temperature; None for anything else.

    a_j = exp(g z_j)/Σ exp(g z_i)        g a_j (1 - a_j)        log a_j        g (1 - exp(log a_j))"""
    a = use.target
    for total in use.expression.atoms(Sum):
        power = total.function
        if len(total.limits) != 1 or not isinstance(power, exp) or not isinstance(total.limits[0][0], Symbol):
            continue
        own = power.xreplace({total.limits[0][0]: use.indices[-1]})
        slope_of_power = own.args[0].diff(z)
        if use.expression == own / total:
            return slope_of_power * a * (1 - a)
        if use.expression == own.args[0] - log(total):
            return slope_of_power * (1 - exp(a))
    return None


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
LINK_SLIPS: tuple[Rule, ...] = (named_slopes, signs, transposed, neighbours)  # those that look at a right side alone
