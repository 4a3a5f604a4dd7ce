"""Witnesses of programs: entries, differences and dual numbers of a recurrence worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.network.notation import COST
from symbackprop.numerics.program_witnesses import Plain, difference, dual

# h: 2, 3·2 + 5 = 11, 3·11 + 7 = 40, 3·40 + 1 = 121       h': 0, 2, 11 + 3·2 = 17, 40 + 3·17 = 91 by u
TEXT = "input x[T]\nparameter u\nh[0] = 2\nh[t] = u * h[t - 1] + x[t] for t = 1..T\n"
VALUES: dict[str, Any] = {"x": np.array([5.0, 7.0, 1.0]), "u": np.array(3.0)}
UPSTREAM = {"h": np.array([1.0, 10.0, 100.0, 1000.0])}
SLOPES = {("u", ()): 10 * 2 + 100 * 17 + 1000 * 91, ("x", (0,)): 10 + 300 + 9000, ("x", (1,)): 3100, ("x", (2,)): 1000}
COSTS = {"": UPSTREAM, "C = sum[t = 0..T](10^t * h[t])": None}


def plain(line: str, **options: Any) -> Plain:
    """Return the recurrence at the point, with a line for its cost or without one."""
    program = sb.equations(TEXT + line).program
    return Plain(program, VALUES, {size: 3 for size in program.equations[1].domain[0][1].free_symbols}, **options)


@pytest.mark.parametrize("line", COSTS)
def test_each_entry_is_that_of_its_equation(line: str) -> None:
    """States count from 0, inputs from 1, and the cost is what its line says, or outputs times what is from above."""
    world = plain(line, upstream=COSTS[line])
    assert [2, 11, 40, 121] == world.array(world._program.array("h").tensor).tolist()
    assert (2 + 110 + 4000 + 121000) == world.cost(None)[0]
    if line:
        assert 125112.0 == world.array(COST)
    moved = plain(line, upstream=COSTS[line], moved=(("x", (1,)), 2))
    assert [2, 11, 42, 127] == moved.array(moved._program.array("h").tensor).tolist()


def test_outputs_that_count_from_one_have_their_own_weights() -> None:
    """Where states are read by an output, what comes from above is for that alone: 3·11 + 4·40 + 5·121."""
    world = plain("o[t] = h[t] for t = 1..T", upstream={"o": np.array([3.0, 4.0, 5.0])})
    assert [11, 40, 121] == world.array(world._program.array("o").tensor).tolist()
    assert 33 + 160 + 605 == world.cost(None)[0]


@pytest.mark.parametrize("line", COSTS)
@pytest.mark.parametrize("entry", SLOPES)
def test_derivatives_by_every_entry(entry: Any, line: str) -> None:
    """Differences, whose errors are 60 digits away, and dual numbers give what is worked out by hand."""
    world = plain(line, upstream=COSTS[line])
    at = VALUES, {size: 3 for size in world._program.equations[1].domain[0][1].free_symbols}
    assert SLOPES[entry] == difference(world._program, at, entry, upstream=COSTS[line] or {})
    assert SLOPES[entry] == dual(world, world._program.array(entry[0]).tensor, entry)
