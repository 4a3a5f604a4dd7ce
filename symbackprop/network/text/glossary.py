"""What a person may call the arrays of a network: by their names, by letters with a layer, by a convention's letters.

W2, w2        the array W2                 W[2], w^{(2)}     the same: a letter at a layer
a[0]          the input x                  a[L], y-hat       what the last layer gives
delta[l]      the derivative of the cost by z[l]
E, J, Z, h    C, z, a: what is called so in other books, where nothing of the network is
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from sympy import Symbol

from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.functions import Elementwise
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Array, Kind, Program
from symbackprop.network.vocabulary import vocabulary

if TYPE_CHECKING:
    from symbackprop.network.formula import Node
    from symbackprop.network.text.derivationtokens import WrittenLine

ERROR, COST_NAME, LAST, SAMPLES, ACTIVATION = "delta", "C", "L", "m", "activation"
Meaning: TypeAlias = tuple[str, str, int | None]  # array | letter | error | cost | activation | own, a name, a layer

_GRADIENT = re.compile(r"(?:d[CEJL]_?d|grad_?)([A-Za-z]+[0-9]*)|([A-Za-z]+[0-9]*)_grad")
_NUMBERED = re.compile(r"([A-Za-z]+)([0-9]+)")
_LETTERS: Mapping[str, tuple[str, ...]] = {  # ours: a convention's
    "W": ("w", "theta", "Theta"),
    "b": ("B",),
    "z": ("Z", "net"),
    "a": ("A", "h", "H", "o", "O"),
}
_ARRAYS: Mapping[str, tuple[str, ...]] = {"x": ("X", "input"), "y": ("Y", "t", "d", "target", "label")}
_COSTS = ("C", "E", "J", "Loss", "loss", "Cost", "cost", "ell")
OURS: Mapping[str, str] = MappingProxyType({})
GIVES_Y: Mapping[str, str] = MappingProxyType({"y": "a", "Y": "a"})  # what the network gives, where t is the target
BISHOP: Mapping[str, str] = MappingProxyType({**GIVES_Y, "a": "z", "z": "a", "h": ACTIVATION})  # z = h(a)
_OUTPUTS = (*(f"{letter}hat" for letter in "ya"), "output")
_ACTIVATIONS = ("sigma", "s", "f", "g", "phi", "varphi", "act")


@dataclass(frozen=True)
class Definition:
    """A name of a person's own: `right` is what it is short for, at a layer and places, in a line."""

    name: str
    line: WrittenLine
    layer: Node | None = None
    places: tuple[Node, ...] = ()
    right: Node | None = None


