"""Boxes -> one line of Unicode, for a terminal: δ⁽ˡ⁾ⱼ = σ′(z⁽ˡ⁾ⱼ) · Σᵢ w⁽ˡ⁺¹⁾ᵢⱼ δ⁽ˡ⁺¹⁾ᵢ.

Where Unicode has no raised or lowered letter, ^ and _ stand for it: n_L, e^(−z⁽ˡ⁾ⱼ). A sum over the whole axis of
an entry inside it shows its index only, as the entry tells the range; any other sum shows its range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

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
    has_comma,
    rule_for,
    slashed,
)

MINUS = "−"

_RAISED = MappingProxyType(
    dict(
        zip(
            "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW",
            "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
            strict=True,
        )
    )
)
_LOWERED = MappingProxyType(
    dict(zip("0123456789+−=(),aehijklmnoprstuvx′", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎,ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ′", strict=True))
)
_VULGAR = MappingProxyType({(1, 2): "½", (1, 3): "⅓", (2, 3): "⅔", (1, 4): "¼", (3, 4): "¾", (1, 8): "⅛"})


def raised(text: str) -> str:
    """Return the text as superscript characters, or after ^ where one of them does not exist."""
    if all(character in _RAISED for character in text):
        return "".join(_RAISED[character] for character in text)
    return "^" + (text if _is_one(text) else f"({text})")


def lowered(text: str) -> str:
    """Return the text as subscript characters, or after _ where one of them does not exist."""
    if all(character in _LOWERED for character in text):
        return "".join(_LOWERED[character] for character in text)
    return "_" + (text if _is_one(text) else f"{{{text}}}")


def _is_one(text: str) -> bool:
    """Tell whether a script is seen to end without parentheses: q, 12, ∘2, (L), [l+1]."""
    closing = {"(": ")", "[": "]"}.get(text[0])
    fenced = closing is not None and text.find(closing) == len(text) - 1
    return len(text) == 1 or text.lstrip("∘").isdigit() or fenced


def vulgar(box: Box) -> str | None:
    """Return a fraction of two numbers as a character of its own, such as ½, if there is one."""
    match box:
        case Fraction(Leaf(top, number=True), Leaf(bottom, number=True)) if top.isdigit() and bottom.isdigit():
            return _VULGAR.get((int(top), int(bottom)))
        case _:
            return None


def in_line(box: Box, *, small: bool = False) -> str:
    """Return a box in one line; `small` in scripts, where no blanks are put around signs."""
    return rule_for(box, _LINES, "line of text")(box, small=small)


def _scripts(box: Scripts, *, small: bool = False) -> str:
    """Return a letter with what stands at it: its layer before its indices, and a ᵀ or a power behind these."""
    below = "" if box.below is None else lowered(in_line(box.below, small=True))
    above = _above(box.above)
    first = box.above.parts[0] if type(box.above) is Row else box.above
    at_letter = isinstance(first, LayerMark)
    return in_line(box.base, small=small) + "′" * box.primes + (above + below if at_letter else below + above)


def _above(box: Box | None) -> str:
    """Return what stands above a letter; a layer and what follows it, as in W^[l+1]ᵀ, each as it does alone."""
    match box:
        case None:
            return ""
        case Row((LayerMark() as layer, *others)):
            return _above(layer) + "".join(map(_above, others))
    return raised(in_line(box, small=True))


def _root(box: Root, *, small: bool = False) -> str:
    inside = in_line(box.inside, small=small)
    return f"√{inside}" if isinstance(box.inside, Leaf) else f"√({inside})"


def _fence(box: Fence, *, small: bool = False) -> str:
    inside = in_line(box.inside, small=small)
    return inside if isinstance(bare(box.inside), Cases) else box.left + inside + box.right  # cases have braces here


def _call(box: Call, *, small: bool = False) -> str:
    blank = "" if isinstance(bare(box.argument), Fence) else " "
    return in_line(box.function, small=small) + blank + in_line(box.argument, small=small)


def _product(box: Product, *, small: bool = False) -> str:
    text = in_line(box.factors[0], small=small)
    for left, right in zip(box.factors, box.factors[1:], strict=False):
        text += joint(left, right, box.sign, small=small) + in_line(right, small=small)
    return text


def joint(left: Box, right: Box, sign: Leaf | None, *, small: bool = False) -> str:
    """Return what stands between two factors: nothing between number and letter, a blank, or a dot at what is long."""
    if sign is not None:
        return f" {sign.text} "
    left, right = bare(left), bare(right)
    if _is_long(left) or _is_long(right) or _is_number(right):
        return " · "
    short = isinstance(left, Leaf) and left.number and left.text.isdecimal() and not isinstance(right, Summation | Call)
    return "" if short or small else " "


def _is_number(box: Box) -> bool:
    return (isinstance(box, Leaf) and box.number) or (isinstance(box, Scripts) and _is_number(box.base))


def _is_long(box: Box) -> bool:
    if isinstance(box, Fence):
        return isinstance(bare(box.inside), Cases)
    fenced_call = isinstance(box, Call) and isinstance(bare(box.argument), Fence)
    return (
        fenced_call or isinstance(box, Slash | Differential | Cases) or (isinstance(box, Fraction) and not vulgar(box))
    )


def _terms(box: Terms, *, small: bool = False) -> str:
    text = ""
    for place, (sign, term) in enumerate(box.terms):
        shown = MINUS if sign == "-" else sign
        if place:
            text += shown if small else f" {shown} "
        elif sign == "-":
            text += shown
        text += in_line(term, small=small)
    return text


def _summation(box: Summation, *, small: bool = False) -> str:
    index, first, last = (in_line(part, small=True) for part in (box.index, box.first, box.last))
    ends = lowered(index) if box.whole else lowered(f"{index}={first}") + raised(last)
    return f"Σ{ends} {in_line(box.body, small=small)}"


def _relation(box: Relation, *, small: bool = False) -> str:
    text = in_line(box.sides[0], small=small)
    for sign, side in zip(box.signs, box.sides[1:], strict=True):
        wide = f"{sign.text} " if sign.text in (",", ";") else f" {sign.text} "
        text += (sign.text if small and not sign.text.isalpha() else wide) + in_line(side, small=small)
    return text


def _cases(box: Cases, *, small: bool = False) -> str:
    between = ": " if has_comma(box) else ", "  # 0,8: z > 0
    return "{" + "; ".join(between.join(map(in_line, row)) for row in box.rows) + "}"


_LINES: Mapping[type, Callable[..., str]] = {
    Leaf: lambda box, *, small: box.text,
    **dict.fromkeys((Row, LayerMark), lambda box, *, small: "".join(in_line(part, small=small) for part in box.parts)),
    Scripts: _scripts,
    Fraction: lambda box, *, small: vulgar(box) or in_line(slashed(box), small=small),
    Slash: lambda box, *, small: f"{in_line(box.top, small=small)}/{in_line(box.bottom, small=small)}",
    Root: _root,
    Fence: _fence,
    Call: _call,
    Product: _product,
    Terms: _terms,
    Summation: _summation,
    Differential: lambda box, *, small: f"∂/∂{in_line(box.by, small=small)} {in_line(box.of, small=small)}",
    Relation: _relation,
    Cases: _cases,
    Grid: lambda box, *, small: "; ".join(", ".join(map(in_line, row)) for row in box.rows),
    Coloured: lambda box, *, small: in_line(box.inside, small=small),
    Framed: lambda box, *, small: f"⟦{in_line(box.inside, small=small)}⟧",
}
