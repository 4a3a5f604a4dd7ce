"""Whether two expressions agree: evaluated in small random worlds, at many values of their free indices.

The cheap invariant comes first (no free index may appear from nowhere), then exact values at random rational
points (Schwartz 1980, Zippel 1979: a false identity of polynomials of degree d, at a point drawn from N values for each
variable, is taken for true with probability d/N at most), then 50 digits where a function's own laws are needed; what
these find equal is proved at the same points by symbols, if a few terms suffice. `simplify`, too slow, is not used.

Entries and coefficients are drawn from 16 values and more: with 4 worlds and one place in each, a difference of degree
4 stays unseen with probability (4/16)^4 = 1/256 at most, and 10 places and more are usual.
Sizes are variables too. Each has 4 values, another one in every world, so no factor of degree 3 or less in a size
vanishes in all of them, whatever else varies: 1 + (n - 2)(n - 3)(n - 4) is not taken for 1. The places of an index are
those up to 4 and, of 6, the ends: what differs at one place, or from one place on, up to the 6th shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field, replace
from enum import Enum
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from itertools import chain, product, repeat
from math import prod
from typing import Any

from sympy import Expr, Symbol

from symbackprop.calculus.fields import Digits, Exact, Symbols, Unproved, hash_of
from symbackprop.calculus.literals import Letters, axes_in_letters, in_letters, letters_for
from symbackprop.calculus.roughly import ManyDigits
from symbackprop.calculus.sizing import ORDERS, VALUES, named_places, sizes_of_worlds, text_of
from symbackprop.calculus.worlds import World
from symbackprop.errors import CheckError
from symbackprop.network.domains import SAMPLES
from symbackprop.network.notation import Axis, Tensor
from symbackprop.network.program import Equation, free_indices

SEEDS = (1, 2, 3, 4)  # one world each
SPARE = 200  # worlds for each seed, where a side has a pole: three relus are all positive in 1 of 8
HASTY = 64  # of them that are first tried with 50 digits alone
SCATTERED = 2  # of them before every second one has a centre: where most formulas have values, a few tries find one
CENTRES = tuple(Fraction(str(point)) for point in sorted(SAMPLES, key=abs))
ALL = 9  # places, if there are no more, are all looked at
FEW = 4  # values of an index that are all looked at; of more, the ends are


class Trust(Enum):
    """How much stands behind a step, strongest first."""

    IDENTITY_TESTED = "identity-tested"  # exactly equal at every random rational point tried
    SYMBOLIC = "symbolic"  # as much, where √2, π or ln 3 come in, by the laws that SymPy knows of them
    NUMERIC = "numeric"  # equal to 40 digits at every random point tried
    ASSUMED = "assumed"  # equal, in one of these ways, at random points at which the stated hypothesis holds


_SEAL = object()


@dataclass(frozen=True)
class Evidence:
    """What was compared, how, at how many points and in how many worlds; only `agree` makes one.

    `assumed` are the tensors whose entries were taken to add up to 1; `ask` finds out how far two sides that agree can
    be trusted to. Raises CheckError if anything else tries to make one."""

    before: Expr
    after: Expr
    ask: Callable[[], Trust] = field(compare=False, repr=False)
    points: int
    worlds: int
    assumed: tuple[Tensor, ...] = ()
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        """Refuse evidence that nobody has found."""
        if seal is not _SEAL:
            raise CheckError(f"evidence for {self.before} = {self.after} was not found by a comparison; call agree")

    @cached_property
    def trust(self) -> Trust:
        """How far the sides, which agree, can be trusted to; what symbols say of it is asked where it is told."""
        return self.ask()

    def renamed(self, name: Callable[[Expr], Expr]) -> Evidence:
        """Return the same about tensors and sizes of other names, as different from one another as these are."""
        before, after, *assumed = map(name, (self.before, self.after, *self.assumed))
        return replace(self, before=before, after=after, assumed=tuple(assumed), seal=_SEAL)


@dataclass(frozen=True)
class Setting:
    """Where a chain of steps takes place: the equations around it and the ranges of its free indices.

    `names` says what a tensor stands for (δ: ∂C/∂z); `frontier` are the tensors through which the cost is reached,
    where no equation says how; `simplex` are tensors assumed to add up to 1. `numbers` are sizes that are the same in
    every world: what is said of them may hold for them alone. `world_type` is what the worlds are. `around` are the
    letters of arrays that stand on one page with these, which an index has only if no other is left."""

    equations: tuple[Equation, ...]
    ranges: Mapping[Symbol, Axis]
    names: Mapping[Tensor, Tensor] = field(default_factory=dict)
    frontier: tuple[Tensor, ...] = ()
    simplex: tuple[Expr, ...] = ()
    numbers: Mapping[Expr, int] = field(default_factory=dict)
    world_type: type[World] = World
    around: frozenset[str] = frozenset()

    @cached_property
    def _worlds(self) -> dict[tuple[type, int], World]:
        """The worlds, which all settings around the same equations share: what one has computed, the others know."""
        around = frozenset(self.names.items()), self.frontier, self.simplex, self.world_type
        sizes = frozenset(self.numbers.items()) or frozenset(self._axes)
        return _worlds_around(self.equations, *around, sizes)

    def world(self, kind: type[Exact] | type[Digits] | type[Symbols], seed: int) -> World:
        """Return the world of that field and seed; the same one each time, so that steps share its values."""
        key = (kind, seed)
        if key not in self._worlds:
            self._worlds[key] = self.world_type(
                kind(seed),
                self.size_in(seed),
                self.equations,
                names=self.names,
                frontier=self.frontier,
                simplex=self.simplex,
                centres=centres_of(seed),
            )
        return self._worlds[key]

    def size_in(self, seed: int) -> Callable[[Expr], int]:
        """Return the number of every size in the worlds of a seed."""
        numbers = self.numbers or self._sizes[seed % len(SEEDS)]

        def size(symbol: Expr) -> int:
            return numbers.get(symbol) or ORDERS[hash_of(text_of(symbol)) % len(ORDERS)][seed % len(SEEDS)]

        return size

    @cached_property
    def _sizes(self) -> tuple[Mapping[Expr, int], ...]:
        """The number of every size in each world: no axis is empty there, and what is read lies in its array."""
        return sizes_of_worlds(self.equations, self._axes)

    @cached_property
    def letters(self) -> Letters:
        """Letters for large numbers that are sizes here."""
        return {} if self.numbers else letters_for(self._axes)

    @cached_property
    def in_letters(self) -> Setting:
        """The setting with letters for large numbers."""
        letters = self.letters
        frontier, simplex = (tuple(t.xreplace(letters) for t in each) for each in (self.frontier, self.simplex))
        return Setting(
            tuple(equation.renamed(letters) for equation in self.equations),
            dict(zip(self.ranges, axes_in_letters(self.ranges.values(), letters), strict=True)),
            {name.xreplace(letters): tensor.xreplace(letters) for name, tensor in self.names.items()},
            *(frontier, simplex),
        )

    @cached_property
    def _axes(self) -> list[Axis]:
        """Every axis here; one that the equations have themselves, as most indices have, makes no other worlds."""
        tensors = {tensor for equation in self.equations for tensor in (equation.tensor, *equation.reads)}
        axes = {axis for tensor in (*tensors, *self.frontier) if isinstance(tensor, Tensor) for axis in tensor.axes}
        return sorted(axes | set(self.ranges.values()) | named_places(self.equations), key=text_of)


@lru_cache(maxsize=32)
def _worlds_around(*_around: object) -> dict[tuple[type, int], World]:
    """Return the worlds of the settings that have these equations, names, frontier, shares and axes."""
    return {}


def agree(before: Expr, after: Expr, setting: Setting, *, assuming: tuple[Expr, ...] = ()) -> Evidence:
    """Return the evidence that before = after, or raise CheckError with a point at which they differ.

    `assuming` names the tensors whose entries are taken to add up to 1, beside those of the setting. No place at which
    to compare is no evidence."""
    if stray := free_indices(after) - free_indices(before):
        raise CheckError(f"index {', '.join(sorted(map(str, stray)))} is free in {after}, but not in {before}")
    if assuming:
        assuming = tuple(dict.fromkeys((*setting.simplex, *assuming)))
        setting = replace(setting, simplex=assuming)
    if (found := _agree_in_letters(before, after, setting)) is not None:
        return Evidence(before, after, found.ask, found.points, found.worlds, setting.simplex, _SEAL)
    indices = sorted(free_indices(before), key=lambda index: index.name)
    compared = [_compared_at((before, after), indices, setting, seed) for seed in SEEDS]
    if not all(count for count, _ in compared):
        raise CheckError(f"{before} = {after} cannot be compared: an index has an empty range, so there is no place")
    ask = partial(_trust, before, after, setting, tuple(seed for _, seed in compared))
    return Evidence(before, after, ask, sum(count for count, _ in compared), len(SEEDS), setting.simplex, _SEAL)


def _agree_in_letters(before: Expr, after: Expr, setting: Setting) -> Evidence | None:
    """Return the evidence with letters for large numbers; None where there are none, or it is not true of any size."""
    if not (letters := setting.letters):
        return None
    left, right = in_letters(before, letters), in_letters(after, letters)
    try:
        return None if left is None or right is None else agree(left, right, setting.in_letters)
    except CheckError:
        return None


def spares(seed: int) -> range:
    """Return the seeds of the worlds to be tried for `seed`, itself first: the next one where a side has a pole."""
    return range(seed, seed + SPARE * len(SEEDS), len(SEEDS))


def centres_of(seed: int) -> tuple[Fraction, Fraction] | None:
    """Return about which numbers the world of a seed draws its values; None where these are scattered.

    They are those at which a formula was looked at when it was taken: at one of them, or a pair, it has a value."""
    spare = (seed - SEEDS[0]) // len(SEEDS)
    if spare <= SCATTERED or spare % 2 == 0:
        return None
    rounds, place = divmod(spare // 2, len(CENTRES))
    return CENTRES[place], CENTRES[(place + rounds) % len(CENTRES)]


def _trust(before: Expr, after: Expr, setting: Setting, seeds: Sequence[int | None]) -> Trust:
    """Return how far two sides that agree can be trusted to: `seeds` are the worlds in which they did by digits only.

    The first world in which symbols show nothing decides."""
    if setting.simplex:
        return Trust.ASSUMED
    sides, indices = (before, after), sorted(free_indices(before), key=lambda index: index.name)
    inexact = [seed for seed in seeds if seed is not None]
    if not inexact:
        return Trust.IDENTITY_TESTED
    return Trust.SYMBOLIC if all(_proved(sides, indices, setting, seed) for seed in inexact) else Trust.NUMERIC


def _compared_at(
    sides: tuple[Expr, Expr], indices: Sequence[Symbol], setting: Setting, seed: int
) -> tuple[int, int | None]:
    """Return how many points were compared in the world of the seed, and which world that was if by digits only.

    Where a side has a pole, the next spare world takes its place. Raises CheckError where the sides differ."""
    worlds = spares(seed)
    for spare, patient in chain(zip(worlds[:HASTY], repeat(False)), zip(worlds, repeat(True))):
        difference = None
        for kind in (Exact, Digits, ManyDigits):
            if kind is ManyDigits and difference is None and not patient:
                break  # a pole, in 50 digits too: the next world is sooner found than it is known to be none
            world = setting.world(kind, spare)
            try:
                compared, difference = _compare(sides, indices, setting, world)
            except ZeroDivisionError:
                difference = None
                continue
            if difference is None and kind is Exact:
                return compared, None
            if difference is None:
                return compared, spare
            if kind is Exact and not world.field.opaque:
                break
        if difference is not None:
            raise CheckError(f"{sides[0]} is not {sides[1]}: at {difference}")
    raise CheckError(f"{sides[0]} = {sides[1]} cannot be compared: one side has no value at any point tried")


def _proved(sides: tuple[Expr, Expr], indices: Sequence[Symbol], setting: Setting, seed: int) -> bool:
    """Tell whether symbols show what digits have found in the world of the seed."""
    try:
        return _compare(sides, indices, setting, setting.world(Symbols, seed))[1] is None
    except (Unproved, ZeroDivisionError, RecursionError, TypeError):  # TypeError: values that SymPy can't put in order
        return False


def places_of(spans: Sequence[range]) -> Iterator[tuple[int, ...]]:
    """Yield the places to look at: all where there are few, else values of each index, beside several of the others.

    Of a size, the ends are enough; of an axis made of several, as 2 m + n - 2, the middle may differ, and is taken too.
    Two indices of one axis are equal at some and not at others: the second goes 1, 2, 4, 3 where the first counts."""
    if all(len(span) <= FEW for span in spans) and prod(map(len, spans)) <= ALL:
        yield from product(*spans)
        return
    most = [FEW if len(span) <= VALUES[-1] else 4 * FEW for span in spans]
    ends = [s if len(s) <= m else (*s[: m // 2], *s[-m // 2 :]) for s, m in zip(spans, most, strict=True)]
    for step in range(max(map(len, ends))):
        steps = [(step ^ step >> 1 if place % 2 else step) + place // 2 for place in range(len(ends))]
        yield tuple(end[at % len(end)] for end, at in zip(ends, steps, strict=True))


def _compare(
    sides: tuple[Expr, Expr], indices: Sequence[Symbol], setting: Setting, world: World
) -> tuple[int, str | None]:
    """Return how many places were compared, and where the sides differ (None: nowhere)."""
    numbers, compared = world.field, 0
    for place in places_of([world.range(*setting.ranges[index]) for index in indices]):
        point: dict[Symbol, Any] = dict(zip(indices, place, strict=True))
        left, right = (world.value(side, point) for side in sides)
        if not numbers.same(left, right):
            where = ", ".join(f"{index} = {value}" for index, value in point.items()) or "one random point"
            return compared, f"{where}: {numbers.shown(left)} against {numbers.shown(right)}"
        compared += 1
    return compared, None
