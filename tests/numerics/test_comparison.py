"""Two trainings side by side: alike where the gradients are, apart where one is wrong, however small the mistake."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from planted.planting import Fault
from planted.witnesses import TRAINERS

import symbackprop as sb
from symbackprop.errors import DataError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.numerics import comparison
from symbackprop.numerics.comparison import Comparison, Course, accuracy_of, side_by_side, witness_knows
from symbackprop.numerics.data import Data, load
from symbackprop.numerics.reference import History, Step

pytestmark = pytest.mark.combinations

SHORT = Course(learning_rate=0.5, epochs=20, batch_size=3, seed=1)


def gradient(*network):
    """Return the compiled gradient of a network."""
    return sb.compile(sb.derive(sb.mlp(*network)))


class Wrong:
    """A compiled gradient with one entry a little off."""

    def __init__(self, right, by: float) -> None:
        self.right, self.by, self.derivation = right, by, right.derivation

    def __call__(self, params, x, y):
        """Return the cost, and the gradient with that mistake."""
        cost, grads = self.right(params, x, y)
        grads["W1"][1, 0] *= 1 + self.by
        return cost, grads


@pytest.mark.parametrize(
    ("step", "drift", "ok", "is_chaotic"),
    [
        (1e-12, 1e-9, True, False),
        (2e-12, 1e-9, False, False),
        (1e-12, 2e-9, True, True),
        (2e-12, 2e-9, False, False),
        (float("nan"), 0.0, False, False),
        (0.0, float("inf"), False, False),
    ],
)
def test_verdict_goes_by_the_steps(step: float, drift: float, ok: bool, is_chaotic: bool) -> None:
    """Steps that differ by what is allowed agree; ends that are apart are chaos where the steps agree."""
    done = Comparison(History((), {}), None, step, drift)
    assert (ok, is_chaotic) == (done.ok, done.is_chaotic)


@pytest.mark.parametrize(("one", "other", "drift"), [(3.0, 2.0, 0.5), (-3.0, -4.0, 0.25), (0.5, 0.0, 0.5)])
def test_drift_is_relative_to_the_largest_parameter(one: float, other: float, drift: float) -> None:
    """The ends differ by a share of the largest parameter, or of 1 where all are 0."""
    small = {"b": np.zeros(1)}
    assert drift == comparison._drift({"W": np.array([one]), **small}, {"W": np.array([other]), **small})


@pytest.mark.parametrize(
    ("before", "ends", "costs", "wanted"),
    [
        (0.0, (0.0, 0.5), (0.5, 0.5), 0.5),  # where nothing is and nothing moves
        (0.0, (2.0, 3.0), (0.5, 0.5), 0.5),  # of the step
        (10.0, (12.0, 13.5), (0.5, 0.5), 0.5),  # of the step and a tenth of the parameter
        (0.0, (1.0, 1.0), (0.5, 0.75), 0.25),  # a cost below 1
        (0.0, (1.0, 1.0), (-4.0, -3.0), 0.25),
        (0.0, (1.0, float("nan")), (0.5, 0.5), float("inf")),
    ],
)
def test_step_is_compared_with_one_by_hand(
    before: float, ends: tuple[float, float], costs: tuple[float, float], wanted: float
) -> None:
    """Where a step ends is measured by the step itself and what rounding leaves of it, its cost by 1 or by itself."""
    shadow = comparison._Shadow(iter([]), {"b": np.array([before])})
    step = Step(1, costs[0], {"b": np.array([ends[0]])})
    assert wanted == shadow._difference(step, costs[1], {"b": np.array([ends[1]])})


def test_two_right_gradients_train_alike() -> None:
    """Losses and parameters of both trainings are equal but for rounding."""
    done = side_by_side(gradient("2-3-1"), load("xor"), SHORT)
    assert done.ok
    assert not done.is_chaotic
    assert 1e-14 > done.step_difference
    assert 1e-14 > done.drift
    assert done.witness.losses == pytest.approx(done.compiled.losses, rel=1e-13)


@pytest.mark.parametrize("by", [1e-3, 1e-6])
def test_wrong_entry_is_seen(by: float) -> None:
    """One entry of one gradient that is off by a part in a million fails, whatever becomes of the ends."""
    done = side_by_side(Wrong(gradient("2-3-1"), by), load("xor"), SHORT)
    assert not done.ok
    assert comparison.STEP_TOLERANCE < done.step_difference


@pytest.mark.parametrize("network", [("2-3-1",), ("2-3-1", "z^3/9")], ids=["known", "formula"])
@pytest.mark.parametrize("fault", TRAINERS, ids=lambda fault: fault.name)
def test_wrong_trainer_is_seen(fault: Fault, network: tuple, plant) -> None:
    """Whatever either trainer does wrong shows in its single steps, also where the gradient itself has no witness."""
    plant(fault.function, fault.right, fault.wrong)
    done = side_by_side(gradient(*network), load("xor"), SHORT)
    assert not done.ok
    assert comparison.STEP_TOLERANCE < done.step_difference


@pytest.mark.parametrize("rate", [1e-9, 1e-3, 50.0])
def test_length_of_the_steps_hides_no_fault(rate: float) -> None:
    """Right trainings pass with the smallest steps and the largest, and a wrong entry fails with both."""
    course = Course(rate, 20, 3, 1)
    assert side_by_side(gradient("2-3-1"), load("xor"), course).ok
    assert not side_by_side(Wrong(gradient("2-3-1"), 1e-2), load("xor"), course).ok


def test_chaos_is_no_mistake(monkeypatch) -> None:
    """Where rounding grows until the ends differ, right gradients pass by their single steps, and wrong ones do not."""
    course = Course(learning_rate=0.5, epochs=3_000, batch_size=32, seed=0)
    done = side_by_side(gradient("2-3-1", "softplus"), load("xor"), course)
    assert done.is_chaotic
    assert done.ok
    assert 1e-14 > done.step_difference
    assert not side_by_side(Wrong(gradient("2-3-1", "softplus"), 1e-9), load("xor"), course).ok


def test_witness_that_is_no_number_fails(monkeypatch) -> None:
    """A training by hand whose parameters became NaN agrees with nothing."""
    lost = History((1.0,), {"W1": np.full((1, 2), np.nan), "b1": np.zeros(1)})
    monkeypatch.setattr(comparison, "train", lambda *_, **__: lost)
    assert not side_by_side(gradient("2-1"), load("xor"), SHORT).ok


@pytest.mark.parametrize("network", [("2-3-1", ["z^3/9", "sigmoid"]), ("2-3-1", "sigmoid", "(a-y)**4")])
def test_formula_is_trained_alone(network) -> None:
    """What the witness does not know is trained without it, and its accuracy is known all the same."""
    compiled = gradient(*network)
    done = side_by_side(compiled, load("xor"), SHORT)
    assert None is done.witness
    assert (True, False, 0.0) == (done.ok, done.is_chaotic, done.drift)
    accuracy = accuracy_of(compiled.derivation.network, done.compiled.params, load("xor"))
    assert accuracy in (0.0, 0.25, 0.5, 0.75, 1.0)


@pytest.mark.parametrize(("cost", "known"), [("mse", False), ("mae", False), ("huber", False), ("quadratic", True)])
def test_cost_of_a_regression_has_no_accuracy(cost: str, known: bool) -> None:
    """Where a cost measures how far a number is missed, there is no class to be right about."""
    net = gradient("2-3-1", "sigmoid", cost).derivation.network
    assert known == (accuracy_of(net, net.initial_params(0), load("xor")) is not None)


@pytest.mark.parametrize(("activation", "accuracy"), [("z^3", 1.0), ("sigmoid", 1.0)])
def test_accuracy_goes_by_weights_and_biases(activation: str, accuracy: float) -> None:
    """The class goes by σ(w x + b): with a bias of 1 one sample is above the middle, and the other below it."""
    data = Data(np.array([[1.0], [-3.0]]), np.array([[1.0], [0.0]]), "two")
    assert accuracy == accuracy_of(sb.mlp("1-1", activation), {"W1": np.full((1, 1), 0.5), "b1": np.ones(1)}, data)


def test_accuracy_where_neurons_mix() -> None:
    """Of a softmax it is known, of what mixes in another way nothing is."""
    data, params = Data(np.eye(2), np.eye(2), "eye"), {"W1": np.eye(2), "b1": np.zeros(2)}
    softmax = sb.mlp("2-2", "softmax", "cross_entropy")
    assert 1.0 == accuracy_of(softmax, params, data)
    mixing = dataclasses.replace(softmax.activations[0], name="mixer")
    assert None is accuracy_of(dataclasses.replace(softmax, activations=(mixing,)), params, data)


def test_accuracy_of_a_formula_is_that_of_the_activation_it_spells() -> None:
    """A network of formulas predicts as one of the named functions that the formulas spell out."""
    course = Course(learning_rate=0.5, epochs=300, batch_size=4, seed=1)
    both = (
        gradient("2-3-1", ["(exp(z)-exp(-z))/(exp(z)+exp(-z))", "1/(1+exp(-z))"]),
        gradient("2-3-1", ["tanh", "sigmoid"]),
    )
    spelt, named = (side_by_side(each, load("xor"), course) for each in both)
    params = named.compiled.params
    assert 1 == len({accuracy_of(each.derivation.network, params, load("xor")) for each in both})
    assert 1e-12 > max(np.max(np.abs(spelt.compiled.params[n] - p)) for n, p in named.compiled.params.items())


def test_every_built_in_part_has_its_witness() -> None:
    """All activations and costs of the registries are known to the witness by hand, and a formula is not."""
    unknown = [name for name in ACTIVATIONS if not witness_knows(sb.mlp("2-3-1", [name, "identity"]))]
    unknown += [name for name in COSTS if not witness_knows(sb.mlp("2-3-1", "sigmoid", name))]
    assert [] == unknown
    assert not witness_knows(sb.mlp("2-3-1", "z^2"))


def test_every_epoch_is_told() -> None:
    """`on_epoch` is called once for each epoch of each training, and not for the look at single steps."""
    told = []
    side_by_side(Wrong(gradient("2-3-1"), 1e-3), load("xor"), SHORT, on_epoch=lambda: told.append(1))
    assert 40 == len(told)


def test_cost_that_runs_away_is_an_error() -> None:
    """A learning rate that is far too large ends with one line, and no comparison."""
    data = Data(np.array([[1.0, 2.0]]), np.array([[3.0]]), "one")
    with pytest.raises(DataError, match=r"the cost became (inf|nan); lower learning_rate, now 1e\+100"):
        side_by_side(gradient("2-1", "identity"), data, Course(1e100, 10, 1, 0))
