"""The talk: what is on its slides, that a real pdflatex sets them without a complaint, and that nothing moves."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from exposition.canonical.reference import difference, on_slides
from exposition.canonical.texts import tex_slides
from exposition.pdfslides import complaints, pages_of, whole

from symbackprop.errors import SpecError
from symbackprop.exposition.document import Code, Document, Heading, Note, Prose
from symbackprop.exposition.options import Options
from symbackprop.exposition.paging.slides import SHEETS
from symbackprop.exposition.rendering import render, render_files
from symbackprop.exposition.typesetting.talk import Talk

pytestmark = pytest.mark.combinations

SHEET = SHEETS["16:9"]


@pytest.mark.parametrize(
    ("which", "language", "aspect"),
    [
        ("plain", "en", "4:3"),
        ("digits", "es", "16:9"),
        ("custom", "en", "16:9"),
        ("mixing", "en", "4:3"),
        ("deep", "en", "4:3"),
        ("kinks", "es", "16:9"),
        ("long", "en", "16:9"),
    ],
)
def test_slides_compile_without_a_complaint(derived, tex, which: str, language: str, aspect: str) -> None:
    """Nothing is too high, too wide or undefined, no letter is missing; nobody sees small letters or bare slides."""
    options = Options(aspect=aspect)
    files = render_files(derived(which), "beamer", lang=language, author="A. Author", options=options)
    assert [] == tex.complaints(files, "handout.tex", runs=2 if which == "plain" else 1)
    if which not in ("deep", "long"):  # whose formulas are wider than a slide
        assert [] == complaints(whole(pages_of(tex.marked("handout.pdf"))), language)


@pytest.mark.thorough
def test_lecture_about_a_program_compiles_without_a_complaint(program_derivation, tex) -> None:
    """No slide about a recurrent network is too high or too wide, whatever TeX's special signs its title holds."""
    text = r"\end{frame} R&D_50% #1 {} $x$ ^~ <<--'`\" σ∂ Réseau ñ €"
    files = render_files(program_derivation("rnn"), "beamer", lang="es", title=text, author=text, date="2026")
    assert [] == tex.complaints(files, "handout.tex", runs=1)
    with pytest.raises(SpecError, match="title"):
        render(program_derivation("rnn"), "beamer", title="神")


@pytest.mark.thorough
def test_lecture_about_layers_compiles_without_a_complaint(layered_derivation, tex) -> None:
    """No slide about a convolutional network is too high or too wide."""
    files = render_files(layered_derivation("lenet"), "beamer", lang="en")
    assert [] == tex.complaints(files, "handout.tex", runs=1)


@pytest.mark.thorough
@pytest.mark.parametrize(("which", "sentence"), [("plain", "derivative"), ("digits", "derivada")])
def test_four_equations_are_as_large_as_sentences(derived, tex, which: str, sentence: str) -> None:
    """What stands in the table of the four equations is no smaller than the sentence below it."""
    lang = "en" if which == "plain" else "es"
    files = render_files(derived(which), "beamer", lang=lang, only="equations", level="lecture")
    assert [] == tex.complaints(files, "handout.tex", runs=1)
    (page,) = [dict(page) for page in tex.heights("handout.pdf") if {"BP1", "BP4", sentence} <= set(dict(page))]
    assert page["BP4"] >= page[sentence] - 0.01


@pytest.mark.thorough
def test_notes_compile_without_a_complaint(derived, tex) -> None:
    """Beside each slide stands what the speaker says; it is on no slide of the handout."""
    files = render_files(derived("flat"), "beamer", lang="es")
    assert [] == tex.complaints(files, "notes.tex", runs=1)
    assert [] == tex.complaints(files, "handout.tex", runs=1)
    handout, notes = tex.pages("handout.pdf"), tex.pages("notes.pdf")
    assert 15 < len(handout) < len(notes) / 2
    assert sum("Basta una herramienta" in page for page in notes) == 1
    assert sum("Basta una herramienta" in page for page in handout) == 0


def moved(pages: list[list[tuple[float, float, str]]]) -> list[tuple[float, float, str]]:
    """Return what was on a page and is not at its place on the next one, for the pages of each slide."""
    gone = []
    for before, after in pairwise(pages):
        numbers = [next((word for *_, word in page if re.fullmatch(r"\d+/\d+", word)), "") for page in (before, after)]
        if numbers[0] == numbers[1]:
            gone += [
                (x, y, word)
                for x, y, word in before
                if not any(word == other and abs(x - u) + abs(y - v) < 0.5 for u, v, other in after)
            ]
    return gone


