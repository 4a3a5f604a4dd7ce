r"""Names as they are printed: tensors, numbers of a concrete network, widths, functions.

    Tensor w, layer l -> w^{(l)}     w_1_2_1 -> w^{(1)}_{21}     a of layer 0 -> x     n(l+1) -> n_{l+1}
    sigmoid' -> \sigma'              relu -> \mathrm{ReLU}       what -> \mathrm{what}, never \hat{w}
    W1, W3.1 -> W^{(1)}, W^{(3.1)}    Wi -> W^{(\mathrm{i})}    Wi2 -> W_{\mathrm{i}}^{(2)}    a symbol n1 -> n_1

A name is a letter, a Greek letter by its whole name, or a word. A number behind it, or a letter or two behind one
letter, tell it from its like; in an array's name they stand above it in parentheses, as the layer of a weight does:
there they are neither an index nor a power. With both, the number stands above and the letters below. A convention
may write what tells a layer otherwise: z^{[l]}, z^l or z_l.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from sympy import Expr, Integer

from symbackprop.exposition.mathtext.boxes import Box, LayerMark, Leaf, Row, Scripts
from symbackprop.exposition.mathtext.layout import lay_out
from symbackprop.exposition.mathtext.numbers import whole
from symbackprop.exposition.mathtext.plain import lowered
from symbackprop.exposition.mathtext.style import GREEK, Style, glyph, spelt
from symbackprop.network.notation import COST, LAST_LAYER

LAYERED = frozenset({"w", "b", "z", "a", "delta"})  # the letters whose first position is a layer: w_1_2_1
LONGEST_LETTER = 2  # a letter, and perhaps a prime
ZERO = Leaf("0", "0", number=True)

_SCALAR = re.compile(r"([A-Za-z]+(?:\d+(?:\.\d+)*)?)((?:_\d+)+)")
_NUMBERED = re.compile(r"([A-Za-z_]+?)(\d+(?:\.\d+)*)")
_SIZE = re.compile(r"([A-Za-z]+?)(\d+(?:x\d+)*)")  # of layer 1 inside layer 3: n3x1
# Wi, WQ, Wxr, bi, bhc; but no word, which has a vowel first or next: Out, eps, act
_CONSONANT = "b-df-hj-np-tv-z"
_MARKED = re.compile(
    rf"([A-Z])([a-z]|[A-Z])|([B-DF-HJ-NP-Z])([{_CONSONANT}][a-z])"
    rf"|(?!dt|lr)([a-z])([a-z])|([{_CONSONANT}])([{_CONSONANT}]{{2}})"
)
D = r"\mathrm{d}"
_ESCAPABLE = "{}$&#%_"  # what a backslash makes harmless; other signs are left out of a name

# stem -> how people write the function: Greek names are letters, all else is upright. Only ln, which may stand
# without parentheses, is an operator of TeX's: \tanh{\left(z\right)} would have a gap before the parenthesis.
FUNCTION_NAMES = MappingProxyType(
    {
        "Max": "max",
        "Min": "min",
        "abs": "abs",
        "acos": "arccos",
        "asin": "arcsin",
        "atan": "arctan",
        "elu": "ELU",
        "huber": "Huber",
        "identity": "id",
        "leaky_relu": "LeakyReLU",
        "log": r"\ln",
        "mish": "Mish",
        "relu": "ReLU",
        "selu": "SELU",
        "sigma": "sigma",
        "sigmoid": "sigma",
        "sign": "sgn",
        "silu": "SiLU",
        "gelu": "GELU",
    }
)


def word(text: str) -> Leaf:
    """Return a word set upright, letter by letter as it is; what TeX would take for a command is escaped."""
    safe = "".join(c if c.isalnum() else "\\" + c if c in _ESCAPABLE else "" for c in text)
    return Leaf(rf"\mathrm{{{safe}}}", text)


def letter(name: str, style: Style) -> Leaf:
    """Return a letter by its name: a Latin one, a Greek one, either with primes, or else a word."""
    stem = name.rstrip("'")
    primes = len(name) - len(stem)
    if stem in style.symbols:
        leaf = spelt(stem, style.symbols[stem])
    else:
        found = None if stem.startswith("\\") else glyph(stem)
        leaf = word(stem) if found is None else found
    return Leaf(leaf.tex + "'" * primes, leaf.text + "′" * primes) if primes else leaf


def marked(name: str, style: Style) -> tuple[Leaf, Leaf | None, Leaf | None]:
    """Return the letter of an array's name, and what tells it from its like: what stands above it, and below.

    W1 -> W, 1, nothing    Wi -> W, i, nothing    Wi1 -> W, 1, i
    A number is that of a layer where there are layers, and counted as these are."""
    if name == f"a{style.depth}" and "output" in style.symbols:
        return letter("output", style), None, None
    stem, number = name, None
    if name not in style.symbols and (match := _NUMBERED.fullmatch(name)):
        stem, digits = match.groups()
        digits = _counted(digits, style)
        number = Leaf(digits, digits)
    if "_" in stem and stem not in style.symbols:
        stem, mark = stem.split("_", 1)
        below = letter(mark, style) if mark in GREEK else word(mark)  # W_mu
        return (_first(stem, style), *((number, below) if number else (below, None)))
    if stem not in style.symbols and glyph(stem) is None and (match := _MARKED.fullmatch(stem)):
        stem, mark = (group for group in match.groups() if group)
        return (_first(stem, style), *((number, word(mark)) if number else (word(mark), None)))
    return (_first(stem, style) if number else letter(stem, style)), number, None


def _first(stem: str, style: Style) -> Leaf:
    """Return the letter of a longer name: C0 is no cost, whatever letter the cost has."""
    return Leaf(stem, stem) if stem == COST.name else letter(stem, style)


def _counted(digits: str, style: Style) -> str:
    """Return the number of a layer as the convention counts, that of the outer one of 3.1; another number as it is."""
    outer, dot, inner = digits.partition(".")
    return digits if style.depth is None else f"{int(outer) + style.convention.first}{dot}{inner}"


def is_mark(box: Box) -> bool:
    """Tell whether what stands above a letter in parentheses is part of a name, and not the number of a layer."""
    return isinstance(box, Leaf) and not box.number and (box.text[:1].isdigit() or box.tex.startswith(r"\mathrm"))


def numbered(name: str, style: Style) -> Box:
    """Return the name of a size, an index or a constant; a number at its end stands below it: n1 -> n_1."""
    stem, _, mark = name.partition("_")
    if mark and name not in style.symbols:
        return Scripts(letter(stem, style), below=word(mark))
    match = None if name in style.symbols else _SIZE.fullmatch(name)
    if match is None:
        return letter(name, style)
    stem, digits = match.group(1), match.group(2).replace("x", ".")
    digits = digits if stem == "t" else _counted(digits, style)  # t_0 is a time
    own = glyph(stem) if stem in LAYERED else None  # w_1 is a width, and no weight of another letter
    return Scripts(own or _first(stem, style), below=Leaf(digits, digits))


def capital(leaf: Leaf) -> Leaf:
    r"""Return the capital for a matrix or a batch: w -> W, \delta -> \Delta; a letter without one stays as it is."""
    if len(leaf.tex) == 1:
        return Leaf(leaf.tex.upper(), leaf.text.upper())
    name = leaf.tex.removeprefix("\\").removeprefix("var")
    if name.capitalize() in GREEK and name in GREEK:
        return Leaf("\\" + name.capitalize(), GREEK[name.capitalize()])
    if leaf.tex.startswith(D):  # dz is one letter
        inner = capital(Leaf(leaf.tex.removeprefix(D), leaf.text[1:]))
        return Leaf(D + inner.tex, "d" + inner.text)
    head, brace, inside = leaf.tex.partition("{")
    if brace and head != r"\mathrm":
        inner = capital(Leaf(inside[:-1], leaf.text[:1]))
        return Leaf(f"{head}{{{inner.tex}}}", inner.text + leaf.text[1:])
    return leaf


def layer_box(layer: Expr | int, style: Style) -> Box:
    """Return the number of a layer as the convention counts: l + 1, or that of a layer, the input's being its first."""
    if isinstance(layer, int | Integer):
        return whole(int(layer) + style.convention.first)
    return lay_out(layer, style)


