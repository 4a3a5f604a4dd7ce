"""Which mistake of the catalogue a wrong line is: derived equations, one or two of them changed, give its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice

from sympy import Expr, Integer, Sum

from symbackprop.calculus.diagnosis import Remark
from symbackprop.calculus.indices import put
from symbackprop.calculus.judgement import WrittenLaw
from symbackprop.calculus.mistakes.catalogue import variants_of
from symbackprop.calculus.mistakes.layerslips import LINK_SLIPS
from symbackprop.calculus.mistakes.sentences import sentence
from symbackprop.calculus.mistakes.variants import Derived, Variant
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.passes import adjoint_of
from symbackprop.frozen import dataclass
from symbackprop.network.notation import COST
from symbackprop.numerics.diagnosis.comparison import named_factor
from symbackprop.numerics.diagnosis.search import rank
from symbackprop.numerics.diagnosis.written.comparing import Court, Sides
from symbackprop.numerics.diagnosis.written.laws import truth_of
from symbackprop.numerics.diagnosis.written.points import places_of, value_of
from symbackprop.numerics.diagnosis.written.rates import Rate

SEEDS = (0, 1, 2, 3, 4, 5)
OF_SAMPLES = ("sum_for_mean", "mean_for_sum", "mean_twice")
MOST_TERMS = 8  # of a sum that are left out one by one
ROUNDING = 1e-12  # less is a 0: no number times it is anything
MOST_PAIRS = 150  # of mistakes that are tried together, the likeliest first: some tenths of a second
FACTORS = {Remark("2"): 2.0, Remark("1/2"): 0.5, Remark("-1"): -1.0}


@dataclass(frozen=True)
class Slip:
    """A mistake: its kind, the derivative in which it was made, a detail, and the sentence about it."""

    kind: str
    where: str
    detail: str
    remarks: tuple[Remark, ...]
    others: tuple[str, ...] = ()  # kinds that come to the same


@dataclass(frozen=True)
class _Seen:
    """The numbers of a person's side at some points, and how far theirs may be off."""

    values: Mapping[int | None, Sequence[float | None]]
    slack: float = 0.0

    def same(self, one: float, two: float | None) -> bool:
        """Tell whether two numbers are equal, to the digits that there are."""
        return two is not None and abs(one - two) <= self.slack + 1e-9 * max(1e-3, abs(one), abs(two))


def slip_of(
    court: Court, sides: Sides, law: WrittenLaw | None, *, pairs: bool, figure: tuple[float, float] | None = None
) -> Slip | None:
    """Return the mistake that a wrong side is, the likeliest first; None where the catalogue has none.

    `law` is what the line should have been. With `pairs` two mistakes together are tried as well. `figure` is what a
    side comes to at the point, and how far it may be off, where it is said of the point alone."""
    seen = _seen(court, sides) if figure is None else _Seen({None: [figure[0]]}, figure[1])
    if isinstance(sides.before, Rate):
        return next(_of_rate(court, sides, seen), None) or _factor(court, sides, seen)
    if not sides.before.has(Partial):
        return _factor(court, sides, seen)
    singles = sorted(_variants(court), key=rank)
    own = {p.by.base for p in sides.before.atoms(Partial) if p.of == COST}
    names = {array.tensor: array.name for array in court.program.arrays}
    nearest = {names[tensor] for tensor in own if tensor in names}
    singles.sort(key=lambda each: each.where not in nearest)
    reaching: list[Variant] = []
    fitting: list[Variant] = []
    for each in singles:
        found = _matches(court, sides, seen, (each,))
        if found is not None:
            (fitting if found else reaching).append(each)
    if fitting:
        return _one_of(fitting)
    short = _factor(court, sides, seen) or next(_of_sums(court, sides, law, seen), None)
    return short or (_pair(court, sides, seen, reaching) if pairs else None)


def _one_of(fitting: Sequence[Variant]) -> Slip:
    """Return the likeliest of the mistakes that give the same numbers, with the kinds of those at the same place."""
    first = fitting[0]
    kinds = {each.kind: each for each in reversed(fitting) if each.where == first.where}
    others = [each for each in kinds.values() if each.kind != first.kind]
    remarks = (sentence(each.kind, each.detail) for each in (first, *reversed(others)))
    return Slip(first.kind, _place(first), first.detail, tuple(remarks), tuple(each.kind for each in reversed(others)))


def _variants(court: Court) -> Iterator[Variant]:
    """Yield the mistakes of the catalogue; what is derived for one sample has no mean over samples."""
    for each in variants_of(court.passes):
        if not (court.is_sample and each.kind in OF_SAMPLES and each.detail != "outputs"):
            yield each


def _both(each: Variant, other: Variant) -> Slip:
    kind, where = other.kind, _place(other)
    own = sentence(each.kind, each.detail)
    remark = Remark("{remark}; together with {kind} ({where})", remark=own, kind=kind, where=where)
    return Slip(each.kind, _place(each), each.detail, (remark,))


