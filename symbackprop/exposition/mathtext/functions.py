r"""How functions are written: σ'(z), e^{-z}, ln a, |z|, sgn, erf.

The logarithm stands before an entry or a sum without parentheses; the exponential is a power of e unless its
exponent is too high for one, as a sum is; |z|' is sgn(z), and y ln y is what the function xlogx stands for.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Abs, Indexed, Max, Min, Mod, ceiling, exp, floor, log
from sympy.core.function import Function

from symbackprop.exposition.mathtext.boxes import (
    Box,
    Call,
    Cases,
    Coloured,
    Differential,
    Fence,
    Fraction,
    Leaf,
    Product,
    Relation,
    Root,
    Row,
    Scripts,
    Slash,
    Summation,
    Terms,
    as_factor,
    bare,
    listed,
    slashed,
)
from symbackprop.exposition.mathtext.expressions import bound_letter, is_whole_axis
from symbackprop.exposition.mathtext.layout import EQUALS, lay_out, rule
from symbackprop.exposition.mathtext.letters import at_layer, function_name, layer_box, positions, word
from symbackprop.exposition.mathtext.numberinfront import is_of_negative
from symbackprop.exposition.mathtext.steps import cases_of_step
from symbackprop.exposition.mathtext.style import Style
from symbackprop.network.extremes import STEP, Extreme, Where
from symbackprop.network.functions import SIGMA, Elementwise
from symbackprop.network.largest import Chosen, Largest, Smallest
from symbackprop.network.notation import Tensor

E = Leaf("e", "e")
MOD = Leaf(r"\bmod", "mod")
AT_MOST = Leaf(r"\le", "≤")


def applied(stem: str, order: int, argument: Box, style: Style, *, of: Tensor | None = None) -> Box:
    """Return a function of one number at its argument: σ'(z), |z|, ln a, e^z.

    The activation function has the number of the layer whose array it is a function `of`, where it is its own."""
    if stem == "abs" and order == 0:
        return Fence(argument, "|", "|")
    if stem == "log" and isinstance(bare(argument), Leaf | Scripts | Summation):
        return Call(function_name(stem, order, style), argument)
    if stem == "exp" and not _is_tall(argument):
        return Scripts(E, above=slashed(argument))
    name = function_name(stem, order, style)
    if style.convention.own_activation and stem == SIGMA.stem and of is not None and of.layer is not None:
        base, primes = (name.base, name.primes) if isinstance(name, Scripts) else (name, 0)
        marked = at_layer(base, layer_box(of.layer, style), None, style)
        name = replace(marked, primes=primes) if isinstance(marked, Scripts) else marked
    return Call(name, Fence(argument))


def _is_tall(box: Box) -> bool:
    """Tell whether the box is too high, or too wide, for an exponent."""
    match box:
        case Summation() | Cases() | Differential() | Fraction(top=Row()):
            return True
        case Fence() | Coloured():
            return _is_tall(box.inside)
        case Fraction() | Slash():
            return _is_tall(box.top) or not isinstance(box.bottom, Leaf | Scripts | Root)
        case Leaf("e") | Scripts(base=Leaf("e")):
            return True  # an exponential in an exponent, or a letter that looks like one
        case Product():
            return any(map(_is_tall, box.factors))
        case Terms():
            return any(_is_tall(term) for _, term in box.terms)
        case _:
            return False


@rule.register
def _function(function: Function, style: Style) -> Box:
    """Any function that SymPy knows by name: erf(z), cosh(z)."""
    arguments = listed([lay_out(argument, style) for argument in function.args])
    return Call(function_name(type(function).__name__, 0, style), Fence(arguments))


@rule.register
def _ceiling(function: ceiling, style: Style) -> Box:
    return Fence(lay_out(function.args[0], style), "⌈", "⌉")


@rule.register
def _floor(function: floor, style: Style) -> Box:
    return Fence(lay_out(function.args[0], style), "⌊", "⌋")


@rule.register
def _remainder(function: Mod, style: Style) -> Box:
    return Relation(tuple(as_factor(lay_out(part, style), last=False) for part in function.args), (MOD,))


@rule.register(exp)
@rule.register(log)
def _with_its_own_form(function: Function, style: Style) -> Box:
    return applied(type(function).__name__, 0, lay_out(function.args[0], style), style)


@rule.register
def _absolute(function: Abs, style: Style) -> Box:
    return applied("abs", 0, lay_out(function.args[0], style), style)


@rule.register
def _pair(function: Extreme, style: Style) -> Box:
    """The larger or the smaller of two values, in the order in which they are written: max(0.1 z, z)."""
    arguments = listed([lay_out(argument, style) for argument in function.args])
    name = function_name("Max" if function.sign > 0 else "Min", 0, style)
    return Call(name, Fence(arguments))


@rule.register
def _where(choice: Where, style: Style) -> Box:
    return lay_out(choice.cases, style)


@rule.register(Max)
@rule.register(Min)
def _extreme(function: Max | Min, style: Style) -> Box:
    """The largest or smallest of several: max(0, z), numbers first."""
    arguments = sorted(function.args, key=lambda argument: (not argument.is_Number, argument.sort_key()))
    sides = listed([lay_out(argument, style) for argument in arguments])
    return Call(function_name(type(function).__name__, 0, style), Fence(sides))


@rule.register
def _largest(largest: Largest, style: Style) -> Box:
    """The largest over indices: max_j (x_ij), with the ends of the range where it is not a whole axis."""
    return _over_places("min" if isinstance(largest, Smallest) else "max", largest, style)


@rule.register
def _chosen(chosen: Chosen, style: Style) -> Box:
    """1 where the entry is the first of the largest: [j = argmax_k (x_ik)]; of the smallest: [j = argmin_k (x_ik)]."""
    places = [lay_out(place, style) for place in reversed(chosen.places)]
    place = places[0] if len(places) == 1 else Fence(listed(places))
    name, largest = "argmax", chosen.largest
    if is_of_negative(largest):
        name, largest = "argmin", Largest(-largest.function, *largest.limits)
    return Fence(Relation((place, _over_places(name, largest, style)), (EQUALS,)), "[", "]")


def _over_places(name: str, largest: Largest, style: Style) -> Box:
    """Lay out a largest, or where it is, the outermost index first, as sums are written."""
    below: list[Box] = []
    ranges: list[Box] = []
    for index, first, last in (limit.args for limit in reversed(largest.limits)):
        style = style.inside_sum(index, bound_letter(index, largest, style))
        below.append(lay_out(index, style))
        if not is_whole_axis(largest, index, (first, last)):
            ranges.append(Relation(tuple(lay_out(end, style) for end in (first, index, last)), (AT_MOST, AT_MOST)))
    under = positions(below) if not ranges else listed(ranges)
    return Call(Scripts(word(name), under), Fence(lay_out(largest.function, style)))


@rule.register
def _elementwise(function: Elementwise, style: Style) -> Box:
    """One of the named functions, or a derivative of one: σ'(z), ReLU(z); xlogx(y) is y ln y."""
    kind, (argument,) = type(function), function.args
    if kind.stem == "xlogx" and kind.order == 0:
        return lay_out(argument * log(argument), style)
    if kind == STEP:
        return lay_out(cases_of_step(argument), style)
    of = argument.base if isinstance(argument, Indexed) and isinstance(argument.base, Tensor) else None
    return applied(kind.stem, kind.order, lay_out(argument, style), style, of=of)
