"""The derivation of a whole network: the four equations, the chains in the order of the story, one of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from sympy import Eq, Expr, KroneckerDelta, Piecewise, S, Sum, exp

from symbackprop.calculus import backpropagation, derivation, links, rules
from symbackprop.calculus.backpropagation import Derivation, derive, derive_for_code
from symbackprop.calculus.checking import Trust
from symbackprop.calculus.derivation import Chain
from symbackprop.calculus.equations import BackpropEquation
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.rules import RULES, Hypothesis
from symbackprop.errors import BudgetError, CheckError
from symbackprop.network import notation
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.functions import RELU, SIGMA, slope
from symbackprop.network.model import mlp
from symbackprop.network.notation import COST, LAST_LAYER, LAYER, index, scalar, width

I, J, K = map(index, "ijk")  # noqa: E741 - the letters of every textbook
W, B, z, a, delta = (
    notation.weight,
    notation.bias,
    notation.weighted_input,
    notation.activation,
    notation.error,
)
L, LAST = LAYER, LAST_LAYER
Y = notation.target(LAST)[J]
STEEP = slope(SIGMA)

NETWORKS: list[tuple[Any, ...]] = [
    ("1-1",),
    ("3-2", "tanh", "mse"),
    ("2-3-1",),
    ("784-30-10", ["sigmoid", "softmax"], "cross_entropy"),
    ("2-3-4-5-2", ["relu", "tanh", "softplus", "sigmoid"], "binary_cross_entropy"),
    ("2-3-2", ["softmax", "sigmoid"], "quadratic"),
    ("2-3-3-2", ["softmax", "tanh", "log_softmax"], "huber"),
    ("2-3-2", "z/(1+exp(-z))", "(a-y)**4"),
    ("2-2-2", ["max(0, z)", "identity"], "mae"),
    ("-".join(["4"] * 101), "tanh"),
]
NAMES = [" ".join(map(str, made_of))[:40] for made_of in NETWORKS]


@pytest.fixture(scope="module", params=NETWORKS, ids=NAMES)
def derived_network(request: pytest.FixtureRequest) -> Derivation:
    """Return the derivation of one of the networks."""
    return derive(mlp(*request.param))


def error_sent_back(layer: Expr | int, of: Expr, at: Expr) -> Expr:
    """Return Σ_i w_ij δ_i over the layer above, with i and j as given."""
    return Sum(W(layer + 1)[of, at] * delta(layer + 1)[of], (of, 1, width(layer + 1)))


def test_four_equations(derived_network: Derivation, lettered: Any) -> None:
    """BP1 to BP4 in index form, with a Jacobian in place of σ' where the neurons of a layer mix."""
    network = derived_network.network
    *hidden, last = network.activations
    mixed = Sum(Partial(COST, a(LAST)[I]) * Partial(a(LAST)[I], z(LAST)[J]), (I, 1, width(LAST)))
    through = Sum(Partial(a(L)[I], z(L)[J]) * error_sent_back(L, K, I), (I, 1, width(L)))
    plain = all(activation.is_elementwise for activation in hidden)
    expected = {
        "BP1": (
            delta(LAST)[J],
            STEEP(z(LAST)[J]) * Partial(COST, a(LAST)[J]) if last.is_elementwise else mixed,
        ),
        "BP2": (delta(L)[J], STEEP(z(L)[J]) * error_sent_back(L, I, J) if plain else through),
        "BP3": (Partial(COST, B(L)[J]), delta(L)[J]),
        "BP4": (Partial(COST, W(L)[J, K]), delta(L)[J] * a(L - 1)[K]),
    }
    assert list(expected) == list(derived_network.equations)
    for name, (left, right) in expected.items():
        equation = derived_network.equations[name]
        assert (left, lettered(right)) == (equation.left, lettered(equation.right))
        assert Eq(equation.left, equation.right, evaluate=False) == equation.sympy


def test_layers_at_which_each_equation_holds(derived_network: Derivation) -> None:
    """BP1 is for the last layer, BP2 for the hidden ones, BP3 and BP4 for all; the specific ones share the layers."""
    depth = derived_network.network.depth
    every = tuple(range(1, depth + 1))
    expected = {"BP1": every[-1:], "BP2": every[:-1], "BP3": every, "BP4": every}
    assert expected == {name: equation.layer_numbers for name, equation in derived_network.equations.items()}
    covered = [layer for equation in derived_network.specific.values() for layer in equation.layer_numbers]
    assert list(every) == sorted(covered)


