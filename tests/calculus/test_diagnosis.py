"""What a diagnosis amounts to: which findings leave the numbers right."""

from __future__ import annotations

import pytest

from symbackprop.calculus.diagnosis import EQUAL, UP_TO, Diagnosis, Finding, Remark


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
