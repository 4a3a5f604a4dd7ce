"""The whole product, looked at by programs: every example that is shipped, in every format and both languages.

    python -m tests.product [WORD …]          of examples, formats and languages those that are named, or all

A line for each example, format and language that says what is wrong: what TeX complains about, what sticks out of a
page or a slide in a browser, shapes of PowerPoint that leave their slide or cover one another, what is not well-formed.
Exit status 1 where anything is. All of it takes some ten minutes of an idle machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from io import BytesIO
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

from rich.console import Console
from rich.progress import track

import symbackprop as sb
from symbackprop.cli.shipped import examples
from symbackprop.exposition.formats import FORMATS, Files
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.rendering import render_files

sys.path.insert(0, str(Path(__file__).parent))  # what tests share is imported from there, as pytest does

SCREEN = {"width": 1280, "height": 720}


def main(words: list[str]) -> int:
    """Look at all that is asked for, and print what is wrong; return 1 where something is."""
    from exposition.browser.conftest import FLAGS
    from playwright.sync_api import sync_playwright

    texts = examples()
    names, formats, languages = (
        [each for each in every if each in words] or list(every) for every in (texts, FORMATS, LANGUAGES)
    )
    console, wrong = Console(), 0
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=FLAGS)
        looks = _looks(browser, Path(folder))
        for name in track(names, "examples", console=console, transient=True):
            derivation = sb.derive(sb.equations(texts[name]))
            for format in formats:
                for language in languages:
                    files = render_files(derivation, format, lang=language)
                    found = looks.get(format, _is_made)(files, FORMATS[format].main_of(files))
                    wrong += len(found)
                    console.print(f"{name:20} {format:9} {language}  {'; '.join(found) or 'passed'}", soft_wrap=True)
    return wrong > 0


def _looks(browser: Any, folder: Path) -> Mapping[str, Callable[[Files, str], list[str]]]:
    """Return what looks at the files of each format."""
    from exposition.browser import test_browser_deck, test_browser_page
    from exposition.tex.conftest import Tex

    page = f"async () => [...await ({test_browser_page.STICKING_OUT})(), ...await ({test_browser_page.SCROLLED})()]"
    return {
        **dict.fromkeys(("latex", "beamer", "sheet"), Tex(folder).complaints),
        "deck": partial(_in_browser, browser, folder, test_browser_deck.STICKING_OUT),
        "html": partial(_in_browser, browser, folder, page),
        "pptx": _on_slides,
        **dict.fromkeys(("svg", "mathml"), _well_formed),
    }


def _in_browser(browser: Any, folder: Path, measure: str, files: Files, main: str) -> list[str]:
    path = folder / main
    path.write_text(str(files[main]), encoding="utf-8")
    tab = browser.new_page(viewport=SCREEN)
    tab.goto(path.as_uri())
    tab.wait_for_selector("[data-shown]" if main == FORMATS["deck"].main else "main")
    found: list[str] = tab.evaluate(measure)
    tab.close()
    return found


def _on_slides(files: Files, main: str) -> list[str]:
    from exposition.office.test_pptx import collisions
    from pptx import Presentation

    slides = list(Presentation(BytesIO(files[main])).slides)  # type: ignore[arg-type]
    return [f"slide {number}: {' over '.join(shapes)}" for number, shapes in collisions(slides, 960, 540)]


def _well_formed(files: Files, main: str) -> list[str]:
    for name, content in files.items():
        if name.endswith((".svg", ".mml")):
            ElementTree.fromstring(content)
    return _is_made(files, main)


def _is_made(files: Files, main: str) -> list[str]:
    return [] if files[main] else ["nothing in it"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
