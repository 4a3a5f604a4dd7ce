r"""Everybody's notation: what is printed in a convention is read back as its readers do, and has the right values.

The reader knows matrices, sums over samples and entries. What a name means in a convention is said here once more, by
hand: `dZ^{[2]}` of a course, `w_{20}` of a book, which is a bias.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.calculus.backpropagation import Derivation, derive
from symbackprop.calculus.equations import NOTATIONS
from symbackprop.calculus.links import ANY, dense
from symbackprop.calculus.matrixform import forward
from symbackprop.calculus.mistakes.sentences import sentence
from symbackprop.errors import BudgetError, SpecError, UnknownNameError
from symbackprop.exposition.conventions import CONVENTIONS, Convention, convention_of, said_of
from symbackprop.exposition.document import Prose
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.layout import side_by_side
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.narration import laid_out, narrate
from symbackprop.exposition.rendering import render, render_files
from symbackprop.exposition.story.backwardpass import at_one_layer, compact
from symbackprop.exposition.symbols import own_letters
from symbackprop.network.spec import spec_from_text

TOKEN = re.compile(r"\\[A-Za-z]+|\\[^A-Za-z]|\d+|[A-Za-z]|\S")
BY = re.compile(r"\}\{\\partial (.*)\}")  # in \frac{\partial C}{\partial w^{(1)}_{21}}
SAMPLES = 5
Arrays = dict[tuple[str, int], Any]  # by what they are, and their layer


@dataclass(frozen=True)
class Meaning:
    """What the names of a convention mean: letters of whole arrays, of entries, and where the layer is."""

    whole: Mapping[str, str]
    entries: Mapping[str, str]
    layer: str
    first: int = 0
    rows: bool = True
    scale: str = "mean"  # what ∂/∂W of a batch is: the mean over the samples, or their sum
    error: str = "own"  # Δ of a sample: of its own cost, or of the 'whole' cost, with 1/m


ENTRIES = {"w": "W", "b": "b", "z": "z", "a": "a", "x": "x", "y": "y", r"\delta": "delta"}
MEANINGS = {
    "nielsen": Meaning(
        {"w": "W", "b": "b", "Z": "z", "A": "a", "X": "x", "Y": "y", r"\Delta": "delta"}, ENTRIES, "^l", 1
    ),
    "ng": Meaning(
        {"W": "W", "b": "b", "Z": "z", "A": "a", "X": "x", "Y": "y", "dZ": "delta", "dz": "delta"},
        {**ENTRIES, "dz": "delta"},
        "^[l]",
        rows=False,
    ),
    "bishop": Meaning(
        {"W": "W", "w": "b", "A": "z", "Z": "a", "X": "x", "T": "y", "Y": "output", r"\Delta": "delta"},
        {"w": "W", "a": "z", "z": "a", "x": "x", "t": "y", "y": "output", r"\delta": "delta"},
        "^(l)",
        scale="sum",
    ),
    "pytorch": Meaning(
        {"W": "W", "b": "b", "Z": "z", "A": "a", "X": "x", "Y": "y", "grad_output": "delta"},
        {**ENTRIES, "grad_output": "delta"},
        "_l",
        error="whole",
    ),
}
LAYERS = {"^l": r"\^(\d+)", "^[l]": r"\^\[(\d+)\]", "^(l)": r"\^\((\d+)\)", "_l": r"_(\d+)"}
NETWORKS = {"2-3-1": ("sigmoid", "quadratic"), "3-4-2": (["sigmoid", "softmax"], "cross_entropy")}


def sigmoid(z: Any) -> Any:
    """Return 1/(1 + e^-z)."""
    return 1 / (1 + np.exp(-z))


class Reader:
    """Reads one side of an equation and computes it; `value` gives what a name stands for."""

    def __init__(self, text: str, value: Callable[[str, str, str], Any]) -> None:
        self.tokens = [token for token in TOKEN.findall(text) if token not in (r"\,", "&")]
        self.place, self.value, self.sample = 0, value, 0

    def peek(self) -> str:
        """Return the next token, or nothing at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        """Return the next token, which must be the one that is wanted, and go on."""
        token = self.peek()
        assert not wanted or token == wanted, f"{token!r} where {wanted!r} belongs: {' '.join(self.tokens)}"
        self.place += 1
        return token

    def group(self) -> str:
        """Return what stands between braces as text."""
        self.take("{")
        start, depth = self.place, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self.take(), 0)
        return "".join(self.tokens[start : self.place - 1])

    def total(self) -> Any:
        """Return the value of terms with their signs."""
        value = -self.entrywise() if self.peek() == "-" and self.take() else self.entrywise()
        while self.peek() in ("+", "-"):
            value = value + self.entrywise() if self.take() == "+" else value - self.entrywise()
        return value

    def entrywise(self) -> Any:
        """Return the value of products, multiplied entry by entry."""
        value = self.product()
        while self.peek() in (r"\odot", r"\ast"):
            self.take()
            value = value * self.product()
        return value

    def product(self) -> Any:
        """Return the value of factors side by side: matrices are multiplied as such."""
        value = self.factor()
        while self.peek() not in ("", "+", "-", "=", r"\right", r"\odot", r"\ast", "}"):
            if self.peek() == r"\cdot":
                self.take()
            factor = self.factor()
            value = value * factor if np.ndim(value) == 0 or np.ndim(factor) == 0 else value @ factor
        return value

    def factor(self) -> Any:
        """Return the value of a number, a fraction, a sum, a fence, a function or a name."""
        token = self.take()
        if token.isdigit():
            return float(token)
        if token == r"\frac":
            return Reader(self.group(), self.value).total() / Reader(self.group(), self.value).total()
        if token == r"\sum":
            return self.over_samples()
        if token == r"\left":
            self.take("(")
            value = self.total()
            self.take(r"\right")
            self.take(")")
            return self.raised(value)
        if token == r"\mathbf":
            return self.raised(np.ones((SAMPLES, 1))) if self.group() == "1" else None
        return self.named(token)

    def raised(self, value: Any) -> Any:
        """Return the value, transposed where a T stands above it."""
        if self.peek() == "^":
            self.take()
            assert self.group() == r"\mathsf{T}"
            return value.T
        return value

    def named(self, token: str) -> Any:
        """Return the value of a name with its scripts, or of a function of what follows."""
        name = self.group().replace(r"\_", "_") if token == r"\mathrm" else token
        if name == "d":
            name += self.take()
        while self.peek() == "'":
            name += self.take()
        scripts = {"^": "", "_": ""}
        while self.peek() in scripts:
            sign = self.take()
            scripts[sign] = self.group()
        transposed = r"\mathsf{T}" in scripts["^"]
        above = scripts["^"].replace(r"\mathsf{T}", "")
        if self.peek() == "{":
            return FUNCTIONS[name](Reader(self.group(), self.value).total())
        value = self.value(name, above, scripts["_"])
        return value.T if transposed else value

    def over_samples(self) -> Any:
        """Return the sum over the samples of what has the number of a sample in parentheses."""
        self.take("_")
        letter = self.group().partition("=")[0]
        self.take("^")
        self.group()
        start, total = self.place, 0.0
        for number in range(SAMPLES):
            self.place = start
            within = Reader(
                "", lambda *name, n=number: self.value(*(part.replace(f"({letter})", f"({n})") for part in name))
            )
            within.tokens, within.place = self.tokens, self.place
            total = total + within.product()
            self.place = within.place
        return total

    def of_sample(self, letter: str, number: str, *name: str) -> Any:
        """Return the value of a name with the number of a sample for its letter."""
        return self.value(*(part.replace(letter, number) for part in name))


