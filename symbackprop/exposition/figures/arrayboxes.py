"""A box of the picture of a program: the arrays in it, or words, and how much room these need."""

from __future__ import annotations

from sympy import Expr

from symbackprop.calculus.matrices import Matrix
from symbackprop.exposition.mathtext.style import GREEK
from symbackprop.frozen import dataclass
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Array, Kind

NARROWEST = 1.15  # of a box
LETTER, SIGN, EDGE = 0.5, 0.21, 0.5  # how wide a letter, a small sign, and what is around the letters are
ROW, SMALL, FRAME = 0.52, 0.4, 0.28  # how high a line of letters, one of shapes, and what is around both are
NUMBER = 1.7  # how wide a number of three digits is
WORD, WORDS, INNER = 0.175, 0.4, 0.36  # how wide a letter of words is, how high their line, how wide a small letter

Point = tuple[float, float]


def sizes_of(array: Array) -> tuple[Expr, ...]:
    """Return the sizes of an array; a single number and the cost have none."""
    return array.tensor.sizes if isinstance(array.tensor, Tensor) else ()


@dataclass(frozen=True, slots=True)
class ArrayBox:
    """One box: the arrays in it, their kind, and where its middle is; `inside` are its parameters.

    Where it has `words`, which are lines, these and `extent` stand in the place of letters and sizes; `entries` stand
    there of arrays at one place, such as a step of time, or numbers. `is_framed`: an outline is drawn around it."""

    arrays: tuple[Array, ...]
    x: float = 0.0
    y: float = 0.0
    inside: tuple[Array, ...] = ()
    words: tuple[str, ...] = ()
    extent: str = ""
    entries: tuple[Expr | Matrix, ...] = ()
    is_framed: bool = True

    @property
    def width(self) -> float:
        """How wide the box is, about."""
        inner = sum(LETTER + SIGN * _signs(array.name) for array in self.inside)
        if self.words:
            small = INNER * len(self.inside) + 0.7 * SIGN * sum(_signs(array.name) for array in self.inside)
            return max(NARROWEST, *(WORD * len(line) for line in (*self.words, self.extent)), small) + 0.8 * EDGE
        if self.entries:
            numbers = NUMBER * sum(isinstance(entry, Matrix) for entry in self.entries)
            named = self.arrays if not numbers else ()
            letters = numbers + sum(LETTER + SIGN * (2 + _signs(array.name)) for array in named)
            return max(NARROWEST, letters + 0.6 * EDGE, inner + EDGE)
        letters = sum(LETTER + SIGN * _signs(array.name) for array in self.arrays)
        sizes = [size for array in self.arrays for size in sizes_of(array)]
        shapes = sum(SIGN * (len(str(size)) + 1 + 2 * size.is_Add) for size in sizes)  # with × and parentheses
        return float(max(NARROWEST, max(letters, shapes, inner) + EDGE))

    @property
    def height(self) -> float:
        """How high the box is: a line of letters, one of shapes, one of what stands inside."""
        letters, inside = (WORDS * len(self.words), ROW) if self.words else (ROW, SMALL)
        return letters + SMALL * self.shaped + inside * bool(self.inside) + FRAME

    @property
    def shaped(self) -> bool:
        """Whether a line of shapes stands below the letters."""
        if self.entries:
            return False
        return bool(self.extent) if self.words else any(map(sizes_of, self.arrays))

    @property
    def kind(self) -> Kind:
        """What the arrays of the box are to the program."""
        return self.arrays[0].kind

    @property
    def computed(self) -> bool:
        """Whether its arrays are computed: it has round corners then."""
        return self.kind in (Kind.VALUE, Kind.COST)

    @property
    def left(self) -> Point:
        """Where arrows arrive."""
        return self.x - self.width / 2, self.y

    @property
    def right(self) -> Point:
        """Where arrows begin."""
        return self.x + self.width / 2, self.y


def _signs(name: str) -> int:
    """Return how many small signs stand behind or above the letter of a name: none of mu, three of W1."""
    if name in GREEK or len(name) == 1:
        return 0
    return len(name) + 1
