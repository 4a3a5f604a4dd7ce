"""Operations on whole arrays in the memory of an operand that nothing reads any more, one statement each.

v_n = t2 * t4[:, None]                                v_n = t2    v_n *= t4[:, None]
d_x = (t2[:, None] * v_n + d_n) / t3[:, None]         d_x = v_n   d_x *= t2[:, None]   d_x += d_n   d_x /= t3[:, None]

What is computed stays the same, digit by digit: the same operations in the same order.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field

import numpy as np

from symbackprop.frozen import dataclass
from symbackprop.numerics.arrays.lifetimes import WORD, code_of
from symbackprop.numerics.elementwise import bare

FEWEST_AXES = 2  # arrays of one axis are short: in place they would only take more lines
OPERATIONS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "add"),
    ast.Sub: ("-", "subtract"),
    ast.Mult: ("*", "multiply"),
    ast.Div: ("/", "divide"),
}
_NEW = ("total", "contract", "np.einsum", "np.vdot", "np.where")  # functions that return arrays of their own
_FLOATS = ("np.zeros", "np.empty")


@dataclass
class Memory:
    """What is known of the names in statements: how many axes they have, which hold floats, which lie where others do.

    `own` are arrays that were computed, so that their memory is no other's; a view makes its array no longer so."""

    axes: Mapping[str, int]
    floats: set[str]
    own: set[str] = field(default_factory=set)

    def note(self, target: str, value: ast.expr) -> None:
        """Take in an assignment."""
        if self.is_float(value):
            self.floats.add(target)
            if is_new(value):
                self.own.add(target)
        if not is_new(value):
            self.own -= words_of(value)

    def is_float(self, e: ast.expr) -> bool:
        """Tell whether this is known to be an array or a number of floats."""
        match e:
            case ast.Name():
                return e.id in self.floats
            case ast.Constant():
                return isinstance(e.value, float)
            case ast.BinOp():
                return isinstance(e.op, ast.Div) or self.is_float(e.left) or self.is_float(e.right)
            case ast.UnaryOp():
                return self.is_float(e.operand)
            case ast.Subscript():
                return self.is_float(e.value)
            case ast.Attribute(attr="T"):
                return self.is_float(e.value)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"))):
                return _called(e) in _FLOATS or (is_new(e) and any(map(self.is_float, e.args)))
            case ast.Call(func=ast.Attribute(attr=name, value=array)):
                return name in ("transpose", "sum", "max") and self.is_float(array)
            case ast.Call():
                return any(map(self.is_float, e.args))
        return False

    def is_whole(self, e: ast.expr, axes: int) -> bool:
        """Tell whether the value of an operation has all the axes: a whole array with as many stands in it."""
        if isinstance(e, ast.BinOp) and type(e.op) in OPERATIONS:
            return self.is_whole(e.left, axes) or self.is_whole(e.right, axes)
        if isinstance(e, ast.Call) and _is_entrywise(e):
            return self.is_whole(e.args[0], axes)
        return isinstance(e, ast.Name) and self.axes.get(e.id) == axes


def in_place(lines: Sequence[str], memory: Memory, kept: Collection[str]) -> list[str]:
    """Return the statements with operations on whole arrays in place; those of blocks stay as they are.

    The memory of what is in `kept` is not written to."""
    words = [set(WORD.findall(line)) for line in code_of(lines)]
    later: list[set[str]] = [set()]
    for own in reversed(words):
        later.append(later[-1] | own)
    found: list[str] = []
    for line, own, after in zip(lines, words, later[-2::-1], strict=True):
        assignment = _assignment(line)
        if assignment is None:
            memory.own -= own  # read and filled in a block, or one of two results
            found.append(line)
            continue
        target, value = assignment
        steps = _Steps(line, memory, target, memory.own - after - set(kept))
        found += steps.of(value) if memory.axes.get(target, 0) >= FEWEST_AXES else [line]
        memory.note(target, value)
        if len(steps.lines) > 1:
            _name_at_once(found, len(found) - len(steps.lines))
    return found


def _name_at_once(lines: list[str], place: int) -> None:
    """Leave out the line v = t at a place, where t is made in the lines before it and nowhere else: v is made there."""
    name, _, other = lines[place].partition(" = ")
    start = place
    while other.isidentifier() and start and re.match(rf"{other} [-+*/]?= ", lines[start - 1]):
        start -= 1
        if lines[start].startswith(f"{other} = "):
            lines[start:place] = [re.sub(rf"\b{other}\b", name, line) for line in lines[start:place]]
            del lines[place]
            return


