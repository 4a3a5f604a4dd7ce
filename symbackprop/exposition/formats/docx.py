"""Word: the article with native equations that can be edited, sections and pictures numbered by Word itself.

derivation.docx     python -m pip install '.[export]'
"""

from __future__ import annotations

from io import BytesIO

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document, Figure
from symbackprop.exposition.formats import FORMATS, Files, Format
from symbackprop.exposition.options import Options

__all__ = ["write"]

PIXEL = 0.75  # points, of a picture in SVG
PAPER = "white"  # the edge of a halo on transparent ground is grey where a program makes the picture smaller


def write(derivation: Derivation | None, document: Document, options: Options) -> Files:
    """Return the article."""
    from symbackprop.exposition.figures.svg import svg
    from symbackprop.exposition.formats.png import ZOOM, png
    from symbackprop.exposition.office.article import Article
    from symbackprop.exposition.office.package import describe, frozen
    from symbackprop.exposition.office.pagesetup import WIDTH, sheet, word_element
    from symbackprop.exposition.office.words import paragraph, run

    file = sheet(document.language)
    describe(file.core_properties, document)

    def shown(figure: Figure) -> tuple[str, tuple[float, float]]:
        drawn = png(svg(figure.picture, document, figure.alt), paper=PAPER)
        relation, image = file.part.get_or_add_image(BytesIO(drawn))
        return relation, (image.px_width / ZOOM * PIXEL, image.px_height / ZOOM * PIXEL)

    body = file.element.body
    head = [paragraph([run(document.title)], "Title")]
    credits = " · ".join(each for each in (document.author, document.date) if each)
    head += [paragraph([run(credits)], "Subtitle")] if credits else []
    for element in (*head, *Article(document, WIDTH, shown).blocks()):
        body.insert_element_before(word_element(element), "w:sectPr")
    content = BytesIO()
    file.save(content)
    return {"derivation.docx": frozen(content.getvalue())}


FORMATS.add("docx", Format("docx", "derivation.docx", write, packages=("docx", "resvg_py"), alone=True))
