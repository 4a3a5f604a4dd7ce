"""The article: all blocks in their order, for paper."""

from __future__ import annotations

from symbackprop.exposition.document import Display, Document, Prose, Steps
from symbackprop.exposition.mathtext.typst import literal
from symbackprop.exposition.paging.topics import leads
from symbackprop.exposition.typst.blocks import Blocks
from symbackprop.exposition.typst.preamble import ARTICLE, FUNCTIONS
from symbackprop.exposition.typst.wording import Wording, worded

__all__ = ["article", "properties"]


def properties(document: Document) -> str:
    """Return what a file says of itself: its title and author, its language, and no date of its own."""
    author = f", author: {literal(document.author)}" if document.author else ""
    return (
        f"#set document(title: {literal(document.title)}{author}, date: none)\n"
        f"#set text(lang: {literal(document.language)})\n"
    )


def article(document: Document) -> str:
    """Return the whole document as the source of Typst."""
    blocks = Blocks(Wording(document))
    body = []
    around = zip((None, *document.blocks), document.blocks, (*document.blocks[1:], None), strict=False)
    for before, block, following in around:
        if isinstance(block, Steps):
            body.append(blocks.steps(block, kept=isinstance(following, Display)))
        elif isinstance(block, Prose) and leads(before, following):
            body.append(f"#lead[{blocks.block(block)}]")
        else:
            body.append(blocks.block(block))
    return f"{properties(document)}{FUNCTIONS}{ARTICLE}\n{_title(document)}" + "\n\n".join(body) + "\n"


def _title(document: Document) -> str:
    below = [worded(text) for text in (document.author, document.date) if text]
    lines = "".join(f"  #v(0.5em, weak: true)\n  {text}\n" for text in below)
    return f"#align(center)[\n  #set par(justify: false)\n  #title[{worded(document.title)}]\n{lines}]\n#v(1.2em)\n"
