"""The deck in Chromium: no slide is too full, keys go on line by line, nothing moves, nobody is left out."""

from __future__ import annotations

import pytest

from symbackprop.exposition.options import Options
from symbackprop.exposition.rendering import render

SCREENS = {"720p": (1280, 720), "1080p": (1920, 1080)}
SHOWN = ("plain", "digits", "custom", "long")

# what sticks out of its slide, or out of its box, on each slide in turn, all of it shown
STICKING_OUT = """async () => {
    const found = [];
    for (let number = 0; number < Reveal.getTotalSlides(); number += 1) {
        Reveal.slide(number, 0, 99);
        const slide = Reveal.getCurrentSlide(), frame = slide.getBoundingClientRect();
        for (const part of slide.querySelectorAll(".title *, header *, .content, .content *")) {
            const box = part.getBoundingClientRect();
            const across = Math.max(box.right - frame.right, frame.left - box.left);
            const out = Math.max(across, box.bottom - frame.bottom, frame.top - box.top);
            if (box.width && getComputedStyle(part).visibility === "visible" && out > 1)
                found.push(`${number + 1}: ${part.tagName}.${part.className} by ${out}`);
        }
        for (const part of slide.querySelectorAll(".content, .right, .lines, .table"))
            if (part.scrollWidth > part.clientWidth + 1) found.push(`${number + 1}: ${part.className} is too narrow`);
        const body = slide.querySelector(".body")?.getBoundingClientRect();
        const content = slide.querySelector(".content")?.getBoundingClientRect();
        if (body && (content.bottom > body.bottom + 1 || content.right > body.right + 1))
            found.push(`${number + 1}: the slide is too full`);
    }
    return found;
}"""

