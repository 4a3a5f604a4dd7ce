"""A chain of dense layers with an activation that mixes its neurons in a way of its own, computed by its equations.

Backends have functions for the shares of a softmax and what goes with them; for any other one the lines are written
from the derivation of the equations, as for all networks of layers.
"""

from __future__ import annotations

from symbackprop.network.activations import Activation
from symbackprop.network.layered import LayeredNetwork, dense_layers
from symbackprop.network.model import Network
from symbackprop.network.terms import terms_of
from symbackprop.numerics.forwardvalues import SHARES


def as_computed(network: Network) -> Network | LayeredNetwork:
    """Return the network, as equations where a backend has no function for one of its activations.

    Raises SpecError for an activation that mixes and is not registered."""
    if all(map(has_functions, network.activations)):
        return network
    return as_equations(network)


def as_equations(network: Network) -> LayeredNetwork:
    """Return a chain of dense layers as the equations of its layers, each an array of its own.

    Raises SpecError for an activation that mixes and is not registered."""
    return dense_layers(network.widths, network.activations, terms_of(network.cost_function, title=network.title))


def has_functions(activation: Activation) -> bool:
    """Tell whether backends have functions for an activation: one of single neurons, or the shares of a softmax."""
    return activation.is_elementwise or activation.name in SHARES
