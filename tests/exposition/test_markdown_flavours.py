"""Markdown for Quarto, Marp and Slidev: the same story, in the signs that each of them reads."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from exposition.canonical.reference import difference, on_slides
from exposition.canonical.texts import markdown_slides

from symbackprop.exposition.document import Display, Document, Figure, Heading, Prose
from symbackprop.exposition.formats.markdown import write
from symbackprop.exposition.formats.markdown.flavours import FLAVOURS, STYLE, literal
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.options import CHOICES, Options
from symbackprop.exposition.paging.richtext import plain
from symbackprop.exposition.paging.topics import topics
from symbackprop.exposition.rendering import render, render_files
from symbackprop.exposition.unbroken import JOINER

pytestmark = pytest.mark.combinations

SLIDES = ("marp", "slidev")


def text_in(derived, flavour: str, *, name: str = "plain", lang: str = "en", steps: str = "clicks") -> str:
    """Return the main file of a network in a flavour."""
    options = Options(flavour=flavour, steps=steps)
    return str(render(derived(name), "markdown", lang=lang, options=options))


def slides_of(text: str) -> list[str]:
    """Return the slides of a deck, without the head of the file."""
    return re.split(r"\n\n---\n\n", text.split("---\n", 2)[2])


def formulas(text: str) -> list[str]:
    """Return all displayed mathematics, without clicks and colours."""
    found = re.findall(r"^(?:\$\$[^\n]*|```math)\n(.*?)\n(?:\$\$|```)$", text, re.DOTALL | re.MULTILINE)
    return [re.sub(r"\\textcolor\{#[0-9A-F]{6}\}", "", formula) for formula in found]


def test_every_choice_is_a_flavour() -> None:
    """What may be asked for is what there is."""
    assert list(CHOICES["flavour"]) == list(FLAVOURS)


@pytest.mark.parametrize("flavour", list(FLAVOURS))
def test_fences_are_closed(derived, network: str, flavour: str) -> None:
    """Every block of mathematics ends, has as many braces open as closed, and holds no empty line."""
    text = text_in(derived, flavour, name=network)
    assert 0 == len(re.findall(r"^\$\$", text, re.MULTILINE)) % 2
    assert len(formulas(text)) > (15 if flavour in SLIDES else 20)  # of slides, a derivation is one formula
    for formula in formulas(text):
        assert formula.count("{") == formula.count("}")
        assert "\n\n" not in formula


@pytest.mark.parametrize("flavour", SLIDES)
def test_slides_hold_every_line(derived, told, network: str, flavour: str) -> None:
    """Every line of the story is there in its place, and there are as many frames as it has results."""
    document, text = told(network, "en"), text_in(derived, flavour, name=network)
    assert "" == difference(list(on_slides(document)), markdown_slides(text))
    results = [block for block in document.blocks if isinstance(block, Display) and block.key]
    assert len(results) == text.count(r"\boxed{")


@pytest.mark.parametrize("flavour", SLIDES)
def test_slides_come_with_their_pictures_and_notes(derived, told, lang: str, flavour: str) -> None:
    """Every picture is a file that a slide shows, with its description; every paragraph is said, once."""
    files = render_files(derived("plain"), "markdown", lang=lang, options=Options(flavour=flavour))
    text, document = str(files["derivation.md"]), told("plain", lang).slides
    shown = re.findall(r"^!\[(.*)\]\(\./(.*)\)$", text, re.MULTILINE)
    assert sorted(name for _, name in shown) == sorted(set(files) - {"derivation.md"})
    assert len([block for block in document.blocks if isinstance(block, Figure)]) == len(shown)
    notes = "\n".join(re.findall(r"<!--\n(.*?)\n-->", text, re.DOTALL))
    said = [plain(block.text, document) for block in document.blocks if isinstance(block, Prose)]
    assert {1} == {notes.count(paragraph) for paragraph in said}
    assert all(line.startswith("* ") for line in notes.splitlines())


@pytest.mark.parametrize("name", ["digits", "mixed"])
@pytest.mark.parametrize("flavour", SLIDES)
def test_each_topic_has_one_slide(derived, lang: str, flavour: str, name: str) -> None:
    """No derivation of a lecture goes on on another slide; one that is too high is set a little smaller."""
    text = text_in(derived, flavour, name=name, lang=lang)
    told_of = topics(narrate(derived(name), lang=lang).slides)
    assert len(told_of) == len(re.findall(r"^## ", text, re.MULTILINE))
    sizes = [float(size) / 26 for size in re.findall(r"font-size: ([\d.]+)px; }</style>", text)]
    sizes += [float(share) for share in re.findall(r"^---\nzoom: ([\d.]+)\n---$", text, re.MULTILINE)]
    assert 0.8 < min(sizes, default=1.0)


@pytest.mark.parametrize("flavour", SLIDES)
def test_first_slide_asks_the_question(derived, flavour: str) -> None:
    """Below the title stands what the lecture is about, and in the table equations are as large as on their lines."""
    text = text_in(derived, flavour)
    assert "by how much does the cost change?" in text.partition("<!--")[0]
    assert 8 == text.count(r"| $\displaystyle")


def test_long_reason_is_broken(derived) -> None:
    """A reason beside a line is no wider than its column, as a program for slides would shrink the whole formula."""
    text = text_in(derived, "marp")
    reason = r"\begin{array}{l}\text{only neuron }j\text{ has this} \\ \text{weighted sum: the slope of its} \\ "
    assert reason in text


def test_formula_in_a_reason_counts_as_wide_as_it_is(program_derivation) -> None:
    """A short reason is not broken for the letters that its formulas have in TeX."""
    text = str(render(program_derivation("lstm"), "markdown", options=Options(flavour="marp")))
    assert r"&& \text{for }t\text{ from }1\text{ to }T" in text


def test_reasons_beside_wide_lines_are_broken(derived, program_derivation) -> None:
    """Where a line and its reason have no room beside one another, both are broken; elsewhere a reason is one line."""
    wide = str(render(program_derivation("lstm"), "markdown", options=Options(flavour="quarto")))
    broken = r"\begin{array}{l}\text{only the term where the bracket} \\ \text{is 1 remains}\end{array}"
    whole = r"&& \text{only the term where the bracket is 1 remains}"
    assert broken in wide
    assert whole in wide
    assert broken not in text_in(derived, "quarto")


@pytest.mark.parametrize("flavour", SLIDES)
def test_pictures_and_lines_leave_room_for_one_another(derived, program_derivation, flavour: str) -> None:
    """A picture is as high as its slide leaves room for, and letters are smaller where lines are broken into rows."""
    (chain,) = (each for each in slides_of(text_in(derived, flavour)) if "product along the path" in each)
    (alone,) = (each for each in slides_of(text_in(derived, flavour)) if "most is known already" in each)
    high, higher = (float(re.findall(r"img \{ height: ([\d.]+)em; \}", each)[-1]) for each in (chain, alone))
    assert 8 <= high < higher
    told = str(render(program_derivation("lstm"), "markdown", options=Options(flavour=flavour)))
    size, full = (r"^zoom: ([\d.]+)$", 1) if flavour == "slidev" else (r"section \{ font-size: ([\d.]+)px; \}", 26)
    assert min(map(float, re.findall(size, told, re.MULTILINE))) < 0.75 * full


def test_no_number_beside_an_equation_widens_slides_of_slidev(derived) -> None:
    """Slidev prints all slides smaller, and loses the last ones, where KaTeX puts a number at the edge of one."""
    text = text_in(derived, "slidev")
    assert r"\tag" not in text
    assert r"\qquad \text{(BP1)}" in text


def test_marp_shows_a_slide_for_each_step(derived) -> None:
    """With steps = slides each slide has one line more, and what is to come takes its room already."""
    whole, steps = (slides_of(text_in(derived, "marp", steps=steps)) for steps in ("clicks", "slides"))
    lines = sum(len(re.findall(r"^.* &(?:=|\\leftarrow)", slide, re.MULTILINE)) for slide in whole)
    bare = sum(r"\begin{aligned}" not in slide for slide in whole)
    assert lines + bare == len(steps)
    slope = [slide for slide in steps if "Errors travel back" in slide]
    hidden = [slide.count(r"\phantom{{}=") for slide in slope]
    assert list(range(len(slope) - 1, -1, -1)) == hidden
    sizes = {len(re.findall(r"(?:&|\\phantom\{\{\})=", slide)) for slide in slope}
    assert 1 == len(sizes)


def test_result_comes_after_its_steps(derived) -> None:
    """With steps = slides a framed equation is only on the slide on which no line is hidden any more."""
    for slide in slides_of(text_in(derived, "marp", steps="slides")):
        if r"\boxed" in slide:
            assert r"\phantom" not in slide


def test_slidev_stresses_one_row_more_on_each_click(derived) -> None:
    """Each block of steps says as many stages as it has rows, and no pair of braces is left for Vue to run."""
    text = text_in(derived, "slidev", name="digits")
    for clicks, formula in re.findall(r"^\$\$ \{([^\n]*)\}\n(.*?)\n\$\$$", text, re.DOTALL | re.MULTILINE):
        assert formula.count("\\\\\n") + 1 == len(clicks.split("|"))
    assert "{{" not in text.split("---\n", 2)[2]


# what each program takes for code, as its documentation says, and a title that would be some
GRAMMARS = {
    "shortcode of Quarto, and as text": (
        r"\{\{\{?<.*?>\}?\}\}",
        ("{{< include x.md >}}", "{{{< meta x >}}}", "a{{<video x>}}b"),
    ),
    "code in a line of Quarto": (r"`\{[\w.-]+\}[^`]*`", ("`{python} 1+1`", "`{r} 1`")),
    "code in a line of knitr": (r"`r[ #][^`]+`", ("`r 1+1`", "`r#x`")),
    "interpolation of Vue, of Jupyter and of Jekyll": (
        r"\{\{.*?\}\}|\{%.*?%\}",
        ("{{ 7*7 }}", "{{x}}", "{% raw %}", "{{{x}}}"),
    ),
    "element of Vue or of HTML, directive of Marp": (
        r"(?<!\\)<[A-Za-z!/?]",
        ("<Counter/>", "<script>x", "<!-- theme: x -->"),
    ),
    "picture or link": (r"\]\(", ("![bg](x)", "[x](https://x)")),
    "name of a picture": (r":[\w+-]+:", (":tada:", ":+1:")),
}


@pytest.mark.parametrize("program", GRAMMARS)
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_title_is_no_code_of_any_program(flavour: str, program: str) -> None:
    """What a program would run, include or draw stands in no head of a file, and is read there as it was typed."""
    grammar, titles = GRAMMARS[program]
    for title in titles:
        assert re.search(grammar, title)
        document = Document(title, f"by {title}", None, "en", ())
        head = FLAVOURS[flavour].head(document).replace(STYLE, "")
        assert not re.search(grammar, head), head
        assert not re.search(grammar, literal(title))
        said = re.sub(
            rf"\\|{JOINER}",
            "",
            "\n".join(json.loads(f'"{part}"') for part in re.findall(r'title: "(.*)"', head)) or head,
        )
        assert title in said


def test_quarto_numbers_the_sections_itself(derived) -> None:
    """Headings have a name to link to and no number; what refers to them links to that name."""
    text = text_in(derived, "quarto")
    named = re.findall(r"^# .* \{#(sec-\w+)\}$", text, re.MULTILINE)
    assert 9 == len(named)
    assert set(re.findall(r"\]\(#(sec-\w+)\)", text)) <= set(named)
    assert r"\tag{BP1}" in text
    assert "```{mermaid}" in text
    assert "::: {.callout-note}" in text_in(derived, "quarto", name="digits")


@pytest.mark.parametrize("flavour", ["quarto", *SLIDES])
@pytest.mark.hostile("name", expect="literal")
def test_hostile_title_is_literal(derived, flavour: str, hostile_text: str) -> None:
    """The title is one string of JSON at the head of the file, itself but for what is not seen; no key begins in it."""
    told = narrate(derived("plain"), title=hostile_text, author=hostile_text)
    short = replace(told, talk=None, blocks=tuple(block for block in told.blocks if isinstance(block, Heading | Prose)))
    text = str(write(derived("plain"), short, Options(flavour=flavour))["derivation.md"])
    head = text.split("\n---\n", 1)[0].split("\n")[1:]
    values = dict(line.split(": ", 1) for line in head if re.match(r"\w+: \"", line))
    unescaped = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", json.loads(values["title"])).replace(JOINER, "")
    shown = json.loads(values["title"]).replace(JOINER, "") if flavour in SLIDES else unescaped
    assert hostile_text == shown
    assert values["title"] == values["author"]


@pytest.mark.parametrize("flavour", list(FLAVOURS))
def test_same_story_in_two_languages(derived, flavour: str) -> None:
    """Both languages have the same mathematics on as many lines, in other words."""
    english, spanish = (text_in(derived, flavour, lang=lang) for lang in ("en", "es"))
    assert english != spanish
    assert len(formulas(english)) <= 1.3 * len(formulas(spanish))


def test_document_without_pictures_has_one_file(derived) -> None:
    """A deck of a story without pictures is one file."""
    document = Document("t", None, None, "en", (), {"otherwise": "otherwise"})
    assert {"derivation.md"} == set(write(derived("plain"), document, Options(flavour="marp")))
