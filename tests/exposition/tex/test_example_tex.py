"""A worked example in TeX: the article and the slides compile, and hold what the document does."""

from __future__ import annotations

import pytest
from sympy import Rational

from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.numbers import descend
from symbackprop.exposition.example.narration import narrate_example
from symbackprop.exposition.narration import Labels
from symbackprop.exposition.rendering import files_of
from symbackprop.network.model import mlp
from symbackprop.network.values import pleasant_values


@pytest.mark.thorough
@pytest.mark.combinations
@pytest.mark.parametrize(
    ("shape", "activation", "cost", "language"),
    [
        ("2-2-2", "sigmoid", "quadratic", "en"),
        ("3-6-2", ["gelu", "softmax"], "mse", "es"),
        ("1-2-3-1", ["z/(1+exp(-z))", "tanh", "sigmoid"], "binary_cross_entropy", "es"),
    ],
)
def test_example_compiles_without_a_complaint(tex, shape: str, activation: object, cost: str, language: str) -> None:
    """No line of numbers and no matrix is too wide, whatever the network, on paper and on slides."""
    network = mlp(shape, activation, cost)  # type: ignore[arg-type]
    derivation, values = derive(network), pleasant_values(network, 1)
    stages = descend(derivation, values.given, values.rate, 1)
    document = narrate_example(derivation, stages, Labels(language), rate=Rational(1, 2), digits=6)
    for name, main in (("latex", "derivation.tex"), ("beamer", "handout.tex")):
        assert [] == tex.complaints(files_of(derivation, document, name), main, runs=1)
    assert len(tex.pages("derivation.pdf")) > 5
    assert len(tex.pages("handout.pdf")) > 12
