"""What is said of a network besides its layers: penalties, reduction, biases, parts with numbers, costs over all."""

from __future__ import annotations

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.errors import SymbackpropError
from symbackprop.network.costs import A, Y

pytestmark = pytest.mark.combinations


def gradient_of(network, x, y):
    """Return cost and derivatives of a network at its first parameters."""
    return sb.compile(sb.derive(network))(network.initial_params(3), x, y)


def test_a_number_of_numpy_is_a_number() -> None:
    """A penalty may come out of an array, as a search over values of it has them."""
    assert sb.mlp("2-1", l2=0.5, l1=2) == sb.mlp("2-1", l2=np.float32(0.5), l1=np.array([2])[0])


@pytest.mark.parametrize(
    "options",
    [
        {"l2": 0.1},
        {"l1": "lambda=0.1"},
        {"reduction": "sum"},
        {"bias": False},
        {"activation": "leaky_relu(alpha=0.2)"},
        {"activation": ["tanh", "softmax(T=2)"]},
        {"cost": "huber(kappa=10)"},
        {"activation": "z^k; k=2"},
        {"activation": "sigmoid(z)^z + z^2"},
        {"cost": "b*abs(a-y)^p; b = 0.5; p = 3"},
        {"cost": "(1+a^2)^y"},
        {"cost": "1 - sum(a*y)/sqrt(sum(a^2)*sum(y^2))"},
    ],
)
def test_what_a_chain_cannot_say_is_a_network_of_layers(options: dict[str, object]) -> None:
    """Where more is said than widths, activations of single neurons and a sum over them, the equations say so."""
    assert isinstance(sb.mlp("2-3-2", **options), sb.LayeredNetwork)


def test_numbers_without_letters_stay_in_a_chain() -> None:
    """`leaky_relu(0.2)` and `huber(10)` are functions of single neurons, so BP1 to BP4 hold, and the number stands."""
    network = sb.mlp("2-3-1", "leaky_relu(0.2)", "huber(10)")
    assert isinstance(network, sb.Network)
    assert "(a - y)**2/2" in str(network.cost_function.term)
    function = network.activations[0].function
    assert [-0.4, 3] == [float(function(value).doit().evalf()) for value in (-2, 3)]
    line = sb.sequential("2 -> dense(3) leaky_relu(0.2) -> dense(1) leaky_relu(0.2)", cost="huber(10)")
    assert (line.activations[0].function, line.cost_function) == (function, network.cost_function)


def test_letters_of_a_formula_are_its_numbers() -> None:
    """A letter may be an exponent or a base, in sums over all outputs too: the derivatives are those of the numbers."""
    x, y = [0.3, 0.4], [0.2, 0.9]
    for said, plain in (
        (("sign(z)*abs(z)^k; k=3", "sum(abs(a-y)^p)^(1/q); p = 4; q = 2"), ("z^3", "sum((a-y)^4)^(1/2)")),
        (("b^z; b=2", "c*cosh(a-y); c=-0.5"), ("2^z", "-cosh(a-y)/2")),
    ):
        (cost, found), (wanted, right) = (gradient_of(sb.mlp("2-3-2", *parts), x, y) for parts in (said, plain))
        assert cost == pytest.approx(wanted, rel=1e-13)
        for name, array in right.items():  # roundings of powers by floats beside those by whole numbers
            np.testing.assert_allclose(found[name], array, rtol=1e-11, atol=1e-14)


def test_terms_of_the_cost_in_numbers() -> None:
    """Penalties are added once, after mean or sum: (λ/2) Σ W², λ Σ |W|, and ∂C/∂W gains λ W and λ sign W."""
    x, y = np.array([[0.3, -0.4], [1.0, 0.2], [-0.6, 0.8]]), np.array([[0.1], [0.7], [0.4]])
    plain, grads = gradient_of(sb.mlp("2-3-1", "tanh"), x, y)
    weights = {name: w for name, w in sb.mlp("2-3-1").initial_params(3).items() if name[0] == "W"}
    squares, sizes = (sum(float(f(w).sum()) for w in weights.values()) for f in (np.square, np.abs))
    cost, found = gradient_of(sb.mlp("2-3-1", "tanh", l2="lambda=0.1", l1=0.2), x, y)
    assert cost == pytest.approx(plain + 0.05 * squares + 0.2 * sizes, rel=1e-13)
    for name, w in weights.items():
        np.testing.assert_allclose(found[name], grads[name] + 0.1 * w + 0.2 * np.sign(w), rtol=1e-12, atol=1e-14)
    total, _ = gradient_of(sb.mlp("2-3-1", "tanh", reduction="sum", l2=0.1), x, y)
    assert total == pytest.approx(3 * plain + 0.05 * squares, rel=1e-13)


def test_network_without_biases_by_hand() -> None:
    """1-3-1 relu, sigmoid without biases, cost (a - y)², at x = 3, y = 0: a = .9525741268, C = .9073974671."""
    network = sb.mlp("1-3-1", ["relu", "sigmoid"], "(a-y)^2", bias=False)
    params = {"W1": np.array([[1.0], [0.5], [-2.0]]), "W2": np.array([[0.5, 1.0, 2.0]])}
    f = sb.compile(sb.derive(network))
    cost, grads = f(params, [3.0], [0.0])
    assert cost == pytest.approx(0.9073974671, abs=1e-10)
    moved = {name: params[name] - grads[name] for name in params}
    assert f(moved, [3.0], [0.0])[0] == pytest.approx(0.6078128202, abs=1e-10)


