"""Network files: what is accepted means what it says; all else is refused in one line with the place and a hint."""

from __future__ import annotations

import json
import time
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.errors import DomainError, ExpressionError, ShapeError, SpecError, SymbackpropError, UnknownNameError
from symbackprop.network.layered import sequential
from symbackprop.network.model import mlp
from symbackprop.network.spec import LARGEST_SPEC, Spec, spec_from_mapping, spec_from_text
from symbackprop.network.tables import MOST_BRACKETS, MOST_DOTS

FULL = """
shape = [784, 30, 10]
activation = ["sigmoid", "softmax"]
cost = "cross_entropy"
title = "Digits"
author = "A. Student"
date = 2024-02-29
language = "es"
seed = 7
"""


def read(text: str, kind: str = "toml") -> Spec:
    """Read a network file called net."""
    return spec_from_text(text, kind=kind, where="net")


def test_every_key_is_read() -> None:
    """Each key reaches the network or the options, and a date may be written as one."""
    network = mlp((784, 30, 10), ["sigmoid", "softmax"], "cross_entropy", title="Digits")
    assert Spec(network, "A. Student", "2024-02-29", "es", seed=7) == read(FULL)


def test_kinds_mean_the_same() -> None:
    """TOML, JSON and a mapping with the same keys give the same network, as the shape as text does."""
    table = {"shape": [2, 3, 1], "activation": "tanh", "cost": "(a-y)**4", "title": "δ {x}"}
    toml = "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items())
    expected = spec_from_mapping(table, where="net")
    assert expected == read(toml) == read(json.dumps(table), "json")
    assert expected == spec_from_mapping({**table, "shape": "2-3-1"}, where="net")
    assert ("2-3-1", "δ {x}") == (expected.network.shape, expected.network.title)


def test_shape_alone_is_enough() -> None:
    """What is left out is what `mlp` takes by default."""
    assert Spec(mlp("2-3-1")) == read('shape = "2-3-1"')


def test_activations_is_another_word() -> None:
    """A list of activations may be called by its plural."""
    assert mlp("2-3-1", ["tanh", "sigmoid"]) == read('shape="2-3-1"\nactivations=["tanh", "sigmoid"]').network