FUNCTIONS: dict[str, Callable[[Any], Any]] = {r"\sigma": sigmoid, "exp": np.exp}


def meaning_of(convention: str, arrays: Arrays, depth: int) -> Callable[[str, str, str], Any]:
    """Return what gives the value of a name: arrays with a row or a column per sample, and entries of one sample."""
    known = MEANINGS[convention]

    def value(name: str, above: str, below: str) -> Any:
        sample = re.search(r"\((\d+)\)$", above) if known.layer != "^(l)" else None
        above = above[: sample.start()] if sample else above
        found = re.search(LAYERS[known.layer], f"^{above}_{below}" if above else f"_{below}")
        layer = int(found[1]) - known.first if found else 0
        places = (
            below if known.layer != "_l" else below.partition(",")[2] if found and name not in ("x", "y") else below
        )
        if name in ("m", "N"):
            return float(SAMPLES)
        if places and not (name == "w" and convention == "bishop" and places == "0"):
            return entry(known, arrays, (name, layer, tuple(int(digit) - 1 for digit in places)), depth)
        kind = known.whole[name]
        layer = depth if kind in ("y", "output") else layer
        array = arrays["a" if kind == "output" else kind, 0 if kind == "x" else layer]
        if kind == "W":
            return array
        if kind == "b":
            return array[None, :] if known.rows and not CONVENTIONS[convention].ones else array[:, None]
        if sample:
            return array[int(sample[1])][:, None]
        return array if known.rows else array.T

    return value


def entry(
    known: Meaning, arrays: Mapping[tuple[str, int], Any], name: tuple[str, int, tuple[int, ...]], depth: int
) -> Any:
    """Return an entry, of the first sample where it is a sample's own."""
    letter, layer, places = name
    kind = known.entries[letter]
    if kind == "W" and places[-1] == -1:  # w_{j0} is the bias of unit j
        return arrays["b", layer][places[0]]
    if kind in ("W", "b"):
        return arrays[kind, layer][places]
    layer = {"x": 0, "y": depth, "output": depth}.get(kind, layer)
    return arrays["a" if kind == "output" else kind, layer][0][places]


