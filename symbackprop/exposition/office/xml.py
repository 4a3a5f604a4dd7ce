"""Elements with prefixes in their tags, as `node` makes them -> markup that declares what the prefixes stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext import omml

NAMESPACES: Mapping[str, str] = MappingProxyType(
    {
        **omml.NAMESPACES,
        "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "a14": "http://schemas.microsoft.com/office/drawing/2010/main",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "adec": "http://schemas.microsoft.com/office/drawing/2017/decorative",
    }
)


def markup(element: Element) -> str:
    """Return an element as text that stands by itself.

    All prefixes are declared at its root, those too that stand in values alone: Office wants the prefix that
    mc:Choice requires to be known there."""
    declared = {f"xmlns:{prefix}": NAMESPACES[prefix] for prefix in sorted(set(_prefixes(element)))}
    whole = Element(element.tag, {**element.attrib, **declared})
    whole.text = element.text
    whole.extend(element)
    return ElementTree.tostring(whole, encoding="unicode")


def grown(element: Element) -> Any:
    """Return an element as python-pptx keeps it, to be put among those of a slide."""
    from pptx.oxml import parse_xml

    return parse_xml(markup(element))


def worded(tag: str, text: str, attributes: Mapping[str, object] | None = None) -> Element:
    """Return an element that holds words and nothing else."""
    element = omml.node(tag, attributes)
    element.text = text
    return element


def _prefixes(element: Element) -> Iterator[str]:
    for part in element.iter():
        names = [part.tag, *part.attrib]
        yield from (name.partition(":")[0] for name in names if ":" in name and not name.startswith("xml:"))
        if required := part.get("Requires"):
            yield required