# how small the fullest slide is set, as a share of its size
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".content")]
    .map((content) => Number(content.style.transform.match(/[0-9.]+/)?.[0] ?? 1)))"""

# letters of words that are small as they are drawn, and slides that use little of their area
FAINT = """() => [...document.querySelectorAll(".slides section .content")].flatMap((content, number) => {
    const scale = Number(content.style.transform.match(/[0-9.]+/)?.[0] ?? 1);
    const body = parseFloat(getComputedStyle(document.querySelector(".reveal")).fontSize);
    const words = [...content.querySelectorAll("p, .reason, td, figcaption")].filter((part) => part.textContent.trim());
    const small = words.filter((part) => parseFloat(getComputedStyle(part).fontSize) * scale < 0.6 * body)
        .map((part) => `${number}: ${part.className || part.tagName} is small`);
    const bottom = content.scrollHeight * scale / content.parentElement.clientHeight;
    return bottom < 0.2 ? [...small, `${number}: nearly empty`] : small;
})"""

# how large the letters of a table of equations are, beside those of a sentence, and how much of the slide is used
EQUATIONS = """() => {
    const content = document.querySelector(".slides .equations").closest(".content");
    Reveal.slide([...document.querySelectorAll(".slides section")].findIndex((slide) => slide.contains(content)));
    const scale = Number(content.style.transform.match(/[0-9.]+/)?.[0] ?? 1);
    const size = (part) => parseFloat(getComputedStyle(part).fontSize);
    const sentence = size(document.querySelector(".reveal"));
    const smallest = Math.min(...[...content.querySelectorAll(".equations td math")].map(size));
    return [smallest * scale / sentence, content.scrollHeight * scale / content.parentElement.clientHeight];
}"""

# where the sign of each line of a derivation stands, and whether the line is seen
SIGNS = """() => [...Reveal.getCurrentSlide().querySelectorAll(".line:not(.ghost) .right")]
    .map((right) => right.querySelector("mo").getBoundingClientRect())
    .map((sign) => [Math.round(sign.left), Math.round(sign.top)])"""

SEEN = """() => [...Reveal.getCurrentSlide().querySelectorAll(".line:not(.ghost) .right")]
    .filter((right) => getComputedStyle(right).visibility === "visible").length"""


@pytest.fixture
def show(visit):
    """Open a deck and wait until it is ready."""

    def open_deck(*arguments: str, **wishes):
        one = visit("deck", *arguments, **wishes)
        one.page.wait_for_selector("[data-shown]")
        return one

    return open_deck


def go_to(page, words: str) -> None:
    """Go to the first slide with these words in its title."""
    page.evaluate(
        """(words) => Reveal.slide([...document.querySelectorAll(".slides section")]
            .findIndex((slide) => slide.querySelector("h2")?.textContent.includes(words)))""",
        words,
    )


@pytest.mark.combinations
@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("screen", SCREENS)
def test_every_slide_fits(show, name: str, screen: str) -> None:
    """On both screens nothing is wider or taller than its slide, none is set smaller than four fifths of its size."""
    one = show(name, "es" if screen == "720p" else "en", size=SCREENS[screen])
    assert [] == one.page.evaluate(STICKING_OUT)
    assert ([], []) == (one.trouble, one.requests)
    assert one.page.evaluate(SMALLEST) > 0.8
    if name not in ("plain", "digits"):
        return
    # seen from the last row: words are no smaller than three fifths of sentences, the four equations as large as these
    assert [] == one.page.evaluate(FAINT)
    size, used = one.page.evaluate(EQUATIONS)
    assert size >= 1.0
    assert used > 0.7


@pytest.mark.thorough
def test_measure_finds_what_does_not_fit(show) -> None:
    """A line that is made too long, and a slide that is made too full, are both found."""
    page = show().page
    page.evaluate("document.querySelector('.right > div').style.width = '3000px'")
    page.evaluate("[...document.querySelectorAll('.content')].at(-1).style.height = '3000px'")
    page.evaluate("document.querySelector('.content p').style.fontSize = '9px'")
    assert ["0: P is small"] == page.evaluate(FAINT)
    found = page.evaluate(STICKING_OUT)
    assert any("too narrow" in each for each in found)
    assert any("too full" in each for each in found)


@pytest.mark.thorough
def test_keys_show_line_after_line_and_nothing_moves(show) -> None:
    """Each press of a key shows one more line; the signs stand under one another and stay where they were."""
    page = show().page
    go_to(page, "Second link")
    places = page.evaluate(SIGNS)
    assert 1 == len({left for left, _ in places})
    assert 1 == page.evaluate(SEEN)
    for shown in (2, 3, 4):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(30)
        assert shown == page.evaluate(SEEN)
        assert places == page.evaluate(SIGNS)
    page.keyboard.press("ArrowLeft")
    assert 3 == page.evaluate(SEEN)


@pytest.mark.thorough
def test_signs_keep_their_place_on_the_next_slide(chromium, derived, tmp_path) -> None:
    """Where a derivation goes on on a further slide, its signs stand as far from the left as before."""
    path = tmp_path / "full.html"
    path.write_text(str(render(derived("plain"), "deck", level="full")), encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1280, "height": 720})
    page.goto(path.as_uri())
    page.wait_for_selector("[data-shown]")
    go_to(page, "The parameters of a layer")
    lefts = []
    for _ in range(2):
        lefts.append({left for left, _ in page.evaluate(SIGNS)})
        page.keyboard.press("PageDown")
        page.evaluate("Reveal.right()")
    assert lefts[0] == lefts[1]
    assert 1 == len(lefts[0])
    page.close()


@pytest.mark.thorough
def test_path_lights_up_part_by_part(show) -> None:
    """On the slide of the network, each press lights one more stage of the path, a weight with what it leads to."""
    page = show().page
    page.evaluate("Reveal.slide(1)")
    widths = "(name) => parseFloat(getComputedStyle(document.querySelector(`#path-${name} > *`)).strokeWidth)"
    stages = [["w_1_2_1", "a_1_2"], ["w_2_1_2", "a_2_1"], ["C_1"]]
    before = {part: page.evaluate(widths, part) for stage in stages for part in stage}
    for lit in range(1, len(stages) + 1):
        page.keyboard.press("ArrowRight")
        thicker = {part for part, width in before.items() if page.evaluate(widths, part) > width}
        assert {part for stage in stages[:lit] for part in stage} == thicker


@pytest.mark.thorough
def test_speaker_has_a_window_with_notes_slides_and_time(show) -> None:
    """S opens a window with the slide, the next one and the notes; keys pressed there go on in the presentation."""
    one = show(lang="es")
    page = one.page
    page.evaluate("Reveal.slide(1)")
    with page.context.expect_page() as opened:
        page.keyboard.press("s")
    speaker = opened.value
    speaker.wait_for_selector(".said p")
    assert "La figura se lee de izquierda a derecha" in speaker.inner_text(".said")
    assert 2 == speaker.locator(".copy-of-slide").count()
    before = page.evaluate("JSON.stringify(Reveal.getIndices())")
    speaker.keyboard.press("ArrowRight")
    assert before != page.evaluate("JSON.stringify(Reveal.getIndices())")
    speaker.wait_for_selector(".time:has-text('/')")
    assert ([], []) == (one.trouble, one.requests)


@pytest.mark.thorough
def test_light_and_dark(show) -> None:
    """The deck follows the system, and T turns it round."""
    page = show().page
    paper = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).reduce((a, b) => a + b)"
    for scheme, dark in (("light", False), ("dark", True)):
        page.emulate_media(color_scheme=scheme)
        assert dark == (page.evaluate(paper) < 300)
    for dark in (False, True):
        page.keyboard.press("t")
        assert dark == (page.evaluate(paper) < 300)


@pytest.mark.thorough
def test_formula_is_copied_from_a_slide(show) -> None:
    """A click on a formula of a slide offers its LaTeX, and going on is still a matter of keys."""
    page = show().page
    page.evaluate("""() => {
        window.clips = [];
        const writeText = async (words) => { clips.push(words); };
        Object.defineProperty(navigator, "clipboard", { value: { writeText } });
    }""")
    go_to(page, "The error is the product")
    page.keyboard.press("ArrowRight")
    page.click(".present .display math")
    page.click("[data-copy=latex]")
    assert [r"\delta^{(l)}_{j} := \frac{\partial C}{\partial z^{(l)}_{j}}"] == page.evaluate("clips")


@pytest.mark.thorough
@pytest.mark.combinations
@pytest.mark.parametrize("pages", ["slides", "clicks"])
def test_deck_prints_a_slide_on_each_page(show, chromium, derived, tmp_path, pages: str) -> None:
    """For print there is one page for each slide, with all that is on it, or one for each step if that is asked for."""
    path = tmp_path / "slides.html"
    whole = str(render(derived("flat"), "deck", options=Options(steps=pages), only="links"))
    path.write_text(whole, encoding="utf-8")
    page = chromium.new_page()
    page.goto(path.as_uri() + "?print-pdf")
    page.wait_for_selector("[data-shown] .pdf-page")
    slides, sheets = whole.count("<section"), page.locator(".pdf-page").count()
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert sheets == printed.count(b"/Type /Page\n") or sheets == printed.count(b"/Type /Page ")
    assert (sheets == slides) if pages == "clicks" else (sheets > 2 * slides)
    page.close()


@pytest.mark.thorough
def test_four_to_three_fits_as_well(chromium, derived, tmp_path) -> None:
    """On the narrower sheet nothing sticks out either."""
    path = tmp_path / "slides.html"
    path.write_text(str(render(derived("long"), "deck", options=Options(aspect="4:3"))), encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1024, "height": 768})
    page.goto(path.as_uri())
    page.wait_for_selector("[data-shown]")
    assert [] == page.evaluate(STICKING_OUT)
    page.close()


@pytest.mark.thorough
@pytest.mark.combinations
@pytest.mark.parametrize(("words", "scheme"), [("First link", "light"), ("The four equations", "dark")])
def test_axe_finds_nothing_serious(show, serious, words: str, scheme: str) -> None:
    """No barrier for readers with screen readers, keyboards or weak eyes that axe-core knows."""
    page = show(scheme=scheme).page
    go_to(page, words)
    page.evaluate("Reveal.slide(Reveal.getIndices().h, 0, 99)")
    page.wait_for_timeout(200)
    assert [] == serious(page, leaving_out="section:not(.present)")