def truth(shape: str) -> tuple[Derivation, Arrays, dict[str, Any]]:
    """Return the derivation of a network, what is computed for a batch by hand, and the gradient of its mean cost."""
    activation, cost = NETWORKS[shape]
    net = sb.mlp(shape, activation, cost)
    derivation, rng = sb.derive(net), np.random.default_rng(7)
    params = net.initial_params(seed=3)
    x, y = rng.normal(size=(SAMPLES, net.widths[0])), rng.dirichlet(np.ones(net.widths[-1]), SAMPLES)
    y = rng.uniform(size=y.shape) if net.widths[-1] == 1 else y
    arrays: Arrays = {("x", 0): x, ("a", 0): x, ("y", net.depth): y}
    for layer in range(1, net.depth + 1):
        arrays["W", layer], arrays["b", layer] = params[f"W{layer}"], params[f"b{layer}"] + 0.1
        z = arrays["a", layer - 1] @ arrays["W", layer].T + arrays["b", layer]
        soft = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        arrays["z", layer] = z
        arrays["a", layer] = soft if net.activations[layer - 1].name == "softmax" else sigmoid(z)
    at = {f"{letter}{layer}": arrays[letter, layer] for layer in range(1, net.depth + 1) for letter in "Wb"}
    return derivation, arrays, sb.compile(derivation)(at, x, y)[1]


def style_of(derivation: Derivation, convention: Convention) -> Style:
    """Return how formulas look in a document of the convention."""
    letters = own_letters(derivation.network, {}, convention)
    return Style(letters, convention=convention, depth=derivation.network.depth)


def sides(text: str) -> tuple[str, str]:
    """Return the two sides of an equation."""
    left, right = text.split(" = ")
    return left, right


@pytest.mark.parametrize("shape", NETWORKS)
@pytest.mark.parametrize("name", MEANINGS)
def test_pass_of_a_batch_is_read_back_as_the_gradient(name: str, shape: str) -> None:
    """Forward and back, line by line, as a reader of the convention computes: in the end the compiled gradient."""
    derivation, arrays, gradient = truth(shape)
    convention, network, known = CONVENTIONS[name], derivation.network, MEANINGS[name]
    style = style_of(derivation, convention)
    value = meaning_of(name, arrays, network.depth)

    def read(pair: Any, layer: int) -> Any:
        text = written(side_by_side(tuple(at_one_layer(side, network, layer) for side in pair), style))
        return Reader(sides(text)[1], value).total()

    def batch(equation: Any, right: Any, layer: int) -> Any:
        return read(NOTATIONS[convention.samples].sides(equation, right, convention.mean)[0], layer)

    weighted, _ = dense(ANY)
    for layer in range(1, network.depth + 1):
        z = read(forward(weighted, convention.batch), layer)
        np.testing.assert_allclose(arrays["z", layer], z if known.rows else z.T)
    for layer in range(network.depth, 0, -1):
        (own,) = (e for e in derivation.specific.values() if layer in e.layer_numbers)
        delta = batch(own, compact(own.chain), layer)
        arrays["delta", layer] = delta if known.rows else delta.T
        for equation, parameter in (("BP3", "b"), ("BP4", "W")):
            found = batch(derivation.equations[equation], derivation.equations[equation].right, layer)
            wanted = gradient[f"{parameter}{layer}"] * (SAMPLES if known.scale == "sum" else 1)
            np.testing.assert_allclose(found.reshape(wanted.shape), wanted, rtol=1e-12)  # a few additions of doubles


@pytest.mark.parametrize("name", MEANINGS)
def test_entries_are_read_back(name: str) -> None:
    """Every entry of δ and of the derivatives, of one sample: layers, indices, biases and outputs are right."""
    derivation, arrays, _ = truth("3-4-2")
    style, depth = style_of(derivation, CONVENTIONS[name]), derivation.network.depth
    value = meaning_of(name, arrays, depth)
    arrays["delta", 2] = arrays["a", 2] - arrays["y", 2]
    arrays["delta", 1] = arrays["delta", 2] @ arrays["W", 2] * arrays["a", 1] * (1 - arrays["a", 1])
    equations = (*derivation.specific.values(), derivation.equations["BP3"], derivation.equations["BP4"])
    wanted = [arrays["delta", 2][0], arrays["delta", 1][0], *(arrays["delta", layer][0] for layer in (1, 2))]
    wanted += [np.outer(arrays["delta", layer][0], arrays["a", layer - 1][0]).ravel() for layer in (1, 2)]
    texts = [written(side_by_side(pair, style)) for equation in equations for pair in equation.entries()]
    found = [Reader(sides(text)[1], value).total() for text in texts]
    np.testing.assert_allclose(found, np.concatenate(wanted), rtol=1e-12)
    parameters = [Reader(by[1], value).total() for text in texts if (by := BY.search(sides(text)[0]))]
    order = [arrays[kind, layer].ravel() for kind in "bW" for layer in (1, 2)]
    assert np.concatenate(order).tolist() == parameters  # what the derivatives are by