def test_cost_of_the_outputs_alone() -> None:
    """A cost need not read the target: Σ a² is one term of a chain, and over all outputs."""
    network = sb.mlp("2-2", "tanh", "sum(a^2)")
    term = sb.mlp("2-2", "tanh", "a^2")
    assert not term.cost_function.term.has(Y)
    assert term.cost_function.term.has(A)
    x, y = [0.3, 0.4], [0.0, 0.0]
    assert gradient_of(term, x, y)[0] == pytest.approx(gradient_of(network, x, y)[0], rel=1e-13)


def test_line_reads_as_the_same_layers() -> None:
    """A network of layers says its line again, with formulas between quotes and biases as they are."""
    said = '3 -> residual(dense(4) "z/(1+exp(-z))" -> dense(3) "b*z^k; b=2; k=3") -> dense(3, bias=true) elu(alpha=0.5)'
    network = sb.sequential(said, bias=False, l2=0.1)
    assert sb.sequential(network.line, l2=0.1) == network
    assert ["W1.1", "W1.2", "W2", "b2"] == list(network.parameter_shapes)
    assert ("residual", "dense") == network.layer_names


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"l2": -1}, r"^l2: wanted a number from 0 to 1e\+100, got '-1'; try l2 = 0.01 or \"lambda=0.01\"$"),
        ({"l2": True}, "^l2: wanted a number"),
        ({"l2": "nan"}, "^l2: wanted a number"),
        ({"l1": 10**400}, "^l1: wanted a number"),
        ({"l2": "lambda=1e999"}, "^l2: wanted a number"),
        ({"l2": "3x=1"}, "^penalty l2: '3x' is no letter for a number; try lambda$"),
        ({"l2": "W1=1"}, "^the letter W1 is in use already; take another one for 1, such as kappa$"),
        ({"l2": "pi=1"}, "^the letter pi is in use already"),
        ({"l2": "exp=1"}, "^the letter exp is in use already"),
        (
            {"l2": "kappa=1", "l1": "kappa=2"},
            "^the letter kappa is in use already; take another one for 1, such as rho$",
        ),
        ({"l2": "j=1"}, "^the letter j is in use already; take another one for 1, such as kappa$"),
        ({"l1": "k=1"}, "^the letter k is in use already"),
        ({"l2": "W=1"}, "^the letter W is in use already"),
        ({"penalty": "l1(w=1)"}, "^the letter w is in use already"),
        ({"l1": "lambda=1", "l2": "lambda=2"}, "^the letter lambda is in use already"),
        ({"activation": ["elu(alpha=1)", "elu(alpha=2)"]}, "^the letter alpha is in use already; .* for 2"),
        ({"activation": "elu(z=1)"}, "^the letter z is in use already"),
        ({"activation": "abs(z)^j; j=2"}, "^the letter j is in use already; take another one for 2, such as kappa$"),
        ({"activation": "softmax(T=0)"}, "activation softmax: T is 0, wanted a positive number"),
        ({"activation": "elu(1e400)"}, "activation elu: alpha is inf, wanted a finite number"),
        ({"activation": "sigmoid(2)"}, "activation 'sigmoid' takes no numbers; those that do: elu, "),
        ({"cost": "huber(1, 2)"}, r"^cost huber: got 2 numbers, wanted 1, as in huber\(0.5\)$"),
        ({"cost": "huber(kappa=-1)"}, "^cost huber: kappa is -1, wanted a positive number"),
        ({"cost": "abs(a-y)^p; q=2"}, r"^cost 'abs\(a-y\)\^p': the letter q is not in it; leave it out$"),
        ({"cost": "abs(a-y)^p"}, r"found 'p', which is unknown; give a letter its number: abs\(a-y\)\^p; p = 2$"),
        (
            {"activation": "z^k"},
            r"activation 'z\^k', character 3: found 'k', which is unknown; give a letter its number",
        ),
        ({"cost": "(a-y)^2; k"}, r"character 8: found ';'; write z\^k; k = 2$"),
        ({"activation": "z^exp; exp=2"}, r"activation 'z\^exp': exp is a function, so no array"),
        ({"cost": "sum(a"}, r"^cost 'sum\(a': found the end; wanted a closing bracket$"),
        ({"cost": "sum(y)"}, r"^cost 'sum\(y\)' does not depend on a"),
        ({"reduction": "max"}, "^reduction: wanted mean or sum, got 'max'$"),
        ({"bias": 0}, "^bias: wanted true or false, got '0'$"),
        ({"penalty": "l3(1)"}, "^penalty 'l3' is unknown; known: l1, l2"),
        ({"penalty": "l1"}, r"^penalty l1: got 0 numbers, wanted 1, as in l1\(0.5\)$"),
        (
            {"penalty": ["l1(-1)"]},
            r"^penalty: wanted a number from 0 to 1e\+100, got '-1'; try penalty = \"l1\(0.01\)\"$",
        ),
        ({"penalty": 0.1}, "^penalty: wanted text or a list of text, got '0.1'"),
        ({"penalty": "l2(0.1)", "l2": 0.1}, "^penalty l2 is given twice"),
        ({"l2_biases": True}, "^l2_biases says that l2 is for biases"),
        ({"activation": "tanh", "cost": "cross_entropy", "l2": 0.1}, "cross_entropy wants positive activations"),
    ],
)
def test_wrong_term_says_what_is_wrong(options: dict[str, object], message: str) -> None:
    """A penalty, a letter, a number or a cost that cannot be is one line."""
    with pytest.raises(SymbackpropError, match=message) as caught:
        sb.mlp("2-3-2", **options)
    assert "\n" not in str(caught.value)
