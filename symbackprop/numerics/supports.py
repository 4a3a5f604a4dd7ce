"""Where an array is 0 whatever else stands there: nothing that may be no finite number is multiplied by that 0.

p[i, j] = exp(s[i, j] - M[i])        read for |i - j| <= 2 alone, so ∂C/∂p is 0 elsewhere, where p may be infinite
∂C/∂s = ∂C/∂p p                      where(|i - j| <= 2, ∂C/∂p p, 0)

A library that differentiates the text once more multiplies by slopes that nobody asked for: there, what a function
is taken of is an innocent number wherever its value is not wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from sympy import (
    Add,
    And,
    Eq,
    Expr,
    Function,
    Ge,
    Indexed,
    KroneckerDelta,
    Le,
    Mod,
    Mul,
    Not,
    Or,
    Piecewise,
    Pow,
    S,
    Sum,
    Symbol,
    asinh,
    atan,
    ceiling,
    cos,
    erf,
    exp,
    floor,
    log,
    sin,
)
from sympy.logic.boolalg import Boolean

from symbackprop.calculus.indices import put
from symbackprop.calculus.passes import Passes, adjoint_of
from symbackprop.frozen import dataclass
from symbackprop.network.extremes import Extreme, Where, choice
from symbackprop.network.functions import Elementwise
from symbackprop.network.largest import BINDERS, Chosen
from symbackprop.network.needs import is_everywhere
from symbackprop.network.notation import Axis, Tensor
from symbackprop.network.program import Equation, Node, arrays_in, entries, free_indices
from symbackprop.numerics.arrays.scaled import HELD
from symbackprop.numerics.recognition import known_name
from symbackprop.numerics.saturation import shares_of

_TAME = (sin, cos, atan, asinh, erf, floor, ceiling, Mod)  # finite wherever their argument is
_LOGARITHMIC = ("xlogx", "log_softplus")  # stable functions that are not finite everywhere


def is_wild(e: Expr) -> bool:
    """Tell whether an expression may be no finite number at places where its entries are: 1/x, ln x, exp x, √x."""
    if isinstance(e, Indexed | Symbol) or not e.args:
        return False
    if isinstance(e, Piecewise | Where):
        return any(is_wild(value) for value, _ in _cases(e))
    return _is_wild_itself(e) or any(map(is_wild, [e.function] if isinstance(e, BINDERS) else e.args))


def _is_wild_itself(e: Expr) -> bool:
    """Tell whether it is the outermost function that is infinite, or undefined, somewhere."""
    if isinstance(e, Pow):
        return _varies(e) and not (e.exp.is_Integer and e.exp.is_nonnegative)
    if isinstance(e, Elementwise):
        name = known_name(type(e))
        return name in _LOGARITHMIC if name is not None else is_wild(e.explicit())
    return isinstance(e, Function) and not isinstance(e, (*_TAME, Extreme, Where, KroneckerDelta)) and _varies(e)


def _varies(e: Expr) -> bool:
    return e.has(Indexed) or bool(free_indices(e)) or any(symbol.name == HELD for symbol in e.free_symbols)


def _cases(e: Piecewise | Where) -> list[tuple[Expr, Boolean]]:
    return [(value, holds) for value, holds in (e.cases if isinstance(e, Where) else e).args]


def guarded(e: Expr) -> Expr:
    """Return an expression in which cases compute nothing wild where they do not hold."""
    if isinstance(e, Indexed | Symbol | Chosen) or not e.args or not e.has(Piecewise, Where) or not is_wild(e):
        return e
    if isinstance(e, Where):
        ((value, holds), (other, _)) = _cases(e)
        return e.func(*e.args[:2], within(guarded(value), holds), within(guarded(other), Not(holds)))
    if not isinstance(e, Piecewise):
        return e.func(*map(guarded, e.args))
    pieces: list[tuple[Expr, Boolean]] = []
    for value, holds in _cases(e):
        alone = And(holds, *(Not(before) for _, before in pieces))
        pieces.append((within(guarded(value), alone), holds))
    return Piecewise(*pieces, evaluate=False)


def within(e: Expr, holds: Boolean) -> Expr:
    """Return an expression whose functions are taken of a number that does no harm where a condition does not hold."""
    if isinstance(e, Indexed | Symbol | Chosen) or not e.args or not is_wild(e):
        return e
    if isinstance(e, BINDERS):
        return e.func(within(e.function, holds), *e.limits)
    if isinstance(e, Where):
        return e.func(*e.args[:2], *(within(value, holds) for value in e.args[2:]))
    if isinstance(e, Piecewise):
        return Piecewise(*((within(value, holds), case) for value, case in e.args), evaluate=False)
    if isinstance(e, Elementwise) and _is_wild_itself(e) and known_name(type(e)) is None:
        return within(e.explicit(), holds)
    args = [within(part, holds) for part in e.args]
    if _is_wild_itself(e):
        args[0] = choice(holds, args[0], S.Zero if isinstance(e, exp) else S.Half)
    return e.func(*args)


def wild_arrays(equations: Iterable[Equation]) -> frozenset[Expr]:
    """Return the arrays of which an entry may be infinite, unless a sum tells that it is none."""
    found: set[Expr] = set()
    for equation in equations:
        if shares_of(equation) is None and (is_wild(equation.expression) or _reads(equation.expression, found)):
            found.add(equation.tensor)
    return frozenset(found)


def _reads(e: Expr, tensors: Iterable[Expr]) -> bool:
    """Tell whether an expression reads one of these arrays, but for what is added up."""
    if isinstance(e, Indexed):
        return e.base in tensors
    return not isinstance(e, BINDERS) and any(_reads(part, tensors) for part in e.args)


Support = tuple[tuple[Symbol, ...], Boolean]  # the indices of an array, and where it may be another number than 0


def without_wild_zeros(passes: Passes) -> Passes:
    """Return the passes with every product of an error that is 0 and what may be infinite there as 0."""
    program, known = passes.program, dict[Tensor, Support]()
    wild = wild_arrays(program.equations)
    nodes = tuple(Node(replace(e, expression=_cut(e.expression, known, wild))) for e in program.equations)
    adjoints = []
    for equation in passes.adjoints:
        adjoints.append(replace(equation, expression=_cut(equation.expression, known, wild)))
        holds = _support(equation.expression, known)
        if holds != S.true and equation.indices and equation.domain is None:
            known[equation.tensor] = equation.indices, holds
    return Passes(replace(program, nodes=nodes), tuple(adjoints))


def _cut(e: Expr, known: Mapping[Tensor, Support], wild: frozenset[Expr], *, inside: bool = False) -> Expr:
    """Return an expression with cases around the products that may be 0 times infinity.

    `inside` a sum they are functions: SymPy takes its own cases out of all sums around them."""
    cut = partial(_cut, known=known, wild=wild, inside=inside)
    if isinstance(e, Sum):
        return e.func(_cut(e.function, known, wild, inside=True), *e.limits)
    if isinstance(e, Piecewise):
        return Piecewise(*((cut(value), holds) for value, holds in e.args), evaluate=False)
    if isinstance(e, Add):
        return e.func(*map(cut, e.args))
    if not isinstance(e, Mul):
        return e
    supports = [_support(part, known) for part in e.args]
    others = [part for part, holds in zip(e.args, supports, strict=True) if holds is S.true]
    product = e.func(*map(cut, e.args))
    if And(*supports) != S.true and any(is_wild(part) or _reads(part, wild) for part in others):
        holds = And(*supports)
        cases = Piecewise((product, holds), (S.Zero, True), evaluate=False)
        return choice(holds, product, S.Zero) if inside else cases
    return product


def _support(e: Expr, known: Mapping[Tensor, Support]) -> Boolean:
    """Return a condition without which an expression is 0; true where none is known."""
    if isinstance(e, Indexed) and e.base in known:
        indices, holds = known[e.base]
        return put(holds, dict(zip(indices, e.indices, strict=True)))
    if isinstance(e, KroneckerDelta):
        return Eq(*e.args)
    if isinstance(e, Piecewise | Where):
        cases = _cases(e)
        if cases[-1][0] == 0:
            return Or(*(holds for value, holds in cases if value != 0))
        return Not(cases[0][1]) if len(cases) == 2 and cases[0][0] == 0 else S.true
    if isinstance(e, Mul):
        return And(*(_support(part, known) for part in e.args))
    supports = {_support(part, known) for part in e.args} if isinstance(e, Add) else set()
    return supports.pop() if len(supports) == 1 else S.true


def without_unread(equations: Iterable[Equation], passes: Passes) -> tuple[Equation, ...]:
    """Return forward equations with 0 for what may be infinite and makes no difference to anything.

    A library that differentiates them multiplies the slopes there by 0."""
    found = list(equations)
    errors = {equation.tensor: equation for equation in passes.adjoints}
    computed = {array.tensor for array in passes.program.given}
    for place, equation in enumerate(found):
        error = errors.get(adjoint_of(equation.tensor)) if isinstance(equation.tensor, Tensor) else None
        if error is not None and equation.indices and equation.domain is None and is_wild(equation.expression):
            holds = _support(error.expression, {})
            holds = put(holds, dict(zip(error.indices, equation.indices, strict=True)))
            is_ready = arrays_in(holds) <= computed
            is_smooth = all(_is_smooth(e.expression, equation.tensor) for e in found)
            support = equation.indices, holds
            read = ((each.expression, _Around(each.ranges)) for each in passes.adjoints)
            stays = any(_reads_beside(right, equation, support, around) for right, around in read)
            if holds != S.true and is_ready and is_smooth and not stays:
                cases = Piecewise((equation.expression, holds), (S.Zero, True), evaluate=False)
                found[place] = replace(equation, expression=cases)
        computed.add(equation.tensor)
    return tuple(found)


def _reads_beside(e: Expr, own: Equation, error: Support, around: _Around) -> bool:
    """Tell whether an entry is read where its error may be 0.

    It is not where the error stands beside it, as in ∂C/∂y y', nor where the cases and the ranges of indices around
    keep within where the error may be another number."""
    if isinstance(e, Indexed):
        holds = put(error[1], dict(zip(error[0], e.indices, strict=True))) if e.base == own.tensor else S.true
        return not all(around.tells(part) for part in And.make_args(holds))
    if isinstance(e, Piecewise | Where):
        cases = [(value, replace(around, cases=around.cases | {*And.make_args(holds)})) for value, holds in _cases(e)]
        return any(_reads_beside(value, own, error, inside) for value, inside in cases)
    if isinstance(e, BINDERS):
        limits = {symbol: (first, last) for symbol, first, last in map(tuple, reversed(e.limits))}
        return _reads_beside(e.function, own, error, replace(around, ranges={**around.ranges, **limits}))
    parts = e.args
    if isinstance(e, Mul):
        beside = {part.indices for part in parts if isinstance(part, Indexed) and part.base == adjoint_of(own.tensor)}
        parts = [part for part in parts if part.has(*BINDERS) or not _read(part, own.tensor) <= beside]
    return any(_reads_beside(part, own, error, around) for part in parts)


@dataclass(frozen=True)
class _Around:
    """The ranges of the indices around an entry, the outermost first, and the cases that it stands in."""

    ranges: Mapping[Symbol, Axis]
    cases: frozenset[Boolean] = frozenset()

    def tells(self, holds: Boolean) -> bool:
        """Tell whether a comparison of places holds here everywhere; False if in doubt."""
        if isinstance(holds, Ge | Le):
            return holds in self.cases or is_everywhere((holds.gts - holds.lts).expand(), self.ranges)
        return holds is S.true or holds in self.cases


def _read(e: Expr, tensor: Tensor) -> set[tuple[Expr, ...]]:
    return {entry.indices for entry in entries(e) if entry.base == tensor}


def _is_smooth(e: Expr, tensor: Tensor) -> bool:
    """Tell whether an expression reads an array in no way that has no slope: no condition, no step, no place."""
    if isinstance(e, Indexed) or not e.has(tensor):
        return True
    if isinstance(e, Piecewise | Where):
        cases = _cases(e)
        return not any(holds.has(tensor) for _, holds in cases) and all(_is_smooth(value, tensor) for value, _ in cases)
    plain = isinstance(e, (Add, Mul, Pow, Sum, exp, log, *_TAME))
    return plain and all(_is_smooth(part, tensor) for part in e.args)