# by hand: the name of an array of a layer, with what stands above and below it, and the derivative by it
SPELT: dict[str, tuple[Callable[[str, int], tuple[str, str, str]], str]] = {
    "nielsen": (lambda letter, layer: (letter.replace("W", "w"), f"{layer + 1}", ""), r"\nabla_{%s}\,C"),
    "ng": (lambda letter, layer: (letter, f"[{layer}]", ""), r"\mathrm{d}%s"),
    "bishop": (
        lambda letter, layer: ({"a": "z", "z": "a"}.get(letter, letter), f"({layer})", ""),
        r"\nabla_{%s}\,E_{n}",
    ),
    "pytorch": (lambda letter, layer: (letter, "", f"{layer}"), r"\frac{\partial L}{\partial %s}"),
}
ALONE = {"bishop": {"y": "t", "a2": "y"}}  # names without a layer: targets and outputs


@pytest.mark.combinations
@pytest.mark.parametrize("notation", ["matrix", "rows", "columns"])
@pytest.mark.parametrize("name", SPELT)
def test_layers_are_read_back_as_the_gradient(name: str, notation: str) -> None:
    """Back through layers with a penalty, line by line, as a reader of the convention computes."""
    derivation, rng = layered(), np.random.default_rng(5)
    network: Any = derivation.network
    count = 1 if notation == "matrix" else SAMPLES
    params, x, y = network.initial_params(seed=2), rng.normal(size=(count, 3)), rng.uniform(size=(count, 2))
    arrays = {**params, "x": x, "y": y}
    for layer, before in ((1, "x"), (2, "a1")):
        arrays[f"a{layer}"] = sigmoid(arrays[before] @ params[f"W{layer}"].T + params[f"b{layer}"])
    scale = 1 if name == "bishop" else 1 / count  # costs are added up, or their mean is taken
    delta, wanted = scale * (arrays["a2"] - y) * arrays["a2"] * (1 - arrays["a2"]), {}
    for layer, before in ((2, "a1"), (1, "x")):
        weights = params[f"W{layer}"]
        wanted |= {f"W{layer}": delta.T @ arrays[before] + 0.3 * weights, f"b{layer}": delta.sum(axis=0)}
        delta = delta @ weights * arrays[before] * (1 - arrays[before])
    told = laid_out(derivation, (notation,), CONVENTIONS[name])[0]
    convention = CONVENTIONS[name] if notation == "matrix" else CONVENTIONS[name].of_batch
    style = Style(own_letters(network, {}, convention), convention=convention, depth=network.depth)
    known, found = spelt_arrays(name, arrays, notation), {}
    for array, adjoint in told.adjoints.items():
        sides_of = NOTATIONS["matrix"].sides(adjoint, adjoint.right, CONVENTIONS[name].mean)[0]
        left, right = sides(written(side_by_side(sides_of, style)))
        above = SPELT[name][1] % printed(spelt(name, array, notation))
        assert (above if notation == "matrix" else above.replace("E_{n}", "E")) == left
        for place, each in enumerate(found):
            text = SPELT[name][1] % printed(spelt(name, each, notation))
            right, text = right.replace("E_{n}", "E"), text.replace("E_{n}", "E")
            right = right.replace(text, rf"\mathrm{{g{place}}}")
            right = right.replace(text[:-1] + r"\mathsf{T}}", rf"\mathrm{{g{place}}}^{{\mathsf{{T}}}}")
        values = dict(enumerate(found.values()))
        found[array] = Reader(
            right, lambda *n, v=values: known.get(n, v.get(int(n[0][1:]) if n not in known else 0))
        ).total()
    for parameter, value in wanted.items():
        np.testing.assert_allclose(found[parameter].reshape(value.shape), value, rtol=1e-12)


@cache
def layered() -> Any:
    """Return the derivation of layers."""
    return sb.derive(sb.sequential("3 -> dense(4) sigmoid -> dense(2) sigmoid", l2="lambda=0.3"))


def spelt(name: str, array: str, notation: str) -> tuple[str, str, str]:
    """Return the name of an array: its letter, a capital where it is a matrix and these have one, what is at it."""
    letter = ALONE.get(name, {}).get(array, array)
    if letter[-1].isdigit():
        letter, above, below = SPELT[name][0](array[0], int(array[1:]))
    else:
        above = below = ""
    is_small = notation == "matrix" or array[0] in "Wb" or CONVENTIONS[name].matrices == "small"
    return (letter if is_small else letter.upper()), above, below


def printed(parts: tuple[str, str, str]) -> str:
    """Return a name as it is printed."""
    letter, above, below = parts
    return letter + f"^{{{above}}}" * bool(above) + f"_{{{below}}}" * bool(below)


