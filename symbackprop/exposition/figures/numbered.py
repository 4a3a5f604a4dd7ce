"""A network with the numbers of a sample in it: on the way forward activations, on the way back errors.

x_1 --w--> a_1 --w--> C          0.05 --0.15--> 0.593 --0.4--> 0.298          (δ) 0.0088 <--0.4-- 0.139
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Basic

from symbackprop.calculus.matrices import Matrix
from symbackprop.exposition.figures.labelling import named_edges
from symbackprop.exposition.figures.layout import NetworkPicture, Neuron


def numbered(picture: NetworkPicture, values: Mapping[Basic, Matrix], way: str) -> NetworkPicture:
    """Return the picture with numbers in the places of letters, and on the edges of its path; `way` names it.

    What has no number keeps its letter; nothing is said below the layers, so that numbers have more room."""

    def shown(neuron: Neuron) -> Neuron:
        return replace(neuron, letter=values.get(neuron.letter, neuron.letter))

    edges = tuple(
        replace(each.edge, label=None if each.weight is None or not each.edge.on_path else values.get(each.weight))
        for each in named_edges(picture)
    )
    neurons = tuple(map(shown, picture.neurons))
    return replace(picture, neurons=neurons, edges=edges, columns=(), cost=shown(picture.cost), numbers=way)
