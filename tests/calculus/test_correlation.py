"""Convolutions backwards in matrix form: a star, zeros around what is read, the kernel turned round."""

from __future__ import annotations

from typing import Any

import pytest
from oneline import pretty
from sympy import Expr, Indexed, Max, Min, Sum, ceiling, floor, tanh

from symbackprop.calculus import correlation, matrixform, unpooling
from symbackprop.calculus.matrixform import columns_of
from symbackprop.calculus.reverse import derive_program
from symbackprop.calculus.unpooling import unpooled_sides
from symbackprop.errors import CheckError
from symbackprop.network.largest import Largest
from symbackprop.network.notation import Tensor, index, size
from symbackprop.network.text.equations import equations

C, I, J, O, P, Q, R, U, V = map(index, "cijopqruv")  # noqa: E741 - the letters of every textbook
A, K, M, N, S = map(size, "AKMNS")
INPUT, ERROR, KERNEL = Tensor("x", None, (A, N)), Tensor("e", None, (S, M)), Tensor("W", None, (S, A, K))
IMAGE, MAP, WINDOW = Tensor("X", None, (N, N)), Tensor("E", None, (M, M)), Tensor("k", None, (K, K))
SIGNAL, GIVEN, TAPS = Tensor("x", None, (N,)), Tensor("e", None, (M,)), Tensor("k", None, (K,))

FORMS: list[tuple[Indexed, Expr, str]] = [
    (TAPS[Q], Sum(GIVEN[I] * SIGNAL[I + Q - 1], (I, 1, M)), "k = e ⋆ x"),
    (
        SIGNAL[Q],
        Sum(GIVEN[I] * TAPS[Q - I + 1], (I, Max(1, Q - K + 1), Min(M, Q))),
        "x = rot(k) ⋆ pad_{K−1}(e)",
    ),
    (KERNEL[O, C, U], Sum(ERROR[O, I] * INPUT[C, I + U - 1], (I, 1, M)), "W_{oc} = eₒ ⋆ x_c"),
    (
        INPUT[C, Q],
        Sum(ERROR[O, I] * KERNEL[O, C, Q - I + 1], (O, 1, S), (I, Max(1, Q - K + 1), Min(M, Q))),
        "x_c = Σₒ rot(W_{oc}) ⋆ pad_{K−1}(eₒ)",
    ),
    (
        TAPS[Q],
        Sum(GIVEN[I] * SIGNAL[2 * I + Q - 3], (I, Max(1, 2 + ceiling(-Q / 2)), Min(M, floor((N - Q + 3) / 2)))),
        "k = e^(↑2) ⋆ pad₁(x)",
    ),
    (
        SIGNAL[Q],
        Sum(GIVEN[I] * TAPS[Q - 2 * I + 3], (I, Max(1, ceiling((Q - K + 3) / 2)), Min(M, 1 + floor(Q / 2)))),
        "x = rot(k) ⋆ pad_{K−2}(e^(↑2))",
    ),
    (TAPS[Q], Sum(GIVEN[I] * SIGNAL[I + 2 * Q - 2], (I, 1, M)), "k = (e ⋆ x)^(↓2)"),
    (SIGNAL[Q], Sum(SIGNAL[I] * TAPS[I - Q + 1], (I, Q, Min(N, K + Q - 1))), "x = k ⋆ x"),
    (SIGNAL[Q], Sum(GIVEN[Q + U - 1], (U, 1, K)) / K, "x = 1/K · 𝟏_K ⋆ e"),
    (
        SIGNAL[Q],
        Sum(GIVEN[I], (I, Max(1, ceiling((Q - 1) / 2)), Min(M, floor((Q + 1) / 2)))),
        "x = 𝟏₃ ⋆ pad₂(e^(↑2))",
    ),
    (
        IMAGE[P, Q],
        Sum(MAP[I, J], (I, Max(1, P - K + 1), Min(M, P)), (J, Max(1, Q - 1), Min(M, Q))),
        "X = (𝟏_K 𝟏₂ᵀ) ⋆ pad_{K−1,1}(E)",
    ),
    (SIGNAL[Q], tanh(Largest(GIVEN[2 * Q + U - 2], (U, 1, 3))), "x = tanh(pool₃^(↓2)(e))"),
    (
        SIGNAL[Q],
        Largest(GIVEN[2 * Q + U - 3], (U, Max(1, 4 - 2 * Q), Min(3, M + 3 - 2 * Q))),
        "x = pool₃^(↓2,pad(1))(e)",
    ),
    (
        WINDOW[U, V],
        Sum(MAP[I, J] * (1 - MAP[I, J] ** 2) * IMAGE[I + U - 1, J + V - 1], (I, 1, M), (J, 1, M)),
        "K = (E ⊙ (1 − E^∘2)) ⋆ X",
    ),
]


