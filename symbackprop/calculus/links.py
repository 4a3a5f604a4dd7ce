"""The links of the chain rule, each derived on its own: ∂C/∂a, ∂a/∂z, ∂z/∂w, ∂z/∂b; and how they are put together.

∂C/∂w_jk = ∂C/∂a_j · ∂a_j/∂z_j · ∂z_j/∂w_jk          at the last layer
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Indexed, S, Sum, Symbol

from symbackprop.calculus import rules
from symbackprop.calculus.arrangement import arranged
from symbackprop.calculus.checking import Setting
from symbackprop.calculus.contraction import contract
from symbackprop.calculus.derivation import Chain, adjoint, at_layers, extend, link, start
from symbackprop.calculus.indices import put
from symbackprop.calculus.known import A, restored, slope_in_values
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.rules import Hypothesis
from symbackprop.network import notation
from symbackprop.network.activations import Activation, from_function
from symbackprop.network.functions import SIGMA, Elementwise, slope
from symbackprop.network.kinks import kinks
from symbackprop.network.memo import memoised
from symbackprop.network.model import Network, dense_equations
from symbackprop.network.notation import COST, LAST_LAYER, LAYER, index
from symbackprop.network.program import Equation, ranges_of

J, K, I = index("j"), index("k"), index("i")  # noqa: E741 - the letters of every textbook


ANY = from_function(SIGMA)


@memoised
def dense(activation: Activation) -> tuple[Equation, Equation]:
    """Return z^{(l)} = W a + b and a^{(l)} = σ(z) for the general layer l."""
    weighted, active = dense_equations(activation, LAYER)
    return weighted, active


@memoised
def cost_link(cost: Equation) -> Chain:
    """Return the first link of the last layer, ∂C/∂a_j of this cost."""
    a = notation.activation(LAST_LAYER)
    cost = cost.at_layer(LAST_LAYER)
    chain = adjoint(a[J], (cost,), Setting((cost,), ranges_of(a[J])))
    return extend(chain, rules.ARRANGE, arranged(chain.result))


@memoised
def activation_link(activation: Activation) -> Chain:
    """Return the second link, ∂a/∂z: σ'(z_j) written in a_j where that is the textbook form, or the full Jacobian."""
    _, active = dense(activation)
    a, z = active.tensor, notation.weighted_input(LAYER)
    if activation.function is None:
        setting = Setting((active,), ranges_of(a[I]) | ranges_of(z[J]))
        chain = link(a[I], z[J], active, setting)
        chain = extend(chain, rules.RESTORE, restored(chain.result, active).expand())
        return extend(chain, rules.ARRANGE, arranged(chain.result))
    chain = link(a[J], z[J], active, Setting((active,), ranges_of(a[J])))
    return _slope_written(chain, activation.function, active)


def _slope_written(chain: Chain, function: type[Elementwise], active: Equation) -> Chain:
    """Return the chain continued from f'(z_j) to its definition, and to f' in terms of a_j where that exists."""
    z, a = notation.weighted_input(LAYER), active.tensor
    derivative = slope(function)
    written = derivative.definition
    if written is None:
        return chain
    conventions = tuple(Hypothesis("kink", function(point, evaluate=False)) for point, _ in kinks(function))
    at_j = {derivative(z[J]): derivative(z[J]).explicit()}
    chain = extend(chain, rules.DEFINITION, chain.result.xreplace(at_j), *conventions)
    in_values = slope_in_values(function)
    return chain if in_values is None else extend(chain, rules.RESTORE, in_values.xreplace({A: a[J]}))


@memoised
def input_link(by: Indexed) -> Chain:
    """Return the third link, ∂z_j/∂w_jk or ∂z_j/∂b_j."""
    weighted, _ = dense(ANY)
    return link(weighted.target, by, weighted, Setting((weighted,), ranges_of(by)))


@memoised
def at_last_layer(chain: Chain) -> Chain:
    """Return the chain with l = L: what holds at every layer holds at the last one, and is checked there again."""
    return at_layers(chain, {LAYER: LAST_LAYER})


def product_of_links(network: Network, chains: Mapping[str, Chain]) -> Chain:
    """Return ∂C/∂w_jk of the last layer as the product of the derivatives along its path, each put in."""
    activation = network.activations[-1]
    weighted, active = (equation.at_layer(LAST_LAYER) for equation in dense(activation))
    cost = network.cost_equation.at_layer(LAST_LAYER)
    w, z, a = notation.weight(LAST_LAYER)[J, K], weighted.tensor, active.tensor
    chain = start(Partial(COST, w), Setting((weighted, active, cost), ranges_of(w)))
    last_link = Partial(z[J], w)
    if activation.is_elementwise:
        path = Partial(COST, a[J]) * Partial(a[J], z[J]) * last_link
    else:
        path = Sum(Partial(COST, a[I]) * Partial(a[I], z[J]), (I, *a.axes[0])) * last_link
    chain = extend(chain, rules.CHAIN, path)
    links = ("cost by activation", f"activation by input: {activation.name}", "input by weight")
    return with_links(chain, tuple(at_last_layer(chains[name]) for name in links))


def with_links(chain: Chain, links: tuple[Chain, ...]) -> Chain:
    """Return the chain with the results of the links put in for their left sides, then contracted and arranged."""
    for each in links:
        chain = extend(chain, rules.SUBSTITUTE, put_result(chain.result, each), *each.hypotheses)
    chain = extend(chain, rules.COLLAPSE, contract(chain.result, chain.setting.ranges))
    chain = extend(chain, rules.ARRANGE, arranged(chain.result))
    y = notation.target(LAST_LAYER)
    total = next((s for s in chain.result.atoms(Sum) if s.function == y[s.variables[0]]), None)
    if total is None:
        return chain
    one = chain.result.xreplace({total: S.One})
    return extend(chain, rules.ASSUME, one, assuming=(y,))


def put_result(expression: Expr, each: Chain) -> Expr:
    """Return the expression with the result of a link in place of its goal, at whatever indices the goal stands."""
    forms = [each.goal, *(step.after for step in each.steps)]
    for form in forms:
        if not isinstance(form, Partial | Elementwise):
            continue
        for found in expression.atoms(type(form)):
            at = _matched(form, found)
            if at is not None:
                expression = expression.xreplace({found: put(each.result, at)})
    return expression


def _matched(form: Expr, found: Expr) -> dict[Symbol, Expr] | None:
    """Return which indices turn `form` into `found`, or None if none do."""
    at: dict[Symbol, Expr] = {}
    for mine, theirs in zip(_entries(form), _entries(found), strict=False):
        if mine.base == theirs.base:
            at.update(zip(mine.indices, theirs.indices, strict=True))
    return at if put(form, at) == found else None


def _entries(expression: Expr) -> list[Indexed]:
    return [part for part in expression.args if isinstance(part, Indexed)]
