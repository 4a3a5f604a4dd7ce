"""Chapter 7: the four equations side by side, for any network and for this one, and the order of computation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from sympy import Expr

from symbackprop.calculus.batches import BATCH
from symbackprop.calculus.equations import Sides
from symbackprop.calculus.links import ANY, dense
from symbackprop.calculus.matrices import Gradient, Hadamard, Named, Ones, Powered, parts_of
from symbackprop.calculus.matrixform import columns_of
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Block, Emphasis, Line, Prose, Steps, Table, Text, paragraph
from symbackprop.exposition.levels import EVERY, USUAL, Level
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.backwardpass import DEEPEST_CONCRETE, backward_pass, compact, in_columns
from symbackprop.exposition.story.forward import forward_sides
from symbackprop.exposition.story.telling import Telling, equal, roles_in, sign_of
from symbackprop.frozen import dataclass
from symbackprop.network import notation
from symbackprop.network.activations import Activation
from symbackprop.network.functions import SIGMA
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, LAYER
from symbackprop.network.program import Equation

STYLES = ("index", "matrix")  # of the tables, where no others were asked for
DEEPEST_LOOSE = 2  # layers, up to which a slide has room for a line of its own for the biases of each


def tell(telling: Telling) -> Story:
    """Return the chapter that puts the equations together."""
    network = telling.network
    a, delta = (Named(make(LAYER)) for make in (notation.activation, notation.error))
    concrete = network.depth <= DEEPEST_CONCRETE  # the pass is written with this cost and these activations
    return (
        *at(EVERY, telling.section("equations")),
        *at(
            Level.SHORT,
            telling.prose(
                "equations.meaning", sigma=SIGMA, delta=delta, z=Named(notation.weighted_input(LAYER)), C=COST
            ),
            _meaning(telling),
            telling.part("matrices"),
        ),
        *at(Level.FULL, _introduced(telling), *_tables(telling, _general(telling), _scope(network))),
        *at(Level.SHORT | Level.LECTURE, *_tables(telling, _backward(telling), "table.backward")),
        *at(EVERY, *_explained(telling)),
        *at(Level.FULL, *_batch(telling)),
        *at(
            Level.FULL if concrete else USUAL, telling.part("here"), telling.prose("equations.here"), _specific(telling)
        ),
        *at(
            Level.FULL if concrete else USUAL,
            *powers(telling, ((e.left, compact(e.chain)) for e in telling.derivation.specific.values())),
        ),
        telling.part("order", {"count": network.parameter_count}),
        telling.prose("equations.order", z=Named(notation.weighted_input(LAYER)), a=a),
        *at(Level.FULL, backward_pass(telling)),
        *at(Level.LECTURE, backward_pass(telling, closely=network.depth > DEEPEST_LOOSE)),
        telling.prose("equations.price", count=network.parameter_count, runs=network.parameter_count + 1),
    )


def four_equations(telling: Telling) -> Table:
    """Return the four equations, entry by entry and as matrices where no notation was asked for."""
    return _table(telling, _backward(telling), "table.backward", in_columns(telling) or STYLES)


def _tables(telling: Telling, equations: Iterable[_Row], caption: str) -> tuple[Block, ...]:
    """Return equations in the notations that were asked for, or entry by entry and as matrices."""
    if not telling.notations:
        return (_table(telling, equations, caption),)
    rows, styles = tuple(equations), in_columns(telling)
    tables: list[Block] = [_table(telling, rows, caption, styles)] if styles else []
    return (*tables, *(_entries(telling) if "scalar" in telling.notations else ()))


def _entries(telling: Telling) -> Iterable[Block]:
    """Yield every entry of the equations of this network, one equation after the other; none where there is no layer.

    Raises BudgetError where they are too many to be read."""
    specific = tuple(telling.derivation.specific.values())
    general = (e for name, e in telling.derivation.equations.items() if name not in {own.name for own in specific})
    for equation in (e for e in (*specific, *general) if e.layer_numbers):
        lines = [Line(left, sign_of(right), right) for left, right in equation.entries()]
        yield Prose((Emphasis(equation.name), ":"))
        yield Steps(tuple(lines), key=f"{equation.name} entries")


def _explained(telling: Telling) -> tuple[Block, ...]:
    """Return what the signs of the matrix forms mean, where these are shown."""
    if telling.notations and not {"matrix", "rows", "columns"} & set(telling.notations):
        return ()
    w, a, delta = (Named(make(LAYER)) for make in (notation.weight, notation.activation, notation.error))
    return (telling.prose("equations.matrix", gradient=Gradient(w.tensor), w=w, product=Hadamard((delta, a))),)


def _batch(telling: Telling) -> tuple[Block, ...]:
    """Return the equations for a batch, unless other notations were asked for."""
    shown = {"rows", "columns"} & set(telling.notations)
    if telling.notations and not shown:
        return ()
    convention, delta = telling.convention, Named(notation.error(LAYER), batch=True)
    samples = convention.samples if not shown or convention.samples in shown else shown.pop()
    parts = {"one": Ones(None), "m": BATCH, "C": telling.cost_of_batch, "delta": delta}
    keys = (
        f"equations.{samples}" + ".broadcast" * (not convention.ones),
        f"equations.{samples}.error" + ".whole" * (convention.mean == "errors"),
        f"equations.mean.{convention.mean}",
    )
    text = paragraph(telling.language.sentence(key, parts) for key in keys)
    return Prose(text), *(() if telling.notations else (_batch_form(telling),)), *_jacobian(telling)


def _meaning(telling: Telling) -> Steps:
    """Return the four equations, each with what it says."""
    equations = telling.derivation.equations.items()
    lines = (
        Line(e.left, "=", e.right, telling.say(f"reason.meaning.{name}", name=name), roles_in(e.right))
        for name, e in equations
    )
    return Steps(tuple(lines), key="meaning")


def _introduced(telling: Telling) -> Prose:
    """Return what leads to the equations, and what the letter of any activation means where they have it."""
    are_general = not telling.notations or in_columns(telling)
    if are_general and any(activation.is_elementwise for activation in telling.network.activations):
        return telling.prose("equations.general", sigma=SIGMA, l=LAYER)
    return telling.prose("equations.general.named")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the tables of equations: what it is about, and its two sides in any notation, by its name."""

    label: Text
    sides: Callable[[str], Sides]


