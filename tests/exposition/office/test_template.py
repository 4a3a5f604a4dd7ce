"""The reader's own template: its design is kept, its samples are not, and a broken one is one clear line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.util import Pt

from symbackprop.errors import SpecError
from symbackprop.exposition.document import Document, Heading
from symbackprop.exposition.formats.pptx import write
from symbackprop.exposition.office import received
from symbackprop.exposition.office.design import ours
from symbackprop.exposition.office.template import stage
from symbackprop.exposition.options import Options
from symbackprop.exposition.placing.looks import text_width

PRESENTATION = "presentationml.presentation.main+xml"


def saved(presentation: Any) -> bytes:
    """Return the bytes of a presentation."""
    content = BytesIO()
    presentation.save(content)
    return content.getvalue()


def changed(content: bytes, *, name: str, old: str, new: str) -> bytes:
    """Return a file in which something of one part is replaced."""
    done = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(done, "w", ZIP_DEFLATED) as target:
        for part in source.namelist():
            data = source.read(part)
            target.writestr(part, data.replace(old.encode(), new.encode()) if part == name else data)
    return done.getvalue()


def school() -> Any:
    """Return a template as a school may have it: its own size, a logo, light letters on dark, and sample slides."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Pt(720), Pt(405)
    master = presentation.slide_master
    for shape in master.placeholders:
        kind = shape.element.ph.get("type")
        shape.left, shape.width = Pt(40), Pt(640)
        shape.top, shape.height = {"title": (Pt(20), Pt(50)), "body": (Pt(80), Pt(280))}.get(kind, (Pt(378), Pt(20)))
    colours = master.element.find("{*}clrMap")
    colours.set("bg1", "dk2")
    colours.set("tx1", "lt1")
    samples = presentation.slides.add_slide(presentation.slide_layouts[6])
    logo = samples.shapes.add_shape(9, Pt(640), Pt(310), Pt(60), Pt(60))
    logo.name = "Logo"
    master.shapes.element.append(logo.element)
    presentation.slides.add_slide(presentation.slide_layouts[1]).shapes.title.text = "A sample"
    return presentation


def told_with(document: Document, content: bytes, **options: Any) -> Any:
    """Return the presentation that tells a document on a template."""
    wishes = Options(fallback="text", template=content, template_name="school.pptx", **options)
    return Presentation(BytesIO(write(None, document, wishes)["slides.pptx"]))


def short(document: Document) -> Document:
    """Return a document of one section with its four results."""
    heading = next(block for block in document.blocks if isinstance(block, Heading))
    return replace(
        document, talk=None, blocks=(heading, *(block for block in document.blocks if getattr(block, "name", "")))
    )


def test_design_is_kept_and_samples_are_not(told) -> None:
    """The deck has the size, the masters and the logo of the template, and none of its slides."""
    presentation = told_with(short(told("plain", "en")), saved(school()))
    assert (Pt(720), Pt(405)) == (presentation.slide_width, presentation.slide_height)
    assert "Logo" in [shape.name for shape in presentation.slide_master.shapes]
    titles = [slide.shapes.title.text_frame.text for slide in presentation.slides]
    assert "A sample" not in titles
    assert "Title Only" == presentation.slides[1].slide_layout.name
    assert "Title Slide" == presentation.slides[0].slide_layout.name


def test_nothing_covers_title_logo_and_footer(told) -> None:
    """What the deck shows stands below the title, above the footer, and beside the logo."""
    presentation = told_with(told("plain", "en"), saved(school()))
    for slide in list(presentation.slides)[1:]:
        for shape in slide.shapes:
            if not shape.is_placeholder:
                assert Pt(70) <= shape.top
                assert shape.top + shape.height <= Pt(378)
                assert shape.left >= 0
                assert shape.left + shape.width <= Pt(640) or shape.top + shape.height <= Pt(310)


