r"""Boxes -> LaTeX that pdflatex with amsmath, KaTeX, MathJax, GitHub and latex2mathml all take.

    latex(error(l)[j])  ->  \delta^{(l)}_{j}            latex(left, right)  ->  left = right

The dialect: \frac, \sqrt, \sum, \left … \right, cases, matrix, \mathrm, \mathbf, \mathsf, \text, \partial, \nabla,
Greek letters, \odot, \circ and \,; never \operatorname, which GitHub refuses. A function is \sigma{\left(z\right)}: the
braces take away TeX's gap before the parenthesis, as \! would, which pulls it over the letter where TeX is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from sympy import Basic

from symbackprop.exposition.mathtext import rules  # noqa: F401 - it holds the rules
from symbackprop.exposition.mathtext.boxes import (
    Box,
    Call,
    Cases,
    Coloured,
    Differential,
    Fence,
    Fraction,
    Framed,
    Grid,
    LayerMark,
    Leaf,
    Product,
    Relation,
    Root,
    Row,
    Scripts,
    Slash,
    Summation,
    Terms,
    bare,
    rule_for,
)
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.exposition.mathtext.layout import side_by_side
from symbackprop.exposition.mathtext.sequence import between, spaces_itself
from symbackprop.exposition.mathtext.style import COMMON_WORDS, Style
from symbackprop.exposition.palette import COLOURS

_NOTHING: Mapping[str, str] = MappingProxyType({})
_NOWHERE: Mapping[str, int] = MappingProxyType({})
_NO_COLOURS: Mapping[Basic, str] = MappingProxyType({})
_PARTED = re.compile(r"\d+(?:\{,\}|\\,)\d")  # a number with a comma, or with spaces between thousands
_COMMAND_AT_END = re.compile(r"\\[A-Za-z]+$")
_ROLE = re.compile(r"\\role\{(\w+)\}")
_JOINTS = MappingProxyType({"thin": r"\,", "dot": r" \cdot ", "": ""})
_LEFT = MappingProxyType({"|": r"\lvert", "⌈": r"\lceil", "⌊": r"\lfloor", "": "."})
_RIGHT = MappingProxyType({"|": r"\rvert", "⌉": r"\rceil", "⌋": r"\rfloor", "": "."})


def latex(
    *sides: object,
    symbols: Mapping[str, str] = _NOTHING,
    words: Mapping[str, str] = COMMON_WORDS,
    colours: Mapping[Basic, str] = _NO_COLOURS,
    convention: Convention = USUAL,
    depth: int | None = None,
    taken: Mapping[str, int] = _NOWHERE,
) -> str:
    r"""Return an expression, a matrix expression, a tensor or a function as LaTeX; several sides with = between them.

    `symbols` renames letters ({"delta": "e", "w": r"\theta"}), `words` translates {"otherwise": …}, `colours` gives
    subexpressions a colour (#RRGGBB). The `convention` lays it out; `depth` is the number of the last layer; `taken`
    are names that no capital may look like, and their places as factors. Raises SpecError for a symbol that is no
    letter or a colour that is none, and TypeError for a kind of expression that no rule knows."""
    style = Style(symbols, words, colours, convention=convention, depth=depth, taken=taken)
    return written(side_by_side(sides, style))


def joined(*parts: str) -> str:
    """Return pieces of LaTeX one after the other, with a blank where a command would swallow the next letter."""
    text = ""
    for part in parts:
        text += " " + part if _COMMAND_AT_END.search(text) and part[:1].isalnum() else part
    return text


def in_colours(latex: str) -> str:
    r"""Return LaTeX for whom our \role is unknown: \textcolor{#B84F00} for \role{cost}."""
    return _ROLE.sub(lambda role: rf"\textcolor{{{COLOURS[role[1]]}}}", latex)


def written(box: Box, *, small: bool = False) -> str:
    """Return the LaTeX of a box; `small` in scripts, where no blanks are put around signs."""
    return rule_for(box, _LATEX, "LaTeX")(box, small=small)


def _scripts(box: Scripts, *, small: bool = False) -> str:
    above = "" if box.above is None else f"^{{{written(box.above, small=True)}}}"
    below = "" if box.below is None else f"_{{{written(box.below, small=True)}}}"
    base = written(box.base, small=small)
    twice = isinstance(box.base, Scripts) and box.base.below and box.below  # of which TeX takes none
    parted = isinstance(box.base, Leaf) and _PARTED.match(base)  # or the exponent is that of the last digits alone
    whole = f"{{{base}}}" if twice or parted else base
    return whole + "'" * box.primes + above + below


def _fence(box: Fence, *, small: bool = False) -> str:
    left, right = _LEFT.get(box.left, box.left), _RIGHT.get(box.right, box.right)
    return joined(r"\left" + left, written(box.inside, small=small), r"\right" + right)


def _call(box: Call, *, small: bool = False) -> str:
    function, argument = written(box.function, small=small), written(box.argument, small=small)
    return f"{function}{{{argument}}}" if isinstance(bare(box.argument), Fence) else f"{function} {argument}"


def _product(box: Product, *, small: bool = False) -> str:
    texts = [written(factor, small=small) for factor in box.factors]
    if box.sign is not None:
        return f" {box.sign.tex} ".join(texts)
    parts = texts[:1]
    for left, right, text in zip(box.factors, box.factors[1:], texts[1:], strict=False):
        parts += [_JOINTS[between(bare(left), bare(right))], text]
    return joined(*parts)


def _terms(box: Terms, *, small: bool = False) -> str:
    text = ""
    for place, (sign, term) in enumerate(box.terms):
        between = sign if small or not place else f" {sign} "
        text += (between if place or sign == "-" else "") + written(term, small=small)
    return text


def _summation(box: Summation, *, small: bool = False) -> str:
    index, first, last = (written(part, small=True) for part in (box.index, box.first, box.last))
    return rf"\sum_{{{index}={first}}}^{{{last}}} {written(box.body, small=small)}"


def _differential(box: Differential, *, small: bool = False) -> str:
    by = joined(r"\partial", written(box.by, small=small))
    space = "" if spaces_itself(bare(box.of)) else r"\,"
    return rf"\frac{{\partial}}{{{by}}}{space}{written(box.of, small=small)}"


def _relation(box: Relation, *, small: bool = False) -> str:
    text = written(box.sides[0], small=small)
    for sign, side in zip(box.signs, box.sides[1:], strict=True):
        tight, wide = sign.tex, f"{sign.tex} " if sign.tex in (",", ";") else f" {sign.tex} "
        text = joined(text, tight if small else wide, written(side, small=small))
    return text


def _cases(box: Cases, *, small: bool = False) -> str:
    rows = r" \\ ".join(f"{written(value)} & {written(condition)}" for value, condition in box.rows)
    return rf"\begin{{cases}} {rows} \end{{cases}}"


def _grid(box: Grid, *, small: bool = False) -> str:
    rows = r" \\ ".join(" & ".join(map(written, row)) for row in box.rows)
    if box.left:
        return rf"\begin{{array}}{{{'l' * len(box.rows[0])}}}{rows}\end{{array}}"
    return rf"\begin{{matrix}} {rows} \end{{matrix}}"


def _coloured(box: Coloured, *, small: bool = False) -> str:
    r"""A role stays a name: \role{cost}{…}; `in_colours` makes a colour of it."""
    command = "textcolor" if box.colour.startswith("#") else "role"
    return rf"\{command}{{{box.colour}}}{{{written(box.inside, small=small)}}}"


def _framed(box: Framed, *, small: bool = False) -> str:
    r"""A frame of TeX's sets what is in it as large as on a line of its own, unless it is told not to."""
    size = r"\scriptstyle " if small else ""
    return rf"\boxed{{{size}\,{written(box.inside, small=small)}\,}}"


_LATEX: Mapping[type, Callable[..., str]] = {
    Leaf: lambda box, *, small: box.tex,
    **dict.fromkeys(
        (Row, LayerMark), lambda box, *, small: joined(*(written(part, small=small) for part in box.parts))
    ),
    Scripts: _scripts,
    Fraction: lambda box, *, small: rf"\frac{{{written(box.top, small=small)}}}{{{written(box.bottom, small=small)}}}",
    Slash: lambda box, *, small: f"{written(box.top, small=small)}/{written(box.bottom, small=small)}",
    Root: lambda box, *, small: rf"\sqrt{{{written(box.inside, small=small)}}}",
    Fence: _fence,
    Call: _call,
    Product: _product,
    Terms: _terms,
    Summation: _summation,
    Differential: _differential,
    Relation: _relation,
    Cases: _cases,
    Grid: _grid,
    Coloured: _coloured,
    Framed: _framed,
}
