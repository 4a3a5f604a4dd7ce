"""Points of programs and the errors beside their witnesses: which sizes, which values, and what is relative to what."""

from __future__ import annotations

from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pytest
from sympy import Expr, Rational

import symbackprop as sb
from symbackprop.calculus.entrypartials import EntryPartials
from symbackprop.errors import DataError, SpecError
from symbackprop.network.fitting import work_of
from symbackprop.numerics import program_points as module
from symbackprop.numerics import program_verification as verification
from symbackprop.numerics.program_points import points
from symbackprop.numerics.program_verification import errors_at, program_rows

pytestmark = pytest.mark.usefixtures("without_libraries")  # each row is told

RNG = np.random.default_rng
SQUARES = "input x[N]\nsizes N = 3\nC = sum[i](x[i]^2)"


def sizes_of(text: str, count: int = 25) -> list[dict[str, int]]:
    """Return the sizes at so many points of a program."""
    found = points(sb.equations(text).program, 0, count)
    return [{str(size): number for size, number in point.sizes.items()} for point in found]


def test_sizes_that_are_said_come_first_and_one_more_beside_them() -> None:
    """The first point has the sizes of the text, the others these or one more; what no array tells stays."""
    first, *others = sizes_of("input a[N]\nsizes N = 3, M = 2\nb[i, j] = a[i] for i = 1..N, j = 1..M")
    assert {"N": 3, "M": 2} == first
    assert {(3, 2), (4, 2)} == {(each["N"], each["M"]) for each in others}