def test_letters_are_smaller_on_a_smaller_slide(told) -> None:
    """A slide of 405 points shows letters of three quarters of the size of one of 540 points."""
    sizes = []
    for content in (None, saved(school())):
        wishes = Options(fallback="text", template=content)
        document = replace(told("plain", "en"), talk=None, blocks=told("plain", "en").blocks[1:5])
        slides = Presentation(BytesIO(write(None, document, wishes)["slides.pptx"])).slides
        sizes.append(max(int(size) for size in slides[1].element.xpath(".//p:sp[not(.//p:ph)]//a:rPr/@sz")))
    assert 0.75 == pytest.approx(sizes[1] / sizes[0], rel=0.02)


def test_dark_design_has_colours_that_can_be_read(told) -> None:
    """On dark paper the colours of the palette are lighter; on white they are as in the article."""
    document = short(told("plain", "en"))
    white = Presentation(BytesIO(write(None, document, Options(fallback="text"))["slides.pptx"]))
    dark = told_with(document, saved(school()))
    colours = [set(slides[1].element.xpath(".//a:srgbClr/@val")) for slides in (white.slides, dark.slides)]
    assert {"B84F00", "0072B2"} <= colours[0]
    assert {"F08A4B", "56B4E9"} <= colours[1]
    assert not {"B84F00", "0072B2"} & colours[1]


