"""Training networks of layers: masks are drawn, statistics are those of the training set, slopes are measured."""

from __future__ import annotations

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.errors import DataError
from symbackprop.numerics.classes import Data
from symbackprop.numerics.comparison import Course
from symbackprop.numerics.layered import CompiledLayers
from symbackprop.numerics.layered_training import accuracy_of_layers, train_layers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(21, 3))
DATA = Data(X, np.eye(2)[(X[:, 0] > X[:, 1]).astype(int)], "made")


def compiled(line: str, cost: str = "quadratic") -> CompiledLayers:
    """Return a network as a function."""
    return sb.compile(sb.derive(sb.sequential(line, cost=cost)))


def trained(f: CompiledLayers, epochs: int = 4, size: int = 7):
    """Return the comparison of a short training."""
    return train_layers(f, DATA, Course(0.5, epochs, size, 3), start=f.network.initial_params(3))


def test_slopes_are_measured_and_agree() -> None:
    """At the first step of each epoch a slope is compared with differences, at kinks of first biases, too."""
    f = compiled("3 -> dense(4) relu -> residual(dense(4) tanh) -> dense(2, bias=false) softmax", "cross_entropy")
    comparison = trained(f, epochs=12)
    assert (12, True) == (comparison.compared, comparison.ok)
    assert comparison.step_difference < 1e-7
    assert accuracy_of_layers(f, comparison.compiled.params, DATA, of=DATA) > 0.8


def test_wrong_gradient_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A derivative that is wrong by a thousandth fails."""
    f = compiled("3 -> dense(4, bias=false) tanh -> dense(2)")
    right = CompiledLayers.__call__

    def wrong(self, params, x, y, **masks):
        cost, grads = right(self, params, x, y, **masks)
        return cost, grads | {"W1": grads["W1"] * 1.001}

    monkeypatch.setattr(CompiledLayers, "__call__", wrong)
    assert not trained(f).ok


def test_masks_are_drawn_for_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A share of the factors is 0, the others 1/(1 - rate); the seed repeats them."""
    f, seen = compiled("3 -> dropout(0.75) -> dense(2)"), []
    right = CompiledLayers.__call__

    def watched(self, params, x, y, **masks):
        seen.append(masks["mask1"])
        return right(self, params, x, y, **masks)

    monkeypatch.setattr(CompiledLayers, "__call__", watched)
    first = trained(f, epochs=30).compiled.losses
    drawn = np.concatenate(seen)
    assert {0.0, 4.0} == set(np.unique(drawn))
    assert np.mean(drawn == 0) == pytest.approx(0.75, abs=0.03)
    assert first == trained(f, epochs=30).compiled.losses


def test_held_out_samples_get_the_statistics_of_the_others() -> None:
    """Batch normalisation of other samples takes mean and variance of the training set, one alone, too."""
    f = compiled("3 -> batch_norm -> dense(2)")
    params = f.network.initial_params(0)
    outputs, other = f.predictor(params, X), RNG.normal(size=(4, 3))
    normal = (other - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + 1e-5)
    np.testing.assert_allclose(outputs(other), normal @ params["W2"].T + params["b2"], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(outputs(other[:1]), outputs(other)[:1], rtol=1e-13)


def test_no_sample_is_left_alone() -> None:
    """Where samples couple, a last mini-batch of one is refused before anything is trained, with a size that goes."""
    with pytest.raises(DataError, match=r"21 samples in batches of 5 leave one alone, .* try batches of 6$"):
        trained(compiled("3 -> batch_norm -> dense(2)"), size=5)
