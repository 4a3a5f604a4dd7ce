"""Places as functions of an environment: where the largest of many is first found, its value there; rounded places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from sympy import Expr, Symbol

from symbackprop.calculus.conditions import in_order
from symbackprop.errors import CheckError
from symbackprop.network.largest import Chosen, Largest

Made: TypeAlias = Callable[[Expr], Callable[[Any, Any], Any]]  # expression -> (environment, seed) -> value, slope
Whole: TypeAlias = Callable[[Expr], Callable[[Any], int]]  # index or size -> environment -> number
Slot: TypeAlias = Callable[[Symbol], int]  # index -> its key in an environment


def largest(e: Largest, made: Made, whole: Whole, slot: Slot) -> Callable[[Any, Any], Any]:
    """Return the function that evaluates the largest: value and slope of the first entry that is as large.

    `made` gives the function of what is compared, `whole` that of the ends; `slot` tells where the value of an index
    lies. Raises CheckError for an empty range."""
    search = _first(e, made, whole, slot)
    return lambda env, seed: search(env, seed)[1]


def chosen(e: Chosen, made: Made, whole: Whole, slot: Slot) -> Callable[[Any, Any], Any]:
    """Return the function that tells, as 1 or 0, whether the places are those of the first of the largest."""
    search, places = _first(e.largest, made, whole, slot), [whole(place) for place in e.places]
    return lambda env, _seed: (int(search(env, None)[0] == tuple([place(env) for place in places])), 0)


def rounded(e: Expr, made: Made, whole: Callable[[Any], int]) -> Callable[[Any, Any], Any]:
    """Return the function that rounds a place down or up, as `whole` does."""
    inner = made(e.args[0])
    return lambda env, _seed: (whole(inner(env, None)[0]), 0)


def remainder(above: Callable[[Any], int], below: Callable[[Any], int]) -> Callable[[Any, Any], Any]:
    """Return the function that gives what is left of a place that is divided by a positive whole number."""
    return lambda env, _seed: (above(env) % below(env), 0)


def _first(e: Largest, made: Made, whole: Whole, slot: Slot) -> Callable[[Any, Any], tuple[tuple[int, ...], Any]]:
    """Return the search for the first of the largest: its places, the innermost index first, and what is there."""
    inner = made(e.function)
    limits = [(slot(symbol), whole(first), whole(last)) for symbol, first, last in map(tuple, e.limits)]
    own = [slot(symbol) for symbol in e.free_symbols]
    found: dict[Any, tuple[int, ...]] = {}  # where it is depends on no seed, and many are asked of one place

    def place(env: Any) -> tuple[int, ...]:
        places = [env]
        for symbol, first, last in reversed(limits):  # the outermost first
            places = [{**at, symbol: n} for at in places for n in range(first(at), last(at) + 1)]
        if not places:
            raise CheckError(f"{e} is the largest of nothing for {env}")
        best = max(places, key=lambda at: in_order(inner(at, None)[0]))  # the first of equal ones
        return tuple(best[symbol] for symbol, _, _ in limits)

    def search(env: Any, seed: Any) -> tuple[tuple[int, ...], Any]:
        key = tuple([env.get(symbol) for symbol in own])
        if key not in found:
            found[key] = place(env)
        at = {**env, **dict(zip([symbol for symbol, _, _ in limits], found[key], strict=True))}
        return found[key], inner(at, seed)

    return search
