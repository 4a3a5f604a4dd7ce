"""A deck: a presentation with reveal.js in one file, which needs no network. It opens in any browser.

slides.html              arrow keys go on, S opens what the speaker says, O the overview, T turns light into dark
slides.html?print-pdf    the same for printing, a slide on each page
"""

from __future__ import annotations

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document
from symbackprop.exposition.formats import FORMATS, LABELS, Files, Format
from symbackprop.exposition.options import Options
from symbackprop.exposition.paging.slides import SHEETS
from symbackprop.exposition.web.assets import asset, font_face, policy, reveal, style
from symbackprop.exposition.web.controls import offer, theme_button
from symbackprop.exposition.web.formulas import Room
from symbackprop.exposition.web.markup import element, text
from symbackprop.exposition.web.slides import Deck

__all__ = ["write"]

# the size of a slide in pixels, and the room for a line of mathematics in em
SIZES = {"16:9": ((1280, 720), Room(beside=24.0, whole=34.0)), "4:3": ((960, 720), Room(beside=15.0, whole=24.0))}
SCRIPTS = ("theme.js", "copy.js", "speaker.js", "deck.js")


def write(derivation: Derivation | None, document: Document, options: Options) -> Files:
    """Return the presentation."""
    size, room = SIZES[options.aspect]
    deck = Deck(document.slides, SHEETS[options.aspect], room)
    language = deck.writer.language
    library, script = reveal("reveal.js"), "".join(map(asset, SCRIPTS))
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{text(policy(library, script))}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="author" content="{text(document.author)}">' if document.author else "",
        element("title", text(document.title)),
        element("style", "\n".join((reveal("reset.css"), reveal("reveal.css"), font_face()))),
        element("style", "\n" + style("deck.css")),
    ]
    slides = element("div", "\n".join(deck.slides()), {"class": "slides"})
    wishes = {
        "class": "reveal",
        "role": "main",
        "data-width": str(size[0]),
        "data-height": str(size[1]),
        "data-pages": options.steps,
        "data-notes": language.words("deck.notes"),
        "data-next": language.words("deck.next"),
        "data-blocked": language.words("deck.blocked"),
    }
    body = [
        element("div", slides, wishes),
        theme_button(language),
        offer(language),
        element("script", library),
        element("script", script, {"type": "module"}),
    ]
    lines = ["<!DOCTYPE html>", f'<html lang="{document.language}">', "<head>", *filter(None, head), "</head>"]
    return {"slides.html": "\n".join([*lines, "<body>", *body, "</body>", "</html>", ""])}


FORMATS.add("deck", Format("deck", "slides.html", write, follows=LABELS | {"aspect", "steps"}, alone=True))
