"""Boxes -> a sentence to be read aloud: partial capital C over partial w sub j k of layer l equals delta sub j.

For whoever hears a formula instead of seeing it: the alternative text of equations and pictures. A layer above a
letter is said as one; a fraction or a root of several parts is said with its end, so that nothing is ambiguous.
The words are those of a language, by the names below: `words["spoken.over"]` is "{0} over {1}".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

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
from symbackprop.exposition.mathtext.letters import is_mark
from symbackprop.exposition.mathtext.style import GREEK

# what is said for a sign, by the name of its words
SIGNS_SAID: Mapping[str, str] = {
    "=": "equals",
    ":=": "is defined as",
    "←": "becomes",
    "→": "leads to",
    "≈": "is about",
    "≠": "differs from",
    ">": "is greater than",
    "≥": "is at least",
    "<": "is less than",
    "≤": "is at most",
    "∧": "and",
    "∨": "or",
    "¬": "not",
    "·": "times",
    "×": "by",
    "⊙": "entrywise",
    "∗": "entrywise",
    "⋆": "correlated",
    "↑": "spaced by",
    "↓": "every",
    "∂": "partial",
    "∇": "nabla",
    "∞": "infinity",
    "𝟏": "ones",
    "⊥": "no case",
    "mod": "modulo",
}
TRANSPOSED = Leaf(r"\mathsf{T}", "T")
_FENCES = {"(": "group", "[": "bracket", "|": "absolute", "‖": "norm", "⌈": "rounded up", "⌊": "rounded down"}
_POWERS = {"2": "squared", "3": "cubed"}
_STRUCTURES = (
    *("plus", "minus", "layer", "sub", "power", "entry power", "prime", "transposed", "capital", "over", "fraction"),
    *("derivative", "gradient", "root", "whole sum", "sum", "end of sum", "of", "if", "cases", "matrix", "framed"),
)
SPOKEN = tuple(f"spoken.{name}" for name in (*SIGNS_SAID.values(), *_FENCES.values(), *_POWERS.values(), *_STRUCTURES))
_NAMES = {letter: name.removeprefix("var") for name, letter in GREEK.items()}

_PAUSES = re.compile(r"(,)(?: ?,)+")  # several things end at one place

Words = Mapping[str, str]


def spoken(box: Box, words: Words) -> str:
    """Return a box as words; `words` are the sentences of a language under the names of SPOKEN."""
    return _PAUSES.sub(r"\1", said(box, words)).rstrip(", ")


def said(box: Box, words: Words) -> str:
    """Return a box as words, with a comma more than needed where one ends."""
    return rule_for(box, _SAID, "words")(box, words)


def _say(words: Words, name: str, *parts: str) -> str:
    return words[f"spoken.{name}"].format(*parts)


def _leaf(box: Leaf, words: Words) -> str:
    text = box.text.strip()
    if text in SIGNS_SAID:
        return _say(words, SIGNS_SAID[text])
    if text[:1] in ("−", "-") and len(text) > 1:
        return _say(words, "minus", text[1:])
    plain, primes = text.rstrip("′"), len(text) - len(text.rstrip("′"))
    below = "".join(sign for sign in plain if unicodedata.decomposition(sign).startswith("<sub>"))
    called = _letter(unicodedata.normalize("NFKD", plain.removesuffix(below)), words)
    if below and plain != below:  # the letter Eₙ, which somebody calls the cost
        called = _say(words, "sub", called, unicodedata.normalize("NFKD", below))
    for _ in range(primes):
        called = _say(words, "prime", called)
    return called


def _letter(text: str, words: Words) -> str:
    """Return what a letter is called: delta, capital W; accents and words as they are."""
    if text[:1] in _NAMES:
        name = _NAMES[text[0]] + text[1:]
        return _say(words, "capital", name.lower()) if name[0].isupper() else name
    return _say(words, "capital", text) if len(text) == 1 and text.isupper() else text


def _scripts(box: Scripts, words: Words) -> str:
    inner = bare(box.base)
    if box.above == TRANSPOSED and isinstance(inner, Fence) and isinstance(bare(inner.inside), Leaf | Scripts):
        inner = inner.inside  # capital W of layer l, transposed
    base = said(inner, words)
    for _ in range(box.primes):
        base = _say(words, "prime", base)
    above = box.above
    match above:
        case LayerMark(parts) if is_mark(mark := parts[len(parts) // 2]):
            base, above = f"{base} {said(mark, words)}", None
    below = box.below
    match below:
        case LayerMark():
            return _above(base, below, words) if above is None else _above(_above(base, below, words), above, words)
        case Row((LayerMark() as mark, Leaf(text=","), places)):
            base = _above(_say(words, "sub", base, _script(places, words)), mark, words)
        case Box():
            base = _say(words, "sub", base, _script(below, words))
    return base if above is None else _above(base, above, words)


def _script(box: Box, words: Words) -> str:
    """Return what stands below or above a letter, with a pause behind what is more than a letter or a few."""
    one = isinstance(bare(box), Leaf) or (isinstance(box, Row) and all(isinstance(part, Leaf) for part in box.parts))
    return said(box, words) if one else f"{said(box, words)},"


def _above(base: str, above: Box, words: Words) -> str:
    match bare(above):
        case LayerMark(parts):
            return _say(words, "layer", base, _script(parts[len(parts) // 2], words))
        case Row((LayerMark() as layer, *others)):
            return _above(_above(base, layer, words), others[0] if len(others) == 1 else Row(tuple(others)), words)
        case Row((Leaf(text="("), sample, Leaf(text=")"))):
            return f"{base} {said(sample, words)}"
        case Leaf(tex=TRANSPOSED.tex):
            return _say(words, "transposed", base)
        case Leaf(text=text) if text in _POWERS:
            return _say(words, _POWERS[text], base)
        case Row((Leaf(text="↑" | "↓") as sign, number)):
            return f"{base}, {said(sign, words)} {said(number, words)},"
        case Row((Leaf(text="∘"), exponent)):
            return _say(words, "entry power", base, _script(exponent, words))
    return _say(words, "power", base, _script(above, words))


def _quotient(top: Box, bottom: Box, words: Words) -> str:
    simple = all(isinstance(bare(part), Leaf | Scripts | Row) for part in (top, bottom))
    return _say(words, "over" if simple else "fraction", said(top, words), said(bottom, words))


def _fence(box: Fence, words: Words) -> str:
    inside = said(box.inside, words)
    if isinstance(bare(box.inside), Cases | Grid):
        return inside
    return _say(words, _FENCES.get(box.left, "group"), inside)


def _call(box: Call, words: Words) -> str:
    argument = bare(box.argument)
    if isinstance(argument, Fence) and isinstance(bare(argument.inside), Leaf | Scripts):
        argument = argument.inside  # sigma of z sub j: nothing else could be meant
    return _say(words, "of", said(box.function, words), said(argument, words))


def _product(box: Product, words: Words) -> str:
    match tuple(map(bare, box.factors)):
        case (Scripts(base=Leaf(text="∇"), below=Box() as by), of):
            return _say(words, "gradient", said(by, words), said(of, words))
    sign = _say(words, "times") if box.sign is None else said(box.sign, words)
    return f" {sign} ".join(said(factor, words) for factor in box.factors)


def _terms(box: Terms, words: Words) -> str:
    texts = []
    for place, (sign, term) in enumerate(box.terms, start=1):
        text = said(term, words)
        if place < len(box.terms) and _ends_in_sum(term):
            text = _say(words, "end of sum", text)
        texts.append(_say(words, "minus", text) if sign == "-" else _say(words, "plus", text) if place > 1 else text)
    return " ".join(texts)


def _ends_in_sum(box: Box) -> bool:
    box = bare(box)
    return isinstance(box, Summation) or (isinstance(box, Product) and _ends_in_sum(box.factors[-1]))


def _summation(box: Summation, words: Words) -> str:
    index, first, last, body = (said(part, words) for part in (box.index, box.first, box.last, box.body))
    return _say(words, "whole sum", index, body) if box.whole else _say(words, "sum", index, first, last, body)


def _relation(box: Relation, words: Words) -> str:
    text = said(box.sides[0], words)
    for sign, side in zip(box.signs, box.sides[1:], strict=True):
        between = said(sign, words)
        text += f"{between} " if between in (",", ";") else f" {between} " if between else "; "
        text += said(side, words)
    return text


def _cases(box: Cases, words: Words) -> str:
    rows = []
    for value, condition in box.rows:
        texts = said(value, words), said(condition, words)
        otherwise = isinstance(bare(condition), Leaf)
        rows.append(" ".join(texts) if otherwise else _say(words, "if", *texts))
    return _say(words, "cases", "; ".join(rows))


def _grid(box: Grid, words: Words) -> str:
    rows = (", ".join(said(part, words) for part in row) for row in box.rows)
    return _say(words, "matrix", "; ".join(rows))


_SAID: Mapping[type, Callable[[Any, Words], str]] = {
    Leaf: _leaf,
    **dict.fromkeys(
        (Row, LayerMark), lambda box, words: " ".join(text for part in box.parts if (text := said(part, words)))
    ),
    Scripts: _scripts,
    Fraction: lambda box, words: _quotient(box.top, box.bottom, words),
    Slash: lambda box, words: _quotient(box.top, box.bottom, words),
    Root: lambda box, words: _say(words, "root", said(box.inside, words)),
    Fence: _fence,
    Call: _call,
    Product: _product,
    Terms: _terms,
    Summation: _summation,
    Differential: lambda box, words: _say(words, "derivative", said(box.by, words), said(box.of, words)),
    Relation: _relation,
    Cases: _cases,
    Grid: _grid,
    Coloured: lambda box, words: said(box.inside, words),
    Framed: lambda box, words: _say(words, "framed", said(box.inside, words)),
}
