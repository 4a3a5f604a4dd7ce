"""The PDF files: tagged, the same bytes every time, with every heading; slides on which nothing moves."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from exposition.pdfslides import Words, complaints, pages_of, whole

from symbackprop import derive, sequential
from symbackprop.errors import SpecError
from symbackprop.exposition.document import Display, Document, Figure, Formula, Heading, Prose, Steps, Table
from symbackprop.exposition.formats.pdf import article, slides
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.paging.topics import topics
from symbackprop.exposition.rendering import render, render_files

if os.environ.get("CI"):
    import typst
else:
    typst = pytest.importorskip("typst", reason="typst is not installed; it is in the extra `export`")

from symbackprop.exposition.formats.pdf import compiled

pytestmark = pytest.mark.combinations

Run = Callable[..., str]
NOT_IN_THE_FONTS = ("\u795e\u7d4c\u7db2", "🧠 net")
NAMESPACE = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def poppler(tmp_path: Path) -> Run:
    """Return what runs one of poppler's programs on a PDF and returns what it prints.

    Skips the test where poppler is missing, unless it runs for the record."""
    if shutil.which("pdftotext") is None:
        if os.environ.get("CI"):
            pytest.fail("pdftotext is not installed; install poppler-utils")
        pytest.skip("pdftotext is not installed; install poppler-utils")

    def run(program: str, content: bytes, *options: str) -> str:
        path = tmp_path / "file.pdf"
        path.write_bytes(content)
        output = ["-"] if program == "pdftotext" else []
        done = subprocess.run([program, *options, str(path), *output], capture_output=True, timeout=60, check=True)
        return done.stdout.decode(errors="replace")

    return run


def squeezed(text: str) -> str:
    """Return a text without its blanks, which a line break may add or take."""
    return re.sub(r"\s", "", text)


def headings(document: Document) -> list[str]:
    """Return the words of each heading, up to its first formula."""
    blocks = [block for block in document.blocks if isinstance(block, Heading)]
    firsts = [next((part for part in block.text if isinstance(part, Formula)), None) for block in blocks]
    cut = [
        block.text[: block.text.index(first)] if first else block.text
        for block, first in zip(blocks, firsts, strict=True)
    ]
    return ["".join(map(str, text)) for text in cut]


def test_article_has_every_heading(told, derived, poppler: Run, network: str, lang: str) -> None:
    """The words of every heading stand in the article, in their order, and so does every caption's name."""
    document = told(network, lang)
    text = squeezed(poppler("pdftotext", compiled(article(document), document)))
    place = 0
    for heading in headings(document):
        place = text.find(squeezed(heading), place)
        assert place >= 0, heading
    assert f"{document.words['figure']}1." in text
    assert f"{document.words['table']}1." in text


def test_slides_have_every_section(told, poppler: Run, lang: str) -> None:
    """Each section and each part of one is the title of a slide."""
    document = told("plain", lang).slides
    text = squeezed(poppler("pdftotext", compiled(slides(document, "16:9"), document)))
    titled = [replace(b, text=b.slide or b.text) if isinstance(b, Heading) else b for b in document.blocks]
    shown = headings(replace(document, blocks=tuple(titled)))
    assert [] == [
        heading for heading in shown if squeezed(heading) not in text and heading != "The last layer: three links"
    ]


def test_file_says_what_it_is(derived, poppler: Run) -> None:
    """Title and author are those of the document; the file is tagged and has no date."""
    content = bytes(render(derived("plain"), "pdf", title="Mine", author="A. Author"))  # type: ignore[arg-type]
    said = poppler("pdfinfo", content)
    assert re.search(r"^Title: +Mine$", said, re.MULTILINE)
    assert re.search(r"^Author: +A. Author$", said, re.MULTILINE)
    assert re.search(r"^Tagged: +yes$", said, re.MULTILINE)
    assert "Date" not in said
    assert b"pdfuaid:part" in content


def test_structure_has_headings_tables_and_formulas(told, poppler: Run) -> None:
    """A reader of the screen finds each heading, the head of each table, each formula and each figure."""
    document = told("plain", "en")
    tags = re.findall(r"^ *(\w+)", poppler("pdfinfo", compiled(article(document), document), "-struct"), re.MULTILINE)
    assert 9 == tags.count("H1")
    assert len(headings(document)) - 9 == tags.count("H2")
    assert 4 == tags.count("Figure")
    assert tags.count("Table") == tags.count("THead")
    assert article(document).count('eq("') < tags.count("Formula")


@pytest.mark.thorough
def test_picture_of_many_layers_has_room_on_its_page(poppler: Run) -> None:
    """Eight rows of boxes are made smaller, so that their heading and their caption stand above and below them."""
    found = bytes(render(derive(sequential(" -> ".join(["3", *["prelu"] * 32]))), "pdf"))  # type: ignore[arg-type]
    (page,) = [page for page in poppler("pdftotext", found).split("\f") if "Figure 1." in page]
    assert "The layers one after the other" in page


