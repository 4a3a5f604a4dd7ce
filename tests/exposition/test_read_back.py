r"""What is printed of equation files and of layers is read back in every convention, and has the values of the code.

All starts from the numbers that are given: the lines of the way forward are read, then those back, with nothing else
in between. How a name is printed in a convention is said here once more, by hand.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pytest
from exposition.formulareader import Name, Page
from sympy import Indexed

import symbackprop as sb
from symbackprop.exposition.document import Document, Formula
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.named import equations_of, sides_of
from symbackprop.exposition.narration import narrate
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.program import Kind

# in an order in which the share of them that is run with all tests is quick
NETWORKS: dict[str, tuple[str, str] | None] = {
    "attention": None,
    "lstm": None,
    "rms_norm": None,
    "rnn": None,
    "layer_norm": None,
    "max_pooling": None,
    "convolution": None,
    "lenet": (
        "1x5x5 -> conv2d(2, 2) relu -> max_pool2d(2, stride=1) -> avg_pool2d(2, 1) -> flatten -> dense(2) softmax",
        "cross_entropy",
    ),
    "LSTM": ("3x2 -> lstm(2) -> dense(2)", "quadratic"),
    "heads": ("3x4 -> attention(2) -> dense(2) softmax", "cross_entropy"),
    "norm": ("3 -> dense(4) tanh -> layer_norm -> dense(2)", "quadratic"),
    "tied": ("4 -> dense(3) tanh -> dense(4, tied_to=1)", "mse"),
    "gru": ("3x2 -> gru(2) -> dense(2)", "quadratic"),
    "residual": ("3 -> residual(dense(3) tanh) -> dense(2)", "quadratic"),
    "logistic_regression": None,
    "autoencoder": None,
    "softmax_regression": None,
    "two_layer_network": None,
}
OWN = {
    "like": "ng",
    "layer": "l",
    "first": 1,
    "gradient": "nabla",
    "symbols": {"w": r"\theta", "a": "h", "z": "s", "x": "u", "y": "t", "C": r"\mathcal{J}", "output": "o"},
}
CONVENTIONS: dict[str, Any] = {
    "usual": None,
    **{each: each for each in ("nielsen", "ng", "bishop", "pytorch")},
    "own": OWN,
}
COSTS = {"usual": "C", "nielsen": "C", "ng": "L", "bishop": "E_n", "pytorch": "L", "own": "J"}
# of layers: letters that are another's in a convention, what the last layer gives, and the number of the first layer
SPELT: dict[str, tuple[dict[str, str], str, int]] = {
    "usual": ({}, "", 1),
    "nielsen": ({"W": "w"}, "", 2),
    "ng": ({}, "", 1),
    "bishop": ({"a": "z", "z": "a", "y": "t"}, "y", 1),
    "pytorch": ({}, "", 1),
    "own": ({"W": r"\Theta", "a": "h", "z": "s", "x": "u", "y": "t"}, "o", 2),
}
# letters that give way, as something else is called so: a size, an index, a state, another matrix
TAKEN = {
    ("lenet", "nielsen"): "W",
    ("lenet", "own"): "axo",
    ("LSTM", "bishop"): "yo",
    ("heads", "bishop"): "yo",
    ("gru", "bishop"): "yo",
    ("LSTM", "own"): "ayo",
    ("heads", "own"): "axzyo",
    ("gru", "own"): "axy",
}
GREEK = ("mu", "epsilon", "lambda", "alpha", "tau", "xi")


def names(array: str, network: str, convention: str) -> list[Name]:
    """Return how an array is printed: an entry of it, and all of it where a matrix has a capital."""
    stem, number = re.fullmatch(r"([A-Za-z]+)([\d.]*)", array).groups()  # type: ignore[union-attr]
    depth = getattr(derived(network).network, "depth", None)
    letters, output, first = SPELT[convention] if depth is not None else ({}, "", 1)
    taken = TAKEN.get((network, convention), "")
    letters = {name: value for name, value in letters.items() if name not in taken}
    output = "" if "o" in taken else output
    if depth is not None and output and array == f"a{depth}":
        return [(output, "", ""), (output.upper(), "", "")]
    greek = stem in GREEK
    letter, mark = (f"\\{stem}", "") if greek else (stem[0], stem[1:])
    letter = letters.get(letter, letter)
    if number and depth is not None:
        outer, dot, inner = number.partition(".")
        number = f"{int(outer) + first - 1}{dot}{inner}"
    above, below = (number, mark) if number else (mark, "")
    if array in ("h0", "c0"):  # beside h at 0
        return [(letter, "0", "")]
    if convention == "pytorch":  # a layer stands below, and before letters of a name
        found = [(letter, "", above if not below else f"{below},{above}"), (letter, "", f"{above},{below}")]
    else:
        found = [(letter, above, below)]
    if stem == "xi":
        return found + [(r"\Xi", *each[1:]) for each in found]
    return found + [(each[0].upper(), *each[1:]) for each in found if not greek and len(each[0]) == 1]


@cache
def derived(name: str) -> Any:
    """Return the derivation of an equation file, or of layers; of a batch in rows or columns where the name says so."""
    name, _, samples = name.partition(" in ")
    if samples:
        return derived(name).of_samples(samples)
    if layers := NETWORKS[name]:
        line, cost = layers
        return sb.derive(sb.sequential(line, cost=cost))
    file = resources.files("symbackprop.network.examples").joinpath(f"{name}.eq")
    return sb.derive(sb.equations(file.read_text(encoding="utf-8")))


@cache
def computed(name: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return what is given, by name, the derivatives that the code gives, and what it computes forward."""
    derivation, rng = derived(name), np.random.default_rng(3)
    network = derivation.network
    if isinstance(network, LayeredNetwork):
        params = network.initial_params(seed=4)
        params |= {key: value + 0.1 for key, value in params.items() if not np.any(value)}
        shapes = {a.name: shape_of(derivation, a.tensor) for a in derivation.program.arrays}
        x, y = rng.normal(size=shapes["x"]), rng.uniform(0.1, 0.9, size=shapes["y"])
        y /= y.sum(-2 if derivation.samples == "columns" else -1, keepdims=True)
        first = {None: lambda a: a[None], "rows": lambda a: a, "columns": lambda a: np.moveaxis(a, -1, 0)}
        by_sample = first[derivation.samples]
        cost, grads = sb.compile(sb.derive(network))(params, by_sample(x), by_sample(y))
        constants = {a.name: 1e-5 for a in derivation.program.of_kind(Kind.CONSTANT)}
        return {**params, **constants, "x": x, "y": y}, grads, {"C": cost}
    values: dict[str, Any] = {}
    for array in derivation.program.arrays:
        if array.kind in (Kind.INPUT, Kind.PARAMETER, Kind.CONSTANT, Kind.TARGET):
            shape = shape_of(derivation, array.tensor)
            values[array.name] = rng.uniform(0.2, 0.9, size=shape)
            if array.kind is Kind.TARGET and name.startswith("softmax_regression"):
                values[array.name] /= values[array.name].sum(
                    -2 if derivation.samples == "columns" else -1, keepdims=True
                )
    f = sb.compile(derivation)
    if derivation.program.has_cost:
        cost, grads = f(values)
        return values, grads, {"C": cost}
    outputs = f.forward(values)
    upstream = {key: rng.normal(size=np.shape(value)) for key, value in outputs.items()}
    return {**values, **{f"d{key}": each for key, each in upstream.items()}}, f.backward(values, upstream), outputs


