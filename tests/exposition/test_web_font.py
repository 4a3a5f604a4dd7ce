"""The mathematical font of pages and decks: every letter that a formula can hold, and tall forms of what stretches."""

from __future__ import annotations

import importlib.util
import os
import re
from importlib import resources
from pathlib import Path

import pytest

from symbackprop.exposition.mathtext.mathml import tree
from symbackprop.exposition.mathtext.style import ACCENTS, GREEK
from symbackprop.exposition.rendering import render
from symbackprop.exposition.web.assets import font_face

if os.environ.get("CI"):
    from fontTools.ttLib import TTFont
else:
    pytest.importorskip("brotli", reason="brotli is not installed; it is in the extra `test`")
    TTFont = pytest.importorskip("fontTools.ttLib", reason="fonttools is not installed; see the extra `test`").TTFont

pytestmark = pytest.mark.combinations

FONT = resources.files("symbackprop.exposition.web") / "assets" / "math.woff2"


@pytest.fixture(scope="module")
def font():
    """Return the font as it is shipped."""
    with resources.as_file(FONT) as path:
        return TTFont(path)


def italic(letter: str) -> str:
    """Return the letter that a browser draws for one in <mi>: the italic one of the mathematical alphabet."""
    if letter == "h":
        return "ℎ"
    for first, start in (("a", 0x1D44E), ("A", 0x1D434), ("α", 0x1D6FC), ("Α", 0x1D6E2)):
        place = ord(letter) - ord(first)
        if 0 <= place < (25 if first in "αΑ" else 26):
            return chr(start + place)
    return letter


def drawn(latex: str) -> set[str]:
    """Return the characters that a browser draws for a formula."""
    found: set[str] = set()
    for part in tree(latex).iter():
        words = part.text or ""
        plain = part.tag == "mi" and len(words) == 1 and part.get("mathvariant") != "normal"
        found |= {italic(words)} if plain else set(words)
    return found


def test_every_letter_of_every_page_is_in_the_font(font, derived, network: str) -> None:
    """No formula of any network falls back on a font of the system."""
    page = str(render(derived(network), "html", lang="es"))  # whose words for cases have accents
    latex = set(re.findall(r'<annotation encoding="application/x-tex">(.*?)</annotation>', page, re.DOTALL))
    letters = {
        letter for one in latex for letter in drawn(one.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))
    }
    assert set() == {letter for letter in letters if ord(letter) not in font.getBestCmap()}


def test_every_symbol_that_a_reader_may_choose_is_in_the_font(font) -> None:
    """Latin and Greek letters, plain or with any accent, can be taken for any quantity."""
    letters = [*"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", *(rf"\{name}" for name in GREEK)]
    chosen = [*letters, *(rf"\{accent}{{{letter}}}" for accent in ACCENTS for letter in letters)]
    characters = {character for latex in chosen for character in drawn(latex)}
    assert set() == {character for character in characters if ord(character) not in font.getBestCmap()}


def test_what_stretches_has_tall_forms(font) -> None:
    """Parentheses, brackets, braces, bars, sums and roots have larger forms in the table MATH."""
    names, variants = font.getBestCmap(), font["MATH"].table.MathVariants
    tall = set(variants.VertGlyphCoverage.glyphs)
    assert {names[ord(sign)] for sign in "()[]{}|∑√"} <= tall


def test_font_is_cut_as_its_maker_cuts_it(font) -> None:
    """The characters of the font are those that `cut_font` asks for."""
    path = Path(__file__).with_name("cut_font.py")
    spec = importlib.util.spec_from_file_location("cut_font", path)
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert set(font.getBestCmap()) == maker.characters()
    assert maker.ASSET.read_bytes() == FONT.read_bytes()  # the one that is shipped, wherever it is installed


def test_font_keeps_its_licence(font) -> None:
    """The font names its licence, which is shipped beside it, and is small enough to go into every file."""
    assert "Open Font License" in font["name"].getDebugName(13)
    assert "STIX Fonts Project" in (FONT.parent / "OFL.txt").read_text(encoding="utf-8")
    assert len(font_face()) < 100_000