@pytest.mark.parametrize(("left", "right", "expected"), FORMS)
def test_correlation(left: Indexed, right: Expr, expected: str) -> None:
    """A shifted index is a star; of one that goes back the kernel is turned round, and zeros stand around the error."""
    assert expected == pretty(*columns_of(left, right))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("else Spaced(kernel, steps)", "else kernel"),
        ("-stride - rest for", "1 - stride - rest for"),
        ("length - rest for", "length - rest - 1 for"),
        ("Correlation(spaced, array, padding, strides,", "Correlation(spaced, array, padding, (1,) * len(axes),"),
        ("Turned(array), spaced", "array, spaced"),
        ("step * (last - 1) + 1", "last"),
    ],
)
def test_wrong_correlation_is_refused(right: str, wrong: str, plant: Any) -> None:
    """A kernel that is not turned round, another step or padding: each is found to differ from the index form."""
    dilated = (
        SIGNAL[Q],
        Sum(TAPS[U] * (1 + GIVEN[Q - 2 * U + 2]), (U, Max(1, 1 + ceiling((Q - M) / 2)), Min(K, floor((Q + 1) / 2)))),
    )
    plant(correlation._put_together, right, wrong)
    matrixform._recognised_sides.cache_clear()
    with pytest.raises(CheckError, match="differs from the index form"):  # noqa: PT012 - one of them comes there
        for sides in (dilated, *(form[:2] for form in FORMS)):
            columns_of(*sides)
    matrixform._recognised_sides.cache_clear()


POOLED = """
input x[c, N, M]
a[k, i, j] = max[u = 1..2, v = 1..3](x[k, 2*i + u - 2, 3*j + v - 3]) for i = 1..H, j = 1..W
value a[c, H, W]
"""


PADDED = """
input x[2*H, 2*W]
a[i, j] = max[u = max(1, 4 - 2*i)..min(3, 2*H + 3 - 2*i), v = 1..2](x[2*i + u - 3, 2*j + v - 2]) for i = 1..H, j = 1..W
value a[H, W]
"""


def test_error_of_the_largest_goes_back_to_its_place(plant: Any) -> None:
    """Windows have an array form, channel by channel, side by side or not; another distance of them is found wrong."""
    adjoint = derive_program(equations(POOLED).program).gradient("x")
    assert "∇_{Xₖ} C = unpool₂,₃(∇_{Aₖ} C, Xₖ)" == pretty(*unpooled_sides(adjoint.left, adjoint.right))
    whole = POOLED.replace("x[c, N, M]", "x[c, 2*H, 3*W]")
    adjoint_of_whole = derive_program(equations(whole).program).gradient("x")
    assert "∇_{Xₖ} C = unpool₂,₃(∇_{Aₖ} C, Xₖ)" == pretty(
        *unpooled_sides(adjoint_of_whole.left, adjoint_of_whole.right)
    )
    overlapping = derive_program(equations(POOLED.replace("u = 1..2", "u = 1..3")).program).gradient("x")
    assert "∇_{Xₖ} C = unpool₃^(↑2,3)(∇_{Aₖ} C, Xₖ)" == pretty(*unpooled_sides(overlapping.left, overlapping.right))
    padded = derive_program(equations(PADDED).program).gradient("x")
    assert "∇_X C = unpool₃,₂^(↑2,pad(1,0))(∇_A C, X)" == pretty(*unpooled_sides(padded.left, padded.right))
    plant(unpooling.unpooled_sides, "sizes, strides,", "sizes, strides[::-1],")
    with pytest.raises(CheckError, match="differs from the index form"):
        unpooling.unpooled_sides(adjoint.left, adjoint.right)