def test_every_step_has_evidence(derived_network: Derivation) -> None:
    """Each line names a rule of the catalogue, begins where the one before ends, and was compared at some points."""
    for chain in derived_network.chains.values():
        assert chain.goal == chain.steps[0].before
        for step in chain.steps:
            assert step.rule in RULES
            assert step.before != step.after
            assert (step.before, step.after) == (step.evidence.before, step.evidence.after)
            assert step.evidence.points >= step.evidence.worlds == 4
    assert derived_network.steps == tuple(step for chain in derived_network.chains.values() for step in chain.steps)


def test_links_stand_alone_before_they_are_multiplied(derived_network: Derivation) -> None:
    """∂C/∂a, ∂a/∂z and ∂z/∂w are chains of their own, and the product of the three is written before any is put in."""
    network = derived_network.network
    last = network.activations[-1]
    left = I if not last.is_elementwise else J
    goals = [chain.goal for chain in derived_network.chains.values()]
    first, second = Partial(COST, a(LAST)[J]), Partial(a(L)[left], z(L)[J])
    third, bias = Partial(z(L)[J], W(L)[J, K]), Partial(z(L)[J], B(L)[J])
    assert first == goals[0]
    assert {second, third, bias} <= set(goals[1:])
    chain = derived_network.chains["last weight"]
    product = Partial(COST, a(LAST)[left]) * Partial(a(LAST)[left], z(LAST)[J])
    whole = product if last.is_elementwise else Sum(product, (I, 1, width(LAST)))
    assert Partial(COST, W(LAST)[J, K]) == chain.goal
    assert (rules.CHAIN, whole * Partial(z(LAST)[J], W(LAST)[J, K])) == (chain.steps[0].rule, chain.steps[0].after)
    put_in = [step for step in chain.steps if step.rule is rules.SUBSTITUTE]
    assert [3, 2, 1, 0] == [len(step.before.atoms(Partial)) for step in put_in] + [0]
    assert chain.result.atoms(Partial) == set()


def test_order_of_the_story() -> None:
    """Links, BP1 and what it is here, one weight of the last layer, BP3 and BP4, then one layer back."""
    expected = [
        "cost by activation",
        "activation by input: sigmoid",
        "input by weight",
        "input by bias",
        "BP1",
        "BP1 here",
        "last weight",
        "BP3",
        "BP4",
        "error to activation",
        "BP2",
        "BP2 here",
    ]
    assert expected == list(derive(mlp("2-3-1")).chains)


def test_code_is_made_of_the_same_equations() -> None:
    """What is derived for code lacks the one chain that no equation comes from, and nothing else."""
    network = mlp("2-3-3-2", ["tanh", "softmax", "sigmoid"], "huber")
    whole, found = ({n: c.result for n, c in d(network).chains.items()} for d in (derive, derive_for_code))
    assert whole == found | {"last weight": whole["last weight"]}
    assert "last weight" not in found


def test_links_of_several_activations() -> None:
    """Each distinct activation has one link, and one BP2 if it is hidden, named after it."""
    found = derive(mlp("2-3-3-3-3-2", ["tanh", "relu", "tanh", "sigmoid", "tanh"]))
    labels = [name for name in found.chains if name.startswith(("activation", "BP2"))]
    names = ["tanh", "relu", "sigmoid"]
    assert [*(f"activation by input: {n}" for n in names), "BP2", *(f"BP2 {n}" for n in names)] == labels
    layers = {name: equation.layer_numbers for name, equation in found.specific.items()}
    assert {"BP1 here": (5,), "BP2 tanh": (1, 3), "BP2 relu": (2,), "BP2 sigmoid": (4,)} == layers


def specific(name: str, *made_of: Any) -> BackpropEquation:
    """Return what an equation becomes for a network."""
    return derive(mlp(*made_of)).specific[name]


