"""From a derivation to files: every format, in every language, through the same two functions."""

from __future__ import annotations

import inspect
import re
from pathlib import PurePosixPath

import pytest

from symbackprop.errors import UnknownNameError
from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.rendering import render, render_files


@pytest.mark.parametrize("name", list(FORMATS))
def test_main_file_is_what_render_returns(derived, name: str, lang: str) -> None:
    """A format writes the file that it calls its main one, and `render` returns that."""
    files = render_files(derived("plain"), name, lang=lang)
    assert files[FORMATS[name].main] == render(derived("plain"), name, lang=lang)
    assert name == FORMATS[name].name


@pytest.mark.parametrize("name", list(FORMATS))
def test_files_stay_where_they_are_put(derived, name: str) -> None:
    """File names are relative, plain, and lead nowhere else."""
    for path in map(PurePosixPath, render_files(derived("plain"), name)):
        assert not path.is_absolute()
        assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", part) for part in path.parts)


@pytest.mark.parametrize("name", list(FORMATS))
def test_format_does_not_know_the_language_it_writes(derived, name: str) -> None:
    """The same network in two languages gives two different texts."""
    texts = {render(derived("plain"), name, lang=lang) for lang in ("en", "es")}
    assert 2 == len(texts)


def test_unknown_format_is_refused_before_anything_is_told(derived) -> None:
    """A format that does not exist is named with what comes close."""
    with pytest.raises(UnknownNameError, match="format 'latx' is unknown; did you mean 'latex'"):
        render(derived("plain"), "latx")


def test_both_functions_take_the_same_options() -> None:
    """What may be asked for one file may be asked for all of them."""
    assert inspect.signature(render).parameters == inspect.signature(render_files).parameters
