"""The deck: every equation on its slide, on its click; the speaker's words; the same bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import combinations
from typing import Any
from zipfile import ZipFile

import pytest
from exposition.canonical.files import equations
from exposition.canonical.reference import difference, in_shapes
from lxml import etree
from PIL import Image
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from symbackprop.exposition.document import Document, Heading, Prose
from symbackprop.exposition.formats.pptx import write
from symbackprop.exposition.mathtext.boxes import Cases, Coloured, Fence, Fraction, Leaf, Product, Root, Summation
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.office import fallback
from symbackprop.exposition.office.fallback import drawn
from symbackprop.exposition.office.shapes import Pen
from symbackprop.exposition.office.template import stage
from symbackprop.exposition.options import Options
from symbackprop.exposition.paging.richtext import plain, runs
from symbackprop.exposition.paging.slides import SHEETS, paged
from symbackprop.exposition.palette import painted
from symbackprop.exposition.placing.pages import Page
from symbackprop.exposition.placing.placed import placed

pytestmark = pytest.mark.combinations

EMU = 12_700
BODY = stage(Options()).body
NETWORKS = ["plain", "digits", "custom"]
TEXT = Options(fallback="text")  # pictures take time, and only some tests are about them
NAMES = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "a14": "http://schemas.microsoft.com/office/drawing/2010/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
}


def deck(content: bytes) -> list[Any]:
    """Return the slides of a deck."""
    return list(Presentation(BytesIO(content)).slides)


def within(slide: Any, path: str) -> list[Any]:
    """Return what stands at a path in a slide."""
    return etree.fromstring(etree.tostring(slide.element)).xpath(path, namespaces=NAMES)


def slides_of(document: Document, options: Options = TEXT) -> list[Any]:
    """Return the slides that tell a document."""
    return deck(write(None, document, options)["slides.pptx"])


def pages_of(document: Document) -> list[Page]:
    """Return the pages that tell a document."""
    return [placed(slide, document, BODY) for slide in paged(document, SHEETS["16:9"])]


@cache
def content_of(told: Callable, name: str, lang: str, options: Options = TEXT) -> bytes:
    """Return the deck that tells the story of a network."""
    return write(None, told(name, lang), options)["slides.pptx"]


def boxes(slide: Any) -> Iterator[tuple[str, float, float, float, float]]:
    """Yield the name and the edges, in points, of every shape but placeholders and parts of groups."""
    for shape in within(slide, "./p:cSld/p:spTree/*[not(self::p:nvGrpSpPr or self::p:grpSpPr)]"):
        native = shape.find("mc:Choice/*", NAMES) if shape.tag.endswith("AlternateContent") else shape
        if native.find("./*/p:nvPr/p:ph", NAMES) is not None:
            continue
        name = native.find("./*/p:cNvPr", NAMES).get("name")
        place = next(part for part in native.iter() if part.tag.endswith("}xfrm"))
        x, y = (int(place.find("a:off", NAMES).get(key)) / EMU for key in ("x", "y"))
        wide, high = (int(place.find("a:ext", NAMES).get(key)) / EMU for key in ("cx", "cy"))
        yield name, x, y, x + wide, y + high


@pytest.mark.parametrize("options", [TEXT, replace(TEXT, aspect="4:3")])
@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_leaves_its_slide_or_covers_another(told, lang: str, name: str, options: Options) -> None:
    """Every shape stands on its slide, and no two overlap but an equation and its frame."""
    slides = deck(content_of(told, name, lang, options))
    wide, high = (960, 540) if options.aspect == "16:9" else (720, 540)
    assert [] == collisions(slides, wide, high)


@pytest.mark.parametrize("name", ["batch_norm", "lenet"])
def test_nothing_covers_another_on_slides_about_layers(layered_derivation, name: str) -> None:
    """Long equations, their further rows and their reasons stand beside one another there, too."""
    assert [] == collisions(slides_of(narrate(layered_derivation(name), lang="es")), 960, 540)


@pytest.mark.parametrize("name", ["softmax_regression", "lstm"])
def test_nothing_covers_another_on_slides_about_a_program(program_derivation, name: str) -> None:
    """The same holds where the equations are a person's own."""
    assert [] == collisions(slides_of(narrate(program_derivation(name))), 960, 540)


