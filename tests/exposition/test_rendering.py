"""From a derivation to files: every format, in every language, through the same two functions."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZipFile

import pytest

from symbackprop.calculus.backpropagation import Derivation, derive
from symbackprop.errors import SpecError, UnknownNameError
from symbackprop.exposition.document import CheckRow
from symbackprop.exposition.formats import FORMATS, Files
from symbackprop.exposition.options import Options
from symbackprop.exposition.rendering import render, render_files
from symbackprop.network.model import mlp
from symbackprop.numerics.report import Report, Row

pytestmark = pytest.mark.combinations


@cache
def plain() -> Derivation:
    """Return the derivation of the smallest network with a hidden layer; that of the gallery is larger."""
    return derive(mlp("1-1-1"))


@cache
def files_of(name: str, lang: str = "en") -> Files:
    """Return the files of a format; each is made once for all the tests that look at it."""
    return render_files(plain(), name, lang=lang)


@pytest.mark.parametrize("name", list(FORMATS))
def test_same_input_gives_the_same_bytes(name: str) -> None:
    """What `render` returns is the main file of a format, and made again it is the same to the last byte."""
    assert FORMATS[name].alone_of(files_of(name)) == render(plain(), name)
    assert name == FORMATS[name].name


@pytest.mark.parametrize("name", list(FORMATS))
def test_files_stay_where_they_are_put(name: str) -> None:
    """File names are relative, plain, and lead nowhere else."""
    for path in map(PurePosixPath, files_of(name)):
        assert not path.is_absolute()
        assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", part) for part in path.parts)


@pytest.mark.thorough
def test_formats_share_a_folder() -> None:
    """No two formats give a file the same name, so that all of them can be written side by side."""
    names = [path for name in FORMATS for path in files_of(name)]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("omml", "tex", "typst", "unicode")])
def test_format_does_not_know_the_language_it_writes(name: str) -> None:
    """The same network in two languages gives two different texts, but for formulas without words around them."""
    main = FORMATS[name].main
    assert files_of(name)[main] != files_of(name, "es")[main]


def test_unknown_format_is_refused_before_anything_is_told() -> None:
    """A format that does not exist is named with what comes close."""
    with pytest.raises(UnknownNameError, match="format 'latx' is unknown; did you mean 'latex'"):
        render(plain(), "latx")


def test_both_functions_take_the_same_options() -> None:
    """What may be asked for one file may be asked for all of them."""
    assert inspect.signature(render).parameters == inspect.signature(render_files).parameters


def test_options_may_be_a_table() -> None:
    """What is asked of the output may be said by names alone; what is no such name, and no letters, is refused."""
    told = render(plain(), "markdown", options=Options(flavour="quarto"))
    assert told == render(plain(), "markdown", options={"flavour": "quarto"}, only=None)
    for wrong, message in (
        ({"options": {"flavor": "quarto"}}, "^options: key 'flavor' is unknown; did you mean 'flavour'"),
        ({"options": ["quarto"]}, "^options: wanted a table of keys and values, got a list$"),
        ({"symbols": ["delta=e"]}, "^symbols: wanted a table of texts, got a list"),
        ({"symbols": {"delta": 1}}, r"^symbols.delta: wanted text, got a whole number"),
    ):
        with pytest.raises(SpecError, match=message):
            render(plain(), "markdown", **wrong)


def test_checks_are_what_verify_returns() -> None:
    """A report is shown as the command line shows it, one that failed too; what is no report is refused."""
    passed = Row("central differences", "1-1-1", 3, 2e-10, 1e-8, "")
    smaller, elsewhere = replace(passed, error=1e-10), replace(passed, check="elsewhere", network="9 small networks")
    failed = Row("complex steps", "1-1-1", 3, 0.5, 1e-12, "")
    told = render(plain(), "markdown", checks=Report((smaller, passed, elsewhere, failed)))
    rows = [CheckRow(row.check, row.error, row.tolerance) for row in (passed, failed)]
    assert told == render(plain(), "markdown", checks=rows)
    assert "| FAILED |" in told
    for wrong, got in ((True, "bool"), (None, "NoneType"), ((passed,), "tuple"), ("passed", "str")):
        with pytest.raises(SpecError, match=f"^checks: wanted what verify returns, got {got}; try checks=verify"):
            render(plain(), "markdown", checks=wrong)


@pytest.mark.parametrize("format", ["html", "docx", "pptx", "markdown"])
def test_title_in_any_script_is_taken_where_the_reader_has_the_fonts(format: str) -> None:
    """What LaTeX and Typst advise for a title that their fonts cannot show does show it."""
    title = "\u53cd\u5411 \u05e9\u05dc\u05d5\u05dd \U0001f389"
    made = render(derive(replace(mlp("1-1"), title=title)), format)
    if isinstance(made, bytes):
        with ZipFile(BytesIO(made)) as parts:
            made = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    assert title in made
