"""Equations as text: from the lines to a program, one stage after the other.

    text -> lines -> trees -> index lines -> letters with a meaning -> ranges -> order -> index equations

    # scaled dot-product attention
    input q[T, D], k[T, D], v[T, D]
    s[i, j] = sum[d](q[i, d] * k[j, d]) / sqrt(D)
    p[i, j] = softmax[j](s[i, j])
    o[i, d] = sum[j](p[i, j] * v[j, d])

Text is never run. SymPy sees a line only when its tree is known to stay small.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sympy import Expr, Symbol

from symbackprop.errors import ExpressionError, ShapeError, SymbackpropError
from symbackprop.frozen import dataclass
from symbackprop.network.bounds import check_bounds
from symbackprop.network.composition import composed_cost
from symbackprop.network.labels import check_label
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Array, Kind, Node, Program
from symbackprop.network.text.declarations import Declarations, Statement, check_numbers, checked_size, read_lines
from symbackprop.network.text.lines import WORDS_OF_THE_COST, lines_of, title_of
from symbackprop.network.text.matrices import with_indices
from symbackprop.network.text.meaning import equation_of, tensor_of
from symbackprop.network.text.order import in_order
from symbackprop.network.text.ranges import Ranges, ranges_of
from symbackprop.network.text.scopes import Names, Resolved, resolved
from symbackprop.network.text.sizes import fitting_sizes
from symbackprop.network.text.tree import places_in
from symbackprop.network.text.writing import axes_text
from symbackprop.network.unchanging import Unchanging

if TYPE_CHECKING:
    from symbackprop.network.inplace import LayerInPlace


@dataclass(frozen=True)
class EquationsNetwork(Unchanging):
    """What a text of equations says: its program, a number for each size, and its title.

    Without a line for C it is a block: what no other line reads is its output."""

    program: Program
    title: str | None = None
    text: str = ""  # as it was given
    layers: tuple[LayerInPlace, ...] = ()  # where it is a network of layers; those inside a layer after it

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what makes it again from its text; raises SpecError for layers, whose text does not say all."""
        if type(self) is not EquationsNetwork:
            return super().__reduce__()
        return _again, (self.text, dict(self.sizes), self.title)

    @property
    def sizes(self) -> Mapping[str, int]:
        """The numbers with which checks, pictures and examples are made, by the letter of the size."""
        return MappingProxyType({symbol.name: number for symbol, number in self.program.sizes.items()})

    @property
    def cost(self) -> Expr:
        """The composed cost, for the numbers of `sizes`: one expression in the entries of what is given, such as x_1_2.

        Raises ShapeError for a block, which has none, and BudgetError if it would have more than 20,000 operations."""
        if not self.program.has_cost:
            names = ", ".join(array.name for array in self.program.outputs)
            raise ShapeError(f"the equations compute no cost; their output is {names}; add a line C = ...")
        return composed_cost(self.program, ())


def equations(text: str, sizes: Mapping[str, int] | None = None, *, title: str | None = None) -> EquationsNetwork:
    """Return the network that a text of index equations or matrix equations says.

    `sizes` gives numbers for letters of sizes, and wins over the text's own line. `title` is the first comment where it
    isn't given. Warns where the only output is a number with a cost's name other than C.
    Raises ExpressionError, one line that says in which line of the text something has to change."""
    program = program_of_text(text, sizes)
    _warn_of_another_name(program)
    return EquationsNetwork(program, title_of(text) if title is None else check_label(title, "title"), text)


def _again(text: str, sizes: Mapping[str, int], title: str | None) -> EquationsNetwork:
    """Return the network that was read before, with its title and without its warnings."""
    return EquationsNetwork(program_of_text(text, sizes), title, text)


def program_of_text(text: str, sizes: Mapping[str, int] | None = None, *, times: int = 1) -> Program:
    """Return the program that a text says, which may be so many `times` as long as one that a person writes."""
    declarations, statements = read_lines(lines_of(text, times=times))
    numbers = {**declarations.numbers, **_given(sizes, declarations)}
    for statement in statements:
        check_bounds(statement.equality.right, statement.line)
    lines = _resolved(with_indices(statements, declarations), declarations)
    _check_use(lines, declarations)
    arrays = {*declarations.arrays, *(line.statement.equality.target.name for line in lines)}
    places = places_in([line.statement.equality.right for line in lines], arrays)
    ranges = ranges_of(lines, declarations)
    check_numbers(declarations, statements)
    lines = in_order(lines)
    nodes = tuple(Node(equation_of(line, ranges)) for line in lines)
    given = {symbol: numbers.get(symbol) for symbol in declarations.sizes.values()}
    fitting = fitting_sizes(lines, ranges, [node.equation for node in nodes], given)
    return Program(_cost_last(nodes), _arrays(declarations, ranges), MappingProxyType(fitting), places)


