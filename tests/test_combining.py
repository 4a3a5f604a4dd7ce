"""Of many combinations those that are run hold each two values, and every test has one in the share."""

from __future__ import annotations

from itertools import combinations, product
from types import SimpleNamespace
from typing import Any

import pytest
from combining import met_in_pairs


class Case:
    """A case of a test, as pytest has it; each value is a letter."""

    def __init__(self, function: str, values: dict[str, str]) -> None:
        """Take a value for each factor."""
        self.nodeid = f"{function}[{'-'.join(values.values())}]"
        self.callspec = SimpleNamespace(_idlist=[*values.values()], params=values)


def cases(function: str, **factors: str) -> list[Any]:
    """Return the cases of a test, in all combinations."""
    return [Case(function, dict(zip(factors, values, strict=True))) for values in product(*factors.values())]


def pairs(items: list[Any]) -> set[tuple[tuple[str, str], ...]]:
    """Return each two values that are met in some case, with what they are values of."""
    return {pair for item in items for pair in combinations(item.callspec.params.items(), 2)}


@pytest.mark.parametrize(
    ("factors", "left"),
    [
        ({"a": "012", "b": "xyz"}, 0),
        ({"a": "012", "b": "xy", "c": "pq"}, 6),
        ({"a": "0123456", "b": "tuvwxyz", "c": "pq"}, 49),
        ({"a": "0", "b": "xy", "c": "pq"}, 0),  # of one value there is nothing to choose
        ({"a": "01", "b": "xy", "lang": "es"}, 4),
    ],
)
def test_each_two_values_are_met(factors: dict[str, str], left: int) -> None:
    """Half of the cases of three factors are left out, none of two, and all pairs are in the others."""
    items = cases("test_all", **factors)
    out = met_in_pairs(items)
    assert left == sum(item in out for item in items)
    assert pairs(items) == pairs([item for item in items if item not in out])


def test_of_two_tests_one_speaks_the_language_that_the_other_does_not() -> None:
    """Each sees every network and both languages, and one of both sees each network in each language."""
    one, other = (cases(name, network="012", lang="es") for name in ("test_it", "test_its"))
    out = met_in_pairs([*one, *other])
    kept = [[item for item in items if item not in out] for items in (one, other)]
    for items in kept:
        assert {"0", "1", "2", "e", "s"} == {value for item in items for value in item.callspec.params.values()}
    assert [3, 3] == [*map(len, kept)]
    assert pairs(one) == pairs([*kept[0], *kept[1]])


def test_cases_without_values_are_kept() -> None:
    """A test that is run once is left in."""
    assert set() == met_in_pairs([SimpleNamespace(nodeid="test_one")])