def shape_of(derivation: Any, tensor: Any) -> tuple[int, ...]:
    """Return how many positions each axis of an array has."""
    return tuple(last - first + 1 for first, last in spans_of(derivation, tensor))


def spans_of(derivation: Any, tensor: Any) -> list[tuple[int, int]]:
    """Return the first and the last position of each axis of an array."""
    sizes = derivation.program.sizes
    return [tuple(int(end.xreplace(dict(sizes))) for end in axis) for axis in getattr(tensor, "axes", ())]  # type: ignore[misc]


def page_of(name: str, convention: str, style: str) -> tuple[Page, list[str]]:
    """Return the printed page, and which arrays its lines compute."""
    derivation = derived(name)
    document: Document = narrate(derivation, convention=CONVENTIONS[convention])
    arrays = {array.name: array for array in derivation.program.arrays}
    depth = getattr(derivation.network, "depth", None)
    named: dict[Name, str] = {}
    entries = {}
    for each in arrays:
        for at, spelling in enumerate(names(each, name, convention) if each != "C" else []):
            (entries if not at else named).setdefault(spelling, each)
    named = {**named, **entries}
    cost = COSTS[convention].partition("_")
    named[cost[0], "", cost[2]] = "C"
    first = SPELT[convention][2] - 1 if depth is not None else 0
    sizes = {}
    for symbol, number in derivation.program.sizes.items():
        stem, digits = re.fullmatch(r"([A-Za-z]+?)(\d*)", symbol.name).groups()  # type: ignore[union-attr]
        sizes[f"{stem}_{int(digits) + first}" if digits else stem] = int(number)
    values, _, _ = computed(name)
    given = {
        (each, False): np.asarray(values[each], float).reshape(shape_of(derivation, array.tensor))
        for each, array in arrays.items()
        if each in values
    }
    given |= {(each, True): values[f"d{each}"] for each in arrays if f"d{each}" in values}
    spans = {each: spans_of(derivation, array.tensor) for each, array in arrays.items()}
    read = [entry for each in derivation.program.equations for entry in each.expression.atoms(Indexed)]
    targets = [array.tensor for array in derivation.program.of_kind(Kind.TARGET)]  # no line says their letters
    letters = {e.base.code_name: [str(place) for place in e.indices] for e in read if e.base in targets}
    page = Page(named, spans, sizes, given, letters=letters)
    for shown in dict.fromkeys(("index", style)):
        page.lines.clear()
        page.known.clear()
        for each, written in equations_of(derivation).items():
            for sides in sides_of(derivation, written, shown, document.convention.mean):
                text = formula_latex(Formula(sides), document.style)
                array, wanted = page.add(text), each.removeprefix("forward-")
                assert wanted == array, f"{text} reads as a line for {array}"
    return page, [key for key, by in page.lines if by]


