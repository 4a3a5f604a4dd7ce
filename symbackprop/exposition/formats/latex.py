r"""LaTeX: a complete article, and each of the four equations in a file of its own.

    derivation.tex       pdflatex derivation.tex, twice for the numbers of sections
    equations/BP1.tex    \[ \input{equations/BP1} \]      one bare formula, for any document with amsmath

The article stays within amsmath, amssymb, mathtools, bm, xcolor, booktabs, tikz, hyperref, microtype and lmodern.
"""

from __future__ import annotations

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document, Formula
from symbackprop.exposition.figures.tikz import TIKZ_LIBRARIES
from symbackprop.exposition.formats import FORMATS, Files, Format
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.options import Options
from symbackprop.exposition.typesetting.blocks import Typesetter
from symbackprop.exposition.typesetting.escaping import escaped, property_text
from symbackprop.exposition.typesetting.preamble import MACROS, PACKAGES, colours

__all__ = ["write"]

# patterns of other languages are not part of every TeX installation, and those of English break words wrongly
_NO_HYPHENS = r"\hyphenpenalty=10000 \exhyphenpenalty=10000" + "\n"


def write(derivation: Derivation, document: Document, options: Options) -> Files:
    """Return the article and the equations.

    Raises SpecError for a title or an author with a character that pdflatex cannot show."""
    files: dict[str, str | bytes] = {"derivation.tex": _article(document)}
    for name, equation in derivation.equations.items():
        formula = formula_latex(Formula((equation.left, equation.right)), document.style)
        # no line break at the end: TeX would take it for a blank, and a comment would swallow what follows \input
        files[f"equations/{name}.tex"] = f"% {name}: for mathematics, \\[ \\input{{equations/{name}}} \\]\n{formula}%\n"
    return files


def _article(document: Document) -> str:
    typesetter = Typesetter(document)
    title = escaped(document.title, "title")
    author = escaped(document.author, "author") if document.author else ""
    date = escaped(document.date, "date") if document.date else ""
    names = {"pdftitle": property_text(document.title), "pdfauthor": property_text(document.author or "")}
    properties = ", ".join(f"{name}={{{value}}}" for name, value in (*names.items(), ("pdflang", document.language)))
    head = [
        PACKAGES + TIKZ_LIBRARIES + "\n" + colours(),
        MACROS,
        rf"\hypersetup{{{properties}}}",
        rf"\title{{{title}}}",
        rf"\author{{{author}}}",
        rf"\date{{{date}}}",
        r"\begin{document}",
        "" if document.language == "en" else _NO_HYPHENS,
        r"\maketitle",
    ]
    return "\n".join(head) + typesetter.blocks() + "\n\n\\end{document}\n"


FORMATS.add("latex", Format("latex", "derivation.tex", write))
