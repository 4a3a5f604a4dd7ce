"""Compiled gradients: equal to the witness for every activation and cost, self-contained, and guarded."""

from __future__ import annotations

import subprocess
import sys
import warnings
from contextlib import suppress
from functools import cache
from itertools import product
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from symbackprop.calculus.backpropagation import Derivation, derive, derive_for_code
from symbackprop.errors import (
    BudgetError,
    DataError,
    DomainError,
    ShapeError,
    SpecError,
    SymbackpropError,
    UnknownNameError,
)
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.network.model import mlp
from symbackprop.numerics import compilation, plan
from symbackprop.numerics.backends import BACKENDS
from symbackprop.numerics.compilation import FLAT_UP_TO, compile
from symbackprop.numerics.loading import loaded
from symbackprop.numerics.reference import cost_and_gradient, predict

# two analytic ways in float64 differ by some 1e-15 of the largest entry; 500 times that is still far below any mistake
CLOSE = 1e-12
OF_PLANS = [name for name in BACKENDS if BACKENDS[name].engine is None]  # the others: tests/numerics/test_engines.py


@cache
def derived(shape: str, activations: tuple[str, ...], cost: str) -> Derivation:
    """Return a derivation; the warning about a logarithm of 0 is another test's business."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return derive_for_code(mlp(shape, activations, cost))


def possible_pairs() -> list[tuple[str, str]]:
    """Return every pair of last activation and cost that the domain of the cost allows."""
    pairs = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for pair in product(ACTIVATIONS, COSTS):
            with suppress(DomainError):
                mlp("3-4-2", ("tanh", pair[0]), pair[1])
                pairs.append(pair)
    return pairs


def batch(derivation: Derivation, samples: int, seed: int = 0) -> tuple[dict[str, Any], Any, Any]:
    """Return random parameters, inputs, and targets that every cost allows."""
    network, rng = derivation.network, np.random.default_rng(seed)
    params = {name: value + 0.3 * rng.normal(size=value.shape) for name, value in network.initial_params(seed).items()}
    x = rng.normal(size=(samples, network.widths[0]))
    y = rng.uniform(0.1, 1, size=(samples, network.widths[-1]))
    return params, x, np.sign(y - 0.5) if network.cost_function.name == "hinge" else y


def error(found: tuple[Any, Any], wanted: tuple[Any, Any]) -> float:
    """Return the largest difference of cost and gradient, over the size of each."""
    largest = max(np.max(np.abs(value)) for value in wanted[1].values())
    differences = [np.max(np.abs(found[1][name] - wanted[1][name])) / largest for name in wanted[1]]
    return float(max(*differences, abs(found[0] - wanted[0]) / max(1, abs(wanted[0]))))


def witness(derivation: Derivation, params: dict[str, Any], x: Any, y: Any) -> tuple[float, dict[str, Any]]:
    """Return what the hand-written backpropagation gives."""
    network = derivation.network
    names = [activation.name for activation in network.activations]
    return cost_and_gradient(params, x, y, activations=names, cost=network.cost_function.name)


@pytest.mark.combinations
@pytest.mark.parametrize(("activation", "cost"), possible_pairs())
def test_gradient_equals_the_witness(activation: str, cost: str) -> None:
    """Every pair of last activation and cost, behind hidden layers of every kind, gives the gradient by hand."""
    hidden = list(ACTIVATIONS)[(len(activation) * 7 + len(cost)) % len(ACTIVATIONS)]
    derivation = derived("3-4-3-2", (hidden, "tanh", activation), cost)
    params, x, y = batch(derivation, 5)
    if activation == "relu":
        params["b3"] += 9  # ln relu(z) has a value only where z > 0
    wanted = witness(derivation, params, x, y)
    for backend in OF_PLANS:
        assert error(compile(derivation, backend)(params, x, y), wanted) <= CLOSE, backend


@pytest.mark.parametrize("hidden", list(ACTIVATIONS))
def test_hidden_layers_of_every_kind(hidden: str) -> None:
    """Every activation works in a hidden layer, softmax and its logarithm included, and twice in a row."""
    derivation = derived("3-4-4-2", (hidden, hidden, "sigmoid"), "mse")
    params, x, y = batch(derivation, 4)
    wanted = witness(derivation, params, x, y)
    for backend in OF_PLANS:
        assert error(compile(derivation, backend)(params, x, y), wanted) <= CLOSE, backend


@pytest.mark.parametrize("backend", OF_PLANS)
def test_custom_formulas_equal_what_they_are_called(backend: str) -> None:
    """A formula that is a known function in disguise gives the gradient of that function."""
    custom = derived("3-4-2", ("z/(1+exp(-z))", "1/(1+exp(-z))"), "(a-y)^2/2")
    named = derived("3-4-2", ("silu", "sigmoid"), "quadratic")
    params, x, y = batch(named, 5)
    assert error(compile(custom, backend)(params, x, y), witness(named, params, x, y)) <= CLOSE


@pytest.mark.combinations
@pytest.mark.parametrize("backend", OF_PLANS)
@pytest.mark.parametrize("formula", ["z*exp(-z^2)", "atan(z)+0.1*z", "sqrt(1+z^2)", "sin(z)", "max(0,z)^2", "erf(z)"])
def test_custom_formulas_equal_a_central_difference(formula: str, backend: str) -> None:
    """A formula that nobody has heard of has the gradient that its own cost says it has."""
    derivation = derived("2-3-2", (formula, "identity"), "log(1+(a-y)^2)")
    gradient = compile(derivation, backend)
    params, x, y = batch(derivation, 3)
    _, grads = gradient(params, x, y)
    step = 6e-6  # eps^(1/3): the best trade of truncation and rounding
    for name, place in (("W1", (1, 0)), ("b1", (2,)), ("W2", (0, 2))):
        costs = []
        for side in (step, -step):
            moved = {key: value.copy() for key, value in params.items()}
            moved[name][place] += side
            costs.append(gradient(moved, x, y)[0])
        assert grads[name][place] == pytest.approx((costs[0] - costs[1]) / (2 * step), rel=1e-8, abs=1e-8)


def test_custom_formula_beyond_the_range_of_floats() -> None:
    """Where a formula overflows though its value is finite, the value is computed with more digits."""
    derivation = derived("1-1-1", ("sinh(z)/cosh(z)", "identity"), "quadratic")
    params = {"W1": np.ones((1, 1)), "b1": np.zeros(1), "W2": np.ones((1, 1)), "b2": np.zeros(1)}
    for backend in OF_PLANS:
        cost, grads = compile(derivation, backend)(params, np.array([[1000.0]]), np.array([[0.0]]))
        assert (0.5, 1.0) == (cost, grads["b2"][0])  # tanh(1000) is 1 to any precision of a float


def test_single_samples_of_small_networks_run_number_by_number() -> None:
    """One sample takes the unrolled way, which agrees with the way for batches, with or without its axis."""
    derivation = derived("2-3-2", ("sigmoid", "softmax"), "cross_entropy")
    gradient = compile(derivation)
    params, x, y = batch(derivation, 1)
    found = gradient(params, x[0], y[0])
    assert "_sample" in vars(gradient)
    assert error(found, witness(derivation, params, x, y)) <= CLOSE
    gradient._is_small = False
    assert error(gradient(params, x, y), found) <= CLOSE


def test_large_networks_stay_matrices() -> None:
    """Above the measured size a single sample is a batch of one, and the text number by number is refused."""
    derivation = derived("64-32-10", ("sigmoid", "sigmoid"), "quadratic")
    gradient = compile(derivation)
    gradient(*batch(derivation, 1))
    assert derivation.network.parameter_count > FLAT_UP_TO
    assert "_sample" not in vars(gradient)
    with pytest.raises(BudgetError, match=r"^backend scalar .* has 2,410 parameters, at most 2,000; take .* numpy$"):
        compile(derivation, "scalar")


def test_results_are_new_arrays() -> None:
    """What a call has returned is not changed by the next call, and the arguments are left alone."""
    derivation = derived("3-4-2", ("tanh", "tanh"), "quadratic")
    gradient = compile(derivation)
    params, x, y = batch(derivation, 4)
    before = {name: value.copy() for name, value in params.items()}
    _, first = gradient(params, x, y)
    kept = {name: value.copy() for name, value in first.items()}
    gradient(params, 2 * x, y)
    assert all(np.array_equal(kept[name], first[name]) for name in kept)
    assert all(np.array_equal(before[name], params[name]) for name in before)


def test_equal_layers_are_written_once() -> None:
    """Many equal layers in a row are one loop, whatever stands around them, and give the gradient by hand."""
    shape = "3-" + "-".join(["4"] * 11) + "-5-5-2"
    hidden = ["tanh"] * 2 + ["sigmoid"] * 9
    derivation = derived(shape, (*hidden, "softmax", "relu", "sigmoid"), "quadratic")
    gradient = compile(derivation)
    assert 2 == gradient.source.count("    for n in range(")
    params, x, y = batch(derivation, 5)
    found = gradient(params, x, y)
    assert error(found, witness(derivation, params, x, y)) <= CLOSE
    by_hand = loaded(gradient.source)["gradient"](params, x.tolist(), y.tolist())
    assert found[0] == by_hand[0]
    assert all(np.array_equal(found[1][name], by_hand[1][name]) for name in params)


@pytest.mark.parametrize("samples", [5, 200])
def test_derivatives_lie_as_the_parameters(samples: int) -> None:
    """A few neurons above many give derivatives that are rows of numbers, in memory of their own."""
    derivation = derived("70-6-2", ("relu", "sigmoid"), "quadratic")
    gradient, (params, x, y) = compile(derivation), batch(derivation, samples)
    found = gradient(params, x, y)
    assert error(found, witness(derivation, params, x, y)) <= CLOSE
    assert all(grad.flags.c_contiguous and grad.flags.owndata for grad in found[1].values())


def test_arrays_are_used_again_where_one_asks_for_it() -> None:
    """The same numbers come in the same arrays, until the type changes; what others have got is left alone."""
    derivation = derived("70-6-2", ("tanh", "sigmoid"), "quadratic")
    gradient, (params, x, y) = compile(derivation), batch(derivation, 150)
    reusing, (_, others) = gradient.reusing(), gradient(params, x, y)
    _, first = reusing(params, x, y)
    assert all(np.array_equal(first[name], others[name]) for name in params)
    _, second = reusing(params, 2 * x, y)
    assert all(first[name] is second[name] for name in params)
    assert error((0, others), (0, gradient(params, x, y)[1])) == 0
    single = {name: value.astype(np.float32) for name, value in params.items()}
    assert np.float32 == reusing(single, x.astype(np.float32), y.astype(np.float32))[1]["W1"].dtype


def test_calls_at_once_have_arrays_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that another thread makes in the middle of a call changes nothing of it: no array in between is shared."""
    network = mlp("2-3-1")
    gradient, params = compile(derive(network)), network.initial_params()
    run, x, y = gradient._run, np.array([[0.0, 1], [1, 0]]), np.array([[1.0], [0]])
    expected, other = gradient(params, x, y)[0], Thread(target=gradient, args=(params, 5 * x, y))
    spaces = []

    def held_up(params: Any, x: Any, y: Any, space: Any, out: Any) -> Any:
        spaces.append(space)
        if len(spaces) == 1:
            other.start()
            other.join()
        return run(params, x, y, space, out)

    monkeypatch.setattr(gradient, "_run", held_up)
    assert expected == gradient(params, x, y)[0]
    assert spaces[0] is not spaces[1]


