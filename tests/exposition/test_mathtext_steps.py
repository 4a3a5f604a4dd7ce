"""A number of steps and another number, as the slope of a max is, are written as cases in every notation."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sympy import Rational

import symbackprop as sb
from symbackprop.calculus.backpropagation import derive
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.exposition.narration import narrate
from symbackprop.network.extremes import STEP
from symbackprop.network.model import mlp
from symbackprop.network.notation import LAST_LAYER, activation, index, target

J = index("j")
A, Y = activation(LAST_LAYER)[J], target(LAST_LAYER)[J]
CASES = (
    r"\begin{cases} 0.1 & a^{(L)}_{j} > y_{j} \\ -0.4 & a^{(L)}_{j} = y_{j} \\ "
    r"-0.9 & \text{otherwise} \end{cases}"
)


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        (STEP(A - Y) - Rational(9, 10), CASES),
        ((10 * STEP(A - Y) - 9) / 10, CASES),
        ((9 - 10 * STEP(A - Y)) / -10, CASES),
        ((10 * STEP(A - Y) - 9) * A / 10, rf"\left({CASES}\right)a^{{(L)}}_{{j}}"),
        (Y + (STEP(A - Y) - Rational(9, 10)) * A, rf"y_{{j}} + \left({CASES}\right)a^{{(L)}}_{{j}}"),
        (STEP(A - Y) - Rational(9, 10) + Y, rf"\left({CASES}\right) + y_{{j}}"),
    ],
)
def test_step_and_numbers_are_cases(expression: object, written: str) -> None:
    """Each case has its number; nothing stands after the last of them that could be read as a part of it."""
    assert written == latex(expression)


def test_what_follows_cases_is_no_part_of_them() -> None:
    """Where something else is added, the cases and the number before them stand in parentheses."""
    assert latex(11 * STEP(A - Y) + 10 * Y).startswith(r"\left(11\begin{cases} 1 & a")
    assert latex(11 * STEP(A - Y) + 10 * Y).endswith(r"\end{cases}\right) + 10y_{j}")


@pytest.mark.parametrize("notation", ["index", "matrix", "rows"])
def test_slope_of_a_max_is_cases_in_every_notation(notation: str) -> None:
    """The error of the last layer has the three slopes in it, and no number after its cases."""
    here = derive(mlp("1-1", "identity", "max(0.1*(a-y), 0.9*(y-a))")).specific["BP1 here"]
    text = here.latex(notation)
    assert r"\begin{cases} 0.1 & " in text
    assert text.endswith(r"\\ -0.9 & \text{otherwise} \end{cases}")


def test_matrices_stand_on_both_sides_of_a_condition() -> None:
    """As entries do: r > 0.8, not 5 r - 4 > 0, and r ⊙ A beside what it is compared with."""
    clipped = sb.derive(sb.equations("input r[N], A[N]\nC = sum(min(r*A, max(r, 0.8)*A))")).gradient("r")
    text = clipped.latex("matrix")
    assert r"r > 0.8 \\" in text
    assert r"r \odot A > A \odot " in text
    assert "> 0 " not in text


def test_no_line_is_said_twice() -> None:
    """Two forms that are the same cases on paper are no two lines of a derivation."""
    document = narrate(derive(mlp("2-2-1", "tanh", "max(0.1*(a-y), 0.9*(y-a))")))
    steps = [[latex(line.right) for line in block.lines] for block in document.blocks if hasattr(block, "lines")]
    assert [] == [line for lines in steps for line, after in pairwise(lines) if line == after]
