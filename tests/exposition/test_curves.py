"""Loss curves: a picture that says what the numbers say, safe to open, and readable where values meet."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.exposition.figures.curves import MOST_POINTS, Curve, curves_svg

SVG = "{http://www.w3.org/2000/svg}"


def lines(svg: str) -> list[list[tuple[float, float]]]:
    """Return the corners of each curve of a picture."""
    paths = [path.get("d", "") for path in ET.fromstring(svg).iter(f"{SVG}path") if path.get("fill") == "none"]
    return [
        [(float(x), float(y)) for x, y in (point.split() for point in path.removeprefix("M").split("L"))]
        for path in paths
    ]


def texts(svg: str) -> list[str]:
    """Return the texts of a picture in their order."""
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]


def test_falling_losses_fall_on_the_picture() -> None:
    """The first epoch stands at the left edge, the last at the right one, and a smaller loss stands lower."""
    (curve,) = lines(curves_svg([Curve("a", (4.0, 3.0, 2.0))], title="t"))
    assert [72, 386, 700] == [x for x, _ in curve]
    assert sorted(y for _, y in curve) == [y for _, y in curve]


def test_linear_axis_begins_at_zero() -> None:
    """Losses of one size are drawn from 0, so that a small change looks small; the tick is where its value is."""
    svg = curves_svg([Curve("a", (4.0, 2.0))], title="t")
    assert ["0", "1", "2", "3", "4"] == texts(svg)[2:7]
    assert [(72, 76), (700, 218)] == lines(svg)[0]


def test_far_falling_losses_are_drawn_by_their_logarithm() -> None:
    """Equal ratios are equal steps, and the axis says so."""
    svg = curves_svg([Curve("a", (1.0, 0.1, 0.01, 0.001))], title="t")
    assert "cost, logarithmic" in texts(svg)
    heights = [y for _, y in lines(svg)[0]]
    steps = {round(after - before) for before, after in pairwise(heights)}
    assert 1 == len(steps)


def test_loss_of_zero_keeps_the_axis_linear() -> None:
    """Where a loss is 0 there is no logarithm."""
    assert "cost" in texts(curves_svg([Curve("a", (100.0, 1.0, 0.0))], title="t"))


def test_small_values_are_written_as_powers() -> None:
    """No label reads 1e-05."""
    written = texts(curves_svg([Curve("a", (1e-3, 1e-7))], title="t"))
    assert {"10⁻³", "10⁻⁵", "10⁻⁷"} <= set(written)
    assert not [text for text in written if "e-" in text]


def test_curves_that_agree_can_both_be_seen() -> None:
    """The curve drawn first is wider than the one on top of it."""
    losses = (3.0, 2.0, 1.0)
    svg = curves_svg([Curve("by hand", losses), Curve("compiled", losses)], title="t")
    under, over = [path for path in ET.fromstring(svg).iter(f"{SVG}path") if path.get("fill") == "none"]
    assert under.get("d") == over.get("d")
    assert float(under.get("stroke-width", 0)) > 2 * float(over.get("stroke-width", 0))
    assert ["by hand", "compiled"] == sorted(text for text in texts(svg) if text in ("by hand", "compiled"))


def test_thinning_keeps_the_peaks() -> None:
    """A long curve is drawn with few points, its ends and its one high peak among them."""
    losses = [1 + 1 / epoch for epoch in range(1, 100_001)]
    losses[71_234] = 9.0
    (curve,) = lines(curves_svg([Curve("a", tuple(losses))], title="t"))
    assert len(curve) <= MOST_POINTS + 4
    assert min(y for _, y in curve) == pytest.approx(76 + 284 / 10, abs=0.1)
    assert (72, 700) == (curve[0][0], curve[-1][0])


def test_values_that_are_no_numbers_are_left_out() -> None:
    """A training that went to infinity is drawn as far as it is finite."""
    (curve,) = lines(curves_svg([Curve("a", (2.0, 1.0, math.inf, math.nan))], title="t"))
    assert 2 == len(curve)


@pytest.mark.parametrize("curves", [[], [Curve("a", ())], [Curve("a", (math.nan,))]])
def test_nothing_to_draw_is_an_empty_plane(curves: list[Curve]) -> None:
    """Without values there are axes and no line."""
    assert [] == lines(curves_svg(curves, title="t"))


def test_one_epoch_is_a_dot() -> None:
    """A line of one point is made just long enough to be seen."""
    (curve,) = lines(curves_svg([Curve("a", (2.0,))], title="t"))
    assert 2 == len(curve)


@pytest.mark.hostile("name", expect="literal")
def test_strange_names_are_shown_as_they_are(hostile_text: str) -> None:
    """Titles and names are text to a reader of SVG, whatever they look like, and nothing in it can run."""
    svg = curves_svg([Curve(hostile_text, (2.0, 1.0))], title=hostile_text, up=hostile_text)
    assert 3 == texts(svg).count(hostile_text)
    tags = {element.tag.removeprefix(SVG) for element in ET.fromstring(svg).iter()}
    assert {"svg", "title", "desc", "rect", "text", "path"} >= tags
    attributes = {name for element in ET.fromstring(svg).iter() for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name]


@given(values=st.lists(st.floats(0) | st.floats(-1e3, 1e3), max_size=40))
def test_every_point_is_inside_the_plane(values: list[float]) -> None:
    """Whatever the losses are, no point and no tick lies outside of the picture."""
    svg = curves_svg([Curve("a", tuple(values))], title="t")
    for curve in lines(svg):
        assert all(72 <= x <= 700.2 and 75.9 <= y <= 360.1 for x, y in curve)
    heights = [float(y) for y in re.findall(r'd="M72 ([0-9.]+)H700"', svg)]
    assert all(75.9 <= y <= 360.1 for y in heights)
    assert 2 <= len(heights) <= 30
