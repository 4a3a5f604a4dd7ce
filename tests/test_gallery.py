"""The gallery in output/: what the tool writes for 2-3-1, in every language, is what it writes now.

    pytest tests/test_gallery.py --update-golden        rebuilds it, pictures of the page and of a slide included

The bytes of most formats depend on the libraries that make them; those are named in `made-with.txt`. Where another
version of one of them is installed, texts of our own are still compared to the letter, all else by its name.
"""

from __future__ import annotations

import importlib
import shutil
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from sidebyside import page

from symbackprop.calculus.backpropagation import derive
from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.options import Options
from symbackprop.exposition.rendering import render_files
from symbackprop.network.model import mlp

GALLERY = Path(__file__).parents[1] / "output" / "gallery"
MADE_WITH = GALLERY / "made-with.txt"
LIBRARIES = ("latex2mathml", "pyreveal", "python-pptx", "sympy", "typst", "ziamath")
SHOWN = ("deck", "html", "latex", "tex", "markdown", "pdf", "pptx", "svg")
OURS = (".md", ".tex")  # no library has a hand in them but SymPy, whose version is fixed
LARGEST = 5_000_000  # bytes of the whole gallery: a clone should stay quick
# a deck without pictures of its equations is a sixth as large; PowerPoint shows the native ones all the same
OPTIONS = Options(fallback="text")
# picture -> file, place in it, height of the window; what a slide reveals step by step is all there
PICTURES = {"page.png": ("en/derivation.html", "", 1330), "slide.png": ("en/slides.html", "#/10", 720)}
HIDDEN = "document.querySelector('section.present .fragment:not(.visible)') !== null"


@cache
def made(lang: str) -> dict[str, bytes]:
    """Return what all formats of the gallery write in one language, by the names of the files."""
    derivation, files = derive(mlp("2-3-1")), {}
    for name in SHOWN:
        for path, content in render_files(derivation, name, lang=lang, options=OPTIONS).items():
            files[path] = content.encode("utf-8") if isinstance(content, str) else content
    files["conventions.html"] = page(derivation, lang).encode("utf-8")
    return files


def versions() -> str:
    """Return the libraries that are installed, one a line."""
    return "".join(f"{name} {metadata.version(name)}\n" for name in LIBRARIES)


@pytest.fixture(scope="module", autouse=True)
def rebuilt(request: pytest.FixtureRequest) -> None:
    """Write the whole gallery anew if the flag says so."""
    for name in SHOWN:
        for package in FORMATS[name].packages:
            pytest.importorskip(package, reason=f"the gallery needs {package}; pip install '.[test]'")
    if not request.config.getoption("--update-golden"):
        return
    shutil.rmtree(GALLERY, ignore_errors=True)
    for lang in LANGUAGES:
        for path, content in made(lang).items():
            place = GALLERY / lang / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    MADE_WITH.write_text(versions(), encoding="utf-8")
    take_pictures()


def take_pictures() -> None:
    """Photograph the page and a slide in Chromium."""
    sync = importlib.import_module("playwright.sync_api")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = browser.new_page()
        for picture, (file, place, height) in PICTURES.items():
            page.set_viewport_size({"width": 1280, "height": height})
            page.goto((GALLERY / file).as_uri() + place)
            page.wait_for_timeout(1500)  # until the fonts are there
            while page.evaluate(HIDDEN):
                page.keyboard.press("ArrowRight")
                page.wait_for_timeout(100)
            page.wait_for_timeout(1000)  # until nothing moves
            page.screenshot(path=GALLERY / picture)
            with_few_colours(GALLERY / picture)
        browser.close()


def with_few_colours(picture: Path) -> None:
    """Keep 256 colours of a picture of letters and lines, which look the same and take a third of the room."""
    image = importlib.import_module("PIL.Image")
    image.open(picture).convert("RGB").quantize(256, dither=image.Dither.NONE).save(picture, optimize=True)


@pytest.mark.combinations
@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_gallery_holds_what_is_written_now(lang: str) -> None:
    """Every file of every format is there, no other one, and each is what it would be today."""
    there = {path.relative_to(GALLERY / lang).as_posix(): path for path in (GALLERY / lang).rglob("*.*")}
    assert sorted(made(lang)) == sorted(there)
    same_libraries = MADE_WITH.read_text(encoding="utf-8") == versions()
    stale = [
        name
        for name, content in made(lang).items()
        if (same_libraries or name.endswith(OURS)) and there[name].read_bytes() != content
    ]
    assert [] == stale, "rebuild it: pytest tests/test_gallery.py --update-golden"


def test_all_libraries_are_named() -> None:
    """Where one is missing in the list, no page would be compared with that of today any more."""
    assert list(LIBRARIES) == [line.split()[0] for line in MADE_WITH.read_text(encoding="utf-8").splitlines()]


def test_gallery_is_small() -> None:
    """A clone stays quick."""
    assert sum(path.stat().st_size for path in GALLERY.rglob("*.*")) < LARGEST


def test_pictures_are_there() -> None:
    """The pictures of the README are PNG files of some size."""
    for picture in PICTURES:
        content = (GALLERY / picture).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) > 10_000