@dataclass
class _Steps:
    """The statements of one assignment: the target begins as a dying array, or as an operation on two arrays."""

    line: str
    memory: Memory
    target: str
    dying: Collection[str]
    lines: list[str] = field(default_factory=list)

    def of(self, value: ast.expr) -> list[str]:
        """Return the statements."""
        names = [name.id for name in ast.walk(value) if isinstance(name, ast.Name)]
        axes = self.memory.axes
        self.dying = {name for name in self.dying if names.count(name) == 1 and axes.get(name) == axes[self.target]}
        if self._is_step(value):
            self._write(value)
        return self.lines if len(self.lines) > 1 else [self.line]

    def _is_step(self, e: ast.expr) -> bool:
        operation = isinstance(e, ast.BinOp) or _is_entrywise(e)
        return operation and self.memory.is_whole(e, self.memory.axes[self.target]) and self.memory.is_float(e)

    def _write(self, e: ast.expr) -> None:
        """Write statements after which the target has the value of a step."""
        if isinstance(e, ast.BinOp):
            sign, name = OPERATIONS[type(e.op)]
            first, second = sorted((e.left, e.right), key=self._worth, reverse=True)  # the left one where both would do
            if self._begins(first):
                turned = first is e.right and sign in "-/"
                operation = f"np.{name}({self._text(e.left)}, {self.target}, out={self.target})"
                self.lines.append(operation if turned else f"{self.target} {sign}= {self._text(second)}")
                return
        elif isinstance(e, ast.Call) and self._begins(e.args[0]):
            self.lines.append(f"{self._text(e.func)}({self.target}, out={self.target})")
            return
        self.lines.append(f"{self.target} = {self._text(e)}")

    def _begins(self, e: ast.expr) -> bool:
        """Write the target as the value of an operand; False where that has no memory that may be written to."""
        if self._is_step(e):
            self._write(e)
            return True
        if isinstance(e, ast.Name) and e.id in self.dying:
            self.lines.append(f"{self.target} = {e.id}")
            return True
        return False

    def _worth(self, e: ast.expr) -> int:
        """Return how good it is to begin with an operand: best where there is memory for it."""
        is_step = self._is_step(e)
        return is_step + 2 * bool(words_of(e) & set(self.dying)) if is_step or isinstance(e, ast.Name) else 0

    def _text(self, e: ast.expr) -> str:
        return bare(ast.get_source_segment(self.line, e) or "")


def words_of(e: ast.expr) -> set[str]:
    """Return the names in an expression."""
    return {name.id for name in ast.walk(e) if isinstance(name, ast.Name)}


def is_new(e: ast.expr) -> bool:
    """Tell whether the value is an array of its own, and no view of another one."""
    return isinstance(e, ast.BinOp) or _is_entrywise(e) or (isinstance(e, ast.Call) and _called(e) in _NEW)


def _called(e: ast.Call) -> str:
    return ast.unparse(e.func)


def _is_entrywise(e: ast.expr) -> bool:
    """Tell whether this is a function of NumPy of one array, entry by entry."""
    if not isinstance(e, ast.Call) or len(e.args) != 1 or e.keywords:
        return False
    module, _, name = _called(e).partition(".")
    function = getattr(np, name, None) if module == "np" else None
    return isinstance(function, np.ufunc) and function.nargs == 2  # one of them the result


def _assignment(line: str) -> tuple[str, ast.expr] | None:
    """Return the name and the value of an assignment to one name; None for any other line."""
    if line.startswith((" ", "#")) or line.endswith(":"):
        return None
    match ast.parse(line).body:
        case [ast.Assign(targets=[ast.Name(id=target)], value=value)]:
            return target, value
    return None


def operation(text: str) -> str:
    """Return the beginning of a call that computes the outermost of two operands, "np.add(a, b", or nothing."""
    tree = ast.parse(text, mode="eval").body
    if not isinstance(tree, ast.BinOp) or type(tree.op) not in OPERATIONS:
        return ""
    left, right = (bare(ast.get_source_segment(text, side) or "") for side in (tree.left, tree.right))
    return f"np.{OPERATIONS[type(tree.op)][1]}({left}, {right}"
