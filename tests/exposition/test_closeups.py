"""Pictures of windows, of a recurrence step by step, and of what is computed several times beside one another."""

from __future__ import annotations

import re

import pytest

import symbackprop as sb
from symbackprop.calculus.recurrence import recurrences
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.slices import rows_picture, steps_picture
from symbackprop.exposition.figures.windows import Window, window_of, window_picture
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.rendering import render_files
from symbackprop.exposition.story.program.closeups import forwards
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.network.program import Program

RECURRENCE = "input x[T]\nparameter u\nsizes T = 9\nh[0] = 0\nh[t] = tanh(u * h[t - 1] + x[t]) for t = 1..T\n"


def program(line: str) -> Program:
    """Return the program of a line of layers."""
    return sb.sequential(line, cost="quadratic").program


def window(line: str) -> Window:
    """Return the windows of the first layer."""
    of_first = program(line)
    found = window_of(of_first.equations[0], of_first)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("line", "place", "seen"),
    [
        ("1x5x5 -> conv2d(2, 3)", (2, 1), {(i, j) for i in (2, 3, 4) for j in (1, 2, 3)}),
        ("1x5x5 -> conv2d(2, 3, padding=1, stride=2)", (1, 2), {(i, j) for i in (1, 2) for j in (2, 3, 4)}),
        ("2x7 -> conv1d(3, 2, dilation=2)", (3,), {(3,), (5,)}),
        ("2x6 -> max_pool1d(2)", (3,), {(5,), (6,)}),
        ("1x28x28 -> conv2d(8, 5)", (5, 5), {(i, j) for i in range(5, 10) for j in range(5, 10)}),
    ],
)
def test_window_has_the_entries_that_the_equation_reads(line: str, place: tuple[int, ...], seen: object) -> None:
    """Stride, padding and dilation are those of the equation; what padding adds is no entry."""
    assert set(window(line).seen[place]) == seen


def test_picture_of_a_window_marks_what_one_entry_sees_and_what_one_reaches() -> None:
    """3 × 3 entries are marked for one; backwards, with stride 2, the middle one is reached from 2 × 2 of them."""
    made = window("1x7x7 -> conv2d(2, 3, stride=2)")
    roles = [cell.role for cell in window_picture(made).cells]
    assert (9, 1, 7 * 7 + 3 * 3) == (roles.count("input"), roles.count("activation"), len(roles))
    back = window_picture(made, back=True)
    assert [cell.role for cell in back.cells].count("error") == 2 * 2 + 1
    assert [box.arrays[0].name for box in back.boxes] == ["a1", "x"]


@pytest.mark.parametrize(
    ("line", "sizes", "is_cut"),
    [
        ("1x8 -> conv1d(2, 3)", ((6,), (8,)), False),
        ("1x9x9 -> conv2d(1, 5, padding=2)", ((9, 9), (9, 9)), False),
        ("1x28x28 -> conv2d(6, 5)", ((5, 5), (9, 9)), True),
    ],
)
def test_picture_with_a_part_of_the_entries_says_so(line: str, sizes: object, is_cut: bool, lang: str) -> None:
    """Where there is room, both arrays are drawn whole; a corner of larger ones is called one."""
    made = window(line)
    assert (sizes, is_cut) == ((made.shown, made.read), made.is_cut)
    network = sb.sequential(line)
    telling = ProgramTelling(ProgramDerivation(network.program, {}, network), LANGUAGES[lang])
    (figure,) = forwards(telling, network.program.equations)
    assert is_cut == ({"en": "Only a part", "es": "Solo se dibuja"}[lang] in str(figure.caption))


@pytest.mark.parametrize("line", ["4 -> dense(3) tanh -> dense(2, bias=false)", "40x40 -> max_pool1d(20)"])
def test_what_has_no_window_or_too_large_a_one_is_not_drawn(line: str) -> None:
    """A product of matrices has none, and one of 20 entries no room."""
    of_line = program(line)
    assert all(window_of(equation, of_line) is None for equation in of_line.equations)


