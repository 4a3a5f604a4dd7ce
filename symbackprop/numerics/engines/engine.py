"""A library that differentiates, as generated text speaks it: its words, its texts, and the functions that it is given.

A function that is called is one of the library's own way, or that for NumPy, translated.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping
from types import ModuleType

from symbackprop.frozen import dataclass
from symbackprop.numerics.arrays.running import diagonal, entry
from symbackprop.numerics.engines import slopes
from symbackprop.numerics.engines.translation import Dialect, translated
from symbackprop.numerics.stable import exponential, logarithms, normal, piecewise, wholesample

FUNCTION_OF = {"Block": "block", "Cost": "cost_of"}  # where the text has a function and no class

TRANSLATED = {
    name: function
    for module in (exponential, logarithms, normal, piecewise, wholesample, slopes)
    for name, function in vars(module).items()
    if inspect.isfunction(function)
} | {"diagonal": diagonal, "entry": entry}


@dataclass(frozen=True)
class Engine:
    """A library that differentiates, as generated text speaks it.

    `functions` are what it says in its own way; `head` is what is imported; `one` makes a number 1 of the type of an
    array, {0}. An eager one computes also what nobody reads. `block` is the text of the differentiable function, with
    {name}, {given}, {upstream}, …, and `apply` calls that of a cost; `asked` tells there whether the derivative by the
    argument at a place is wanted; `direct` stands above what is not differentiated.
    `arguments` and `check` are texts behind it: what makes the arguments of (params, x, y), and the check of all.
    `sample` says how random arrays are made, by what they are for."""

    package: str
    title: str
    is_eager: bool
    dialect: Dialect
    functions: ModuleType
    head: str
    apply: str
    direct: str
    one: str
    block: str
    asked: str
    arguments: str
    check: str
    sample: Mapping[str, str]


def is_used(line: str, text: str) -> bool:
    """Tell whether a text calls what a line imports."""
    return not line or re.search(rf"\b{re.escape(line.rsplit(maxsplit=1)[-1])}[.(]", text) is not None


def called_in(text: str, engine: Engine) -> list[str]:
    """Return the functions that a text calls, and those that these call, in an order in which each stands first."""
    found: dict[str, str] = {}

    def file(source: str) -> None:
        calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
        for name in dict.fromkeys(function.id for function in calls if isinstance(function, ast.Name)):
            if name in found:
                continue
            own = getattr(engine.functions, name, None)
            if inspect.isfunction(own):
                made = inspect.getsource(own)
            elif name in TRANSLATED:
                lines = inspect.getsource(TRANSLATED[name]).splitlines()
                made = "\n".join(translated(lines, engine.dialect))
            else:
                continue
            found[name] = ""  # one that calls itself is written once
            file(made)
            found.pop(name)
            found[name] = made

    file(text)
    return list(found.values())
