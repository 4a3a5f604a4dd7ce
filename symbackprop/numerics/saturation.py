"""Errors of saturated outputs: of equal forms of ∂C/∂z the one that keeps its digits in floats.

a_j (g_j - Σ a g)        g = ∂C/∂a counted from its entry at the largest a: shares add up to 1
a_j Σ p - p_j            a_j (Σ p - p_j) - (1 - a_j) p_j, with 1 - a_j as a value of its own
f'(z) y/a                y times f'(z)/a as one function, where both leave the floats; 0 where y is
y ln a                   0 where y is
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from sympy import Add, Expr, Indexed, Mul, Pow, S, Sum, Symbol, exp, log

from symbackprop.calculus.indices import put
from symbackprop.calculus.passes import Passes, adjoint_of
from symbackprop.frozen import dataclass
from symbackprop.network.extremes import Where, where
from symbackprop.network.functions import SIGMOID, Elementwise, slope
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.notation import COST, Axis, Tensor, index
from symbackprop.network.program import Array, Equation, Kind, Node, Program
from symbackprop.numerics.arrays.rows import OfRow
from symbackprop.numerics.arrays.scaled import share_of
from symbackprop.numerics.engines.scaling import FACTOR
from symbackprop.numerics.recognition import EXPM1, LOG_SOFTPLUS, known_name

# f'(z)/f(z) by the name of f
_RATES: dict[str | None, Callable[[Expr], Expr]] = {"sigmoid": lambda z: SIGMOID(-z), "softplus": slope(LOG_SOFTPLUS)}
LOGARITHM, LOGARITHM_OF_REST = "log_softmax", "log_one_minus_softmax"
BESIDE = {LOGARITHM: "log", LOGARITHM_OF_REST: "log_rest"}  # beside shares, and how it is called
_PLACE, _FIRST = index("place"), index("first")  # of the largest, and what is compared with it


@dataclass(frozen=True)
class Shares:
    """An array of shares, a_j = exp(u_j)/Σ_k exp(u_k), or of their logarithms, and what is computed beside it."""

    forward: Equation
    exponent: Expr
    along: Symbol
    is_logarithm: bool

    @property
    def indices(self) -> tuple[Symbol, ...]:
        """The indices of the array."""
        return self.forward.indices

    @property
    def axis(self) -> Axis:
        """The range of the index that the shares run along."""
        found: Axis = self.forward.tensor.axes[self.indices.index(self.along)]
        return found

    @property
    def share(self) -> Expr:
        """The share as an entry of the array."""
        return exp(self.forward.target) if self.is_logarithm else self.forward.target

    @property
    def rest(self) -> Expr:
        """What is missing to 1, from the logarithm: with all its digits where a share is rounded to 1."""
        return -EXPM1(self.forward.target if self.is_logarithm else self.entry(LOGARITHM))

    def of_row(self, name: str) -> OfRow:
        """Return what a stable function makes of what the shares are taken of."""
        return OfRow(name, self.along, self.exponent)

    def entry(self, name: str) -> Indexed:
        """Return the entry of what is computed beside the array by a stable function."""
        value = self.forward.tensor
        return Tensor(f"{value.letter}_{BESIDE[name]}", value.layer, value.axes)[self.indices]


def shares_of(equation: Equation) -> Shares | None:
    """Return what a forward equation says of shares, or of their logarithms; None where it speaks of something else."""
    if not equation.indices:
        return None
    value, ranges = equation.expression, dict(zip(equation.indices, equation.tensor.axes, strict=True))
    totals = [-part for part in Add.make_args(value) if isinstance(-part, log)]
    quotient = exp(value + totals[0]) / totals[0].args[0] if len(totals) == 1 else value
    found = share_of(quotient, ranges)
    return None if found is None else Shares(equation, *found, is_logarithm=quotient != value)


def keeping_digits(passes: Passes) -> Passes:
    """Return the passes with the errors that come from what the cost reads in forms that keep their digits."""
    program = passes.program
    read = {tensor for equation in program.equations if equation.tensor == COST for tensor in equation.reads}
    adjoints, beside = list(passes.adjoints), []
    for equation in program.equations:
        if equation.tensor not in read:
            continue
        shares = shares_of(equation)
        if shares is not None:
            adjoints = [_split(each, shares) for each in adjoints]
        by = next((each for each in adjoints if each.tensor == adjoint_of(equation.tensor)), None)
        if by is not None and by.indices == equation.indices:
            if isinstance(equation.expression, Elementwise):
                adjoints = [_at_once(each, equation, by) for each in adjoints]
            if shares is not None and not shares.is_logarithm:
                adjoints = [made for each in adjoints for made in _of_shares(each, shares, by)]
        if shares is not None:
            beside.append(shares)
    if any(equation.expression.has(log) for equation in program.equations if equation.tensor == COST):
        known = {each.tensor for each in adjoints}
        adjoints = [_without_poles(each, known) if each.tensor in map(adjoint_of, read) else each for each in adjoints]
    return replace(passes, program=_with_beside(program, beside, adjoints), adjoints=tuple(adjoints))


def _without_poles(adjoint: Equation, known: set[Tensor]) -> Equation:
    """Return ∂C/∂a with y/a as 0 where y is: the cost has no y ln a there, whatever a is."""
    expression = adjoint.expression
    terms = Add.make_args(in_sigmoids(Add(*_spread(expression.expand(deep=False)))))
    whole = Add(*(t if any(e.base in known for e in t.atoms(Indexed)) else _without_pole(t) for t in terms))
    return replace(adjoint, expression=whole) if whole.has(Where) or expression.has(SIGMOID) else adjoint


def _spread(e: Expr) -> Iterator[Expr]:
    """Yield the terms of a sum, products spread over the sums in them that divide by an array: so that this cancels."""
    for term in Add.make_args(e):
        sums = (part for part in Mul.make_args(term) if isinstance(part, Add))
        total = next((part for part in sums if any(p.exp == -1 and p.has(Indexed) for p in part.atoms(Pow))), None)
        if total is None:
            yield term
        else:
            yield from (each for part in total.args for each in _spread(term / total * part))


def _without_pole(term: Expr, factor: Expr = S.One) -> Expr:
    """Return a term that divides by an array, times another factor, as 0 where what it divides is."""
    powers = [part for part in Mul.make_args(term) if isinstance(part, Pow) and part.exp == -1 and part.has(Indexed)]
    below = [part for part in powers if not is_sum_of_exponentials(part.base)]
    return _where_not_zero(term / Mul(*below), term * factor) if below else term * factor


def _with_beside(program: Program, beside: Iterable[Shares], adjoints: Iterable[Equation]) -> Program:
    """Return the program with what the adjoints read beside shares, each behind these."""
    read = {tensor for each in adjoints for tensor in each.reads}
    names = {array.tensor: array.name for array in program.arrays}
    nodes, arrays = list(program.nodes), []
    for shares in beside:
        for name, letters in BESIDE.items():
            entry = shares.entry(name)
            if entry.base in read:
                own = Node(Equation(entry, shares.of_row(name), shares.forward.domain))
                nodes.insert(next(n for n, each in enumerate(nodes, 1) if each.equation == shares.forward), own)
                arrays.append(Array(entry.base, Kind.VALUE, f"{names[shares.forward.tensor]}_{letters}"))
    return replace(program, nodes=tuple(nodes), given=(*program.given, *arrays)) if arrays else program


def _at_once(adjoint: Equation, forward: Equation, by: Equation) -> Equation:
    """Return ∂C/∂z = f'(z) ∂C/∂a with those terms of ∂C/∂a put in that divide by a; another equation as it is."""
    factors = Mul.make_args(adjoint.expression)
    given = [factor for factor in factors if isinstance(factor, Indexed) and factor.base == by.tensor]
    rates = [factor for factor in factors if isinstance(factor, slope(type(forward.expression)))]
    if len(given) != 1 or len(rates) != 1:
        return adjoint
    places = dict(zip(forward.indices, given[0].indices, strict=True))
    a, (z,) = put(forward.target, places), put(forward.expression, places).args
    if rates[0].args[0] != z or not by.expression.has(1 / forward.target):
        return adjoint
    rate = _RATES.get(known_name(type(forward.expression)))
    terms = []
    for term in Add.make_args(put(by.expression, places).expand(deep=False)):
        above = term * a
        is_known = rate is not None and not above.has(a)
        terms.append(above * rate(z) if is_known else _without_pole(term, rates[0]))  # type: ignore[misc]
    return replace(adjoint, expression=adjoint.expression / (given[0] * rates[0]) * Add(*terms))


