r"""Markdown, as one of four programs reads it.

    github    derivation.md       ```math blocks and $`…`$, pictures as Mermaid
    quarto    derivation.md       $…$ and $$ … $$, callouts, links between sections
    marp      derivation.md       slides; with steps = slides, a slide for each step, at which nothing moves
    slidev    derivation.md       slides; a click stresses the next line

The two kinds of slides come with their pictures as SVG and with what the speaker says as comments.
"""

from __future__ import annotations

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document
from symbackprop.exposition.formats import FORMATS, LABELS, Files, Format
from symbackprop.exposition.formats.markdown.flavours import FLAVOURS
from symbackprop.exposition.formats.markdown.slides import slides
from symbackprop.exposition.formats.markdown.writer import Writer
from symbackprop.exposition.formats.svg import pictures
from symbackprop.exposition.options import Options

__all__ = ["write"]

MAIN = "derivation.md"


def write(derivation: Derivation | None, document: Document, options: Options) -> Files:
    """Return the document in the flavour that was asked for, with its pictures where they are files."""
    flavour = FLAVOURS[options.flavour]
    document = document.slides if flavour.slides else document
    writer = Writer(document, flavour)
    if flavour.slides:
        return {MAIN: slides(writer, options), **dict(pictures(document))}
    blocks = [writer.block(block) for block in document.blocks]
    return {MAIN: "\n\n".join([flavour.head(document), *blocks]) + "\n"}


def _idle(options: Options) -> frozenset[str]:
    """Return `steps` but for Marp: no other flavour has a slide for each of them."""
    return frozenset() if options.flavour == "marp" else frozenset({"steps"})


FORMATS.add("markdown", Format("markdown", MAIN, write, follows=LABELS | {"flavour", "steps"}, idle=_idle, alone=True))
