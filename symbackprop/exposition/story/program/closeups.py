"""Pictures of one equation, or of a few, from near by: a window, a recurrence step by step, what is done several times.

Each kind of window is drawn once forwards and once backwards, however many equations have one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.exposition.document import Figure, Picture
from symbackprop.exposition.figures.slices import rows_picture, steps_picture
from symbackprop.exposition.figures.windows import Window, window_of, window_picture
from symbackprop.exposition.story.program.layers import layer_of
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.network.largest import Largest
from symbackprop.network.program import Array, Equation, Kind


def forwards(telling: ProgramTelling, equations: Sequence[Equation]) -> Iterator[Figure]:
    """Yield what there is to see of equations that are told: windows, and rows beside one another."""
    windows = _windows(telling)
    for equation in equations:
        if equation in windows:
            window = windows[equation]
            yield _window(telling, "window", window)
    rows = rows_picture(telling.program)
    if rows is not None and any(equation.tensor == rows.boxes[-1].arrays[0].tensor for equation in equations):
        layer = layer_of(telling, rows.boxes[-1].arrays[0].name)
        key = "heads" if layer is not None and layer.name == "attention" else "rows"
        yield _figure(telling, key, rows, {"readers": rows.boxes[-1].arrays})


def backwards(telling: ProgramTelling, adjoint: Adjoint) -> Iterator[Figure]:
    """Yield what there is to see of how the error comes back to an array."""
    for equation, window in _windows(telling).items():
        if window.source == adjoint.array and adjoint.array.kind is not Kind.PARAMETER:
            key = "window.back.largest" if equation.expression.has(Largest) else "window.back"
            yield _window(telling, key, window, back=True)
    group = adjoint.recurrence
    others = (each for each in telling.derivation.adjoints.values() if group is not None and each.recurrence == group)
    if group is not None and next(others) is adjoint and (steps := steps_picture(telling.program, group)) is not None:
        yield _figure(telling, "steps", steps, {"states": steps.boxes[0].arrays})


def _window(telling: ProgramTelling, key: str, window: Window, *, back: bool = False) -> Figure:
    """Return the picture of a window; its caption says so where it has a part of the entries alone."""
    shown = {"computed": [window.computed], "source": [window.source]}
    figure = _figure(telling, key, window_picture(window, back=back), shown)
    return _as_part(telling, figure) if window.is_cut else figure


def _as_part(telling: ProgramTelling, figure: Figure) -> Figure:
    slide = figure.slide and replace(figure.slide, caption=(*figure.slide.caption, *telling.say("figure.part.slide")))
    return replace(figure, caption=(*figure.caption, " ", *telling.say("figure.part")), slide=slide)


def _figure(telling: ProgramTelling, key: str, picture: Picture, shown: Mapping[str, Sequence[Array]]) -> Figure:
    names = {name: ", ".join(array.name for array in arrays) for name, arrays in shown.items()}
    parts = {name: telling.listed(arrays) for name, arrays in shown.items()}
    alt = "".join(map(str, telling.say(f"alt.{key}", **names)))
    return telling.figure(f"figure.{key}", picture, alt=alt, **parts)


def _windows(telling: ProgramTelling) -> dict[Equation, Window]:
    """Return the first equation with each kind of window: one over which the largest is taken, and one of a sum."""
    found: dict[object, tuple[Equation, Window]] = {}
    for equation in telling.program.equations:
        kind = equation.expression.has(Largest)
        if kind not in found and (window := window_of(equation, telling.program)) is not None:
            found[kind] = equation, window
    return dict(found.values())
