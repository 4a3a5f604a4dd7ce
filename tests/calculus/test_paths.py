"""The product of the links along a path is the derivative, and each link is the one that it says."""

from __future__ import annotations

import pytest
from sympy import Expr, Integer, Sum

from symbackprop.calculus import rules
from symbackprop.calculus.backpropagation import Derivation, derive
from symbackprop.calculus.checking import Setting
from symbackprop.calculus.derivation import extend, start
from symbackprop.calculus.links import ANY, I, J, K, dense
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.paths import error_along_paths, instance, link_chain
from symbackprop.errors import CheckError
from symbackprop.network import notation
from symbackprop.network.model import mlp
from symbackprop.network.notation import COST, LAST_LAYER, LAYER
from symbackprop.network.program import ranges_of

NETWORKS = {
    "plain": mlp("2-3-1"),
    "softmax last": mlp("3-4-3", ["tanh", "softmax"], "cross_entropy"),
    "softmax hidden": mlp("3-4-2", ["softmax", "sigmoid"], "binary_cross_entropy"),
}


def setting(derivation: Derivation, layer: int) -> Setting:
    """Return what is known about a layer and what comes after it: the cost, or the weighted sums of the next layer."""
    network = derivation.network
    z = notation.weighted_input(LAYER)[J]
    active = dense(network.activations[layer - 1])[1]
    if layer == network.depth:
        return Setting((active, network.cost_equation), ranges_of(z))
    above = dense(ANY)[0].at_layer(LAYER + 1)
    return Setting((active, above), ranges_of(z), {notation.error(LAYER + 1): above.tensor}, (above.tensor,))


def claim(derivation: Derivation, layer: int, product: Expr) -> None:
    """Check that ∂C/∂z_j of a layer is what a product says it is."""
    chain = start(Partial(COST, notation.weighted_input(LAYER)[J]), setting(derivation, layer))
    assert product == extend(chain, rules.CHAIN, product).result


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("layer", [1, 2])
def test_product_along_the_paths_is_the_derivative(name: str, layer: int) -> None:
    """In every layer, the sum over the paths of the products of their links agrees with the derivative of the cost."""
    derivation = derive(NETWORKS[name])
    claim(derivation, layer, error_along_paths(derivation, layer))


def test_wrong_product_is_noticed() -> None:
    """A product with a factor too many does not agree."""
    derivation = derive(NETWORKS["plain"])
    with pytest.raises(CheckError, match=r"is not 2\*Partial"):
        claim(derivation, 1, 2 * error_along_paths(derivation, 1))


@pytest.mark.parametrize(
    "partial",
    [
        Partial(COST, notation.activation(2)[1]),
        Partial(notation.activation(2)[1], notation.weighted_input(2)[1]),
        Partial(notation.activation(1)[3], notation.weighted_input(1)[3]),
        Partial(notation.weighted_input(1)[2], notation.weight(1)[2, 1]),
        Partial(notation.weighted_input(2)[1], notation.bias(2)[1]),
        Partial(notation.weighted_input(2)[1], notation.activation(1)[3]),
        Partial(notation.weighted_input(2)[I], notation.activation(1)[K]),
    ],
    ids=str,
)
def test_chain_of_a_link_begins_with_that_link(partial: Partial) -> None:
    """The places that come with the chain of a link turn its general left side into the link that was asked for."""
    network = NETWORKS["plain"]
    chain, places = link_chain(partial, derive(network))
    symbolic = {LAST_LAYER: Integer(2), LAYER: Integer(1)} | places
    assert instance(partial, {}, network) == instance(chain.goal, symbolic, network)
    assert not chain.result.has(Partial)


def test_what_is_no_link_is_refused() -> None:
    """The derivative of the cost by a weighted sum is no link, but a product of some."""
    z = notation.weighted_input(2)[1]
    with pytest.raises(TypeError, match="is no link of a chain"):
        link_chain(Partial(COST, z), derive(NETWORKS["plain"]))


def test_sum_of_one_term_is_that_term() -> None:
    """With one neuron in the next layer there is one path, so no sum is written; with ten there is a sum to ten."""
    for shape, sums in (("2-3-1", []), ("2-3-10", [10])):
        network = mlp(shape)
        product = instance(error_along_paths(derive(network), 1), {LAYER: Integer(1), J: Integer(2)}, network)
        assert sums == [int(total.limits[0].args[2]) for total in product.atoms(Sum)]


def test_link_of_activations_that_mix_has_an_index_of_its_own_for_each() -> None:
    """∂a_1/∂z_2 of a softmax is the general link, where i is 1 and j is 2."""
    a, z = notation.activation(1), notation.weighted_input(1)
    _, values = link_chain(Partial(a[1], z[2]), derive(mlp("2-2", "softmax", "cross_entropy")))
    assert {"i": 1, "j": 2} == {symbol.name: value for symbol, value in values.items() if symbol != LAYER}
