"""What a network of layers is called with: any precision and layout, nothing changed; what does not fit is one line."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.errors import DataError, SymbackpropError
from symbackprop.network.layered import LayeredNetwork
from symbackprop.numerics.layered import CompiledLayers
from symbackprop.numerics.layered_verification import inputs_of, targets_of
from symbackprop.numerics.loading import loaded

pytestmark = pytest.mark.combinations

IMAGES = "1x6x6 -> conv2d(2, 3, padding=1) relu -> max_pool2d(2) -> dropout(0.5) -> flatten -> dense(3) softmax"
NESTED = "4 -> residual(dense(3) tanh -> dense(4)) -> dense(2) leaky_relu(alpha=0.2)"
GROUPS = "2x3 -> conv1d(4, 2, groups=2) -> global_avg_pool"  # weights of (4, 1, 2) are (2, 2, 2) in the equations
WORDS = "5 -> embedding(7, 4) -> rnn(3)"
Arguments = tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]


@cache
def network_of(line: str) -> LayeredNetwork:
    """Return a network, each once."""
    return sb.sequential(line, l2="lambda=0.1")


@cache
def compiled(line: str) -> CompiledLayers:
    """Return a compiled network, each once."""
    return sb.compile(sb.derive(network_of(line)))


def arguments(line: str, kind: type = np.float64) -> Arguments:
    """Return parameters, inputs and targets for a network in a precision."""
    network, rng = network_of(line), np.random.default_rng(0)
    params = {name: array.astype(kind) for name, array in network.initial_params(1).items()}
    x = inputs_of(network, rng)
    return params, x if network.vocabulary else x.astype(kind), targets_of(network, rng).astype(kind)


def called(f: CompiledLayers, arrays: dict[str, np.ndarray]) -> tuple[float, dict[str, np.ndarray]]:
    """Return what the function gives for all arrays by name, x and y among them."""
    params = {name: array for name, array in arrays.items() if name not in ("x", "y")}
    return f(params, arrays["x"], arrays["y"])


@pytest.mark.parametrize("line", [IMAGES, NESTED, GROUPS, WORDS])
def test_code_runs_alone(line: str) -> None:
    """The text defines gradient(params, x, y) as that of dense networks does, with the numbers of the function."""
    f = compiled(line)
    alone = loaded(f.source)
    given = arguments(line)
    (cost, grads), (own_cost, own) = f(*given), alone["gradient"](*given)
    assert own_cost == pytest.approx(cost, rel=1e-14)
    assert list(grads) == list(own)
    for name, grad in grads.items():
        np.testing.assert_allclose(own[name], grad, rtol=1e-13, atol=1e-15)


def test_masks_of_the_code() -> None:
    """The text takes the masks of dropout as the function does, and all 1 where they are left out."""
    f, given = compiled(IMAGES), arguments(IMAGES)
    alone = loaded(f.source)
    mask = np.random.default_rng(0).integers(0, 2, (3, 2, 3, 3)) * 2.0
    assert alone["gradient"](*given, mask3=mask)[0] == pytest.approx(f(*given, mask3=mask)[0], rel=1e-14)
    assert f(*given, mask3=mask)[0] != f(*given)[0]


@pytest.mark.parametrize("line", [IMAGES, NESTED, WORDS])
def test_single_precision_stays(line: str) -> None:
    """All of float32 gives derivatives and outputs of float32, close to those of float64."""
    f = compiled(line)
    _, grads = f(*arguments(line))
    params, x, y = arguments(line, np.float32)
    _, found = f(params, x, y)
    assert {"float32"} == {str(grad.dtype) for grad in (*found.values(), *f.forward(params, x).values())}
    for name, grad in grads.items():
        np.testing.assert_allclose(found[name], grad, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(
    "mixed", [("x",), ("x", "y"), ("W1.1",), ("x", "y", "W1.1", "b1.1", "W1.2", "b1.2", "W2", "b2")]
)
def test_half_precision_among_others(mixed: tuple[str, ...]) -> None:
    """Arrays of several types, and all of float16, are computed with as doubles, the penalty's 0.1 included."""
    f, (params, x, y) = compiled(NESTED), arguments(NESTED)
    kind = np.float16 if len(mixed) > 2 else np.float32
    given = {name: a.astype(kind) if name in mixed else a for name, a in {**params, "x": x, "y": y}.items()}
    doubles = {name: a.astype(np.float64) for name, a in given.items()}
    (cost, grads), (own_cost, own) = called(f, doubles), called(f, given)
    assert own_cost == cost
    assert all(np.array_equal(own[name], grad) for name, grad in grads.items())