@pytest.mark.hostile("spec")
def test_hostile_file_is_refused(hostile_text: str) -> None:
    """Every hostile file is refused at once, in one printable line that begins with its name."""
    kind, _, text = hostile_text.partition(":")
    started = time.process_time()
    with pytest.raises(SymbackpropError, match=r"^net\b[^\n]*$") as caught:
        read(text, kind)
    assert time.process_time() - started < 1
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("toml", "", r"^net: shape is missing; try shape = \"2-3-1\"$"),
        (
            "toml",
            'shpae = "2-3-1"',
            r"^net: key 'shpae' is unknown; did you mean 'shape'\? known: shape, activation, cost",
        ),
        ("toml", 'shape = "2-1"\nqqqq = 1', r"^net: key 'qqqq' is unknown; known: shape"),
        ("toml", "shape = 3", r"^net: shape: wanted text or a list of whole numbers, got a whole number"),
        ("toml", "shape = true", "got true or false"),
        ("toml", "shape = [2, true]", r"^net: shape\[1\]: wanted a whole number, got true or false"),
        ("toml", "shape = [2, 1.0]", r"^net: shape\[1\]: wanted a whole number, got a fraction"),
        ("toml", "shape = [2, [3]]", r"^net: shape\[1\]: wanted a whole number, got a list"),
        ("toml", "shape = [2, nan]", r"^net: shape\[1\]: wanted a whole number, got a fraction"),
        ("toml", "shape = 2024-01-01T00:00:00", "got a date"),
        (
            "toml",
            'shape = "2-1"\nactivation = 3',
            r"^net: activation: wanted text or a list of text, got a whole number",
        ),
        ("toml", 'shape = "2-1"\nactivation = []', "wanted text or a list of text, got a list"),
        ("toml", 'shape = "2-1"\nactivations = [1]', r"^net: activations\[0\]: wanted text, got a whole number"),
        ("toml", 'shape = "2-1"\nactivation = "tanh"\nactivations = ["tanh"]', "are both given; keep one"),
        ("toml", 'shape = "2-1"\ncost = ["mse"]', r"^net: cost: wanted text, got a list; write it between quotes"),
        ("toml", 'shape = "2-1"\nseed = 1.5', r"^net: seed: wanted a whole number, got a fraction; try seed = 0"),
        ("toml", 'shape = "2-1"\nseed = true', r"^net: seed: wanted a whole number, got true or false"),
        ("toml", 'shape = "2-1"\nseed = -1', r"^net: seed: wanted a number from 0 to 4294967295"),
        ("toml", 'shape = "2-1"\nauthor = ""', r"^net: author is empty"),
        ("toml", 'shape = "2-1"\ndate = 12:00:00', r"^net: date: wanted text, got a date"),
        ("toml", 'shape = "2-1', r"^net is not TOML: .+; try shape"),
        ("toml", "shape = ", r"^net is not TOML: Invalid value .*; try shape"),
        ("json", '{"shape": "2-1", }', r"^net is not JSON: .*line 1 column.*; try \"shape\": \"2-3-1\"$"),
        (
            "json",
            '{"input": [2], "layers": [{"layer": "dense", "width": 1, "activation": 7}]}',
            r"^net: layer 1: activation: wanted text, got a whole number; try \"activation\": \"relu\"$",
        ),
        ("json", '{"shape": "2-1", "bias": 3}', r"got a whole number; try \"bias\": false$"),
        ("json", '{"input": 4}', r"layers is missing; try \"layers\": \[{ \"layer\": \"dense\", \"width\": 3 }\]$"),
        ("json", "{'shape': '2-1'}", r"^net is not JSON: Expecting property name enclosed in double quotes"),
        ("json", '{"shape": null}', r"^net: shape: wanted text or a list of whole numbers, got null"),
        ("json", '{"shape": "2-1", "shape": "3-1"}', r"^net: key 'shape' is given twice; keep one of them$"),
        ("json", '{"shape": [2, NaN]}', r"^net: NaN is no number of JSON; give a finite one$"),
        ("json", '{"shape": [2, -Infinity]}', r"^net: -Infinity is no number of JSON"),
        ("json", '{"shape": [2, 1e999]}', r"^net: shape\[1\]: wanted a whole number, got a fraction"),
        ("json", '{"\\ud800": 1}', r"^net: key '\\ud800' is unknown"),
        ("json", "[" * 99, r"^net is not JSON: "),
        ("yaml", "shape: 2-1", r"^net: such a file ends in \.toml or \.json$"),
        ("", 'shape = "2-1"', r"^net: such a file ends in"),
    ],
)
def test_wrong_file_says_what_is_wrong(kind: str, text: str, message: str) -> None:
    """A file is refused with the key, what it holds, and what was wanted."""
    with pytest.raises(SpecError, match=message):
        read(text, kind)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ('shape = "2--1"', ShapeError, r"^net: shape '2--1': layer 1 wants a whole number, got nothing"),
        ("shape = [2, 0]", ShapeError, r"^net: shape \(2, 0\): layer 1 is 0 wide"),
        ('shape = "2-3-1"\nactivation = ["tanh", "tanh", "tanh"]', ShapeError, r"^net: 3 activations for 2 layers"),
        ('shape = "2-1"\nactivation = "sigmid"', UnknownNameError, r"^net: activation 'sigmid' .*mean 'sigmoid'\?"),
        ('shape = "2-1"\ncost = "mze"', UnknownNameError, r"^net: cost 'mze' .*did you mean 'mse'\?"),
        ('shape = "2-1"\ncost = "open(1)"', ExpressionError, r"^net: cost"),
        ('shape = "2-1"\nactivation = "tanh"\ncost = "cross_entropy"', DomainError, r"^net: cost cross_entropy wants"),
    ],
)
def test_wrong_network_says_what_is_wrong(text: str, error: type[SymbackpropError], message: str) -> None:
    """What `mlp` refuses is refused with the name of the file in front, as the same kind of error."""
    with pytest.raises(error, match=message):
        read(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#" * (LARGEST_SPEC + 1), r"^net has 16,385 bytes, at most 16,384"),
        ("a." * (MOST_DOTS + 1) + "a = 1", r"^net has 501 dots, at most 500"),
        ("a = " + "[" * (MOST_BRACKETS + 1), r"^net has 101 opening brackets, at most 100"),
        ("a = '''\nit''' \n" + "a." * 8000, r"^net has 8,000 dots"),
        ("a = [[[ # ]]]\n" * 50, r"^net has 150 opening brackets"),
    ],
)
def test_bombs_are_counted_before_parsing(text: str, message: str) -> None:
    """What makes a parser slow or deep is refused by counting, and quotes and comments hide nothing."""
    started = time.process_time()
    with pytest.raises(SpecError, match=message):
        read(text)
    assert time.process_time() - started < 1


