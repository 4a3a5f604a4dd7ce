"""One step of a recurrence for a library that runs it with a number that is not known before: no `if`, no slices by it.

if n_T - step >= 1: t = h @ w    else: t = 0        t = where(n_T - step >= 1, h @ w, 0)
"""

from __future__ import annotations

import ast
from collections.abc import Sequence


def is_of_any_step(function: ast.FunctionDef) -> bool:
    """Tell whether the shapes in a function are the same at every step, and its step may be an array of a library."""

    def is_fair(node: ast.AST) -> bool:
        if isinstance(node, ast.Name | ast.arg):
            return node.id != "step" if isinstance(node, ast.Name) else True
        if isinstance(node, ast.If):
            return all(map(is_fair, (*node.body, *node.orelse)))
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return not any(isinstance(part, ast.Slice) and not is_fair(part) for part in parts)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "entry":
            return is_fair(node.args[0])
        return all(map(is_fair, ast.iter_child_nodes(node)))

    return is_fair(function)


def chosen(body: Sequence[ast.stmt], choice: str) -> list[ast.stmt]:
    """Return statements with `if` as a choice between two values: the last statement of each block says one."""
    found: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, ast.If):
            (*first, last), other = chosen(statement.body, choice), chosen(statement.orelse, choice)
            assert isinstance(last, ast.Assign)
            values = [last.value, other.pop().value if other else last.targets[0]]  # type: ignore[attr-defined]
            value = ast.parse(choice.format(_condition(statement.test), *map(ast.unparse, values)), mode="eval").body
            made: list[ast.stmt] = [*first, *other, ast.Assign(last.targets, value, lineno=statement.lineno)]
            if isinstance(test := statement.test, ast.Compare) and len(test.ops) == 2:  # where there is no such step
                made = [ast.If(ast.Compare(test.left, [ast.LtE()], test.comparators[1:]), made, [])]
            found += made
        else:
            found.append(statement)
    return found


def _condition(test: ast.expr) -> str:
    """Return a condition on a number as one on an array with a number."""
    match test:
        case ast.BoolOp(op=op, values=parts):
            return (" & " if isinstance(op, ast.And) else " | ").join(map(_condition, parts))
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return f"(~{_condition(part)})"
        case ast.Compare(left=left, ops=[first, second], comparators=[middle, right]):
            return " & ".join(
                _condition(ast.Compare(*each)) for each in ((left, [first], [middle]), (middle, [second], [right]))
            )
    return f"({ast.unparse(test)})"
