"""Forms that textbooks know come back for a batch as they do for one sample: an index more hides none of them."""

from __future__ import annotations

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.calculus.reverse import derive_program
from symbackprop.network.samples import over_samples

SHARES = "input z[N]\ntarget y[N]\nparameter T\na[j] = softmax[j](z[j]/T)\nC = -sum[j](y[j]*ln(a[j]))"
LOGISTIC = "input z[N]\ntarget y[N]\na[j] = sigmoid(z[j])\nC = -sum[j](y[j]*ln(a[j]) + (1 - y[j])*ln(1 - a[j]))"
NORM = """input x[N]
u = mean[i](x[i])
v = mean[i]((x[i] - u)^2)
o[i] = (x[i] - u)/sqrt(v + 0.01)"""
ATTENTION = "input r[T, T], v[T]\nh[i, j] = softmax[j](r[i, j])\no[i] = sum[j](h[i, j]*v[j])"

FORMS = {  # text, array -> of one sample, of a batch
    "softmax": (SHARES, "z", "(a[j] - y[j])/T", "(a[s, j] - y[s, j])/(m*T)"),
    "sigmoid": (LOGISTIC, "z", "a[j] - y[j]", "(a[s, j] - y[s, j])/m"),
    "norm": (
        NORM,
        "x",
        "(Partial(C, o[i]) - o[i]*Sum(o[i]*Partial(C, o[i]), (i, 1, N))/N - Sum(Partial(C, o[i]), (i, 1, N))/N)"
        "/sqrt(v + 1/100)",
        "(Partial(C, o[s, i]) - o[s, i]*Sum(o[s, i]*Partial(C, o[s, i]), (i, 1, N))/N"
        " - Sum(Partial(C, o[s, i]), (i, 1, N))/N)/sqrt(v[s] + 1/100)",
    ),
    "attention": (
        ATTENTION,
        "r",
        "(Partial(C, h[i, j]) - Sum(h[i, p]*Partial(C, h[i, p]), (p, 1, T)))*h[i, j]",
        "(Partial(C, h[s, i, j]) - Sum(h[s, i, q]*Partial(C, h[s, i, q]), (q, 1, T)))*h[s, i, j]",
    ),
}


@pytest.mark.combinations
@pytest.mark.parametrize("name", FORMS)
def test_form_of_a_batch_is_that_of_a_sample(name: str) -> None:
    """(a - y)/m, the three terms of a norm and the two of a softmax come out for one sample and for many."""
    text, array, *expected = FORMS[name]
    program = sb.equations(text).program
    found = [derive_program(each).gradient(array).right for each in (program, over_samples(program))]
    assert expected == [str(right) for right in found]


def test_batch_keeps_its_numbers_where_a_share_underflows() -> None:
    """(a - y)/m is finite where a is 0 and -y/(m a) is not, and so is ln a, as u - ln Σ exp(u)."""
    f = sb.compile(derive_program(over_samples(sb.equations(SHARES).program)))
    cost, grads = f({"z": [[1000.0, 0.0], [0.0, 0.0]], "y": [[0.0, 1.0], [1.0, 0.0]], "T": 1.0})
    assert 500 + np.log(2) / 2 == cost
    np.testing.assert_allclose([[0.5, -0.5], [-0.25, 0.25]], grads["z"], rtol=1e-15)


def test_cost_of_sigmoids_is_finite_where_they_are_0_or_1() -> None:
    """Neither ln a nor ln(1 - a) is infinite where a is 1 in floats, or 0."""
    f = sb.compile(derive_program(sb.equations(LOGISTIC).program))
    cost, grads = f({"z": [1000.0, -800.0, 0.0], "y": [1.0, 1.0, 0.0]})
    assert 800 + np.log(2) == cost
    np.testing.assert_allclose([0.0, -1.0, 0.5], grads["z"], atol=1e-15)