@pytest.mark.parametrize(("work", "sizes"), [(300, (2, 3, 4)), (23, (2, 3, 3))])
def test_sizes_that_take_too_long_give_way_to_small_ones(
    work: int, sizes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three sizes each is 2, 3 or 4, no two the same, in any order; smaller ones where that is still too much."""
    monkeypatch.setattr(module, "MOST_WORK", work)
    text = "input a[N, M], b[M, K]\nc[i, j] = sum[m](a[i, m] * b[m, j])\nsizes N = 9, M = 9, K = 9"
    assert {*permutations(sizes)} == {tuple(each.values()) for each in sizes_of(text)}


def test_windows_have_what_they_read_and_no_array_is_empty() -> None:
    """Said sizes that fit are taken as they are, others have room for the window; an axis of none makes no point."""
    text = (
        "input x[N]\nparameter k[K]\ntarget y[M]\nz[i] = sum[u = 1..K](k[u] * x[2*i + u - 2])\nC = sum[i](z[i] * y[i])"
    )
    assert {"N": 6, "K": 2, "M": 3} == sizes_of(text + "\nsizes N = 6, K = 2, M = 3", 1)[0]
    spare = {each["N"] - 2 * each["M"] - each["K"] + 2 for each in sizes_of(text)}
    assert 0 == min(spare)
    assert 1 < len(spare)
    short = sb.equations("input x[N], y[M]\nz[i] = x[i] for i = 1..N - M\nC = sum[i](z[i]^2) + sum[j](y[j])").program
    found = [module._sizes(short, RNG(seed), said=False) for seed in range(12)]
    assert None in found
    assert 1 == min(abs(np.subtract(*each.values())) for each in found if each)


@pytest.mark.parametrize(("spare", "is_said"), [(0, True), (-1, False)])
def test_network_of_its_true_size_is_looked_at_small(
    spare: int, is_said: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sizes with which a pass takes too long are not those that are tried."""
    program = sb.equations(SQUARES.replace("3", "9")).program
    monkeypatch.setattr(module, "MOST_WORK", work_of(program.equations, program.sizes) + spare)
    (point,) = points(program, 0, 1)
    assert is_said == (list(point.sizes.values()) == [9])
    assert work_of(program.equations, point.sizes) <= module.MOST_WORK


def test_values_are_those_that_are_asked_for() -> None:
    """Usual points have no whole numbers, ties nothing else; a constant has its number, in a tie 1."""
    program = sb.equations("input x[N]\nconstant e\nC = sum[i](x[i]^2 + e)").program
    numbers = {"e": 1e-5, "other": 7.0}
    usual, tied = (list(points(program, 0, 20, ties=ties, numbers=numbers)) for ties in (False, True))
    assert ({1e-5}, {1.0}) == tuple({float(point.values["e"]) for point in each} for each in (usual, tied))
    assert {-1.0, 0.0, 1.0} == {float(x) for point in tied for x in point.values["x"]}
    assert not any(float(x).is_integer() for point in usual for x in point.values["x"])
    assert not any(float(x).is_integer() for point in points(program, 0, 5) for x in point.values["x"])


def test_point_is_looked_for_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of six tries two have numbers from 0 to 1, one small, one rising ones; half of the first have the sizes said."""
    program, drawn, said = sb.equations("input x\nC = sqrt(-1 - x^2)").program, [], []
    sizes = module._sizes
    for name in ("_any", "_positive", "_small", "_ascending"):
        draw = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, n=name, draw=draw: drawn.append(n) or draw(*given))
    monkeypatch.setattr(module, "_sizes", lambda *given, said: told(said) or sizes(*given, said=said))
    told = said.append
    monkeypatch.setattr(module, "MOST_TRIES", 6)
    for number in (1, 2):
        with pytest.raises(DataError, match="no random point gives real values"):
            module._point(program, RNG(0), {}, ties=False, first=number == 1)
    assert ["_any", "_positive", "_any", "_small", "_positive", "_ascending"] * 2 == drawn
    assert [True] * 3 + [False] * 9 == said
    monkeypatch.setattr(module, "_sizes", lambda *_, said: None)
    with pytest.raises(DataError, match="no random point gives real values"):
        module._point(program, RNG(0), {}, ties=False, first=True)


def test_only_the_first_point_has_to_have_the_sizes_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each point is told whether it is the first one."""
    firsts: list[bool] = []
    monkeypatch.setattr(module, "_point", lambda *_, ties, first: firsts.append(first))
    list(points(sb.equations(SQUARES).program, 0, 3))
    assert [True, False, False] == firsts


@pytest.mark.parametrize(
    ("grads", "truth", "terms", "error"),
    [
        ({"a": [1.0, 4.0]}, 2.0, 9.0, 0.5),  # relative to the largest of its array
        ({"a": [4.0]}, 3.0, 9.0, 0.25),
        ({"a": [0.0, 1e-5]}, 0.0, 0.0, 1.0),  # also where it is small
        ({"b": [1e-9], "a": [1e6]}, 0.0, 0.0, 1e-11),  # what cancels beside a ten-thousandth of the largest of all
        ({"a": [1e-15]}, 1e-40, 5.0, 2e-16),  # and what is 0 beside its terms
        ({"a": [0.0]}, 0.5, 0.0, 0.5),
        ({"a": [4.0]}, float("nan"), 0.0, float("inf")),
        ({}, 0.0, 0.0, 0.0),
    ],
)
def test_error_of_derivatives(grads: dict[str, list[float]], truth: float, terms: float, error: float) -> None:
    """The last entry of the first array is compared with the truth."""
    name = next(iter(grads), "")
    entries = ((name, (len(grads[name]) - 1,)),) if grads else ()
    arrays = {each: np.array(value) for each, value in grads.items()}
    point = SimpleNamespace(terms_of=lambda _: terms)
    assert error == pytest.approx(verification._worst(arrays, point, entries, lambda _: truth), rel=1e-6)


def test_terms_are_counted_only_where_a_zero_is_left() -> None:
    """What floats leave of a derivative that is none is a thousand times of what 50 digits do; else none is asked."""
    asked = []
    point = SimpleNamespace(terms_of=lambda entry: asked.append(entry) or 1.0)
    for found, truth in ((4.0, 3.0), (3e-15, 1e-15), (3e-15, 1e-17)):
        verification._worst({"a": np.array([found])}, point, (("a", (0,)),), lambda _, truth=truth: truth)
    assert asked == []
    verification._worst({"a": np.array([3e-15])}, point, (("a", (0,)),), lambda _: 1e-20)
    assert asked == [("a", (0,))]


@pytest.mark.parametrize(
    ("found", "true", "error"),
    [
        ([1.0, 2.0], [1.0, 4.0], 0.5),
        ([1e-3], [0.0], 1e-3),
        ([1e-3], [2e-3], 0.5),
        ([np.nan], [1.0], np.inf),
        ([], [], 0),
    ],
)
def test_error_of_arrays(found: list[float], true: list[float], error: float) -> None:
    """The largest difference relative to the largest entry, or to 1 where that is a rounding of 1."""
    assert error == pytest.approx(verification._apart(np.array(found), np.array(true)))
    assert [1.0, 2.0**-51, 1.0] == [module.scale_of(np.array([size])) for size in (2.0**-52, -(2.0**-51), 0.0)]


def test_rows_tell_what_they_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three checks look at usual points, one at ties, and one at a single point; each tells what it does next."""
    asked, told = [], []
    found = verification.points
    monkeypatch.setattr(
        verification,
        "points",
        lambda *given, ties=False, numbers: asked.append(ties) or found(*given, ties=ties),
    )
    rows = list(program_rows(sb.compile(sb.derive(sb.equations(SQUARES))), 2, 0, tell=told.append))
    assert [False, True, False] == asked
    wanted = [("equations", 2, True)] * 4 + [("equations", 1, True)]
    assert wanted == [(row.network, row.samples, row.ok) for row in rows]
    assert ["forward pass, 50 digits, point 1 of 2", "single derivatives"] == [told[1], told[-1]]


RECURRENT = """
    input x[T], h0
    parameter w, u
    h[0] = h0
    h[t] = tanh(u*h[t-1] + w*x[t]) for t = 1..T
    C = h[T]^2
    sizes T = 3"""


@pytest.mark.parametrize("expanded", [False, True])
def test_derivative_that_is_written_wrong_is_seen(monkeypatch: pytest.MonkeyPatch, expanded: bool) -> None:
    """In either form, a factor of 1 + 1e-25 is seen."""
    network, right = sb.equations(RECURRENT), EntryPartials.partial

    def wrong(own: EntryPartials, name: str, place: tuple[int, ...], **form: bool) -> Expr:
        factor = 1 + Rational(1, 10**25) * int(form["expanded"] is expanded)
        return factor * right(own, name, place, **form)

    assert sb.verify(network, samples=1).rows[-1].ok
    monkeypatch.setattr(EntryPartials, "partial", wrong)
    row = sb.verify(network, samples=1).rows[-1]
    assert ("single derivatives", False) == (row.check, row.ok)


def test_root_of_zero_is_no_point() -> None:
    """Where rows of whole numbers are 0 their length has no slope, and no code is blamed for having none there."""
    for length in ("sum[j](sqrt(sum[k](x[j, k]^2)))", "sum[j, k](sqrt(x[j, k]^2))"):
        network = sb.equations(f"input x[N, M]\nsizes N = 3, M = 2\nC = {length}")
        assert sb.verify(network).ok


def test_place_without_a_value_is_named() -> None:
    """Where an equation has a value at no point, it is named, with its place."""
    with pytest.raises(SpecError, match=r"^y\[i\] has no value at i = 1: something is divided by 0, or the logarithm"):
        sb.verify(sb.equations("input x[N]\ny[i] = x[i]*ln(i - 1)\nC = sum[i](y[i]^2)"), samples=1)


def test_pole_that_many_digits_hide_is_no_point() -> None:
    """Where what is divided by is 0 but for the rounding of 50 digits, no code is blamed for dividing by 0."""
    text = (
        "input c[N, M]\nconstant a[N], b[M]\nsizes N = 2, M = 3, T = 2\nk[i, j] = exp(c[i, j])\nv[0, j] = 1\n"
        "u[t, i] = a[i]/sum[j](k[i, j]*v[t - 1, j]) for t = 1..T\n"
        "v[t, j] = b[j]/sum[i](k[i, j]*u[t, i]) for t = 1..T\nC = sum[i, j](u[T, i]*k[i, j]*v[T, j]*c[i, j])"
    )
    largest = [max(map(abs, point.computed)) for point in points(sb.equations(text).program, 0, 20, ties=True)]
    assert 1e6 > max(largest)


def test_cost_may_be_tiny() -> None:
    """A derivative of 1e-25 is no rounding of 0: with more digits it stays."""
    assert sb.verify(sb.equations("parameter w[N]\nsizes N = 3\nC = 1e-25*sum(w*w)")).ok


CANCELLING = "input x[N]\nsizes N = 3\np[i] = 1 - exp(-exp(3*x[i]))\nC = -sum[i](ln(1 - p[i]))"


def test_no_code_is_blamed_for_digits_that_the_equations_lose() -> None:
    """ln(1 - p) has none where p rounds to 1: another point is taken; where none is better, more is allowed."""
    rows = sb.verify(sb.equations(CANCELLING)).rows  # at the ties of these seeds the code is off by 3e-8
    assert {True} == {row.ok for row in rows}
    assert {1e-11} == {row.tolerance for row in rows if row.check != "single derivatives"}
    flat = sb.equations("input x[N]\nsizes N = 3\nC = sum[i]((cosh(1e-4*x[i]) - 1)*1e8)")
    rows = sb.verify(flat, samples=1).rows
    assert all(row.ok for row in rows)
    assert 1e-9 < max(row.tolerance for row in rows) < 1e-5
    with pytest.raises(DataError, match="floats keep no digits"):
        sb.verify(sb.equations("input x[N]\nC = sum[i]((exp(1e-8*x[i]) - 1 - 1e-8*x[i])*1e16)"), samples=1)


@pytest.mark.parametrize(
    ("lost", "error", "judged"),
    [
        ((1e-12,), 1e-12, (1e-12, 1e-11)),
        ((1e-12,), 1e-3, (1e-3, 1e-11)),  # floats keep their digits there: the code is wrong
        ((1e-8, 1e-12), 1e-9, (1e-9, 1e-11)),
        ((np.inf, 1e-6, 1e-8, 1e-7), 1e-3, (1e-3, 1e-8)),  # wrong beside what is allowed at the best of all
        ((np.inf,), 1e-3, None),
    ],
)
def test_points_where_floats_lose_digits_are_passed_over(
    lost: tuple[float, ...], error: float, judged: tuple[float, float] | None
) -> None:
    """The first point at which floats keep their digits decides, or the best; the last one is all that follow."""

    def point(number: int = 0) -> SimpleNamespace:
        last = min(number, len(lost) - 1)
        return SimpleNamespace(lost=lost[last], finer=None, again=lambda: point(number + 1))

    if judged is None:
        with pytest.raises(DataError, match="floats keep no digits"):
            verification._judged(point(), lambda _: error)
    else:
        assert judged == verification._judged(point(), lambda _: error)


@pytest.mark.parametrize(
    "line",
    [
        "C = sum[i = 2..N](log(sigmoid(x[i] - s) - sigmoid(x[i - 1] - s)))",
        "C = sum[i, j](exp(-(x[i] - x[j])^2/(2*s^2)))",
        "C = sum[i](x[i]^s)",
        "z[i] = sqrt(x[i])\nC = sum[i](z[i]^2*s)",
        "C = sum[i](sqrt(x[i])*log(2 - x[i]))*s",
        "C = sum[i]((x[i]^2)^s)",
        "y[i] = s*sin(2*pi*x[i])\nC = sum[i](y[i]^2)",
    ],
    ids=[
        "rising thresholds",
        "a pole behind a 0",
        "a power of a negative number",
        "the square of an imaginary one",
        "many roots",
        "0 to the power 0",
        "nothing but rounding",
    ],
)
def test_what_has_no_real_value_on_the_way_is_no_tie(line: str) -> None:
    """0/0 is no number though 0 times it is taken for 0, nor is 0 ln(-1); a rounding of sin(2 pi) is no derivative."""
    program = sb.equations(f"input x[N], s\nsizes N = 12\n{line}").program
    compiled = sb.compile(sb.derive(program))
    for point in points(program, 1, 8, ties=True):
        with np.errstate(all="raise"):
            assert np.isfinite(compiled.with_sizes(point.sizes)(point.values)[0])
        assert not 0 < max(abs(point.slope(entry)) for entry in point.entries) < 1e-20


def test_errors_at_a_point_see_a_wrong_derivative() -> None:
    """Derivatives of Σ x² agree with both witnesses; with a factor missing they are far from them."""
    program, x = sb.equations(SQUARES).program, np.array([0.5, -1.0, 2.0])
    at = {"x": x}, dict(program.sizes)
    assert max(errors_at(program, at, {}, {"x": 2 * x})) < 1e-15
    assert min(errors_at(program, at, {}, {"x": x})) > 0.5


def test_derivative_that_is_0_is_judged_beside_its_terms() -> None:
    """The cosine of one output is 1 whatever it is: rounding is no fault, a term of the derivative that is left is."""
    network = sb.equations(
        "input a[N], y\nparameter w[N]\nsizes N = 3\no = sum[i](w[i]*a[i])\nC = 1 - o*y/sqrt(o^2*y^2)"
    )
    assert sb.verify(network, samples=1).ok
    program, w, a, y = network.program, np.array([0.3, 0.7, -0.2]), np.array([1.1, 0.4, 0.9]), np.array(0.7)
    values, o = {"w": w, "a": a, "y": y}, w @ a
    for factor, least, most in ((1e-16, 0.0, 1e-15), (1.0, 0.1, 1.0)):
        term = factor * y / np.sqrt(o**2 * y**2)
        grads = {"w": term * a, "a": term * w, "y": factor / y}
        assert least <= min(errors_at(program, (values, dict(program.sizes)), {}, grads))
        assert most >= max(errors_at(program, (values, dict(program.sizes)), {}, grads))
