r"""Boxes -> the mathematics of Typst, which sets it without TeX.

    typst_math(Relation((δ, Fraction(a, b)), (=,)))  ->  δ = frac(a,b)        attach(δ,b:j,t:paren.l l paren.r)

Nothing is left for Typst to guess: scripts are attach(), parentheses have names, and signs that mean something in Typst
never stand as themselves. Words are strings, and whatever stands in them is literal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from symbackprop.exposition.mathtext.boxes import (
    Box,
    Cases,
    Coloured,
    Fence,
    Fraction,
    Framed,
    Grid,
    Relation,
    Root,
    Scripts,
    Summation,
    bare,
    rule_for,
)
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.mathtext.sequence import Accent, Gap, Glyphs, Sign, begins_with_sign, sequence
from symbackprop.exposition.palette import COLOURS

_SIGNS = MappingProxyType(
    {
        "(": "paren.l",
        ")": "paren.r",
        "[": "bracket.l",
        "]": "bracket.r",
        "{": "brace.l",
        "}": "brace.r",
        "|": "bar.v",
        ",": "comma",
        ";": "semi",
        "/": "slash",
        "<": "lt",
        ">": "gt",
        "=": "=",
        ":=": "colon.eq",
        "+": "+",
        "!": "excl",
        "?": "quest",
        "": "",
    }
)
_ACCENTS = MappingProxyType({"bar": "macron", "vec": "arrow"})


def literal(text: str) -> str:
    """Return text as a string of Typst, in which nothing is code."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def typst_math(box: Box, *, tall: bool = True) -> str:
    """Return what stands between the dollar signs of Typst; a Σ has its limits above and below it where it is `tall`.

    What goes on behind nothing begins with an empty string, which gives its sign the spaces of one after something."""
    parts = sequence(box)
    lead = '""' if begins_with_sign(parts) and isinstance(bare(box), Relation) else ""
    return _joined((lead, *(_one(part, tall=tall) for part in parts)))


def _joined(parts: Iterable[str]) -> str:
    """Return parts with blanks between them, which Typst drops, but for those beside a string, which it would set."""
    text = ""
    for part in filter(None, parts):
        beside_string = text.endswith('"') or part.startswith('"')
        text += part if not text or beside_string else f" {part}"
    return text


def _sign_of(text: str) -> str:
    """Return a sign by a name that means nothing else; what Typst knows by itself stands as it is."""
    known = len(text) == 1 and ord(text) > 0x7F
    return _SIGNS.get(text, text if known else literal(text))


def _one(box: Box, *, tall: bool) -> str:
    """Return one thing that stands in a row."""
    return rule_for(box, _TYPST, "Typst")(box, tall=tall)


def _glyphs(box: Glyphs, *, tall: bool) -> str:
    """A letter or a number stands as itself, upright letters and words say so."""
    text = box.text
    if box.look == "prose":
        return literal(text.replace(" ", "\u00a0"))
    if len(text) == 1 and text.isalpha():
        return f"upright({text})" if box.look == "upright" else text
    plain = text.isascii() and text.replace(".", "", 1).isdigit()
    return text if plain or (len(text) == 1 and ord(text) > 0x7F) else literal(text)


def _gap(box: Gap, *, tall: bool) -> str:
    return f"#h({box.em:.3g}em)"


def _scripts(box: Scripts, *, tall: bool) -> str:
    """Primes are signs of their own, smaller than other scripts."""
    scripts = {"b": box.below, "t": box.above}
    texts = {name: "" if script is None else typst_math(script, tall=False) for name, script in scripts.items()}
    if box.primes:
        texts["t"] = _joined((f"primes(#{box.primes})", texts["t"]))
    said = "".join(f",{name}:{text}" for name, text in texts.items() if text)
    return f"attach({typst_math(box.base, tall=tall)}{said})"


def _fence(box: Fence, *, tall: bool) -> str:
    """Fences grow with what they enclose; one of the two may be invisible."""
    if isinstance(bare(box.inside), Grid):
        return _matrix(bare(box.inside), (box.left, box.right))
    return f"lr({_joined((_sign_of(box.left), typst_math(box.inside, tall=tall), _sign_of(box.right)))})"


def _summation(box: Summation, *, tall: bool) -> str:
    below = typst_math(Relation((box.index, box.first), (EQUALS,)), tall=False)
    sign = f"{'limits' if tall else 'scripts'}(∑)"
    return _joined((f"attach({sign},b:{below},t:{typst_math(box.last, tall=False)})", typst_math(box.body, tall=tall)))


def _cases(box: Cases, *, tall: bool) -> str:
    """A case distinction, its values and its conditions each at the left of a column."""
    rows = ["& " + " & & quad ".join(typst_math(cell, tall=False) for cell in row) for row in box.rows]
    return f"cases({','.join(rows)})"


def _matrix(box: Box, fences: tuple[str, ...]) -> str:
    assert isinstance(box, Grid)
    ends = f"({','.join(map(literal, fences))})" if fences else "none"
    rows = ";".join(",".join(typst_math(cell, tall=False) for cell in row) for row in box.rows)
    return f"mat(delim:#{ends},align:#{'left' if box.left else 'center'},{rows})"


def _coloured(box: Coloured, *, tall: bool) -> str:
    return f"text(fill:#rgb({literal(COLOURS.get(box.colour, box.colour))}),{typst_math(box.inside, tall=tall)})"


def _framed(box: Framed, *, tall: bool) -> str:
    return f"#box(stroke:0.5pt,inset:3pt)[${typst_math(box.inside, tall=tall)}$]"


_TYPST: Mapping[type, Callable[..., str]] = {
    Glyphs: _glyphs,
    Sign: lambda box, *, tall: _sign_of(box.text),
    Gap: _gap,
    Accent: lambda box, *, tall: f"accent({typst_math(box.base)},{_ACCENTS.get(box.name, box.name)})",
    Scripts: _scripts,
    Fraction: lambda box, *, tall: f"frac({typst_math(box.top, tall=False)},{typst_math(box.bottom, tall=False)})",
    Root: lambda box, *, tall: f"sqrt({typst_math(box.inside, tall=tall)})",
    Fence: _fence,
    Summation: _summation,
    Cases: _cases,
    Grid: lambda box, *, tall: _matrix(box, ()),
    Coloured: _coloured,
    Framed: _framed,
}
