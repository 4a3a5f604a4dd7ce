"""The numbers that a part takes, declared where the part is: huber(kappa), softmax(T), elastic_net(lambda, rho)."""

from __future__ import annotations

from symbackprop.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Numbers:
    """The letters of a part's numbers, in order, and its `formula` with them as a line of equations has it.

    Those of `positive` are divided by, or are a distance; any other number is finite."""

    letters: tuple[str, ...]
    formula: str = ""
    positive: tuple[str, ...] = ()
