"""MathML: each equation in a file of its own, for a page or a program that reads mathematics.

equations/BP1.mml   equations/BP1-here.mml   …      presentation markup, with the LaTeX in an annotation
"""

from __future__ import annotations

from functools import partial
from html import escape

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document
from symbackprop.exposition.formats import EQUATIONS, FORMATS, Files, Format
from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.mathml import mathml_text
from symbackprop.exposition.mathtext.spoken import spoken
from symbackprop.exposition.named import equation_files
from symbackprop.exposition.options import Options


def write(derivation: Derivation, document: Document, options: Options) -> Files:
    """Return one file for each equation of the derivation."""
    return equation_files(derivation, document, "mml", partial(_markup, document))


def _markup(document: Document, box: Box) -> str:
    """Return a formula as a document of its own that says its language, and what is read aloud for it."""
    said = f' xml:lang="{escape(document.language)}" alttext="{escape(spoken(box, document.words))}"'
    return mathml_text(written(box)).replace("<math", f"<math{said}", 1)


FORMATS.add("mathml", Format("mathml", "equations/BP1.mml", write, follows=EQUATIONS))
