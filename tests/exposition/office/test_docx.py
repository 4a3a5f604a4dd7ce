"""The article in Word: sections and captions numbered, the same bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document as open_document
from PIL import Image
from sympy import Rational

from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.numbers import descend
from symbackprop.errors import MissingExtraError
from symbackprop.exposition.document import Display, Document, Figure, Heading, Steps, Table
from symbackprop.exposition.example.narration import narrate_example
from symbackprop.exposition.formats import FORMATS, check_installed
from symbackprop.exposition.formats.docx import Article, write
from symbackprop.exposition.formulas import formula_box, side_boxes
from symbackprop.exposition.linebreaking import width
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.office.lines import narrowed
from symbackprop.exposition.office.words import SIZE
from symbackprop.exposition.office.xml import markup
from symbackprop.exposition.options import PLAIN
from symbackprop.exposition.paging.richtext import plain
from symbackprop.network.model import mlp
from symbackprop.network.values import pleasant_values

pytestmark = pytest.mark.combinations

NETWORKS = ["plain", "digits", "custom"]
NAMES = {
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
}
RIGHT = 595.3 - 70.9  # points, where the lines of a page end


@pytest.fixture(scope="module")
def worked() -> Document:
    """Return a worked example."""
    network = mlp("2-2-2")
    derivation, values = derive(network), pleasant_values(network, 5)
    return narrate_example(derivation, descend(derivation, values.given, values.rate, 0), rate=Rational(1))


@cache
def content_of(told: Callable, name: str, lang: str) -> bytes:
    """Return the article that tells the story of a network."""
    return write(None, told(name, lang), PLAIN)["derivation.docx"]


def body_of(content: bytes) -> Any:
    """Return the body of an article."""
    return open_document(BytesIO(content)).element.body


def texts(body: Any, style: str) -> list[str]:
    """Return the words of all paragraphs of one style, those of fields included, without equations."""
    found = body.xpath(f".//w:p[w:pPr/w:pStyle/@w:val='{style}']")
    return ["".join(part.text or "" for part in shown_parts(each)) for each in found]


def shown_parts(paragraph: Any) -> list[Any]:
    """Return the words of a paragraph and the hyphens at which no line ends."""
    parts = paragraph.xpath(".//w:t | .//w:noBreakHyphen")
    return [part if part.tag.endswith("}t") else SimpleNamespace(text="-") for part in parts]


def test_sections_are_numbered_by_word(told, lang: str) -> None:
    """The headings are those of the document, and what refers to one of them is a field that says its number."""
    document = told("plain", lang)
    body = body_of(content_of(told, "plain", lang))
    for level in (1, 2):
        words = [
            "".join(part for part in block.text if isinstance(part, str))
            for block in document.blocks
            if isinstance(block, Heading) and block.level == level
        ]
        assert words == texts(body, f"Heading{level}")
    bookmarks = body.xpath(".//w:bookmarkStart/@w:name")
    fields = body.xpath(".//w:fldSimple[contains(@w:instr, 'REF')]")
    assert len(fields) > 3
    for found in fields:
        key = re.search(r"REF section_(\w+)", found.get(f"{{{NAMES['w']}}}instr")).group(1)
        assert f"section_{key}" in bookmarks
        assert str(document.sections[key]) == "".join(part.text for part in found.iter("{*}t"))


def test_results_are_framed_and_named(told, lang: str) -> None:
    """BP1 to BP4 stand in the order of the story, each in a frame, with its name at the right."""
    body = body_of(content_of(told, "plain", lang))
    framed = body.xpath(".//w:tbl[.//w:tcBorders/*[@w:color='B84F00']]")
    names = [re.search(r"\((BP\d)\)", "".join(table.itertext())).group(1) for table in framed]
    order = [block.name for block in told("plain", lang).blocks if isinstance(block, Display) and block.key]
    assert order == names
    assert ["BP1", "BP2", "BP3", "BP4"] == sorted(names)


def test_captions_are_numbered_and_pictures_described(told, lang: str) -> None:
    """Pictures and tables have captions with a number of their own, and a picture says what it shows."""
    document = told("plain", lang)
    body = body_of(content_of(told, "plain", lang))
    figures = [block for block in document.blocks if isinstance(block, Figure)]
    tables = [block for block in document.blocks if isinstance(block, Table) and block.caption]
    captions = texts(body, "Caption")
    for kind, blocks in (("figure", figures), ("table", tables)):
        starts = [f"{document.words[kind]} {number}. " for number in range(1, len(blocks) + 1)]
        assert starts == [start for start in starts if any(caption.startswith(start) for caption in captions)]
    assert len(figures) + len(tables) == len(captions)
    assert [figure.alt for figure in figures] == body.xpath(".//wp:docPr/@descr")


@pytest.mark.parametrize(
    ("wide", "high", "shown"), [(300, 400, (300, 400)), (906, 400, (453, 200)), (300, 1200, (147, 588))]
)
def test_pictures_are_no_larger_than_their_page_has_room(
    told, wide: float, high: float, shown: tuple[float, float]
) -> None:
    """A picture is as large as it is drawn, but no wider than the line, and no higher than its share of the page."""
    document = told("plain", "en")
    article = Article(document, 453.0, 588.0, shown=lambda figure: ("rId1", (wide, high)))
    figure = next(block for block in document.blocks if isinstance(block, Figure))
    (sizes,) = set(re.findall(r'cx="(\d+)" cy="(\d+)"', markup(article._figure(figure)[0])))
    assert shown == pytest.approx([int(size) / 12700 for size in sizes], abs=0.1)  # English metric units


def test_steps_stay_with_their_result(told) -> None:
    """The line before a result keeps to its page, and so does a paragraph that announces something."""
    body = body_of(content_of(told, "plain", "en"))
    for frame in body.xpath(".//w:tbl[.//w:tcBorders/*[@w:color='B84F00']]"):
        between, steps = frame.getprevious(), frame.getprevious().getprevious()
        assert between.xpath("./w:pPr/w:keepNext")
        assert steps.xpath("./w:tr[last()]//w:p[1]/w:pPr/w:keepNext")


@pytest.mark.parametrize("name", NETWORKS)
def test_lines_of_steps_fit_the_page(told, name: str, lang: str) -> None:
    """No table is wider than a line of text."""
    for grid in body_of(content_of(told, name, lang)).xpath(".//w:tblGrid"):
        assert sum(int(width) for width in grid.xpath("./w:gridCol/@w:w")) <= 20 * 453.6


def test_words_are_in_the_language_of_the_document(told, lang: str) -> None:
    """Word checks the spelling in the language in which the article is written."""
    document = open_document(BytesIO(content_of(told, "plain", lang)))
    assert {lang} == set(document.styles.element.xpath("./w:docDefaults//w:lang/@w:val"))
    assert lang == document.core_properties.language


def widest(document: Document) -> Display:
    """Return the widest formula on a line of its own: the cost in one formula."""
    shown = [block for block in document.blocks if isinstance(block, Display)]
    return max(shown, key=lambda block: width(formula_box(block.formula, document.style)))


def short(document: Document) -> Document:
    """Return a document of one section, without pictures."""
    heading = next(block for block in document.blocks if isinstance(block, Heading))
    results = [block for block in document.blocks if isinstance(block, Display | Steps)]
    return replace(document, talk=None, blocks=(heading, *results[:6]))


@pytest.mark.hostile("name", expect="literal")
def test_hostile_titles_are_shown_as_they_are(told, hostile_text: str) -> None:
    """Whatever a title looks like to XML, TeX or Word, it stands at the top letter for letter."""
    document = replace(
        told("plain", "en"), title=hostile_text, author=hostile_text, date=hostile_text, talk=None, blocks=()
    )
    content = write(None, document, PLAIN)["derivation.docx"]
    assert [hostile_text] == texts(body_of(content), "Title")
    assert [f"{hostile_text} · {hostile_text}"] == texts(body_of(content), "Subtitle")
    assert hostile_text == open_document(BytesIO(content)).core_properties.title


def test_article_does_not_say_when_it_was_made(derived) -> None:
    """Nothing in the file tells when or where it was made; the date is that of the document."""
    document = narrate(derived("plain"), author="A. Author", date="2026-03-14")
    first = write(None, document, PLAIN)["derivation.docx"]
    with ZipFile(BytesIO(first)) as archive:
        assert {(1980, 1, 1, 0, 0, 0)} == {part.date_time for part in archive.infolist()}
    properties = open_document(BytesIO(first)).core_properties
    told = (properties.author, properties.created.date().isoformat(), properties.comments)
    assert ("A. Author", "2026-03-14", "") == told


@pytest.mark.parametrize(("name", "language"), [("plain", "en"), ("digits", "es")])
def test_file_keeps_the_schemas_of_office(told, complaints: Callable, name: str, language: str) -> None:
    """A checker of Office files finds no fault in the article."""
    assert [] == complaints(content_of(told, name, language), "derivation.docx")


def test_wrong_order_is_noticed(told, complaints: Callable) -> None:
    """The checker complains about an article in which the parts of a fraction have changed places."""
    content = write(None, short(told("plain", "en")), PLAIN)["derivation.docx"]
    spoilt = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(spoilt, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                data = re.sub(rb"(<m:num>.*?</m:num>)(<m:den>.*?</m:den>)", rb"\2\1", data, count=1)
            target.writestr(name, data)
    assert [] != complaints(spoilt.getvalue(), "derivation.docx")


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "language"), [("plain", "es"), ("worked", "en"), ("digits", "en"), ("custom", "en")])
def test_office_program_shows_everything(
    told, worked: Document, name: str, language: str, pages: Callable, right_edges: Callable
) -> None:
    """LibreOffice shows every heading and the letters of every equation, none wider than its lines or cut off."""
    content = write(None, worked, PLAIN)["derivation.docx"] if name == "worked" else content_of(told, name, language)
    shown = "".join(pages(content, "derivation.docx")).replace("\u2011", "-")  # by the font, either is written
    assert "".join(texts(body_of(content), "Normal")).count("¿") <= shown.count("¿")
    whole = "".join(part.text or "" for part in body_of(content).iter() if part.tag.endswith("}t"))
    assert whole.count("¿") == shown.count("¿")  # its sign for what is missing
    wanted_letters = sorted(set(re.sub(r"[^A-Za-z0-9]", "", whole)))
    assert "" == "".join(letter for letter in wanted_letters if shown.count(letter) < whole.count(letter))
    for title in (*texts(body_of(content), "Heading1"), *texts(body_of(content), "Title")):
        assert re.sub(r"\s", "", title) in re.sub(r"\s", "", shown)
    edges = right_edges(content, "derivation.docx")
    assert [] == [edge for edge in edges if edge > RIGHT + 1]
    assert len(edges) > 4


def test_formula_beyond_the_margin_is_seen(monkeypatch: pytest.MonkeyPatch, right_edges: Callable) -> None:
    """The cost of a network in one formula is too wide where it is thought to be narrower than in any typeface."""
    monkeypatch.setattr("symbackprop.exposition.office.lines.ALLOWANCE", 0.3)
    document = narrate(derive(mlp("2-4-1")))
    content = write(None, replace(document, talk=None, blocks=(widest(document),)), PLAIN)["derivation.docx"]
    assert max(right_edges(content, "derivation.docx")) > RIGHT + 10


def test_wide_fraction_is_broken_inside(told) -> None:
    """The cost in one formula is one equation, with rows below the bar of its fraction, and nothing of it is lost."""
    document = told("plain", "en")
    _, right = side_boxes(widest(document).formula.sides, document.style)
    assert right == narrowed(right, width(right))
    assert "array" not in written(right)
    done = written(narrowed(right, 38.0))
    assert 1 == done.count(r"\begin{array}")
    unsaid = re.compile(r"\\begin\{array\}\{l\}|\\end\{array\}|\\\\|\\left\.?|\\right\.?|\\!|[{}\s]")
    assert unsaid.sub("", written(right)) == unsaid.sub("", done)


def test_pictures_stand_on_paper(told) -> None:
    """A picture has no transparent pixel, whose edges would be grey where a program makes it smaller."""
    with ZipFile(BytesIO(content_of(told, "plain", "en"))) as archive:
        pictures = [archive.read(name) for name in archive.namelist() if name.startswith("word/media/")]
    shown = [Image.open(BytesIO(picture)).convert("RGBA").getchannel("A").getextrema() for picture in pictures]
    assert [(255, 255)] * 4 == shown


def test_rows_of_a_broken_line_are_rows_of_the_table(worked: Document) -> None:
    """The left side of a line stands beside the first of its rows, not beside their middle."""
    body = body_of(write(None, worked, PLAIN)["derivation.docx"])
    further = body.xpath(".//w:tr[.//w:pStyle/@w:val='Further']")
    assert len(further) > 3
    for row in further:
        assert not row.xpath("./w:tc[1]//m:oMath")
        assert row.getprevious().xpath(".//w:p/w:pPr/w:keepNext")


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without python-docx the format says which extra brings it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "docx" else object())
    with pytest.raises(
        MissingExtraError, match=r"format 'docx' needs docx, not installed; try: python -m pip install '\.\[export\]'"
    ):
        check_installed(FORMATS["docx"])


def test_header_of_a_column_has_room_for_its_bold_letters(told) -> None:
    """No word of a header is torn apart where the table is narrower than the page."""
    article = Article(told("plain", "es"), 453.0, 588.0, shown=lambda figure: ("", (0.0, 0.0)))
    tables = [block for block in article.document.blocks if isinstance(block, Table)]
    for table in tables:
        widths = article._widths(table)
        if sum(widths) < article.width - 1:
            for cell, width in zip(table.header, widths, strict=True):
                assert 0.6 * SIZE * len(plain(cell, article.document)) < width
    assert len(tables) > 4
