"""The backward pass as it is computed: the error of the last layer, its gradients, then the layer before."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Dummy, Expr, Indexed, Integer, KroneckerDelta, Piecewise

from symbackprop.calculus.derivation import Chain
from symbackprop.calculus.matrices import Matrix, replaced
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Line, Steps, Term
from symbackprop.exposition.languages import Part
from symbackprop.exposition.story import terms
from symbackprop.exposition.story.telling import Telling, equal
from symbackprop.network.functions import Elementwise
from symbackprop.network.model import Network
from symbackprop.network.notation import LAST_LAYER, LAYER
from symbackprop.network.program import at_layer

DEEPEST_CONCRETE = 3  # layers, beyond which the pass is written once for all layers


def backward_pass(telling: Telling, *, closely: bool = False) -> Steps:
    """Return the backward pass in the order in which it is computed, layer by layer where there are few.

    `closely`: the gradient of the biases stands in the line of the error that it is equal to."""
    depth = telling.network.depth
    lines: list[Line] = []
    if depth <= DEEPEST_CONCRETE:
        for layer in range(depth, 0, -1):
            lines += _layer_lines(telling, layer, closely=closely)
        return Steps(tuple(lines), key="pass")
    say, equations = telling.say, telling.derivation.equations
    parts: dict[str, Part] = {"l": LAYER, "before": LAST_LAYER - 1, "last": equal(LAYER, LAST_LAYER)}
    for name in equations:
        reason = say(f"reason.pass.{name}", name=name, first=telling.layer(1), **parts)
        left, right = telling.sides(equations[name], equations[name].right, _style_of_pass(telling))
        lines.append(Line(left, "=", right, reason))
    return Steps(tuple(lines), key="pass")


def _layer_lines(telling: Telling, layer: int, *, closely: bool) -> Iterable[Line]:
    """Return the lines of one layer: its error, then the gradients of its biases and its weights."""
    told = list(_layer_equations(telling, layer))
    (name, error, found), (biases, gradient, same), *weights = told
    if closely and same == error:
        told = [(f"{name}, {biases}", error, terms.Chain((found, gradient), ("=",))), *weights]
    shown = telling.layer(layer)
    return [Line(left, "=", right, telling.say("reason.pass", name=by, layer=shown)) for by, left, right in told]


def _layer_equations(telling: Telling, layer: int) -> Iterable[tuple[str, Term, Term]]:
    """Yield the name and the sides of the equations of one layer, in the order of BP1 or BP2, BP3, BP4."""
    for name, equation in (*telling.derivation.specific.items(), *telling.derivation.equations.items()):
        holds = equation.layers if isinstance(equation.layers, tuple) else ()
        if layer in holds or name in ("BP3", "BP4"):
            right = compact(equation.chain) if layer in holds else equation.right
            sides = telling.sides(equation, right, _style_of_pass(telling))
            left, found = (at_one_layer(side, telling.network, layer) for side in sides)
            yield equation.name, left, found


def _style_of_pass(telling: Telling) -> str:
    """Return the notation of the passes: the last one that was asked for, or of the convention: it is the shortest."""
    own = (style for style in telling.convention.notations if style != "scalar")
    return (in_columns(telling) or ("matrix", *own))[-1]


def at_one_layer(side: Expr | Matrix, network: Network, layer: int) -> Expr | Matrix:
    """Return what holds at any layer as it is at this one of a network."""
    depth = {LAST_LAYER: Integer(network.depth)}
    if isinstance(side, Matrix):
        return replaced(replaced(side, depth), {LAYER: Integer(layer)})
    return at_layer(side.xreplace(depth), layer)


def in_columns(telling: Telling) -> tuple[str, ...]:
    """Return the notations that were asked for and stand in a table: all but that of every entry for itself."""
    return tuple(style for style in telling.notations if style != "scalar")


def compact(chain: Chain) -> Expr:
    """Return the last line of a chain that is short: no case distinction, and z only inside named functions."""
    for step in reversed(chain.steps):
        if not step.after.has(Piecewise, KroneckerDelta, Partial) and not _has_bare_z(step.after):
            return step.after
    return chain.result


def _has_bare_z(expression: Expr) -> bool:
    hidden = expression.xreplace({part: Dummy() for part in expression.atoms(Elementwise)})
    return any(entry.base.letter == "z" for entry in hidden.atoms(Indexed))
