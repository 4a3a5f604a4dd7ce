"""What the tests of Office files share: reading an equation back, a schema check, and a real office program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from lxml import etree

from symbackprop.exposition.mathtext.mathml import tree

MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
# where a line is broken between factors it goes on with a dot, and blanks are nothing to be read
UNREAD = re.compile(r"[\s\u2009\u2061·⋅]")

DARK = 128  # of a pixel of ink, out of 255 for paper


def _letters(latex: str) -> str:
    """Return the letters and signs of a formula in the order in which MathML has them."""
    return UNREAD.sub("", "".join(tree(latex).itertext()))


def _read(element: etree._Element) -> str:
    """Return the letters and signs of a native equation, in the same order."""
    return UNREAD.sub("", "".join(_parts(element)))


def _parts(element: etree._Element) -> Iterator[str]:
    name = etree.QName(element).localname
    if name == "t":
        yield element.text or ""
        return
    inside = [part for child in element for part in _parts(child)]
    if name == "nary":
        yield _property(element, "chr", "∫")
        yield from inside
    elif name == "d":
        yield _property(element, "begChr", "(")
        yield from inside
        yield _property(element, "endChr", ")")
    elif name in ("groupChr", "acc"):
        yield from inside
        sign = _property(element, "chr", "\u23df" if name == "groupChr" else "\u0302")
        yield "^" if sign == "\u0302" else sign
    elif name == "rad":
        degree, _, root = ("".join(_parts(child)) for child in (element[1], element[0], element[2]))
        yield root + degree
    else:
        yield from inside


def _property(element: etree._Element, name: str, default: str) -> str:
    found = element.find(f"{{{MATH}}}{etree.QName(element).localname}Pr/{{{MATH}}}{name}")
    return default if found is None else found.get(f"{{{MATH}}}val")


def _without_math_looks(content: bytes) -> bytes:
    """Return a file without the a:rPr in its equations, which PowerPoint writes there and the checker does not know."""
    written_to = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(written_to, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("ppt/slides/slide"):
                root = etree.fromstring(data)
                for look in root.xpath("//m:*/a:rPr", namespaces={"m": MATH, "a": DRAWING}):
                    look.getparent().remove(look)
                data = etree.tostring(root)
            target.writestr(name, data)
    return written_to.getvalue()


@pytest.fixture
def letters() -> Callable[[str], str]:
    """Return what reads a formula in LaTeX as letters and signs."""
    return _letters


@pytest.fixture
def read() -> Callable[[etree._Element], str]:
    """Return what reads a native equation as letters and signs."""
    return _read


@pytest.fixture
def complaints(tmp_path: Path) -> Callable[[bytes, str], list[str]]:
    """Return what checks a file against the schemas of Office; `name` is its name, with its ending."""
    from openxml_audit import OpenXmlValidator

    def check(content: bytes, name: str) -> list[str]:
        path = tmp_path / name
        path.write_bytes(_without_math_looks(content))
        found = OpenXmlValidator(max_errors=1000).validate(str(path)).errors
        return [f"{error.part_uri} {error.path}: {error.description}" for error in found]

    return check


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where LibreOffice keeps its settings, which it makes when it is first started there."""
    return tmp_path_factory.mktemp("office") / "profile"


@pytest.fixture
def printed(tmp_path: Path, profile: Path) -> Callable[[bytes, str], Path]:
    """Return what lets LibreOffice turn a file into a PDF, once, and returns where that is.

    Skips the test where there is no LibreOffice, unless it runs for the record."""
    for program, package in (("soffice", "libreoffice-impress libreoffice-math"), ("pdftotext", "poppler-utils")):
        if shutil.which(program) is None:
            if os.environ.get("CI"):
                pytest.fail(f"{program} is not installed; install {package}")
            pytest.skip(f"{program} is not installed")

    def convert(content: bytes, name: str) -> Path:
        path = tmp_path / name
        if path.exists() and path.read_bytes() == content:
            return path.with_suffix(".pdf")
        path.write_bytes(content)
        command = [
            "soffice",
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(path),
        ]
        subprocess.run(command, capture_output=True, timeout=300, check=True)
        return path.with_suffix(".pdf")

    return convert


@pytest.fixture
def pages(printed: Callable[[bytes, str], Path]) -> Callable[[bytes, str], list[str]]:
    """Return what lets LibreOffice turn a file into a PDF, and returns the text of each of its pages."""

    def read(content: bytes, name: str) -> list[str]:
        done = subprocess.run(["pdftotext", printed(content, name), "-"], capture_output=True, check=True)
        return done.stdout.decode().split("\f")[:-1]

    return read


@pytest.fixture
def right_edges(printed: Callable[[bytes, str], Path]) -> Callable[[bytes, str], list[float]]:
    """Return what lets LibreOffice turn a file into a PDF, and returns how far each page reaches to the right.

    In points: the ink that is seen, and the letters, which are there even where a cell cuts them off."""

    def measure(content: bytes, name: str) -> list[float]:
        pdf = printed(content, name)
        said = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, check=True).stdout.decode()
        letters = [max(map(float, re.findall(r'xMax="([\d.]+)"', page))) for page in said.split("</page>")[:-1]]
        drawn = subprocess.run(["pdftoppm", "-r", "72", "-gray", pdf], capture_output=True, check=True).stdout
        return [max(each) for each in zip(letters, map(_ink, _pictures(drawn)), strict=True)]

    return measure


def _pictures(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the width of each of the grey pictures that stand one after the other, and its pixels."""
    while head := re.match(rb"P5\s(\d+) (\d+)\s255\s", content):
        wide, high = map(int, head.groups())
        yield wide, content[head.end() : head.end() + wide * high]
        content = content[head.end() + wide * high :]


def _ink(picture: tuple[int, bytes]) -> float:
    """Return the right edge of the last column that is not empty."""
    wide, pixels = picture
    return max(column + 1 for column in range(wide) if min(pixels[column::wide]) < DARK)
