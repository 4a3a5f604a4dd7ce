"""A person's own function from their own file, which runs because they ask for it."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from typing import Any

from symbackprop.errors import SpecError


def parts_of(told: str) -> tuple[str, str]:
    """Return the file and the name in it, from mine.py:gradient; raises SpecError for a text of another form."""
    path, colon, name = told.rpartition(":")
    if not colon or not path.endswith(".py") or not name.isidentifier():
        raise SpecError(f"--function: got {told[:60]!a}, wanted a file and a name in it; try mine.py:gradient")
    if not os.path.isfile(path):
        raise SpecError(f"--function: there is no file {path[:60]!a}")
    return path, name


def function_of(told: str) -> Callable[..., Any]:
    """Return a function or a class of a file, which is run; raises SpecError where it fails or lacks that name."""
    path, name = parts_of(told)
    spec = importlib.util.spec_from_file_location("users_code", path)
    assert spec is not None
    assert spec.loader is not None  # it ends in .py
    module = importlib.util.module_from_spec(spec)
    folder = os.path.dirname(os.path.abspath(path))
    sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        from symbackprop.numerics.diagnosis.calling import place_of

        shown = " ".join(str(error).split())[:160]
        raise SpecError(f"--function: {path[:60]!a} raised {type(error).__name__}{place_of(error)}: {shown}") from None
    finally:
        sys.path.remove(folder)
    if not callable(found := getattr(module, name, None)):
        raise SpecError(f"--function: {path[:60]!a} has no function {name[:40]}")
    return found  # type: ignore[no-any-return]
