"""Case distinctions that a number decides, as that of a step of time does: the other cases are not computed.

h[t - 1, k] if t >= 2, 0 otherwise        if step >= 2:  t1 = v_h[step - 2]        else:  t1 = …
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import And, Expr, Indexed, Not, Or, Piecewise
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from symbackprop.network.extremes import Where
from symbackprop.network.needs import sizes_in
from symbackprop.numerics.arrays.counts import count_text
from symbackprop.numerics.arrays.places import Frame, Labelled

if TYPE_CHECKING:
    from symbackprop.numerics.arrays.writing import ArrayWriter


def is_known_beforehand(e: Expr, frame: Frame) -> bool:
    """Tell whether this is a case distinction that a number decides, as that of a step of time does, or sizes alone."""
    if not isinstance(e, Piecewise | Where):
        return False
    conditions = [condition for _, condition in _cases_of(e).args if not isinstance(condition, BooleanAtom)]
    free = {s for c in conditions for s in c.free_symbols} - {s for c in conditions for s in sizes_in(c)}
    has_entries = any(c.has(Indexed) for c in conditions)
    return not has_entries and bool(free or isinstance(e, Where)) and free <= set(frame.numbers)


def _cases_of(e: Piecewise | Where) -> Piecewise:
    return e.cases if isinstance(e, Where) else e


def branch(e: Piecewise | Where, frame: Frame, writer: ArrayWriter) -> Labelled:
    """Write a case distinction that a number decides as if and else: the other cases are not computed."""
    name, axes = writer.new(), frame.ordered(writer.indices(e))
    for place, (value, condition) in enumerate(_cases_of(e).args):
        last = isinstance(condition, BooleanAtom)
        head = "else:" if last else f"{'elif' if place else 'if'} {_condition_text(condition, frame)}:"
        with writer.block(head):
            part = writer.value(value, frame.where(condition))
            writer.say(f"{name} = {writer.whole(part, axes, frame)}")
        if last:
            break
    return Labelled(name, axes)


def _condition_text(condition: Expr, frame: Frame) -> str:
    if isinstance(condition, And | Or):
        word = " and " if isinstance(condition, And) else " or "
        return word.join(f"({_condition_text(part, frame)})" for part in condition.args)
    if isinstance(condition, Not):
        return f"not ({_condition_text(condition.args[0], frame)})"
    if isinstance(condition, BooleanAtom):
        return str(bool(condition))
    assert isinstance(condition, Relational)
    left, right = (count_text(side, frame.numbers) for side in (condition.lhs, condition.rhs))
    return f"{left} {condition.rel_op} {right}"
