"""The files that go into every page: style, scripts and the mathematical font, as they are shipped with the package."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources

from symbackprop.exposition.palette import chosen


@cache
def asset(name: str) -> str:
    """Return the text of a file of the folder `assets`."""
    return (resources.files(__package__) / "assets" / name).read_text(encoding="utf-8")


@cache
def reveal(name: str) -> str:
    """Return the text of a file of reveal.js, which the package pyreveal ships."""
    return (resources.files("pyreveal") / "revealjs" / "dist" / name).read_text(encoding="utf-8")


@cache
def font_face() -> str:
    """Return the rule that brings the mathematical font, with the font in it."""
    font = (resources.files(__package__) / "assets" / "math.woff2").read_bytes()
    data = base64.b64encode(font).decode("ascii")
    return f'@font-face{{font-family:"Formulas";src:url("data:font/woff2;base64,{data}") format("woff2")}}'


def style(*own: str) -> str:
    """Return the style of a page: what all pages share, what is its own, file by file, and the colours chosen."""
    rules = "".join(f"--{role}:{colour};" for role, colour in chosen().items())
    return "".join(map(asset, ("common.css", *own))) + (f":root{{{rules}}}\n" if rules else "")


def script_hash(script: str) -> str:
    """Return what a policy calls a script, so that this one may run and no other."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def policy(*scripts: str) -> str:
    """Return the policy of a page: nothing is fetched, and only these scripts run."""
    allowed = " ".join(map(script_hash, scripts)) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
