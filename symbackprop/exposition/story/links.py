"""Chapter 4: the three links of the last layer, each derived on its own, and their product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Expr, KroneckerDelta

from symbackprop.calculus.derivation import Chain
from symbackprop.calculus.known import A, slope_in_values
from symbackprop.calculus.links import I, J, K
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Block, Formula, Line, Steps, Text
from symbackprop.exposition.story.telling import Telling, at_last_layer, equal, listed, name_of, sign_of
from symbackprop.network import notation
from symbackprop.network.activations import Activation
from symbackprop.network.extremes import STEP
from symbackprop.network.functions import Elementwise, Z, slope
from symbackprop.network.kinks import kinks
from symbackprop.network.notation import COST, LAST_LAYER, LAYER


def tell(telling: Telling) -> tuple[Block, ...]:
    """Return the chapter about the links of the last layer."""
    a, w = notation.activation(LAST_LAYER)[J], notation.weight(LAST_LAYER)[J, K]
    z, b = notation.weighted_input(LAST_LAYER)[J], notation.bias(LAST_LAYER)[J]
    return (
        telling.section("links"),
        telling.prose("links.plan", w=w),
        telling.part("link.cost", {"link": Partial(COST, a)}),
        telling.prose("link.cost", a=a, j=J, i=I, bracket=KroneckerDelta(I, J)),
        telling.steps("cost by activation"),
        *_slopes_of_cost(telling),
        telling.part("link.activation", {"link": _second_link(telling)}),
        *activation_blocks(telling, telling.network.activations[-1]),
        telling.part("link.input", {"link": Partial(z, w)}),
        telling.prose("link.input", b=b),
        telling.steps("input by weight", "input by bias"),
        telling.part("product"),
        telling.prose("link.product"),
        telling.steps("last weight"),
    )


def _slopes_of_cost(telling: Telling) -> tuple[Block, ...]:
    """Return what the named slopes are that the derivative of a cost may contain, such as that of Huber's function."""
    result = telling.derivation.chains["cost by activation"].result
    slopes = sorted({type(f) for f in result.atoms(Elementwise) if type(f).order > 0}, key=lambda kind: kind.stem)
    lines = tuple(Line(kind(Z), sign_of(kind.definition), kind.definition) for kind in slopes)
    blocks: list[Block] = [telling.prose("link.cost.slope"), Steps(lines, key="slopes")] if lines else []
    for function in (kind.origin for kind in slopes):
        if function is not None and kinks(function):
            blocks.append(telling.note("kink", {"name": Formula((function(Z),)), "values": conventions(function)}))
    if result.has(STEP):
        blocks.append(telling.note("tie"))
    return tuple(blocks)


def _second_link(telling: Telling) -> Partial:
    goal: Partial = at_last_layer(_activation_chain(telling, telling.network.activations[-1]).goal)
    return goal


def _activation_chain(telling: Telling, activation: Activation) -> Chain:
    return telling.derivation.chains[f"activation by input: {activation.name}"]


def activation_blocks(telling: Telling, activation: Activation, *, again: bool = False) -> tuple[Block, ...]:
    """Return how the derivative of one activation is found, and what holds at its kinks by convention.

    `again` where the reader has seen how it is done with another one."""
    chain = _activation_chain(telling, activation)
    a, z = notation.activation(LAYER)[J], notation.weighted_input(LAYER)[J]
    key = "link.mixing" if not activation.is_elementwise else "link.again" if again else "link.activation"
    blocks: list[Block] = [
        telling.prose(key, name=name_of(activation), a=a, z=z, i=I, j=J, bracket=KroneckerDelta(I, J)),
        telling.steps(f"activation by input: {activation.name}"),
    ]
    blocks += _slopes_inside(telling, activation)
    if not again and any(step.rule.name == "restore-known" for step in chain.steps):
        blocks.append(telling.prose("link.known", a=a))
    if activation.function is not None and kinks(activation.function):
        blocks.append(telling.note("kink", {"name": name_of(activation), "values": conventions(activation.function)}))
    return tuple(blocks)


def _slopes_inside(telling: Telling, activation: Activation) -> Iterator[Block]:
    """Yield the slopes of other functions in the derivative of an activation, written out: tanh' in that of Mish."""
    found: dict[type[Elementwise], None] = {}
    own = None if activation.function is None else slope(activation.function).definition
    waiting = [] if own is None else [own]
    while waiting:
        kinds = {type(part) for part in waiting.pop().atoms(Elementwise) if type(part).order}
        for kind in sorted(kinds - {*found}, key=lambda kind: kind.stem):
            if kind.definition is not None and kind.stem != "abs":
                found[kind] = None
                waiting.append(kind.definition)
    if found:
        yield telling.prose("link.slopes.inside")
        yield written_out(found)


def written_out(slopes: Iterable[type[Elementwise]]) -> Steps:
    """Return what slopes are, a line for each: tanh' by tanh, ReLU' by cases."""
    rights = ((kind, _in_values(kind) or kind.definition) for kind in slopes)
    return Steps(tuple(Line(kind(Z), sign_of(right), right) for kind, right in rights), key="slopes")


def _in_values(kind: type[Elementwise]) -> Expr | None:
    """Return a slope by the function that it is of, as 1 - tanh(z)^2; None where it has no such form."""
    function = kind.origin if kind.order == 1 else None
    value = None if function is None else slope_in_values(function)
    return None if function is None or value is None else value.xreplace({A: function(Z)})


def shown(function: type[Elementwise]) -> type[Elementwise] | Elementwise:
    """Return a function as a sentence names it: ReLU, and |z|, which is written without a name."""
    return function(Z) if function.stem == "abs" else function


def conventions(function: type[Elementwise]) -> Text:
    """Return the value of the slope at each of its jumps, which is a choice: ReLU'(0) := 0."""
    derivative = slope(function)
    return listed(*(equal(derivative(point, evaluate=False), value, sign=":=") for point, value in kinks(function)))
