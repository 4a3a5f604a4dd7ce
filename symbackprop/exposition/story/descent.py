"""Chapter 8: what the gradient is for: the step of gradient descent, which uses it and does not compute it."""

from __future__ import annotations

from sympy import Expr, Indexed, Symbol

from symbackprop.calculus.batches import BATCH
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Line, Steps
from symbackprop.exposition.levels import Level
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.evidence import points_of
from symbackprop.exposition.story.telling import Telling
from symbackprop.network.notation import COST

RATE = Symbol("eta")


def tell(telling: Telling) -> Story:
    """Return the chapter about gradient descent."""
    steps = telling.derivation.steps
    return (
        telling.section("descent"),
        telling.prose("descent.idea", eta=RATE, C=COST),
        update(telling),
        telling.prose("descent.batch.sum" if telling.convention.mean == "none" else "descent.batch", m=BATCH),
        telling.prose("descent.difference"),
        *at(Level.LECTURE, telling.prose("evidence.line", steps=len(steps), points=points_of(steps))),
    )


def update(telling: Telling) -> Steps:
    """Return the step of descent for a weight and a bias."""
    equations = (telling.derivation.equations[name] for name in ("BP4", "BP3"))
    return Steps(tuple(line for e in equations for line in _update(telling, e.left, e.right)), key="descent")


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
