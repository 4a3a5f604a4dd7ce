"""Boxes: what stands on paper, between an expression and the text of a format.

A closed set. A box knows how its parts stand to one another (beside, above, inside) and nothing of what they mean;
`as_factor`, `as_base`, `as_term` and `as_body` put parentheses exactly where the place of a box asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from symbackprop.frozen import HashedOnce, dataclass

Rule = TypeVar("Rule")


@dataclass(frozen=True, slots=True)
class Box(HashedOnce):
    """Anything that stands on paper."""


@dataclass(frozen=True, slots=True)
class Leaf(Box):
    """A letter, a number or a word: its LaTeX and its Unicode."""

    tex: str
    text: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Row(Box):
    """Boxes side by side without any space: ∂C, jk, (l+1)."""

    parts: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class LayerMark(Row):
    """The number of a layer as it stands at a letter: (l), [l], or l alone."""


@dataclass(frozen=True, slots=True)
class Scripts(Box):
    """A base with primes, with something below and with something above: w^{(l)}_{jk}, σ', e^{-z}."""

    base: Box
    below: Box | None = None
    above: Box | None = None
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Fraction(Box):
    """One box over another."""

    top: Box
    bottom: Box


@dataclass(frozen=True, slots=True)
class Slash(Box):
    """A fraction written in one line, as in scripts: z²/2. Its parts have the parentheses they need."""

    top: Box
    bottom: Box


@dataclass(frozen=True, slots=True)
class Root(Box):
    """A square root."""

    inside: Box


@dataclass(frozen=True, slots=True)
class Fence(Box):
    """A box between parentheses, square brackets or bars; nothing is shown on a side that is empty."""

    inside: Box
    left: str = "("
    right: str = ")"


@dataclass(frozen=True, slots=True)
class Call(Box):
    """A function and its argument, which is a Fence, or stands bare as in ln a."""

    function: Box
    argument: Box


@dataclass(frozen=True, slots=True)
class Product(Box):
    """Factors in order, with nothing between them, or with a sign such as ⊙."""

    factors: tuple[Box, ...]
    sign: Leaf | None = None


@dataclass(frozen=True, slots=True)
class Terms(Box):
    """Terms with their signs, '+' or '-'; one term alone is there for its minus."""

    terms: tuple[tuple[str, Box], ...]


@dataclass(frozen=True, slots=True)
class Summation(Box):
    """Σ over an index from `first` to `last`; `whole` if the index runs over the whole axis of an entry inside."""

    index: Box
    first: Box
    last: Box
    body: Box
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Differential(Box):
    """∂/∂by before what it is applied to."""

    by: Box
    of: Box


@dataclass(frozen=True, slots=True)
class Relation(Box):
    """Boxes with signs between them: i = j, -1 ≤ z ≤ 1, or a list with commas."""

    sides: tuple[Box, ...]
    signs: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Cases(Box):
    """A case distinction: pairs of a value and its condition."""

    rows: tuple[tuple[Box, Box], ...]


@dataclass(frozen=True, slots=True)
class Grid(Box):
    """Rows of boxes, as many in each: the entries of a matrix, without the parentheses around them.

    Columns are centred, or begin at the `left`, as lines under one another do."""

    rows: tuple[tuple[Box, ...], ...]
    left: bool = False


@dataclass(frozen=True, slots=True)
class Coloured(Box):
    """A box in a colour: that of a role, by its name in the palette, or one that is written #RRGGBB."""

    inside: Box
    colour: str


@dataclass(frozen=True, slots=True)
class Framed(Box):
    """A box with a frame around it: what is to be filled in, or what was."""

    inside: Box


def rule_for(box: object, rules: Mapping[type, Rule], what: str) -> Rule:
    """Return the rule for a kind of box; raises TypeError where there is none, and so no `what` for the box."""
    if (rule := rules.get(type(box))) is None:
        raise TypeError(f"no {what} for the box {type(box).__name__}")
    return rule


def negative(box: Box) -> Box:
    """Return the box with a minus before it."""
    return Terms((("-", as_term(box, sign="-", last=True)),))


def bare(box: Box) -> Box:
    """Return the box without its colour."""
    return box.inside if isinstance(box, Coloured) else box


def _fenced(box: Box) -> Box:
    return Coloured(Fence(box.inside), box.colour) if isinstance(box, Coloured) else Fence(box)


def _runs_on(box: Box) -> bool:
    """Tell whether what follows the box could be read as a part of it."""
    if isinstance(inner := bare(box), Product):
        return _runs_on(inner.factors[-1])
    is_bare_call = isinstance(inner, Call) and not isinstance(inner.argument, Fence)
    return isinstance(inner, Summation | Differential | Cases) or is_bare_call