def spelt_arrays(name: str, arrays: Mapping[str, Any], notation: str) -> dict[tuple[str, str, str], Any]:
    """Return the arrays by their names, each as it is laid out: a column or a row for each sample."""
    laid = {
        array: value if array[0] == "W" or notation == "rows" else np.atleast_2d(value).T
        for array, value in arrays.items()
    }
    numbers = {("m", "", ""): float(SAMPLES), (r"\lambda", "", ""): 0.3}
    return {spelt(name, array, notation): value for array, value in laid.items()} | numbers


def test_reader_sees_a_mean_that_is_lost() -> None:
    """The witness can fail: without its 1/m, or with the index of another layer, a line has another value."""
    _, arrays, _ = truth("2-3-1")
    arrays["delta", 1] = arrays["a", 1]
    value = meaning_of("ng", arrays, 2)
    line = r"\frac{1}{m}\,\mathrm{d}Z^{[1]}\,X^{\mathsf{T}}"
    right = arrays["delta", 1].T @ arrays["x", 0] / SAMPLES
    np.testing.assert_allclose(Reader(line, value).total(), right)
    assert not np.allclose(Reader(line.replace(r"\frac{1}{m}", ""), value).total(), right)


@pytest.mark.parametrize("name", MEANINGS)
def test_textbook_lines(name: str) -> None:
    """One line of each convention to the letter."""
    lines = {
        "nielsen": r"\delta^{l} = \left(w^{l+1}\right)^{\mathsf{T}}\delta^{l+1} \odot \sigma'{\left(z^{l}\right)}",
        "ng": r"\mathrm{d}z^{[l]} = W^{[l+1]\mathsf{T}}\,\mathrm{d}z^{[l+1]} \ast g'^{[l]}{\left(z^{[l]}\right)}",
        "bishop": r"\delta^{(l)} = \left(W^{(l+1)}\right)^{\mathsf{T}}\delta^{(l+1)} \odot h'{\left(a^{(l)}\right)}",
        "pytorch": r"\mathrm{grad\_output}_{l} = W_{l+1}^{\mathsf{T}}\,\mathrm{grad\_output}_{l+1} \odot "
        r"\sigma'{\left(z_{l}\right)}",
    }
    assert lines[name] == truth("2-3-1")[0].equations["BP2"].latex("matrix", convention=name)


def test_the_conventions_are_these() -> None:
    """The folder holds four conventions, and another name is an error that lists them."""
    assert ["bishop", "ng", "nielsen", "pytorch"] == list(CONVENTIONS)
    with pytest.raises(UnknownNameError, match=r"convention 'nielson' is unknown; did you mean 'nielsen'\? known: bi"):
        convention_of("nielson")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"layer": "{l}"}, r"convention: layer: got '\{l\}', wanted one of \(l\), \[l\], l, _l"),
        ({"letters": {}}, "convention: key 'letters' is unknown; known: like, symbols, layer"),
        ({"ones": 1}, "convention: ones: got '1', wanted one of true, false"),
        ({"first": 1.0}, "convention: first: got '1.0', wanted one of 0, 1"),
        ({"source": "a\nb"}, "convention: source 'a.*nb', character 2: U.000A is a control character; remove it"),
        ({"notations": ["row"]}, "notation style 'row' is unknown; did you mean 'rows'"),
        ({"names": "loss"}, r"convention: names: wanted a list of texts; try names = \[\"loss\"\]"),
        ({"symbols": {"delta": r"\input{x}"}}, "symbol for 'delta': got"),
        ({"symbols": {"delta": "C"}}, "symbols: delta and C would both be written 'C'; choose another"),
        (
            {"symbols": {"dleta": "e"}},
            "symbols: 'dleta' is no letter of the derivation; known: w, b, z, .*, J, output, si",
        ),
        ({"symbols": {"m": "W"}}, "symbols: m and the capital of w would both be written 'W'; choose another"),
        ({"like": "pytorch", "symbols": {"L": "L"}}, "symbols: C and L would both be written 'L'; choose another"),
        ({"names": ["fun"]}, "name 'fun' is unknown; known: loss"),
    ],
)
def test_own_convention_that_cannot_be_is_refused(said: dict[str, Any], message: str) -> None:
    """A key, an answer, a letter or a name that is none, and two things with one letter, are one clear error."""
    with pytest.raises((SpecError, UnknownNameError), match=message):
        narrate(truth("2-3-1")[0], convention=said)


def test_convention_of_a_network_file() -> None:
    """A file names a convention, or has a table of one's own, which changes another one."""
    text = 'shape = "2-1"\n[convention]\nlike = "ng"\nlayer = "_l"\nsymbols = { C = "\\\\mathcal{J}" }\n'
    own = convention_of(spec_from_text(text, kind="toml", where="it").convention)
    assert ("own", "_l", "columns", r"\mathcal{J}", "g") == (
        own.name,
        own.layer,
        own.samples,
        own.symbols["C"],
        own.symbols["sigma"],
    )
    with pytest.raises(SpecError, match="it: convention: wanted a name or a table, got a whole number"):
        spec_from_text('shape = "2-1"\nconvention = 3', kind="toml", where="it")


