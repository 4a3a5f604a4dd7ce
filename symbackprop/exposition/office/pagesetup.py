"""The page that an article is written on: its size, its styles, the numbers of its sections and of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.omml import node
from symbackprop.exposition.office.words import QUIET, SIZE, field, paragraph, twentieths
from symbackprop.exposition.office.xml import markup
from symbackprop.exposition.placing.looks import TYPED

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

PAGE, MARGIN = (595.3, 841.9), 70.9  # points: A4, with 2.5 cm around
WIDTH, HEIGHT = (length - 2 * MARGIN for length in PAGE)
SERIF, SANS = "Cambria", "Calibri"
NUMBERING = 90  # the number of our numbering among those of the file
INK = "1F2933"

# name -> size, space before, space after in points; and what else is said about its paragraphs
STYLES: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "Normal": (SIZE, 0, 7),
        "Title": (22, 0, 4),
        "Subtitle": (12, 0, 18),
        "Heading 1": (15, 20, 6),
        "Heading 2": (12, 12, 4),
        "Heading 3": (SIZE, 10, 4),
        "Caption": (9.5, 4, 10),
        "Formula": (SIZE, 4, 10),
        "Step": (SIZE, 3, 3),
        "Further": (SIZE, 0, 3),
        "Reason": (9.5, 3, 3),
        "Cell": (10, 2, 2),
        "Between": (4, 0, 4),
        "Picture": (SIZE, 8, 2),
        "Code": (9.5, 0, 0),
        "Note": (10, 6, 10),
    }
)
_INDENTED = {"Further": 24.0, "Note": 14.0}
_HEADINGS = ("Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3")


def word_element(element: Element) -> Any:
    """Return an element as python-docx keeps it, to be put among those of an article."""
    from docx.oxml import parse_xml

    return parse_xml(markup(element))


def sheet(language: str) -> WordDocument:
    """Return an empty article in one language."""
    from docx import Document

    document = Document()
    _lean(document)
    for name, spacing in STYLES.items():
        _style(document, name, spacing)
    _language(document, language)
    _numbered_sections(document)
    _page(document)
    return document


def _lean(document: WordDocument) -> None:
    """Leave out what the file that python-docx starts from brings along for nothing."""
    for owner, kinds in (
        (document.part.package, ("/thumbnail",)),
        (document.part, ("/stylesWithEffects", "/customXml", "/webSettings")),
    ):
        for key, relation in list(owner.rels.items()):
            if relation.reltype.endswith(kinds):
                owner.rels.pop(key)


def _style(document: WordDocument, name: str, spacing: tuple[float, float, float]) -> None:
    """Say how a kind of paragraph looks."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    styles: Any = document.styles
    style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    heading = name in _HEADINGS
    size, before, after = spacing
    style.font.name, style.font.size = SANS if heading else SERIF, Pt(size)
    for theme in style.element.xpath("./w:rPr/w:rFonts/@*[contains(name(), 'Theme')]/.."):
        for key in [key for key in theme.attrib if key.endswith("Theme")]:
            del theme.attrib[key]
    style.font.color.rgb = RGBColor.from_string(QUIET if name in ("Subtitle", "Reason") else INK)
    style.font.bold, style.font.italic = heading and name != "Subtitle", False
    look = style.paragraph_format
    look.space_before, look.space_after, look.line_spacing = Pt(before), Pt(after), 1.08 if name == "Normal" else 1.0
    look.left_indent = Pt(_INDENTED.get(name, 0))
    look.keep_with_next = heading
    if name in ("Picture", "Caption"):
        look.alignment = 1
    if name == "Code":
        style.font.name = TYPED
    for border in style.element.xpath("./w:pPr/w:pBdr"):
        border.getparent().remove(border)


def _language(document: WordDocument, language: str) -> None:
    """Tell the checker of spelling which language the article is in."""
    for found in document.styles.element.xpath("./w:docDefaults//w:lang/@w:val/.."):
        found.set(found.keys()[0], language)


def _numbered_sections(document: WordDocument) -> None:
    """Let Word number the sections; an article that is edited keeps their numbers right."""
    levels = node(
        "w:lvl",
        {"w:ilvl": 0},
        node("w:start", {"w:val": 1}),
        node("w:numFmt", {"w:val": "decimal"}),
        node("w:pStyle", {"w:val": "Heading1"}),
        node("w:lvlText", {"w:val": "%1"}),
        node("w:lvlJc", {"w:val": "left"}),
        node("w:pPr", None, node("w:ind", {"w:left": twentieths(22), "w:hanging": twentieths(22)})),
    )
    kind = node("w:multiLevelType", {"w:val": "multilevel"})
    abstract = node("w:abstractNum", {"w:abstractNumId": NUMBERING}, kind, levels)
    numbering = document.part.numbering_part.element
    numbering.insert(0, word_element(abstract))
    chosen = node("w:num", {"w:numId": NUMBERING}, node("w:abstractNumId", {"w:val": NUMBERING}))
    numbering.append(word_element(chosen))
    number = node("w:numPr", None, node("w:ilvl", {"w:val": 0}), node("w:numId", {"w:val": NUMBERING}))
    properties: Any = document.styles["Heading 1"].element.get_or_add_pPr()
    properties.insert_element_before(word_element(number), *_AFTER_NUMBER)


# what may stand after the number in the properties of a paragraph, in the order of the schema
_AFTER_NUMBER = ("w:suppressLineNumbers", "w:pBdr", "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def _page(document: WordDocument) -> None:
    """Set the size of the page, and its number at the foot."""
    from docx.shared import Pt

    section = document.sections[0]
    section.page_width, section.page_height = Pt(PAGE[0]), Pt(PAGE[1])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Pt(MARGIN)
    foot: Any = section.footer
    foot.is_linked_to_previous = False
    for old in list(foot._element):
        foot._element.remove(old)
    foot._element.append(word_element(paragraph([field("PAGE", "1")], "Footer", align="center")))