def _where_not_zero(factor: Expr, product: Expr) -> Expr:
    """Return a product where one of its factors is not 0, and 0 elsewhere, whatever the others are.

    ∂C/∂C, by which all is multiplied, is no such factor: of a number 0, all of an array would be one number."""
    entries = [part for part in Mul.make_args(factor) if part.has(Indexed) and part != FACTOR[()]]
    if not entries:
        return product
    return where("==", Mul(*entries), S.Zero, S.Zero, product)


def _of_shares(adjoint: Equation, shares: Shares, by: Equation) -> Iterator[Equation]:
    """Yield an adjoint with ∂C/∂a, in which a constant makes no difference, counted from the largest share.

    Where ∂C/∂a divides by a or 1 - a, the error comes from a (1 - a) ∂C/∂a."""
    entries, a = [entry for entry in adjoint.expression.atoms(Indexed) if entry.base == by.tensor], shares.share
    if not entries or not _is_blind(adjoint.expression, entries, shares.forward.tensor):
        yield adjoint
        return
    if by.expression.has(1 / a, 1 / (1 - a)):
        yield _with_rest(adjoint, shares, by)
        return
    counted = Tensor(f"{by.tensor.letter}_counted", by.tensor.layer, by.tensor.axes)
    there = by.target.xreplace({shares.along: _PLACE})
    largest = Largest(a.xreplace({shares.along: _FIRST}), (_FIRST, *shares.axis))
    top = Sum(Chosen((_PLACE,), largest) * there, (_PLACE, *shares.axis))
    yield Equation(counted[by.indices], by.target - top, by.domain)
    yield replace(adjoint, expression=adjoint.expression.xreplace({e: counted[e.indices] for e in entries}))