def _place(each: Variant) -> str:
    return f"∂C/∂{each.where}"


def _seen(court: Court, sides: Sides) -> _Seen:
    """Return the numbers of the person's side at several points."""
    worlds = {seed: court.small(seed) for seed in SEEDS}
    return _Seen(
        {s: [value_of(w, sides.after, place) for place in places_of(w, sides.ranges)] for s, w in worlds.items()}
    )


def _matches(court: Court, sides: Sides, seen: _Seen, mistakes: Sequence[Variant]) -> bool | None:
    """Tell whether the mistakes give a person's numbers; None where they change nothing of what the line is about."""
    named = {p: adjoint_of(p.by.base)[p.by.indices] for p in sides.before.atoms(Partial) if p.of == COST}
    target = sides.before.xreplace(named)
    changes = {tensor: equation for each in mistakes for tensor, equation in each.changes.items()}
    if court.touched(changes).isdisjoint(entry.base for entry in named.values()):
        return None
    changed, compared = False, 0
    for seed, values in seen.values.items():
        world, right = court.changed(seed, changes), court.small(seed)
        for place, mine in zip(places_of(right, sides.ranges), values, strict=True):
            if mine is None:
                continue
            theirs = value_of(world, target, place)
            if theirs is None or not seen.same(theirs, mine):
                changed = changed or theirs is None or not seen.same(theirs, value_of(right, sides.before, place))
                return False if changed else None
            compared += 1
    return compared > 0


def _pair(court: Court, sides: Sides, seen: _Seen, reaching: Sequence[Variant]) -> Slip | None:
    """Return two mistakes at different derivatives that give a person's numbers together."""
    apart = (pair for pair in combinations(reaching, 2) if not pair[0].changes.keys() & pair[1].changes.keys())
    for one, other in islice(sorted(apart, key=lambda pair: rank(pair[0]) + rank(pair[1])), MOST_PAIRS):
        if _matches(court, sides, seen, (one, other)):
            return _both(one, other)
    return None


def _of_rate(court: Court, sides: Sides, seen: _Seen) -> Iterator[Slip]:
    """Yield the mistakes in the derivative of one value by another that give a person's numbers."""
    rate, true = sides.before, truth_of(court, sides.before)
    array = next((a for a in court.program.arrays if a.tensor == rate.by.base), None)
    if true is None or array is None:
        return
    line = _Line(true)
    for rule in LINK_SLIPS:
        for kind, expression, detail in rule(Derived(court.passes), line, array):  # type: ignore[arg-type]
            if _gives(court, sides, expression, seen):
                where = f"∂{rate.of.base.code_name}/∂{array.name}"
                yield Slip(kind, where, detail, (sentence(kind, detail),))


def _of_sums(court: Court, sides: Sides, law: WrittenLaw | None, seen: _Seen) -> Iterator[Slip]:
    """Yield a sum over the neurons that an entry reaches with one of them alone, or without one of them."""
    if law is None or not isinstance(sides.before, Partial):
        return
    for total in sorted(law.right.atoms(Sum), key=str):
        symbol, first, last = total.limits[0]
        span = range(court.tables.long(first), court.tables.long(last) + 1)
        for place in span if len(total.limits) == 1 and 1 < len(span) <= MOST_TERMS else ():
            alone = put(total.function, {symbol: Integer(place)})
            for other in (alone, total - alone):
                if _gives(court, sides, law.right.xreplace({total: other}), seen):
                    where = f"∂C/∂{sides.before.by.base.code_name}"
                    yield Slip("path_missing", where, "", (sentence("path_missing"),))


@dataclass(frozen=True)
class _Line:
    """The right side of one link of a chain rule, for rules that look at no more of an equation."""

    expression: Expr


def _gives(court: Court, sides: Sides, expression: Expr, seen: _Seen) -> bool:
    compared = 0
    for seed, values in seen.values.items():
        world = court.small(seed)
        for place, mine in zip(places_of(world, sides.ranges), values, strict=True):
            if mine is None:
                continue
            theirs = value_of(world, expression, place)
            if theirs is None or not seen.same(theirs, mine):
                return False
            compared += 1
    return compared > 0


def _factor(court: Court, sides: Sides, seen: _Seen) -> Slip | None:
    """Return the number that a side is that many times what is right, at every point; at one point a known one."""
    number: float | None = None
    for seed, values in seen.values.items():
        world = court.small(seed)
        for place, mine in zip(places_of(world, sides.ranges), values, strict=True):
            true = value_of(world, sides.before, place)
            if mine is None or true is None or abs(true) < ROUNDING:
                continue
            if number is None:
                known = (each for each in FACTORS.values() if seen.same(mine, each * true))
                number = next(known, None if seen.slack else mine / true)
            if number is None or not seen.same(mine, number * true):
                return None
    if number is None or not number:
        return None
    name = named_factor(number, FACTORS)
    return Slip("factor", "", name, (sentence("factor", name),))
