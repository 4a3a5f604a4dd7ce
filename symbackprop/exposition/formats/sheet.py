r"""A sheet: what a student pins to the wall, on one page, and on a slide; on a few where it is much.

    sheet.tex     pdflatex sheet.tex: one page A4
    page.pdf      the same without TeX, set by Typst where that is installed
    sheet.pptx    the same as one slide, with native equations

The four equations, the forward and the backward pass of this network, its shapes and the letters.
"""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from io import BytesIO

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.diagnosis import Diagnosis
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.exposition.document import Block, Document, Table
from symbackprop.exposition.formats import FORMATS, LABELS, Files, Format
from symbackprop.exposition.languages import language_of
from symbackprop.exposition.options import Options
from symbackprop.exposition.placing.poster import poster
from symbackprop.exposition.story.onepage import one_page, one_slide
from symbackprop.exposition.story.program import sheet
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.telling import Telling, shape_of
from symbackprop.exposition.typesetting.blocks import Typesetter
from symbackprop.exposition.typesetting.onepage import sheet_tex
from symbackprop.exposition.typst.onepage import sheet_typst


def write(derivation: Derivation | ProgramDerivation | Diagnosis, document: Document, options: Options) -> Files:
    """Return the sheet for paper and for a slide; beside a diagnosis it is that of the network.

    Raises SpecError for a title that pdflatex cannot show, and for a template that cannot be used."""
    derived = derivation.derivation if isinstance(derivation, Diagnosis) else derivation
    page = _page(derived, document)
    across = not isinstance(derived, ProgramDerivation)  # the four equations are
    files: dict[str, str | bytes] = {"sheet.tex": sheet_tex(page, across=across)}
    if importlib.util.find_spec("typst") is not None:
        from symbackprop.exposition.formats.pdf import compiled

        files["page.pdf"] = compiled(sheet_typst(page, across=across), page)
    return {**files, "sheet.pptx": _slide(page.slides, options)}


def _page(derivation: Derivation | ProgramDerivation, document: Document) -> Document:
    """Return a document with nothing but what stands on the sheet and on the slide."""
    if isinstance(derivation, ProgramDerivation):
        program = ProgramTelling(
            derivation, language_of(document), convention=document.convention, notations=document.notations
        )
        typesetter = Typesetter(document)
        blocks: list[Block] = []  # a table in parts, each of which a column of a page has room for
        for block in sheet.one_page(program):
            blocks += typesetter.parted(block) if isinstance(block, Table) else [block]
        return replace(document, blocks=tuple(blocks), talk=sheet.one_slide(program))
    telling = Telling(derivation, language_of(document), (), document.convention, document.notations)
    title = document.title
    if derivation.network.title is None and title == _made(telling, "title"):
        title = _made(telling, "sheet.title")
    return replace(document, title=title, blocks=one_page(telling), talk=one_slide(telling))


def _made(telling: Telling, key: str) -> str:
    return "".join(map(str, telling.say(key, shape=shape_of(telling.network))))


def _slide(document: Document, options: Options) -> bytes:
    from symbackprop.exposition.office.package import describe, frozen
    from symbackprop.exposition.office.slides import add_page
    from symbackprop.exposition.office.template import blamed, room, stage

    base = stage(options)
    content = BytesIO()
    with blamed(options):
        describe(base.presentation.core_properties, document)
        for page in poster(document, base.body, room(base.body, options)):
            add_page(base, document, page, picture=options.fallback)
        base.presentation.save(content)
        return frozen(content.getvalue())


_FOLLOWS = LABELS - {"level", "only"} | {"aspect", "fallback", "template"}  # it is all there is, and for one network

FORMATS.add("sheet", Format("sheet", "sheet.tex", write, follows=_FOLLOWS))
