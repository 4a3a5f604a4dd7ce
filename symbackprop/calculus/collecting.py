"""The result of a chain in the form that a textbook has: known values come back, and what was split is collected.

    e^{s_ij}/Σ_r e^{s_ir} (…)                                  ->  p_ij (∂C/∂p_ij - Σ_k ∂C/∂p_ik p_ik)
    ∂C/∂x̂ /√(v + ε) + ∂C/∂v (…) + ∂C/∂m /n                     ->  (∂C/∂x̂ - mean - x̂ mean)/√(v + ε)

A statistic of an array (its mean, its variance, its norm) is computed from it and used beside it. The adjoints of
statistics are put into that of the array, and what they have in common is taken out. Each line is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sympy import Add, Expr, Indexed, Mul, Sum, exp

from symbackprop.calculus import rules
from symbackprop.calculus.arrangement import arranged, length
from symbackprop.calculus.derivation import Chain, extend
from symbackprop.calculus.distribution import distributed, multiplied_out
from symbackprop.calculus.gathering import gathered
from symbackprop.calculus.known import (
    A,
    divides_anew,
    divisors,
    restored,
    slope_in_values,
    where_it_holds,
    with_written_function,
)
from symbackprop.calculus.matching import Holds, Pattern, replaced, with_same_letters
from symbackprop.calculus.partials import Partial
from symbackprop.network.functions import Elementwise, slope
from symbackprop.network.memo import memoised
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation, arrays_in, free_indices


def statistics(tensor: Tensor, equations: Sequence[Equation]) -> tuple[Tensor, ...]:
    """Return what is computed from an array alone, has fewer axes, and is used beside it, in order of computation.

    A number that is given, such as ε, does not count as another array."""
    computed = {equation.tensor for equation in equations}
    numbers = {read for e in equations for read in e.reads if not read.axes and read not in computed}
    readers = [equation for equation in equations if tensor in equation.reads and equation.target != COST]
    found: list[Tensor] = []
    for equation in readers:
        alone = set(equation.reads) <= {tensor, *found, *numbers} and len(equation.tensor.axes) < len(tensor.axes)
        if alone and any(equation.tensor in e.reads for e in readers if e.tensor != equation.tensor):
            found.append(equation.tensor)
    return tuple(found)


def collected_form(
    chain: Chain, equations: Sequence[Equation], adjoints: Mapping[Tensor, Chain], targets: Iterable[Expr] = ()
) -> Chain:
    """Return the chain continued to a known form, where there is one; `adjoints` are those that it may name.

    The last line may suppose that the entries of one of the `targets` add up to 1 along an axis, and then says so."""
    chain = _arranged(_beside_values(_restored(chain, equations), equations), equations)
    tensor = chain.goal.by.base
    own = [each for each in statistics(tensor, equations) if each in adjoints]
    if own:
        chain = _without_statistics(chain, own, equations, adjoints)
    sloped = _with_slopes_in_values(chain, equations)
    together = extend(sloped, rules.ARRANGE, gathered(sloped.result, written_differences(equations)))
    return _through_the_cost(together, equations, adjoints, targets)


def _with_shares(chain: Chain, targets: Iterable[Expr]) -> Chain:
    """Return the chain with Σ_k y_k = 1, if the last line has that sum of a target: its entries are then shares."""
    for target, axis in map(rules.axis_of, targets):
        for total in chain.result.atoms(Sum):
            factor, entry = total.function.as_independent(*total.variables, as_Add=False)
            if not isinstance(entry, Indexed) or entry.base != target or entry.indices.count(entry.indices[axis]) > 1:
                continue  # a diagonal is no axis
            if tuple(map(tuple, total.limits)) == ((entry.indices[axis], *target.axes[axis]),):
                one = chain.result.xreplace({total: factor})
                return extend(chain, rules.ASSUME, one, assuming=(rules.total_along(target, axis % len(target.axes)),))
    return chain


def _arranged(chain: Chain, equations: Iterable[Equation]) -> Chain:
    return extend(chain, rules.ARRANGE, arranged(chain.result, written_differences(equations)))


def _shortest(chain: Chain) -> Chain:
    """Return the chain arranged, as it stands or with its sums taken apart first: Σ_k y_k/m is Σ_k y_k over m."""
    written = written_differences(chain.setting.equations)
    forms = (gathered(arranged(form, written), written) for form in (chain.result, _spread(chain.result, chain)))
    return extend(chain, rules.ARRANGE, min(forms, key=lambda form: (length(form), len(divisors(form)))))


def written_differences(equations: Iterable[Equation]) -> tuple[Pattern, ...]:
    """Return the differences u_i - v_i that stand in the equations, for any indices."""
    return tuple(dict.fromkeys(pattern for equation in equations for pattern in _differences(equation.expression)))


@memoised
def _differences(expression: Expr) -> tuple[Pattern, ...]:
    found = (
        total
        for total in expression.atoms(Add)
        if len(total.args) == 2 and total.has(Indexed) and any(term.could_extract_minus_sign() for term in total.args)
    )
    return tuple(Pattern(total, free_indices(total)) for total in sorted(found, key=str))


def _spread(expression: Expr, chain: Chain) -> Expr:
    return with_same_letters(multiplied_out(distributed(expression, chain.setting.ranges)))


def _restored(chain: Chain, equations: Sequence[Equation]) -> Chain:
    """Return the chain with values that the forward pass has computed in place of what they are computed from."""
    after, used = _with_values(chain.result, equations, chain)
    return chain if after == chain.result else extend(_widened(chain, used), rules.RESTORE, after)


def _with_values(expression: Expr, equations: Sequence[Equation], chain: Chain) -> tuple[Expr, list[Equation]]:
    """Return the expression with known values in it, as far as they make it shorter, and the equations used."""
    used = []
    forms: tuple[Expr, ...] = (
        expression,
        _spread(expression, chain),
    )  # as it stands, and with its sums taken apart first
    for equation in equations:
        read = arrays_in(expression)
        if equation.target == COST or not read & set(equation.reads):
            continue
        holds = where_it_holds(equation, equations, chain.setting.ranges)
        found = [(form, restored(form, way, holds)) for form in forms for way in _ways(equation)]
        spread = [_spread(after, chain) for form, after in found if after != form]
        changed = [after for after in spread if not divides_anew(expression, after, equation)]
        if changed and length(after := min(changed, key=length)) < length(expression):
            expression, forms = after, (after,)
            used.append(equation)
    return joined(expression, written_differences(equations)) if used else expression, used


@memoised
def _ways(equation: Equation) -> tuple[Equation, ...]:
    """Return an equation as it stands, and with what carries no index of its sums before these, if that differs."""
    apart = with_same_letters(multiplied_out(distributed(equation.expression, equation.ranges)))
    return (equation,) if apart == equation.expression else (equation, replace(equation, expression=apart))


def joined(expression: Expr, written: Sequence[Pattern]) -> Expr:
    """Return a sum with x_i Σ_j f_j - Σ_j f_j x_j as Σ_j f_j (x_i - x_j), where that is a difference as it is written.

    What cancels does so before it is added up, and numbers keep their digits."""
    terms = Add.make_args(expression)
    for term in terms:
        for total in (factor for factor in Mul.make_args(term) if isinstance(factor, Sum)):
            for inner in (factor for factor in Mul.make_args(total.function) if isinstance(factor, Indexed)):
                rest = term / total * Sum(total.function / inner, *total.limits)
                for other in terms:
                    outer = -other / rest
                    difference = outer - inner
                    if isinstance(outer, Indexed) and any(
                        pattern.match(sign * difference) is not None for pattern in written for sign in (1, -1)
                    ):
                        whole = term / total * Sum(total.function / inner * -difference, *total.limits)
                        return joined(expression - term - other + whole, written)
    return expression


def _beside_values(chain: Chain, equations: Sequence[Equation]) -> Chain:
    """Return the chain with slopes in the values beside them, where more cancels so: tanh'(u)/(1 - tanh(u)²)."""
    found = {}
    for part in chain.result.atoms(Elementwise):
        value = next((v for v in chain.result.atoms(Elementwise) if slope(type(v))(*v.args) == part != v), None)
        in_value = None if value is None else slope_in_values(type(value))
        if in_value is not None:
            found[part] = in_value.xreplace({A: value})
    if not found:
        return chain
    written, differences = chain.result.xreplace(found), written_differences(equations)
    shorter = length(arranged(written, differences)) < length(arranged(chain.result, differences))
    return extend(chain, rules.DEFINITION, written) if shorter else chain