def test_whole_numbers_lists_and_any_layout() -> None:
    """Whole numbers, lists, read-only arrays and views with strides give what plain arrays give."""
    f, (params, x, y) = compiled(IMAGES), arguments(IMAGES)
    x, y = np.round(4 * x), np.round(y)
    cost, grads = f(params, x, y)
    wide = np.zeros((3, 1, 12, 12))
    wide[:, :, ::2, ::2] = x
    turned = {name: np.asfortranarray(array) for name, array in params.items()}
    for array in (*turned.values(), wide):
        array.setflags(write=False)
    for given in (
        (turned, wide[:, :, ::2, ::2], y.astype(int)),
        (params, x.astype(np.int8), y.astype(bool)),
        ({name: array.tolist() for name, array in params.items()}, x.reshape(3, 36).tolist(), y.tolist()),
    ):
        other_cost, other = f(*given)
        assert other_cost == pytest.approx(cost, rel=1e-13)
        assert all(np.allclose(other[name], grad, rtol=1e-12, atol=1e-14) for name, grad in grads.items())
        assert all(grad.flags.writeable for grad in other.values())


def test_nothing_that_is_given_is_changed() -> None:
    """No call writes into its arguments, and what it returns is nobody else's."""
    for line in (IMAGES, NESTED, WORDS):
        f, (params, x, y) = compiled(line), arguments(line)
        before = {name: array.copy() for name, array in {**params, "x": x, "y": y}.items()}
        _, grads = f(params, x, y)
        (output,) = f.forward(params, x).values()
        for found in (*grads.values(), output):
            np.add(found, 1, out=found)
        for name, array in {**params, "x": x, "y": y}.items():
            np.testing.assert_array_equal(before[name], array)


PARAMS, X, Y = arguments(NESTED)


@pytest.mark.parametrize(
    ("params", "x", "y", "message"),
    [
        ([1], X, Y, r"^params: wanted a mapping such as \{'W1': …\}, got list$"),
        ({**PARAMS, "W9": 1}, X, Y, r"^params: 'W9' is no parameter of the network; it has W1\.1, b1\.1, "),
        ({"W2": PARAMS["W2"]}, X, Y, r"^params: W1\.1 is missing; give W1\.1, "),
        ({**PARAMS, "W2": np.zeros((4, 2))}, X, Y, r"^params: W2 has shape \(4, 2\), wanted \(2, 4\); try W2\.T$"),
        ({**PARAMS, "W2": [[1], [1, 2]]}, X, Y, r"^params: W2 is ragged: its rows differ in length"),
        ({**PARAMS, "b2": np.array(["a", "b"])}, X, Y, r"^params: b2 holds values of type <U1, wanted real numbers"),
        ({**PARAMS, "b2": np.array([1j, 0])}, X, Y, r"^params: b2 holds values of type complex128"),
        ({**PARAMS, "b2": np.array([np.nan, 0])}, X, Y, r"^b2\[0\] is nan, wanted a finite number; drop or"),
        (PARAMS, X[:, :3], Y, r"^x has shape \(3, 3\), wanted \(m, 4\)$"),
        (PARAMS, X[:0], Y, r"^x has shape \(0, 4\), wanted \(m, 4\)$"),
        (PARAMS, 3.0, Y, r"^x has shape \(\), wanted \(m, 4\)$"),
        (PARAMS, None, Y, r"^x is missing; give"),
        (PARAMS, [[1, 2], [3]], Y, r"^x is ragged: its rows differ in length"),
        (PARAMS, X.astype(object), Y, r"^x holds values of type object"),
        (PARAMS, X, Y[:2], r"^x has 3 samples and y has 2; give one row of y for each of x$"),
        (PARAMS, np.full((3, 4), np.inf), Y, r"^x\[0, 0\] is inf, wanted a finite number; drop or"),
    ],
)
def test_what_does_not_fit_is_one_line(params: object, x: object, y: object, message: str) -> None:
    """A wrong name, shape, type or number is said by its name, with what was wanted."""
    with pytest.raises(SymbackpropError, match=message) as caught:
        compiled(NESTED)(params, x, y)
    assert "\n" not in str(caught.value)


def test_words_that_no_row_stands_for() -> None:
    """What looks whole numbers up refuses what is none, or none of its vocabulary, with the place."""
    params, x, y = arguments(WORDS)
    for wrong in (7, -1, 0.5):
        x[1, 2] = wrong
        with pytest.raises(DataError, match=rf"^x\[1, 2\] is {wrong:g}, wanted a whole number from 0 to 6$"):
            compiled(WORDS)(params, x, y)


def test_title_stays_inside_of_its_quotes() -> None:
    """A title is words, whatever stands in it: the text of a module is not left by it."""
    for title in ('a"""; raise SystemExit; """', "\\", '"'):
        block = sb.equations("input x[N]\ny[i] = tanh(x[i])", title=title)
        assert "forward" in loaded(sb.compile(sb.derive(block)).source)
