r"""TeX: each equation as the bare LaTeX of a formula, for any document with amsmath and xcolor.

equations/BP1.tex   equations/BP1-here.tex   …      \[ \input{equations/BP1} \]
"""

from __future__ import annotations

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document
from symbackprop.exposition.formats import EQUATIONS, FORMATS, Files, Format
from symbackprop.exposition.mathtext.latex import in_colours, written
from symbackprop.exposition.named import equation_files
from symbackprop.exposition.options import Options


def write(derivation: Derivation, document: Document, options: Options) -> Files:
    """Return one file for each equation of the derivation."""
    return equation_files(derivation, document, "tex", lambda box: f"{in_colours(written(box))}\n")


FORMATS.add("tex", Format("tex", "equations/BP1.tex", write, follows=EQUATIONS, lines=True))
