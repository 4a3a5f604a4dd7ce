"""What is given of a program of equations before its numbers are computed: its picture, its equations, its arrays.

q_ij = …,   T = 3, D = 2,   Q = [0.1 …]        the same for who computes and for who reads how it is computed

The entries of an array in rows, under its name: of a matrix and a vector at once, of more axes matrix by matrix.

W, ((W_11, W_12), (W_21, W_22))        ∂C/∂b, ((∂C/∂b_1,), (∂C/∂b_2,))        K_1ij, …        a vector is a column
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from sympy import Expr, Integer

from symbackprop.calculus.matrices import Gradient
from symbackprop.calculus.numbers import Known
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.exposition.document import Block, Display, Formula, Prose, Term
from symbackprop.exposition.example.terms import Array, Rounded
from symbackprop.exposition.exercise.samples import entry, sizes_of
from symbackprop.exposition.story.forward import way_forward
from symbackprop.exposition.story.program.arrays import picture
from symbackprop.exposition.story.program.computation import forward_pass
from symbackprop.exposition.story.program.layerpicture import layer_picture
from symbackprop.exposition.story.program.telling import ProgramTelling, whole
from symbackprop.exposition.story.telling import equal, listed
from symbackprop.network.notation import COST, Tensor, index

IN_A_MATRIX = (index("i"), index("j"))  # row and column, in the name of one matrix of an array with more axes

Rows = tuple[tuple[Expr, ...], ...]
COLUMNS, NAME = 12, 2  # of numbers that have room on a line of a page, and as how many of them a name counts


def program_given(telling: ProgramTelling, numbers: Known, digits: int) -> Iterator[Block]:
    """Yield the section: a picture, what is computed, the sizes, and every array that is given, entry by entry."""
    program, say = telling.program, telling.say
    yield telling.section("example-given")
    yield layer_picture(telling) if telling.layers else picture(telling)
    yield from way_forward(telling, program.equations, forward_pass(telling))
    sizes = [equal(size, Integer(number)) for size, number in program.sizes.items()]
    if sizes:
        yield Prose(say("exercise.sizes", sizes=listed(*sizes)))
    if telling.derivation.given:
        yield Prose(say("exercise.upstream", C=COST))
    yield Prose(say("exercise.arrays"))
    for line in _side_by_side(telling.derivation):
        sides = (side for name, rows in line for side in (name, numbers_in(rows, numbers, digits)))
        yield Display(Formula(tuple(sides), ("=", *("gap", "=") * (len(line) - 1))))


def _side_by_side(derivation: ProgramDerivation) -> Iterator[list[tuple[Term, Rows]]]:
    """Yield what is given, on each line as many arrays as have room beside one another."""
    line: list[tuple[Term, Rows]] = []
    room = COLUMNS
    for array in (*derivation.program.given, *derivation.given):
        for name, rows in in_rows(array.tensor, sizes_of(derivation), derivatives=array in derivation.given):
            wide = NAME + len(rows[0])
            if line and wide > room:
                yield line
                line, room = [], COLUMNS
            line.append((name, rows))
            room -= wide
    yield line


def numbers_in(rows: Rows, numbers: Known, digits: int, *, live: bool = True) -> Array | Rounded:
    """Return the numbers of entries, in rows or of one alone; what is read by nothing has none, and counts as 0.

    Those that are `live` say which entry they are of, so that a page computes them again."""

    def shown(entry: Expr) -> Rounded:
        return Rounded(numbers.known.get(entry, Integer(0)), digits, entry if live and entry in numbers.known else None)

    if len(rows) == len(rows[0]) == 1:
        return shown(rows[0][0])
    return Array(tuple(tuple(map(shown, row)) for row in rows))


def in_rows(array: Expr, sizes: Mapping[Expr, Expr], *, derivatives: bool = False) -> Iterator[tuple[Term, Rows]]:
    """Yield the name of an array and, with numbers for sizes, its entries, or the `derivatives` of the cost by them.

    It is the name that formulas have: a matrix is one whatever the numbers are."""
    tensor = array.xreplace(sizes)

    def part(at: Expr) -> Expr:
        return Partial(COST, at) if derivatives else at

    if not isinstance(tensor, Tensor) or not tensor.axes:
        alone = part(entry(tensor, ()) if isinstance(tensor, Tensor) else tensor)
        yield alone, ((alone,),)
        return
    spans = [range(int(first), int(last) + 1) for first, last in tensor.axes]
    name = Gradient(array) if derivatives else whole(array)
    if len(spans) == 1:
        yield name, tuple((part(entry(tensor, (j,))),) for j in spans[0])
        return
    for outer in product(*spans[:-2]):
        rows = tuple(tuple(part(entry(tensor, (*outer, j, k))) for k in spans[-1]) for j in spans[-2])
        yield part(tensor[(*outer, *IN_A_MATRIX)]) if outer else name, rows