@pytest.mark.parametrize("change", ["read-only", "every other", "Fortran", "reversed", "matrix", "mapping"])
def test_arrays_of_any_layout_are_taken(change: str) -> None:
    """However arrays lie in memory, the gradient is the same, and they are left as they were."""

    def laid(value: np.ndarray) -> Any:
        if change == "every other":
            return np.repeat(value, 2, axis=0)[::2]
        if change == "matrix" and value.ndim == 2:
            return value.view(np.matrix)  # of which a * b would be another product
        value = {"Fortran": np.asfortranarray, "reversed": lambda v: v[::-1].copy()[::-1]}.get(change, np.array)(value)
        value.flags.writeable = change != "read-only"
        return value

    derivation = derived("70-6-2", ("tanh", "sigmoid"), "quadratic")
    params, x, y = batch(derivation, 150)
    given = {name: laid(value) for name, value in params.items()}
    arrays = laid(x), laid(y)
    wanted = witness(derivation, params, x, y)
    gradient = compile(derivation)
    for _ in range(2):
        assert error(gradient(MappingProxyType(given) if change == "mapping" else given, *arrays), wanted) <= CLOSE
    assert all(np.array_equal(value, given[name]) for name, value in params.items())
    assert np.array_equal(x, arrays[0])
    assert np.array_equal(y, arrays[1])


