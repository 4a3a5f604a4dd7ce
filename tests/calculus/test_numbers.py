"""The numbers of one sample: those that somebody else published, exact where they can be, and checked line by line."""

from __future__ import annotations

import re
from fractions import Fraction
from importlib import resources
from types import SimpleNamespace

import numpy as np
import pytest
from sympy import Expr, Integer, Rational, S, Symbol, exp, log

from symbackprop.calculus import numbers
from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.numbers import Stage, descend, evaluate, instances
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.rules import ASSUME
from symbackprop.errors import CheckError, DataError
from symbackprop.network import notation
from symbackprop.network.model import mlp
from symbackprop.network.notation import COST
from symbackprop.network.values import pleasant_values, values_from_text
from symbackprop.numerics.compilation import compile

SHIPPED = resources.files("symbackprop.network").joinpath("example.toml").read_text(encoding="utf-8")

# as printed by M. Mazur, "A Step by Step Backpropagation Example" (2015), to as many digits as there are
PUBLISHED = {
    "z_1_1": "0.3775",
    "a_1_1": "0.593269992",
    "a_1_2": "0.596884378",
    "z_2_1": "1.105905967",
    "a_2_1": "0.75136507",
    "a_2_2": "0.772928465",
    "C": "0.298371109",
    "delta_2_1": "0.138498562",
    "delta_2_2": "-0.0380982",
}
PUBLISHED_SLOPES = {"w_2_1_1": "0.082167041", "w_1_1_1": "0.000438568"}
PUBLISHED_STEP = {
    "w_2_1_1": "0.35891648",
    "w_2_1_2": "0.408666186",
    "w_2_2_1": "0.511301270",
    "w_2_2_2": "0.561370121",
    "w_1_1_1": "0.149780716",
    "w_1_1_2": "0.19956143",
    "w_1_2_1": "0.24975114",
    "w_1_2_2": "0.29950229",
}


def shipped(steps: int = 0) -> tuple[Stage, ...]:
    """Return the numbers of the example that is shipped, before and after each step."""
    values = values_from_text(SHIPPED, kind="toml", where="example.toml")
    return descend(derive(mlp("2-2-2")), values.given, values.rate, steps)


def agrees(value: object, printed: str) -> bool:
    """Tell whether a number is one that was printed, to the last of its digits."""
    decimals = len(printed.partition(".")[2])
    return abs(Rational(str(value)) - Rational(printed)) <= Rational(1, 10**decimals)


def test_numbers_are_those_that_were_published() -> None:
    """Forward values, cost, errors, derivatives and the step agree with an example that somebody else worked out."""
    before, after = shipped(1)
    assert [] == [n for n, printed in PUBLISHED.items() if not agrees(before.parameters[Symbol(n)], printed)]
    assert [] == [n for n, printed in PUBLISHED_SLOPES.items() if not agrees(before.gradient[Symbol(n)], printed)]
    assert [] == [n for n, printed in PUBLISHED_STEP.items() if not agrees(after.parameters[Symbol(n)], printed)]


def test_gradient_of_a_batch_is_the_mean_of_its_samples() -> None:
    """Three samples of exclusive or, and two steps: cost and gradient are those of the compiled code; or their sums."""
    network = mlp("2-2-1", ["tanh", "sigmoid"])
    samples = [[Fraction(x) for x in row] for row in ((0, 1, 1), (1, 1, 0), (1, 0, 1))]
    start = pleasant_values(network, 4).given[0]
    given = [start | dict(zip(("x_1", "x_2", "y_1"), sample, strict=True)) for sample in samples]
    data = np.array(samples, float)
    params = {name: np.empty(shape) for name, shape in network.parameter_shapes.items()}
    for name, place in ((name, place) for name, value in params.items() for place in np.ndindex(value.shape)):
        params[name][place] = float(start["_".join((name[0].lower(), name[1:], *(str(p + 1) for p in place)))])
    gradient = compile(derive(network))
    for stage in descend(derive(network), given, Fraction(1, 2), 2):
        cost, grads = gradient(params, data[:, :2], data[:, 2:])
        assert float(stage.cost) == pytest.approx(cost, rel=1e-14)
        assert float(stage.gradient[Symbol("w_1_2_1")]) == pytest.approx(grads["W1"][1, 0], rel=1e-12)
        assert float(stage.gradient[Symbol("b_2_1")]) == pytest.approx(grads["b2"][0], rel=1e-12)
        params = {name: value - 0.5 * grads[name] for name, value in params.items()}
    added, mean = (descend(derive(network), given, Fraction(1), 0, mean=mean)[0].cost for mean in (False, True))
    assert 1e-45 > abs(added - 3 * mean)


