"""Typst: each equation as a formula with a line to itself.

equations/BP1.typ   equations/BP1-here.typ   …      #include "equations/BP1.typ"
"""

from __future__ import annotations

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document
from symbackprop.exposition.formats import EQUATIONS, FORMATS, Files, Format
from symbackprop.exposition.mathtext.typst import typst_math
from symbackprop.exposition.named import equation_files
from symbackprop.exposition.options import Options


def write(derivation: Derivation, document: Document, options: Options) -> Files:
    """Return one file for each equation of the derivation."""
    return equation_files(derivation, document, "typ", lambda box: f"$ {typst_math(box)} $\n")


FORMATS.add("typst", Format("typst", "equations/BP1.typ", write, follows=EQUATIONS, lines=True))