def test_float32_stays_float32() -> None:
    """Single precision in gives single precision out, to its own accuracy."""
    derivation = derived("3-4-2", ("sigmoid", "softmax"), "cross_entropy")
    params, x, y = batch(derivation, 5)
    single = {name: value.astype(np.float32) for name, value in params.items()}
    found = compile(derivation)(single, x.astype(np.float32), y.astype(np.float32))
    assert {np.dtype(np.float32)} == {value.dtype for value in found[1].values()}
    assert error(found, witness(derivation, params, x, y)) <= 1e-5  # 100 roundings of 1e-7


@pytest.mark.combinations
@pytest.mark.parametrize("backend", OF_PLANS)
@pytest.mark.parametrize("of_data", ["f8", "f4", "f2", ">f8", ">f4", "g", "list"])
@pytest.mark.parametrize("of_params", ["f8", "f4", "f2", ">f8", ">f4", "g", "list"])
def test_types_may_be_mixed(backend: str, of_params: str, of_data: str) -> None:
    """Any type of number in data and in parameters gives the right gradient, to the digits that it has."""

    def of(kind: str, value: np.ndarray) -> Any:
        return value.tolist() if kind == "list" else value.astype(kind)

    derivation = derived("2-3-2", ("tanh", "softmax"), "cross_entropy")
    params, x, y = batch(derivation, 3)
    given = {name: of(of_params, value) for name, value in params.items()}
    found = compile(derivation, backend)(given, of(of_data, x), of(of_data, y))
    allowed = {"f2": 1e-2, "f4": 1e-5, ">f4": 1e-5}  # ten roundings of 2**-11, 100 of 2**-24
    tolerance = max(allowed.get(kind, 1e-12) for kind in (of_params, of_data))
    assert error(found, witness(derivation, params, x, y)) <= tolerance


