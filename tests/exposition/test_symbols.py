"""One letter, one meaning: any activation and sigmoid never share σ on a page on which they are different things."""

from __future__ import annotations

import pytest

from symbackprop.calculus.backpropagation import derive
from symbackprop.exposition.document import Formula, Prose, Table
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.symbols import own_letters
from symbackprop.network.functions import SIGMA, SIGMOID, Z
from symbackprop.network.model import Network, mlp

SILU_ETC = ["silu", "sigmoid,softmax", "relu,sigmoid", "z*sigmoid(z),tanh", "sigmoid,z*sigmoid(z)"]


def network_of(activations: str, cost: str = "quadratic") -> Network:
    """Return a small network with these activations, one for each layer or one for all."""
    *several, last = activations.split(",")
    return mlp("2-3-2", (*several, last) if several else last, cost)


@pytest.mark.parametrize("activations", SILU_ETC)
def test_any_activation_has_a_letter_of_its_own_beside_sigmoid(activations: str) -> None:
    """Where sigmoid stands among other functions, σ is sigmoid, and any activation is φ."""
    symbols = own_letters(network_of(activations), {})
    assert (r"\varphi{\left(z\right)}", r"\sigma{\left(z\right)}") == tuple(
        latex(f(Z), symbols=symbols) for f in (SIGMA, SIGMOID)
    )


@pytest.mark.parametrize("activations", ["sigmoid", "tanh", "tanh,softmax", "relu", "softmax"])
def test_any_activation_is_sigma_where_that_says_nothing_else(activations: str) -> None:
    """Without sigmoid, or with nothing but sigmoid, which is then an instance of σ, the letter stays."""
    assert {} == own_letters(network_of(activations), {})


def test_sigmoid_in_a_cost_counts() -> None:
    """A sigmoid in the user's formula of a cost takes σ, too."""
    assert "varphi" == own_letters(network_of("tanh", "(sigmoid(a)-y)^2"), {})["sigma"]


def test_letter_that_was_asked_for_is_that_of_any_activation() -> None:
    """`sigma=f` renames any activation; a letter that something else has is not taken."""
    network = network_of("silu")
    assert {"sigma": "f", "sigmoid": "sigma"} == own_letters(network, {"sigma": "f"})
    assert "psi" == own_letters(network, {"w": r"\varphi"})["sigma"]


@pytest.mark.parametrize(("activations", "rows"), [("tanh,softmax", 1), ("softmax", 0), ("tanh,log_softmax", 1)])
def test_tables_say_of_no_softmax_layer_that_it_works_neuron_by_neuron(activations: str, rows: int, lang: str) -> None:
    """The row a = σ(z) is about the other layers, or is not there; softmax has a row with its own equation."""
    document = narrate(derive(network_of(activations)), lang=lang)
    general, batch = [block for block in document.blocks if isinstance(block, Table) and "BP4" in str(block.rows)][:2]
    written = ["".join(_shown(cell, document.style) for cell in row) for row in (*general.rows, *batch.rows)]
    assert 2 * rows == sum(r" = \sigma{\left(" in row for row in written if "delta" not in row)
    assert 2 == sum("softmax}" in row for row in written)
    assert bool(rows) == any(r"\sigma" in str([_shown(block.text, document.style)]) for block in _proses(document))


def _proses(document):
    return [block for block in document.blocks if isinstance(block, Prose)]


def _shown(text, style) -> str:
    return "".join(formula_latex(part, style) if isinstance(part, Formula) else str(part) for part in text)