def last_words(document: Document) -> list[str]:
    """Return the last words, up to a formula, of each paragraph that leads to mathematics, a picture or a table."""
    leads = [
        block.text
        for block, after in pairwise(document.blocks)
        if isinstance(block, Prose) and isinstance(after, Display | Steps | Figure | Table)
    ]
    ends = [squeezed(text[-1])[-40:] for text in leads if isinstance(text[-1], str)]
    return [end for end in ends if len(end) > 10]


@pytest.mark.parametrize("name", ["plain", "digits", "several"])
def test_no_page_ends_with_what_leads_to_the_next(told, poppler: Run, name: str, lang: str) -> None:
    """The paragraph before a formula, a picture or a table stands on its page."""
    document = told(name, lang)
    pages = [squeezed(page) for page in poppler("pdftotext", compiled(article(document), document)).split("\f")]
    ends = [re.sub(r"\d+$", "", page) for page in pages]  # without the number of the page
    leads = last_words(document)
    assert len(leads) > 10
    assert [] == [lead for lead in leads if any(end.endswith(lead) for end in ends)]
    assert sum(lead in "".join(pages) for lead in leads) > 0.8 * len(leads)  # they are found at all


def test_fonts_are_in_the_file(derived, poppler: Run) -> None:
    """Every font is one that Typst brings along, and is a part of the file."""
    for content in render_files(derived("plain"), "pdf").values():
        fonts = poppler("pdffonts", bytes(content)).splitlines()[2:]  # type: ignore[arg-type]
        assert all(re.search(r"\+NewCM\S* .* yes yes yes ", line) for line in fonts), fonts


@pytest.mark.parametrize(("aspect", "size"), [("16:9", "720 x 405"), ("4:3", "720 x 540")])
def test_slides_have_the_shape_that_was_asked_for(told, poppler: Run, aspect: str, size: str) -> None:
    """16:9 is 720 by 405 points, 4:3 is 720 by 540."""
    document = told("flat", "en")
    assert f"Page size:       {size} pts" in poppler("pdfinfo", compiled(slides(document, aspect), document))


def words(page: ElementTree.Element) -> set[tuple[str, ...]]:
    """Return each word of a page with its place, but for the number of the page."""
    places = [
        (word.text or "", *(word.get(name, "") for name in ("xMin", "yMin"))) for word in page.iter(f"{NAMESPACE}word")
    ]
    return {place for place in places if float(place[2]) < 385}


def moves(pages: list[ElementTree.Element]) -> list[int]:
    """Return the pages that neither begin a slide nor keep all that the page before them showed.

    Two slides may have a sign in the same place; what begins with most of what was there is the same slide."""
    found = []
    for number, (before, after) in enumerate(pairwise(pages), start=2):
        shown = words(before) - title_of(before)
        kept = shown & words(after)
        if kept != shown and 2 * len(kept) > len(shown):
            found.append(number)
    return found


def title_of(page: ElementTree.Element) -> set[tuple[str, ...]]:
    """Return the words of the title and of the section above it."""
    return {word for word in words(page) if float(word[2]) < 70}


@pytest.mark.parametrize("name", ["plain", "long", "digits"])
def test_nothing_moves_from_step_to_step(told, poppler: Run, name: str) -> None:
    """A page shows everything that the page before showed, in the same places, or begins with other things."""
    document = told(name, "es")
    text = poppler("pdftotext", compiled(slides(document, "16:9"), document), "-bbox")
    pages = list(ElementTree.fromstring(text).iter(f"{NAMESPACE}page"))
    assert len(pages) > 60
    assert [] == moves(pages)
    assert all(title_of(page) for page in pages[1:])  # no slide ran over onto a page without a title


@pytest.mark.parametrize(
    ("name", "language", "level"), [("plain", "es", "lecture"), ("digits", "en", "lecture"), ("digits", "es", "short")]
)
def test_slides_are_seen_from_the_last_row(derived, poppler: Run, name: str, language: str, level: str) -> None:
    """No letters are small, no slide is nearly empty or all words, and no letter comes before the word for it."""
    document = narrate(derived(name), lang=language, level=level).slides
    marked = poppler("pdftohtml", compiled(slides(document, "16:9"), document), "-xml", "-stdout", "-i", "-zoom", "4")
    assert [] == complaints(whole(pages_of(marked)), language)


