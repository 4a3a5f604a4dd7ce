"""Elements of HTML and literal text: whatever comes from a user shows as itself, in content and in attributes.

element("p", text("R&D"), {"class": "x"})  ->  <p class="x">R&amp;D</p>
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import MappingProxyType

from symbackprop.exposition.unbroken import pieces

Attributes = Mapping[str, str]
NOTHING: Attributes = MappingProxyType({})


def text(words: str) -> str:
    """Return words so that nothing in them is markup, within an element or within quotes."""
    return escape(words, quote=True)


def words(literal: str) -> str:
    """Return words as the content of an element: nothing in them is markup, and no shape is broken."""
    parts = (
        element("span", text(part), {"class": "whole"}) if whole else text(part) for part, whole in pieces(literal)
    )
    return "".join(parts)


def attributes(values: Attributes) -> str:
    """Return attributes with a blank before each, their values literal; an empty class is left out."""
    return "".join(f' {name}="{text(value)}"' for name, value in values.items() if value or name != "class")


def joined(one: Attributes, other: Attributes) -> Attributes:
    """Return the attributes of both; their classes are put together."""
    classes = " ".join(filter(None, (one.get("class"), other.get("class"))))
    return {**one, **other, "class": classes}


def element(name: str, content: str = "", values: Attributes = NOTHING) -> str:
    """Return an element; `content` is markup already."""
    return f"<{name}{attributes(values)}>{content}</{name}>"
