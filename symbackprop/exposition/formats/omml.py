"""OMML: each equation as Word and PowerPoint keep it, for programs that write their files.

equations/BP1.omml   equations/BP1-here.omml   …      an m:oMath, which goes into a paragraph of a document
"""

from __future__ import annotations

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document
from symbackprop.exposition.formats import EQUATIONS, FORMATS, Files, Format
from symbackprop.exposition.mathtext.omml import Face, omml
from symbackprop.exposition.named import equation_files
from symbackprop.exposition.office.xml import markup
from symbackprop.exposition.options import Options


def write(derivation: Derivation, document: Document, options: Options) -> Files:
    """Return one file for each equation of the derivation."""
    return equation_files(derivation, document, "omml", lambda box: f"{markup(omml(box, Face(kind='page')))}\n")


FORMATS.add("omml", Format("omml", "equations/BP1.omml", write, follows=EQUATIONS))
