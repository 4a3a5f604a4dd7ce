"""The path of one entry through a program to its cost, and a number for every entry of the program.

    W_11 -> s_11 -> a_11 -> C        each link as the derived equations have it

An adjoint is a sum over what reads the entry, linear in the adjoints of that: ∂C/∂v = Σ_u (∂u/∂v) ∂C/∂u. The factor of
∂C/∂u is the link from v to u, and what no adjoint stands in is the link to the cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from sympy import Add, Expr, Indexed, S, Symbol

from symbackprop.calculus.numbers import Known, evaluate_in_order
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.calculus.sizing import small_sizes
from symbackprop.exposition.document import Sample
from symbackprop.exposition.exercise.reckoning import BATCH, UNIT, Reckoner, function_of
from symbackprop.exposition.exercise.samples import count_of, entry, own_numbers, reckoner_of_program, sizes_of
from symbackprop.frozen import dataclass
from symbackprop.network.arrayvalues import UPSTREAM, ArrayValues
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import GIVEN, Kind

SEED = 3
LARGEST = (2, 3, 4)  # of the sizes of a program that would have more numbers with its own
MOST_QUANTITIES = 600  # of a program, one of whose entries is followed: all are reckoned, and few are shown


@dataclass(frozen=True)
class Link:
    """One link of a path: from an entry to the next one, or to the cost, and what its rate is in letters."""

    start: Expr
    end: Expr
    rate: Expr


@dataclass(frozen=True)
class EntryPath:
    """One parameter's entry on its way to the cost, with a number for every entry of the program.

    `rights` are the right sides of all that is computed, by their left sides, each after what it is computed from."""

    derivation: ProgramDerivation
    rights: Mapping[Expr, Expr]
    numbers: Known
    links: tuple[Link, ...]

    @property
    def first(self) -> Expr:
        """The entry that the path begins with."""
        return self.links[0].start

    @cached_property
    def along(self) -> tuple[Expr, ...]:
        """The entries on the path, without the cost."""
        return tuple(link.start for link in self.links)

    @property
    def is_only(self) -> bool:
        """Whether no other path leads from the entry to the cost: from none of its entries does another link."""
        return all(len(list(links_from(at, self.rights))) == 1 for at in self.along)

    @property
    def cost(self) -> Expr:
        """The cost, of a program that has one."""
        return self.numbers.known[COST]

    def moved(self, rate: Expr) -> EntryPath:
        """Return all numbers after one step against the gradient: θ <- θ - η ∂C/∂θ for every entry of a parameter."""
        known = self.numbers.known
        given = {letter: number for letter, number in known.items() if letter not in self.rights}
        for array in self.derivation.program.of_kind(Kind.PARAMETER):
            tensor = array.tensor.xreplace(sizes_of(self.derivation))
            for letter in (each for each in given if tensor in (each, getattr(each, "base", None))):
                given[letter] = known[letter] - rate * known[Partial(COST, letter)]
        return replace(self, numbers=evaluate_in_order(self.rights.items(), given))

    @property
    def values(self) -> ArrayValues:
        """The numbers that are given, as a file has them; what is read by nothing is 0."""
        arrays = {}
        for name, tensor in arrays_given(self.derivation).items():
            own, upstream = tensor.xreplace(sizes_of(self.derivation)), name.startswith(UPSTREAM)
            arrays[name] = self._nested(
                own, tuple(range(int(a), int(b) + 1) for a, b in own.axes), (), upstream=upstream
            )
        return ArrayValues(arrays, self.derivation.program.sizes)

    def _nested(self, tensor: Tensor, spans: Sequence[range], place: tuple[int, ...], *, upstream: bool) -> Any:
        if len(place) < len(spans):
            return tuple(self._nested(tensor, spans, (*place, at), upstream=upstream) for at in spans[len(place)])
        letter = entry(tensor, place)
        number = self.numbers.known.get(Partial(COST, letter) if upstream else letter, S.Zero)
        return Fraction(int(number.p), int(number.q))

    @property
    def sample(self) -> Sample:
        """All numbers, the given ones in the order of the program's arrays."""
        order = [array.name for array in self.derivation.program.arrays]
        given = sorted(self.numbers.known.keys() - self.rights.keys(), key=lambda each: _place(each, order))
        return Sample({letter: self.numbers.known[letter] for letter in given}, tuple(self.rights.items()))


def _place(letter: Expr, order: Sequence[str]) -> tuple[int, tuple[int, ...]]:
    """Return where an entry, or the derivative by one, stands: the number of its array, and its place in that."""
    at = letter.by if isinstance(letter, Partial) else letter
    tensor = at.base if isinstance(at, Indexed) else at
    name = tensor.code_name if isinstance(tensor, Tensor) else str(tensor)
    return order.index(name) if name in order else len(order), tuple(map(int, getattr(at, "indices", ())))