@pytest.mark.parametrize("table", [None, [], "2-3-1", 3])
def test_what_is_no_table_is_refused(table: object) -> None:
    """A file that holds a list or a single value is told that it should be a table."""
    with pytest.raises(SpecError, match=r"^net: wanted a table of keys and values, got "):
        spec_from_mapping(table, where="net")


@given(
    text=st.text(max_size=80) | st.text('{}[]"=:,.\\\n0123shape-', max_size=80), kind=st.sampled_from(["toml", "json"])
)
def test_nothing_but_our_errors_leaves(text: str, kind: str) -> None:
    """Any text is a network or one line."""
    try:
        read(text, kind)
    except SymbackpropError as error:
        assert "\n" not in str(error)  # noqa: PT017 - most texts raise, some do not


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)
KEYS = st.sampled_from(
    ["shape", "activation", "activations", "cost", "title", "author", "date", "language", "seed", "x"]
)


@given(table=st.dictionaries(KEYS, VALUES, max_size=4) | VALUES)
def test_any_value_of_any_key_is_read_or_refused(table: object) -> None:
    """Whatever stands behind a key, the answer is a network or an error of ours."""
    try:
        spec_from_mapping(table, where="net")
    except SymbackpropError as error:
        assert str(error).startswith("net: ")  # noqa: PT017 - most tables raise, some do not


def test_letters_and_colours_of_documents() -> None:
    """A file may rename letters and choose colours; `weights` is short for the letter of w."""
    spec = read('shape = "1-1"\nweights = "theta"\nsymbols = { delta = "e" }\ncolours = { cost = "#AA0000" }')
    assert {"delta": "e", "w": "theta"} == dict(spec.symbols)
    assert {"cost": "#AA0000"} == dict(spec.colours)
    assert {} == dict(read('shape = "1-1"').symbols)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'symbols = "delta=e"',
            r"^net: symbols: wanted a table of texts, got text; try symbols = \{ NAME = \"TEXT\" \}$",
        ),
        ("colours = { cost = 1 }", r"^net: colours.cost: wanted text, got a whole number"),
        ('weights = "v"\nsymbols = { w = "u" }', r"^net: weights and symbols.w are both given; keep one of them$"),
    ],
)
def test_letters_and_colours_of_another_kind(text: str, message: str) -> None:
    """What is no table of texts is refused with its place."""
    with pytest.raises(SpecError, match=message):
        read(f'shape = "1-1"\n{text}')


LAYERS = """
input = 4
cost = "mse"
l2 = "lambda=0.01"
layers = [
  { layer = "dense", width = 2, activation = "leaky_relu(alpha=0.2)" },
  { layer = "dense", width = 4, tied_to = 1, bias = false },
]
"""


def test_file_with_layers() -> None:
    """An autoencoder with one weight: input and layers say what the line says, TOML's [[layers]] and JSON as well."""
    line = "4 -> dense(width=2) leaky_relu(alpha=0.2) -> dense(width=4, tied_to=1, bias=false)"
    expected = sequential(line, cost="mse", l2="lambda=0.01")
    table = tomllib.loads(LAYERS)
    assert expected == read(LAYERS).network == read(json.dumps(table), "json").network
    assert {"W1": (2, 4), "b1": (2,)} == expected.parameter_shapes
    tables = 'input = [4]\n[[layers]]\nlayer = "dense"\nwidth = 2\n[[layers]]\nlayer = "flatten"'
    assert sequential("4 -> dense(width=2) -> flatten") == read(tables).network


