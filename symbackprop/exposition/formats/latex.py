r"""LaTeX: a complete article, derivation.tex, that pdflatex reads twice for the numbers of sections.

As a fragment it is for one's own book: typesetting/fragment.py says which files. The format tex has single equations.

The article stays within amsmath, amssymb, mathtools, bm, xcolor, booktabs, tikz, hyperref, microtype and lmodern.
"""

from __future__ import annotations

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document
from symbackprop.exposition.figures.tikz import TIKZ_LIBRARIES
from symbackprop.exposition.formats import FORMATS, Files, Format
from symbackprop.exposition.options import Options
from symbackprop.exposition.typesetting.blocks import Typesetter
from symbackprop.exposition.typesetting.preamble import (
    ARTICLE,
    BLOCKS,
    LINKS,
    MACROS,
    PACKAGES,
    PAGE,
    colours,
    hyphens,
    title_lines,
)


def write(derivation: Derivation | None, document: Document, options: Options) -> Files:
    """Return the article, or files for one's own document.

    Raises SpecError for a title or an author with a character that pdflatex cannot show."""
    if options.fragment:
        from symbackprop.exposition.typesetting.fragment import fragment

        return fragment(derivation, document, options.fragment)
    return {"derivation.tex": _article(document)}


def _article(document: Document) -> str:
    typesetter = Typesetter(document)
    head = [
        ARTICLE + PACKAGES + LINKS + TIKZ_LIBRARIES + "\n" + colours(),
        PAGE + BLOCKS,
        MACROS,
        title_lines(document),
        r"\begin{document}",
        hyphens(document),
        r"\maketitle",
    ]
    return "\n".join(head) + typesetter.blocks() + "\n\n\\end{document}\n"


def _idle(options: Options) -> frozenset[str]:
    """Return what a fragment does not say: who signs, and when."""
    return frozenset({"author", "date"}) if options.fragment else frozenset()


FORMATS.add("latex", Format("latex", "derivation.tex", write, alone=True, idle=_idle))