def apart(name: str, style: Style) -> Style:
    """Return the style in which the name of an array is no entry of another one: the array h0 beside h at 0.

    What would stand below it, as the number of a layer does where there are layers, stands above it in parentheses."""
    stem = name.rstrip("0123456789.")
    if style.convention.layer != "_l" or stem == name or stem not in style.taken:
        return style
    return replace(style, convention=replace(style.convention, layer="(l)"))


def at_layer(base: Box, mark: Box | None, below: Box | None, style: Style) -> Box:
    """Return a letter with the mark of its layer, or of its name, where the convention has it, and its positions.

    z^{(l)}_j, z^{[l]}_j, z^l_j, z_{l,j}"""
    if mark is None:
        return base if below is None else Scripts(base, below)
    if style.convention.layer == "_l":
        here = LayerMark((mark,))
        return Scripts(base, here if below is None else Row((here, Leaf(",", ","), below)))
    left, _, right = style.convention.layer.partition("l")
    parts = (Leaf(left, left), mark, Leaf(right, right)) if left else (mark,)
    return Scripts(base, below, LayerMark(parts))


def called(name: str, layer: Expr | int | None, style: Style) -> tuple[str, Expr | int | None]:
    """Return what an entry is called, and its layer: a of layer 0 is the input x, and that of the last one the output.

    An output has no layer, where the convention has a letter for it."""
    if name == "a" and layer is not None and layer == 0:
        return "x", None
    if name == "a" and "output" in style.symbols and layer is not None and layer in (LAST_LAYER, style.depth):
        return "output", None
    return name, layer


