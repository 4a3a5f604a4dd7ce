"""The chain in SVG: quantities in a row, the rate of each link below its arrow, a brace under those with a name."""

from __future__ import annotations

from symbackprop.exposition.figures.layout import ChainPicture
from symbackprop.exposition.figures.lettering import number
from symbackprop.exposition.figures.svgparts import Canvas, Line
from symbackprop.exposition.palette import COLOURS

QUANTITY, RATE = 22.0, 18.0  # sizes of letters
GAP = 7.0  # between a quantity and an arrow
LONGEST, TOGETHER = 110.0, 330.0  # of an arrow, and of all where that is shorter: the picture is as wide as a page
BESIDE = 10.0  # from one rate to the next
BELOW = 9.0  # from an arrow to the rate below it
BRACE = 8.0  # how high it is
STRESSED = 2.2


def draw_chain(picture: ChainPicture, canvas: Canvas) -> None:
    """Draw a chain; arrows are as long as their rates need."""
    write = canvas.lettering.math
    letters = [write(quantity, size=QUANTITY) for quantity in picture.quantities]
    rates = [write(link.rate, size=RATE) for link in picture.links]
    middles, shortest = [0.0], min(LONGEST, TOGETHER / len(rates))
    for place, rate in enumerate(rates):
        between = (letters[place].width + letters[place + 1].width) / 2
        arrow = max(shortest, rate.width + BESIDE - between)
        middles.append(middles[-1] + between + 2 * GAP + arrow)
    lowest = 0.0
    for place, (link, rate) in enumerate(zip(picture.links, rates, strict=True)):
        start = middles[place] + letters[place].width / 2 + GAP
        end = middles[place + 1] - letters[place + 1].width / 2 - GAP
        colour = COLOURS[link.role]
        parts = canvas.arrow((start, 0), (end, 0), Line(colour, STRESSED))
        parts += canvas.label(rate, ((start + end) / 2, BELOW + rate.height / 2), colour=colour)
        canvas.add(f"link {link.role}", parts, f"link_{place + 1}", {"role": link.role})
        lowest = max(lowest, BELOW + rate.height)
    for place, drawn in enumerate(letters):
        canvas.add("quantity", canvas.label(drawn, (middles[place], 0)), f"quantity_{place}")
    if picture.named is not None and picture.name is not None:
        _brace(picture, canvas, (middles[picture.named], middles[-1]), lowest + 8)


def _brace(picture: ChainPicture, canvas: Canvas, ends: tuple[float, float], top: float) -> None:
    """Draw a brace below the links that have a name together, and the name below it."""
    (left, right), r = ends, BRACE / 2
    middle = (left + right) / 2
    path = (
        f"M{number(left)} {number(top)}q0 {number(r)} {number(r)} {number(r)}H{number(middle - r)}"
        f"q{number(r)} 0 {number(r)} {number(r)}q0 {number(-r)} {number(r)} {number(-r)}H{number(right - r)}"
        f"q{number(r)} 0 {number(r)} {number(-r)}"
    )
    canvas.reach((left, top), (right, top + BRACE))
    assert picture.name is not None
    name = canvas.lettering.math(picture.name, size=QUANTITY)
    parts = [f'<path d="{path}" {Line(COLOURS["error"], 1.5).attributes}/>']
    parts += canvas.label(name, (middle, top + BRACE + 5 + name.height / 2), colour=COLOURS["error"])
    canvas.add("name", parts, "name")
