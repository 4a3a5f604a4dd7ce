"""HTML: one page in one file, which needs no network: MathML, pictures in SVG, light and dark.

derivation.html     open it in any browser; print it from there
"""

from __future__ import annotations

from dataclasses import field
from functools import cached_property

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Block, Document, Figure, Heading
from symbackprop.exposition.figures.layout import NetworkPicture
from symbackprop.exposition.formats import FORMATS, Files, Format
from symbackprop.exposition.options import Options
from symbackprop.exposition.web.answers import answering
from symbackprop.exposition.web.assets import asset, font_face, policy, style
from symbackprop.exposition.web.blocks import BlockWriter
from symbackprop.exposition.web.controls import offer, theme_button
from symbackprop.exposition.web.drawing import drawn
from symbackprop.exposition.web.formulas import Room
from symbackprop.exposition.web.live import live_numbers
from symbackprop.exposition.web.living import Living
from symbackprop.exposition.web.markup import element, text, words
from symbackprop.frozen import dataclass

ALWAYS = ("theme", "copy", "page")
# what else a page may carry, a script and a style of that name, and what it then has in it
WHERE_USED = {
    "answers": "<template data-part=",
    "paths": 'drawing graph"',
    "zoom": 'class="zoom"',
    "live": 'class="live"',
}
ROOM = Room(beside=27.0, whole=40.0)  # em of a line of mathematics in the column of text


def write(derivation: Derivation | None, document: Document, options: Options) -> Files:
    """Return the page."""
    return {"derivation.html": _Page(derivation, document.page).whole()}


@dataclass(frozen=True)
class _Page:
    """Writes the page of one document."""

    derivation: Derivation | None  # a picture answers from it; without one it is a picture
    document: Document
    writer: BlockWriter = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "writer", BlockWriter(self.document, ROOM))

    def whole(self) -> str:
        page = element("div", "\n".join((self._header(), self._contents(), self._main())), {"class": "page"})
        used = [name for name, mark in WHERE_USED.items() if mark in page]
        script = "".join(asset(f"{name}.js") for name in (*ALWAYS, *used))
        styles = font_face() + "\n" + style("page.css", *(f"{name}.css" for name in used))
        head = [
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{text(policy(script))}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta name="author" content="{text(self.document.author)}">' if self.document.author else "",
            element("title", text(self.document.title)),
            element("style", "\n" + styles),
        ]
        body = [
            element("a", text(self._say("skip")), {"class": "skip", "href": "#text"}),
            page,
            offer(self.writer.language),
            element("script", script, {"type": "module"}),
        ]
        lines = ["<!DOCTYPE html>", f'<html lang="{self.document.language}">', "<head>", *filter(None, head), "</head>"]
        return "\n".join([*lines, self._opening_tag(), *body, "</body>", "</html>", ""])

    def _opening_tag(self) -> str:
        return f'<body data-wide="{text(self._say("formula"))}">'

    def _say(self, key: str) -> str:
        return self.writer.language.words(f"page.{key}")

    def _header(self) -> str:
        byline = " · ".join(words(part) for part in (self.document.author, self.document.date) if part)
        title = element("h1", words(self.document.title)) + (
            element("p", byline, {"class": "byline"}) if byline else ""
        )
        return element("header", element("div", title) + theme_button(self.writer.language))

    def _contents(self) -> str:
        items = [
            element("li", element("a", self.writer.title(heading), {"href": f"#section-{heading.key}"}))
            for heading in self.document.blocks
            if isinstance(heading, Heading) and heading.level == 1
        ]
        title = element("h2", text(self._say("contents")), {"id": "contents"})
        return element("nav", element("div", title + element("ol", "".join(items))), {"aria-labelledby": "contents"})

    def _main(self) -> str:
        """Return the blocks, those of each section within an element of its own."""
        parts: list[str] = []
        opened = False
        for block in self.document.blocks:
            if isinstance(block, Heading) and block.level == 1:
                name = f"section-{block.key}"
                parts.append("</section>" * opened + f'<section id="{name}" aria-labelledby="{name}-title">')
                parts.append(element("h2", self.writer.title(block), {"id": f"{name}-title"}))
                opened = True
            else:
                parts.append(self._block(block))
        return element("main", "\n".join(parts) + "</section>" * opened, {"id": "text"})

    def _block(self, block: Block) -> str:
        if isinstance(block, Figure) and self.derivation is not None and _answers(block):
            return self.writer.captioned(answering(block, self.derivation, self.writer), block)
        if isinstance(block, Figure) and isinstance(block.picture, NetworkPicture) and block.picture.numbers:
            picture = drawn(block, self.document, f"{block.picture.numbers}-")
            return self.writer.captioned(element("div", picture, {"class": "scroll drawing"}), block)
        write, key = self.writer.block, getattr(block, "key", "")
        written = self.living.block(block, write) if self.living else write(block)
        if key == "path" and self.living is not None and self.document.sample is not None:
            return written + live_numbers(self.document.sample, self.writer, self.living.plan)
        return element("div", written, {"class": "zoom"}) if key == "zoom" else written

    @cached_property
    def living(self) -> Living | None:
        """The numbers that are computed again when others are typed in, where there are any."""
        sample = self.document.sample
        return None if sample is None else Living.of(sample, self.document.style)


def _answers(figure: Figure) -> bool:
    """Tell whether a picture answers whoever points at it: a network with letters."""
    return isinstance(figure.picture, NetworkPicture) and not figure.picture.numbers


FORMATS.add("html", Format("html", "derivation.html", write, alone=True))
