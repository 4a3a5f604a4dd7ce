"""The adjoint of one array of a program: an equation for ∂C/∂v, with all that a reader or a compiler needs to know.

∂C/∂w_jk = Σ_t ∂C/∂z_tj h_{t-1,k}        of the array w, read by the equation for z, at every time
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING

from sympy import Add, Expr, Indexed, S, Symbol, exp

from symbackprop.calculus import rules
from symbackprop.calculus.batches import OwnCosts
from symbackprop.calculus.equations import MOST_ENTRIES, DerivedEquation, written_out
from symbackprop.calculus.indices import fresh, letters_of
from symbackprop.calculus.known import divisors
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.recurrence import Recurrence
from symbackprop.frozen import dataclass
from symbackprop.network.functions import Elementwise
from symbackprop.network.notation import COST, Axis, Tensor, in_numbers, index
from symbackprop.network.program import Array, Equation, entries, free_indices

if TYPE_CHECKING:
    from symbackprop.calculus.derivation import Step
    from symbackprop.network.text.equations import EquationsNetwork

_LETTERS = "pqrs"  # for axes that no equation gives a letter


@dataclass(frozen=True, repr=False)
class Adjoint(DerivedEquation):
    """∂C/∂v_i = …, where v is an array of a program and i has the ranges of its axes.

    `readers` are the equations that read v, each of which has its term; the right side names ∂C/∂u of what they
    compute. `recurrence` is the group of arrays with which v is computed step by step, if it is: its adjoints are
    computed the other way round. `times` are the axes of time of all arrays that are computed so; `sizes` are the small
    numbers of the program. With `own`, matrices hold the derivatives of the samples' own costs. `network` is what said
    the program, if a text did: in a convention its letters, and the numbers of its layers, are those of documents."""

    array: Array
    readers: tuple[Equation, ...] = ()
    recurrence: Recurrence | None = None
    times: Mapping[Tensor, int] = field(default_factory=lambda: MappingProxyType({}))
    sizes: Mapping[Symbol, int] = field(default_factory=lambda: MappingProxyType({}))
    own: OwnCosts | None = None
    network: EquationsNetwork | None = field(default=None, compare=False)

    @property
    def entry(self) -> Indexed:
        """v_i, by which the cost is differentiated."""
        return self.left.by

    @property
    def ranges(self) -> Mapping[Symbol, Axis]:
        """The range of each index of the entry, in the order of the axes."""
        return self.chain.setting.ranges

    @property
    def target(self) -> Indexed:
        """v_i with a letter along every axis, as an equation has it: one of length 1 is counted, too."""
        taken = self.left.atoms(Symbol) | self.computed.atoms(Symbol)
        letters: list[Symbol] = []
        for place in self.entry.indices:
            letters.append(place if isinstance(place, Symbol) else fresh(index(_LETTERS[0]), [*taken, *letters]))
        return self.entry.base[tuple(letters)]

    @property
    def steps_of_time(self) -> frozenset[Symbol]:
        """The indices that count the steps of a recurrence: t, in all that it computes."""
        found = entries(self.left) | entries(self.right)
        places = (entry.indices[self.times[entry.base]] for entry in found if entry.base in self.times)
        return frozenset(symbol for place in places for symbol in free_indices(place))

    @property
    def computed(self) -> Expr:
        """The right side for numbers: it supposes nothing of the targets, and has slopes as functions.

        Of tanh'(z), 1 - a^2 loses the digits where a is almost 1."""
        right = self.chain.unconditional.result
        for step in reversed(self.chain.unconditional.steps):
            if step.rule not in (rules.RESTORE, rules.ARRANGE) and not _has_number_put_in(step):
                break
            if step.rule is rules.RESTORE and _slopes(step.before) - _slopes(step.after):
                right = step.before
        return right

    @property
    def needs(self) -> tuple[Tensor, ...]:
        """The arrays whose adjoints stand on the right side, by name."""
        found = {p.by.base for p in self.right.atoms(Partial) if p.of == COST}
        return tuple(sorted(found, key=lambda tensor: tensor.sort_key()))

    @property
    def backwards(self) -> tuple[int, int] | None:
        """The axis that is time and the step in which the adjoint runs along it (-1: from the last), or None."""
        if self.recurrence is None:
            return None
        return self.recurrence.axis(self.entry.base), -self.recurrence.step

    def entries(self, *, limit: int = MOST_ENTRIES) -> tuple[tuple[Expr, Expr], ...]:
        """Return the equation for every entry: (left, right) in numbered letters.

        Raises BudgetError if that would be more than `limit` equations, ShapeError where a size has no number."""
        sizes = in_numbers(self.sizes)
        left, right = self.left.xreplace(sizes), self.right.xreplace(sizes)
        return written_out(f"∂C/∂{self.name}", [(left, right, left.by.base.axes)], limit)


def _has_number_put_in(step: Step) -> bool:
    """Tell whether a step puts in a ∂C/∂v that is the same number everywhere: nothing can have cancelled."""
    plain = step.before.xreplace({part: S.One for part in step.before.atoms(Partial)})
    return step.rule is rules.SUBSTITUTE and not (step.after / plain).has(Indexed, Partial, COST)


def _slopes(expression: Expr) -> set[Expr]:
    """Return the slopes of functions: those that have a name, and what quotients of exponentials are divided by."""
    totals = {total for total in divisors(expression) if isinstance(total, Add) and total.has(exp)}
    return totals | {function for function in expression.atoms(Elementwise) if type(function).order}


def _told_first(equation: Equation) -> list[Indexed]:
    """Return the entries that an equation reads; of exp(z_k)/Σ_j exp(z_j) that at k, as on the left side, first."""
    own = set(equation.indices)
    return sorted(entries(equation.expression), key=lambda e: (len(free_indices(e) - own), str(e)))


def place_of(tensor: Tensor, equations: tuple[Equation, ...]) -> Indexed:
    """Return the entry by which a tensor is derived, in letters of its own equation, or of the first that reads it."""
    for equation in reversed(equations):  # the start of a recurrence comes before its step
        if equation.tensor == tensor:
            return tensor[equation.indices] if len(equation.indices) != 1 else tensor[equation.indices[0]]
    reads = [e for equation in equations for e in _told_first(equation) if e.base == tensor]
    letters: list[Symbol] = []
    arrays = [index(letter) for letter in letters_of(equation.target + equation.expression for equation in equations)]
    for axis in range(len(tensor.axes)):
        places = (e.indices[axis] for e in reads)
        plain = (place for place in places if isinstance(place, Symbol) and free_indices(place))  # h_N: N is a size
        letter = next((symbol for symbol in plain if symbol not in letters), None)
        letters.append(letter or fresh(index(_LETTERS[axis % len(_LETTERS)]), [*letters, *arrays]))
    return tensor[tuple(letters)]
