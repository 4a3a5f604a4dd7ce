"""The picture of arrays in Chromium: what is pointed at lights up all its ways to the cost."""

from __future__ import annotations

from typing import Any

import pytest

import symbackprop as sb

pytestmark = pytest.mark.combinations

TEXT = "input x[N]\nparameter u, v\nh[i] = u * x[i]\no[i] = h[i] + v\nC = sum[i](o[i]^2) + h[1]"
LIT = """() => [...document.querySelectorAll(".graph .on-path")].map((part) => part.id.slice(7)).sort()"""


def test_array_lights_its_ways_to_the_cost(chromium: Any) -> None:
    """Nothing is lit at first; then what is computed from the array, with the arrows, and not what is beside it."""
    page = chromium.new_page()
    page.set_content(str(sb.render(sb.derive(sb.equations(TEXT)), "html")))
    assert [] == page.evaluate(LIT)
    boxes = page.locator(".graph .array")
    labels = [box.strip()[0] for box in boxes.all_text_contents()]
    boxes.nth(labels.index("v")).hover()
    lit = {labels[int(name.removeprefix("array_"))] for name in page.evaluate(LIT) if name.startswith("array")}
    assert {"v", "o", "C"} == lit
    boxes.nth(labels.index("x")).focus()
    assert 3 <= sum(name.startswith("arrow") for name in page.evaluate(LIT))
    page.close()
