"""The paths by which a quantity reaches the cost: the links along them, what each is equal to, and their product.

    ∂C/∂w_jk = ∂C/∂a_j ∂a_j/∂z_j ∂z_j/∂w_jk                                    at the last layer
    ∂C/∂w_jk = (Σ_i ∂C/∂z_i ∂z_i/∂a_j) ∂a_j/∂z_j ∂z_j/∂w_jk                    before it, the z_i of the next layer

Nothing is derived here again: a product is a result of the derivation with its links put back in place of their
values, equals for equals. What is shown of one parameter is an instance of these lines.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Indexed, Sum, Symbol

from symbackprop.calculus import rules
from symbackprop.calculus.backpropagation import Derivation, error_general
from symbackprop.calculus.checking import Setting
from symbackprop.calculus.derivation import Chain, link
from symbackprop.calculus.indices import apart, put
from symbackprop.calculus.links import ANY, I, J, K, activation_link, cost_link, dense, input_link
from symbackprop.calculus.partials import Partial
from symbackprop.network import notation
from symbackprop.network.composition import with_sizes
from symbackprop.network.functions import SIGMA, slope
from symbackprop.network.memo import memoised
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, LAST_LAYER, LAYER
from symbackprop.network.program import ranges_of


def error_along_paths(derivation: Derivation, layer: int) -> Expr:
    """Return ∂C/∂z_j of a layer, written at the general layer l, as the sum over its paths of the products of links.

    The paths end at the cost where `layer` is the last one, else at the weighted sums of the next layer."""
    activation = derivation.network.activations[layer - 1]
    a, z = notation.activation(LAYER), notation.weighted_input(LAYER)[J]
    error = error_general(elementwise=activation.is_elementwise).result.xreplace({slope(SIGMA)(z): Partial(a[J], z)})
    if layer == derivation.network.depth:
        return error
    sent_back = next(s.after for s in derivation.chains["error to activation"].steps if s.rule is rules.CHAIN)
    ends = {part: part.by.indices[0] for part in error.atoms(Partial) if part.of == COST}
    return error.xreplace({part: put(_apart(sent_back, index), {J: index}) for part, index in ends.items()})


def _apart(total: Expr, taken: Expr) -> Expr:
    """Return a sum with its index renamed where it is the one that is put in."""
    return apart(total, {taken} if isinstance(taken, Symbol) else ())


def link_chain(partial: Partial, derivation: Derivation) -> tuple[Chain, Mapping[Expr, Expr]]:
    """Return the chain that derives a link ∂C/∂a, ∂a/∂z, ∂z/∂w, ∂z/∂b or ∂z/∂a, and what makes it that very link.

    Its lines are written for general indices at the layer l or L. Raises TypeError for what is no link."""
    by = partial.by
    if partial.of == COST and by.base.letter == "a":
        return cost_link(derivation.network.cost_equation), {LAST_LAYER: by.base.layer, J: by.indices[0]}
    if not isinstance(partial.of, Indexed):
        raise TypeError(f"{partial} is no link of a chain")
    layer, (j,) = partial.of.base.layer, partial.of.indices
    if partial.of.base.letter == "a":
        activation = derivation.network.activations[int(layer) - 1]
        own = {J: j} if activation.is_elementwise else {I: j, J: by.indices[0]}
        return activation_link(activation), {LAYER: layer, **own}
    weight, bias = notation.weight(LAYER)[J, K], notation.bias(LAYER)[J]
    chain = {"w": input_link(weight), "b": input_link(bias), "a": arrival_link()}[by.base.letter]
    return chain, {LAYER: layer, J: j, K: by.indices[-1]}


@memoised
def arrival_link() -> Chain:
    """Return ∂z_j/∂a_k, the link between two layers."""
    weighted, _ = dense(ANY)
    z, a = weighted.target, notation.activation(LAYER - 1)[K]
    return link(z, a, weighted, Setting((weighted,), ranges_of(z) | ranges_of(a)))


def instance(expression: Expr, values: Mapping[Expr, Expr], network: Network) -> Expr:
    """Return a general line for one layer and for these indices of a network; a sum of one term is that term.

    `values` says which layer l, or L, stands for, and which number or letter each free index."""
    layers = tuple((symbol, layer) for symbol, layer in values.items() if symbol in (LAYER, LAST_LAYER))
    indices = {symbol: index for symbol, index in values.items() if symbol not in (LAYER, LAST_LAYER)}
    return _settled(put(_at_layers(expression, layers, network.widths), indices))


@memoised
def _at_layers(expression: Expr, layers: tuple[tuple[Symbol, Expr], ...], widths: tuple[int, ...]) -> Expr:
    """Return a general line for one layer, as all its neurons and weights share it."""
    return with_sizes(expression.xreplace(dict(layers)), widths)


def _settled(expression: Expr) -> Expr:
    """Return an expression with its sums of one term replaced by that term."""
    if not any(limit.args[1] == limit.args[2] for total in expression.atoms(Sum) for limit in total.limits):
        return expression
    if isinstance(expression, Sum):
        inner = _settled(expression.function)
        for symbol, first, last in (limit.args for limit in expression.limits):
            inner = put(inner, {symbol: first}) if first == last else Sum(inner, (symbol, first, last))
        return inner
    return expression.func(*map(_settled, expression.args))
