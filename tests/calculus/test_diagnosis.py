"""What a diagnosis amounts to: which findings leave the numbers right."""

from __future__ import annotations

import pytest

from symbackprop.calculus.diagnosis import EQUAL, UP_TO, Diagnosis, Finding, Formula, Remark
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Equation


@pytest.mark.parametrize(
    ("verdict", "kinds", "status"),
    [
        (EQUAL, (), 0),
        (UP_TO, ("precision",), 0),
        (UP_TO, ("precision", "transposed", "permutation"), 0),
        (UP_TO, ("precision", "factor"), 1),
        ("mistake", ("transposed",), 1),
        ("unknown", (), 1),
    ],
)
def test_status_is_0_where_the_numbers_are_right(verdict: str, kinds: tuple[str, ...], status: int) -> None:
    """Fewer digits, another layout and another order of the samples make no number wrong; all else does."""
    findings = tuple(Finding(kind, "W1", Remark("it happened"), 0.0) for kind in kinds)
    assert status == Diagnosis(verdict, findings).exit_status


def test_diagnosis_as_text() -> None:
    """The errors of equal numbers are not told, those of others are, with what tells two findings apart."""
    errors = {"W1": 0.5}
    assert str(Diagnosis(EQUAL, (), errors=errors)) == "verdict: equal"
    findings = tuple(Finding(kind, "W1", Remark("it happened"), 0.0) for kind in ("factor", "sign"))
    told = Diagnosis("mistake", findings[:1], (Remark("guessed"),), errors, {"x": [1.0] * 40}, undecided=findings[1:])
    assert str(told).splitlines() == [
        "verdict: mistake",
        "  guessed",
        "",
        "1. factor (W1): it happened",
        "",
        "This sample cannot tell these mistakes, which change no number here:",
        "   sign (W1)",
        "",
        "They are seen at",
        f"   x = {told.point['x']}",
        "",
        "difference of each array from the right one, relative to its largest entry:",
        "   W1  5.0e-01",
    ]
    assert "They differ at" in str(Diagnosis("mistake", findings, tells_apart={"x": 1}))
    assert {"x": "1"} == Diagnosis("mistake", findings, tells_apart={"x": 1}).point
    assert told.point["x"].endswith(" …")


def test_wrong_line_is_shown_beside_the_right_one() -> None:
    """Both are there, or neither is."""
    w, d = Tensor("w"), Tensor("d")
    wrong, right = (Formula(Equation(w[()], factor * d[()])) for factor in (1, 2))
    told = [
        str(Diagnosis("mistake", (Finding("factor", "W1", Remark("it happened"), 0.0, wrong=each, right=right),)))
        for each in (wrong, None)
    ]
    assert [f"   yours  {wrong}", f"   right  {right}"] == told[0].splitlines()[3:]
    assert [] == told[1].splitlines()[3:]