def _general(telling: Telling) -> Iterable[_Row]:
    """Yield the forward equations of any layer and the four backward ones."""
    weighted, active = dense(ANY)
    yield _forward_row(telling, weighted, telling.say("cell.z"))
    mixing = [activation for activation in telling.network.distinct_activations if not activation.is_elementwise]
    elementwise = [activation for activation in telling.network.distinct_activations if activation.is_elementwise]
    if elementwise:
        yield _forward_row(telling, active, _activation_label(telling, elementwise))
    for each in mixing:
        yield _forward_row(telling, dense(each)[1], _activation_label(telling, [each]), each)
    yield from _backward(telling)


def _backward(telling: Telling) -> Iterable[_Row]:
    """Yield the four equations of backpropagation."""
    for name, equation in telling.derivation.equations.items():
        yield _Row((name,), partial(telling.sides, equation, equation.right))


def _forward_row(telling: Telling, equation: Equation, label: Text, activation: Activation | None = None) -> _Row:
    return _Row(label, lambda style: forward_sides(equation, style, telling.convention.mean, activation=activation))


def _activation_label(telling: Telling, used: Sequence[Activation]) -> Text:
    """Return the label of the row of some activations, with their layers unless they are those of every layer."""
    network = telling.network
    layers = [layer for layer, activation in enumerate(network.activations, start=1) if activation in used]
    if len(layers) == network.depth:
        return telling.say("cell.a")
    return telling.say_of_layers("cell.layer", layers, {"name": telling.say("cell.a")})


def _scope(network: Network) -> str:
    """Return the sentence about which networks the general equations hold for."""
    mixes = [not activation.is_elementwise for activation in network.activations]
    return "table.general.any" if any(mixes[:-1]) else "table.general.mixing" if mixes[-1] else "table.general"


def _table(telling: Telling, equations: Iterable[_Row], caption: str, notations: Sequence[str] = STYLES) -> Table:
    """Return equations in some notations, a column for each; a batch gets less room beside others than alone."""
    say = telling.say
    header = (say("header.equation"), *(say(f"header.{style}", m=BATCH) for style in notations))
    cells = [(row.label, *((equal(*row.sides(style)),) for style in notations)) for row in equations]
    return Table(header, tuple(cells), "l" * len(header), say(caption))


def _batch_form(telling: Telling) -> Table:
    samples = telling.convention.samples
    return _table(telling, _general(telling), f"table.{samples}", (samples,))


def _jacobian(telling: Telling) -> tuple[Block, ...]:
    """Return why an equation with a Jacobian is not written for a batch, if there is one."""
    partials = {part for e in telling.derivation.equations.values() for part in e.right.atoms(Partial)}
    return (telling.prose("equations.jacobian"),) if any(part.of != COST for part in partials) else ()


def _specific(telling: Telling) -> Table:
    """Return BP1 and BP2 with the cost and the activations of this network, in the notations of the tables."""
    rows = []
    for equation in telling.derivation.specific.values():
        label = telling.say_of_layers("cell.layer", equation.layer_numbers, {"name": equation.name})
        rows.append(_Row(label, partial(telling.sides, equation, compact(equation.chain))))
    return _table(telling, rows, "table.specific", in_columns(telling) or STYLES)


def powers(telling: Telling, equations: Iterable[tuple[Expr, Expr]]) -> tuple[Block, ...]:
    """Return what the ring of a^{∘3} means, if the matrix form of an equation has one."""
    sides = tuple(columns_of(left, right) for left, right in equations)
    for power in (part for part in parts_of(sides) if isinstance(part, Powered)):
        return (telling.prose("equations.power", power=power),)
    return ()
