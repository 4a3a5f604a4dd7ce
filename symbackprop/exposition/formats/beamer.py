r"""Beamer: a talk in which each derivation comes line by line, its signs never moving, with what the speaker says.

    slides.tex    pdflatex slides.tex, twice for the number of slides
    handout.tex   the same slides for paper: everything at once
    notes.tex     the same slides, each with its notes beside it, for a second screen

The talk stays within beamer and the packages of the article.
"""

from __future__ import annotations

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document
from symbackprop.exposition.figures.tikz import TIKZ_LIBRARIES
from symbackprop.exposition.formats import FORMATS, LABELS, Files, Format
from symbackprop.exposition.options import Options
from symbackprop.exposition.paging.slides import SHEETS
from symbackprop.exposition.typesetting.preamble import MACROS, PACKAGES, colours, hyphens, title_lines
from symbackprop.exposition.typesetting.talk import TALK, Talk

ASPECTS = {"16:9": "169", "4:3": "43"}  # as beamer calls them
HANDOUT = "\\PassOptionsToClass{handout}{beamer}\n\\input{slides}\n"
NOTES = "\\def\\withnotes{}\n\\input{slides}\n"
_NOTES = r"\ifdefined\withnotes\usepackage{pgfpages}\setbeameroption{show notes on second screen=right}\fi" + "\n"


def write(derivation: Derivation | None, document: Document, options: Options) -> Files:
    """Return the talk, and the two short files that set it as a handout and with notes.

    Raises SpecError for a title or an author with a character that pdflatex cannot show."""
    head = [
        rf"\documentclass[10pt,aspectratio={ASPECTS[options.aspect]},usepdftitle=false]{{beamer}}",
        PACKAGES + TIKZ_LIBRARIES + "\n" + colours(),
        MACROS,
        TALK,
        _NOTES + title_lines(document),
        r"\begin{document}",
        hyphens(document),
    ]
    frames = "\n\n".join(Talk(document.slides, SHEETS[options.aspect]).frames())
    slides = "\n".join(head) + f"{frames}\n\n\\end{{document}}\n"
    return {"slides.tex": slides, "handout.tex": HANDOUT, "notes.tex": NOTES}


FORMATS.add("beamer", Format("beamer", "slides.tex", write, follows=LABELS | {"aspect"}, alone=True))