@pytest.mark.parametrize(
    ("name", "tongue", "gone", "there"),
    [
        ("pytorch", "en", "cost", "loss"),
        ("pytorch", "es", "coste", "pérdida"),
        ("bishop", "en", "neuron", "error function"),
        ("bishop", "es", "neurona", "función de error"),
    ],
)
def test_prose_has_the_names_of_the_convention(name: str, tongue: str, gone: str, there: str) -> None:
    """What is said of the cost, of neurons and activations is said in the words of the convention."""
    blocks = narrate(truth("3-4-2")[0], lang=tongue, convention=name).blocks
    texts = [block.text for block in blocks if isinstance(block, Prose)]
    said = " ".join(part for text in texts for part in text if isinstance(part, str))
    own = re.sub("costs next to nothing|cost of a batch", "", said)
    assert (0, True) == (len(re.findall(rf"\b{gone}s?\b", own)), there in said)


@pytest.mark.parametrize(
    ("tongue", "said"),
    [
        ("en", "the activation reaches the error function through the output, so the chain rule"),
        ("es", "la activación llega a la función de error a través de la salida, así que la regla"),
    ],
)
def test_what_a_mistake_is_has_the_names_of_the_convention(tongue: str, said: str) -> None:
    """The sentence about a mistake names no letter, and Bishop's activation is what enters the function."""
    names = CONVENTIONS["bishop"].names
    asked = "".join(map(str, LANGUAGES[tongue].with_names(names).say("exercise.a")))
    assert {"en": "Compute this output.", "es": "Calcule esta salida."}[tongue] == asked
    assert said in LANGUAGES[tongue].with_names(names).worded(sentence("missing_slope"))


def test_layers_of_any_kind_are_counted_from_the_input_where_it_is_one() -> None:
    """Layers, their arrays and sizes are counted from the input, and an output has the letter of the convention."""
    derivation = sb.derive(sb.sequential("2x2 -> residual(dense(2)) -> flatten -> dense(1) tanh"))
    page = str(render(derivation, "markdown", convention="nielsen"))
    wanted = ["Layer 4: dense, one output", "w^{4}", "a^{2.1}", "Layer 2: residual block", "| 1 | (input) |"]
    assert wanted == [part for part in wanted if part in page]
    assert [] == [part for part in ("^{1}", "n_{0}", "Layer 1") if part in page]
    flat = sb.derive(sb.sequential("2 -> residual(dense(2)) -> dense(1) tanh"))  # without an index t
    bishop = str(render(flat, "markdown", convention="bishop"))
    assert (True, False) == (r"\nabla_{y}\,E_{n} = y - t" in bishop, "z^{(2)}" in bishop)


def test_formula_of_layers_is_that_of_their_documents() -> None:
    """A derivative that is asked for in Python has the letters and the numbers of layers that documents have."""
    derivation = sb.derive(sb.sequential("3 -> rms_norm -> dense(2) tanh"))
    for name, found in {"nielsen": "w^{3}_{jk}", "bishop": "W^{(2)}_{jk}", "pytorch": "W_{2,jk}"}.items():
        shown = derivation.gradient("W2").latex(convention=name)
        written = sb.render(derivation, "tex", convention=name, only="W2")
        assert shown == str(written).strip()
        assert found in shown


def test_layers_are_counted_from_the_input_where_it_is_one() -> None:
    """Where the input is layer 1, the last of three layers is 3, in words, in pictures and in what is computed."""
    page = str(render(truth("2-3-1")[0], "latex", convention="nielsen"))
    wanted = [r"L = 3", r"layer 3 \\", r"n_{3} = 1", r"BP1, layer 3", r"\nabla_{w^{3}}\,C", r"a^{3}_{1}"]
    assert wanted == [part for part in wanted if part in page]
    assert r"a^{0}" not in page


def test_notation_acts_on_tables_passes_results_and_files() -> None:
    """A notation that is asked for is that of every equation of a document, and of the files of the equations."""
    derivation = truth("2-3-1")[0]
    files = {**render_files(derivation, "latex", notation="rows"), **render_files(derivation, "tex", notation="rows")}
    batch = r"\nabla_{W^{(l)}}\,C = \frac{1}{m}\left(\Delta^{(l)}\right)^{\mathsf{T}}A^{(l-1)}"
    assert batch in str(files["equations/BP4.tex"])
    page = str(files["derivation.tex"])
    assert (2, 0) == (page.count(batch), page.count(r"\nabla_{W^{(l)}}\,C = \delta^{(l)}"))  # the result, and the table
    assert r"\left(\Delta^{(2)}\right)^{\mathsf{T}}A^{(1)}" in page  # the pass of this network