def collisions(slides: list[Any], wide: float, high: float) -> list[tuple[int, tuple[str, ...]]]:
    """Return the shapes that leave their slide, and the pairs of shapes that overlap without being made to."""
    found: list[tuple[int, tuple[str, ...]]] = []
    for number, slide in enumerate(slides, start=1):
        there = list(boxes(slide))
        outside = [box for box in there if box[1] < 0 or box[2] < 0 or box[3] > wide or box[4] > high]
        found += [(number, (box[0],)) for box in outside]
        solid = [box for box in there if not box[0].startswith(("Frame", "Line"))]
        touching = [(a[0], b[0]) for a, b in combinations(solid, 2) if overlap(a, b)]
        found += [(number, pair) for pair in touching if not is_picture_with_rate(pair)]
    return found


def overlap(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Tell whether two shapes share more than a hair."""
    across = min(one[3], other[3]) - max(one[1], other[1])
    down = min(one[4], other[4]) - max(one[2], other[2])
    return across > 0.5 and down > 0.5


def is_picture_with_rate(pair: tuple[str, str]) -> bool:
    """Tell whether two shapes are a chain and the derivative below one of its arrows, in its free middle."""
    return pair[0].startswith("Picture") and pair[1].startswith("Equation")


def test_overlap_is_noticed() -> None:
    """Two boxes of which one reaches into the other overlap, two side by side do not."""
    assert overlap(("a", 0, 0, 10, 10), ("b", 8, 8, 12, 12))
    assert not overlap(("a", 0, 0, 10, 10), ("b", 10, 0, 12, 12))


def test_equation_is_a_choice_that_older_programs_need_not_take(told) -> None:
    """Each native equation stands in an alternative whose requirement is declared where it is made."""
    content = content_of(told, "plain", "en")
    with ZipFile(BytesIO(content)) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("ppt/slides/slide")]
    alternatives = [found for part in parts for found in re.findall("<mc:AlternateContent[^>]*>", part)]
    assert len(alternatives) > 60
    assert all('xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main"' in found for found in alternatives)
    assert sum(part.count("<a14:m>") for part in parts) == len(alternatives)
    assert sum(part.count("<mc:Fallback>") for part in parts) == len(alternatives)


def test_equations_are_where_office_accepts_them(told, lang: str) -> None:
    """No title, no cell of a table and no note holds a native equation, for which Office would repair the file."""
    for slide in deck(content_of(told, "digits", lang)):
        assert [] == within(slide, ".//p:sp[.//p:ph]//m:oMath | .//a:tbl//m:oMath")
        if slide.has_notes_slide:
            assert [] == slide.notes_slide.element.xpath(".//*[namespace-uri()='" + NAMES["m"] + "']")


def test_titles_are_placeholders_with_the_headings(told, lang: str) -> None:
    """Every slide has its title in the placeholder, in the order of the headings, after that of the document."""
    document = told("plain", lang).slides
    titles = [slide.shapes.title.text_frame.text for slide in deck(content_of(told, "plain", lang))]
    assert document.title == titles[0].replace("\u2011", "-")
    headings = [
        "".join(run.text for run in runs(b.slide or b.text, document))
        for b in document.blocks
        if isinstance(b, Heading)
    ]
    shown = [title.partition("\u2002")[2] or title for title in titles[1:]]
    assert [] == [title for title in shown if title not in headings]
    places = [headings.index(title) for title in shown]
    assert sorted(places) == places
    assert len(set(places)) >= len(headings) - 2  # a section that shows nothing before its first part has no slide


def test_speaker_has_the_whole_text(told, network: str, lang: str) -> None:
    """Every paragraph of the document is in the notes, once and in order, whatever the network."""
    document = told(network, lang).slides
    notes = [note for page in pages_of(document) for note in page.notes]
    paragraphs = [plain(block.text, document) for block in document.blocks[1:] if isinstance(block, Prose)]
    assert paragraphs == [note for note in notes if note in paragraphs]


def test_notes_are_those_of_the_pages(told, lang: str) -> None:
    """What the pages say stands in the notes of the slides; the first paragraph is said with the title."""
    document = told("plain", lang).slides
    slides = deck(content_of(told, "plain", lang))
    notes = [slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else "" for slide in slides]
    pages = [[plain(document.blocks[0].text, document)], *(page.notes for page in pages_of(document))]
    assert ["\n".join(said) for said in pages] == notes


def test_steps_appear_on_clicks(told) -> None:
    """What appears on a click is a shape of that slide, and no shape appears twice."""
    slides = deck(content_of(told, "plain", "en"))
    moving = 0
    for slide in slides:
        ids = [int(i) for i in within(slide, ".//p:cNvPr/@id")]
        targets = [int(i) for i in within(slide, ".//p:timing//p:spTgt/@spid")]
        assert len(set(targets)) == len(targets)
        assert set(targets) <= set(ids)
        moving += len(within(slide, ".//p:cTn[@nodeType='clickEffect']"))
    assert moving > 40


def test_numbers_of_shapes_are_unique(told, lang: str) -> None:
    """No two shapes of a slide have one number; a fallback has that of what it stands for."""
    for slide in deck(content_of(told, "digits", lang)):
        numbers = within(slide, ".//p:cNvPr[not(ancestor::mc:Fallback)]/@id")
        assert len(set(numbers)) == len(numbers)
        pairs = zip(
            within(slide, ".//mc:Choice//p:cNvPr/@id"), within(slide, ".//mc:Fallback//p:cNvPr/@id"), strict=True
        )
        assert all(one == other for one, other in pairs)


def test_slide_for_each_step_shows_the_same(told, lang: str) -> None:
    """With a slide for each step nothing moves on a click, and the last slide of each group shows all."""
    document = told("plain", lang)
    apart = replace(TEXT, steps="slides")
    clicks, slides = deck(content_of(told, "plain", lang)), deck(content_of(told, "plain", lang, apart))
    steps = sum(len(within(slide, ".//p:cTn[@nodeType='clickEffect']")) for slide in clicks)
    assert len(clicks) + steps == len(slides)
    assert [] == [slide for slide in slides if within(slide, ".//p:timing")]
    contents = [equations(slide.element) for slide in slides]
    pairs = zip(contents, [*contents[1:], []], strict=True)
    last = [one for one, after in pairs if one != after[: len(one)]]
    assert "" == difference(list(in_shapes(document)), [piece for content in last for piece in content])


def test_pictures_and_equations_are_described(told, lang: str) -> None:
    """Whoever cannot see a slide hears the reason and the formula of each step, and what a picture shows."""
    slides = deck(content_of(told, "plain", lang))
    for slide in slides:
        assert [] == within(slide, ".//mc:Choice//p:cNvPr[not(@descr)] | .//p:grpSp/p:nvGrpSpPr/p:cNvPr[not(@descr)]")
    described = [text for slide in slides for text in within(slide, ".//p:cNvPr/@descr")]
    aloud = {"en": "b sub j of layer l equals delta sub j", "es": "b sub j de la capa l es igual a delta sub j"}[lang]
    assert any(aloud in text and "BP3" in text for text in described)
    assert not any("w⁽ˡ⁾ⱼₖ = w⁽ˡ⁾ⱼₖ" in text for text in described)  # an update is no equation


def test_connectors_are_glued_to_neurons(told) -> None:
    """Every line of the network is glued to shapes that are there, each weight's from a right side to a left side."""
    (group,) = [g for slide in deck(content_of(told, "plain", "en")) for g in within(slide, ".//p:grpSp")][:1]
    ids = set(group.xpath(".//p:sp/p:nvSpPr/p:cNvPr/@id", namespaces=NAMES))
    ends = group.xpath(".//a:stCxn/@id | .//a:endCxn/@id", namespaces=NAMES)
    assert set(ends) <= ids
    assert 2 * (2 * 3 + 3 * 1 + 1 + 1) == len(ends)
    assert 6 == len(group.xpath(".//a:prstGeom[@prst='ellipse']", namespaces=NAMES))


@pytest.mark.parametrize(("name", "under"), [("plain", 2), ("digits", 2), ("mixed", 3), ("outputs", 3)])
def test_name_of_a_weight_is_not_struck(derived, name: str, under: int) -> None:
    """The name of the weight of the path has a ground of its size, above all lines, where few run."""
    document = narrate(derived(name)).slides
    (_, slide) = slides_of(replace(document, blocks=document.blocks[:4]))
    (group,) = [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.GROUP]
    (label,) = [shape for shape in group.shapes if shape.has_text_frame and shape.text_frame.text.startswith("w")]
    assert {"B84F00"} == set(label.element.xpath(".//a:rPr//a:srgbClr/@val"))
    assert sum(0.4 * run.font.size * len(run.text) for run in label.text_frame.paragraphs[0].runs) < label.width
    lines = [shape for shape in group.shapes if shape.shape_type == MSO_SHAPE_TYPE.LINE]
    assert ["bg1"] == label.element.xpath("./p:spPr/a:solidFill/a:schemeClr/@val")
    assert {True} == {line.shape_id < label.shape_id for line in lines}
    assert len([line for line in lines if crosses(line, label)]) <= under  # its own, and what a crowd cannot avoid


def crosses(line: Any, box: Any) -> bool:
    """Tell whether a connector runs through a box, at one of a hundred points along it."""
    points = [(line.begin_x + n * (line.end_x - line.begin_x) / 100, n) for n in range(101)]
    ends = line.begin_y, line.end_y
    return any(
        box.left < x < box.left + box.width and box.top < ends[0] + n * (ends[1] - ends[0]) / 100 < box.top + box.height
        for x, n in points
    )


@pytest.mark.parametrize(("choice", "inside"), [("picture", "p:pic"), ("text", "p:sp"), ("none", None)])
def test_fallback_is_what_was_asked_for(told, choice: str, inside: str | None) -> None:
    """A program that knows no native equations shows a picture, the text, or nothing."""
    (slide,) = slides_of(short(told("plain", "en"), 1), Options(fallback=choice))[1:]
    assert 1 == len(within(slide, ".//mc:Choice"))
    shown = within(slide, f".//mc:Fallback/{inside}") if inside else within(slide, ".//mc:Fallback")
    assert (1 if inside else 0) == len(shown)


def short(document: Document, equations: int) -> Document:
    """Return a document of one section with that many results."""
    heading = next(block for block in document.blocks if isinstance(block, Heading))
    results = [block for block in document.blocks if getattr(block, "name", "")]
    return replace(document, talk=None, blocks=(heading, *results[:equations]))


def test_picture_of_an_equation_has_its_inks_and_nothing_around_them() -> None:
    """The colour of a role is where the role is, what has none is in the ink of the slide, and no pixel is cut off."""
    j, w, z = (Leaf(letter, letter) for letter in "jwz")
    total = Summation(j, Leaf("1", "1"), w, Product((Coloured(Root(Fraction(w, z)), "cost"), Cases(((z, j), (w, j))))))
    drawn_as = drawn(Fence(total), 40, "#102030", {"cost": "#B84F00"})
    picture = Image.open(BytesIO(drawn_as)).convert("RGBA")
    opaque = {colour[:3] for _, colour in picture.getcolors(picture.width * picture.height) if colour[3] > 200}
    assert {(0x10, 0x20, 0x30), (0xB8, 0x4F, 0x00)} == opaque
    left, top, right, bottom = picture.getchannel("A").getbbox()
    assert min(left, top, picture.width - right, picture.height - bottom) > 0
    assert (right - left) * (bottom - top) > 0.8 * picture.width * picture.height


def test_picture_has_the_colours_of_its_document() -> None:
    """One equation in two documents of one process is drawn in the colours of each."""
    box = Coloured(Leaf("w", "w"), "cost")
    with painted({"cost": "#AA0000"}):
        own = fallback.pixels(box, Pen("en"))
    assert own != fallback.pixels(box, Pen("en"))


def test_picture_is_not_larger_than_its_equation(told) -> None:
    """The picture keeps its proportions and stays within the place of the equation."""
    (slide,) = slides_of(short(told("plain", "en"), 1), Options())[1:]
    native, picture = (within(slide, f".//mc:{name}//a:ext[@cx]")[0] for name in ("Choice", "Fallback"))
    image = slide.part.related_part(within(slide, ".//a:blip/@*")[0]).image
    wide, high = (int(picture.get(name)) for name in ("cx", "cy"))
    assert wide <= int(native.get("cx"))
    assert high <= int(native.get("cy"))
    assert image.size[0] / image.size[1] == pytest.approx(wide / high, rel=0.02)


@pytest.mark.hostile("name", expect="literal")
def test_hostile_titles_are_shown_as_they_are(told, hostile_text: str) -> None:
    """Whatever a title looks like to XML, TeX or Office, it stands on the first slide letter for letter."""
    document = replace(
        told("plain", "en"), title=hostile_text, author=hostile_text, date=hostile_text, talk=None, blocks=()
    )
    content = write(None, document, TEXT)["slides.pptx"]
    presentation = Presentation(BytesIO(content))
    assert hostile_text == presentation.slides[0].shapes.title.text_frame.text
    assert f"{hostile_text} · {hostile_text}" == presentation.slides[0].placeholders[1].text_frame.text
    assert hostile_text == presentation.core_properties.title


def test_long_title_stays_in_its_place(told) -> None:
    """A title of 200 letters is set smaller instead of running over what stands below it."""
    title = "W" * 9 + " backpropagation" * 12
    slides = slides_of(replace(told("plain", "en"), title=title[:200], talk=None, blocks=()))
    (size,) = set(within(slides[0], ".//p:sp[.//p:ph[@type='ctrTitle']]//a:rPr/@sz"))
    assert int(size) < 3000


def test_deck_does_not_say_when_it_was_made(derived) -> None:
    """Nothing in the file tells when or where it was made; the date is that of the document."""
    document = narrate(derived("plain"), author="A. Author", date="2026-03-14")
    first = write(None, short(document, 4), Options())["slides.pptx"]
    with ZipFile(BytesIO(first)) as archive:
        assert {(1980, 1, 1, 0, 0, 0)} == {part.date_time for part in archive.infolist()}
    properties = Presentation(BytesIO(first)).core_properties
    told = (properties.author, properties.created.date().isoformat(), properties.comments)
    assert ("A. Author", "2026-03-14", "") == told


def test_file_keeps_the_schemas_of_office(told, complaints: Callable) -> None:
    """A checker of Office files finds no fault in a deck with equations as text, nor in one with pictures."""
    assert [] == complaints(content_of(told, "digits", "es"), "slides.pptx")
    document = short(told("plain", "en"), 4)
    assert [] == complaints(write(None, document, Options())["slides.pptx"], "slides.pptx")


def test_wrong_order_is_noticed(told, complaints: Callable) -> None:
    """The checker complains about a deck in which the parts of a fraction have changed places."""
    content = write(None, short(told("plain", "en"), 1), TEXT)["slides.pptx"]
    spoilt = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(spoilt, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("slide2.xml"):
                data = re.sub(rb"(<m:num>.*?</m:num>)(<m:den>.*?</m:den>)", rb"\2\1", data, count=1)
            target.writestr(name, data)
    assert any("m:" in complaint or "num" in complaint for complaint in complaints(spoilt.getvalue(), "slides.pptx"))


@pytest.mark.parametrize(("name", "language"), [("plain", "en"), ("digits", "es"), ("custom", "es")])
def test_office_program_shows_every_slide(told, language: str, name: str, pages: Callable, read: Callable) -> None:
    """LibreOffice turns the deck into as many pages, each with its title and the letters of its equations."""
    content = content_of(told, name, language)
    slides, shown = deck(content), pages(content, "slides.pptx")
    assert len(slides) == len(shown)
    for number, (slide, page) in enumerate(zip(slides, shown, strict=True), start=1):
        words = "".join(within(slide, ".//a:t/text()"))
        assert (number, words.count("¿")) == (number, page.count("¿"))  # its sign for what is missing
        wanted = [*slide.shapes.title.text_frame.text, *map(read, within(slide, ".//mc:Choice//m:oMath"))]
        assert (number, "") == (number, lost("".join(wanted), page))


def lost(wanted: str, page: str) -> str:
    """Return the Latin letters and digits of a slide that are not on its page, as often as they should be."""
    letters = sorted(set(re.sub(r"[^A-Za-z0-9]", "", wanted)))
    return "".join(letter for letter in letters if page.count(letter) < wanted.count(letter))


def test_lost_equation_is_noticed() -> None:
    """A page without one of the letters of its slide is not taken for whole."""
    assert "z" == lost("First link dC/dz", "First link dC/d")
