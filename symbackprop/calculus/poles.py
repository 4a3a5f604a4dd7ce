"""Which equation has no value at one of its places, whatever stands in its arrays: m_t/(1 - a^t) at t = 0."""

from __future__ import annotations

from itertools import product

from sympy import Expr

from symbackprop.calculus.checking import SEEDS, Setting, spares
from symbackprop.calculus.fields import Digits
from symbackprop.calculus.worlds import World, frontier_of
from symbackprop.errors import SpecError
from symbackprop.network.notation import Axis
from symbackprop.network.program import Equation, Program

TRIED = 6  # worlds with the sizes of each seed: what has a value almost everywhere has one in one of them


def refuse_poles(program: Program) -> None:
    """Raise SpecError for the first equation that has no value at some place in any world that is tried."""
    setting = Setting(program.equations, {}, frontier=frontier_of(program))
    seeds = [[setting.world(Digits, spare) for spare in spares(seed)[:TRIED]] for seed in SEEDS]
    for equation in program.equations:
        for worlds in seeds:
            for place in product(*(worlds[0].range(*axis) for axis in equation.ranges.values())):
                if not any(_has_value(world, equation, place) for world in worlds):
                    places = zip(equation.ranges.items(), place, strict=True)
                    said = ", ".join(_at(index, number, worlds[0]) for index, number in places)
                    at = f"{equation.target} has no value at {said}" if said else f"{equation.target} has no value"
                    advice = "say behind the line where it holds, as in: for t = 1..T"
                    raise SpecError(f"{at}: something is divided by 0, or the logarithm of 0 is taken; {advice}")


def _has_value(world: World, equation: Equation, place: tuple[int, ...]) -> bool:
    try:
        world.at_place(equation, place, None)
    except ZeroDivisionError:
        return False
    return True


def _at(index: tuple[Expr, Axis], place: int, world: World) -> str:
    """Return where an index is: at the last place of its axis by its name, t = T, as numbers differ in each world."""
    letter, (first, last) = index
    is_last = place != world.range(first, first)[0] and place == world.range(last, last)[0]
    return f"{letter} = {last if is_last else place}"