@pytest.mark.parametrize(("value", "printed"), [("0.5933", "0.593269992"), ("0.298371", "0.298373")])
def test_wrong_number_is_seen(value: str, printed: str) -> None:
    """A number that differs in a digit that was printed is no agreement."""
    assert not agrees(value, printed)


def test_cost_goes_down_step_by_step() -> None:
    """Each step starts from the values of the one before, and lowers the cost of the sample."""
    costs = [stage.cost for stage in shipped(3)]
    assert sorted(costs, reverse=True) == costs
    assert 4 == len(set(costs))


def test_rational_numbers_stay_exact() -> None:
    """Where no exponential is met, everything is a fraction, the gradient included."""
    network = mlp("2-3-1", "relu", "quadratic")
    found = evaluate(derive(network), pleasant_values(network, 3).given[0])
    assert all(value.is_Rational for value in (*found.known.values(), *found.gradient.values()))
    z = found.known[Symbol("z_1_1")]
    assert max(z, 0) == found.known[Symbol("a_1_1")]


@pytest.mark.combinations
@pytest.mark.parametrize(
    ("activation", "cost"),
    [("gelu", "huber"), (["tanh", "softmax"], "mse"), (["silu", "log_softmax"], "mae"), ("z/(1+exp(-z))", "(a-y)**4")],
)
def test_gradient_is_the_difference_of_the_cost(activation: object, cost: str) -> None:
    """Each derivative is what the cost does when its parameter is turned a little, in 50 digits."""
    network = mlp("2-2-2", activation, cost)  # type: ignore[arg-type]
    derivation, given = derive(network), pleasant_values(network, 2).given[0]
    found = evaluate(derivation, given)
    step = Fraction(1, 10**12)
    for letter, slope in found.gradient.items():
        above, below = (
            evaluate(derivation, {**given, letter.name: given[letter.name] + s}).cost for s in (step, -step)
        )
        assert abs((above - below) / (2 * Rational(1, 10**12)) - slope) < Rational(1, 10**20)


def test_assumption_is_used_only_where_it_holds() -> None:
    """With targets that do not add up to 1, the error is that of the line before the assumption."""
    network = mlp("2-2", "softmax", "cross_entropy")
    given = {**pleasant_values(network, 1).given[0], "y_1": Fraction(1), "y_2": Fraction(1)}
    found = evaluate(derive(network), given)
    a, delta = (found.known[Symbol(f"{letter}_1_1")] for letter in ("a", "delta"))
    assert abs(2 * a - 1 - delta) < Rational(1, 10**40)


