"""The page in Chromium: nothing sticks out, parts of the picture answer, formulas can be copied, nobody is left out."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

import symbackprop as sb

pytestmark = pytest.mark.combinations

WIDTHS = {"720p": (1280, 720), "1080p": (1920, 1080), "phone": (375, 720)}
SHOWN = ("plain", "digits", "custom", "long")

STICKING_OUT = """() => {
    const width = document.documentElement.clientWidth;
    return [...document.querySelectorAll("body *")].filter((part) => {
        const box = part.getBoundingClientRect();
        const scrolled = part.closest(".scroll");
        return box.width && box.right > width + 1 && !(scrolled && scrolled !== part);
    }).map((part) => `${part.tagName}.${part.className} ${part.textContent.slice(0, 40)}`);
}"""

# in which boxes for lines there is something to scroll, which at a desk there should not be
SCROLLED = """() => [...document.querySelectorAll(".scroll")]
    .filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1)
    .map((box) => box.textContent.slice(0, 60))"""

PATH = """() => [...document.querySelectorAll("[data-first] .on-path[id]")]
    .filter((part) => !part.id.endsWith("-label")).map((part) => part.id.slice(4)).sort()"""

THICK = """(name) => parseFloat(getComputedStyle(document.querySelector(`#net-${name} > *`)).strokeWidth)"""


def told(page) -> str:
    """Return the LaTeX of what is told about the part of the picture that is looked at."""
    return page.evaluate("[...document.querySelectorAll('#told annotation')].map((a) => a.textContent).join(' ; ')")


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("size", WIDTHS)
def test_nothing_sticks_out_and_nothing_is_asked_for(visit, name: str, size: str) -> None:
    """On a screen, a projector and a phone no element is wider than the page, and no line has to be scrolled."""
    one = visit("html", name, "es" if size == "720p" else "en", size=WIDTHS[size])
    assert [] == one.page.evaluate(STICKING_OUT)
    assert WIDTHS[size][0] >= one.page.evaluate("document.documentElement.scrollWidth")
    assert ([], []) == (one.trouble, one.requests)
    assert size == "phone" or [] == one.page.evaluate(SCROLLED)  # at a desk long ones are broken


def test_measure_and_axe_can_find_something(visit, serious) -> None:
    """An element that is made too wide is found, and a picture without a description, alone on the page."""
    page = visit("html").page
    page.evaluate("document.querySelector('h1').style.width = '2000px'")
    assert 0 < len(page.evaluate(STICKING_OUT))
    page.evaluate("document.querySelector('main').innerHTML = '<img src=\"data:,\">'")
    assert ["image-alt"] == [finding.partition(":")[0] for finding in serious(page, leaving_out="math")]


@pytest.mark.thorough
def test_pointing_at_a_weight_lights_its_path_and_tells_its_links(visit) -> None:
    """The edge and all edges after it become thick, the derivative is told, and leaving brings the first one back."""
    page = visit("html").page  # the colour is Okabe and Ito's vermilion, which everybody can tell apart, darkened
    assert "rgb(184, 79, 0)" == page.evaluate("getComputedStyle(document.querySelector('#net-w_1_2_1 > path')).stroke")
    first = told(page)
    assert ["C", "C_1", "a_1_2", "a_2_1", "w_1_2_1", "w_2_1_2"] == page.evaluate(PATH)
    assert r"\frac{\partial z^{(1)}_{2}}{\partial w^{(1)}_{21}}" in first
    thin = page.evaluate(THICK, "w_1_3_2")
    page.hover("#net-w_1_3_2", force=True)
    assert ["C", "C_1", "a_1_3", "a_2_1", "w_1_3_2", "w_2_1_3"] == page.evaluate(PATH)
    assert page.evaluate(THICK, "w_1_3_2") >= 3 * thin
    assert r"\frac{\partial C}{\partial w^{(1)}_{32}}" in told(page)
    assert r"= \delta^{(1)}_{3}\,x_{2}" in told(page)
    page.mouse.move(5, 5)
    assert first == told(page)


@pytest.mark.thorough
def test_every_part_is_reached_with_the_tab_key_and_says_what_it_is(visit) -> None:
    """Going through the picture with the Tab key meets each weight, bias and neuron, named, and tells its story."""
    page = visit("html").page
    parts = page.evaluate("[...document.querySelectorAll('template[data-part]')].map((t) => t.dataset.part)")
    page.focus(".theme")
    met = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.id")
        if name.startswith("net-"):
            met.append(name.removeprefix("net-"))
            assert page.evaluate("document.activeElement.getAttribute('aria-label')")
            assert page.evaluate("document.querySelector('#told .title').textContent").startswith(
                page.evaluate("document.activeElement.getAttribute('aria-label')")
            )
    assert sorted(parts) == sorted(met)
    assert {"w_1_2_1", "b_1_3", "a_2_1", "x_2"} <= set(met)
    first = [name for name in met if name.startswith("w_1_")]  # no edge is out of turn, not even that of the path
    assert [f"w_1_{j}_{k}" for k in (1, 2) for j in (1, 2, 3)] == first == met[:6]


@pytest.mark.thorough
def test_a_click_or_the_enter_key_keeps_what_is_told(visit) -> None:
    """What was chosen stays when the pointer or the focus goes elsewhere, and is marked as pressed."""
    page = visit("html").page
    page.focus("#net-b_1_3")
    page.keyboard.press("Enter")
    page.focus(".theme")
    assert r"\frac{\partial C}{\partial b^{(1)}_{3}}" in told(page)
    assert ["net-b_1_3"] == page.evaluate("[...document.querySelectorAll('svg [aria-pressed=true]')].map((p) => p.id)")
    page.click("#net-a_1_1 circle", force=True)
    page.mouse.move(5, 5)
    assert r"\delta^{(1)}_{1}" in told(page)


@pytest.mark.thorough
@pytest.mark.parametrize("name", SHOWN)
def test_every_answer_can_be_shown(visit, name: str) -> None:
    """Each part of the picture is told in whole formulas, without an empty place or a complaint."""
    one = visit("html", name)
    counts = one.page.evaluate("""() => [...document.querySelectorAll("template[data-part]")].map((template) => {
        document.getElementById(`net-${template.dataset.part}`).dispatchEvent(new FocusEvent("focus"));
        return [document.querySelectorAll("#told math").length, document.querySelectorAll("#told i").length];
    })""")
    assert all(formulas > 6 and not empty for formulas, empty in counts)
    assert [] == one.trouble


COPIED = """() => {
    window.copied = [];
    Object.defineProperty(navigator, "clipboard", { value: { writeText: async (words) => { copied.push(words); } } });
}"""


@pytest.mark.thorough
def test_formula_is_copied_as_latex_and_as_mathml(visit) -> None:
    """A click on a formula offers both, and what is copied is its LaTeX, and clean MathML, also without a clipboard."""
    page = visit("html").page  # where the browser lends none to files, the old command copies
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    page.click(".display.key math >> nth=0")
    page.click("[data-copy=latex]")
    assert "Copied" == page.inner_text(".offer output")
    page.keyboard.press("Escape")
    page.evaluate(COPIED)
    page.click(".display.key math >> nth=0")
    page.click("[data-copy=latex]")
    page.click("[data-copy=mathml]")
    latex, mathml = page.evaluate("copied")
    assert r"\delta^{(L)}_{j} = \textcolor{#B84F00}{\frac{\partial C}{\partial a^{(L)}_{j}}}" in latex
    root = ElementTree.fromstring(mathml)
    assert "{http://www.w3.org/1998/Math/MathML}math" == root.tag
    assert not [part for part in root.iter() if {"class", "style"} & set(part.attrib)]
    assert "Copied" == page.inner_text(".offer output")


@pytest.mark.thorough
def test_line_is_copied_whole_with_the_keyboard(visit) -> None:
    """The button of a line copies both of its sides, and the left one of an earlier line where it has none."""
    page = visit("html", lang="es").page
    page.evaluate(COPIED)
    page.focus("#section-links .steps >> nth=0 >> .line >> nth=2 >> .copy")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    (latex,) = page.evaluate("copied")
    assert latex.startswith(r"\textcolor{#B84F00}{\frac{\partial C}{\partial a^{(L)}_{j}}} = ")
    assert "a^{(L)}_{j} - y_{j}" in latex
    assert "Copiado" == page.inner_text(".offer output")
    page.keyboard.press("Escape")
    assert not page.is_visible(".offer")
    assert "copy" == page.evaluate("document.activeElement.className")


@pytest.mark.thorough
def test_broken_line_is_copied_in_one_piece(visit) -> None:
    """Of a line that is shown in several rows, the unbroken formula is copied."""
    page = visit("html", "long").page
    page.evaluate(COPIED)
    page.locator(".line:has(.more) .right math").first.click()
    page.click("[data-copy=latex]")
    (latex,) = page.evaluate("copied")
    assert r"\right." not in latex
    assert latex.count(r"\left(") == latex.count(r"\right)")


@pytest.mark.thorough
def test_arrow_keys_reach_every_formula(visit) -> None:
    """From one formula the arrow keys lead to those after it, within sentences and tables too."""
    page = visit("html").page
    page.click("main p math >> nth=0")
    page.focus("[data-copy=latex]")
    seen = set()
    for _ in range(40):
        seen.add(
            page.evaluate("[...document.querySelectorAll('main math')].indexOf(document.querySelector('.chosen'))")
        )
        page.keyboard.press("ArrowRight")
    assert len(seen) > 25


@pytest.mark.thorough
def test_light_and_dark(visit) -> None:
    """The page follows the system, also where that changes, and a button turns it round."""
    page = visit("html").page
    for scheme, dark in (("light", False), ("dark", True)):
        page.emulate_media(color_scheme=scheme)
        assert dark == is_dark(page)
    page.click(".theme")
    assert not is_dark(page)


def is_dark(page) -> bool:
    """Tell whether the page has dark paper."""
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(int, re.findall(r"\d+", paper))) < 300


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "size", "scheme"), [("plain", "720p", "light"), ("digits", "phone", "dark")])
def test_axe_finds_nothing_serious(visit, serious, name: str, size: str, scheme: str) -> None:
    """No barrier for readers with screen readers, keyboards or weak eyes that axe-core knows."""
    page = visit("html", name, "es", size=WIDTHS[size], scheme=scheme).page
    assert [] == serious(page, leaving_out="main > section:not(#section-network) math")


@pytest.mark.thorough
def test_page_tells_its_story_without_scripts(chromium, derived, tmp_path) -> None:
    """Where scripts are forbidden, the text, the picture with one path, and what is told about it are there."""
    from symbackprop.exposition.rendering import render

    path = tmp_path / "page.html"
    path.write_text(str(render(derived("plain"), "html")), encoding="utf-8")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator("#told math").count() > 10
    assert page.locator("#net-w_1_2_1.on-path").count() == 1
    context.close()


HIGHEST = """() => {
    const picture = document.querySelector("[data-first]"), panel = document.querySelector("#told");
    return Math.max(...[...document.querySelectorAll("template[data-part]")].map((template) => {
        document.getElementById(`net-${template.dataset.part}`).dispatchEvent(new PointerEvent("pointerenter"));
        return panel.getBoundingClientRect().bottom - picture.getBoundingClientRect().top;
    }));
}"""


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["plain", "digits", "several"])
def test_picture_and_what_is_told_are_seen_together(visit, name: str) -> None:
    """On a projector the picture and the panel below it fit into one view, whatever part is pointed at."""
    assert 720 > visit("html", name, "es", size=(1280, 720)).page.evaluate(HIGHEST)


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["plain", "digits"])
def test_nothing_is_cut_on_a_phone(visit, name: str) -> None:
    """At 390 pixels formulas, tables, chains and pictures are set as small as they have to be, and none is cut."""
    page = visit("html", name, "es", size=(390, 844)).page
    page.wait_for_timeout(100)  # two frames: boxes are measured after they are laid out
    assert [] == page.evaluate(SCROLLED)


@pytest.mark.thorough
def test_dark_page_is_printed_in_light_colours_without_buttons(visit) -> None:
    """What the button chose is for the screen: printed, the ink is dark and the paper white, in pictures, too."""
    page = visit("html", "long", scheme="light").page
    page.click(".theme")
    assert is_dark(page)
    page.emulate_media(media="print")
    ink, paper = (
        page.evaluate(f"getComputedStyle(document.querySelector('{part}')).{colour}")
        for part, colour in (("main p", "color"), (".drawing .neuron > circle", "fill"))
    )
    assert 150 > sum(map(int, re.findall(r"\d+", ink)))
    assert "rgb(255, 255, 255)" == paper
    page.set_viewport_size({"width": 700, "height": 1000})
    assert not page.is_visible(".theme")
    assert not page.is_visible("nav")
    assert page.pdf(format="A4").startswith(b"%PDF")


PLACES = """() => [...document.querySelectorAll(".display:not(.single) > .lines > :is(.right, .copy)")]
    .map((part) => [part.className.split(" ")[0], Math.round(part.getBoundingClientRect().left)])"""


@pytest.mark.thorough
def test_long_product_stands_in_lines_of_its_own(chromium, tmp_path) -> None:
    """Of a path of 14 layers the numbers have lines of their own, their product one below, each with its button."""
    net = sb.sequential("2 -> " + " -> ".join(["dense(2) tanh", "prelu"] * 7), cost="mse")
    path = tmp_path / "page.html"
    path.write_text(str(sb.render(sb.derive(net), "html")), encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1280, "height": 720})
    page.goto(path.as_uri())
    assert [] == page.evaluate(STICKING_OUT)
    places = page.evaluate(PLACES)
    assert ["right", "copy"] * 2 == [kind for kind, _ in places]
    assert 2 == len({place for _, place in places})
