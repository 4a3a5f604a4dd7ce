"""Equations with the numbers of a sample: for each entry a line formula = with numbers ≈ value, and one for the whole.

δ_1 = (a_1 - y_1) a_1 (1 - a_1) = (0.7514 - 0.01) · 0.7514 · (1 - 0.7514) ≈ 0.1385
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import product
from types import MappingProxyType

from sympy import Basic, Expr, Integer, Symbol

from symbackprop.calculus.matrices import Matrix, Named, Ones, parts_of, replaced
from symbackprop.calculus.matrixform import columns_of
from symbackprop.calculus.numbers import Known, Numbers, Stage, instances
from symbackprop.calculus.partials import letters_of
from symbackprop.errors import CheckError
from symbackprop.exposition.document import Line, Steps, Text
from symbackprop.exposition.example.terms import Array, Filled, Rounded, Tinted, is_exact
from symbackprop.exposition.figures.layout import NetworkPicture, network_picture
from symbackprop.exposition.story.telling import Telling
from symbackprop.exposition.story.terms import Chain
from symbackprop.frozen import dataclass
from symbackprop.network.functions import Elementwise
from symbackprop.network.notation import COST, LAST_LAYER, LAYER, Tensor, scalar

_NOTHING: Mapping[Expr, Expr] = MappingProxyType({})


@dataclass(frozen=True)
class Sheet:
    """The numbers of samples on their way to paper: before each step of descent, and how many digits are shown.

    `place` is that of the sample whose lines are written, counted from 0."""

    telling: Telling
    stages: tuple[Stage, ...]
    digits: int
    rate: Expr
    place: int = 0

    @cached_property
    def numbers(self) -> Numbers:
        """The numbers of the sample before any step."""
        return self.stages[0].samples[self.place]

    @property
    def each(self) -> tuple[Sheet, ...]:
        """The sheets of all samples."""
        return tuple(replace(self, place=place) for place in range(len(self.stages[0].samples)))

    @property
    def count(self) -> int:
        """The number of samples."""
        return len(self.stages[0].samples)

    @property
    def cost(self) -> Expr:
        """The cost of the sample, by its letter: C of a lone one, C_2 of the second of several."""
        return COST if self.count == 1 else scalar("C", self.place + 1)

    @property
    def whole_cost(self) -> Expr:
        """The cost of all samples, by its letter."""
        return COST if self.count == 1 else self.telling.cost_of_batch

    @cached_property
    def path(self) -> NetworkPicture:
        """The picture of the network with the weight that is followed: the usual one, if its derivative is not 0."""
        drawn = network_picture(self.numbers.network)
        sources, goals = ([n.number for n in drawn.neurons if n.layer == layer] for layer in (0, 1))
        usual = tuple(map(int, drawn.weight.indices))
        for j, k in (usual, *product(goals, sources)):
            if self.numbers.gradient[scalar("w", 1, j, k)]:
                return drawn if (j, k) == usual else network_picture(self.numbers.network, ends=(j, k))
        return drawn

    def told(self, key: str) -> str:
        """Return the key of a sentence, or of the one about several samples where there are some."""
        several = f"{key}.batch"
        return several if self.count > 1 and several in self.telling.language.sentences else key

    def told_part(self, key: str) -> str:
        """Return the key of the heading of a part, as `told` does."""
        return self.told(f"part.{key}").removeprefix("part.")

    def shown(self, value: Expr, of: Expr | None = None) -> Rounded:
        """Return a number as it is shown; it is that `of` a formula, or of a letter."""
        return Rounded(value, self.digits, of)

    def array(self, tensor: Tensor) -> Array:
        """Return the numbers of a whole tensor: rows, of one number for a vector."""
        layer = None if tensor.layer is None else int(tensor.layer)
        letter = "x" if tensor.letter == "a" and layer == 0 else tensor.letter
        own = None if letter in "xy" else layer
        rows = self.numbers.array(letter, own)
        wide = len(rows[0]) > 1 or letter == "w"
        return Array(
            tuple(
                tuple(self.shown(n, _letter(letter, own, j, *((k,) if wide else ()))) for k, n in enumerate(row, 1))
                for j, row in enumerate(rows, 1)
            )
        )

    def line(self, left: Expr, right: Expr, reason: Text = ()) -> Line:
        """Return left = right, then the same with numbers, then the value; a letter alone is its value at once."""
        return with_numbers((left.xreplace({COST: self.cost}), right), self.numbers, self.digits, reason)

    def entries(self, left: Expr, right: Expr, layer: int) -> Steps:
        """Return left = right at a layer, a line for each entry."""
        return Steps(tuple(self.line(*sides) for sides in instances(left, right, layer, self.numbers.network)))

    def matrices(self, left: Expr, right: Expr, layer: int) -> tuple[Named, Matrix] | None:
        """Return left = right at a layer in matrices with letters, or None where there is no such form."""
        try:
            sides = columns_of(left, right)
        except CheckError:
            return None
        depth = Integer(self.numbers.network.depth)
        name, matrix = (replaced(replaced(side, {LAST_LAYER: depth}), {LAYER: Integer(layer)}) for side in sides)
        return (name, matrix) if isinstance(name, Named) else None

    def whole(self, left: Expr, right: Expr, layer: int) -> Steps | None:
        """Return left = right at a layer as matrices, or None for one neuron, and where there is no matrix form."""
        sides = self.matrices(left, right, layer)
        if self.numbers.network.widths[layer] == 1 or sides is None:
            return None
        name, matrix = sides
        named = dict.fromkeys(part for part in parts_of(matrix) if isinstance(part, Named))
        arrays = tuple((part, self.array(part.tensor)) for part in named)
        if not arrays or any(isinstance(part, Ones) for part in parts_of(matrix)):
            return None
        values = self.array(name.tensor)
        exact = all(
            is_exact(entry) for array in (values, *(a for _, a in arrays)) for row in array.rows for entry in row
        )
        return Steps((Line(name, "=", Chain((matrix, Filled(matrix, arrays), values), ("=", "=" if exact else "~"))),))


def with_numbers(
    sides: tuple[Expr, Expr], numbers: Known, digits: int, reason: Text = (), *, of: Mapping[Expr, Expr] = _NOTHING
) -> Line:
    """Return left = right, then the same with numbers, then the value; a letter alone is its value at once.

    `of` says what letters of the formula are in the letters of the network."""
    left, right = sides
    value = Rounded(numbers.value(right), digits, right.xreplace(of))
    letters = sorted(letters_of(right) & set(numbers.known), key=str)
    filled = Filled(
        right, tuple((letter, Rounded(numbers.known[letter], digits, of.get(letter, letter))) for letter in letters)
    )
    sign = sign_before(value, (number for _, number in filled.numbers if isinstance(number, Rounded)))
    if right in letters:
        return Line(left, "=", Chain((right, value), (sign,)), reason)
    followed = _followed(right, numbers, digits)
    if followed is None:
        return Line(left, "=", Chain((right, filled, value), ("=", sign)), reason)
    exact = all(is_exact(n) for part, n in followed.numbers if isinstance(part, Elementwise) and isinstance(n, Rounded))
    return Line(left, "=", Chain((right, filled, followed, value), ("=", "=" if exact else "~", sign)), reason)


def tinted(right: Expr, numbers: Known, digits: int, colours: Mapping[Basic, str]) -> Chain:
    """Return a formula with numbers in the colours of what they stand for, and its value."""
    shown = {letter: Rounded(numbers.known[letter], digits, letter) for letter in sorted(letters_of(right), key=str)}
    own = tuple((letter, Tinted(number, colours.get(letter, ""))) for letter, number in shown.items())
    value = Rounded(numbers.value(right), digits, right)
    return Chain((Filled(right, own), value), (sign_before(value, shown.values()),))


def _followed(right: Expr, numbers: Known, digits: int) -> Filled | None:
    """Return a formula with numbers, and with those of the slopes in it: ReLU'(3) is 1; None where it has none."""
    slopes = sorted((part for part in right.atoms(Elementwise) if type(part).order), key=str)
    if not slopes or right in slopes:
        return None
    known = {slope: numbers.value(slope) for slope in slopes} | {
        letter: numbers.known[letter] for letter in sorted(letters_of(right) & set(numbers.known), key=str)
    }
    return Filled(right, tuple((part, Rounded(number, digits, part)) for part, number in known.items()))


def sign_before(value: Rounded, numbers: Iterable[Rounded]) -> str:
    """Return the sign between a formula with numbers and its value: '=' where nothing was rounded, or it is 0."""
    return "=" if is_exact(value) and (value.value == 0 or all(map(is_exact, numbers))) else "~"


def _letter(letter: str, layer: int | None, *place: int) -> Symbol:
    """Return the letter of an entry of an array: x_1, w_1_2_1."""
    return scalar(letter, *place) if layer is None else scalar(letter, layer, *place)
