"""The benchmarks: rivals that compute the same gradient, rows that are told apart, and a plot with a mark for each."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from benchmarks import profiles, rows
from benchmarks.plot import ratios_svg
from benchmarks.programs import clock
from benchmarks.rivals import RIVALS

import symbackprop as sb


@pytest.mark.parametrize("name", [name for name in RIVALS if RIVALS[name].package == "numpy"])
def test_rival_computes_the_gradient(name: str) -> None:
    """What is timed beside ours is the same gradient, but for the bare products, which are no gradient."""
    network, problem = rows.problem_of("3-4-2", 5)
    found = RIVALS[name].make(problem)()
    if found is not None:
        rows.check(sb.compile(sb.derive(network))(problem.params, problem.x, problem.y), found)
    assert (found is None) == (name == "bare matrix products")


def test_what_cannot_be_measured_says_why() -> None:
    """A rival that is not installed is left out by its name; no two rows are called the same."""
    with pytest.raises(rows.Skipped, match="no_such_rival is not installed"):
        rows.installed("no_such_rival")
    assert len(rows.ROWS) == len({row.text for row in rows.ROWS})


def test_ratios_are_drawn() -> None:
    """A dot keeps what is wanted, a cross misses it, and what lies beyond the axis stands at its edge."""
    drawn = ratios_svg([("a & b", "x / y", 0.5, 0.8), ("a & b", "x / z", 99.0, 1.0), ("c", "w", 1e-9, None)])
    tree = ElementTree.fromstring(drawn)
    assert 2 == len(tree.findall("{*}circle"))
    assert 1 == drawn.count("l10 10m0 -10l-10 10")
    assert "a & b" in [each.text for each in tree.iter()]


def test_a_missed_aim_is_explained_by_the_lines_that_run() -> None:
    """The shares of a gradient are told, what its products alone would leave of the ratio, and the fastest by hand."""
    told = rows.why_of_batch("3-4-2", 5, "NumPy by hand", (2.0, 1.0, 2.0))
    assert "elementwise" in told
    assert "exp, tanh, log, roots" in told
    alone, fastest = re.findall(r"(?:alone|hand): ([0-9.]+)", told)
    assert 0 < float(alone) < 2  # a part of the ratio that is given
    assert float(fastest) > 0  # measured here, beside the rival


def test_every_aim_that_is_missed_is_explained() -> None:
    """A row with an aim has a profile, but for those that count bytes."""
    assert [] == [row.text for row in rows.ROWS if row.wanted is not None and not row.why and row.group != rows.MEMORY]


def test_parts_of_a_derivation_are_told_apart() -> None:
    """A clocked program is run again under the profiler, and its functions are filed by where they stand."""
    found = profiles.of_parts(clock("from symbackprop.errors import SymbackpropError\nSymbackpropError('x')\nsum([])"))
    assert {"Python's own functions"} == {*found}


def test_limit_is_what_the_products_take() -> None:
    """Three quarters of twice a rival's time are 1.5 of it."""
    shares = {"matrix products": 3.0, "elementwise": 1.0}
    assert "matrix products 75%, elementwise 25%; the matrix products alone: 1.50" == profiles.limit(shares, 2.0)
