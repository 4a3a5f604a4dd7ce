"""The program of a batch: an index for the sample in front of all that is no parameter."""

from __future__ import annotations

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.network.samples import over_samples, program_of


@pytest.mark.parametrize(
    ("activation", "cost"), [("sigmoid", "quadratic"), ("tanh,softmax", "cross_entropy"), ("relu", "(a-y)^4")]
)
def test_batch_of_a_dense_network_is_what_its_own_gradient_says(activation: str, cost: str) -> None:
    """Cost and derivatives of the batch's program are those of the network, to a rounding of a few digits."""
    net = sb.mlp("3-4-2", activation.split(",") if "," in activation else activation, cost)
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(5, 3)), np.eye(2)[[0, 1, 0, 1, 1]]
    params = net.initial_params(2)
    cost_there, grads_there = sb.compile(sb.derive(net))(params, x, y)
    cost_here, grads = sb.compile(sb.derive(over_samples(program_of(net))))({**params, "x": x, "y": y})
    assert abs(cost_here - cost_there) < 1e-14
    for name, expected in grads_there.items():
        np.testing.assert_allclose(grads[name], expected, rtol=1e-12, atol=1e-15)


def test_sum_over_samples_adds_a_penalty_once() -> None:
    """With the sum in place of the mean only what depends on samples is added up."""
    text = "input x[N]\ntarget y[M]\nparameter W[M, N]\nz[j] = sum[k](W[j, k]*x[k])\n"
    text += "C = sum[j]((z[j] - y[j])^2)/2 + 0.1*sum[j, k](W[j, k]^2)/2\n"
    block = sb.equations(text)
    rng = np.random.default_rng(3)
    x, y, weight = rng.normal(size=(4, 3)), rng.normal(size=(4, 2)), rng.normal(size=(2, 3))
    z = x @ weight.T
    for reduction, scale in (("mean", 1 / 4), ("sum", 1.0)):
        f = sb.compile(sb.derive(over_samples(block.program, reduction)))
        cost, grads = f({"x": x, "y": y, "W": weight})
        assert abs(cost - (scale * ((z - y) ** 2).sum() / 2 + 0.05 * (weight**2).sum())) < 1e-13
        np.testing.assert_allclose(grads["W"], scale * (z - y).T @ x + 0.1 * weight, rtol=1e-12)


def test_letters_of_the_program_are_kept() -> None:
    """A program that has an index s and a size m gets other letters for its samples."""
    block = sb.equations("input x[m]\ny[s] = x[s]^2\n")
    (equation,) = over_samples(block.program).equations
    assert str(equation.target) == "y[r, s]"
    assert [str(last) for _, last in equation.tensor.axes] == ["M", "m"]
    rows = over_samples(sb.equations("input m[N]\no[i] = m[i]^2\n").program)
    assert "B" == str(rows.equations[0].tensor.sizes[0])  # a batch of m is called M


def test_program_that_uses_all_usual_letters_has_a_batch() -> None:
    """Where s, r, q, t and p mean something already, the sample is counted by s1."""
    block = sb.equations("input s[N], r[N], q[N], t[N]\no[p] = s[p]*r[p]*q[p]*t[p]\n")
    assert "o[s1, p]" == str(over_samples(block.program).equations[0].target)