def test_entries_alone_are_not_called_general() -> None:
    """Where every entry of this network is written, and no general equation, none is announced."""
    page, both = (str(render(sb.derive(sb.mlp("2-3-1")), "markdown", notation=n)) for n in ("scalar", "scalar,index"))
    assert "This is all of backpropagation:" in page
    assert "In the general equations" not in page
    assert "In the general equations" in both


def test_every_entry_is_a_file_and_a_line() -> None:
    """Entry by entry, each has a line in the document and a file of its own; too many of them are refused."""
    derivation = truth("2-3-1")[0]
    files = render_files(derivation, "tex", notation="scalar,index")
    assert 9 == len([name for name in files if re.fullmatch(r"equations/BP4-\d+\.tex", name)])
    assert "equations/BP4-index.tex" in files
    assert r"\frac{\partial C}{\partial w^{(1)}_{32}}" in str(render(derivation, "latex", notation="scalar,index"))
    with pytest.raises(BudgetError, match="BP4 written entry by entry is 480 equations, more than the 200 allowed"):
        render_files(sb.derive(sb.mlp("20-20-4")), "markdown", notation="scalar")


def test_notation_of_equations_that_are_no_layers(program_derivation: Any) -> None:
    """A notation that is none is an error that lists them; in indices alone there is no matrix."""
    with pytest.raises(UnknownNameError, match="notation style 'pillars' is unknown"):
        narrate(program_derivation("attention"), notation="pillars")
    page = str(render(program_derivation("attention"), "latex", notation="index"))
    assert r"^{\mathsf{T}}" not in page


def test_columns_of_layers_are_the_lines_of_a_course() -> None:
    """Each sample of a batch of layers is a column: A W as W A, and the sum over samples on the other side."""
    layers = sb.derive(sb.sequential("3 -> rms_norm -> dense(2) tanh"))
    page = str(render(layers, "latex", notation="columns", convention="ng")).replace(" &= ", " = ")
    wanted = [
        r"\lonestep{\frac{1}{2m}\sum_{s=1}^{m}",
        r"\mathrm{d}A^{[2]} = A^{[2]} - Y",
        r"\mathrm{d}W^{[2]} = \frac{1}{m}\,\mathrm{d}Z^{[2]}\,A^{[1]\mathsf{T}}",
        r"\mathrm{d}A^{[1]} = W^{[2]\mathsf{T}}\,\mathrm{d}Z^{[2]}",
        "each sample is a column",
    ]
    assert wanted == [line for line in wanted if line in page.replace("\n", " ")]
    assert r"\mathcal{L}" not in page  # the loss of one sample: this is about the cost of all, J
    classes = sb.derive(sb.sequential("3 -> rms_norm -> dense(2) softmax", cost="cross_entropy"))
    page = str(render(classes, "latex", notation="columns", convention="ng")).replace(" &= ", " = ")
    assert r"\mathrm{d}Z^{[2]} = A^{[2]} - Y" in page
    assert r"\sum_{j=1}^{n_{2}} y_{js} = 1" in page  # the classes of each sample, which is a column
    page = str(render(sb.derive(sb.sequential("3 -> layer_norm")), "latex", notation="columns", convention="ng"))
    assert r"^{\circ-1/2}\right)^{\mathsf{T}}" in page  # the exponent is no half of T
    assert r"2\mathsf{T}}" not in page


def test_costs_of_a_batch_are_added_up_where_a_convention_has_no_mean() -> None:
    """By Bishop's convention the cost of a batch of equations is a sum, in Nielsen's the mean."""
    line = sb.derive(sb.equations("input x[D]\ntarget y\nparameter w[D]\nC = (sum[d](w[d] * x[d]) - y)^2"))
    pages = [str(render(line, "latex", convention=name, notation="rows", lang="es")) for name in ("bishop", "nielsen")]
    assert [(True, False), (True, True)] == [("es una fila" in page, r"\frac{1}{m" in page) for page in pages]


def test_rows_of_layers_and_equations_are_the_derivation_of_a_batch() -> None:
    """Layers and equations have a table for a batch: each sample a row, the 1/m of the mean cost where it belongs."""
    layers = sb.derive(sb.sequential("3 -> rms_norm -> dense(2) softmax", cost="cross_entropy"))
    page = str(render(layers, "latex", notation="rows"))
    wanted = [
        r"\nabla_{Z^{(2)}}\,C = \frac{1}{m}\left(A^{(2)} - Y\right)",
        r"\nabla_{W^{(2)}}\,C = \left(\nabla_{Z^{(2)}}\,C\right)^{\mathsf{T}}A^{(1)}",
        r"\nabla_{A^{(1)}}\,C = \nabla_{Z^{(2)}}\,C\,W^{(2)}",
    ]
    plain = page.replace(" &= ", " = ")
    assert wanted == [line for line in wanted if line in plain]
    assert r"\sum_{j=1}^{n_{2}} y_{sj} = 1" in page  # the targets of each sample
    coupled = sb.derive(sb.sequential("3 -> batch_norm -> dense(2)"))
    assert coupled is coupled.of_samples()


