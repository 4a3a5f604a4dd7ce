"""Where pieces of a formula meet: its slope is that of both sides, or a value between them that no spelling changes."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Eq, Expr, Piecewise, Rational, S, exp, sqrt

from symbackprop.calculus.backpropagation import derive
from symbackprop.errors import ExpressionError
from symbackprop.network.costs import A, Y
from symbackprop.network.expressions import parse_activation, parse_cost
from symbackprop.network.extremes import STEP, Maximum, Minimum, where
from symbackprop.network.functions import Z, explicit
from symbackprop.network.kinks import meeting_points, number_at, sides
from symbackprop.network.lawful import lawful_slope
from symbackprop.network.lawfulcosts import lawful_cost
from symbackprop.network.model import mlp
from symbackprop.numerics.compilation import compile
from symbackprop.numerics.witnesses import central_difference

pytestmark = pytest.mark.combinations

# text -> the slope at a point at which pieces meet
SLOPES = {
    # both sides agree: theirs
    ("max(0,z)+min(0,exp(z)-1)", 0): 1,
    ("max(z,0)+exp(min(z,0))-1", 0): 1,
    ("relu(z)-relu(-z)", 0): 1,
    ("relu(z-3)-relu(3-z)", 3): 1,
    ("where(z>0,z,exp(z)-1)", 0): 1,
    ("where(z==0,0,z)", 0): 1,
    ("where(z==2,4,z^2)", 2): 4,
    ("abs(z)*sign(z)", 0): 1,
    ("relu(z)^2", 0): 0,
    ("max(abs(z),z^2)-min(abs(z),z^2)-abs(z^2-abs(z))", 1): 0,
    ("sqrt(z^2)*z", 0): 0,
    # they do not, and a max or a min decides: the mean, however it is written
    ("max(0.1*z,z)", 0): Rational(11, 20),
    ("max(z,0.1*z)", 0): Rational(11, 20),
    ("-min(-z,-0.1*z)", 0): Rational(11, 20),
    ("max(0,z)+0.1*min(0,z)", 0): Rational(11, 20),
    ("relu(z)+0.1*min(0,z)", 0): Rational(11, 20),
    ("relu(z)-0.1*relu(-z)", 0): Rational(11, 20),
    ("max(relu(z),0.1*z)", 0): S.Half,
    ("max(max(z,0),0.1*z)", 0): S.Half,
    ("max(0.1*z,max(0,z))", 0): S.Half,
    ("max(abs(z),0.5*z)", 0): 0,
    ("abs(max(z,0))", 0): S.Half,
    ("min(max(z,-1),1)", -1): S.Half,
    ("clip(z,0,6)", 6): S.Half,
    ("max(z,0)*(2+z)", 0): 1,
    ("max(z,0)/(2+sign(z))", 0): Rational(1, 6),
    ("max(0,z^2-2)", sqrt(2)): sqrt(2),
    ("max(z,max(-z,z^3))", 1): 2,
    ("max(z^2,z)+tanh(z)", 0): Rational(3, 2),
    # named functions keep their conventions, and a branch of where its own slope
    ("2*relu(z)+1", 0): 0,
    ("relu(3*z-1)", Rational(1, 3)): 0,
    ("relu(z)+max(z-1,0)", 0): 0,
    ("leaky_relu(z)", 0): Rational(1, 100),
    ("hardtanh(z)*max(z,0)", 1): 1,
    ("0.55*z+0.45*abs(z)", 0): Rational(11, 20),
    ("where(z>=0,z,0.1*z)", 0): 1,
    ("where(z>0,z,0.1*z)", 0): Rational(1, 10),
    # one side has no finite slope: that of the other
    ("sqrt(relu(z))", 0): 0,
    ("sqrt(relu(z))", -2): 0,
    ("relu(z)^0.3", -2): 0,
    ("sqrt(1-min(z,1))", 3): 0,
}


@pytest.mark.parametrize(("text", "point"), SLOPES)
def test_slope_where_pieces_meet(text: str, point: Expr) -> None:
    """The slope of a formula is the one that was worked out by hand, and no derivative of the formula is asked."""
    assert SLOPES[text, point] == explicit(lawful_slope(parse_activation(text)).xreplace({Z: S(point)}))


@pytest.mark.parametrize("text", sorted({text for text, _ in SLOPES}))
def test_slope_beside_the_meeting_points(text: str) -> None:
    """Elsewhere the slope is the difference quotient of the formula."""
    definition = parse_activation(text)
    slope = lawful_slope(definition)
    for point in (Rational(-13, 4), Rational(-1, 7), Rational(2, 7), Rational(17, 5), Rational(29, 4)):
        beside = sides(definition, point)
        assert beside.agree
        assert float(beside.left) == pytest.approx(float(number_at(slope, point)), rel=1e-15, abs=1e-20)


def test_zeros_of_a_large_polynomial_are_not_all_known() -> None:
    """2 + z = z^64 at -1 and somewhere above 1: what lies between and above is no one piece."""
    slope = lawful_slope(parse_activation("max(2+z,z^64)"))
    assert [-64 * 2**63, Rational(-63, 2), 1, 64 * 2**63] == [number_at(slope, S(point)) for point in (-2, -1, 1, 2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max(0.1*z,z)", Piecewise((1, Z > 0), (Rational(11, 20), Eq(Z, 0)), (Rational(1, 10), True))),
        ("2*relu(z)+1", parse_activation("2*relu(z)+1").diff(Z)),
        ("max(0,z)+min(0,exp(z)-1)", Piecewise((1, Z >= 0), (exp(Z), True))),
        ("relu(z)-relu(-z)", S.One),
        ("sqrt(relu(z))", Piecewise((1 / (2 * sqrt(Z)), Z > 0), (0, True))),
    ],
)
def test_slope_is_written_in_cases(text: str, expected: Expr) -> None:
    """Neighbouring cases that are one are written as one, and what needs no cases has none."""
    assert expected == lawful_slope(parse_activation(text))


# text -> (a, y, slope by a)
COSTS = {
    "max(a,0)-a*y+ln(1+exp(-abs(a)))": [(0, 1, -S.Half), (0, 0, S.Half), (0, Rational(1, 4), Rational(1, 4))],
    "relu(a)-a*y+softplus(-abs(a))": [(0, 1, -S.Half)],
    "max(0.9*(y-a),-0.1*(y-a))": [(2, 2, Rational(-2, 5)), (3, 2, Rational(1, 10)), (1, 2, Rational(-9, 10))],
    "max(0,1-a*y)": [(1, 1, -S.Half), (-1, -1, S.Half), (2, S.Half, Rational(-1, 4))],
    "relu(1-a*y)": [(1, 1, 0)],
    "relu(a-y)": [(1, 1, 0), (2, 1, 1)],
    "sqrt(max(0,a-y))": [(1, 2, 0), (2, 2, 0), (6, 2, Rational(1, 4))],
    "abs(log(a/y))": [(2, 2, 0), (2, 1, S.Half)],
    "max(abs(a-y),0.5*(a-y))": [(1, 1, 0)],
    "max(a-y,max(0,y-a))": [(1, 1, 0)],
    "relu(a-y)-relu(y-a)": [(1, 1, 1)],
    "abs(max(a-y,0))": [(1, 1, S.Half)],
    "abs(a)*sign(a)*y": [(0, 3, 3)],
    "where(abs(a-y)<1,(a-y)^2/2,abs(a-y)-0.5)": [(3, 2, 1), (2, 2, 0), (2, 3, -1)],
    "min(abs(a-y),1)": [(3, 2, S.Half), (2, 2, 0)],
}


@pytest.mark.parametrize("text", COSTS)
def test_slope_of_a_cost_where_pieces_meet(text: str) -> None:
    """A cost obeys the same law in a, for every target."""
    term = parse_cost(text)
    lawful = lawful_cost(term, text)
    for a, y, slope in COSTS[text]:
        at = {A: S(a), Y: S(y)}
        assert slope == explicit(lawful.diff(A).xreplace(at))
        assert explicit(term.xreplace(at)) == explicit(lawful.xreplace(at))


def cost_kinks(term: Expr, target: Expr) -> tuple[tuple[Expr, Expr], ...]:
    """Return the activations at which the slope of a cost jumps for a target, each with the slope that holds there."""
    definition, slope = (each.xreplace({A: Z, Y: target}) for each in (term, term.diff(A)))
    found = []
    for point in meeting_points(definition):
        beside, value = sides(definition, point), number_at(slope, point)
        if None not in (beside.left, beside.right, value) and not beside.agree:
            found.append((point, value))
    return tuple(found)


def test_meeting_that_powers_of_e_hide_is_seen() -> None:
    """At y = -1 pieces of hardtanh((a - y)/e^y) meet at (1 - e)/e, where its argument is 1."""
    term = parse_cost("hardtanh((a-y)/exp(y))")
    assert term == lawful_cost(term, "")
    points = cost_kinks(term, S.NegativeOne)
    assert {(-exp(1) - 1) * exp(-1): S.Zero, (1 - exp(1)) * exp(-1): S.Zero} == dict(points)


def test_kinks_of_a_cost() -> None:
    """Those of a cost depend on the target; where both sides agree there is none."""
    assert ((2, Rational(-2, 5)),) == cost_kinks(parse_cost("max(0.9*(y-a),-0.1*(y-a))"), S(2))
    assert () == cost_kinks(parse_cost("max(a,0)-a*y+ln(1+exp(-abs(a)))"), S.One)


def test_cost_without_a_known_slope_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no way of writing it gives the slope that holds, a cost is not taken."""
    monkeypatch.setattr("symbackprop.network.lawfulcosts._candidates", lambda term: [A * Y])
    with pytest.raises(ExpressionError, match=r"^cost 'abs\(a-y\)' has no slope that is known where its pieces meet"):
        lawful_cost(parse_cost("abs(a-y)"), "abs(a-y)")


