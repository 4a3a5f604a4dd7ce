r"""How the parts of an index equation are written: entries, widths, sums, partial derivatives, case distinctions.

    w[j, k] -> w^{(l)}_{jk}     Sum -> \sum_{i=1}^{n_{l+1}}     Partial -> \frac{\partial C}{\partial w^{(l)}_{jk}}
    KroneckerDelta -> [i = j]   the bracket of Iverson: δ is the error here, and square brackets mean nothing else

A sum takes another letter where its own already means something, so that no letter is free and bound at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Indexed, KroneckerDelta, Number, NumberSymbol, Piecewise, Sum, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.numbers import ImaginaryUnit, Infinity, NegativeInfinity
from sympy.core.relational import (
    Equality,
    GreaterThan,
    LessThan,
    Relational,
    StrictGreaterThan,
    StrictLessThan,
    Unequality,
)
from sympy.logic.boolalg import And, Boolean, BooleanFalse, BooleanTrue, Not, Or

from symbackprop.calculus.indices import fresh
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.mathtext.boxes import (
    Box,
    Call,
    Cases,
    Differential,
    Fence,
    Fraction,
    Leaf,
    Product,
    Relation,
    Row,
    Scripts,
    Summation,
    Terms,
    as_body,
    bare,
    ends_in_cases,
    listed,
    negative,
)
from symbackprop.exposition.mathtext.layout import EQUALS, lay_out, rule
from symbackprop.exposition.mathtext.letters import at_layer, entry, layer_box, letter, numbered, parsed, word
from symbackprop.exposition.mathtext.numberinfront import taken_apart
from symbackprop.exposition.mathtext.numbers import number, whole
from symbackprop.exposition.mathtext.ordering import counts, entries_in
from symbackprop.exposition.mathtext.style import Style
from symbackprop.network.largest import Largest
from symbackprop.network.notation import LAYER, Tensor, width
from symbackprop.network.program import free_indices

PARTIAL = Leaf(r"\partial", "∂")
_CONSTANTS = {"Pi": Leaf(r"\pi", "π"), "Exp1": Leaf("e", "e")}
_SIGNS = {
    Equality: EQUALS,
    Unequality: Leaf(r"\ne", "≠"),
    StrictGreaterThan: Leaf(">", ">"),
    GreaterThan: Leaf(r"\ge", "≥"),
    StrictLessThan: Leaf("<", "<"),
    LessThan: Leaf(r"\le", "≤"),
}


@rule.register
def _number(value: Number, style: Style) -> Box:
    return negative(number(-value, style)) if value.is_negative else number(value, style)


@rule.register
def _constant(value: NumberSymbol, style: Style) -> Box:
    name = type(value).__name__
    return _CONSTANTS[name] if name in _CONSTANTS else word(str(value))


@rule.register
def _infinity(value: Infinity, style: Style) -> Box:
    return Leaf(r"\infty", "∞")


@rule.register
def _minus_infinity(value: NegativeInfinity, style: Style) -> Box:
    return negative(Leaf(r"\infty", "∞"))


@rule.register
def _imaginary(value: ImaginaryUnit, style: Style) -> Box:
    return word("i")


@rule.register
def _symbol(symbol: Symbol, style: Style) -> Box:
    """w_1_2_1 -> w^{(1)}_{21}; any other name is a letter or a word, an index of a sum has the letter given to it."""
    symbol = style.bound.get(symbol, symbol)
    scalar = parsed(symbol.name)
    if scalar is None:
        return numbered(symbol.name, style)
    name, layer, places = scalar
    return entry(name, layer, [whole(place) for place in places], style)


@rule.register
def _tensor(tensor: Tensor, style: Style) -> Box:
    return entry(tensor.letter, tensor.layer, (), style)


@rule.register
def _indexed(indexed: Indexed, style: Style) -> Box:
    indices = [lay_out(position, style) for position in indexed.indices]
    base = indexed.base
    if isinstance(base, Tensor):
        return entry(base.letter, base.layer, indices, style)
    return entry(str(base.label), None, indices, style)


@rule.register
def _undefined(applied: AppliedUndef, style: Style) -> Box:
    """n(l + 1) -> n_{l+1}, or n^{[l+1]}; another function without a definition -> f(x)."""
    name = letter(type(applied).__name__, style)
    if type(applied) is type(width(1)):
        layer = layer_box(applied.args[0], style)
        return at_layer(name, layer, None, style) if style.convention.layer == "[l]" else Scripts(name, layer)
    arguments = [lay_out(argument, style) for argument in applied.args]
    return Call(name, Fence(listed(arguments)))


@rule.register
def _sum(total: Sum, style: Style) -> Box:
    r"""\sum_{i=1}^{n} f; the minus of f stands before the sum, and no index has the letter of another around it."""
    taken = taken_apart(total)
    if taken.coefficient != 1:
        return negative(lay_out(taken.factors[0], style))
    signs = []
    for index, first, last in (limit.args for limit in reversed(total.limits)):
        ends = (layer_box(first, style) if index == LAYER else lay_out(first, style)), lay_out(last, style)
        style = style.inside_sum(index, bound_letter(index, total, style))
        signs.append((lay_out(index, style), *ends, is_whole_axis(total, index, (first, last))))
    body = as_body(lay_out(total.function, style))
    for shown, lower, upper, whole_axis in reversed(signs):
        body = Summation(shown, lower, upper, body, whole_axis)
    return body


def bound_letter(index: Symbol, total: Sum | Largest, style: Style) -> Symbol:
    """Return the letter of an index of a sum or a maximum: its own, or another if that one means something already."""
    if index not in style.scope:
        return index
    return fresh(index, style.scope | free_indices(total.function) | set(total.variables))


def is_whole_axis(total: Sum | Largest, index: Symbol, axis: tuple[object, object]) -> bool:
    """Tell whether the range of an index is the whole axis of an entry inside the sum."""
    for indexed in entries_in(total.function):
        if isinstance(indexed.base, Tensor):
            for position, own in zip(indexed.indices, indexed.base.axes, strict=False):
                if position == index and own == axis:
                    return True
    return False


@rule.register
def _partial(partial: Partial, style: Style) -> Box:
    """∂C/∂w as a fraction; ∂/∂z before anything longer than one letter."""
    by = lay_out(partial.by, style)
    of = lay_out(partial.of, style)
    if isinstance(bare(of), Leaf | Scripts) and isinstance(partial.of, Symbol | Indexed):
        return Fraction(Row((PARTIAL, of)), Row((PARTIAL, by)))
    long = isinstance(bare(of), Terms | Product | Cases)
    return Differential(by, Fence(of) if long else of)


@rule.register
def _delta(delta: KroneckerDelta, style: Style) -> Box:
    """1 if the indices are equal, else 0: [i = j]. The longer side comes first, then an index that is summed over."""
    left, right = sorted(delta.args[:2], key=lambda side: (isinstance(side, Symbol), side not in style.bound))
    return Fence(Relation((lay_out(left, style), lay_out(right, style)), (EQUALS,)), "[", "]")


@rule.register
def _piecewise(pieces: Piecewise, style: Style) -> Box:
    return Cases(tuple((lay_out(value, style), lay_out(condition, style)) for value, condition in pieces.args))


@rule.register
def _relation(relation: Relational, style: Style) -> Box:
    """Z > 0; the only index in counts is on the left, q ≤ T - 1 instead of T - q ≥ 1; else a number is on the right."""
    left, right = relation.args
    if counts(left) and counts(right) and not isinstance(relation, Equality | Unequality):
        names = free_indices(left - right)
        (name,) = names if len(names) == 1 else (None,)
        if name is not None and abs((left - right).coeff(name)) == 1:
            relation = relation if (left - right).coeff(name) == 1 else relation.reversedsign
            left, right = name, name - (left - right) * (left - right).coeff(name)
        elif right == 0:
            constant, left = left.as_coeff_Add()
            right = -constant
    return Relation(_sides((left, right), style), (_SIGNS[type(relation)],))


def _sides(sides: Sequence[Expr], style: Style) -> tuple[Box, ...]:
    """Return the sides of a relation, brackets around one that ends in cases where another follows."""
    *before, last = (lay_out(side, style) for side in sides)
    return (*(Fence(box) if ends_in_cases(box) else box for box in before), last)


@rule.register
def _and(condition: And, style: Style) -> Box:
    """-1 ≤ z ≤ 1 where two bounds are those of one value; else the parts with commas."""
    if len(condition.args) == 2 and all(isinstance(part, Relational) for part in condition.args):
        for low, high in (condition.args, condition.args[::-1]):
            below, above = _upwards(low), _upwards(high)
            if below is not None and above is not None and below.rhs == above.lhs:
                sides = _sides((below.lhs, below.rhs, above.rhs), style)
                return Relation(sides, (_SIGNS[type(below)], _SIGNS[type(above)]))
    return _joined(condition, Leaf(r"\land", "∧"), style)


def _upwards(relation: Relational) -> Relational | None:
    """Return the relation with its smaller side first, or None for = and ≠."""
    if isinstance(relation, StrictLessThan | LessThan):
        return relation
    return relation.reversed if isinstance(relation, StrictGreaterThan | GreaterThan) else None


@rule.register
def _or(condition: Or, style: Style) -> Box:
    return _joined(condition, Leaf(r"\lor", "∨"), style)


def _joined(condition: And | Or, sign: Leaf, style: Style) -> Box:
    parts = sorted(condition.args, key=_bound_of)
    sides = tuple(Fence(lay_out(part, style)) if isinstance(part, And | Or) else lay_out(part, style) for part in parts)
    return Relation(sides, (sign,) * (len(sides) - 1))


def _bound_of(condition: Boolean) -> tuple[bool, float, object]:
    """Return where a condition stands among others: bounds that are numbers first, and by size."""
    bound = condition.args[-1]
    number = bool(bound.is_Number)
    return not number, float(bound) if number else 0.0, condition.sort_key()


@rule.register
def _not(condition: Not, style: Style) -> Box:
    return Row((Leaf(r"\lnot", "¬"), Fence(lay_out(condition.args[0], style))))


@rule.register
def _true(condition: BooleanTrue, style: Style) -> Box:
    return _word(style.word("otherwise"))


@rule.register
def _false(condition: BooleanFalse, style: Style) -> Box:
    return Leaf(r"\bot", "⊥")


def _word(text: str) -> Leaf:
    r"""Return a word of prose as \text{…}, with everything that TeX would take for a command left out."""
    safe = "".join(character for character in text if character.isalnum() or character in " .,'-")
    return Leaf(rf"\text{{{safe}}}", text)
