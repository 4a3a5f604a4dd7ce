"""Mathematics in a terminal: one line of Unicode."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sympy import Eq, Expr, Integer, KroneckerDelta, Piecewise, Rational, S, Sum, Symbol, exp, log, sqrt

from symbackprop.calculus.backpropagation import Derivation, derive
from symbackprop.calculus.matrices import (
    Applied,
    Gradient,
    Hadamard,
    Matrix,
    Named,
    Ones,
    Plus,
    Powered,
    Product,
    Scaled,
    Transposed,
)
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.mathtext import rules  # noqa: F401 - it holds the rules
from symbackprop.exposition.mathtext.layout import side_by_side
from symbackprop.exposition.mathtext.plain import in_line, lowered, raised
from symbackprop.exposition.mathtext.style import COMMON_WORDS, Style
from symbackprop.network.functions import SIGMA, Z, slope
from symbackprop.network.model import mlp
from symbackprop.network.notation import (
    COST,
    LAST_LAYER,
    LAYER,
    Tensor,
    activation,
    error,
    index,
    scalar,
    size,
    target,
    weight,
    weighted_input,
    width,
)

I, J, K, Q = (index(letter) for letter in "ijkq")  # noqa: E741 - the letters of every textbook
A, W, Y, ZS = activation(LAST_LAYER), weight(LAYER + 1), target(), weighted_input(LAYER)
N, NU = size("N"), Symbol("nu", real=True)
F, X = (Tensor(letter, None, (N,)) for letter in "fx")
FT = Transposed(Named(F))
SENT_BACK = Sum(W[I, J] * error(LAYER + 1)[I], (I, 1, width(LAYER + 1)))

LINES = {
    "δ⁽ˡ⁾ⱼ": error(LAYER)[J],
    "w⁽ˡ⁺¹⁾ᵢⱼ": W[I, J],
    "w⁽¹⁾₁₂,₃": scalar("w", 1, 12, 3),
    "δ⁽ᴸ⁾_q": error(LAST_LAYER)[Q],
    "w⁽ˡ⁺¹⁾_{jq}": W[J, Q],
    "n_L": width(LAST_LAYER),
    "nₗ₊₁": width(LAYER + 1),
    "−½": -S.Half,
    "5/7": Rational(5, 7),
    "∂C/∂a⁽ᴸ⁾ⱼ": Partial(COST, A[J]),
    "σ′(z⁽ˡ⁾ⱼ) · Σᵢ w⁽ˡ⁺¹⁾ᵢⱼ δ⁽ˡ⁺¹⁾ᵢ": SENT_BACK * slope(SIGMA)(ZS[J]),
    "∂C/∂a⁽ᴸ⁾ⱼ · ∂a⁽ᴸ⁾ⱼ/∂z⁽ˡ⁾ⱼ": Partial(COST, A[J]) * Partial(A[J], ZS[J]),
    "(a⁽ᴸ⁾ⱼ − yⱼ) a⁽ᴸ⁾ⱼ (1 − a⁽ᴸ⁾ⱼ)": (1 - A[J]) * A[J] * (A[J] - Y[J]),
    "2(a⁽ᴸ⁾ⱼ − yⱼ)": 2 * A[J] - 2 * Y[J],
    "0.01 yⱼ": Y[J] / 100,
    "½ Σⱼ yⱼ": Sum(Y[J], (J, 1, width(LAST_LAYER))) / 2,
    "Σⱼ₌₁³ yⱼ": Sum(Y[J], (J, 1, 3)),
    "Σⱼ₌₁^(q−1) yⱼ": Sum(Y[J], (J, 1, Q - 1)),
    "∂/∂yⱼ (a⁽ᴸ⁾ⱼ − yⱼ)": Partial(A[J] - Y[J], Y[J]),
    "yⱼ² (a⁽ᴸ⁾ⱼ)²": A[J] ** 2 * Y[J] ** 2,
    "−yⱼ/a⁽ᴸ⁾ⱼ": -Y[J] / A[J],
    "yⱼ/((1 − yⱼ) a⁽ᴸ⁾ⱼ)": Y[J] / (1 - Y[J]) / A[J],
    "yⱼ ln a⁽ᴸ⁾ⱼ": Y[J] * log(A[J]),
    "e⁻ᶻ": exp(-Z),
    "eᶻ": exp(Z),
    "√z": sqrt(Z),
    "√(1 + z)": sqrt(1 + Z),
    "yⱼ [i = j]": Y[J] * KroneckerDelta(I, J),
    "{1, z > 0; 0, otherwise}": Piecewise((1, Z > 0), (0, True)),
    "{1, z > 0; 0, otherwise} · Σⱼ yⱼ": Piecewise((1, Z > 0), (0, True)) * Sum(Y[J], (J, 1, width(LAST_LAYER))),
    "η/m": Symbol("eta") / size("m"),
    "i = 3": Eq(I, 3, evaluate=False),
    "fⱼ (1 − fⱼ) xⱼ": X[J] * (1 - F[J]) * F[J],
    "(1 − fⱼ²) xⱼ": X[J] * (1 - F[J] ** 2),
    "(ν + 1) fⱼ/(fⱼ² + ν)": F[J] * (1 + NU) / (F[J] ** 2 + NU),
    "Σⱼ fⱼ + ν": Sum(F[J], (J, 1, N)) + NU,
    "1 − ν": 1 - NU,
    "fⱼ − yⱼ + (1 − fⱼ) xⱼ": F[J] - Y[J] + X[J] * (1 - F[J]),
    "fⱼ²/ν": F[J] ** 2 / NU,
    "fⱼ e^(−(yⱼ−xⱼ)²/ν)": F[J] * exp(-((Y[J] - X[J]) ** 2) / NU),
}


def pretty(*sides: object, style: Style | None = None) -> str:
    """Return one side, or several with = between them, in one line."""
    return in_line(side_by_side(sides, style or Style()))


def aligned(goal: object, lines: list[Expr]) -> str:
    """Return goal = line for each line, the goal written once."""
    left = pretty(goal)
    return "\n".join(f"{'' if n else left:{len(left)}} = {pretty(line)}" for n, line in enumerate(lines))


MATRICES = {
    "(W⁽ˡ⁺¹⁾)ᵀ δ⁽ˡ⁾ ⊙ σ′(z⁽ˡ⁾)": Hadamard(
        (Applied(slope(SIGMA), Named(ZS)), Product((Transposed(Named(W)), Named(error(LAYER)))))
    ),
    "∇_{a⁽ᴸ⁾} C": Gradient(A),
    "(a⁽ᴸ⁾)^∘2": Powered(Named(A), Integer(2)),
    "Δ⁽ˡ⁾": Named(error(LAYER), batch=True),
    "f + ν": Plus((NU, Named(F))),
    "x fᵀ + ν f fᵀ": Plus((Scaled(NU, Product((Named(F), FT))), Product((Named(X), FT)))),
    "𝟏_N (fᵀ 𝟏_N)⁻¹": Product((Ones(N), Powered(Product((Transposed(Named(F)), Ones(N))), Integer(-1)))),
}


@pytest.mark.parametrize(("expected", "thing"), [*LINES.items(), *MATRICES.items()], ids=[*LINES, *MATRICES])
def test_line_for_a_terminal(expected: str, thing: Expr | Matrix) -> None:
    """Each construct has the line of its row."""
    assert expected == pretty(thing)


def test_sides_stand_in_one_line() -> None:
    """Several sides are joined by equals signs."""
    assert "∂C/∂yⱼ = yⱼ = 1" == pretty(Partial(COST, Y[J]), Y[J], S.One)


def test_symbols_and_words_are_those_of_the_reader() -> None:
    """Letters are replaced and words translated as in LaTeX."""
    cases = Piecewise((1, Z > 0), (0, True))
    assert "e⁽ˡ⁾ⱼ" == pretty(error(LAYER)[J], style=Style({"delta": "e"}))
    assert "{1, z > 0; 0, si no}" == pretty(cases, style=Style(words={**COMMON_WORDS, "otherwise": "si no"}))


@pytest.mark.parametrize(("text", "expected"), [("l+1", "ˡ⁺¹"), ("12", "¹²"), ("q", "^q"), ("aq", "^(aq)")])
def test_raised_falls_back_where_unicode_ends(text: str, expected: str) -> None:
    """What has no superscript form stands after ^, in parentheses if it is more than one letter."""
    assert expected == raised(text)


@pytest.mark.parametrize(("text", "expected"), [("jk", "ⱼₖ"), ("12,3", "₁₂,₃"), ("L", "_L"), ("jL", "_{jL}")])
def test_lowered_falls_back_where_unicode_ends(text: str, expected: str) -> None:
    """What has no subscript form stands after _, in braces if it is more than one letter."""
    assert expected == lowered(text)


@pytest.fixture(scope="module")
def derivations() -> list[Derivation]:
    """Derive two networks that between them use most constructs."""
    return [derive(mlp("2-3-2", ["relu", "softmax"], "cross_entropy")), derive(mlp("2-3-1", "tanh", "huber"))]


def test_no_latex_is_left_over(derivations: list[Derivation]) -> None:
    """No line of any chain holds a command or a sign of TeX."""
    for chain in (chain for derivation in derivations for chain in derivation.chains.values()):
        assert not set("\\$") & set(aligned(chain.goal, [step.after for step in chain.steps]))


def test_terminal_form_of_a_derivation(derivations: list[Derivation], golden: Callable[[str, str], None]) -> None:
    """Every step of a derivation, as the terminal shows it."""
    chains = derivations[0].chains.items()
    parts = [f"{name}\n{aligned(chain.goal, [s.after for s in chain.steps])}\n" for name, chain in chains]
    golden("mathtext/steps-relu-softmax-cross_entropy.txt", "\n".join(parts))