@pytest.mark.parametrize(
    ("made_of", "expected"),
    [
        (("2-3-1",), (a(LAST)[J] - Y) * a(LAST)[J] * (1 - a(LAST)[J])),
        (("2-1", "tanh"), (a(LAST)[J] - Y) * (1 - a(LAST)[J] ** 2)),
        (("2-1", "sigmoid", "binary_cross_entropy"), a(LAST)[J] - Y),
        (("2-1", "identity"), a(LAST)[J] - Y),
        (("2-2", "sigmoid", "cross_entropy"), -Y * (1 - a(LAST)[J])),
        (("2-1", "relu"), (a(LAST)[J] - Y) * Piecewise((1, z(LAST)[J] > 0), (0, True))),
        (("2-2", "softplus", "poisson"), (a(LAST)[J] - Y) * exp(z(LAST)[J]) / (a(LAST)[J] * (1 + exp(z(LAST)[J])))),
        (
            ("2-2", "softmax"),
            a(LAST)[J] * (a(LAST)[J] - Y - Sum(a(LAST)[I] * (a(LAST)[I] - Y.base[I]), (I, 1, width(LAST)))),
        ),
        (
            ("2-2", "log_softmax"),
            a(LAST)[J] - Y - exp(a(LAST)[J]) * Sum(a(LAST)[I] - Y.base[I], (I, 1, width(LAST))),
        ),
        (("2-2", "softmax", "cross_entropy"), a(LAST)[J] - Y),
    ],
)
def test_error_of_the_last_layer(made_of: tuple[Any, ...], expected: Expr, lettered: Any) -> None:
    """Known values come back, what cancels is gone, and the last line of BP1 is the form of the textbooks."""
    equation = specific("BP1 here", *made_of)
    assert 0 == (lettered(expected) - lettered(equation.right)).expand()
    assert lettered(equation.right).count_ops() <= lettered(expected).count_ops()


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("sigmoid", a(L)[J] * (1 - a(L)[J]) * error_sent_back(L, I, J)),
        ("tanh", (1 - a(L)[J] ** 2) * error_sent_back(L, I, J)),
        ("identity", error_sent_back(L, I, J)),
        ("relu", Piecewise((1, z(L)[J] > 0), (0, True)) * error_sent_back(L, I, J)),
        (
            "softmax",
            a(L)[J] * (error_sent_back(L, K, J) - Sum(a(L)[I] * error_sent_back(L, K, I), (I, 1, width(L)))),
        ),
    ],
)
def test_error_sent_back(activation: str, expected: Expr, lettered: Any) -> None:
    """BP2 of each kind of hidden layer, in known values."""
    equation = specific("BP2 here", "2-3-1", [activation, "sigmoid"])
    assert (delta(L)[J], lettered(expected)) == (equation.left, lettered(equation.right))


def test_hypotheses_are_stated() -> None:
    """A reader is told of every condition: differentiability, the value at a kink, targets that add up to 1."""
    found = derive(mlp("2-3-2", ["relu", "softmax"], "cross_entropy"))
    kinds = {hypothesis.kind for chain in found.chains.values() for hypothesis in chain.hypotheses}
    assert {"differentiable", "kink", "sums to one"} == kinds
    assert Hypothesis("kink", RELU(S.Zero, evaluate=False)) in found.chains["activation by input: relu"].hypotheses
    assumed = [step for step in found.steps if step.evidence.trust is Trust.ASSUMED]
    assert assumed == [step for step in found.steps if step.rule is rules.ASSUME]
    assert all(Hypothesis("sums to one", Y.base) in step.hypotheses for step in assumed)


@pytest.fixture
def nothing_known() -> Iterator[None]:
    """Forget what was derived before, for one test."""
    kept = [
        function
        for module in (backpropagation, links)
        for function in vars(module).values()
        if hasattr(function, "cache_clear")
    ]
    for function in kept:
        function.cache_clear()
    yield
    for function in kept:
        function.cache_clear()


def counted(monkeypatch: pytest.MonkeyPatch, made_of: tuple[Any, ...]) -> dict[str, int]:
    """Return how often something was differentiated, and compared, for a network of which nothing is known yet."""
    calls = {"differentiate": 0, "agree": 0}

    def spy(name: str) -> Any:
        plain = getattr(derivation, name)

        def called(*arguments: Any, assuming: Any = ()) -> Any:
            calls[name] += 1
            return plain(*arguments, **({"assuming": assuming} if assuming else {}))

        return called

    with monkeypatch.context() as patch:
        for name in calls:
            patch.setattr(derivation, name, spy(name))
        derive(mlp(*made_of))
    return calls