def check_page(name: str, convention: str, style: str) -> None:
    """Compute forward and back, line by line, as somebody does who has the page alone, and compare with the code."""
    _, gradient, outputs = computed(name)
    page, derivatives = page_of(name, convention, style)
    assert set(gradient) <= set(derivatives)
    for by, values in ((False, outputs), (True, gradient)):
        for array, value in values.items():
            found = page.array(array, by).reshape(np.shape(value))
            said = f"{array} in {convention}, {style}"  # 1e-9: the code subtracts the largest first, the page does not
            np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-12, err_msg=said)


@pytest.mark.combinations
@pytest.mark.parametrize("name", NETWORKS)
def test_page_is_read_back_as_the_gradient(name: str) -> None:
    """In each convention, entry by entry or for whole arrays in turn, a page has the values of the code."""
    # so each two of network, convention and notation are met
    for number, convention in enumerate(CONVENTIONS, start=list(NETWORKS).index(name)):
        check_page(name, convention, ("index", "matrix")[number % 2])


LAYOUTS = ("rows", "columns")
BATCHES = [(name, LAYOUTS[place % 2]) for place, name in enumerate(reversed(NETWORKS))]  # one of both: 2 s to 9 s each


@pytest.mark.combinations
@pytest.mark.parametrize(("name", "samples"), BATCHES)
def test_page_of_a_batch_is_read_back_as_the_gradient(name: str, samples: str) -> None:
    """Each sample a row or a column, entry by entry and for whole arrays, the page of a batch has the code's values."""
    check_page(f"{name} in {samples}", "usual", "matrix")


WRONG = {"p_{iu}\\right)": "p_{ui}\\right)", "- \\sum": "+ \\sum", "\\,k_{jd}": "\\,q_{jd}"}


@pytest.mark.parametrize(("right", "wrong"), WRONG.items())
def test_reader_sees_a_wrong_line(monkeypatch: pytest.MonkeyPatch, right: str, wrong: str) -> None:
    """The witness can fail: with other positions, another sign or a neighbour's name, a page has other values."""
    add = Page.add
    monkeypatch.setattr(Page, "add", lambda page, text: add(page, text.replace(right, wrong)))
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        check_page("attention", "usual", "index")