def _is_blind(e: Expr, entries: list[Indexed], shares: Tensor) -> bool:
    """Tell whether a constant that is added to all entries makes no difference, as shares add up to 1."""
    constant = e.xreplace(dict.fromkeys(entries, S.One))
    ones = {t: S.One for t in constant.atoms(Sum) if isinstance(t.function, Indexed) and t.function.base == shares}
    return bool(constant.xreplace(ones).expand() == 0)


def _with_rest(adjoint: Equation, shares: Shares, by: Equation) -> Equation:
    """Return δ_j = a_j (g_j - Σ_k a_k g_k) by the function of k = a (1 - a) g that chains of dense layers call."""
    a, g, j = shares.share, by.target, shares.along
    plain = a * (g - Sum((a * g).xreplace({j: _PLACE}), (_PLACE, *shares.axis)))
    turned = adjoint.expression.xreplace({t: _by_place(t) for t in adjoint.expression.atoms(Sum)})
    turned = turned.xreplace(dict(zip(adjoint.indices, shares.indices, strict=False))).expand()
    factor = Add(*(term / (a * g) for term in Add.make_args(turned) if not term.has(Sum)))
    products = [a * term for term in Add.make_args(by.expression.expand(deep=False))]
    if turned != (factor * plain).expand() or any(product.has(1 / a) for product in products):
        return adjoint
    r, log_a, log_r = shares.rest, shares.entry(LOGARITHM), shares.entry(LOGARITHM_OF_REST)
    k = Add(*(product.xreplace({1 / (1 - a): 1 / r}) * r for product in products))
    error = OfRow("error_from_shares", j, k, a, r, log_a, log_r)
    return Equation(adjoint.tensor[shares.indices], factor * error, adjoint.domain)


def _split(adjoint: Equation, shares: Shares) -> Equation:
    """Return c (a_j Σ_k p_k - p_j) as c (a_j (Σ_k p_k - p_j) - (1 - a_j) p_j): where a_j is nearly 1, p_j is its Σ."""
    if len(adjoint.indices) != len(shares.indices):
        return adjoint
    places = dict(zip(shares.indices, adjoint.indices, strict=True))
    a, j = put(shares.share, places), places[shares.along]
    expression = adjoint.expression.expand()
    for term in Add.make_args(expression):
        totals = [part for part in Mul.make_args(term) if isinstance(part, Sum)]
        if len(totals) != 1 or a not in Mul.make_args(term) or len(totals[0].limits) != 1:
            continue
        (total,) = totals
        factor, p = term / (a * total), total.function.xreplace({total.variables[0]: j})
        if total.limits[0].args[1:] == shares.axis and not p.has(a) and (expression - term + factor * p).expand() == 0:
            return replace(adjoint, expression=factor * (a * (total - p) - put(shares.rest, places) * p))
    return adjoint


def _by_place(total: Sum) -> Sum:
    return total.xreplace({total.variables[0]: _PLACE}) if len(total.limits) == 1 else total


def is_sum_of_exponentials(e: Expr) -> bool:
    """Tell whether a value is Σ exp(u), which is never 0."""
    return isinstance(e, Sum) and isinstance(e.function, exp)


def in_sigmoids(e: Expr) -> Expr:
    """Return an expression with σ(-u) for 1 - σ(u) and for σ'(u)/σ(u), which no float has where σ is 0 or 1."""
    rests = {part: 1 - part for part in e.atoms(Add) if type(1 - part) is SIGMOID}
    e = e.xreplace({part: SIGMOID(-rest.args[0]) for part, rest in rests.items()})

    def rated(product: Expr) -> Expr:
        for below in (part for part in product.args if isinstance(part, Pow) and type(part.base) is SIGMOID):
            (u,) = below.base.args
            rates = {slope(SIGMOID)(u), slope(SIGMOID)(-u)} & set(product.args)
            if below.exp == -1 and rates:
                return product / below / rates.pop() * SIGMOID(-u)
        return product

    return e.replace(lambda part: isinstance(part, Mul), rated) if e.has(slope(SIGMOID)) else e


def without_undefined(e: Expr) -> Expr:
    """Return a cost in which a product with a logarithm is 0 where its other factors are."""
    if isinstance(e, Mul) and len(parts := [part for part in e.args if isinstance(part, log)]) == 1:
        return _where_not_zero(e / parts[0], e)
    return e.func(*map(without_undefined, e.args)) if isinstance(e, Add | Mul | Sum | Pow) else e