@dataclass(frozen=True)
class Glossary:
    """The words for the arrays of a program, and those that a person has defined.

    `aliases` are other names of activations, `habit` says what letters of ours stand for in another book; where
    `has_layers_below`, a_2 is the layer 2, as W_2 is, and not the entry 2."""

    program: Program
    samples: Symbol | None = None  # how many there are, where it is the program of a batch
    own: Mapping[str, Definition] = field(default_factory=lambda: MappingProxyType({}))
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    habit: Mapping[str, str] = field(default_factory=lambda: OURS)
    has_layers_below: bool = False

    def with_own(self, definition: Definition) -> Glossary:
        """Return the words with one more."""
        return replace(self, own={**self.own, definition.name: definition})

    def is_ours(self, word: str) -> bool:
        """Tell whether a word is that of an array, with its own name or its own letter."""
        parts = _NUMBERED.fullmatch(word)
        return word in self.arrays or word in self.letters or (parts is not None and parts[1] in self.letters)

    def is_activation(self, word: str) -> bool:
        """Tell whether a word is that of an activation, of a layer or by its own name."""
        meaning = self.meaning(word)
        return word in ACTIVATIONS if meaning is None else meaning[0] == ACTIVATION

    def is_function(self, word: str) -> bool:
        """Tell whether a word is that of a function."""
        return word in ACTIVATIONS or word in self.functions or word in vocabulary()

    @cached_property
    def arrays(self) -> Mapping[str, Array]:
        """Every array but the cost, by its name."""
        return {array.name: array for array in self.program.arrays if array.tensor != COST}

    @cached_property
    def letters(self) -> Mapping[str, Mapping[int, Array]]:
        """The arrays of each letter that has a number after it, by the number: W1, W2 are W at 1 and 2."""
        found: dict[str, dict[int, Array]] = {}
        for name, array in self.arrays.items():
            if (parts := _NUMBERED.fullmatch(name)) is not None:
                found.setdefault(parts[1], {})[int(parts[2])] = array
        inputs = self.program.of_kind(Kind.INPUT)
        if "a" in found and len(inputs) == 1:
            found["a"].setdefault(0, inputs[0])
        for layer, array in found.get("a", {}).items() if "z" in found or "W" in found else ():
            if layer:  # a layer without an activation gives what it adds up
                found.setdefault("z", {}).setdefault(layer, array)
        return found

    @cached_property
    def functions(self) -> Mapping[str, type[Elementwise]]:
        """The functions of one number that the program calls, by their names: huber beside the activations."""
        used = {type(f) for e in self.program.equations for f in e.expression.atoms(Elementwise) if not f.order}
        return {function.stem: function for function in used}

    @cached_property
    def sizes(self) -> frozenset[str]:
        """The letters of the sizes: n1, T."""
        found = {size.name for size in self.program.sizes}
        return frozenset(found if self.samples is None else {*found, self.samples.name})

    def is_weight(self, tensor: Tensor) -> bool:
        """Tell whether an array is a weight, from one layer to the next."""
        return len(tensor.axes) == 2 and any(array.tensor == tensor for array in self.letters.get("W", {}).values())

    @property
    def weight_shapes(self) -> list[tuple[int, int]]:
        """The rows and columns of each weight, from the first layer to the last."""
        numbers = dict(self.program.sizes)
        found = [a.tensor for _, a in sorted(self.letters.get("W", {}).items()) if self.is_weight(a.tensor)]
        return [(int(t.sizes[0].xreplace(numbers)), int(t.sizes[1].xreplace(numbers))) for t in found]

    def is_of_samples(self, tensor: Tensor) -> bool:
        """Tell whether an array has an axis for the samples, which is its first one."""
        return self.samples is not None and bool(tensor.axes) and tensor.axes[0][1] == self.samples

    @cached_property
    def depth(self) -> int:
        """The number of the last layer; 0 where nothing has a layer."""
        return max((layer for letter in ("a", "z", "W") for layer in self.letters.get(letter, {})), default=0)

    def meaning(self, word: str) -> Meaning | None:
        """Return what a word stands for, None where it stands for nothing."""
        if (given := self._given(word)) is not None:
            return given
        if word in self.arrays:
            return "array", word, None
        if (letter := self._letter(word)) is not None:
            return "letter", letter, None
        if len(word) == 1 and word.lower() in self.arrays and word != COST_NAME:
            return "array", word.lower(), None  # Q for q
        if word == ERROR:
            return "error", ERROR, None
        parts = _NUMBERED.fullmatch(word)
        if parts is not None and (inner := self.meaning(parts[1])) is not None and inner[0] in ("letter", "error"):
            return inner[0], inner[1], int(parts[2])
        for name, words in _ARRAYS.items():
            if name in self.arrays and word in words:
                return "array", name, None
        if word in _COSTS and (self.program.has_cost or word == COST_NAME):
            return "cost", COST_NAME, None
        if word in _OUTPUTS and "a" in self.letters:
            return "letter", "a", self.depth
        return (ACTIVATION, "", None) if word in _ACTIVATIONS and "a" in self.letters else None

    def _given(self, word: str) -> Meaning | None:
        """Return what a person has made a word stand for."""
        if word in self.own:
            return "own", word, None
        if word in self.aliases:
            return ACTIVATION, self.aliases[word], None
        if self.habit.get(word) == ACTIVATION and "a" in self.letters:
            return ACTIVATION, "", None
        parts = _NUMBERED.fullmatch(word)
        name, number = (word, self.depth if word in GIVES_Y else None) if parts is None else (parts[1], int(parts[2]))
        return ("letter", self.habit[name], number) if self.habit.get(name) in self.letters else None

    def _letter(self, word: str) -> str | None:
        if word in self.letters:
            return word
        return next((own for own, words in _LETTERS.items() if own in self.letters and word in words), None)

    def differential(self, word: str) -> Meaning | None:
        """Return what is differentiated in a word such as dW2, dC, dCdW2 or grad_W2; None where it is no such word."""
        if (long := _GRADIENT.fullmatch(word)) is not None and self.is_ours(name := long[1] or long[2]):
            return self.meaning(name)
        if not word.startswith("d") or len(word) < 2 or self.meaning(word) is not None:
            return None
        return ("cost", COST_NAME, None) if word[1:] == LAST else self.meaning(word[1:])

    def axes(self, meaning: Meaning) -> int:
        """Return how many positions an entry of an array has."""
        kind, name, _ = meaning
        if kind == "letter":
            return len(next(iter(self.letters[name].values())).tensor.axes)
        if kind == "error":
            first = next(iter(self.letters.get("z", {}).values()), None)
            return 1 if first is None else len(first.tensor.axes)
        return len(self.arrays[name].tensor.axes) if kind == "array" else 0

    def layers_named(self, names: Iterable[str]) -> list[int]:
        """Return the layers of arrays that are called by a letter and a number: 2 of z2."""
        known = {array.name: number for layers in self.letters.values() for number, array in layers.items()}
        return [known[name] for name in names if known.get(name)]

    def layers(self, name: str) -> list[Array]:
        """Return the arrays of a letter; of delta those that the cost is differentiated by."""
        return list(self.letters.get("z" if name == ERROR else name, {}).values())

    def width(self, array: Array) -> int:
        """Return how many rows an array has; 1 for a number."""
        sizes = array.tensor.sizes
        return int(sizes[0].xreplace(dict(self.program.sizes))) if sizes else 1

    def is_single(self, meaning: Meaning, layer: Node | None) -> bool:
        """Tell whether an array has one row, whose number people leave out; of a letter without a layer all of them."""
        found = [] if meaning[0] == "error" else self._called(meaning, layer)
        return bool(found) and all(self.width(array) == 1 for array in found)

    def is_lone(self, meaning: Meaning, layer: Node | None) -> bool:
        """Tell whether a sample has one entry in an array of a batch, whose number people leave out."""
        found, sizes = self._called(meaning, layer), dict(self.program.sizes)
        return bool(found) and all(array.tensor.sizes[-1].xreplace(sizes) == 1 for array in found)

    def _called(self, meaning: Meaning, layer: Node | None) -> list[Array]:
        """Return the array that is called so; of a letter without a layer those of all layers."""
        kind, name, _ = meaning
        if kind == "array":
            return [self.arrays[name]]
        number = getattr(layer, "value", self.depth if getattr(layer, "name", "") == LAST else None)
        layers = self.letters.get("z" if name == ERROR else name, {})
        return [array for place, array in layers.items() if number in (None, place)]

    def rank(self, name: str) -> int:
        """Return how many axes an array has that is called by its name, or by its letter alone."""
        return 0 if (meaning := self.meaning(name)) is None else self.axes(meaning)

    def at(self, letter: str, layer: int) -> Array | None:
        """Return the array of a letter at a layer; of delta the array that the cost is differentiated by."""
        return self.letters.get("z" if letter == ERROR else letter, {}).get(layer)

    @property
    def known(self) -> str:
        """The words that a message names."""
        letters = [f"{letter}[l]" for letter in self.letters]
        own = [name for name in self.arrays if _NUMBERED.fullmatch(name) is None]
        error = ["delta[l]"] if "z" in self.letters else []
        return ", ".join([*letters, *error, *own, "C"][:14])
