"""One page of the gallery: the conventions side by side, the same derived equations in each of them."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.equations import NOTATIONS, Sides
from symbackprop.calculus.links import ANY, dense
from symbackprop.calculus.matrixform import forward
from symbackprop.exposition.conventions import CONVENTIONS, Convention
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.layout import side_by_side
from symbackprop.exposition.mathtext.mathml import html_math
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.story.summary import compact
from symbackprop.exposition.symbols import own_letters
from symbackprop.exposition.web.assets import font_face, policy
from symbackprop.exposition.web.markup import element, text

__all__ = ["page"]

STYLE = """body{font:16px/1.5 system-ui,sans-serif;margin:2rem;color:#222;background:#fff}
table{border-collapse:collapse}th,td{text-align:left;padding:.55rem 1.1rem;border-bottom:1px solid #ddd}
th small{display:block;font-weight:400;color:#666;max-width:20rem}math{font-family:"Formulas",math}
td:first-child{color:#666;white-space:nowrap}tr.new td{border-top:2px solid #888}td div{margin:.35rem 0}"""


def page(derivation: Derivation, lang: str) -> str:
    """Return the page: a column for each convention; a row for what goes forward, and for each of the four equations.

    Above entry by entry, below for a batch; then what the first two become for this network."""
    words = LANGUAGES[lang].words
    shown = [CONVENTIONS[name] for name in ("nielsen", "ng", "bishop", "pytorch")]
    head = "".join(element("th", f"{each.name}<small>{text(each.source)}</small>") for each in shown)
    columns = [list(_column(derivation, each)) for each in shown]
    names = [words("cell.z"), words("cell.a"), *derivation.equations, *(f"{name}*" for name in derivation.specific)]
    rows = [element("tr", f"<th></th>{head}")]
    for name, cells in zip(names, zip(*columns, strict=True), strict=True):
        own = name.endswith("*")
        label = f"{name.split()[0].rstrip('*')}, {derivation.network.shape}" if own else name
        rows.append(
            element("tr", element("td", text(label)) + "".join(cells), {"class": "new" if name == "BP1" else ""})
        )
    title = derivation.network.shape
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{text(policy())}">'
        f"<style>{font_face()}{STYLE}</style></head><body>{element('table', ''.join(rows))}</body></html>\n"
    )


def _column(derivation: Derivation, convention: Convention) -> Iterator[str]:
    """Yield the cells of one convention, each with a line entry by entry and one for a batch."""
    letters = own_letters(derivation.network, {}, convention)
    style = Style(letters, convention=convention, depth=derivation.network.depth)

    def cell(*lines: Sides) -> str:
        formulas = (html_math(written(side_by_side(sides, style)), display=False) for sides in lines)
        return element("td", "".join(element("div", each) for each in formulas))

    for equation in dense(ANY):
        yield cell((equation.target, equation.expression), forward(equation, convention.batch))
    general = ((each, each.right) for each in derivation.equations.values())
    specific = ((each, compact(each.chain)) for each in derivation.specific.values())
    for each, right in (*general, *specific):
        batch = NOTATIONS[convention.samples].sides(each, right, convention.mean)
        yield cell((each.left, right), *batch)