def free_office(size: int) -> Any:
    """Return a template as LibreOffice writes them: sizes in sample words alone, placeholders all numbered alike."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Pt(720), Pt(405)
    master = presentation.slide_master
    master.element.remove(master.element.find("{*}txStyles"))
    for source in (master, *master.slide_layouts):
        for shape in source.placeholders:
            kind = shape.element.ph.get("type")
            shape.element.ph.attrib.pop("idx", None)
            for style in shape.element.xpath("./p:txBody/a:lstStyle/*"):
                style.getparent().remove(style)
            if kind in ("title", "ctrTitle", "subTitle"):
                shape.left, shape.top, shape.width = Pt(30), Pt(120 if kind == "subTitle" else 14), Pt(660)
                shape.height = Pt(200 if kind == "subTitle" else 50)
                shape.text_frame.text = "Sample"
                shape.text_frame.paragraphs[0].runs[0].font.size = Pt(size)
    return presentation


def test_titles_stay_in_their_place_where_a_design_has_no_styles(told) -> None:
    """Sizes are said where new words would not take them over, small enough for the place, and nothing is covered."""
    first, *pages = told_with(told("plain", "es").slides, saved(free_office(40))).slides
    assert [Pt(14), Pt(120)] == [shape.top for shape in first.placeholders]
    for slide in pages:
        (size,) = {int(size) / 100 for size in slide.shapes.title.element.xpath(".//a:r/a:rPr/@sz")}
        lines = -int(-text_width(slide.shapes.title.text_frame.text, size) * 1.2 // 660)
        assert lines * 1.2 * size <= 50
    assert len(pages) > 20


def test_template_file_is_taken_as_well(told) -> None:
    """A .potx, which differs from a .pptx in its content type alone, is a template too."""
    potx = changed(
        saved(ours("16:9")), name="[Content_Types].xml", old=PRESENTATION, new="presentationml.template.main+xml"
    )
    assert 2 == len(
        told_with(
            replace(short(told("plain", "en")), talk=None, blocks=short(told("plain", "en")).blocks[:2]), potx
        ).slides
    )


def test_colours_of_sample_words_are_those_of_slides() -> None:
    """LibreOffice writes the colours of a design at its sample words alone: titles, words and circles have them."""
    presentation = ours("16:9")
    master = presentation.slide_master
    for shape in master.placeholders:
        colour = {"title": "FFE0A0", "body": "E0FFA0"}.get(shape.element.ph.get("type"))
        if colour:
            shape.text_frame.text = "Sample"
            shape.text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor.from_string(colour)
            for inside in shape.element.xpath(".//a:lstStyle"):
                inside.getparent().remove(inside)
    master.background.fill.solid()
    master.background.fill.fore_color.rgb = RGBColor.from_string("202040")
    made = stage(Options(template=saved(presentation)))
    theme = made.page.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob.decode()
    title = next(shape for shape in made.page.slide_master.placeholders if shape.element.ph.get("type") == "title")
    assert "#E0FFA0" == made.ink
    assert ["E0FFA0", "202040"] == re.findall(r"<a:(?:dk1|lt1)><a:srgbClr [^>]*val=\"(\w+)\"", theme)
    assert ["FFE0A0"] == title.element.xpath(".//a:lstStyle/a:lvl1pPr/a:defRPr/a:solidFill/a:srgbClr/@val")


@pytest.mark.parametrize("kind", ["presentation", "template"])
def test_macros_of_a_template_are_left_out(told, kind: str) -> None:
    """A .pptm or .potm gives a .pptx that is one: its content type says so, and nothing in it runs."""
    macros, relation = "application/vnd.ms-office.vbaProject", received._MACROS
    presentation = school()
    part = Part(PackURI("/ppt/vbaProject.bin"), macros, presentation.part.package, b"Sub AutoOpen()")
    presentation.part.relate_to(part, relation)
    enabled = f"application/vnd.ms-powerpoint.{kind}.macroEnabled.main+xml"
    old = f"application/vnd.openxmlformats-officedocument.{PRESENTATION}"
    pptm = changed(saved(presentation), name="[Content_Types].xml", old=old, new=enabled)
    document = short(told("plain", "en"))
    with ZipFile(BytesIO(write(None, document, Options(template=pptm, template_name="a.pptm"))["slides.pptx"])) as made:
        types = made.read("[Content_Types].xml").decode()
        assert [] == [name for name in made.namelist() if "vba" in name]
    assert old in types
    assert "macroEnabled" not in types
    assert macros not in types


def test_links_of_a_template_lead_nowhere_outside(told) -> None:
    """A link and a picture on a server that a master or a layout asks for are gone, and the design stays."""
    presentation = school()
    master = presentation.slide_master
    box = presentation.slides[0].shapes.add_textbox(0, 0, Pt(50), Pt(20))
    box.text_frame.paragraphs[0].add_run().text = "School"
    box.click_action.hyperlink.address = "http://a.example/slide"
    key = master.part.relate_to("http://a.example/seen", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    box._element.nvSpPr.cNvPr.find("{*}hlinkClick").set(received._RELATION + "id", key)
    master.shapes._spTree.append(box._element)
    made = write(None, short(told("plain", "en")), Options(template=saved(presentation), template_name="a.pptx"))
    with ZipFile(BytesIO(made["slides.pptx"])) as parts:
        texts = {name: parts.read(name) for name in parts.namelist()}
    assert [] == [name for name, text in texts.items() if b"a.example" in text or b'TargetMode="External"' in text]
    assert b"School" in texts["ppt/slideMasters/slideMaster1.xml"]
    assert b"hlinkClick" not in texts["ppt/slideMasters/slideMaster1.xml"]


def test_sections_of_the_samples_go_with_them(told) -> None:
    """A list of sections that names slides which are gone would make Office repair the file."""
    presentation = school()
    identifier = presentation.slides[0].slide_id
    uri, space = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}", "http://schemas.microsoft.com/office/powerpoint/2010/main"
    content = changed(
        saved(presentation),
        name="ppt/presentation.xml",
        old="</p:presentation>",
        new=f'<p:extLst><p:ext uri="{uri}"><p14:sectionLst xmlns:p14="{space}"><p14:section name="A" '
        f'id="{uri}"><p14:sldIdLst><p14:sldId id="{identifier}"/></p14:sldIdLst></p14:section></p14:sectionLst>'
        "</p:ext></p:extLst></p:presentation>",
    )
    assert [] == told_with(short(told("plain", "en")), content).element.xpath(".//*[local-name()='sectionLst']")


@pytest.mark.parametrize("aspect", ["16:9", "4:3"])
def test_our_own_design_keeps_the_schemas_of_office(aspect: str, complaints: Callable) -> None:
    """A checker finds no fault in the presentation that decks start from."""
    assert [] == complaints(saved(ours(aspect)), "design.pptx")


def test_deck_on_a_template_keeps_the_schemas_of_office(told, complaints: Callable) -> None:
    """A checker finds no fault in a deck on a template of somebody else."""
    content = Options(fallback="text", template=saved(school()))
    assert [] == complaints(write(None, short(told("plain", "en")), content)["slides.pptx"], "slides.pptx")


def empty_zip() -> bytes:
    """Return a zip archive that is no presentation."""
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("readme.txt", "no slides")
    return content.getvalue()


def bomb() -> bytes:
    """Return a small file that unpacks to more than any design has."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for number in range(11):
            archive.writestr(f"ppt/media/{number}.bin", bytes(50_000_000))
    return content.getvalue()