def test_shape_with_terms() -> None:
    """Penalties, reduction and biases of a shape are those of `mlp`."""
    text = 'shape = "2-3-1"\nbias = false\nl2 = 0.1\nl2_biases = true\nl1 = 0.2\nreduction = "sum"'
    assert mlp("2-3-1", bias=False, l2=0.1, l2_biases=True, l1=0.2, reduction="sum") == read(text).network


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("input = 4", r"^net: layers is missing; try layers = "),
        (
            "layers = [2, 3, 1]",
            r"^net: layers: wanted a list of layers, got a list of whole numbers; try shape = \[2, 3, 1\]$",
        ),
        ('layers = [{ layer = "flatten" }]', r"^net: input is missing; try input = \[1, 28, 28\]"),
        ('shape = "2-1"\ninput = 4\nlayers = ["flatten"]', r"^net: shape is for shapes, and each of the layers"),
        ("input = 4\nlayers = []", r"^net: layers: wanted a list of layers, got nothing; try \[\"dense\(3\)\"\]$"),
        ('input = 4\nlayers = "dense(3)"', r"^net: layers: wanted a list of layers, got text; try layers = \["),
        ("input = 4\nlayers = [3]", r"^net: layer 1: wanted a table or text, got a whole number; try \"dense"),
        ("input = 4\nlayers = [{ width = 3 }]", r"^net: layer 1: layer is missing, the kind; try layer"),
        ("input = 4\nlayers = [{ layer = 3 }]", r"^net: layer 1: layer: wanted text, got a whole number"),
        ("input = 4\nlayers = [{ layer = 'residual', layers = [3] }]", r"^net: layer 1: layer 1: wanted a table or"),
        ("input = 4\nlayers = [{ layer = 'dense', width = true }]", r"width: wanted a whole number .* got true$"),
        ("input = 4\nlayers = [{ layer = 'dense', width = '2' }]", r"width: wanted a whole number .* got '2'$"),
        ("input = 4\nlayers = [{ layer = 'dense', width = 2, bias = 'true' }]", r"bias: wanted true or .* got 'true'$"),
        ("input = 4\nlayers = ['dense(3)', 'dense(2) sigmod']", r"^net: layer 2: activation 'sigmod' is unknown"),
        ('input = 4\nlayers = [{ layer = "dens" }]', r"^net: layer 1 \(dens\): .*did you mean 'dense'"),
        ('input = 4\nlayers = [{ layer = "a\\nb" }]', r"^net: layer 1 \('a\\nb'\): layer "),
        (
            'input = 4\nlayers = [{ layer = "dense", width = "a\\nb" }]',
            r"width: wanted a whole number .* got 'a\\nb'$",
        ),
        ('input = 4\nlayers = [{ layer = "dense", width = 3.5 }]', r"width: wanted a whole number .* got 3.5$"),
        ('input = 4\nlayers = [{ layer = "dense", width = 3, x = 1 }]', r"has no field 'x'; it has width, bias"),
        ("input = [2, true]\nlayers = [1]", r"^net: input\[1\]: wanted a whole number, got true or false"),
        ("input = 2.5\nlayers = [1]", r"^net: input: wanted a list of whole numbers, got a fraction"),
        ('input = [0]\nlayers = ["flatten"]', r"^net: input: wanted the shape of one sample"),
        ('shape = "2-1"\nl2 = [1]', r"^net: l2: wanted a number, got a list"),
        ('shape = "2-1"\nbias = 0', r"^net: bias: wanted true or false, got a whole number"),
        ('shape = "2-1"\nreduction = "max"', r"^net: reduction: wanted mean or sum"),
    ],
)
def test_wrong_layers_say_what_is_wrong(text: str, message: str) -> None:
    """A file with layers is refused with the layer, what it holds, and what was wanted."""
    with pytest.raises(SymbackpropError, match=message) as caught:
        read(text)
    assert "\n" not in str(caught.value)


def test_layers_inside_one_another_have_a_bound() -> None:
    """A list that holds itself is refused, and not followed."""
    inside: list[object] = []
    inside.append({"layer": "residual", "layers": inside})
    with pytest.raises(SpecError, match="more than 8 inside one another"):
        sequential(inside, input=4)