def _with_slopes_in_values(chain: Chain, equations: Sequence[Equation]) -> Chain:
    """Return the chain with every slope in terms of the value that the forward pass has: tanh'(z) is 1 - h^2."""
    after, used = chain.result, []
    for equation in equations if after.has(Elementwise, exp) else ():
        before = after
        after = _slopes_in_values(before, equation, where_it_holds(equation, equations, chain.setting.ranges))
        if after != before:
            used.append(equation)
    if not used:
        return chain
    return extend(_widened(chain, used), rules.RESTORE, after)


def _slopes_in_values(expression: Expr, equation: Equation, holds: Holds | None) -> Expr:
    """Return the expression with σ'(z_j) as a_j (1 - a_j), where the equation says a_j = σ(z_j)."""
    side = equation.expression
    in_values = slope_in_values(type(side)) if isinstance(side, Elementwise) else None
    if in_values is None:
        return with_written_function(expression, equation, holds)
    pattern = slope(type(side))(side.args[0])
    return replaced(expression, pattern, in_values.xreplace({A: equation.sides[0]}), equation.indices, holds=holds)


def _widened(chain: Chain, equations: Iterable[Equation], frontier: tuple[Tensor, ...] | None = None) -> Chain:
    """Return the chain with more equations around it: what holds for any cost beyond the nearest, holds there too."""
    setting = chain.setting
    wider = tuple(dict.fromkeys((*setting.equations, *equations)))
    beyond = setting.frontier if frontier is None else frontier
    return replace(chain, setting=replace(setting, equations=wider, frontier=beyond))


