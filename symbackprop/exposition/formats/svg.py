"""SVG: the network, the chains, and each equation as a picture of its own, on a transparent background.

    network.svg   chain.svg   chain-back.svg                 in the words of the language
    equations/BP1.svg   equations/BP1-here.svg   …           the general equations, and those of this network

There is no text in them that would want a font, and no colour but for what is stressed: the ink is black where a
picture is placed as a file, and that of the page where its code is a part of one, so that it is read on dark paper too.
The LaTeX of a picture is in its <metadata>, for who wants to change it.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document, Figure, Formula
from symbackprop.exposition.figures.lettering import number
from symbackprop.exposition.figures.names import picture_names
from symbackprop.exposition.figures.svg import Drawing, svg
from symbackprop.exposition.figures.tikz import tikz
from symbackprop.exposition.formats import FORMATS, Files, Format
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.mathtext.latex import in_colours, written
from symbackprop.exposition.mathtext.outlines import outline
from symbackprop.exposition.mathtext.plain import in_line
from symbackprop.exposition.mathtext.spoken import spoken
from symbackprop.exposition.named import equation_formulas
from symbackprop.exposition.options import Options

SIZE = 24.0  # of the letters of an equation, in pixels
MARGIN = 3.0  # around the ink, so that no program cuts off the edge of a letter


def write(derivation: Derivation, document: Document, options: Options) -> Files:
    """Return a file for each picture of the document and for each equation of the derivation."""
    drawn = dict(pictures(document))
    formulas = equation_formulas(derivation, document).items()
    equations = {f"equations/{name}.svg": equation_svg(formula, document) for name, formula in formulas}
    return {**equations, **drawn} if document.only else {**drawn, **equations}  # first what is asked for by its name


def equation_svg(formula: Formula, document: Document) -> str:
    """Return a formula as a picture in outlines: its LaTeX is the metadata, its Unicode the title, words the label."""
    box = formula_box(formula, document.style)
    latex = in_colours(written(box))
    drawn = outline(box, SIZE)
    wide, high = number(drawn.width + 2 * MARGIN), number(drawn.height + 2 * MARGIN)
    corner = f"{number(drawn.left - MARGIN)} {number(drawn.top - MARGIN)}"
    title, said = escape(in_line(box)), escape(spoken(box, document.words))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="{corner} {wide} {high}"'
        f' role="img" aria-label="{said}" fill="currentColor">\n'
        f"<title>{title}</title>\n<metadata>{escape(latex, quote=False)}</metadata>\n{drawn.body}\n</svg>\n"
    )


def pictures(document: Document) -> Iterator[tuple[str, str]]:
    """Yield the pictures of the document by the names of their files, the first of them the network."""
    names = picture_names(document)
    for block in document.blocks:
        if isinstance(block, Figure):
            drawing = Drawing(source=tikz(block.picture, document))
            yield f"{names[block.picture]}.svg", svg(block.picture, document, block.alt, drawing)


FORMATS.add("svg", Format("svg", "network.svg", write, follows=frozenset({"colours", "level", "only"})))