@pytest.mark.parametrize("backend", OF_PLANS)
def test_tensors_are_taken(backend: str) -> None:
    """Parameters of PyTorch that ask for gradients are numbers like others; a type NumPy lacks is told in one line."""
    torch = pytest.importorskip("torch")
    derivation = derived("2-3-2", ("tanh", "softmax"), "cross_entropy")
    params, x, y = batch(derivation, 3)
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    found = compile(derivation, backend)(tensors, torch.tensor(x), torch.tensor(y))
    assert error(found, witness(derivation, params, x, y)) <= 1e-12
    short = {name: value.bfloat16() for name, value in tensors.items()}
    with pytest.raises(DataError, match=r"W1 holds values of type torch.bfloat16, wanted real numbers; try W1.double"):
        compile(derivation, backend)(short, x, y)


def test_class_numbers_are_no_row() -> None:
    """One class number for each sample is told how to become columns, by a gradient, too."""
    derivation = derived("2-3-2", ("tanh", "softmax"), "cross_entropy")
    params, x, _ = batch(derivation, 3)
    with pytest.raises(ShapeError, match=r"for class numbers, try y = np.eye\(2\)\[y\]"):
        compile(derivation)(params, x, [0, 1, 1])


@pytest.mark.parametrize("backend", OF_PLANS)
def test_source_runs_on_its_own(backend: str, tmp_path: Path) -> None:
    """The text needs nothing of symbackprop: another interpreter runs it on lists, and gets the same cost."""
    derivation = derived("2-3-2", ("gelu", "softmax"), "kl_divergence")
    gradient = compile(derivation, backend)
    params, x, y = batch(derivation, 2)
    given = {name: value.tolist() for name, value in params.items()}
    arrays = "lambda v: __import__('numpy').array(v)" if backend == "numpy" else "lambda v: v"
    program = (
        f"{gradient.source}\n\nto = {arrays}\nparams = {{k: to(v) for k, v in {given!r}.items()}}\n"
        f"import sys\nassert 'symbackprop' not in sys.modules\n"
        f"print(repr(float(gradient(params, {x.tolist()!r}, {y.tolist()!r})[0])))\n"
    )
    path = tmp_path / "gradient.py"
    path.write_text(program, encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", str(path)], capture_output=True, text=True, timeout=60, check=False)
    assert "" == done.stderr
    assert float(done.stdout) == pytest.approx(gradient(params, x, y)[0], rel=1e-15)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.ones((4, 5))}, r"^x has shape \(4, 5\), wanted \(m, 3\)$"),
        ({"x": np.ones((3, 4))}, r"^x has shape \(3, 4\), wanted \(m, 3\); try x\.T$"),
        ({"x": np.ones(12)}, r"^x has shape \(12,\), wanted \(m, 3\); try x\.reshape\(-1, 3\)$"),
        ({"y": np.ones((3, 2))}, r"^x has 4 samples and y has 3; give one row of y for each of x$"),
        ({"y": np.array([0, 1, 1, 0])}, r"^y has shape \(4,\), wanted \(m, 2\); for class numbers, try y = np\.eye"),
        ({"y": np.array([0, 2, 1])}, r"^y has shape \(3,\), wanted \(m, 2\)$"),
        ({"x": np.ones((0, 3)), "y": np.ones((0, 2))}, r"^x has shape \(0, 3\), wanted \(m, 3\)$"),
        ({"x": "abc"}, r"^x holds values of type <U3, wanted real numbers"),
        ({"x": np.ones((4, 3)) * 1j}, r"^x holds values of type complex128, wanted real numbers"),
        ({"x": [[1, 2, 3], [1]]}, r"^x is ragged"),
        ({"x": None}, r"^x is missing; give an array of real numbers$"),
        ({"y": None}, r"^y is missing; give an array of real numbers$"),
        ({"y": np.ones((2, 2, 2))}, r"^y has shape \(2, 2, 2\), wanted \(m, 2\)"),
        ({"x": np.array(1.0)}, r"^x has shape \(\), wanted \(m, 3\)$"),
        ({"b1": None}, r"^params: b1 is missing; give W1, b1, W2, b2$"),
        (
            {"W2": np.ones((4, 2))},
            r"^params: W2 has shape \(4, 2\), wanted \(2, 4\); try W2\.T$",
        ),
        ({"b1": np.ones((4, 1))}, r"^params: b1 has shape \(4, 1\), wanted \(4,\); try b1\.reshape\(4,\)$"),
        ({"b2": np.ones(3)}, r"^params: b2 has shape \(3,\), wanted \(2,\)$"),
        (
            {"b2": np.ma.array([1.0, 2.0], mask=[True, False])},
            r"^params: b2 has masked entries; drop them",
        ),
        ({"W3": np.ones((4, 2))}, r"^params: 'W3' is no parameter of the network; it has W1, b1, W2, b2$"),
    ],
)
def test_misuse_is_refused(change: dict[str, Any], message: str) -> None:
    """An argument that does not fit is named with what it is and what it should be."""
    derivation = derived("3-4-2", ("sigmoid", "sigmoid"), "quadratic")
    params, x, y = batch(derivation, 4)
    x, y = change.get("x", x), change.get("y", y)
    for name in set(change) - {"x", "y"}:
        params.pop(name, None)
        if change[name] is not None:
            params[name] = change[name]
    with pytest.raises(SymbackpropError, match=message) as caught:
        compile(derivation)(params, x, y)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("backend", OF_PLANS)
