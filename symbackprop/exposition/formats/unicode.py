"""Unicode: each equation as a line of text, for a message, a comment or a search.

equations/BP1.txt   equations/BP1-here.txt   …      δ⁽ᴸ⁾ⱼ = ∂C/∂a⁽ᴸ⁾ⱼ · σ′(z⁽ᴸ⁾ⱼ)
"""

from __future__ import annotations

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document
from symbackprop.exposition.formats import EQUATIONS, FORMATS, Files, Format
from symbackprop.exposition.mathtext.plain import in_line
from symbackprop.exposition.named import equation_files
from symbackprop.exposition.options import Options


def write(derivation: Derivation, document: Document, options: Options) -> Files:
    """Return one file for each equation of the derivation."""
    return equation_files(derivation, document, "txt", lambda box: f"{in_line(box)}\n")


FORMATS.add("unicode", Format("unicode", "equations/BP1.txt", write, follows=EQUATIONS, lines=True))