def equations_from_file(text: str, *, where: str) -> EquationsNetwork:
    """Return what the text of a file says; `where` names the file in messages."""
    try:
        return equations(text)
    except SymbackpropError as error:
        raise type(error)(f"{where}, {error}") from None


def _warn_of_another_name(program: Program) -> None:
    """Warn where what is computed in the end is called as costs are, but not C: it is a block to us."""
    last, *others = program.outputs
    single = isinstance(last.tensor, Tensor) and not last.tensor.axes
    if single and not others and last.name.lower() in ("l", "j", "e", *WORDS_OF_THE_COST):
        message = f"{last.name} is taken for an output, not for the cost; call it C if it is the cost"
        warnings.warn(message, stacklevel=3)


def _given(sizes: Mapping[str, int] | None, declarations: Declarations) -> dict[Symbol, int]:
    if sizes is not None and not isinstance(sizes, Mapping):
        raise ExpressionError(f"sizes: wanted a dict such as {{'N': 3}}, got {type(sizes).__name__}")
    found = {}
    for name, number in (sizes or {}).items():
        if name not in declarations.sizes:
            known = ", ".join(declarations.sizes) or "none"
            raise ExpressionError(f"sizes: {str(name)[:20]!a} is no size of the text; it has {known}")
        found[declarations.sizes[name]] = checked_size(name, number)
    return found


def _resolved(statements: Sequence[Statement], declarations: Declarations) -> tuple[Resolved, ...]:
    """Return the lines with the meaning of their letters; raises ExpressionError for an array written twice."""
    if not statements:
        raise ExpressionError("equations: no line computes anything; try y[i] = tanh(x[i])")
    axes = {name: len(array.sizes) for name, array in declarations.arrays.items()}
    first: dict[str, Statement] = {}
    for statement in statements:
        count = len(getattr(statement.equality.target, "positions", ()))
        before = first.setdefault(statement.name, statement)
        if axes.setdefault(statement.name, count) != count:
            elsewhere = f"{statement.name} has {axes_text(axes[statement.name])} elsewhere"
            message = f"{elsewhere}, here {axes_text(count)}; one array has one shape"
            raise statement.line.complaint(statement.equality.target.at, message)
        if before is not statement and not count:
            line = before.line.place(before.equality.target.at)[0]
            message = f"{statement.name} is written twice, first in line {line}; one line computes an array"
            raise statement.line.complaint(statement.equality.target.at, message)
    lines = tuple(resolved(statement, Names(axes, declarations.sizes), declarations) for statement in statements)
    _check_once(lines)
    return lines


def _check_once(lines: Sequence[Resolved]) -> None:
    """Raise ExpressionError where two lines compute the same entries of an array."""
    steps: dict[str, Resolved] = {}
    for line in lines:
        if all(place.plain is not None for place in line.positions):
            before = steps.setdefault(line.name, line)
            if before is not line:
                number = before.line.place(before.target.entry.at)[0]
                message = f"{line.name} is written twice, first in line {number}; one line computes an array"
                raise line.line.complaint(line.target.entry.at, message)


def _check_use(lines: Sequence[Resolved], declarations: Declarations) -> None:
    """Raise ExpressionError for an array that is declared for nothing."""
    read = {reading.name for line in lines for reading in line.readings}
    computed = {line.name for line in lines}
    for name, array in declarations.arrays.items():
        if array.kind == "value" and name not in computed:
            raise array.line.complaint(
                array.at, f"value {name} is declared, but no line computes it; write {name} = ..."
            )
        if array.kind != "value" and name not in read:
            raise array.line.complaint(array.at, f"{array.kind} {name} is declared, but no line reads it; remove it")


def _cost_last(nodes: Sequence[Node]) -> tuple[Node, ...]:
    return tuple(sorted(nodes, key=lambda node: not node.equation.indices and node.equation.target.is_Symbol))


def _arrays(declarations: Declarations, ranges: Ranges) -> tuple[Array, ...]:
    return tuple(
        Array(tensor_of(name, ranges), array.kind, name)
        for name, array in declarations.arrays.items()
        if array.kind != Kind.VALUE
    )
