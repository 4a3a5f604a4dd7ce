"""Boxes -> what stands side by side in a line, in order: letters, signs, gaps, and what is built of parts.

    -2 ln a = b   ->   Sign(−, prefix)  Glyphs(2)  Gap  Glyphs(ln)  Gap  Glyphs(a)  Sign(=, relation)  Glyphs(b)

What a product, a sum, a call or a relation has between its parts is decided here, once for every format that sets its
formulas itself. Left for a format are: letters, signs and gaps, accents, scripts, fractions, roots, fences, sums over
an index, cases, grids, colours and frames.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from symbackprop.exposition.mathtext.boxes import (
    Box,
    Call,
    Cases,
    Differential,
    Fence,
    Fraction,
    LayerMark,
    Leaf,
    Product,
    Relation,
    Row,
    Scripts,
    Slash,
    Summation,
    Terms,
    bare,
)
from symbackprop.exposition.mathtext.plain import MINUS, lowered
from symbackprop.exposition.mathtext.style import ACCENTS, in_variant
from symbackprop.frozen import dataclass

THIN, WIDE = 0.167, 0.278  # em, TeX's spaces: the thin one, and that beside mod
PRIMES = ("", "′", "″", "‴")
OVER = MappingProxyType(
    {"hat": "^", "bar": "¯", "tilde": "~", "vec": "→"}
)  # the signs of accents as signs of their own
RELATIONS = frozenset({"=", ":=", "≈", "→", "←", "<", ">", "≤", "≥", "≠"})
_VARIANTS = {"mathbf": "BOLD", "mathsf": "SANS-SERIF", "mathcal": "SCRIPT"}
_PLAIN = frozenset("()[]|/′⊥")  # signs with nothing around them
_OPERATIONS = frozenset("+−·×⊙⋆∗∧∨")
_WORD = re.compile(r"\\(?:mathrm|text)\{(.+)\}")
_ACCENTED = re.compile(r"\\([a-z]+)\{(.+)\}")
_D = re.compile(r"\\mathrm\{d\}(?=.)")
_BELOW = re.compile(r"(.+)_\{(.)\}")
_PRIMES = re.compile("(.+?)('+)")


@dataclass(frozen=True, slots=True)
class Glyphs(Box):
    """Letters or digits of one look: an `italic` letter, an `upright` one or a word, a `number`, or `prose`."""

    text: str
    look: Literal["italic", "upright", "number", "prose"] = "italic"


@dataclass(frozen=True, slots=True)
class Sign(Box):
    """A sign: between two sides, between two terms or factors, before a term, behind an entry of a list, or plain."""

    text: str
    kind: Literal["relation", "operation", "prefix", "comma", "plain"] = "plain"


@dataclass(frozen=True, slots=True)
class Gap(Box):
    """A space, in em."""

    em: float


@dataclass(frozen=True, slots=True)
class Accent(Box):
    """A letter with a hat, a bar, a tilde or an arrow over it, by the name of TeX."""

    base: Box
    name: str


def sequence(box: Box) -> tuple[Box, ...]:
    """Return what stands side by side in a box; what is built of parts stands there as it is."""
    rule = _PARTS.get(type(box))
    return (box,) if rule is None else rule(box)


def _all(boxes: Iterable[Box]) -> tuple[Box, ...]:
    return tuple(part for box in boxes for part in sequence(box))


def begins_with_sign(parts: Iterable[Box]) -> bool:
    """Tell whether a line continues another one: '= b', '- c' behind nothing."""
    first = next(iter(parts), None)
    return isinstance(first, Sign) and first.kind in ("relation", "operation", "comma")


@lru_cache(4096)
def _leaf(box: Leaf) -> tuple[Box, ...]:
    r"""\mathrm{ReLU} is a word, \hat{y} a letter with an accent, \mathrm{d}W and E_{n} are two letters."""
    tex, text = box.tex, box.text
    if box.number:
        return _number(text)
    if not text.strip():
        return (Gap(2 * THIN * 6),) if text else ()
    if found := _PRIMES.fullmatch(tex):
        return (Scripts(Leaf(found[1], text.rstrip("′")), primes=len(found[2])),)
    if found := _D.match(tex):
        return (Glyphs("d", "upright"), *sequence(Leaf(tex[found.end() :], text[1:])))
    if _WORD.fullmatch(tex):
        return (Glyphs(text, "prose" if tex.startswith(r"\text") else "upright"),)
    if found := _BELOW.fullmatch(tex):
        return (Scripts(Leaf(found[1], text.removesuffix(lowered(found[2]))), below=Leaf(found[2], found[2])),)
    if found := _ACCENTED.fullmatch(tex):
        return (_accented(found[1], Leaf(found[2], text[:1]), text),)
    return (_letter(text),)


def _number(text: str) -> tuple[Box, ...]:
    """Return a number; its minus is a sign."""
    if text[:1] in (MINUS, "-"):
        return Sign(MINUS, "prefix"), Glyphs(text[1:], "number")
    return (Glyphs(text, "number"),)


def _accented(name: str, letter: Leaf, text: str) -> Box:
    if ACCENTS.get(name):
        return Accent(letter, name)
    return Glyphs(in_variant(text, _VARIANTS[name]), "upright" if name == "mathbf" and text.isdigit() else "italic")


def _letter(text: str) -> Box:
    if text == "-":
        return Sign(MINUS)
    if text in RELATIONS | _OPERATIONS | _PLAIN or text in (",", ";", "∘", "¬", "?", "!"):
        return Sign(text)
    if text.isdigit() or text.replace(".", "", 1).isdigit():
        return Glyphs(text, "number")
    return Glyphs(text, "upright" if len(text) > 1 or text == "∇" or "Α" <= text <= "Ω" else "italic")


def _scripts(box: Scripts) -> tuple[Box, ...]:
    """Scripts at a letter that has one already stand at the same letter: g_{tj} squared, a' of a layer."""
    match sequence(box.base):
        case (Scripts(above=None) as inner,) if inner.below is None or box.below is None:
            return (Scripts(inner.base, inner.below or box.below, box.above, inner.primes + box.primes),)
    return (box,)


