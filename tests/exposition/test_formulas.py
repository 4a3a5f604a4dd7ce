"""Formulas of a document: their signs, their colours, and the rows into which long ones are broken."""

from __future__ import annotations

import pytest
from sympy import Expr, Piecewise, Sum, Symbol, sqrt, symbols

import symbackprop as sb
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Formula
from symbackprop.exposition.formulas import SIGNS, formula_box, formula_latex, side_boxes
from symbackprop.exposition.linebreaking import rows, width
from symbackprop.exposition.mathtext.boxes import Differential, Fence, Leaf
from symbackprop.exposition.mathtext.latex import latex, written
from symbackprop.exposition.mathtext.mathml import tree
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.named import equation_formulas
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.palette import COLOURS
from symbackprop.network import notation
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.model import mlp
from symbackprop.network.notation import COST

STYLE = Style()
A, Y = notation.activation(1)[1], notation.target(1)[1]


@pytest.mark.parametrize("sign", list(SIGNS))
def test_sign_stands_between_the_sides(sign: str) -> None:
    """Each sign of the documents is written as LaTeX between the two sides."""
    x, y = symbols("x y")
    text = formula_latex(Formula((x, y), (sign,)), STYLE)
    assert f"x{SIGNS[sign].tex}y" == text.replace(" ", "")


def test_names_of_files_differ_in_more_than_their_case() -> None:
    """Beside the entries of a2, the one of A2 is no second a2-2."""
    derivation = sb.derive(sb.sequential("2 -> dense(2) -> prelu"))
    names = [name.lower() for name in equation_formulas(derivation, narrate(derivation, notation="scalar"))]
    assert sorted(set(names)) == sorted(names)
    assert {"a2-1", "a2-2"} < set(names)


def test_sides_without_signs_are_equal() -> None:
    """A formula that names no sign is an equation, exactly as mathtext writes it."""
    assert latex(A, A - Y) == formula_latex(Formula((A, A - Y)), STYLE)


def coloured(expression: object, *roles: tuple[object, str]) -> str:
    """Return an expression as LaTeX with its roles coloured."""
    return formula_latex(Formula((expression,), roles=roles), STYLE)


def test_factor_is_coloured_and_not_what_looks_like_it_inside_another() -> None:
    """a_1 is coloured where it is a factor, not inside a_1 - y_1."""
    text = coloured(A * (A - Y), (A, "input"))
    assert 1 == text.count(r"\textcolor")
    assert rf"\textcolor{{{COLOURS['input']}}}{{{latex(A)}}}" in text


def test_partial_derivative_is_coloured_wherever_it_stands() -> None:
    """A link is coloured inside a sum of terms too."""
    link = Partial(COST, A)
    assert rf"\textcolor{{{COLOURS['cost']}}}{{{latex(link)}}}" in coloured(1 + Y * link, (link, "cost"))


def test_nothing_is_coloured_twice() -> None:
    """Inside a coloured part nothing has a colour of its own."""
    link = Partial(COST, A)
    assert 1 == coloured(Y * link, (Y * link, "error"), (link, "cost")).count(r"\textcolor")


def test_colour_changes_nothing_but_the_colour() -> None:
    """Without its colours a formula is what it was."""
    expression = Partial(COST, A) * (A - Y) * A
    text = coloured(expression, (A - Y, "cost"), (A, "activation"), (Partial(COST, A), "input"))
    for colour in COLOURS.values():
        text = text.replace(rf"\textcolor{{{colour}}}", "")
    assert latex(expression).replace("{", "").replace("}", "") == text.replace("{", "").replace("}", "")


def test_index_of_the_left_side_is_not_taken_by_a_sum() -> None:
    """A sum on the right keeps off the letters of the left side, as both are laid out together."""
    j = notation.index("j")
    z = notation.weighted_input(1)
    _, right = side_boxes((z[j], Sum(z[j], (j, 1, 3))), STYLE)
    assert right != side_boxes((Sum(z[j], (j, 1, 3)),), STYLE)[0]


def test_short_formula_stays_in_one_row() -> None:
    """What fits is not broken."""
    box = formula_box(Formula((A - Y,)), STYLE)
    assert (box,) == rows(box, 40.0)


@pytest.mark.parametrize("limit", [6.0, 10.0, 20.0])
def test_long_sum_is_broken_before_its_signs(limit: float) -> None:
    """Rows after the first begin with a sign, none is much wider than asked for, and nothing is lost."""
    total = sum((-1) ** n * Symbol(f"x_{n}") for n in range(1, 13))
    broken = [written(row) for row in rows(formula_box(Formula((total,)), STYLE), limit)]
    assert len(broken) > 1
    assert all(row.startswith(("{} + ", "{} - ")) for row in broken[1:])
    joined = "".join(broken).replace("{}", "").replace(" ", "")
    assert latex(total).replace(" ", "") == joined