TITLE, SENTENCE = Words(0.1, 0.1, 0.5, 0.15, 20, "Title"), Words(0.1, 0.2, 0.9, 0.25, 12, "A sentence of words.")
FORMULA, REASON = Words(0.1, 0.4, 0.3, 0.6, 12, "a = b"), Words(0.7, 0.4, 0.9, 0.45, 9, "and its reason here")


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ([SENTENCE], "sentences alone"),
        ([SENTENCE, replace(FORMULA, top=0.24, bottom=0.3)], "uses"),
        ([SENTENCE, FORMULA, replace(REASON, size=6)], "letters of 0.50"),
        ([SENTENCE, FORMULA, replace(REASON, left=0.1, size=7)], "letters of 0.58"),
        ([SENTENCE, replace(FORMULA, right=1.1)], "over the edge"),
        ([SENTENCE, replace(FORMULA, text="δ = b")], "δ is not introduced"),
        ([replace(SENTENCE, text="A sentence of words. " * 5), FORMULA], "5 sentences"),
        ([*(replace(SENTENCE, top=0.2 + 0.03 * n) for n in range(14)), FORMULA], "14 lines"),
    ],
)
def test_bad_slide_of_a_pdf_is_found(page: list[Words], complaint: str) -> None:
    """Each kind of complaint is made where there is a reason for it, and none of a slide that is as it should be."""
    good = (TITLE, SENTENCE, FORMULA, REASON)
    assert [] == complaints([good] * 9, "en")
    assert any(each.startswith("10: " + complaint) for each in complaints([*[good] * 9, (TITLE, *page)], "en"))


@pytest.mark.parametrize(("name", "language"), [("digits", "en"), ("mixed", "es")])
def test_each_topic_of_a_lecture_has_one_slide(derived, poppler: Run, name: str, language: str) -> None:
    """Nothing goes on on another slide, and the four equations are as large as the sentence below them."""
    document = narrate(derived(name), lang=language).slides
    text = poppler("pdftotext", compiled(slides(document, "16:9"), document), "-bbox")
    pages = list(ElementTree.fromstring(text).iter(f"{NAMESPACE}page"))
    bodies = [words(page) - title_of(page) for page in pages]
    starts = [shown for shown, following in pairwise(bodies) if not shown <= following]
    assert len(topics(document)) == len(starts)  # the title slide is one of them, and the last one has none after it
    (sizes,) = [sizes for sizes in map(heights, pages) if {"BP1", "BP2", "BP3", "BP4"} <= set(sizes)]
    assert sizes["BP4"] >= 0.99 * sizes["holds" if language == "en" else "tiene"]


def heights(page: ElementTree.Element) -> dict[str, float]:
    """Return how high the letters of each word of a page are."""
    return {
        word.text or "": float(word.get("yMax", "0")) - float(word.get("yMin", "0"))
        for word in page.iter(f"{NAMESPACE}word")
    }


def test_movement_is_found() -> None:
    """Words that are somewhere else on the next page, among others that stay, are seen."""

    def page(*words: tuple[str, int, int]) -> ElementTree.Element:
        texts = (f'<word xMin="{x}" yMin="{y}">{text}</word>' for text, x, y in words)
        return ElementTree.fromstring(f'<page xmlns="{NAMESPACE[1:-1]}">{"".join(texts)}</page>')

    shown = ("T", 1, 1), ("a", 1, 90), ("b", 1, 100), ("c", 1, 110)
    assert [] == moves([page(*shown), page(*shown, ("d", 1, 120))])
    assert [2] == moves([page(*shown), page(*shown[:-1], ("c", 1, 111))])
    assert [] == moves([page(*shown), page(("T", 1, 1), ("d", 1, 90))])


def bare(document: Document, text: str) -> Document:
    """Return a document without blocks whose title, author and date are one text."""
    return replace(document, title=text, author=text, date=text, talk=None, blocks=())


@pytest.mark.hostile("name", expect="literal")
def test_hostile_title_is_literal_or_refused(told, poppler: Run, hostile_text: str) -> None:
    """Every label is shown as it is, as title, author and date; what has no font is refused."""
    document = bare(told("plain", "en"), hostile_text)
    if hostile_text in NOT_IN_THE_FONTS:
        with pytest.raises(SpecError, match=r"title .* is in none of the fonts that Typst brings along"):
            compiled(article(document), document)
        return
    text = unicodedata.normalize("NFC", squeezed(poppler("pdftotext", compiled(article(document), document))))
    shown = unicodedata.normalize("NFC", squeezed(hostile_text))
    assert 3 == max(text.count(shown), text.count(shown[::-1]))  # poppler turns what is written from right to left


@pytest.mark.parametrize(
    ("text", "named"),
    [("神經網", r"character 1: U\+795E \(CJK UNIFIED IDEOGRAPH-795E\)"), ("a\U000f0000", r"character 2: U\+F0000")],
)
def test_letter_without_a_font_is_refused_by_name(told, text: str, named: str) -> None:
    """What Typst cannot show is refused with the place and the name of the character, and with a way out."""
    document = bare(told("plain", "en"), text)
    with pytest.raises(
        SpecError, match=rf"title .* {named} .*; write it in Latin letters, or take html, docx, pptx or markdown"
    ):
        compiled(article(document), document)


def test_error_that_is_ours_is_not_hidden(told) -> None:
    """A source that Typst does not take is a fault of this program and is raised as it is."""
    with pytest.raises(typst.TypstError, match="unknown variable"):
        compiled("#nonsense", told("plain", "en"))
