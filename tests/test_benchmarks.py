"""The benchmarks: rivals that compute the same gradient, rows that are told apart, and a plot with a mark for each."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from benchmarks import rows
from benchmarks.plot import ratios_svg
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