def _without_statistics(
    chain: Chain, own: Sequence[Tensor], equations: Sequence[Equation], adjoints: Mapping[Tensor, Chain]
) -> Chain:
    """Return the chain with the adjoints of the array's own statistics put in, if that comes out shorter.

    They have to hold for any cost of what reads the statistics, as the chain does."""
    tensor = chain.goal.by.base
    for statistic in own:
        reading = {e.tensor for e in equations if statistic in e.reads} - {COST, tensor, *own}
        if reading - set(adjoints[statistic].setting.frontier):
            return chain
    around = [e for e in equations if {tensor, *own} & set(e.reads) or e.tensor in own]
    around += [e for statistic in own for e in adjoints[statistic].setting.equations if e not in around]
    frontier = tuple(dict.fromkeys(e.tensor for e in around if e.tensor not in (COST, tensor, *own)))
    longer = _widened(chain, around, frontier)
    for statistic in reversed(own):
        longer = extend(longer, rules.SUBSTITUTE, put_adjoint(longer.result, adjoints[statistic]))
    longer = _restored_if_shorter(longer, around)
    spared = sum(length(adjoints[statistic].result) for statistic in own)
    return longer if length(longer.result) <= length(chain.result) + spared else chain


def _restored_if_shorter(chain: Chain, equations: Sequence[Equation]) -> Chain:
    """Return the chain arranged, with the values of the forward pass in it if that makes the last line shorter."""
    plain, known, used = _arranged(chain, equations), chain.result, []
    for equation in equations:
        if equation.target == COST:
            continue
        after = restored(known, equation, where_it_holds(equation, equations, chain.setting.ranges))
        if after != known and not divides_anew(known, _spread(after, chain), equation):
            known = after
            used.append(equation)
    if not used:
        return plain
    after = _arranged(extend(_widened(chain, used), rules.RESTORE, _spread(known, chain)), equations)
    return after if length(after.result) < length(plain.result) else plain


def _through_the_cost(
    chain: Chain, equations: Sequence[Equation], adjoints: Mapping[Tensor, Chain], targets: Iterable[Expr]
) -> Chain:
    """Return the chain with ∂C/∂a of the cost itself put in, if that comes out shorter: (a - y) for softmax.

    Or if a divisor goes: (a - y)/(a (1 - a)) times a (1 - a) has no digits left where a is nearly 1."""
    chain = _with_constants(chain, adjoints)
    named = {p.by.base for p in chain.result.atoms(Partial) if p.of == COST}
    explicit = [each for each in named if each in adjoints and not adjoints[each].result.has(Partial)]
    if len(named) != 1 or not explicit:
        return _with_shares(chain, targets)
    slope_of_cost = adjoints[explicit[0]]
    around = slope_of_cost.setting.equations  # through which the cost is reached, and whose values stand in the slope
    longer = extend(_widened(chain, around, ()), rules.SUBSTITUTE, put_adjoint(chain.result, slope_of_cost))
    longer = _with_shares(_shortest(longer), targets)
    before, after = slope_of_cost.result, longer.result
    spared = length(before) if len(divisors(after)) < len(divisors(before)) else 0
    return longer if length(after) < length(chain.result) + spared else _with_shares(chain, targets)


def _with_constants(chain: Chain, adjoints: Mapping[Tensor, Chain]) -> Chain:
    """Return the chain with every ∂C/∂v that is the same number wherever C is looked at, as 1/N of a mean."""
    named = {p.by.base for p in chain.result.atoms(Partial) if p.of == COST and isinstance(p.by, Indexed)}
    for tensor in sorted(named & set(adjoints), key=str):
        slope_of_cost = adjoints[tensor]
        if slope_of_cost.result.has(Indexed, Partial, COST):
            continue
        beyond = tuple(each for each in chain.setting.frontier if each != tensor)
        longer = _widened(chain, slope_of_cost.setting.equations, beyond)
        longer = extend(longer, rules.SUBSTITUTE, put_adjoint(chain.result, slope_of_cost))
        longer = _shortest(longer)
        chain = longer if length(longer.result) <= length(chain.result) else chain
    return chain


def put_adjoint(expression: Expr, adjoint: Chain) -> Expr:
    """Return the expression with the result of an adjoint in place of ∂C/∂v, at whatever indices that stands."""
    return replaced(expression, adjoint.goal, adjoint.result, adjoint.setting.ranges)
