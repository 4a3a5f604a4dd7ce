r"""LaTeX of our dialect -> one repaired MathML tree, for what shows MathML; no other format reads it.

    tree(r"\delta_{j}")       ->  <math><msub><mi>δ</mi><mi>j</mi></msub></math>    an ElementTree, plain tag names
    html_math(r"\delta_{j}")  ->  the same as text for a browser, with its LaTeX in an annotation

latex2mathml makes the raw tree; `mathrepair` mends what is wrong in it for everybody. Nothing leaves that is not on the
lists of elements and attributes below. A browser gets alignment, boxes and spaces besides, which MathML Core leaves to
style:

    (z)      parentheses that stretch stand apart from a letter   ->  they do not stretch
    σ′       a sign in a script of its own size, tiny and high    ->  a sign beside the letter
    (…) a    nothing between                                      ->  TeX's thin space
    = −a     a minus between two terms                            ->  one before a term
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from html import unescape
from itertools import pairwise
from types import MappingProxyType
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from symbackprop.errors import ExpressionError
from symbackprop.exposition.mathtext.latex import in_colours
from symbackprop.exposition.mathtext.mathrepair import LEAVES, SCRIPTED, THIN, repaired
from symbackprop.exposition.palette import COLOURS

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
LONGEST = 20_000  # characters of one formula

ELEMENTS = frozenset(
    {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "menclose", "mstyle"}
    | {"msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd"}
)
_FLAG, _LENGTH = re.compile("true|false"), re.compile(r"-?\d+(\.\d+)?(em|pt)?")
ATTRIBUTES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "display": re.compile("block|inline"),
        "mathvariant": re.compile("normal"),
        "mathcolor": re.compile("#[0-9A-Fa-f]{6}|[a-z]+"),
        "columnalign": re.compile("left|center|right"),
        "rowspacing": _LENGTH,
        "columnspacing": re.compile(f"{_LENGTH.pattern}( {_LENGTH.pattern})*"),
        "form": re.compile("prefix|infix|postfix"),
        "notation": re.compile("box"),
        "scriptlevel": re.compile("[0-2]"),
        **dict.fromkeys(("stretchy", "fence", "separator", "largeop", "accent", "displaystyle"), _FLAG),
        **dict.fromkeys(("width", "lspace", "rspace"), _LENGTH),
    }
)

_PARTS = MappingProxyType(
    {**dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2), "msubsup": 3, "munderover": 3}
)
_ALIGNED = re.compile(r"\\(begin|end)\{(?:aligned|split)\}")
_UPRIGHT_LETTER = re.compile(r"\\mathrm\{([A-Za-z])\}")
# where a formula may be cut, and what a cut must not lie within
_CUT = re.compile(r"\\[{}]|[{}]|\\(?:left|right|begin|end)(?![A-Za-z])|\\,|(?:^| )(?:=|\+|-) ")
_OPENING, _CLOSING = frozenset({"{", r"\left", r"\begin"}), frozenset({"}", r"\right", r"\end"})
_MARKUP = re.compile(r"[<>]|&(?!#?\w+;)")
_COMMENT = re.compile(r"(?<!\\)%")
MEDIUM = "0.2222em"  # TeX's space around a sign between terms
PRIMES = frozenset("′″‴")
_TIGHT = frozenset("=+−-<>≤≥≠,·")


def tree(latex: str, *, display: bool = True) -> Element:
    r"""Return a formula as a MathML tree with plain tag names; `display` puts the limits of a Σ below and above it.

    The tree is the caller's own. Raises ExpressionError, which names the formula, for what is not in the dialect."""
    return deepcopy(_tree(latex, display))


def html_math(latex: str, *, display: bool = True) -> str:
    r"""Return a formula as MathML Core text for a browser; its LaTeX is kept in an annotation and is what is copied.

    A role, \role{cost}, becomes a class, and a colour where it is copied. Raises ExpressionError as `tree` does."""
    return _html(latex, in_colours(latex), display)


