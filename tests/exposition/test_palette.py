"""Colours of a reader's own: they reach every format, the defaults come back after it, and what is none is refused."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from symbackprop.calculus.backpropagation import derive
from symbackprop.cli.shipped import shipped_example
from symbackprop.errors import SpecError
from symbackprop.exposition.figures.curves import Curve, curves_svg
from symbackprop.exposition.figures.plotting import FAINT, PAPER
from symbackprop.exposition.figures.verdicts import ALLOWED, Verdict, verdicts_svg
from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.options import Options
from symbackprop.exposition.palette import COLOURS, DEFAULTS, ON_DARK, check_colours, painted
from symbackprop.exposition.rendering import render_files
from symbackprop.exposition.web.assets import style
from symbackprop.network.model import mlp
from symbackprop.network.text.equations import equations

pytestmark = pytest.mark.combinations

OWN = {"cost": "#12AB34", "activation": "#AB1234", "input": "#3412AB", "error": "#ABCDEF"}
PICTURES = ("png", "pdf")  # their colours are in compressed streams


def text_of(content: str | bytes) -> str:
    """Return what a file says, the parts of a zip archive one after the other, in capitals."""
    if isinstance(content, str):
        return content.upper()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith(".xml")]
        return "".join(parts).upper()
    return content.decode("utf-8").upper()


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in PICTURES])
def test_colours_reach_the_format(name: str) -> None:
    """A document in a reader's own colours has none of the defaults left where it had them."""
    derivation = derive(mlp("2-3-1"))
    plain = render_files(derivation, name, options=Options(fallback="text"))
    own = render_files(derivation, name, options=Options(fallback="text", colours=OWN))
    before, after = ("".join(text_of(files[one]) for one in files if one != "page.pdf") for files in (plain, own))
    used = [role for role, colour in DEFAULTS.items() if re.search(colour[1:], before)]
    assert [] == [role for role in used if OWN[role][1:] not in after]
    if name not in ("html", "deck"):  # their style sheet says the defaults, and after them the reader's own
        assert [] == [role for role in used if DEFAULTS[role][1:] in after]


@pytest.mark.parametrize("name", PICTURES)
def test_colours_change_pictures(name: str) -> None:
    """A picture in other colours is another picture."""
    derivation = derive(mlp("1-1"))
    plain, own = (render_files(derivation, name, options=Options(colours=colours)) for colours in ({}, OWN))
    assert plain[FORMATS[name].main] != own[FORMATS[name].main]


def contrast(colour: str, opacity: float, paper: str) -> float:
    """Return how much lighter one of a colour and its paper is than the other, by the formula of WCAG 2.2, 1.4.3."""
    inked, plain = ([int(text[at : at + 2], 16) for at in (1, 3, 5)] for text in (colour, paper))
    mixed = [opacity * ink + (1 - opacity) * white for ink, white in zip(inked, plain, strict=True)]

    def luminance(parts: list[float]) -> float:
        linear = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in (part / 255 for part in parts))
        return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted((luminance(mixed) + 0.05, luminance(list(map(float, plain))) + 0.05), reverse=True)
    return light / dark


def test_letters_are_read_on_any_paper() -> None:
    """Every colour that letters have is told from its paper as WCAG asks of small letters: by 4.5 to 1."""
    papers = ((DEFAULTS, "#FFFFFF"), (ON_DARK, "#14171C"))
    found = {colour: contrast(colour, 1.0, paper) for colours, paper in papers for colour in colours.values()}
    assert {} == {colour: ratio for colour, ratio in found.items() if ratio < 4.5}


def test_lines_of_pictures_are_seen() -> None:
    """Every line of a picture and of a plot is told from white by 3 to 1; a grid and an area alone are fainter."""
    networks = derive(mlp("2-3-1")), derive(equations(str(shipped_example("rnn"))))
    shown = [str(picture) for each in networks for picture in render_files(each, "svg").values()]
    shown.append(curves_svg([Curve(name, (1.0, 0.5)) for name in "abc"], title="t", up="C", say=str))
    shown.append(verdicts_svg([Verdict("n", "c", 1e-9, 1e-6, (1e-9, 1e-8))], title="t", say=str))
    ratios: dict[str, float] = {}
    for tag in re.findall(r"<(?!text|/)[^>]+>", "".join(shown)):
        for kind, colour in re.findall(r'(?<![-\w])(stroke|fill)="(#[0-9A-Fa-f]{6})"', tag):
            opacity = re.search(rf'(?<![-\w])(?:{kind}-)?opacity="([0-9.]+)"', tag)
            ratio = contrast(colour, float(opacity[1]) if opacity else 1.0, "#FFFFFF")
            ratios[colour] = min(ratio, ratios.get(colour, ratio))
    assert len(ratios) > 6
    assert {PAPER, FAINT, ALLOWED} == {colour for colour in ratios if ratios[colour] < 3}


def test_edges_of_tables_and_fields_are_seen() -> None:
    """What bounds a field, a button and a row of a page is told from both of its papers by 3 to 1, light and dark."""
    rules = re.findall(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\);", style("page.css"))
    shades = {name: both for name, *both in rules}
    for mode in (0, 1):
        assert all(contrast(shades["edge"][mode], 1.0, shades[paper][mode]) >= 3 for paper in ("paper", "raised"))


def test_defaults_come_back() -> None:
    """A chosen colour holds inside, for dark paper too, and not after an error."""

    def interrupted() -> None:
        with painted({"cost": "#12ab34"}):
            assert ("#12AB34", "#12AB34") == (COLOURS["cost"], ON_DARK["cost"])
            assert DEFAULTS["error"] == COLOURS["error"]
            raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        interrupted()
    assert DEFAULTS == dict(COLOURS)


@pytest.mark.parametrize(
    ("colours", "message"),
    [
        ({"price": "#000000"}, r"^colours: 'price' has no colour; known: cost, activation, input, error$"),
        ({"cost": "red"}, r"^colours: cost is 'red', wanted # and six digits; try #B84F00$"),
        ({"cost": "#12345"}, r"wanted # and six digits"),
        ({"cost": "#12345G"}, r"wanted # and six digits"),
        ({"cost": "#0072b2"}, r"^colours: cost and activation would both be #0072B2; choose another$"),
        ({"cost": "url(x);}"}, r"wanted # and six digits"),
        ({"cost": "#FFFF00"}, r"^colours: cost is #FFFF00, which is hardly seen on white; try #B84F00$"),
    ],
)
def test_what_is_no_colour_is_refused(colours: dict[str, str], message: str) -> None:
    """A colour is # and six digits, for a part that has one, and no two parts share it."""
    with pytest.raises(SpecError, match=message):
        check_colours(colours)
    with pytest.raises(SpecError, match=message):
        Options(colours=colours)
