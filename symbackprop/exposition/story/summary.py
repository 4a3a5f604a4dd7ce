"""Chapter 7: the four equations side by side, for any network and for this one, and the order of computation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from sympy import Dummy, Expr, Function, Indexed, Integer, KroneckerDelta, Piecewise

from symbackprop.calculus.batches import BATCH, Batch
from symbackprop.calculus.derivation import Chain
from symbackprop.calculus.equations import Sides
from symbackprop.calculus.links import ANY, dense
from symbackprop.calculus.matrices import Gradient, Hadamard, Matrix, Named, Ones, Powered, parts_of, replaced
from symbackprop.calculus.matrixform import columns_of, forward
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Block, Emphasis, Line, Prose, Steps, Table, Text
from symbackprop.exposition.languages import Part
from symbackprop.exposition.levels import EVERY, USUAL, Level
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.telling import Telling, equal, roles_in, sign_of
from symbackprop.exposition.story.terms import Depends
from symbackprop.network import notation
from symbackprop.network.activations import Activation
from symbackprop.network.functions import SIGMA, Elementwise
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, LAST_LAYER, LAYER
from symbackprop.network.program import Equation, at_layer

__all__ = ["at_one_layer", "backward_pass", "compact", "four_equations", "powers", "tell"]

STYLES = ("index", "matrix")  # of the tables, where no others were asked for
DEEPEST_CONCRETE = 3  # layers, beyond which the pass is written once for all layers


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
            Level.FULL if concrete else USUAL,
            telling.part("here"),
            telling.prose("equations.here"),
            _specific(telling),
        ),
        *at(
            Level.FULL if concrete else USUAL,
            *powers(telling, ((e.left, compact(e.chain)) for e in telling.derivation.specific.values())),
        ),
        telling.part("order", {"count": network.parameter_count}),
        telling.prose("equations.order", z=Named(notation.weighted_input(LAYER)), a=a),
        backward_pass(telling),
        telling.prose("equations.price", count=network.parameter_count, runs=network.parameter_count + 1),
    )


def four_equations(telling: Telling) -> Table:
    """Return the four equations, entry by entry and as matrices where no notation was asked for."""
    return _table(telling, _backward(telling), "table.backward", _in_columns(telling) or STYLES)


def _in_columns(telling: Telling) -> tuple[str, ...]:
    """Return the notations that were asked for and stand in a table: all but that of every entry for itself."""
    return tuple(style for style in telling.notations if style != "scalar")


def _tables(telling: Telling, equations: Iterable[_Row], caption: str) -> tuple[Block, ...]:
    """Return equations in the notations that were asked for, or entry by entry and as matrices."""
    if not telling.notations:
        return (_table(telling, equations, caption),)
    rows, styles = tuple(equations), _in_columns(telling)
    tables: list[Block] = [_table(telling, rows, caption, styles)] if styles else []
    return (*tables, *(_entries(telling) if "scalar" in telling.notations else ()))


def _entries(telling: Telling) -> Iterable[Block]:
    """Yield every entry of the equations of this network, one equation after the other.

    Raises BudgetError where they are too many to be read."""
    specific = tuple(telling.derivation.specific.values())
    general = (e for name, e in telling.derivation.equations.items() if name not in {own.name for own in specific})
    for equation in (*specific, *general):
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
    text = [segment for key in keys for segment in (" ", *telling.language.sentence(key, parts))]
    return Prose(tuple(text[1:])), *(() if telling.notations else (_batch_form(telling),)), *_jacobian(telling)


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
    if any(activation.is_elementwise for activation in telling.network.activations):
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
    for activation in mixing:
        yield _mixing_row(activation, _activation_label(telling, [activation]))
    yield from _backward(telling)


def _backward(telling: Telling) -> Iterable[_Row]:
    """Yield the four equations of backpropagation."""
    for name, equation in telling.derivation.equations.items():
        yield _Row((name,), partial(telling.sides, equation, equation.right))


def _forward_row(telling: Telling, equation: Equation, label: Text) -> _Row:
    def sides(notation: str) -> Sides:
        if notation == "index":
            return equation.target, equation.expression
        return forward(equation, None if notation == "matrix" else Batch(notation, telling.convention.mean))

    return _Row(label, sides)


def _mixing_row(activation: Activation, label: Text) -> _Row:
    """Return the row of an activation of the whole layer, whose name stands for it as matrices: softmax(z)."""
    _, active = dense(activation)
    function = Function(activation.name.replace("_", ""))
    z, a = notation.weighted_input(LAYER), active.tensor

    def sides(style: str) -> Sides:
        if style == "index":
            return active.target, active.expression
        batch = style != "matrix"
        return Named(a, batch=batch), Depends(function, (Named(z, batch=batch),))

    return _Row(label, sides)


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


def compact(chain: Chain) -> Expr:
    """Return the last line of a chain that is short: no case distinction, and z only inside named functions."""
    for step in reversed(chain.steps):
        if not step.after.has(Piecewise, KroneckerDelta, Partial) and not _has_bare_z(step.after):
            return step.after
    return chain.result


def _has_bare_z(expression: Expr) -> bool:
    hidden = expression.xreplace({part: Dummy() for part in expression.atoms(Elementwise)})
    return any(entry.base.letter == "z" for entry in hidden.atoms(Indexed))


def _specific(telling: Telling) -> Table:
    """Return BP1 and BP2 with the cost and the activations of this network, in the notations of the tables."""
    rows = []
    for equation in telling.derivation.specific.values():
        label = telling.say_of_layers("cell.layer", equation.layer_numbers, {"name": equation.name})
        rows.append(_Row(label, partial(telling.sides, equation, compact(equation.chain))))
    return _table(telling, rows, "table.specific", _in_columns(telling) or STYLES)


def powers(telling: Telling, equations: Iterable[tuple[Expr, Expr]]) -> tuple[Block, ...]:
    """Return what the ring of a^{∘3} means, if the matrix form of an equation has one."""
    sides = tuple(columns_of(left, right) for left, right in equations)
    for power in (part for part in parts_of(sides) if isinstance(part, Powered)):
        return (telling.prose("equations.power", power=power),)
    return ()


def backward_pass(telling: Telling) -> Steps:
    """Return the backward pass in the order in which it is computed, layer by layer where there are few."""
    depth = telling.network.depth
    lines: list[Line] = []
    if depth <= DEEPEST_CONCRETE:
        for layer in range(depth, 0, -1):
            lines += _layer_lines(telling, layer)
        return Steps(tuple(lines), key="pass")
    say, equations = telling.say, telling.derivation.equations
    parts: dict[str, Part] = {"l": LAYER, "before": LAST_LAYER - 1, "last": equal(LAYER, LAST_LAYER)}
    for name in equations:
        reason = say(f"reason.pass.{name}", name=name, first=telling.layer(1), **parts)
        left, right = telling.sides(equations[name], equations[name].right, _style_of_pass(telling))
        lines.append(Line(left, "=", right, reason))
    return Steps(tuple(lines), key="pass")


def _layer_lines(telling: Telling, layer: int) -> Iterable[Line]:
    """Return the lines of one layer: its error, then the gradients of its biases and its weights."""
    for name, equation in (*telling.derivation.specific.items(), *telling.derivation.equations.items()):
        holds = equation.layers if isinstance(equation.layers, tuple) else ()
        if layer in holds or name in ("BP3", "BP4"):
            right = compact(equation.chain) if layer in holds else equation.right
            sides = telling.sides(equation, right, _style_of_pass(telling))
            left, right = (at_one_layer(side, telling.network, layer) for side in sides)
            reason = telling.say("reason.pass", name=equation.name, layer=telling.layer(layer))
            yield Line(left, "=", right, reason)


def _style_of_pass(telling: Telling) -> str:
    """Return the notation of the passes: the last one that was asked for, or of the convention: it is the shortest."""
    return (_in_columns(telling) or telling.convention.notations)[-1]


def at_one_layer(side: Expr | Matrix, network: Network, layer: int) -> Expr | Matrix:
    """Return what holds at any layer as it is at this one of a network."""
    depth = {LAST_LAYER: Integer(network.depth)}
    if isinstance(side, Matrix):
        return replaced(replaced(side, depth), {LAYER: Integer(layer)})
    return at_layer(side.xreplace(depth), layer)