@pytest.mark.parametrize(
    ("small", "large"),
    [
        (("2-3-1",), ("784-30-10",)),
        (("4-4-4", "tanh"), ("-".join(["4"] * 101), "tanh")),
        (
            ("2-2-2-2", ["relu", "tanh", "sigmoid"]),
            ("9-8-7-6-5-4-3", ["relu", "tanh", "relu", "tanh", "tanh", "sigmoid"]),
        ),
    ],
    ids=["width", "depth", "mixed"],
)
@pytest.mark.usefixtures("nothing_known")
def test_one_derivation_for_each_distinct_equation(
    small: tuple[Any, ...], large: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither widths nor depth nor repeated layers cost a differentiation or a comparison more."""
    first = counted(monkeypatch, small)
    for module in (backpropagation, links):
        for function in vars(module).values():
            if hasattr(function, "cache_clear"):
                function.cache_clear()
    assert first == counted(monkeypatch, large)
    assert 0 < first["differentiate"] < 15


@pytest.mark.usefixtures("nothing_known")
@pytest.mark.parametrize("fault", ["differentiate", "contract"])
def test_planted_fault_stops_the_derivation(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The equations come from differentiation: with a wrong derivative there is no derivation at all."""
    plain = getattr(derivation, fault)
    monkeypatch.setattr(derivation, fault, lambda *arguments: -plain(*arguments))
    with pytest.raises(CheckError, match=r"(?s)^.* is not .* against "):
        derive(mlp("2-3-1"))


def test_what_was_derived_cannot_be_changed() -> None:
    """A derivation is a finished value: neither its chains nor its equations can be replaced."""
    found = derive(mlp("2-3-1"))
    with pytest.raises(TypeError, match="does not support item assignment"):
        found.equations["BP1"] = found.equations["BP2"]  # type: ignore[index]
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'chains'"):
        found.chains = {}  # type: ignore[misc]


def test_entries_of_a_concrete_network() -> None:
    """Written entry by entry, BP2 and BP4 of 2-3-1 have a line for each neuron and each weight."""
    found = derive(mlp("2-3-1"))
    sent_back = found.specific["BP2 here"].entries()
    a_1, w_1, d = scalar("a", 1, 2), scalar("w", 2, 1, 2), scalar("delta", 2, 1)
    assert (scalar("delta", 1, 2), a_1 * (1 - a_1) * d * w_1) == sent_back[1]
    assert 3 == len(sent_back)
    weights = dict(found.equations["BP4"].entries())
    assert 9 == len(weights)
    assert scalar("delta", 1, 3) * scalar("x", 2) == weights[Partial(COST, scalar("w", 1, 3, 2))]
    with pytest.raises(
        BudgetError, match=r"^BP4 written entry by entry is 23,820 equations, more than the 200 allowed"
    ):
        derive(mlp("784-30-10")).equations["BP4"].entries()


def test_softmax_has_no_index_in_two_meanings() -> None:
    """In the Jacobian form the neuron that is summed over is another one than that of the error."""
    chain: Chain = derive(mlp("2-3-2", ["sigmoid", "softmax"])).chains["activation by input: softmax"]
    assert a(L)[I] * (KroneckerDelta(I, J) - a(L)[J]) == chain.result
    assert ACTIVATIONS["softmax"].function is None


def test_what_was_derived_is_shown_in_a_line_with_its_layers() -> None:
    """At the prompt of Python a derivation, a chain and an equation are one line, in which δ of two layers differ."""
    derivation = derive(mlp("2-3-1"))
    assert f"<Derivation of 2-3-1: BP1, BP2, BP3, BP4 in {len(derivation.steps)} steps>" == repr(derivation)
    formula = "delta(l)[j] = sigma_slope(z(l)[j])*Sum(delta(l + 1)[i]*w(l + 1)[i, j], (i, 1, n(l + 1)))"
    assert f"<BP2: {formula}>" == repr(derivation.equations["BP2"])
    assert f"<Chain of 6 steps: {formula}>" == repr(derivation.equations["BP2"].chain)


def test_derivation_shows_its_equations_in_a_notebook() -> None:
    """The four equations stand below one another between the marks of a displayed formula."""
    derivation = derive(mlp("2-3-1"))
    lines = [equation.latex("index") for equation in derivation.equations.values()]
    shown = derivation._repr_latex_()
    assert shown.removeprefix("$$\\begin{gathered}").removesuffix("\\end{gathered}$$").split(" \\\\ ") == lines
