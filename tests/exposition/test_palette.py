"""Colours of a reader's own: they reach every format, the defaults come back after it, and what is none is refused."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from symbackprop.calculus.backpropagation import derive
from symbackprop.errors import SpecError
from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.options import Options
from symbackprop.exposition.palette import COLOURS, DEFAULTS, ON_DARK, check_colours, painted
from symbackprop.exposition.rendering import render_files
from symbackprop.network.model import mlp

pytestmark = pytest.mark.combinations

OWN = {"cost": "#12AB34", "activation": "#AB1234", "input": "#3412AB", "error": "#ABCDEF"}
PICTURES = ("pdf", "png")  # their colours are in compressed streams


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
        ({"cost": "red"}, r"^colours: cost is 'red', wanted # and six digits; try #D55E00$"),
        ({"cost": "#12345"}, r"wanted # and six digits"),
        ({"cost": "#12345G"}, r"wanted # and six digits"),
        ({"cost": "#0072b2"}, r"^colours: cost and activation would both be #0072B2; choose another$"),
        ({"cost": "url(x);}"}, r"wanted # and six digits"),
        ({"cost": "#FFFF00"}, r"^colours: cost is #FFFF00, which is hardly seen on white; try #D55E00$"),
    ],
)
def test_what_is_no_colour_is_refused(colours: dict[str, str], message: str) -> None:
    """A colour is # and six digits, for a part that has one, and no two parts share it."""
    with pytest.raises(SpecError, match=message):
        check_colours(colours)
    with pytest.raises(SpecError, match=message):
        Options(colours=colours)
