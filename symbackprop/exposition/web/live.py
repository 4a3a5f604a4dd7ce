"""Numbers that are typed into a page, which then computes everything anew: the derived equations as plain data.

    z_1_1 = w_1_1_1 x_1 + b_1_1     ->     ["z_1_1", ["+", ["*", "w_1_1_1", "x_1"], "b_1_1"]]

A script of the page walks these trees; it holds no formula of its own, and nothing is asked of the network.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import singledispatch
from typing import Any, TypeAlias

from sympy import (
    Abs,
    Add,
    Expr,
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
from sympy.core.relational import Equality, GreaterThan, LessThan, Relational, StrictGreaterThan, StrictLessThan
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Or

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Formula
from symbackprop.exposition.figures.layout import NetworkPicture
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.mathtext.spoken import spoken
from symbackprop.exposition.web.blocks import BlockWriter
from symbackprop.exposition.web.formulas import inline
from symbackprop.exposition.web.markup import element, text
from symbackprop.network.extremes import Maximum, Minimum, Where
from symbackprop.network.functions import Elementwise

Tree: TypeAlias = Any  # a number, a name, or a list that begins with what is done

_SIGNS = {
    **{Add: "+", Mul: "*", Pow: "^", Max: "max", Maximum: "max", Min: "min", Minimum: "min", And: "and", Or: "or"},
    **{StrictGreaterThan: ">", StrictLessThan: "<", GreaterThan: ">=", LessThan: "<=", Equality: "="},
    **{Abs: "abs", exp: "exp", log: "log", sign: "sign", sin: "sin", cos: "cos", tan: "tan", erf: "erf"},
    **{sinh: "sinh", cosh: "cosh", tanh: "tanh"},
}


class Unknown(ValueError):
    """A formula has a function that the script of a page does not know."""


@singledispatch
def tree_of(part: object, functions: dict[str, Tree]) -> Tree:
    """Return a formula as data; the definitions of named functions are put into `functions`."""
    raise Unknown(type(part).__name__)


@tree_of.register
def _symbol(part: Symbol, functions: dict[str, Tree]) -> Tree:
    return part.name


@tree_of.register(BooleanTrue)
@tree_of.register(BooleanFalse)
def _truth(part: BooleanTrue | BooleanFalse, functions: dict[str, Tree]) -> Tree:
    return bool(part)


@tree_of.register(Expr)
@tree_of.register(Relational)
@tree_of.register(And)
@tree_of.register(Or)
def _expression(part: Expr, functions: dict[str, Tree]) -> Tree:
    if part.is_number and not part.args:
        return float(part) if part.is_finite else None
    head = _SIGNS.get(type(part))
    if head is None:
        raise Unknown(type(part).__name__)
    return [head, *(tree_of(each, functions) for each in part.args)]


@tree_of.register
def _cases(part: Piecewise, functions: dict[str, Tree]) -> Tree:
    return ["cases", *([tree_of(condition, functions), tree_of(value, functions)] for value, condition in part.args)]


@tree_of.register
def _where(part: Where, functions: dict[str, Tree]) -> Tree:
    return tree_of(part.cases, functions)


@tree_of.register
def _elementwise(part: Elementwise, functions: dict[str, Tree]) -> Tree:
    kind = type(part)
    if kind.definition is None:
        raise Unknown(kind.stem)
    name = f"{kind.stem} {kind.order}"
    if name not in functions:
        functions[name] = None  # a definition does not use itself
        functions[name] = tree_of(kind.definition, functions)
    return ["call", name, tree_of(part.args[0], functions)]


def plan_of(derivation: Derivation) -> Mapping[str, Tree] | None:
    """Return every quantity of a sample as data, in the order of computation; None where a function is not known."""
    from symbackprop.exposition.exercise.samples import reckoner_of

    functions: dict[str, Tree] = {}
    try:
        quantities = [[_key(each.left), tree_of(each.right, functions)] for each in reckoner_of(derivation).quantities]
    except Unknown:
        return None
    return {"functions": functions, "quantities": quantities}


def _key(left: Expr) -> str:
    """Return what a quantity is called in a page: z_1_2, or d w_1_2_1 for a derivative."""
    return f"d {left.by.name}" if isinstance(left, Partial) else str(left)


def live_numbers(derivation: Derivation, picture: NetworkPicture, writer: BlockWriter, plan: Mapping[str, Tree]) -> str:
    """Return fields for what is given, and places for what is computed of it by the plan."""
    say = writer.language.words
    fields = "".join(_field(name, value, writer) for name, value in picture.given)
    shown = "".join(_output(left, key, writer) for left, key in _lefts(derivation))
    data = {
        "class": "live",
        "aria-label": say("page.live.title"),
        "data-plan": json.dumps(plan, separators=(",", ":")),
        "data-decimal": writer.document.style.word("decimal"),
    }
    parts = [
        element("p", text(say("page.live")), {"class": "hint"}),
        element("div", fields, {"class": "fields"}),
        element("div", shown, {"class": "results", "aria-live": "off"}),
    ]
    return element("div", "\n".join(parts), data | {"role": "group"})


def _field(name: str, value: str, writer: BlockWriter) -> str:
    formula = Formula((Symbol(name),))
    said = text(spoken(formula_box(formula, writer.style), writer.document.words))
    field = f'<input type="number" step="any" name="{text(name)}" value="{text(value)}" aria-label="{said}"/>'
    return element("label", f"{inline(formula, writer.style)} {field}")


def _lefts(derivation: Derivation) -> Iterator[tuple[Expr, str]]:
    from symbackprop.exposition.exercise.samples import reckoner_of

    yield from ((each.left, _key(each.left)) for each in reckoner_of(derivation).quantities)


def _output(left: Expr, key: str, writer: BlockWriter) -> str:
    letter = inline(Formula((left,)), writer.style)
    return element("span", f'{letter} = <output data-live="{text(key)}"></output>')