def positions(indices: Sequence[Box]) -> Box | None:
    """Return indices side by side, with commas where one of them is longer than a letter or a digit."""
    if not indices:
        return None
    short = all(isinstance(box, Leaf) and len(box.text) <= (1 if box.number else LONGEST_LETTER) for box in indices)
    short = short and not any(box.tex.startswith(r"\mathrm") for box in indices if isinstance(box, Leaf))
    if short or len(indices) == 1:
        return indices[0] if len(indices) == 1 else Row(tuple(indices))
    parts: list[Box] = []
    for box in indices:
        parts += [Leaf(",", ","), box]
    return Row(tuple(parts[1:]))


def entry(name: str, layer: Expr | int | None, indices: Sequence[Box], style: Style) -> Box:
    """Return a letter with its layer and its positions; a of layer 0 is x, and a bias may be a weight w_j0."""
    name, layer = called(name, layer, style)
    if layer is None:
        style = apart(name, style)
        base, mark, label = marked(name, style)
        base, below = _at_places(base) if indices else base, positions(indices)
        return at_layer(base, mark, with_label(label, below), style)
    if name == "b" and style.convention.bias == "w0":
        name, indices = "w", (*indices, ZERO)
    return at_layer(letter(name, style), layer_box(layer, style), positions(indices), style)


def with_label(label: Box | None, below: Box | None) -> Box | None:
    """Return what stands below a letter: the letters of its name, W_{hg}, and its positions behind these, W_{hg,jk}."""
    if label is None or below is None:
        return label or below
    return Row((label, Leaf(",", ","), below))


def _at_places(base: Leaf) -> Leaf:
    """Return a letter that is to have positions below it, which stand in the place of its own index: E_n -> E_2."""
    head, index, _ = base.tex.partition("_{")
    return Leaf(head, base.text.removesuffix(lowered(index[:-1]))) if index else base


def parsed(name: str) -> tuple[str, int | None, tuple[int, ...]] | None:
    """Return letter, layer and positions of the name of a scalar, such as w_1_2_1, or W1_2_1; None for another name."""
    match = _SCALAR.fullmatch(name)
    if match is None:
        return None
    stem, numbers = match.group(1), [int(number) for number in match.group(2)[1:].split("_")]
    layered = stem in LAYERED and len(numbers) > 1
    return stem, numbers[0] if layered else None, tuple(numbers[1:] if layered else numbers)


def function_name(stem: str, order: int, style: Style) -> Box:
    """Return the name of a function that was differentiated `order` times: σ, tanh', f''."""
    if stem == "abs" and order:
        stem, order = "sign", order - 1  # |z|' is the sign of z
    if stem == "gelu_tanh":
        base, below = word("GELU"), word("tanh")
        return Scripts(base, below, primes=order)
    name = stem if stem in style.symbols else FUNCTION_NAMES.get(stem, stem)
    if name in style.symbols or (glyph(name) and not name.startswith("\\")):
        base = letter(name, style)
    elif name.startswith("\\"):
        base = Leaf(name, name.removeprefix("\\"))
    else:
        base = word(name)
    return Scripts(base, primes=order) if order else base