@lru_cache(8192)
def _html(latex: str, copied: str, display: bool) -> str:  # noqa: FBT001 - positional for the cache
    root = Element("math", {"xmlns": NAMESPACE, "display": "block" if display else "inline"})
    semantics = ElementTree.SubElement(root, "semantics")
    body = ElementTree.SubElement(semantics, "mrow")
    body.extend(styled(_tree.__wrapped__(latex, display)))  # made here and kept as text, so no copy is needed
    annotation = ElementTree.SubElement(semantics, "annotation", {"encoding": "application/x-tex"})
    annotation.text = copied
    return ElementTree.tostring(root, encoding="unicode")


def mathml_text(latex: str) -> str:
    """Return a formula as an indented MathML document of its own, with its LaTeX in an annotation."""
    whole = tree(latex, display=True)
    semantics = Element("semantics")
    body = ElementTree.SubElement(semantics, "mrow")
    body.extend(whole)
    annotation = ElementTree.SubElement(semantics, "annotation", {"encoding": "application/x-tex"})
    annotation.text = latex
    root = Element("math", {"xmlns": NAMESPACE, "display": "block"})
    root.append(semantics)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


@lru_cache(8192)
def _tree(latex: str, display: bool) -> Element:  # noqa: FBT001 - positional for the cache
    if len(latex) > LONGEST or _COMMENT.search(latex):
        raise _refusal(latex, "it is too long" if len(latex) > LONGEST else "a bare % would hide what follows it")
    root = repaired(_converted(latex), display=display)
    root.set("display", "block" if display else "inline")
    for element in root.iter():
        if complaint := _complaint(element):
            raise _refusal(latex, complaint)
    return root


def _converted(latex: str) -> Element:
    """Return what latex2mathml makes of a formula, without namespaces: of its pieces, as it makes it of the whole.

    The formulas of a derivation share most of their pieces, and latex2mathml takes half a millisecond for each."""
    root = Element("math")
    row = ElementTree.SubElement(root, "mrow")
    for piece in _pieces(latex):
        try:
            row.extend(deepcopy(_piece(piece)))
        except _RefusedError as error:
            raise _refusal(latex, str(error)) from None
    return root


def _pieces(latex: str) -> Iterator[str]:
    """Yield a formula cut at the thin spaces and the signs that stand in no group of it, nothing left out."""
    depth = start = 0
    for found in _CUT.finditer(latex):
        token = found[0]
        if token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth -= 1
        elif depth == 0 and not token.startswith(("\\{", "\\}")):
            yield from (piece for piece in (latex[start : found.start()], token) if piece.strip())
            start = found.end()
    yield latex[start:]


class _RefusedError(ValueError):
    """A piece of a formula is not in the dialect; the message says why."""


@lru_cache(8192)
def _piece(latex: str) -> Element:
    """Return the row that latex2mathml makes of a piece of a formula."""
    from latex2mathml.converter import convert_to_element

    source = _ALIGNED.sub(r"\\\1{align*}", latex).replace(r"\role{", r"\textcolor{")
    source = _UPRIGHT_LETTER.sub(r"\\text{\1}", source)  # of \mathrm{T}, latex2mathml loses the \mathrm
    try:
        root = convert_to_element(source)
    except Exception as error:  # its own errors have no common class, and it lets IndexError and the like through
        detail = " ".join(str(error).split())[:80]
        raise _RefusedError(f"{type(error).__name__} {detail}".strip()) from None
    for element in root.iter():
        if text := element.text:
            if _MARKUP.search(text):
                raise _RefusedError(f"{text[:40]!r} would be markup")
            element.text = unescape(text)  # latex2mathml writes its signs as references
    return root[0]


def _complaint(element: Element) -> str:
    """Return what is not allowed about one element, or nothing."""
    if element.tag not in ELEMENTS:
        return f"it makes an element <{element.tag[:40]}>"
    if element.text and element.text.startswith("\\"):
        return f"{element.text[:40]} is no known command"
    if len(element) != _PARTS.get(element.tag, len(element)):
        return f"a part of {element.tag} is missing"
    for name, value in element.attrib.items():
        if name not in ATTRIBUTES or not ATTRIBUTES[name].fullmatch(value):
            return f"it makes an attribute {name[:40]}={value[:40]!r}"
    return ""