def test_a_chain_has_the_verbs_of_all_networks(backend: str) -> None:
    """It gives its outputs, the derivatives for any ∂C/∂a, and that by x, which the error of its own cost confirms."""
    derivation = derived("3-4-2", ("tanh", "sigmoid"), "quadratic")
    gradient, (params, x, y) = compile(derivation, backend), batch(derivation, 5)
    (output,) = gradient.forward(params, x).values()
    assert "compiled" not in vars(gradient)  # nothing is derived for the outputs alone
    _, grads = gradient(params, x, y, inputs=True)
    np.testing.assert_allclose(output, predict(params, x, activations=("tanh", "sigmoid")), rtol=1e-14)
    back = gradient.backward(params, x, (output - y) / 5)
    assert {*params, "x"} == set(back) == set(grads)
    for name, grad in {**grads, **gradient(params, x, y)[1]}.items():
        np.testing.assert_allclose(back[name], grad, rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("backend", ["numpy", "scalar"])
@pytest.mark.parametrize(("name", "count"), [("W1", 1), ("b2", 3), ("x", 1), ("y", 3)])
def test_arguments_that_are_no_numbers_are_refused(backend: str, name: str, count: int) -> None:
    """A nan among arguments that fit as they are is named, whether one sample is computed or a batch."""
    network = mlp("2-3-1", activation="relu")
    given = {**network.initial_params(0), "x": np.ones((count, 2)), "y": np.ones((count, 1))}
    given[name][(-1,) * given[name].ndim] = np.nan
    x, y = given.pop("x"), given.pop("y")
    with pytest.raises(DataError, match=rf"^{name}\[\d(, \d)?\] is nan, wanted a finite number; drop or replace it$"):
        compile(derive(network), backend)(given, x, y)


def test_poles_are_infinite_or_said() -> None:
    """Where a cost is infinite a batch gives infinities, so does a single sample, and plain Python says it."""
    derivation = derived("1-1", ("identity",), "1/a + 0*y")
    params, x, y = {"W1": np.ones((1, 1)), "b1": -np.ones(1)}, np.ones((1, 1)), np.ones((1, 1))
    with np.errstate(divide="ignore"):
        for samples in (1, 2):
            cost, grads = compile(derivation)(params, np.repeat(x, samples, axis=0), np.repeat(y, samples, axis=0))
            assert (np.inf, -np.inf) == (cost, grads["b1"][0])
    with pytest.raises(DataError, match=r"^the cost or its derivative is infinite at this point; the backend numpy"):
        compile(derivation, "scalar")(params, x, y)


def test_unknown_backend_is_named() -> None:
    """A backend that is not there is refused with the list."""
    with pytest.raises(UnknownNameError, match=r"^backend 'nunpy' is unknown; did you mean 'numpy'\?"):
        compile(derived("3-4-2", ("sigmoid", "sigmoid"), "quadratic"), "nunpy")


def test_a_planted_fault_in_the_plan_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gradient compiled from equations with a lost σ' differs from the witness: the comparison can fail."""
    derivation = derived("3-4-2", ("sigmoid", "sigmoid"), "quadratic")
    honest = plan.error_of_hidden_layer

    def without_slope(derivation: Derivation, activation: Any) -> Any:
        form = honest(derivation, activation)
        s = next(entry for entry in form.error.free_symbols if str(entry).startswith("s("))
        return type(form)(form.error / s, form.by_activation, form.counted)

    monkeypatch.setattr(plan, "error_of_hidden_layer", without_slope)
    params, x, y = batch(derivation, 5)
    assert error(compilation.compile(derivation)(params, x, y), witness(derivation, params, x, y)) > 1e-3


@pytest.mark.parametrize("formula", ["ln(z)", "sqrt(z)", "z^(1/3)", "1/z"])
def test_outside_its_domain_a_gradient_is_nan(formula: str) -> None:
    """Both ways give NaN or an infinity where a formula of the user is no real number, and neither raises."""
    gradient = compile(derived("1-1", (formula,), "quadratic"))
    params = {"W1": np.ones((1, 1)), "b1": np.zeros(1)}
    x = np.zeros((1, 1)) if formula == "1/z" else np.array([[-2.0]])
    with np.errstate(all="ignore"):
        for samples in (1, 2):
            cost, _ = gradient(params, np.repeat(x, samples, axis=0), np.zeros((samples, 1)))
            assert not np.isfinite(cost)


def test_what_is_no_derivation_is_refused() -> None:
    """A network that was not derived yet is named, with what to do."""
    with pytest.raises(SpecError, match=r"^compile wants a derivation, got Network; try compile\(derive\(network\)\)$"):
        compile(mlp("1-1"))  # type: ignore[arg-type]
    with pytest.raises(SpecError, match=r"^derive wants a network, got str; try derive\(mlp\('2-3-1'\)\)$"):
        derive("2-3-1")  # type: ignore[arg-type]


@pytest.mark.parametrize("backend", OF_PLANS)
def test_no_function_is_there_that_is_not_called(backend: str) -> None:
    """A call of relu is not taken for one of elu, whose name is a part of it."""
    source = compile(derived("2-3-1", ("relu", "max(0, z)"), "hinge"), backend).source
    assert "def relu" in source
    assert "def elu" not in source