def names(picture: GraphPicture | None) -> list[str]:
    """Return what stands in the boxes."""
    assert picture is not None
    return [", ".join(map(str, box.entries or box.words or (box.arrays[0].name,))) for box in picture.boxes]


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("C = h[T]^2", ["h[0]", "h[1]", "x[1]", "h[2]", "x[2]", "…", "h[T]", "x[T]", "C"]),
        ("C = sum[t](h[t]^2)", ["h[0]", "h[1]", "x[1]", "h[2]", "x[2]", "…", "h[T]", "x[T]", "C"]),
        ("o = h[T]\nC = o^2", ["h[0]", "h[1]", "x[1]", "h[2]", "x[2]", "…", "h[T]", "x[T]", "o"]),
        (
            "o[t] = h[t]^2 for t = 1..T\nC = sum[t](o[t])",
            ["h[0]", "h[1]", "x[1]", "h[2]", "x[2]", "…", "h[T]", "x[T]", "o[1]", "o[2]", "o[T]"],
        ),
    ],
)
def test_recurrence_is_drawn_step_by_step(end: str, expected: list[str]) -> None:
    """The first steps and the last, what each reads and what is made of it, and every error that comes back."""
    of_text = sb.equations(RECURRENCE + end).program
    (group,) = recurrences(of_text.equations)
    picture = steps_picture(of_text, group)
    assert names(picture) == expected
    assert picture is not None
    errors = [arrow for arrow in picture.arrows if arrow.role == "error"]
    assert len(picture.arrows) - len(errors) == len(errors) + 1  # none comes back to a start that is 0


def test_recurrence_that_runs_backwards_has_no_such_picture() -> None:
    """Its steps would have to be drawn from the right."""
    text = "input x[T]\nh[T + 1] = 0\nh[t] = tanh(h[t + 1] + x[t]) for t = 1..T\nC = h[1]^2"
    of_text = sb.equations(text).program
    assert [steps_picture(of_text, group) for group in recurrences(of_text.equations)] == [None]


def test_heads_are_rows_and_channels_are_none() -> None:
    """What two heads compute stands in two rows, and what puts it together behind them."""
    found = names(rows_picture(program("3x4 -> attention(2)")))
    assert found[:5] == ["x", "q1[1], k1[1], v1[1]", "S1[1]", "P1[1]", "o1[1]"]
    assert found[-1] == "a1"
    assert rows_picture(program("1x6x6 -> conv2d(2, 3) relu -> max_pool2d(2)")) is None
    assert rows_picture(program("3x4 -> attention")) is None
    leaves = "4 -> dense(4) tanh -> residual(dense(4) relu -> dense(4)) -> batch_norm -> dense(3)"
    assert rows_picture(program(leaves)) is None  # what puts the neurons together comes back to them


def test_every_arrow_has_a_head() -> None:
    """A head has three corners apart, also where a curve ends at the edge of its box."""
    derivation = sb.derive(sb.equations(RECURRENCE + "C = h[T]^2"))
    for text in render_files(derivation, "svg").values():
        for points in re.findall(r'<polygon points="([^"]+)"', str(text)):
            assert len(set(points.split())) == 3


def test_page_of_both_passes_is_grouped_by_layer() -> None:
    """Above what a layer computes stands what it is, and the cost at the end; equations alone have no such rows."""
    layered = sb.derive(sb.sequential("3 -> dense(2) tanh -> dense(3, tied_to=1)", cost="quadratic"))
    page = str(sb.render(layered, "markdown")).partition("## 5")[2]
    places = [page.index(words) for words in ("*Layer 1: dense", "*Layer 2: dense", "*The cost")]
    assert sorted(places) == places
    assert "*Layer" not in str(sb.render(sb.derive(sb.equations(RECURRENCE + "C = h[T]^2")), "markdown"))


def test_a_state_that_is_read_beside_others_stands_in_one_column() -> None:
    """A state with a start has one row for each place, no arrow to itself, and what its steps read has its room."""
    text = (
        "input x[T]\nparameter w[N], v[N]\nsizes T = 3, N = 2\nb[t, n] = x[t]*w[n]\ng[t, n] = x[t]*v[n]\n"
        "h[0, n] = 0\nh[t, n] = g[t, n]*h[t - 1, n] + b[t, n] for t = 1..T\no[t] = sum[n](h[t, n])"
    )
    of_text = sb.equations(text).program
    made = rows_picture(of_text)
    assert made is not None
    assert ["x", "b, g", "h", "b, g", "h", "o"] == [", ".join(a.name for a in box.arrays) for box in made.boxes]
    assert all(arrow.start != arrow.end for arrow in made.arrows)
