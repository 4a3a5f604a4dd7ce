"""The networks that the tests of the story tell: plain, deep, flat, mixing, custom, and of every kind of kink."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources

import pytest

from symbackprop.calculus.backpropagation import Derivation, derive
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.exposition.document import Document
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.narration import narrate
from symbackprop.network.layered import sequential
from symbackprop.network.model import mlp
from symbackprop.network.text.equations import equations

NETWORKS = {
    "plain": ("2-3-1", "sigmoid", "quadratic"),
    "digits": ("784-30-10", ["sigmoid", "softmax"], "cross_entropy"),
    "several": ("3-4-5-2", ["tanh", "relu", "sigmoid"], "binary_cross_entropy"),
    "flat": ("4-2", "sigmoid", "quadratic"),
    "custom": ("2-4-3", ["z/(1+exp(-z))", "tanh"], "(a-y)**4"),
    "mixing": ("4-3-2", "softmax", "mse"),
    "deep": ("-".join(["12"] * 20), ["gelu"] * 17 + ["relu", "softmax"], "kl_divergence"),
    "kinks": ("3-3-2", ["hardtanh", "selu"], "huber"),
    "long": ("3-3-2-2", ["mish", "gelu_tanh", "mish"], "hinge"),
    "symbolic": ("3-4-2", ["softplus", "log_softmax"], "mae"),
}


# networks whose slides are looked at, besides some of those above
LECTURED = {
    "mixed": ("3-4-5-2", ["relu", "tanh", "softmax"], "cross_entropy"),
    "four": ("2-3-3-3-1", "sigmoid", "quadratic"),
    "outputs": ("3-4-2", "sigmoid", "quadratic"),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `network` with each of them, and one that asks for `lang` in every language."""
    if "network" in metafunc.fixturenames:
        metafunc.parametrize("network", [pytest.param(name, marks=pytest.mark.combinations) for name in NETWORKS])
    if "lang" in metafunc.fixturenames:
        metafunc.parametrize("lang", list(LANGUAGES))


@cache
def _derived(name: str) -> Derivation:
    shape, activation, cost = (NETWORKS | LECTURED)[name]
    return derive(mlp(shape, activation, cost))


@pytest.fixture
def derived() -> Callable[[str], Derivation]:
    """Return the derivation of one of the networks, by its name."""
    return _derived


@cache
def _told(name: str, lang: str) -> Document:
    return narrate(_derived(name), lang=lang)


@pytest.fixture
def told() -> Callable[[str, str], Document]:
    """Return the story of one of the networks in one language."""
    return _told


@cache
def _program(name: str) -> ProgramDerivation:
    text = resources.files("symbackprop.network.examples").joinpath(f"{name}.eq").read_text(encoding="utf-8")
    return derive(equations(text))


@pytest.fixture
def program_derivation() -> Callable[[str], ProgramDerivation]:
    """Return the derivation of one of the shipped programs, by its name."""
    return _program


# networks of layers: what is told of them is looked at in every format, and each of them in one
LAYERED: dict[str, tuple[str, dict[str, str]]] = {
    "tied": ("4 -> dense(2) tanh -> dense(4, tied_to=1)", {}),  # the first one is that of a run of the whole suite
    "lenet": (
        "1x12x12 -> conv2d(2, 3) relu -> max_pool2d(2) -> flatten -> dense(3) softmax",
        {"cost": "cross_entropy"},
    ),
    "lstm": ("4x3 -> lstm(2) -> dense(2)", {}),
    "attention": ("4x4 -> attention(2) -> layer_norm", {}),
    "batch_norm": ("4 -> dense(3) -> batch_norm relu -> dense(2) softmax", {"cost": "cross_entropy"}),
    "residual": ("4 -> residual(dense(3) tanh -> dense(4)) relu -> dense(2)", {}),
    "penalty": ("4 -> dense(3) tanh -> dense(2)", {"l2": "lambda=0.01"}),
}


@cache
def _layered(name: str) -> ProgramDerivation:
    line, wishes = LAYERED[name]
    found = derive(sequential(line, **wishes))
    assert isinstance(found, ProgramDerivation)
    return found


@pytest.fixture
def layered_derivation() -> Callable[[str], ProgramDerivation]:
    """Return the derivation of one of the networks of layers, by its name."""
    return _layered
