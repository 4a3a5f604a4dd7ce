"""One derivative of a program: ∂C/∂W_12 in numbered letters, an instance of the adjoint of its array.

    ∂C/∂h_1_1 x_1_2 (1 - h_1_1²) + …        in the derivatives by what reads W_12
    (tanh(W_1_1 x_1_1 + …) - y_1) …         expanded: each derivative by its own equation, each value by its own

How large the expanded one becomes is counted before it is built: as many operations as its own equation has, and those
of each derivative and each value in it, as often as it stands there. Once these are too many, the parts that were not
looked at are taken to be as large as the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cached_property

from sympy import Dummy, Expr, Symbol, preorder_traversal

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.calculus.partials import Partial
from symbackprop.errors import ShapeError
from symbackprop.frozen import dataclass
from symbackprop.network.composition import concrete_equations, equation_at, leaf, unrolled
from symbackprop.network.extent import LARGEST_HEIGHT, Extent, Place, check_budget, extent, height_of
from symbackprop.network.needs import sizes_in
from symbackprop.network.notation import Tensor, in_numbers
from symbackprop.network.program import Equation, Program


@dataclass(frozen=True, slots=True)
class Quantity:
    """An entry of an array with numbers for its sizes, or ∂C/∂ of it."""

    tensor: Tensor
    place: tuple[int, ...]
    is_derivative: bool

    @property
    def name(self) -> str:
        """What a message calls it."""
        return "∂C/∂" * self.is_derivative + str(leaf(self.tensor, self.place))


Parts = Sequence[tuple[Expr, Quantity]]  # what is computed in a formula, as often as it stands there


@dataclass(frozen=True)
class EntryPartials:
    """The derivatives by single entries of a program whose sizes have numbers.

    No formula that is built has more than `budget` operations."""

    program: Program
    adjoints: Mapping[str, Adjoint]
    budget: int
    _built: dict[Quantity, tuple[Expr, Parts]] = field(default_factory=dict)
    _extents: dict[Quantity, Extent] = field(default_factory=dict)
    _values: dict[Quantity, Expr] = field(default_factory=dict)

    def partial(self, name: str, place: tuple[int, ...], *, expanded: bool) -> Expr:
        """Return ∂C/∂ of an entry, in numbered letters; `expanded` in those alone that nothing computes.

        Raises ShapeError for an entry that is not there and for sizes without numbers, BudgetError for more operations
        than are allowed."""
        tensor = self.adjoints[name].array.tensor.xreplace(self._sizes)
        own = Quantity(tensor, _checked(name, tensor, place), is_derivative=True)
        if not expanded:
            return self._equation(own)[0]
        check_budget(own.name, self._extent(own), self.budget)
        return self._expanded(own)

    @cached_property
    def _sizes(self) -> dict[Expr, Expr]:
        return in_numbers(self.program.sizes)

    @cached_property
    def _adjoints(self) -> dict[Expr, Adjoint]:
        return {each.array.tensor.xreplace(self._sizes): each for each in self.adjoints.values()}

    @cached_property
    def _equations(self) -> Mapping[Expr, Sequence[Equation]]:
        return concrete_equations(self.program, (), written_out=False)

    def _equation(self, own: Quantity) -> tuple[Expr, Parts]:
        """Return the right side of the equation of a quantity, and what is computed in it."""
        if own not in self._built:
            right, letters = self._general(own)
            if unknown := sorted(map(str, sizes_in(right))):
                raise ShapeError(
                    f"{own.name} entry by entry wants numbers for {', '.join(unknown)}; try sizes {unknown[0]} = 2"
                )
            check_budget(own.name, Extent(extent(right, Place(None, (), letters), {}).operations), self.budget)
            met: dict[Expr, tuple[Tensor, tuple[int, ...]]] = {}

            def resolve(tensor: Tensor, place: tuple[int, ...]) -> Symbol:
                letter = leaf(tensor, place)
                met[letter] = tensor, place
                return letter

            formula = unrolled(right, resolve, letters)
            parts, walk = list[tuple[Expr, Quantity]](), preorder_traversal(formula)
            for part in walk:
                if is_derivative := isinstance(part, Partial):
                    walk.skip()
                at = met.get(part.by if is_derivative else part)
                if at is not None and self._is_computed(each := Quantity(*at, is_derivative)):
                    parts.append((part, each))
            self._built[own] = formula, parts
        return self._built[own]

    def _is_computed(self, own: Quantity) -> bool:
        """Tell whether a quantity has an equation: what is given has none, nor has ∂C/∂ of an output without a cost."""
        return own.tensor in self._adjoints if own.is_derivative else self._of_value(own) is not None

    def _of_value(self, own: Quantity) -> Equation | None:
        return equation_at(self._equations, own.tensor, own.place)

    def _general(self, own: Quantity) -> tuple[Expr, dict[Symbol, int]]:
        """Return the right side with its indices, and what these are at the place of the quantity."""
        if own.is_derivative:
            adjoint = self._adjoints[own.tensor]
            right, indices = adjoint.chain.unconditional.result.xreplace(self._sizes), adjoint.entry.indices
        else:
            equation = self._of_value(own)
            assert equation is not None  # `_is_computed`
            right, indices = equation.expression, equation.indices
        return right, {symbol: n for symbol, n in zip(indices, own.place, strict=True) if symbol.is_Symbol}

    def _extent(self, own: Quantity, depth: int = 0) -> Extent:
        """Return how large a quantity is, written out; `depth` says inside how many others it stands."""
        if depth > LARGEST_HEIGHT:
            return Extent(height=LARGEST_HEIGHT + 1)
        if own not in self._extents:
            formula, parts = self._equation(own)
            operations, height = int(formula.count_ops()), 0
            for number, (_, each) in enumerate(parts):
                if operations > self.budget:
                    operations = operations * len(parts) // max(1, number)
                    break
                inner = self._extent(each, depth + 1)
                operations, height = operations + inner.operations, max(height, inner.height)
            self._extents[own] = Extent(operations, height + height_of(formula))
        return self._extents[own]

    def _expanded(self, own: Quantity) -> Expr:
        if own not in self._values:
            formula, parts = self._equation(own)
            letters = {rate: Dummy() for rate in formula.atoms(Partial)}  # in ∂C/∂o, which is given, o stays o
            values = {letters.get(part, part): self._expanded(each) for part, each in parts}
            named = formula.xreplace(letters).xreplace(values)
            self._values[own] = named.xreplace({letter: rate for rate, letter in letters.items()})
        return self._values[own]


def _checked(name: str, tensor: Tensor, place: tuple[int, ...]) -> tuple[int, ...]:
    """Return the place of an entry; raises ShapeError where the array has none there."""
    axes = [(int(first), int(last)) for first, last in tensor.axes]
    whole = all(hasattr(number, "__index__") and not isinstance(number, bool) for number in place)
    if whole and len(place) == len(axes) and all(a <= n <= b for n, (a, b) in zip(place, axes, strict=True)):
        return tuple(map(int, place))
    wanted = ", ".join(f"{first} to {last}" for first, last in axes)
    entry = f"has no entry [{', '.join(map(repr, place))[:40]}]" if place else "is no single entry"
    raise ShapeError(f"{name} {entry}; {f'its places are [{wanted}]' if axes else 'it is one number'}")
