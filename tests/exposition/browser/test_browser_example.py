"""The page of a worked example in Chromium: numbers that are typed in, and one equation from afar and from near."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sympy import Rational

from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.numbers import descend, evaluate
from symbackprop.exposition.example.narration import narrate_example
from symbackprop.exposition.rendering import files_of, render
from symbackprop.network.model import mlp
from symbackprop.network.notation import scalar
from symbackprop.network.values import pleasant_values
from tests.exposition.typed import compiled_numbers, fields_of, number_shown

NETWORK = mlp("2-2-2", ["gelu", "softmax"], "cross_entropy")
VALUES = pleasant_values(NETWORK, 3)
PHONE = {"width": 375, "height": 720}


@pytest.fixture(scope="module")
def derivation() -> Any:
    """Return the derivation of the network of these tests."""
    return derive(NETWORK)


@pytest.fixture(scope="module")
def path(derivation: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the page of an example."""
    path = tmp_path_factory.mktemp("example") / "derivation.html"
    stages = descend(derivation, VALUES.given, VALUES.rate, 0)
    document = narrate_example(derivation, stages, rate=Rational(1, 2))
    path.write_text(str(files_of(derivation, document, "html")["derivation.html"]), encoding="utf-8")
    return path


@pytest.fixture
def page(chromium: Any, path: Path) -> Iterator[Callable[..., Any]]:
    """Open the page of an example, and keep what goes wrong on it and leaves it in `page.trouble`."""
    context = chromium.new_context(viewport=PHONE)
    opened = context.new_page()
    opened.trouble = []
    opened.on("pageerror", lambda error: opened.trouble.append(str(error)))
    opened.on("console", lambda message: opened.trouble.append(message.text))
    opened.on("request", lambda request: opened.trouble.extend([request.url] * request.url.startswith("http")))
    opened.goto(path.as_uri())
    yield opened
    context.close()


def shown(page: Any) -> dict[str, float]:
    """Return every number that the page has computed, by its key."""
    pairs = "[...document.querySelectorAll('[data-live]')].map((one) => [one.dataset.live, one.textContent])"
    return {key: number_shown(text) for key, text in page.evaluate(pairs)}


@pytest.mark.thorough
def test_what_is_typed_is_computed_as_it_was_derived(page, derivation) -> None:
    """Every number follows what is typed, in the list and in both pictures, and no request leaves the page."""
    for given in (VALUES.given[0], VALUES.given[0] | {"w_1_2_1": Fraction(-3, 2), "x_1": Fraction(4)}):
        for name, value in given.items():
            page.fill(f'input[name="{name}"]', str(float(value)))
        numbers, there = evaluate(derivation, given), shown(page)
        for letter, value in numbers.known.items():
            if letter.name[0] in "zadC":
                assert there[letter.name] == pytest.approx(float(value), rel=6e-4, abs=1e-12)
        for letter, value in numbers.gradient.items():
            assert there[f"d {letter.name}"] == pytest.approx(float(value), rel=6e-4, abs=1e-12)
    for way, letter in (("forward", "a"), ("back", "delta")):
        written = page.text_content(f"#{way}-a_1_2 text").replace("−", "-")
        assert float(written) == pytest.approx(float(numbers.known[scalar(letter, 1, 2)]), rel=6e-3)
    slope, derivative = (
        float(page.text_content(f".chain .{kind} [data-tree]").replace("−", "-")) for kind in ("rate", "named")
    )
    assert slope == pytest.approx(4.0)  # the input that was typed leads the path
    assert derivative == pytest.approx(float(numbers.gradient[scalar("w", 1, 2, 1)]), rel=6e-3)
    assert [] == page.trouble


def test_signs_follow_what_is_typed(page, derivation) -> None:
    """Before each value stands the sign that a page about the numbers that were typed has: "≈" where it is rounded."""
    signs = """[...document.querySelectorAll("li.line")].filter((line) => line.querySelector("mn[data-tree]"))
        .map((line) => [...line.querySelectorAll("mo")].map((one) => one.textContent).join("").replace(/[^=≈]/g, ""))"""
    before = page.evaluate(signs)
    given = VALUES.given[0] | {"x_1": Fraction("0.1234567"), "x_2": Fraction(0), "w_1_2_1": Fraction(0)}
    for name, value in given.items():
        page.fill(f'input[name="{name}"]', str(float(value)))
    after = page.evaluate(signs)
    document = narrate_example(derivation, descend(derivation, (given,), VALUES.rate, 0), rate=Rational(1, 2))
    page.set_content(str(files_of(derivation, document, "html")["derivation.html"]))
    assert page.evaluate(signs) == after != before
    assert {"=≈", "==≈", "==="} <= {*after}


@pytest.mark.thorough
def test_equation_is_seen_closer_with_each_click(page, serious) -> None:
    """One line is seen at a time, its button pressed; nothing sticks out of a phone, and axe finds no barrier."""
    buttons = page.locator(".zoom .views button")
    assert 4 == buttons.count()
    seen = []
    for place in range(4):
        buttons.nth(place).click()
        assert "true" == buttons.nth(place).get_attribute("aria-pressed")
        seen.append(page.evaluate("[...document.querySelectorAll('.zoom li')].map((one) => one.checkVisibility())"))
    assert [[each == place for each in range(4)] for place in range(4)] == seen
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert [] == serious(page, leaving_out="main > section:not(#section-example-path)")


@pytest.mark.thorough
def test_program_is_computed_in_its_page_as_it_is_compiled(visit, program_derivation, written) -> None:
    """Numbers typed into the page of a program give those of the compiled one; what is no number is marked."""
    derivation = program_derivation("autoencoder")
    (written / "html-autoencoder-es.html").write_text(str(render(derivation, "html", lang="es")), encoding="utf-8")
    seen = visit("html", "autoencoder", "es")
    page = seen.page
    typed = fields_of(page.content()) | {"W[1, 1]": -1.25, "x[1]": 3.0}
    page.fill('input[name="W[1, 1]"]', "−1,25")
    page.fill('input[name="x[1]"]', "3")
    wanted = compiled_numbers(derivation, typed)
    for refused in ("abc", "", "1 2", "1e999"):
        page.fill('input[name="b[1]"]', refused)
        assert "true" == page.get_attribute('input[name="b[1]"]', "aria-invalid")
        assert page.is_visible(".live .refused")
        there = shown(page)
        for key, value in wanted.items():
            assert there[key] == pytest.approx(value, rel=6e-4, abs=1e-12)
    whole = wanted["d W[1, 1]"]
    assert number_shown(
        page.text_content("#section-example-path .steps >> nth=-1 >> mn[data-tree] >> nth=-1")
    ) == pytest.approx(whole, rel=6e-4)
    boxes = [number_shown(box) for box in page.locator(".array[data-tree] .label:first-of-type").all_text_contents()]
    assert -1.25 in boxes
    assert wanted["C"] == pytest.approx(number_shown(page.text_content('[data-live="C"]')), rel=6e-4)
    page.fill('input[name="b[1]"]', "0.5")
    assert "false" == page.get_attribute('input[name="b[1]"]', "aria-invalid")
    assert not page.is_visible(".live .refused")
    assert ([], []) == (seen.trouble, seen.requests)
