"""Which combinations of values say nothing that others do not say, as each two of their values are met in these."""

from __future__ import annotations

import pytest


def met_in_pairs(items: list[pytest.Item]) -> set[pytest.Item]:
    """Return the cases whose values are met in other cases, each two of them: every second one of three factors.

    What goes wrong with three values alone, and with no two of them, would be a place that asks for all three. Where a
    test has two factors and one is the language, the test is the third: of all tests that look at a network, half do so
    in English and half in Spanish, and each test sees every network and both languages."""
    numbers: dict[tuple[str, int], dict[str, int]] = {}  # of the values of each factor of a function
    found = []
    for item in items:
        function, _, _ = item.nodeid.partition("[")
        call = getattr(item, "callspec", None)
        parts = [(numbers.setdefault((function, n), {}), value) for n, value in enumerate(call._idlist if call else ())]
        place = sum(known.setdefault(value, len(known)) for known, value in parts)
        is_spoken = call is not None and not {"lang", "language"}.isdisjoint(call.params)
        found.append((item, [known for known, _ in parts], is_spoken, place + is_spoken * len(function)))
    return {
        item
        for item, factors, is_spoken, place in found
        if sum(len(known) > 1 for known in factors) > (1 if is_spoken else 2) and place % 2
    }