def test_lines_that_do_not_agree_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The errors are computed from every line of their derivation, and a line with another value is reported."""
    network = mlp("2-2-2", ["tanh", "sigmoid"])
    derivation, given = derive(network), pleasant_values(network, 1).given[0]
    lines = [step.after for step in derivation.chains["BP1 here"].steps]
    wrong = SimpleNamespace(steps=[SimpleNamespace(after=line) for line in (2 * lines[-1], lines[-1])])
    monkeypatch.setattr(numbers, "granted", lambda chain, known, network: wrong)
    with pytest.raises(CheckError, match=r"^delta_2_1: BP1 gives .* in one line and .* in another$"):
        evaluate(derivation, given)


@pytest.mark.filterwarnings("ignore:cost poisson takes the logarithm")
def test_number_that_is_not_finite_is_refused() -> None:
    """The logarithm of 0 is named, with the formula that it comes from."""
    network = mlp("1-1", "relu", "poisson")
    given = {"x_1": Fraction(1), "y_1": Fraction(1), "w_1_1_1": Fraction(-1), "b_1_1": Fraction(0)}
    with pytest.raises(DataError, match=r"log\(a_1_1\).* for these numbers; give others with --values"):
        evaluate(derive(network), given)


def test_instances_write_every_entry_out() -> None:
    """An equation at a layer becomes one for each neuron or weight, in numbered letters."""
    network = mlp("2-3-1")
    derivation = derive(network)
    pairs = dict(instances(derivation.equations["BP4"].left, derivation.equations["BP4"].right, 1, network))
    assert 6 == len(pairs)
    w, x, delta = Symbol("w_1_3_2"), Symbol("x_2"), Symbol("delta_1_3")
    assert delta * x == pairs[Partial(COST, w)]
    z = notation.weighted_input(notation.LAYER)
    assert 3 == len(list(instances(z[notation.index("j")], z[notation.index("j")], 1, network)))


def test_arrays_have_the_shapes_of_the_network() -> None:
    """A weight has a row for each neuron, a vector one number a row."""
    (found,) = shipped()[0].samples
    assert ((Rational(3, 20), Rational(1, 5)), (Rational(1, 4), Rational(3, 10))) == found.array("w", 1)
    assert ((Rational(1, 20),), (Rational(1, 10),)) == found.array("x")
    assert ((Rational(1, 100),), (Rational(99, 100),)) == found.array("y")
    assert 2 == len(found.array("delta", 1))
    wide = evaluate(derive(mlp("1-2-3")), pleasant_values(mlp("1-2-3"), 3).given[0])
    assert [[1, 1], [2, 2, 2]] == [[len(row) for row in wide.array("w", layer)] for layer in (1, 2)]
    assert [1, 3, 2, 3] == [len(wide.array(letter, *layer)) for letter, *layer in ("x", "y", ("a", 1), ("z", 2))]


@pytest.mark.parametrize(
    ("formula", "value", "slope"),
    [
        ("tanh(z)/z", 1, 0),
        ("(exp(z)-1)/z", 1, Rational(1, 2)),
        ("z/(exp(z)-1)", 1, Rational(-1, 2)),
        ("(1-cos(z))/z^2", Rational(1, 2), 0),
        ("exp(-1/z^2)", 0, 0),
    ],
)
def test_limit_where_a_formula_is_0_by_0(formula: str, value: Expr, slope: Expr) -> None:
    """Value and slope at z = 0 are the limits, exactly, in every line of the equation for the error."""
    given = {"x_1": Fraction(0), "w_1_1_1": Fraction(1, 2), "b_1_1": Fraction(0), "y_1": Fraction(1, 4)}
    numbers = evaluate(derive(mlp("1-1", formula)), given)
    a, delta = (numbers.array(letter, 1)[0][0] for letter in ("a", "delta"))
    assert (value, (value - Rational(1, 4)) * slope) == (a, delta)


def test_what_cancels_is_zero() -> None:
    """An error that is 0 for these numbers is 0, not what 50 digits leave of it; a small one stays what it is."""
    network = mlp("2-2-2", ["softsign", "log_softmax"], "quadratic")
    at = evaluate(derive(network), pleasant_values(network, 9).given[0])
    assert 0 == at.known[notation.scalar("delta", 1, 1)]
    assert 0 == at.gradient[notation.scalar("w", 1, 1, 2)]
    a, b = Symbol("a"), Symbol("b")
    tiny = Rational(1, 10**30)
    known = {a: Rational(1, 3).n(50), b: Rational(1, 3).n(50) + tiny}
    assert 1e-15 > abs(numbers.value_of(b - a, known) / tiny - 1)
    assert 0 == numbers.value_of((a - known[a] * (1 + Rational(1, 10**49))) * 7, known)


@pytest.mark.parametrize(("activation", "value"), [("gelu", S.Zero), ("mish", -1000 * exp(-1000))])
def test_function_far_out_is_worth_its_digits_at_once(activation: str, value: Expr) -> None:
    """1 + erf(-707) is 0 in 50 digits: the 217,000 more that it would take to tell them apart are not looked for."""
    given = {"x_1": Fraction(100), "w_1_1_1": Fraction(-10), "b_1_1": Fraction(0), "y_1": Fraction(0)}
    a = evaluate(derive(mlp("1-1", activation)), given).array("a", 1)[0][0]
    assert abs(a - value.evalf(50)) <= Rational(1, 10**40) * abs(value)


def test_sum_that_cancels_keeps_what_the_letters_know() -> None:
    """1 + tanh(z) is 2e^(2z) at z = -709.5, a number of 50 digits, after a step as before it; no 1e-51 of rounding."""
    given = {"x_1": Fraction(1), "y_1": Fraction(0), "w_1_1_1": Fraction(1), "b_1_1": Fraction(-1421, 2)}
    for stage in descend(derive(mlp("1-1", "tanh(z)+1")), [given], Fraction(1), 1):
        assert 1e-40 > abs(stage.samples[0].array("a", 1)[0][0] / (2 * exp(Rational(-1419))).evalf(60) - 1)


@pytest.mark.parametrize(
    ("shape", "activation", "z", "message"),
    [
        ("1-1-1", "exp(z)", 20000, r"^f\(z_2_1\) is oo, no real number, for these numbers; give others"),
        ("1-1-1", "exp(z)", 100, r"^f\(z_2_1\) is beyond 10\^100000 for these numbers; give others"),
        ("1-1", "exp(exp(z))", 30, r"^f\(z_1_1\) is beyond 10\^100000 for these numbers; give others"),
        ("1-1", "exp(-exp(z))", 30, r"^f\(z_1_1\) is below 10\^-100000 for these numbers; give others"),
    ],
)
def test_number_that_nobody_can_write_is_refused_at_once(shape: str, activation: str, z: int, message: str) -> None:
    """A power of e with 44 digits would be computed, or written, for minutes."""
    network = mlp(shape, activation)
    given = {name: Fraction(int(name[0] == "w")) for name in pleasant_values(network).given[0]}
    with pytest.raises(DataError, match=message):
        evaluate(derive(network), given | {"b_1_1": Fraction(z)})


A, B = Symbol("a"), Symbol("b")
LONG = Rational(1, 3).n(50)


@pytest.mark.parametrize(
    ("formula", "known", "value"),
    [
        (2 * A, {A: Rational(1, 3), B: LONG}, Rational(2, 3)),  # what is not in it rounds nothing
        (A * B, {A: S.Zero, B: LONG}, S.Zero),
        ((A - 10**30 * LONG * (1 + Rational(1, 10**49))) * 7, {A: 10**30 * LONG}, S.Zero),  # whatever the size
        (A + B - 1, {A: Rational(1, 3), B: Rational(2, 3)}, S.Zero),
    ],
)
def test_exact_value_stays_exact(formula: Expr, known: dict[Expr, Expr], value: Expr) -> None:
    """A fraction stays one where nothing in the formula is rounded, and so does 0."""
    found = numbers.value_of(formula, known)
    assert (value, True) == (found, found.is_Rational)


@pytest.mark.parametrize(
    ("formula", "at", "message"),
    [(exp(A), 230300, "beyond 10^100000"), (exp(-A), 230300, "below 10^-100000"), (log(A), -1, "3.14159*I, no real")],
)
def test_what_is_no_number_that_can_be_written_is_refused(formula: Expr, at: int, message: str) -> None:
    """Up to 10^100000 a number is written, an imaginary one never."""
    with pytest.raises(DataError, match=re.escape(message)):
        numbers.value_of(formula, {A: Integer(at)})
    assert 1e-40 > abs(numbers.value_of(exp(A), {A: Integer(207232)}) / exp(Integer(207232)).n(60) - 1)


def test_two_samples_have_their_mean() -> None:
    """The cost of two samples is half of the sum of theirs."""
    network = mlp("1-1", "identity", "quadratic")
    start = {name: Fraction(1, 2) for name in pleasant_values(network).given[0]}
    stage = descend(derive(network), [start, start | {"y_1": Fraction(5)}], Fraction(1), 0)[0]
    assert sum(sample.cost for sample in stage.samples) / 2 == stage.cost


def test_large_errors_agree_to_their_own_digits() -> None:
    """Lines that differ by the rounding of a number of 15 figures are not called different."""
    network = mlp("1-1", "tanh", "quadratic")
    given = {name: Fraction(1, 3) for name in pleasant_values(network).given[0]}
    assert abs(evaluate(derive(network), given | {"y_1": Fraction(10**15)}).array("delta", 1)[0][0]) > 10**14


def test_supposed_sum_is_looked_at() -> None:
    """Σ y = 1 is supposed in the lines of a sample where it is so, whatever the last of its entries."""
    network = mlp("2-3", "softmax", "cross_entropy")
    chain = derive(network).chains["BP1 here"]
    halves = {Symbol(f"y_{j}"): Rational(1, 2 ** min(j, 2)) for j in (1, 2, 3)}
    assert chain is numbers.granted(chain, halves, network)
    assert ASSUME not in {step.rule for step in numbers.granted(chain, halves | {Symbol("y_3"): S.One}, network).steps}