def test_long_derivative_is_broken_in_what_is_derived() -> None:
    """The sign of the derivative goes with the first row, and the others begin with their sign."""
    total = formula_box(Formula((sum(Symbol(f"x_{n}") for n in range(1, 13)),)), STYLE)
    first, *others = map(written, rows(Differential(Leaf("a", "a"), Fence(total)), 20.0))
    assert first.startswith(r"\frac{\partial}{\partial a}")
    assert others
    assert all(row.startswith(r"\left.{} + ") for row in others)


def test_long_product_is_broken_between_factors() -> None:
    """A product of many factors goes on with a dot in the next row."""
    product = 1
    for n in range(1, 13):
        product *= Symbol(f"x_{n}") + n
    broken = [written(row) for row in rows(formula_box(Formula((product,)), STYLE), 20.0)]
    assert len(broken) > 1
    assert all(row.startswith(r"{} \cdot ") for row in broken[1:])


@pytest.mark.parametrize("beside", [0, A])
def test_long_case_is_broken_in_itself(beside: Expr) -> None:
    """A value that is too wide goes on in rows of its cases, each condition once; in parentheses it does so, too."""
    total = sum(Symbol(f"x_{n}") for n in range(1, 13))
    cases = Piecewise((total, Symbol("t") >= 1), (0, True)) + beside
    found = rows(formula_box(Formula((cases,)), STYLE), 20.0)
    text = "".join(map(written, found))
    assert max(map(width, found)) <= 20.0
    assert (True, 1) == (text.count(r"\\") > 2, text.count(r"\ge 1"))


def test_sums_within_cases_are_as_wide_as_they_are_there() -> None:
    """The limits of a sum stand at its side in a case, so that it is broken earlier than by itself."""
    k = Symbol("k", integer=True)
    total = sum(Sum(Symbol(f"x_{n}") ** k, (k, 1, Symbol("H"))) for n in range(1, 5))
    for limit in (16.0, 18.0, 20.0, 22.0, 24.0, 26.0):
        found = rows(formula_box(Formula((Piecewise((total, Symbol("t") >= 1), (0, True)),)), STYLE), limit)
        assert max(map(width, found)) <= limit


def test_width_grows_with_what_is_added() -> None:
    """The estimate is at least monotone: more terms are wider."""
    boxes = [formula_box(Formula((term,)), STYLE) for term in (A, A - Y, A - Y + Partial(COST, A))]
    widths = [width(box) for box in boxes]
    assert sorted(widths) == widths
    assert widths[0] > 0


def test_what_cannot_be_broken_stays_whole() -> None:
    """A product with a factor that is too wide by itself is left to be shrunk."""
    wide = sqrt(sum(Symbol(f"x_{n}") for n in range(1, 30)))
    assert 1 == len(rows(formula_box(Formula((2 * wide,)), STYLE), 20.0))


def test_width_of_what_is_no_box_is_refused() -> None:
    """A kind of box that has no size is named."""
    with pytest.raises(TypeError, match="no size for the box str"):
        width("x")  # type: ignore[arg-type]


def test_formula_stays_whole_where_breaking_it_does_not_help() -> None:
    """½ (u - y)² with a u that is too wide alone is shrunk as a whole: torn apart, its rows would not be narrower."""
    wide = sqrt(sum(Symbol(f"x_{n}") for n in range(1, 20)))
    assert 1 == len(rows(formula_box(Formula(((wide - A) ** 2 / 2,)), STYLE), 20.0))
    assert 1 < len(rows(formula_box(Formula(((wide - A) ** 2 * wide,)), STYLE), 20.0))
    row = width(formula_box(Formula((-wide,)), STYLE))  # a row that is hardly too wide is no reason to shrink all
    assert 1 < len(rows(formula_box(Formula((A - Y - wide,)), STYLE), row / 1.02))


@pytest.mark.combinations
@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_rows_of_a_composed_cost_are_of_the_dialect(activation: str) -> None:
    """However a cost is broken, inside the arguments of functions too, each row can be written in every format."""
    box = formula_box(Formula((COST, mlp("2-2-2", activation).cost)), STYLE)
    for limit in (12.0, 30.0):
        assert all(tree(written(row)).tag == "math" for row in rows(box, limit))
