"""Chapter 2: the forward pass, equation by equation, and the cost as one composition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sympy import Expr, Function, Integer, Piecewise, Pow, erf

from symbackprop.calculus.batches import Batch
from symbackprop.calculus.equations import Sides
from symbackprop.calculus.matrices import Named
from symbackprop.calculus.matrixform import forward
from symbackprop.errors import BudgetError
from symbackprop.exposition.document import Block, Display, Formula, Line, Prose, Steps, Text
from symbackprop.exposition.levels import Level
from symbackprop.exposition.selection import At, Story, at
from symbackprop.exposition.story.speaking import Speaking
from symbackprop.exposition.story.telling import Telling, equal, sign_of
from symbackprop.exposition.story.terms import Depends, composition, last_composition
from symbackprop.network import notation
from symbackprop.network.activations import Activation
from symbackprop.network.extent import forward_extents
from symbackprop.network.functions import Elementwise, Z, elementwise, explicit, slope
from symbackprop.network.notation import COST, LAST_LAYER, LAYER
from symbackprop.network.program import Equation

MOST_TOGETHER = 5  # equations of the forward pass and functions in them on one slide
DEEPEST_WHOLE = 3  # layers, beyond which the whole composition is no longer read
LARGEST_SHOWN = 60  # operations of a cost that is shown written out
LARGEST_COUNTED = 10**7  # operations that are given as a number; more are given as a power of ten
PLAIN = frozenset({"abs", "sigma", "xlogx"})  # functions that are read without a definition


def tell(telling: Telling) -> Story:
    """Return the chapter about the forward pass."""
    network = telling.network
    first, last = equal(LAYER, Integer(telling.layer(1))), equal(LAYER, LAST_LAYER)
    blocks: list[Block | At] = [
        telling.section("forward"),
        telling.prose("forward.recipe", first=first, last=last, x=notation.activation(0)),
        *at(Level.LECTURE, *_for_slides(telling)),
        *at(Level.FULL, _program(telling)),
    ]
    if functions := definitions(network.program.distinct):
        blocks += at(Level.FULL, telling.prose("forward.where"), defined(telling, functions))
    blocks += error_function(telling, network.program.distinct)
    blocks += at(Level.LECTURE, telling.part("composition"))
    blocks += [_composition(telling), Display(equal(last_composition(network)))]
    if 1 < network.depth <= DEEPEST_WHOLE:
        before = notation.activation(LAST_LAYER - 1)
        blocks += [telling.prose("forward.whole", a=before), Display(equal(composition(network)))]
    weight = notation.weight(1)[min(2, network.widths[1]), 1]
    blocks.append(telling.prose("forward.path", w=weight, C=COST))
    return (*blocks, *at(Level.FULL, *_written_out(telling)))


def _for_slides(telling: Telling) -> tuple[Block, ...]:
    """Return the equations and what the functions in them are; known ones on a slide of their own if there are many."""
    whole = forward_pass(telling)
    functions = definitions(telling.network.program.distinct)
    known = [function for function in functions if f"function.{function.stem}" in telling.language]
    if len(whole.lines) <= MOST_TOGETHER or not known:
        return (whole,)
    own = [function for function in functions if function not in known]
    lines = (*_program(telling).lines, *defined(telling, own).lines)
    written = telling.part("functions"), telling.prose("forward.functions"), defined(telling, known)
    return replace(whole, lines=lines), *written


def _composition(telling: Telling) -> Prose:
    """Return what leads to the composed cost, and what its letters without an index are."""
    made = (notation.weight, notation.bias, notation.weighted_input, notation.activation)
    w, b, z, a = (Named(make(LAST_LAYER)) for make in made)
    return telling.prose("forward.composition", W=w, b=b, z=z, a=a)


def forward_pass(telling: Telling, *, most: int | None = None) -> Steps:
    """Return the equations of the program, and what the functions in them are if these are `most` lines or fewer."""
    functions = definitions(telling.network.program.distinct)
    functions = () if most is not None and len(functions) > most else functions
    program = _program(telling)
    return replace(program, lines=(*program.lines, *defined(telling, functions).lines)) if functions else program


def way_forward(telling: Speaking, equations: Sequence[Equation], steps: Steps) -> Iterator[Block]:
    """Yield what is computed on the way forward, which `steps` say, and what the functions in its equations are."""
    yield telling.prose("exercise.forward")
    yield steps
    if functions := definitions(equations):
        yield telling.prose("forward.where")
        yield defined(telling, functions)
        yield from error_function(telling, equations)


def _program(telling: Telling) -> Steps:
    """Return the equations of the program, each with the layers in which it is used."""
    network = telling.network
    lines = []
    for equation in network.program.distinct:
        shown = equation.at_layer(LAST_LAYER) if equation.target == COST else equation
        lines.append(Line(shown.target, "=", shown.expression, _remark(telling, equation)))
    return Steps(tuple(lines), key="forward")


def _remark(telling: Telling, equation: Equation) -> Text:
    """Return what an equation of the program is for."""
    say, network = telling.say, telling.network
    if equation.target == COST:
        return say("remark.cost")
    if equation.tensor.letter == "z":
        return say("remark.z")
    (activation,) = [a for a in network.distinct_activations if _computes(a, equation)][:1]
    if len(network.distinct_activations) == 1:
        return say("remark.a")
    layers = [layer for layer, used in enumerate(network.activations, start=1) if used == activation]
    return telling.say_of_layers("remark.a.layer", layers)


def _computes(activation: Activation, equation: Equation) -> bool:
    (j,) = equation.indices
    return bool(activation.value(notation.weighted_input(LAYER), j) == equation.expression)


def forward_sides(equation: Equation, style: str, mean: str, *, activation: Activation | None = None) -> Sides:
    """Return an equation of the forward pass in a notation, that of an activation of its layer where it is one.

    An activation that mixes its neurons has its name as matrices: softmax(z). Raises CheckError where it has none."""
    if style == "index" or not equation.indices:  # the cost is a number
        return equation.target, equation.expression
    if activation is None or activation.is_elementwise:
        return forward(equation, None if style == "matrix" else Batch(style, mean))
    function, batch = Function(activation.name.replace("_", "")), style != "matrix"
    return Named(equation.tensor, batch=batch), Depends(function, (Named(notation.weighted_input(LAYER), batch=batch),))


def definitions(equations: Iterable[Equation]) -> tuple[type[Elementwise], ...]:
    """Return the named functions that equations use, each before those in whose definition it stands."""
    found: dict[type[Elementwise], None] = {}

    def collect(expressions: Iterable[Expr]) -> None:
        for expression in expressions:
            for function in sorted({type(part) for part in expression.atoms(Elementwise)}, key=lambda kind: kind.stem):
                if function.definition is not None and function not in found:
                    if function.stem not in PLAIN:
                        found[function] = None
                    collect((function.definition,))

    collect(equation.expression for equation in equations)
    return tuple(found)


def defined(telling: Speaking, functions: Sequence[type[Elementwise]]) -> Steps:
    """Return what functions are, a line for each."""
    say = telling.say
    lines = []
    for function in functions:
        key = f"function.{function.stem}"
        reason = say(key) if key in telling.language else ()
        lines.append(Line(function(Z), sign_of(function.definition), function.definition, reason))
    return Steps(tuple(lines), key="definitions")


def error_function(telling: Speaking, equations: Sequence[Equation]) -> tuple[Block, ...]:
    """Return what erf is, where a function in equations is made of it: its value at 0 and its derivative."""
    if not any(explicit(equation.expression).has(erf) for equation in equations):
        return ()
    derivative = slope(elementwise("erf", erf(Z)))
    return telling.prose("forward.erf"), Display(equal(derivative(Z), derivative.definition))


def _written_out(telling: Telling) -> tuple[Block, ...]:
    """Return the cost without names where it is short enough to be shown, else how long it would be."""
    network = telling.network
    try:
        whole = network.composed_cost(max_operations=LARGEST_SHOWN)
    except BudgetError:
        whole = None
    if whole is not None and not whole.has(Piecewise):
        return telling.prose("forward.short"), Display(equal(COST, whole))
    *_, cost = forward_extents(network.program, network.widths).values()
    return (telling.prose("forward.long", count=_size(cost.operations)),)


def _size(count: int) -> int | Formula:
    """Return a number of operations, or its power of ten where nobody would read the digits."""
    return count if count <= LARGEST_COUNTED else Formula((Pow(10, len(str(count)) - 1, evaluate=False),))
