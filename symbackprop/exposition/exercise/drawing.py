"""Numbers for an exercise that come out pleasantly: drawn by the thousand, and kept where every condition holds.

    short       where all functions give short numbers for short ones, every number has at most MOST_DECIMALS decimals
    readable    no answer is 0, very small or very large, and no weighted input lies at a kink
    told apart  what comes of a slip lies further from the answer than its tolerance, and than that of the slip itself

A tolerance is what rounding can do: the answer moves by the sum of what it moves where each number on the way to it
is rounded to DIGITS digits, and is rounded itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from sympy import Expr, Piecewise

from symbackprop.calculus.partials import letters_of
from symbackprop.errors import BudgetError
from symbackprop.exposition.exercise.reckoning import BATCH, UNIT, Quantity, Reckoner, functions_of
from symbackprop.exposition.exercise.slips import slips
from symbackprop.frozen import dataclass
from symbackprop.network.extremes import Where
from symbackprop.network.memo import memoised

if TYPE_CHECKING:
    from symbackprop.exposition.exercise.reckoning import Draws

    _Wrong: TypeAlias = dict[Expr, list[tuple[str, Draws]]]  # what comes of slips, with their names

DIGITS = 4  # significant ones, to which whoever computes is asked to round
MOST_DECIMALS = 3  # of numbers that nobody has to round
MOST_BATCHES = 60  # in a row without one that can be used
SMALLEST, LARGEST = 2e-3, 1e3  # of an answer
NEAREST = 0.02  # a weighted input to 0, where activations and costs have their kinks
CASES = (Piecewise, Where)
APART = 2  # tolerances between an answer and what a slip makes of it: the slip is rounded, too
FEWEST_SHORT = 0.01  # of the draws; less is chance, as where all inputs of a softmax are equal
LOOSEST = 0.05  # a tolerance, of the answer
ROUNDING = 1e-9  # of floats, relative


@dataclass(frozen=True)
class Drawn:
    """One draw: the given numbers by their letters, the answers with their tolerances, and what comes of slips.

    `decimals` is how many decimals its numbers have at most; None where they are rounded."""

    given: Mapping[Expr, Fraction]
    values: Mapping[Expr, float]
    tolerances: Mapping[Expr, float]
    wrong: Mapping[Expr, tuple[tuple[str, float], ...]]
    decimals: int | None


def drawn(reckoner: Reckoner, asked: Sequence[Quantity], *, seed: int, numbers: range) -> Iterator[Drawn]:
    """Yield draws, no two the same, in which each quantity that is asked for is a good question: those of some numbers.

    Raises BudgetError where none of many draws is one."""
    search = _Search(reckoner, tuple(asked), np.random.default_rng(seed))
    met: set[tuple[Fraction, ...]] = set()
    idle = 0
    while len(met) < numbers.stop:
        idle += 1
        for each in search.batch():
            key = tuple(each.given.values())
            if key not in met and len(met) < numbers.stop:
                met.add(key)
                idle = 0
                if len(met) > numbers.start:
                    yield each
        if idle > MOST_BATCHES:
            raise BudgetError(
                f"{BATCH * MOST_BATCHES:,} draws gave no numbers of which each answer can be told from a slip; "
                "take another seed, a smaller network or fewer questions"
            )


@dataclass
class _Search:
    """Draws numbers for a network, and keeps those that can be used."""

    reckoner: Reckoner
    asked: tuple[Quantity, ...]
    rng: np.random.Generator

    def batch(self) -> Iterator[Drawn]:
        """Yield what can be used of some draws, the shortest numbers first."""
        givens = self.reckoner.draw(self.rng, self.is_short)
        given = {letter: numbers / UNIT for letter, numbers in givens.items()}
        known = self.reckoner.values(given)
        usable = self._readable(known)
        decimals = _decimals(list(known.values()))
        if self.is_short:
            usable &= decimals <= MOST_DECIMALS
        chosen = np.flatnonzero(usable)
        if not len(chosen):
            return
        known = {letter: numbers[chosen] for letter, numbers in known.items()}
        tolerances = self._tolerances(known)
        wrong = self._wrong(known)
        apart, hidden = self._apart(known, tolerances, wrong)
        for each in self.asked:  # near a kink or a pole rounding moves an answer far
            apart &= tolerances[each.left] <= LOOSEST * np.abs(known[each.left])
        order = np.lexsort((decimals[chosen], hidden))
        for place in order[apart[order]]:
            yield Drawn(
                {
                    letter: self.reckoner.own.get(letter, Fraction(int(numbers[chosen][place]), UNIT))
                    for letter, numbers in givens.items()
                },
                {each.left: float(known[each.left][place]) for each in self.asked},
                {each.left: float(tolerances[each.left][place]) for each in self.asked},
                {left: tuple(_showing(found, known[left], place)) for left, found in wrong.items()},
                int(decimals[chosen][place]) if self.is_short else None,
            )

    @cached_property
    def is_short(self) -> bool:
        """Whether short numbers give short ones, in this network: then numbers that do not are not taken."""
        if not self.reckoner.is_rational:  # in floats 1 - 1e-12 would be as short as 1
            return False
        given = {letter: numbers / UNIT for letter, numbers in self.reckoner.draw(self.rng, True).items()}
        known = self.reckoner.values(given)
        readable = self._readable(known)
        short = readable & (_decimals(list(known.values())) <= MOST_DECIMALS)
        return bool(short.sum() > FEWEST_SHORT * readable.sum())

    # what can be used

    def _readable(self, known: Mapping[Expr, Draws]) -> Any:
        """Return which draws have answers that are read, and weighted inputs away from kinks."""
        with np.errstate(all="ignore"):
            found = [numbers for letter, numbers in known.items() if letter not in self.reckoner.own]
            good = np.all([np.isfinite(numbers) & (np.abs(numbers) < LARGEST) for numbers in found], axis=0)
            for each in self.reckoner.quantities:
                if each.kind == "z":
                    good &= np.abs(known[each.left]) >= NEAREST
            for each in self.asked:
                good &= np.abs(known[each.left]) >= SMALLEST
        return good

    def _tolerances(self, known: Mapping[Expr, Draws]) -> dict[Expr, Draws]:
        """Return by how much each answer can move where everybody rounds as is asked, as a number of one digit."""
        moved = {each.left: _half_unit(known[each.left]) for each in self.asked}
        for each in self.reckoner.quantities:
            own = known[each.left]
            half = np.where(_is_rounded(own), _half_unit(own), 0.0)
            if not half.any():
                continue
            others = self.reckoner.moved(known, each.left, half)
            for asked in self.asked:
                if asked is not each:
                    moved[asked.left] = moved[asked.left] + np.abs(others[asked.left] - known[asked.left])
        return {left: _rounded_up(numbers) for left, numbers in moved.items()}

    @cached_property
    def _slips(self) -> dict[Expr, tuple[tuple[str, ...], Callable[[Mapping[Expr, Draws]], list[Any]]]]:
        """The names of the slips in the formula of each quantity that is asked for, and what comes of them."""
        letters = {each.left for each in self.reckoner.quantities} | set(self.reckoner.draw(self.rng, False))
        return {each.left: _slips_in(each.right, frozenset(letters)) for each in self.asked}

    @cached_property
    def _with_cases(self) -> set[Expr]:
        """What is asked for that has cases in its formula."""
        return {each.left for each in self.asked if each.right.has(*CASES)}

    def _wrong(self, known: Mapping[Expr, Draws]) -> _Wrong:
        size = len(next(iter(known.values())))
        with np.errstate(all="ignore"):
            return {
                left: [
                    (name, np.broadcast_to(np.asarray(n, dtype=float), size))
                    for name, n in zip(names, made(known), strict=True)
                ]
                for left, (names, made) in self._slips.items()
            }

    def _apart(self, known: Mapping[Expr, Draws], tolerances: Mapping[Expr, Draws], wrong: _Wrong) -> tuple[Any, Any]:
        """Return in which draws each slip gives the answer itself or something far from it, and how many are hidden.

        A slip is hidden where it changes nothing, such as the factor 1 left out. With cases, {v, x_t = 2; 0}, that is
        no worse: with none hidden, every case would hold, and all words of a sentence be the same."""
        size = len(next(iter(known.values())))
        apart, hidden = np.ones(size, dtype=bool), np.zeros(size, dtype=int)
        for left, found in wrong.items():
            for _, numbers in found:
                same = _same(numbers, known[left])
                apart &= same | ~(np.abs(numbers - known[left]) <= APART * tolerances[left])
                if left not in self._with_cases:
                    hidden += same
        return apart, hidden


def _same(numbers: Any, others: Any) -> Any:
    return np.abs(numbers - others) <= ROUNDING * np.abs(others)


def _showing(found: Sequence[tuple[str, Draws]], right: Draws, place: int) -> Iterator[tuple[str, float]]:
    """Yield the slips that change the answer of one draw, and what comes of them."""
    for name, numbers in found:
        if np.isfinite(numbers[place]) and not _same(numbers[place], right[place]):
            yield name, float(numbers[place])


@memoised
def _slips_in(formula: Expr, letters: frozenset[Expr]) -> tuple[tuple[str, ...], Callable[..., list[Any]]]:
    """Return the names of the slips in a formula, and a function that computes what comes of them from letters."""
    made = [(name, wrong) for name, wrong in slips(formula) if letters_of(wrong) <= letters]
    return tuple(name for name, _ in made), functions_of(tuple(wrong for _, wrong in made))


def _decimals(numbers: Sequence[Draws]) -> Any:
    """Return how many decimals the numbers of each draw have at most; MOST_DECIMALS + 1 for more than that."""
    most = np.zeros(len(numbers[0]), dtype=int)
    for places in range(MOST_DECIMALS, -1, -1):
        scale = 10.0**places
        with np.errstate(all="ignore"):
            whole = [np.abs(n * scale - np.round(n * scale)) <= ROUNDING * scale for n in numbers]
        most = np.where(np.all(whole, axis=0), places, np.maximum(most, places + 1))
    return most


def _unit(numbers: Draws) -> Draws:
    """Return one in the last of DIGITS digits of each number."""
    size = np.where(numbers == 0, 1.0, np.abs(numbers))
    return 10.0 ** (np.floor(np.log10(size) + ROUNDING) - DIGITS + 1)


def _half_unit(numbers: Draws) -> Draws:
    return _unit(numbers) / 2


def _is_rounded(numbers: Draws) -> Any:
    """Return which numbers have more than DIGITS digits."""
    unit = _unit(numbers)
    return np.abs(numbers / unit - np.round(numbers / unit)) > ROUNDING * np.abs(numbers / unit)


def _rounded_up(numbers: Draws) -> Draws:
    """Return numbers of one digit that are not smaller."""
    unit = 10.0 ** np.floor(np.log10(numbers) + ROUNDING)
    return np.ceil(numbers / unit - ROUNDING) * unit
