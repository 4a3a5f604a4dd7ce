"""Where a module can be changed by one operator, one comparison or one number, and into what."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Site", "mutated", "sites"]

BINARY = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Mult],
    ast.Mod: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
}
COMPARISON = {
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}
CHOICE = re.compile(r"[A-Z_]+(, [A-Z_]+)* = [-+*/(), .\w]+(#|$)")  # NAME = 1e-12  # why it is as large
SILENT = (ast.Raise, ast.Assert, ast.Import, ast.ImportFrom)  # what is said, and what is never run


@dataclass(frozen=True)
class Site:
    """A change of one module: what stands from `start` to `end` is replaced."""

    module: str
    line: int
    statement: int  # the line where the statement or the lambda begins
    function: str
    text: str
    old: str
    new: str
    start: int
    end: int
    is_choice: bool  # of a number at the top of its module, with the reason beside it: another one would do as well

    @property
    def key(self) -> tuple[str, str, str]:
        """What the change is called, whatever the number of its line: its module, the line, and what becomes of it."""
        return self.module, self.text, f"{self.old} -> {self.new}"

    def __str__(self) -> str:
        """Return where it is and what it does."""
        old, new = (" ".join(text.split())[:60] for text in (self.old, self.new))
        return f"{self.module}:{self.line} {self.function}: {old}  ->  {new}"


def sites(package: Path, module: str) -> list[Site]:
    """Return every change of a module, in the order of its text."""
    text = (package / module).read_text(encoding="utf-8")
    return sorted(_of(ast.parse(text), _Source(module, text), "", 0), key=lambda site: site.start)


def mutated(package: Path, site: Site) -> str:
    """Return the text of the module with the change made."""
    data = (package / site.module).read_bytes()
    return (data[: site.start] + site.new.encode() + data[site.end :]).decode()


class _Source:
    def __init__(self, module: str, text: str) -> None:
        self.module, self.data = module, text.encode()
        self._starts = [0]
        for line in self.data.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def site(self, node: ast.expr, new: ast.expr, function: str, statement: int) -> Site:
        start = self._starts[node.lineno - 1] + node.col_offset
        end = self._starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        written = f"({ast.unparse(ast.fix_missing_locations(new))})"
        text = self.data[self._starts[node.lineno - 1] : self._starts[node.lineno]].decode().strip()
        old, is_choice = self.data[start:end].decode(), not function and self._is_choice(node)
        return Site(self.module, node.lineno, statement, function, text, old, written, start, end, is_choice)

    def _is_choice(self, node: ast.expr) -> bool:
        """Tell whether a number stands in a line that names it and says why it is as large, there or right above."""
        lines = self.data.decode().splitlines()
        line, above = lines[node.lineno - 1], lines[node.lineno - 2]
        return bool(CHOICE.match(line)) and ("#" in line or above.startswith("#"))


def _of(node: ast.AST, source: _Source, function: str, statement: int) -> Iterator[Site]:
    if isinstance(node, SILENT) or _is_said(node):
        return
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        function = f"{function}.{node.name}".lstrip(".")
    if isinstance(node, ast.stmt | ast.Lambda):
        statement = node.lineno
    if isinstance(node, ast.expr):
        yield from (source.site(node, new, function, statement) for new in _changed(node))
    for name, field in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "keywords") and not isinstance(node, ast.Call):
            continue
        if isinstance(node, ast.JoinedStr):
            continue
        for child in field if isinstance(field, list) else [field]:
            if isinstance(child, ast.keyword) and child.arg == "strict":
                continue  # what would raise if we had made a mistake elsewhere
            if isinstance(child, ast.AST):
                yield from _of(child, source, function, statement)


def _is_said(node: ast.AST) -> bool:
    """Tell whether this is a docstring, a list of names, or a type by another name."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    targets = node.targets if isinstance(node, ast.Assign) else []
    if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
        return True
    return isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias"


def _changed(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left, operator, right):
            if not _are_types(node):
                yield from (ast.BinOp(left, other(), right) for other in BINARY.get(type(operator), []))
        case ast.Compare(left, [operator, *more], right):
            for other in COMPARISON[type(operator)]:
                yield ast.Compare(left, [other(), *more], right)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value * 2 if value and isinstance(value, float) else value + 1)


def _are_types(node: ast.BinOp) -> bool:
    """Tell whether this is a choice of types, as in isinstance(e, Add | Mul)."""
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name | ast.Attribute)]
    last = [part.id if isinstance(part, ast.Name) else part.attr for part in names]
    return isinstance(node.op, ast.BitOr) and bool(last) and all(name[:1].isupper() or name in TYPES for name in last)


TYPES = ("float", "floor", "ceiling", "exp", "cosh", "int", "ast", "sympy")
