"""What a network is built of: one registry of layers, fed by this folder; a layer says its equations as lines of text.

    dense:   z[j] = sum[k](W[j, k] * x[k]) + b[j]

Names get the number of the layer, sizes are letters, and whatever reads equations reads these.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from math import prod
from typing import ClassVar

from symbackprop.errors import ShapeError
from symbackprop.frozen import dataclass
from symbackprop.registry import Registry

__all__ = [
    "LAYERS",
    "Axis",
    "Built",
    "Layer",
    "Parameter",
    "Place",
    "Size",
    "Value",
    "extent",
    "letters_for",
    "place_in",
]

SPARE = "pqrefgdabcktvuij"  # letters for the parts of an axis that flatten has made of several


@dataclass(frozen=True, slots=True)
class Size:
    """The number of entries of an axis, and the letter that equations have for it; or a number alone."""

    name: str
    number: int


Axis = tuple[Size, ...]  # one size; several where one axis was made of several, the last one fastest


def extent(axis: Axis) -> int:
    """Return the number of entries along an axis."""
    return prod(size.number for size in axis)


@dataclass(frozen=True, slots=True)
class Value:
    """An array that a layer reads or gives: its name in the equations, and its axes without the sample's."""

    name: str
    axes: tuple[Axis, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of entries along each axis."""
        return tuple(map(extent, self.axes))

    @property
    def sizes(self) -> tuple[Size, ...]:
        """The sizes of all axes, those of their parts one by one."""
        return tuple(size for axis in self.axes for size in axis)


@dataclass(frozen=True, slots=True)
class Parameter:
    """An array that is learned: its name and sizes in the equations, its shape outside, and how it begins.

    `start` is the number that all its entries begin with; None where they are drawn, with variance 1/fan_in. One that
    is `fixed` is given as the others are, and nothing is differentiated by it."""

    name: str
    sizes: tuple[Size, ...]
    shape: tuple[int, ...]
    start: float | None = None
    fan_in: int = 1
    fixed: bool = False


@dataclass(frozen=True)
class Built:
    """What a layer is in its place: lines of equations, the arrays that it brings along, and what it gives.

    `computed` are the arrays of its lines with their sizes. `constants` have a number, or axes and a number for each
    entry of a sample. With `joined`, two sizes are one: (new, old)."""

    lines: tuple[str, ...]
    value: Value
    computed: tuple[Value, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    constants: tuple[tuple[Value, float], ...] = ()
    joined: tuple[tuple[Size, Size], ...] = ()
    shared: tuple[Value, ...] = ()  # computed, and the same for all samples
    parts: tuple[Built, ...] = ()  # of the layers inside it, in order


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer stands: its number, what it reads, and what its value is to be called.

    In a nested layer the number is 3.1, written 3x1 in names. `sample` is "s, " where values have an axis for the
    sample, because a layer couples samples, and else empty."""

    label: str
    source: Value
    result: str
    others: Mapping[str, Parameter]  # those of the layers before, by their names
    sample: str = ""

    def name(self, letter: str) -> str:
        """Return the name of an array of the layer: W3."""
        return letter + self.label

    def size(self, letter: str, number: int) -> Size:
        """Return a size of the layer's own: n3."""
        return Size(letter + self.label, number)

    def entry(self, name: str, *indices: str) -> str:
        """Return an entry of a value in the text, with the index of its sample where there is one: z3[s, j]."""
        inside = self.sample + ", ".join(index for index in indices if index)
        return f"{name}[{inside.removesuffix(', ')}]" if inside else name

    def read(self, *indices: str) -> str:
        """Return an entry of what the layer reads."""
        return self.entry(self.source.name, *indices)

    def wants(self, axes: int, what: str) -> tuple[Axis, ...]:
        """Return the axes of what the layer reads; raises ShapeError unless there are as many, `what` says of what."""
        if len(self.source.axes) != axes:
            shape = "x".join(map(str, self.source.shape))
            raise ShapeError(f"wanted {what}, got {shape}")
        return self.source.axes

    def sequence(self) -> tuple[Axis, Axis]:
        """Return the axes of a sequence of vectors; raises ShapeError for anything else, or for steps in groups."""
        time, last = self.wants(2, "a sequence of vectors, such as 12x4")
        if len(time) > 1:
            parts = "x".join(str(size.number) for size in time)
            raise ShapeError(f"wanted steps along one axis, got {parts}, the groups of a convolution; take groups = 1")
        return time, last


def usual_letters(axes: int) -> str:
    """Return the letters of that many axes: j, the output; t its step of time; o, i and j of an image."""
    return {0: "", 1: "j", 2: "tj", 3: "oij"}.get(axes, "abcdefg"[:axes])


def letters_for(axes: Sequence[Axis], wanted: str) -> list[str]:
    """Return an index for each axis, "j", or several with commas between where an axis has parts; all are different."""
    used = set(wanted)
    spare = (letter for letter in SPARE if letter not in used)
    found = []
    for axis, letter in zip(axes, wanted, strict=True):
        found.append(", ".join((letter, *(next(spare) for _ in axis[1:]))))
    return found


def place_in(axis: Axis, parts: Axis, letters: str) -> str | None:
    """Return the index of an axis for the indices of its parts, "j, p": the same, 3*j + p - 3, or None for neither."""
    if [size.number for size in axis] == [size.number for size in parts]:
        return letters
    if len(axis) > 1:
        return None
    steps = [prod(size.number for size in parts[number + 1 :]) for number in range(len(parts))]
    terms = [
        letter if step == 1 else f"{step}*{letter}" for step, letter in zip(steps, letters.split(", "), strict=True)
    ]
    return " + ".join(terms) + f" - {sum(steps) - 1}"


class Layer(ABC):
    """One kind of layer: its fields, and what it is in a place."""

    __slots__ = ()

    example: ClassVar[str]  # a small network that has it
    couples_samples = False  # whether what it gives for one sample depends on others
    has_activation = True  # whether one may follow it
    reads_channels = False  # whether the first axis of what it reads are channels
    reads_numbers = False  # whether it reads whole numbers, by which nothing is differentiated

    @abstractmethod
    def built(self, at: Place) -> Built:
        """Return what the layer is in its place. Raises ShapeError where what it reads has another number of axes."""


LAYERS: Registry[type[Layer]] = Registry("layer", __name__)