def without_titles() -> bytes:
    """Return a presentation whose layouts have no title."""
    presentation = Presentation()
    for layout in list(presentation.slide_layouts):
        if layout.name != "Blank":
            presentation.slide_layouts.remove(layout)
    return saved(presentation)


def without_room() -> bytes:
    """Return a presentation whose title takes the whole slide."""
    presentation = Presentation()
    for shape in presentation.slide_master.placeholders:
        if shape.element.ph.get("type") == "title":
            shape.top, shape.height = 0, presentation.slide_height
    return saved(presentation)


ENTITY = '<!DOCTYPE p [<!ENTITY e "x">]><p:sldMaster '


def sized(old: str, new: str) -> bytes:
    """Return a template whose file says another size of its slides."""
    return changed(saved(school()), name="ppt/presentation.xml", old=old, new=new)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: b"", "'school.pptx' is no .pptx file; save it"),
        (lambda: b"%PDF-1.7 something", "'school.pptx' is no .pptx file; save it"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "has a password or is an old .ppt"),
        (empty_zip, r"cannot be read as a .pptx file: BadZipFile no \[Content_Types\].xml in it"),
        (lambda: saved(school())[:-400], "cannot be read as a .pptx file: BadZipFile"),
        (
            lambda: changed(saved(school()), name="ppt/presentation.xml", old="<p:sldMasterIdLst>", new="<p:sld"),
            "cannot be read as a .pptx file: XMLSyntaxError",
        ),
        (
            lambda: changed(saved(school()), name="[Content_Types].xml", old=PRESENTATION, new="wordprocessingml"),
            "'school.pptx' is a file of Office, but no presentation; give a .pptx",
        ),
        (without_titles, "has no layout with a title; add one, such as 'Title Only'"),
        (without_room, "its title leaves .* points free, wanted 480 x 240; make the title area smaller"),
        (lambda: sized("9144000", "9" * 20), "its slides are 1.09361e.14 inches wide, Office takes 1 to 56"),
        (lambda: sized("5143500", "900000"), "its slides are 0.984252 inches high, Office takes 1 to 56; set a slide"),
        (
            lambda: changed(saved(school()), name="ppt/slideMasters/slideMaster1.xml", old="<p:sldMaster ", new=ENTITY),
            "its part 'ppt/slideMasters/slideMaster1.xml' has a document type, as no .pptx has; open and save it again",
        ),
        (bomb, "unpacks to more than 500 MB"),
    ],
)
def test_broken_template_is_one_clear_line(content: Callable[[], bytes], message: str) -> None:
    """Whatever is given for a template, the complaint names it and says what to do."""
    with pytest.raises(SpecError, match=message) as complaint:
        stage(Options(template=content(), template_name="school.pptx"))
    assert "\n" not in str(complaint.value)
    assert "template 'school.pptx'" in str(complaint.value)


def test_damage_that_shows_late_is_one_clear_line(told) -> None:
    """A template whose layout has lost its master is read without a complaint, and complained about all the same."""
    part = "ppt/slideLayouts/_rels/slideLayout6.xml.rels"
    content = changed(saved(school()), name=part, old="slideMaster", new="slideMess")
    with pytest.raises(SpecError, match=r"template 'school.pptx' cannot be read as a .pptx file: KeyError"):
        told_with(short(told("plain", "en")), content)


def test_own_errors_are_not_blamed_on_a_template(told, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a template, what goes wrong is a defect and says so."""
    monkeypatch.setattr("symbackprop.exposition.office.slides.add_opening", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError, match="division by zero"):
        write(None, told("plain", "en"), Options())


def test_huge_template_is_refused_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beyond the limit is not unpacked at all."""
    monkeypatch.setattr(received, "LARGEST", 1_000_000)
    with pytest.raises(SpecError, match=r"'school.pptx': 2 MB, at most 1 MB; make it smaller"):
        stage(Options(template=b"PK\x03\x04" + bytes(2_000_000), template_name="school.pptx"))