@pytest.mark.thorough
@pytest.mark.parametrize("which", ["flat", "plain"])
def test_nothing_moves_while_a_slide_is_revealed(derived, tex, which: str) -> None:
    """Whatever is on a slide stays at its place when the next line comes: no sign of equality moves by half a point."""
    files = dict(render_files(derived(which), "beamer"))
    assert [] == tex.complaints(files, "slides.tex", runs=1)
    pages = tex.words("slides.pdf")
    assert [] == moved(pages)
    assert len(pages) > 2 * str(files["slides.tex"]).count(r"\begin{frame}")


@pytest.mark.thorough
def test_what_moves_is_seen(derived, tex) -> None:
    """Lines that take no room before they are shown push the others about, and the test above sees it."""
    source = str(render(derived("flat"), "beamer", only="links")).replace(r"\uncover<", r"\only<")
    tex.complaints({"slides.tex": source}, "slides.tex", runs=1)
    assert [] != moved(tex.words("slides.pdf"))


def test_every_line_is_on_a_slide(derived, told, network: str, lang: str) -> None:
    """No formula on a line of its own or in a table is lost, and each is in its place."""
    text = str(render(derived(network), "beamer", lang=lang))
    assert "" == difference(list(on_slides(told(network, lang))), tex_slides(text))


def test_whole_paragraphs_are_in_the_notes(derived, told, lang: str) -> None:
    """What a slide has no room for is said: every paragraph of the story is in the notes, once."""
    text = str(render(derived("plain"), "beamer", lang=lang))
    notes = "\n".join(re.findall(r"\\note\{(.*?)\}\n\\end\{frame\}", text, re.DOTALL))
    talk = Talk(told("plain", lang).slides, SHEET)
    paragraphs = [talk.text(block.text) for block in talk.document.blocks if isinstance(block, Prose)]
    assert {1} == {notes.count(paragraph) for paragraph in paragraphs}


def test_path_lights_up_edge_by_edge(derived) -> None:
    """The picture of 2-3-1 has three stages after the plain one: the weight, the next edge, the edge to the cost."""
    text = str(render(derived("plain"), "beamer"))
    picture = text[text.index(r"\begin{tikzpicture}") : text.index(r"\end{tikzpicture}")]
    lit = re.findall(r"\\only<(\d)->\{\\begin\{scope\}\[overlay\]\\draw\[stressed\]", picture)
    assert ["2", "3", "4"] == lit
    assert [] == re.findall(r"^  \\draw\[stressed\]", picture, re.MULTILINE)


def test_chain_grows_link_by_link(derived) -> None:
    """The rates of a chain appear one after the other, and the brace below the known ones last, with its caption."""
    text = str(render(derived("plain"), "beamer"))
    longer = text.split(r"\begin{tikzpicture}")[4]
    assert [*"234567"] == re.findall(r"\\uncover<(\d)->\{\\draw", longer)
    assert r"\uncover<7->{\draw[decorate" in longer
    assert r"\uncover<7->{\captiontext{The links under the brace have a name" in longer


def test_only_common_packages_are_used(derived, packages: set[str]) -> None:
    """The talk asks for the packages of the article, and for pgfpages, a part of tikz, where notes are shown."""
    used = re.findall(r"\\usepackage(?:\[[^]]*\])?\{([^}]*)\}", str(render(derived("plain"), "beamer")))
    assert {name for names in used for name in names.split(",")} <= packages | {"pgfpages"}


def test_same_derivation_gives_the_same_bytes(derived) -> None:
    """Nothing in the files depends on when or how often they are written."""
    assert render_files(derived("flat"), "beamer") == render_files(derived("flat"), "beamer")


def test_every_kind_of_block_has_a_place_on_a_slide() -> None:
    """A remark and lines of a program come with a click of their own."""
    blocks = (Heading(("A",), key="a"), Prose(("One.",)), Note(("T",), ("Two.",)), Code("a = 1"))
    document = Document("t", None, None, "en", blocks, {"otherwise": "otherwise"})
    text = "".join(Talk(document, SHEET).frames())
    assert [r"\remark{T}{Two.}", r"\par{\noindent\ttfamily\small\raggedright a\ =\ 1\par}"] == re.findall(
        r"\\begin\{uncoverenv\}<\d->\n(.*)\n", text
    )
