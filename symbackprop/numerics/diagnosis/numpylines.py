"""An equation as the line of NumPy that computes it, as a person would write it.

∂C/∂z_sj = ∂C/∂a_sj σ'(z_sj)        ->        dz2 = da2 * sigmoid_slope(z2)

The line is that of the generated code, with what is named once put where it is used; d stands for ∂C/∂.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from sympy import Expr, Symbol

from symbackprop.frozen import dataclass
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Equation, Program
from symbackprop.numerics.arrays.functions import function_text
from symbackprop.numerics.arrays.source import Pass
from symbackprop.numerics.diagnosis.numpyloops import looped_line

_OWN = re.compile(r"\b(window|spread|contract)\(|\bfor\b")  # what the generated code has besides NumPy
_EINSUM = ast.Attribute(ast.Name("np"), "einsum")
_SHORT = ((r"updated_v_(\w+)", r"\1_updated"), (r"v_(\w+)", r"\1"), (r"d_(\w+)", r"d\1"), (r"n_(\w+)", r"\1"))


def numpy_line(equation: Equation, names: Mapping[Expr, str], sizes: Sequence[Symbol], program: Program) -> str:
    """Return the line, or one with a loop before it; nothing where NumPy has none that a person would write.

    `names` are the identifiers of all arrays, `program` says what is computed."""

    def plain(each: Equation, own: Mapping[Expr, str]) -> str:
        return _line(each, own, sizes)

    line = plain(equation, names)
    if line and "arange" not in line:
        return line
    looped = looped_line(equation, names, program, plain)
    return re.sub(r"\b[dvn]_\w+", lambda word: _short(word[0]), looped) if looped else line


def _line(equation: Equation, names: Mapping[Expr, str], sizes: Sequence[Symbol]) -> str:
    """Return the line without a loop."""
    read = sorted((t for t in equation.reads if t != equation.tensor), key=str)
    around = tuple((t, name) for t, name in names.items() if isinstance(t, Tensor))
    given, result = tuple((t, names[t]) for t in read), ((equation.tensor, names[equation.tensor]),)
    text, _ = function_text(Pass("line", "", given, (equation,), result, around), names, sizes)
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    body = [line for line in function.body[1:-1] if "known[" not in ast.unparse(line)]
    value = _whole(body)
    if value is None or _OWN.search(ast.unparse(value)):
        return ""
    target = names[equation.tensor]
    found = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)} | {target}
    short = {name: _short(name) for name in found}
    if len(set(short.values())) < len(short):  # two arrays would have one name
        short = {}
    renamed = _Put({name: ast.Name(other) for name, other in short.items()}).visit(value)
    return f"{short.get(target, target)} = {ast.unparse(renamed)}"


def _whole(body: Sequence[ast.stmt]) -> ast.expr | None:
    """Return the last value with all before it in their places; None where the lines do more than give names."""
    values: dict[str, ast.expr] = {}
    name = ""
    for line in body:
        match line:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                values[name] = _Tidy(values).visit(value)
            case ast.AugAssign(target=ast.Name(id=name), op=operation, value=value) if name in values:
                values[name] = ast.BinOp(values[name], operation, _Tidy(values).visit(value))
            case _:
                return None
    return values.get(name)


@dataclass
class _Put(ast.NodeTransformer):
    """Puts values in the places of names."""

    values: Mapping[str, ast.expr]

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return what the name stands for."""
        return self.values.get(node.id, node)


class _Tidy(_Put):
    """Puts values in the places of names, and writes a call as a person would.

    contract(…)                             np.einsum(…)
    total(z, (1,))                          z.sum(axis=1)
    window(W, 1, 0, ((1, n),))              W, which has n entries along that axis
    z.transpose(1, 2, 0).transpose(2, 0, 1) z
    z.T.sum(axis=1)                         z.sum(axis=0)
    np.broadcast_to(0, (n,))                np.zeros(n)"""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Return the call in other words."""
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Name("total"), args=[array, axes]):
                axis = axes.elts[0] if isinstance(axes, ast.Tuple) and len(axes.elts) == 1 else axes
                return self.visit_Call(ast.Call(ast.Attribute(array, "sum"), [], [ast.keyword("axis", axis)]))
            case ast.Call(func=ast.Name("contract")):
                return ast.Call(_EINSUM, node.args, node.keywords)
            case ast.Call(func=ast.Name("window"), args=[array, _, ast.Constant(0), ast.Tuple([ast.Tuple([one, _])])]):
                return array if ast.unparse(one) == "1" else node
            case ast.Call(func=ast.Attribute(numpy, "broadcast_to"), args=[ast.Constant(0), ast.Tuple([count])]):
                return ast.Call(ast.Attribute(numpy, "zeros"), [count], [])
            case ast.Call(func=ast.Attribute(_, "ascontiguousarray"), args=[array]):
                return array
            case ast.Call(
                func=ast.Attribute(ast.Attribute(array, "T"), "sum"),
                keywords=[ast.keyword("axis", ast.Constant(int(axis)))],
            ):
                own = ast.keyword("axis", ast.Constant(1 - axis))
                return ast.Call(ast.Attribute(array, "sum"), [], [own])
            case ast.Call(
                func=ast.Attribute(ast.Call(func=ast.Attribute(array, "transpose"), args=first), "transpose"), args=then
            ):
                order = [first[int(ast.unparse(axis))] for axis in then]
                same = [ast.unparse(axis) for axis in order] == [str(place) for place in range(len(order))]
                return array if same else ast.Call(ast.Attribute(array, "transpose"), order, [])
        return node


def _short(name: str) -> str:
    """Return the name that a person gives: z2 for v_z2."""
    for pattern, other in _SHORT:
        if re.fullmatch(pattern, name):
            return re.sub(pattern, other, name)
    return name
