"""A network said in a file: TOML or JSON, read within limits and checked key by key.

    shape       "2-3-1" or [2, 3, 1]                          wanted, or input and layers
    activation  a name or a formula, or a list of them: one, or one per layer
    input       the shape of one sample: 4 or [1, 28, 28]
    layers      a list of tables: {layer = "conv2d", channels = 8, kernel = 5, activation = "relu"}
    bias        false: without biases, but for layers that say so
    cost        a name or a formula
    l2, l1      penalties: a number, or a letter and a number, "lambda=0.01"; l2_biases = true
    penalty     any other, "group_lasso(0.1)", or a list of them
    reduction   of the samples: "mean" or "sum"
    title, author, date, language                             what documents say
    level       how much they tell: "lecture", "full", "short"
    only        a list of the sections and equations that they tell, ["links", "BP2"]
    symbols     other letters, {delta = "e"}; weights = "theta" is short for that of w
    colours     other colours, {cost = "#AA0000"}
    convention  whose notation: a name such as "ng", or a table of one's own, [convention] layer = "[l]", …; in it,
                half = false leaves out the 1/2 of the quadratic cost
    seed        a whole number: of the start of a training, and of the points of the checks

Nothing here opens a file: whoever reads one hands over its text.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from symbackprop.errors import SpecError, errors_of
from symbackprop.frozen import dataclass
from symbackprop.network.labels import check_label
from symbackprop.network.model import Network, mlp
from symbackprop.network.tables import LARGEST_TABLE, kind_of, table_from_text, unknown_key

if TYPE_CHECKING:
    from symbackprop.network.text.equations import EquationsNetwork

LARGEST_SPEC = LARGEST_TABLE  # bytes
_KEY = re.compile(r"\b([A-Za-z_]\w*) = ")
NOTHING: Mapping[str, Any] = MappingProxyType({})
LARGEST_SEED = 2**32 - 1  # the largest that every generator of random numbers takes

ADVICE = 'try shape = "2-3-1"'
_OF_SHAPES, _OF_LAYERS = ("shape", "activation", "activations"), ("input", "layers")
_TERMS = ("cost", "l1", "l2", "l2_biases", "penalty", "reduction", "bias", "title")


@dataclass(frozen=True, slots=True)
class Spec:
    """What a network file says: the network, and what commands and documents take from it where it is given."""

    network: Network | EquationsNetwork
    author: str | None = None
    date: str | None = None
    language: str | None = None
    level: str | None = None
    only: tuple[str, ...] = ()
    seed: int | None = None
    symbols: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    colours: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    convention: str | Mapping[str, Any] | None = None


def spec_from_text(text: str, *, kind: str, where: str, instead: Mapping[str, Any] = NOTHING) -> Spec:
    """Return what the text of a network file says; `kind` is toml or json, `where` names the file in messages.

    `instead` are keys whose values win over those of the file.
    Raises SpecError for text that is no table of the known keys, and what `mlp` raises; always one line."""
    try:
        table = table_from_text(text, kind=kind, where=where, advice=ADVICE)
        return spec_from_mapping(table, where=where, instead=instead)
    except SpecError as error:
        if kind != "json":
            raise
        raise SpecError(_in_json(str(error))) from None


def _in_json(message: str) -> str:
    """Return what a message says to try as JSON has it: try bias = false -> try "bias": false."""
    said, tried, example = message.partition("; try ")
    return said + tried + _KEY.sub(r'"\1": ', example)


def spec_from_mapping(table: object, *, where: str, instead: Mapping[str, Any] = NOTHING) -> Spec:
    """Return what a table says, its keys being those of a network file, and `instead` wins.

    Raises SpecError for a key that is unknown, missing, or of the wrong type, and what `mlp` raises."""
    with errors_of(where):
        return _spec(table, instead)


def _spec(table: object, instead: Mapping[str, Any]) -> Spec:
    if not isinstance(table, Mapping):
        raise SpecError(f"wanted a table of keys and values, got {kind_of(table)}; {ADVICE}")
    for key in table:
        if key not in _READERS:
            raise SpecError(unknown_key(key, _READERS, known=[name for name in _READERS if name != "activations"]))
    if {"activation", "activations"} <= table.keys():
        raise SpecError("activation and activations are both given; keep one of them")
    read: dict[str, Any] = {key: _READERS[key](key, value) for key, value in table.items()}
    symbols = read.get("symbols", {}) | ({"w": read["weights"]} if "weights" in read else {})
    if "weights" in read and "w" in read.get("symbols", {}):
        raise SpecError("weights and symbols.w are both given; keep one of them")
    if "activation" in instead:
        read.pop("activations", None)
    convention = read.get("convention")
    if isinstance(convention, Mapping) and "half" in convention:
        instead = {**_without_half(convention["half"], {**read, **instead}), **instead}
        convention = {key: value for key, value in convention.items() if key != "half"}
    return Spec(
        _network({**read, **instead}),
        author=read.get("author"),
        date=read.get("date"),
        language=read.get("language"),
        level=read.get("level"),
        only=tuple(read.get("only", ())),
        seed=read.get("seed"),
        symbols=MappingProxyType(symbols),
        colours=MappingProxyType(read.get("colours", {})),
        convention=convention,
    )


def _network(read: Mapping[str, Any]) -> Network | EquationsNetwork:
    """Return the network of a shape, or of an input and layers; raises SpecError where both or neither are said."""
    terms = {key: read[key] for key in _TERMS if key in read}
    if read.keys() & {*_OF_LAYERS}:
        widths = read.get("layers", ())
        if "input" not in read and widths and all(type(width) is int for width in widths):
            raise SpecError(f"layers: wanted a list of layers, got a list of whole numbers; try shape = {widths}")
        if both := [key for key in _OF_SHAPES if key in read]:
            raise SpecError(f"{both[0]} is for shapes, and each of the layers says its own; leave {both[0]} out")
        for key, example in (("input", "[1, 28, 28]"), ("layers", '[{ layer = "dense", width = 3 }]')):
            if key not in read:
                raise SpecError(f"{key} is missing; try {key} = {example}")
        from symbackprop.network.layered import sequential  # most files say a shape, which needs no layer

        return sequential(read["layers"], input=read["input"], **terms)
    if "shape" not in read:
        raise SpecError(f"shape is missing; {ADVICE}")
    return mlp(read["shape"], read.get("activation", read.get("activations", "sigmoid")), **terms)


def _shape(key: str, value: object) -> str | list[int]:
    return value if isinstance(value, str) else _whole_numbers(key, value, "text or a list of whole numbers", ADVICE)


def _sample(key: str, value: object) -> str | int | list[int]:
    """Return the shape of one sample, whose axes `sequential` looks at."""
    if isinstance(value, str) or type(value) is int:
        return value
    return _whole_numbers(key, value, "a list of whole numbers", f"try {key} = [1, 28, 28]")


def _whole_numbers(key: str, value: object, wanted: str, advice: str) -> list[int]:
    if not isinstance(value, list):
        raise SpecError(f"{key}: wanted {wanted}, got {kind_of(value)}; {advice}")
    for place, number in enumerate(value):
        if type(number) is not int:  # true is an int, too
            raise SpecError(f"{key}[{place}]: wanted a whole number, got {kind_of(number)}; {advice}")
    return value


def _layers(key: str, value: object) -> object:
    """Return a list of layers, which `sequential` looks at."""
    if not isinstance(value, list):
        raise SpecError(f'{key}: wanted a list of layers, got {kind_of(value)}; try {key} = ["dense(3)"]')
    return value


def _number(key: str, value: object) -> float | str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise SpecError(f'{key}: wanted a number, got {kind_of(value)}; try {key} = 0.01 or "lambda=0.01"')
    return value


def _flag(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise SpecError(f"{key}: wanted true or false, got {kind_of(value)}; try {key.rpartition(': ')[2]} = false")
    return value


def _activation(key: str, value: object) -> str | list[str]:
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not value:
        raise SpecError(f'{key}: wanted text or a list of text, got {kind_of(value)}; try {key} = "sigmoid"')
    return [_text(f"{key}[{place}]", part) for place, part in enumerate(value)]


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise SpecError(f"{key}: wanted text, got {kind_of(value)}; write it between quotes")
    return value


def _label(key: str, value: object) -> str:
    return check_label(_text(key, value), key)


def _names(key: str, value: object) -> list[str]:
    if isinstance(value, str):
        return [name.strip() for name in value.split(",")]
    if not isinstance(value, list):
        raise SpecError(f'{key}: wanted a list of text, got {kind_of(value)}; try {key} = ["BP2"]')
    return [_text(f"{key}[{place}]", part) for place, part in enumerate(value)]


def texts(key: str, value: object) -> dict[str, str]:
    """Return a table of texts by their names; raises SpecError, which names the key, for what is none."""
    if not isinstance(value, Mapping):
        raise SpecError(f'{key}: wanted a table of texts, got {kind_of(value)}; try {key} = {{ NAME = "TEXT" }}')
    return {name: _text(f"{key}.{name[:40]}", text) for name, text in value.items()}


def _convention(key: str, value: object) -> str | Mapping[str, Any]:
    """Return a name or a table, whose keys are those of the conventions."""
    if not isinstance(value, str | Mapping):
        raise SpecError(f'{key}: wanted a name or a table, got {kind_of(value)}; try {key} = "ng"')
    return value


def _without_half(half: object, read: Mapping[str, Any]) -> dict[str, str]:
    """Return the quadratic cost without its 1/2 where a convention does not want it; raises SpecError for another."""
    if _flag("convention: half", half):
        return {}
    if (cost := read.get("cost", "quadratic")) != "quadratic":
        raise SpecError(f"convention: half is about the quadratic cost, and the cost is {cost}; leave half out")
    return {"cost": "(a - y)^2"}


def _date(key: str, value: object) -> str:
    return str(value) if type(value) is datetime.date else _label(key, value)


def _seed(key: str, value: object) -> int:
    if type(value) is not int:
        raise SpecError(f"{key}: wanted a whole number, got {kind_of(value)}; try {key} = 0")
    if not 0 <= value <= LARGEST_SEED:
        raise SpecError(f"{key}: wanted a number from 0 to {LARGEST_SEED}; try {key} = 0")
    return value


_READERS: dict[str, Callable[[str, object], Any]] = {
    "shape": _shape,
    "activation": _activation,
    "activations": _activation,
    "cost": _text,
    "input": _sample,
    "layers": _layers,
    "bias": _flag,
    "l2": _number,
    "l1": _number,
    "l2_biases": _flag,
    "penalty": _activation,
    "reduction": _text,
    "title": _label,
    "author": _label,
    "date": _date,
    "language": _label,
    "level": _label,
    "only": _names,
    "seed": _seed,
    "symbols": texts,
    "weights": _text,
    "colours": texts,
    "convention": _convention,
}