def entry_path(derivation: ProgramDerivation, seed: int = SEED, values: ArrayValues | None = None) -> EntryPath | None:
    """Return the path of an entry of the first parameter, or else input, that reaches the cost, in fit numbers.

    They are drawn, or those of the `values`, whose sizes it has then. What has too many numbers is taken at smaller
    sizes, where these are letters. None where there is no path.
    Raises BudgetError for what is too large even so, DataError where something is no number, and ShapeError for a size
    without a number."""
    derivation = at_readable_sizes(derivation) if values is None else _with_sizes(derivation, values.sizes)
    reckoner = reckoner_of_program(derivation, MOST_QUANTITIES)
    rights = {each.left: each.right for each in reckoner.quantities}
    sizes = sizes_of(derivation)
    given = [array for array in derivation.program.given if array.name in derivation.adjoints]
    for array in sorted(given, key=lambda each: each.kind is not Kind.PARAMETER):
        tensor = array.tensor.xreplace(sizes)
        start = entry(tensor, tuple(int(first) for first, _ in tensor.axes)) if tensor.axes else tensor
        links = _shortest(start, rights)
        if not links:
            continue
        if values is None:
            numbers = _drawn(reckoner, links, own_numbers(derivation), np.random.default_rng(seed))
        else:
            numbers = {**_letters(derivation, values), **own_numbers(derivation)}
        if numbers is not None:
            return EntryPath(derivation, rights, evaluate_in_order(rights.items(), numbers), links)
    return None


def arrays_given(derivation: ProgramDerivation) -> dict[str, Tensor]:
    """Return what has no equation by its name in a file of numbers: d_o is ∂C/∂o where that comes from outside."""
    own = {*own_numbers(derivation)}
    given = (array for array in derivation.program.given if array.kind in GIVEN)
    found = {array.name: array.tensor for array in given if entry(array.tensor, ()) not in own}
    return found | {f"{UPSTREAM}{array.name}": array.tensor for array in derivation.given}


def _with_sizes(derivation: ProgramDerivation, sizes: Mapping[Symbol, int]) -> ProgramDerivation:
    return replace(derivation, program=replace(derivation.program, sizes=MappingProxyType(dict(sizes))))


def _letters(derivation: ProgramDerivation, values: ArrayValues) -> dict[Expr, Fraction]:
    """Return the number of every letter that is given."""
    sizes, found = sizes_of(derivation), dict[Expr, Fraction]()
    for name, tensor in arrays_given(derivation).items():
        own = tensor.xreplace(sizes)
        for place, number in values.entries(name):
            letter = entry(own, tuple(int(first) + index for (first, _), index in zip(own.axes, place, strict=True)))
            found[Partial(COST, letter) if name.startswith(UPSTREAM) else letter] = number
    return found


def at_readable_sizes(derivation: ProgramDerivation) -> ProgramDerivation:
    """Return the derivation, which holds for all sizes, at smaller ones where it has too many numbers to be followed.

    As it is where no smaller ones do, as of a program whose sizes are not letters."""
    program = derivation.program
    if count_of(derivation) <= MOST_QUANTITIES:
        return derivation
    for largest in LARGEST:
        if sizes := small_sizes(program, largest):
            smaller = _with_sizes(derivation, sizes)
            if count_of(smaller) <= MOST_QUANTITIES:
                return smaller
    return derivation


def _shortest(start: Expr, rights: Mapping[Expr, Expr]) -> tuple[Link, ...]:
    """Return the shortest way from an entry to the cost, by the factors of adjoints in adjoints; () without any.

    The way of a penalty, from the entry to the cost at once, is taken where there is no other."""
    ways: list[tuple[Link, ...]] = [()]
    met = {start}
    direct: tuple[Link, ...] = ()
    for way in ways:  # which grows: breadth first
        at = way[-1].end if way else start
        if at == COST and len(way) == 1:
            direct = way
            met.discard(COST)
            continue
        if at == COST:
            return way
        if Partial(COST, at) not in rights:  # given from outside
            return (*way, *links_from(at, rights)) if way else ()
        for link in links_from(at, rights):
            if link.end not in met:
                met.add(link.end)
                ways.append((*way, link))
    return direct


def links_from(start: Expr, rights: Mapping[Expr, Expr]) -> Iterator[Link]:
    """Yield the links of which an adjoint is made: the factor of each adjoint in it, and what is left for the cost.

    An adjoint that is given is the link to the cost itself."""
    if (right := rights.get(Partial(COST, start))) is None:
        yield Link(start, COST, Partial(COST, start))
        return
    errors = sorted((part for part in right.atoms(Partial) if part.of == COST), key=str)
    none = dict.fromkeys(errors, S.Zero)
    if (direct := right.xreplace(none)) != 0:
        yield Link(start, COST, direct)
    for error in errors:
        rate = Add(right.xreplace({**none, error: S.One}), -direct)
        if rate != 0:
            yield Link(start, error.by, rate)


def _drawn(
    reckoner: Reckoner, links: Sequence[Link], own: Mapping[Expr, Fraction], rng: np.random.Generator
) -> dict[Expr, Fraction] | None:
    """Return the draw in which the smallest rate or error on the path is largest; None where none has all its numbers.

    An error of 0, where what several ways give cancels, would be a rounding error of what is computed."""
    givens = reckoner.draw(rng, False)
    numbers = {letter: drawn / UNIT for letter, drawn in givens.items()}
    known = reckoner.values(numbers | {letter: np.full(BATCH, float(number)) for letter, number in own.items()})
    with np.errstate(all="ignore"):
        good = np.all([np.isfinite(numbers) for numbers in known.values()], axis=0)
        shown = [*(link.rate for link in links), *(Partial(COST, link.start) for link in links)]
        worth = [np.abs(function_of(each)(known)) + 0 * good for each in shown]
    smallest = np.where(good, np.nan_to_num(np.min(worth, axis=0)), 0.0)
    best = int(np.argmax(smallest))
    if not smallest[best]:
        return None
    return {**{letter: Fraction(int(drawn[best]), UNIT) for letter, drawn in givens.items()}, **own}