def as_factor(box: Box, *, last: bool) -> Box:
    """Return the box as it stands in a product: (a - y), (Σ w δ) before something, ln(a) before something."""
    inner = bare(box)
    if isinstance(inner, Terms | Relation):
        return _fenced(box)
    if last or not _runs_on(box):
        return box
    if isinstance(inner, Call):
        return Call(inner.function, Fence(inner.argument))
    return _fenced(box)


def as_base(box: Box) -> Box:
    """Return the box as it stands under an exponent: w, (a^{(l)}), (Σ w δ)."""
    inner = bare(box)
    simple = isinstance(inner, Leaf | Fence | Root) or (isinstance(inner, Call) and isinstance(inner.argument, Fence))
    without_exponent = isinstance(inner, Scripts) and inner.above is None
    return box if simple or without_exponent else _fenced(box)


def as_term(box: Box, *, sign: str, last: bool) -> Box:
    """Return the box as it stands in a sum: a - (b + c), 1 + (i mod 2)."""
    inner = bare(box)
    if isinstance(inner, Relation) or (isinstance(inner, Terms) and (sign == "-" or inner.terms[0][0] == "-")):
        return _fenced(box)
    return _fenced(box) if ends_in_cases(inner) and not last else box


def ends_in_cases(box: Box) -> bool:
    """Tell whether a box ends in cases, to the last of which what follows could belong."""
    match bare(box):
        case Product(factors=(*_, last)) | Summation(body=last) | Differential(of=last) | Call(argument=last):
            return ends_in_cases(last)
        case inner:
            return isinstance(inner, Cases)


def as_body(box: Box) -> Box:
    """Return the box as it stands after Σ, or after ∂/∂z: (a - b)."""
    return _fenced(box) if isinstance(bare(box), Terms) else box


def slashed(box: Box) -> Box:
    """Return the box with its fractions in one line, for an exponent: -z²/2."""
    if isinstance(box, Fraction):
        return Slash(_over(slashed(box.top)), _under(slashed(box.bottom)))
    if isinstance(box, Terms):
        return Terms(tuple((sign, slashed(term)) for sign, term in box.terms))
    if isinstance(box, Product):
        return _slashed_product(tuple(slashed(factor) for factor in box.factors), box.sign)
    if isinstance(box, Fence):
        return Fence(slashed(box.inside), box.left, box.right)
    return box


def _slashed_product(factors: tuple[Box, ...], sign: Leaf | None) -> Box:
    """Return the product with a fraction that leads it moved below the rest: 1/2 z becomes z/2, but ∂C/∂z a stays."""
    first, *rest = factors
    rest = [Fence(factor) if isinstance(factor, Slash) else factor for factor in rest]
    if not isinstance(first, Slash) or sign is not None or _is_derivative(first):
        return Product((first, *rest), sign)
    number_one = isinstance(first.top, Leaf) and first.top.text == "1"
    over = tuple(rest) if number_one else (first.top, *rest)
    return Slash(over[0] if len(over) == 1 else Product(over), first.bottom)


def _is_derivative(box: Slash) -> bool:
    return isinstance(box.bottom, Row) and isinstance(box.bottom.parts[0], Leaf) and box.bottom.parts[0].text == "∂"


def _over(box: Box) -> Box:
    return Fence(box) if isinstance(box, Terms | Summation | Differential | Slash | Cases) else box


def _under(box: Box) -> Box:
    return box if isinstance(box, Leaf | Scripts | Row | Fence | Root) or _is_closed_call(box) else Fence(box)


def _is_closed_call(box: Box) -> bool:
    return isinstance(box, Call) and isinstance(box.argument, Fence)


COMMA, SEMICOLON = Leaf(",", ","), Leaf(";", ";")


def anywhere(box: Any, holds: Callable[[Box], bool]) -> bool:
    """Tell whether something holds of a box, or of one inside of it, however deep."""
    if isinstance(box, tuple):
        return any(anywhere(part, holds) for part in box)
    return isinstance(box, Box) and (
        holds(box) or any(anywhere(getattr(box, field.name), holds) for field in fields(box))
    )


def has_comma(box: Any) -> bool:
    """Tell whether a number in a box, or in a tuple of boxes, has a comma, or the place of one that may have it."""
    return anywhere(box, lambda part: isinstance(part, Leaf) and "," in part.text[1:])


def listed(boxes: Sequence[Box]) -> Box:
    """Return boxes with commas between them, max(0.8, z), or semicolons: max(0,8; z); one alone as it is."""
    sign = SEMICOLON if has_comma(tuple(boxes)) else COMMA
    return boxes[0] if len(boxes) == 1 else Relation(tuple(boxes), (sign,) * (len(boxes) - 1))