def test_extremes_of_numbers_and_of_letters() -> None:
    """Of numbers the value is chosen; anything else stays as it is written, its difference simplified in the slope."""
    assert [3, 2, S.NaN] == [Maximum(S(2), S(3)), Minimum(S(2), S(3)), Maximum(sqrt(S(-1)), S(0))]
    assert (Z / 10, Z) == Maximum(Z / 10, Z).args
    assert STEP(Z) == Maximum(5 * Z, S.Zero).diff(Z) / 5
    assert 1 - STEP(Z) == Minimum(exp(Z) - 1, S.Zero).diff(Z) / exp(Z)
    assert [1, 2] == [where("<=", S(n), S(1), S(1), S(2)) for n in (1, 3)]


@pytest.mark.parametrize(
    ("activation", "cost"),
    [
        ("sqrt(relu(z))", "quadratic"),
        ("relu(z)^0.3", "quadratic"),
        ("ln(relu(z))", "quadratic"),
        ("1/relu(z)", "quadratic"),
        ("sqrt(1-min(z,1))", "quadratic"),
        ("((z+1)^2-1)/z", "quadratic"),
        ("atan(z)+atan(1/z)", "quadratic"),
        ("abs(relu(sin(z))^(1/3))", "quadratic"),
        ("sqrt(min(z,z^2))", "quadratic"),
        ("relu(0.5*z/(z+0.5))", "quadratic"),
        ("max(ln(abs(z-pi)),z)", "quadratic"),
        ("identity", "relu(leaky_relu((a-y)*(a-y)))^(1/3)"),
        ("identity", "min(y*(2*a-y),sinh(a/y)*exp2(softsign(a)))"),
        ("max(ln(z),z)+acosh(2+z)", "quadratic"),
        ("where(z>=z,arcsin(z),z)+where(z-1>=z,z,1)", "quadratic"),
        ("arctanh(hardtanh(z-1/3))", "quadratic"),
        ("ln(1-hardtanh(z)^2)", "quadratic"),
        ("1/max(0,1-abs(z))", "quadratic"),
        ("arctanh(where(abs(z)<3/4,z,1))", "quadratic"),
        ("identity", "arctanh(hardtanh(a-y))"),
        ("identity", "1/relu(0.75-a)"),
        ("identity", "abs(log(a/y))"),
        ("identity", "max(a/y,sign(y))"),
        ("identity", "min(elu(a),sqrt(y)*a)"),
        ("identity", "cos((y-a)^0.3)"),
        ("identity", "erf(2*(y-a)^(1/3))"),
        ("identity", "where(a<a-y,y+a,where(a-y<3,a-y,y))"),
    ],
)
@pytest.mark.filterwarnings("ignore:.* has no real value")
def test_formula_that_has_no_value_somewhere_is_taken(activation: str, cost: str) -> None:
    """SymPy compares nothing that is not real: a formula derives, is compiled and gives numbers where it has them."""
    gradient = compile(derive(mlp("1-1", activation, cost)))
    params, x, y = {"W1": np.array([[0.5]]), "b1": np.array([0.2])}, np.array([[1.0]]), np.array([[0.9]])
    for samples in (1, 2):
        found, grads = gradient(params, np.repeat(x, samples, 0), np.repeat(y, samples, 0))
        assert np.isfinite([found, grads["b1"][0]]).all()
    (wanted,) = central_difference(gradient.derivation.network, (params, x, y), [("b1", (0,))])
    assert wanted == pytest.approx(grads["b1"][0], rel=1e-6, abs=1e-9)
