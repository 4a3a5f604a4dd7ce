"""Chapter 5: what repeats gets a name, δ, and with it the derivatives of biases and weights are short."""

from __future__ import annotations

from dataclasses import replace

from symbackprop.calculus.links import J, K
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Block, Display, Prose, Steps
from symbackprop.exposition.levels import Level
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.telling import Telling, equal, sums_to_one
from symbackprop.network import notation
from symbackprop.network.functions import SIGMA
from symbackprop.network.notation import COST, LAST_LAYER, LAYER


def tell(telling: Telling) -> Story:
    """Return the chapter about the error δ."""
    z, delta = notation.weighted_input(LAYER)[J], notation.error(LAYER)[J]
    last = LAST_LAYER
    b = notation.bias(last)[J]
    return (
        telling.section("error"),
        telling.prose(
            "error.repeats", b=Partial(COST, b), a=notation.activation(last - 1)[K], delta=delta, z=z, C=COST
        ),
        Display(equal(delta, Partial(COST, z), sign=":=")),
        telling.prose("error.meaning", delta=delta, z=z, C=COST),
        *at(Level.FULL, telling.part("BP1")),
        _last(telling),
        *at(Level.FULL, telling.steps("BP1")),
        *at(Level.LECTURE, _after_the_name(telling.steps("BP1"))),
        telling.result("BP1"),
        *at(Level.FULL, *_here(telling), telling.part("BP34")),
        *at(Level.LECTURE, telling.part("BP3")),
        telling.prose("error.parameters", delta=delta),
        telling.steps("BP3"),
        telling.result("BP3"),
        *at(Level.LECTURE, telling.part("BP4")),
        telling.prose("error.weights"),
        telling.steps("BP4"),
        telling.result("BP4"),
        telling.prose("error.reading"),
    )


def _last(telling: Telling) -> Prose:
    if telling.network.mixes_at_the_end:
        return telling.prose("error.last.mixing")
    return telling.prose("error.last", sigma=SIGMA)


def _after_the_name(steps: Steps) -> Steps:
    """Return BP1 without its first line, which says once more what has the name δ."""
    first, second, *others = steps.lines
    return replace(steps, lines=(replace(second, left=first.left), *others))


def _here(telling: Telling) -> tuple[Block, ...]:
    """Return BP1 for this cost and this activation, and what it supposes."""
    chain = telling.derivation.chains["BP1 here"]
    granted = (telling.note("simplex", {"assumption": each}) for each in sums_to_one(chain.steps))
    return (telling.prose("error.here"), telling.steps("BP1 here"), *granted)