def test_equations_keep_their_own_letters(program_derivation: Any) -> None:
    """Of a convention, equations of one's own take the cost and the names of things, and no letter of theirs."""
    page = str(render(program_derivation("softmax_regression"), "markdown", convention="bishop"))
    assert (True, False) == ("E_{n}" in page, r"\frac{\partial C}" in page)


def test_half_of_the_quadratic_cost_is_left_out_where_a_convention_says_so() -> None:
    """With half = false the cost is Σ (a - y)^2, whose slope has a 2; beside another cost it is refused."""
    text = 'shape = "2-1"\n[convention]\nhalf = false\nlike = "ng"\n'
    spec = spec_from_text(text, kind="toml", where="it")
    equation = derive(spec.network).specific["BP1 here"].latex("matrix")
    assert (True, "columns") == (r"2\left(a^{(L)} - y\right)" in equation, convention_of(spec.convention).samples)
    with pytest.raises(SpecError, match="it: convention: half is about the quadratic cost, and the cost is mse"):
        spec_from_text(f'cost = "mse"\n{text}', kind="toml", where="it")


@pytest.mark.parametrize(
    "name", [*MEANINGS, {"like": "ng", "layer": "l", "symbols": {"delta": "e"}, "samples": "rows"}]
)
def test_convention_is_said_again(name: Any) -> None:
    """What a notebook writes down about a convention makes the same one again."""
    own = convention_of(name)
    again = convention_of(said_of(own))
    assert own == again


@pytest.mark.parametrize("name", ["html", "markdown", "ipynb", "svg", "mathml"])
def test_notation_acts_on_every_format(name: str) -> None:
    """Where a batch is asked for, the equation for a batch stands in pages, notebooks and pictures of equations."""
    files = render_files(truth("2-3-1")[0], name, notation="rows", only="equations")
    line = r"\\left(\\Delta^{(l)}\\right)^{\\mathsf{T}}A^{(l-1)}"
    assert any(line in text or line.replace("\\\\", "\\") in text for text in map(str, files.values()))


@pytest.mark.parametrize(
    ("convention", "weight", "rate"),
    [
        ("nielsen", "∂C/∂w³ⱼₖ", r"\eta"),
        ("ng", "∂ℒ/∂W^[2]ⱼₖ", r"\alpha"),
        ({"symbols": {"w": r"\theta"}}, "∂C/∂Θ", r"\eta"),
    ],
)
def test_layers_of_any_kind_have_the_letters_of_weights_and_of_the_rate(
    convention: object, weight: str, rate: str
) -> None:
    """The letter of weights is that of every layer, small where matrices are; the rate is that of the convention."""
    derivation = derive(sb.sequential("3x2 -> rnn(1) -> dense(1)"))
    assert str(render(derivation, "unicode", only="W2", convention=convention)).startswith(weight)  # type: ignore[arg-type]
    page = str(render(derivation, "markdown", only="descent", convention=convention))  # type: ignore[arg-type]
    assert [rate] == sorted(set(re.findall(r"\\(?:eta|alpha)\b", page)))


@pytest.mark.parametrize(
    ("symbols", "complaint"),
    [
        ({"w": "G"}, "W and G would both be written 'G'"),
        ({"C": r"\xi"}, "C and xi would both be written 'xi'"),
        ({"b": r"\tau"}, "b and tau would both be written 'tau'"),
    ],
)
def test_letter_that_is_asked_for_is_no_other_of_the_layers(symbols: dict[str, str], complaint: str) -> None:
    """What was asked for neither gives way unsaid nor stands for two things; what is in a table does."""
    derivation = derive(sb.sequential("3 -> dense(2) -> layer_norm -> dense(1)"))
    with pytest.raises(SpecError, match=f"symbols: {complaint}; choose another"):
        render(derivation, "markdown", symbols=symbols)
    table = render(derivation, "markdown", convention={"symbols": symbols})
    assert render(derivation, "markdown") == table


def test_rate_gives_way_to_an_array_of_its_letter() -> None:
    """Where an array is called as the rate of the convention, the rate keeps its usual letter."""
    block = sb.equations("parameter alpha[N]\nC = sum[i](alpha[i]^2)")
    page = str(render(derive(block), "markdown", only="descent", convention="ng"))
    assert r"\eta" in page


def test_notebook_asserts_in_the_convention() -> None:
    """The cell with the four equations has them as the notebook shows them."""
    notebook = str(render(truth("2-3-1")[0], "ipynb", convention="ng"))
    assert "delta^{" not in notebook
    assert "convention='ng'" in notebook