def _refusal(latex: str, why: str) -> ExpressionError:
    shown = latex if len(latex) <= 80 else latex[:79] + "…"
    return ExpressionError(
        f"formula {shown!r} cannot be written as MathML: {why}; the dialect is that of symbackprop's own LaTeX"
    )


def styled(root: Element) -> list[Element]:
    """Return what is inside a <math>, mended in place for browsers."""
    for element in list(root.iter()):
        _style(element)
        _prime(element)
        _short_fence(element)
    _scripts(root, inside=False)
    return list(root)


def _style(element: Element) -> None:
    if (role := element.get("mathcolor", "")) in COLOURS:  # the page gives it its colour, for light and for dark
        element.attrib.update({"mathcolor": COLOURS[role], "class": f"role-{role}"})
    if element.tag == "mtd":
        align = element.attrib.pop("columnalign", "center")
        element.set("style", f"text-align:{align};padding:.15em {'.8em .15em 0' if align == 'left' else '.3em'}")
    elif element.tag == "mtable":
        element.attrib.pop("rowspacing", None)
        if element.attrib.pop("columnspacing", "").startswith("0em"):  # columns that meet at a sign
            for cell in element.iter("mtd"):
                cell.set("style", f"{cell.get('style', '').partition(';')[0]};padding:.2em 0")
    elif element.tag == "menclose":
        element.tag = "mrow"
        del element.attrib["notation"]
        element.set("style", "border:1px solid;padding:.2em .3em")
    elif element.tag == "mo" and element.text == "⊙":
        element.attrib.update(largeop="false", lspace=MEDIUM, rspace=MEDIUM)  # Firefox makes it huge


def _prime(element: Element) -> None:
    """Put a prime beside its letter: fonts draw it small and raised already."""
    if element.tag == "msup" and set(element[1].text or " ") <= PRIMES:
        element.tag = "mrow"
        element[1].attrib.update(lspace="0", rspace="0")


def _short_fence(row: Element) -> None:
    """Let parentheses around plain letters be plain."""
    if _is_fenced(row) and all(child.tag in LEAVES for child in row):
        for fence in (row[0], row[-1]):
            fence.set("stretchy", "false")


def _is_fenced(element: Element) -> bool:
    return element.tag == "mrow" and len(element) > 1 and element[0].get("form") == "prefix"


def _ends_in_fence(element: Element) -> bool:
    """Tell whether an element is something in parentheses, in whatever colour and with whatever exponent."""
    if element.tag in SCRIPTED or (element.tag == "mstyle" and len(element) == 1):
        return _ends_in_fence(element[0])
    return _is_fenced(element)


def _gaps(row: Element) -> None:
    """Put a thin space after something in parentheses, and between a fraction and parentheses, as TeX does."""
    for place in range(len(row) - 1, 0, -1):
        before, after = row[place - 1], row[place]
        if after.tag in ("mo", "mspace"):
            continue
        if _ends_in_fence(before) or (before.tag == "mfrac" and _ends_in_fence(after)):
            row.insert(place, Element("mspace", {"width": THIN}))


def _sign_of_term(row: Element) -> None:
    """Let a minus or a plus behind another sign belong to what follows it."""
    for before, after in pairwise(row):
        if after.tag == before.tag == "mo" and after.text in ("−", "+") and before.get("form") != "postfix":
            after.set("form", "prefix")


def _scripts(element: Element, *, inside: bool) -> None:
    """Take the spaces away from signs in scripts, where Chromium leaves them as wide as outside; put others in."""
    if element.tag in ("math", "mrow", "mstyle", "mtd") and not inside:
        _gaps(element)
        _sign_of_term(element)
    for place, child in enumerate(element):
        within = inside or (element.tag in SCRIPTED and place > 0)
        if within and child.tag == "mo" and child.text in _TIGHT:
            child.attrib.update(lspace="0", rspace="0")
        _scripts(child, inside=within)
