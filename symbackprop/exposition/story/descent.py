"""Chapter 8: what the gradient is for: the step of gradient descent, which uses it and does not compute it."""

from __future__ import annotations

from sympy import Expr, Indexed, Symbol

from symbackprop.calculus.matrixform import BATCH
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Block, Line, Steps
from symbackprop.exposition.story.telling import Telling
from symbackprop.network.notation import COST

__all__ = ["tell"]

RATE = Symbol("eta")


def tell(telling: Telling) -> tuple[Block, ...]:
    """Return the chapter about gradient descent."""
    equations = telling.derivation.equations
    lines = [line for name in ("BP4", "BP3") for line in _update(telling, equations[name].left, equations[name].right)]
    return (
        telling.section("descent"),
        telling.prose("descent.idea", eta=RATE, C=COST),
        Steps(tuple(lines), key="descent"),
        telling.prose("descent.batch", m=BATCH),
        telling.prose("descent.difference"),
    )


def _update(telling: Telling, derivative: Partial, value: Expr) -> tuple[Line, ...]:
    """Return the update of one parameter, with its derivative and with what the derivative is equal to."""
    parameter: Indexed = derivative.by
    kind = parameter.base.letter
    reason = telling.say(f"reason.descent.{kind}")
    written = telling.say(f"reason.descent.{kind}.value")
    return (
        Line(parameter, "<-", parameter - RATE * derivative, reason),
        Line(None, "=", parameter - RATE * value, written),
    )
