"""PowerPoint: a talk with native equations that can be edited, one step on each click, and what the speaker says.

    slides.pptx     title, then the chapters; the whole text of the article in the notes

The template of the reader keeps its design; see `exposition.office` for how slides are made.
"""

from __future__ import annotations

from io import BytesIO

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document
from symbackprop.exposition.formats import FORMATS, LABELS, Files, Format
from symbackprop.exposition.options import Options
from symbackprop.exposition.paging.slides import paged
from symbackprop.exposition.placing.placed import placed, step_by_step


def write(derivation: Derivation | None, document: Document, options: Options) -> Files:
    """Return the deck. Raises SpecError for a template that cannot be used."""
    from symbackprop.exposition.office.package import describe, frozen
    from symbackprop.exposition.office.slides import add_opening, add_page
    from symbackprop.exposition.office.template import blamed, room, stage

    base, document = stage(options), document.slides
    content = BytesIO()
    with blamed(options):
        describe(base.presentation.core_properties, document)
        add_opening(base, document)
        for slide in paged(document, room(base.body, options)):
            page = placed(slide, document, base.body)
            for shown in step_by_step(page) if options.steps == "slides" else (page,):
                add_page(base, document, shown, picture=options.fallback)
        base.presentation.save(content)
        return {"slides.pptx": frozen(content.getvalue())}


FORMATS.add(
    "pptx",
    Format(
        "pptx",
        "slides.pptx",
        write,
        follows=LABELS | {"aspect", "fallback", "steps", "template"},
        alone=True,
        idle=lambda options: frozenset() if options.template is None else frozenset({"aspect"}),
    ),
)
