"""Code of a program with its comments in the letters of a convention.

    # z1[s, j] = b1[j] + sum[k](W1[j, k]*x[s, k])     ->     # z^[1]ₛⱼ = b^[1]ⱼ + Σₖ W^[1]ⱼₖ xₛₖ

A derivative on the way is that of each sample's own cost; where a convention has a letter for the cost of a batch, the
cost, and what is returned, have that one. A comment that is no equation of a pass stays as it is.

Imports SymPy: a command imports this module when it runs, not before.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Container, Iterator, Mapping
from typing import Any

from sympy import Expr, Function, Indexed, Symbol

from symbackprop.calculus.diagnosis import Formula
from symbackprop.calculus.partials import Partial
from symbackprop.cli.screen import Pen
from symbackprop.exposition.mathtext.convention import Convention
from symbackprop.exposition.symbols import own_letters
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, Tensor, index
from symbackprop.network.program import INDEPENDENT, Equation, entries
from symbackprop.numerics.arrays.rows import OfRow
from symbackprop.numerics.arrays.source import COMMENT_WIDTH
from symbackprop.numerics.engines.moduletext import ModuleText
from symbackprop.numerics.engines.scaling import FACTOR
from symbackprop.numerics.programs import CompiledProgram
from symbackprop.numerics.staging import SLOPE

OF_BATCH = Symbol("J")  # the cost of a batch
UPSTREAM = Symbol("d_C")  # the derivative of what follows by the cost, called as in the code
_STAGED = re.compile(r"(d_)?([A-Za-z]+)([\d.]*)_(\w+)")  # a1_in: what is computed on the way to a1


def annotated_program(source: str, network: Any, program: CompiledProgram | ModuleText, convention: Convention) -> str:
    """Return the text of a program with the equations of its comments as the convention writes them."""
    is_batch = isinstance(network, Network | LayeredNetwork)  # equations are computed as they are written
    letters, depth = own_letters(network, {}, convention), getattr(network, "depth", None)
    if is_batch:
        letters = {**letters, **_letters_of_costs(letters, convention, coupled=getattr(network, "is_coupled", False))}
        if isinstance(program, ModuleText) and program.is_scaled:  # the 1/m of the mean is in all errors
            letters["C"] = letters["J"]
    pen = Pen(symbols=letters, convention=convention, depth=depth)
    returned = {array.tensor for array in program.passes.program.of_kind(*INDEPENDENT)}
    comments = tuple(program.comments())
    slopes = {e.target.base: e for _, e in comments if _is_slope(e.target)}
    waiting: dict[str, list[tuple[tuple[str, ...], list[str]]]] = {}
    for lines, equation in comments:
        told: list[str] = []
        if not _is_slope(equation.target):  # that is said where it is read
            left, right = _sides(equation, slopes)
            if is_batch:
                of_all = {each: each.xreplace({COST: OF_BATCH}) for each in _derivatives(left, right, returned)}
                left, right = (OF_BATCH if side == COST else side.xreplace(of_all) for side in (left, right))
            told = textwrap.wrap(pen.formula(left, right), COMMENT_WIDTH, break_long_words=False)
        waiting.setdefault(lines[0], []).append((lines, told))
    return "".join(_written(source.splitlines(keepends=True), waiting))


def _letters_of_costs(letters: Mapping[str, str], convention: Convention, *, coupled: bool) -> dict[str, str]:
    """Return the letters of the cost of a sample and of that of a batch: C_s beside C where a convention has one.

    Where layers couple the samples there is that of the batch alone."""
    one = letters.get("C", "C")
    batch = convention.symbols.get("J", one)
    if batch == one and not coupled:
        return {"C": f"{one[:-2] if one[-2:-1] == '_' else one}_s", "J": batch}
    return {"C": batch if coupled else one, "J": batch}


def _derivatives(left: Expr, right: Expr, by: Container[Expr]) -> set[Partial]:
    """Return the derivatives of the cost by entries of some arrays."""
    found = left.atoms(Partial) | right.atoms(Partial)
    return {each for each in found if each.of == COST and isinstance(each.by, Indexed) and each.by.base in by}


def _is_slope(target: Expr) -> bool:
    return isinstance(target, Indexed) and target.base.letter.endswith(SLOPE)


def _written(text: list[str], waiting: Mapping[str, list[tuple[tuple[str, ...], list[str]]]]) -> Iterator[str]:
    """Yield the lines of code; those of a comment that is known in its other words."""
    place = 0
    while place < len(text):
        found = text[place].lstrip()
        for lines, told in waiting.get(found.rstrip(), ()):
            if tuple(line.strip() for line in text[place : place + len(lines)]) == lines:
                yield from (f"{text[place].removesuffix(found)}# {line}\n" for line in told)
                place += len(lines)
                break
        else:
            yield text[place]
            place += 1


def _sides(equation: Equation, slopes: Mapping[Tensor, Equation]) -> tuple[Expr, Expr]:
    """Return both sides with f'(z) for its array, ∂C/∂z for d_z, and a^(1)_in for what is on the way to a^(1)."""
    step, t = index("step"), index("t")  # the step of a loop is that of time
    symbols = equation.target.free_symbols | equation.expression.atoms(Symbol)
    in_time = {FACTOR[()]: UPSTREAM} | ({} if t in symbols else {step: t})
    sides = (_lettered(side, slopes).xreplace(in_time) for side in (equation.target, equation.expression))
    return Formula(Equation(*sides)).sides


def _lettered(side: Expr, slopes: Mapping[Tensor, Equation]) -> Expr:
    found: dict[Expr, Expr] = {}
    for each in entries(side):
        if each.base in slopes:
            own = slopes[each.base]
            found[each] = own.expression.xreplace(dict(zip(own.indices, each.indices, strict=True)))
        elif match := _STAGED.fullmatch(each.base.letter):
            by, letter, number, mark = match.groups()
            renamed = Tensor(f"{by or ''}{letter}_{mark}{number}", each.base.layer, each.base.axes)
            found[each] = renamed[each.indices if len(each.indices) != 1 else each.indices[0]]
    changed = side.xreplace(found)
    if changed != side:
        return _lettered(changed, slopes)
    return side.replace(OfRow, lambda name, along, *parts: Function(str(name).replace("_", " "))(*parts))
