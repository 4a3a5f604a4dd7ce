"""Numbers that are typed into a page, which then computes everything anew: the derived equations as plain data.

    z_1_1 = w_1_1_1 x_1 + b_1_1     ->     ["z_1_1", ["+", ["*", "w_1_1_1", "x_1"], "b_1_1"]]

A script of the page walks these trees; it holds no formula of its own, and nothing is asked of the network.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from sympy import (
    Abs,
    Add,
    Expr,
    Indexed,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Symbol,
    cos,
    cosh,
    erf,
    exp,
    log,
    sign,
    sin,
    sinh,
    tan,
    tanh,
)
from sympy.core.relational import Equality, GreaterThan, LessThan, StrictGreaterThan, StrictLessThan
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Or

from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Formula, Sample
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.mathtext.spoken import spoken
from symbackprop.exposition.web.blocks import BlockWriter
from symbackprop.exposition.web.formulas import inline
from symbackprop.exposition.web.markup import element, text
from symbackprop.network.extremes import Maximum, Minimum, Where
from symbackprop.network.functions import Elementwise
from symbackprop.network.notation import Tensor

MOST_FIELDS, MOST_LETTERS = 240, 400_000  # of a form that somebody fills in, and of the formulas that it carries
MOST_OPEN = 40  # numbers that are listed unasked

Tree: TypeAlias = Any  # a number, a name, or a list that begins with what is done

_SIGNS = {
    **{Add: "+", Mul: "*", Pow: "^", Max: "max", Maximum: "max", Min: "min", Minimum: "min", And: "and", Or: "or"},
    **{StrictGreaterThan: ">", StrictLessThan: "<", GreaterThan: ">=", LessThan: "<=", Equality: "="},
    **{Abs: "abs", exp: "exp", log: "log", sign: "sign", sin: "sin", cos: "cos", tan: "tan", erf: "erf"},
    **{sinh: "sinh", cosh: "cosh", tanh: "tanh"},
}


class Unknown(ValueError):
    """A formula has a function that the script of a page does not know."""


def tree_of(part: Any, functions: dict[str, Tree]) -> Tree:
    """Return a formula as data; the definitions of named functions are put into `functions`."""
    match part:
        case Tensor() | Partial() | Indexed():
            return key_of(part)
        case Symbol():
            return part.name
        case BooleanTrue() | BooleanFalse():
            return bool(part)
        case Piecewise():
            return ["cases", *([tree_of(holds, functions), tree_of(value, functions)] for value, holds in part.args)]
        case Where():
            return tree_of(part.cases, functions)
        case Elementwise():
            return _called(part, functions)
        case Expr() if part.is_number and not part.args:
            return float(part) if part.is_finite else None
    if type(part) not in _SIGNS:
        raise Unknown(type(part).__name__)
    return [_SIGNS[type(part)], *(tree_of(each, functions) for each in part.args)]


def _called(part: Elementwise, functions: dict[str, Tree]) -> Tree:
    kind = type(part)
    if kind.definition is None:
        raise Unknown(kind.stem)
    name = f"{kind.stem} {kind.order}"
    if name not in functions:
        functions[name] = None  # a definition does not use itself
        functions[name] = tree_of(kind.definition, functions)
    return ["call", name, tree_of(part.args[0], functions)]


def plan_of(sample: Sample) -> Mapping[str, Tree] | None:
    """Return what is computed of a sample as data, in that order; None where a function is not known."""
    functions: dict[str, Tree] = {}
    try:
        quantities = [[key_of(left), tree_of(right, functions)] for left, right in sample.computed]
    except Unknown:
        return None
    return {"functions": functions, "quantities": quantities}


def key_of(letter: Expr) -> str:
    """Return what a quantity is called in a page: z_1_2 or W[1, 2], or d w_1_2_1 for a derivative."""
    return f"d {key_of(letter.by)}" if isinstance(letter, Partial) else str(letter)


def live_numbers(sample: Sample, writer: BlockWriter, plan: Mapping[str, Tree] | None) -> str:
    """Return fields for what is given, and places for what is computed of it by the plan; or why there are none."""
    say = writer.language.words
    if plan is None:
        return element("p", text(say("page.live.unknown")))
    carried = json.dumps(plan, separators=(",", ":"))
    if len(sample.given) > MOST_FIELDS or len(carried) > MOST_LETTERS:
        counts = {"fields": len(sample.given), "numbers": len(sample.computed)}
        return element("p", writer.text(writer.language.say("page.live.large", **counts)))
    fields = _numbers(sample.given, lambda each: _field(each, sample.given[each], writer), writer)
    shown = [left for left, _ in sample.computed]
    outputs = element("div", _numbers(shown, lambda each: _output(key_of(each)), writer), {"class": "results"})
    if len(shown) > MOST_OPEN:
        outputs = element("details", element("summary", text(say("page.live.all"))) + outputs)
    data = {
        "class": "live",
        "aria-label": say("page.live.title"),
        "data-plan": carried,
        "data-decimal": writer.document.style.word("decimal"),
    }
    parts = [
        element("p", text(say("page.live")), {"class": "hint"}),
        element("div", fields, {"class": "fields"}),
        element("p", text(say("page.live.refused")), {"class": "refused", "role": "alert", "hidden": "hidden"}),
        outputs,
    ]
    return element("div", "\n".join(parts), data | {"role": "group"})


def _numbers(letters: Iterable[Expr], cell: Callable[[Expr], str], writer: BlockWriter) -> str:
    """Return a cell for each number: beside its letter, or in the place of its entry below the name of its array."""
    bases = {letter: _array_of(letter) for letter in letters}
    parts = [_beside(letter, cell(letter), writer) for letter, (base, _) in bases.items() if base is None]
    arrays = dict.fromkeys((each, rate) for each, rate in bases.values() if each is not None)
    if arrays:
        from symbackprop.exposition.example.programgiven import in_rows  # a chain of dense layers has scalars alone
    for base, derivatives in sorted(arrays, key=lambda each: each[1]):  # the forward pass first
        for name, rows in in_rows(base, {}, derivatives=derivatives):
            lying = tuple(zip(*rows, strict=True)) if len(rows[0]) == 1 else rows  # a vector is a row, to save room
            cells = "".join(cell(each) if each in bases else element("span") for row in lying for each in row)
            grid = element("div", cells, {"class": "cells", "style": f"--columns:{len(lying[0])}"})
            said = element("div", inline(Formula((name,)), writer.style), {"class": "name"})
            parts.append(element("div", said + grid, {"class": "array"}))
    return "".join(parts)


def _array_of(letter: Expr) -> tuple[Tensor | None, bool]:
    """Return the array that a letter is an entry of, or None, and whether it is a derivative by that."""
    at = letter.by if isinstance(letter, Partial) else letter
    return at.base if getattr(at, "indices", ()) else None, isinstance(letter, Partial)


def _beside(letter: Expr, cell: str, writer: BlockWriter) -> str:
    return element("label", f"{inline(Formula((letter,)), writer.style)} = {cell}")


def _field(letter: Expr, value: Expr, writer: BlockWriter) -> str:
    said = text(spoken(formula_box(Formula((letter,)), writer.style), writer.document.words))
    shown = f"{float(value):.12g}".replace(".", writer.document.style.word("decimal"))
    name = text(key_of(letter))
    return f'<input inputmode="decimal" autocomplete="off" name="{name}" value="{shown}" aria-label="{said}"/>'


def _output(key: str) -> str:
    return f'<output data-live="{text(key)}"></output>'