def _call(box: Call) -> tuple[Box, ...]:
    gap = () if isinstance(bare(box.argument), Fence) else (Gap(THIN),)
    return *sequence(box.function), *gap, *sequence(box.argument)


def _product(box: Product) -> tuple[Box, ...]:
    done = list(sequence(box.factors[0]))
    for left, right in zip(box.factors, box.factors[1:], strict=False):
        if box.sign is not None:
            done.append(Sign(box.sign.text, "operation"))
        else:
            done += _joint(bare(left), bare(right))
        done += sequence(right)
    return tuple(done)


def _joint(left: Box, right: Box) -> tuple[Box, ...]:
    joint = between(left, right)
    if joint == "dot":
        return (Sign("·", "operation"),)
    return (Gap(THIN),) if joint or _is_operator(right) else ()


def between(left: Box, right: Box) -> str:
    """Return what separates two factors: a thin space, unless TeX makes one of its own, or a dot between numbers."""
    if _starts_with_digit(right):
        return "dot" if _starts_with_digit(left) else "thin"
    short = isinstance(left, Leaf) and left.number and left.text.isdecimal() and not isinstance(right, Fraction)
    return "" if short or _ends_in_fence(left) or spaces_itself(right) else "thin"


def _starts_with_digit(box: Box) -> bool:
    return (isinstance(box, Leaf) and box.number) or (isinstance(box, Scripts) and _starts_with_digit(box.base))


def _ends_in_fence(box: Box) -> bool:
    return isinstance(bare(box.base if isinstance(box, Scripts) else box), Fence)


def _is_operator(box: Box) -> bool:
    """Tell whether the box begins with the name of a function that TeX knows, such as ln, with spaces around it."""
    inner = box.base if isinstance(box, Scripts) else box
    if not isinstance(inner, Call):
        return False
    name = inner.function.base if isinstance(inner.function, Scripts) else inner.function
    return isinstance(name, Leaf) and name.tex.startswith("\\") and name.text == name.tex[1:]


def spaces_itself(box: Box) -> bool:
    """Tell whether TeX puts a thin space before the box: fences, big operators, functions such as ln."""
    inner = box.base if isinstance(box, Scripts) else box
    return _is_operator(box) or isinstance(bare(inner), Fence | Summation | Cases)


def _of_terms(box: Terms) -> Iterator[Box]:
    for place, (sign, term) in enumerate(box.terms):
        if place or sign == "-":
            yield Sign(MINUS if sign == "-" else sign, "operation" if place else "prefix")
        yield from sequence(term)


def _relation(box: Relation) -> tuple[Box, ...]:
    done = list(sequence(box.sides[0]))
    for sign, side in zip(box.signs, box.sides[1:], strict=True):
        done += [*_between_sides(sign), *sequence(side)]
    return tuple(done)


def _between_sides(sign: Leaf) -> tuple[Box, ...]:
    text = sign.text
    if text in (",", ";"):
        return (Sign(text, "comma"),)
    if not text.strip():
        return sequence(sign)
    if text.isalpha():
        return Gap(WIDE), Glyphs(text, "upright"), Gap(WIDE)
    return (Sign(MINUS if text == "-" else text, "relation" if text in RELATIONS else "operation"),)


def _differential(box: Differential) -> tuple[Box, ...]:
    d = Leaf(r"\partial", "∂")
    gap = (Gap(THIN),) if _is_operator(bare(box.of)) or not spaces_itself(bare(box.of)) else ()
    return Fraction(d, Row((d, box.by))), *gap, *sequence(box.of)


_PARTS: Mapping[type, Callable[[Any], tuple[Box, ...]]] = {
    Leaf: _leaf,
    **dict.fromkeys((Row, LayerMark), lambda box: _all(box.parts)),
    Scripts: _scripts,
    Slash: lambda box: (*sequence(box.top), Sign("/"), *sequence(box.bottom)),
    Call: _call,
    Product: _product,
    Terms: lambda box: tuple(_of_terms(box)),
    Relation: _relation,
    Differential: _differential,
}
