"""What a reader may do with a page or a deck: turn light into dark, copy a formula; the words are the language's."""

from __future__ import annotations

from symbackprop.exposition.languages import Language
from symbackprop.exposition.web.markup import element, text


def theme_button(language: Language) -> str:
    """Return the button for light or dark."""
    return element("button", text(language.words("page.theme")), {"type": "button", "class": "theme"})


def offer(language: Language) -> str:
    """Return what is offered where a formula is chosen; it is hidden until then."""
    buttons = [
        element("button", text(language.words(f"page.copy.{kind}")), {"type": "button", "data-copy": kind})
        for kind in ("latex", "mathml")
    ]
    told = {"data-done": language.words("page.copied"), "data-failed": language.words("page.copy.failed")}
    box = {"class": "offer", "role": "group", "aria-label": language.words("page.copy"), "hidden": "hidden"}
    return element("div", "".join(buttons) + element("output", "", told), box)
