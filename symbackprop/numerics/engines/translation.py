"""Statements of NumPy in the words of another library: call by call, by a table of rules.

v_u = np.maximum(v_z, 0.0)              u = torch.clamp(v_z, min=0.0)
t1 = (v_x ** 2).sum(axis=1)             t1 = (v_x ** 2).sum(dim=1)
v_h[step, :] = …                        v_h = put(v_h, (step, slice(None)), …)

What no rule knows is refused: a name that two libraries share may mean two things.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, TypeAlias

from symbackprop.errors import CheckError
from symbackprop.frozen import dataclass
from symbackprop.numerics.engines.tracing import chosen, is_of_any_step

_COMMENT = "comment_{}_"  # stands for a comment while the text is a tree
# functions of entries that libraries of arrays have under one name, with one meaning
ELEMENTARY = frozenset(
    (
        "abs",
        "arccos",
        "arccosh",
        "arcsin",
        "arcsinh",
        "arctan",
        "arctanh",
        "copysign",
        "cos",
        "cosh",
        "exp",
        "expm1",
        "floor",
        "greater",
        "less",
        "log",
        "log1p",
        "logical_not",
        "not_equal",
        "ones_like",
        "sign",
        "sin",
        "sinh",
        "sqrt",
        "tan",
        "tanh",
        "trunc",
        "zeros_like",
    )
)
NUMBER = re.compile(r"n_\w+|step|d_C")  # numbers of Python: sizes, steps, and ∂C/∂C where nobody gives another


@dataclass(frozen=True, slots=True)
class Call:
    """One call as a rule sees it: the text of each argument, and which are numbers, or arrays of truth values."""

    arguments: Sequence[str]
    named: Mapping[str, str]
    numbers: Sequence[bool]
    truths: Sequence[bool] = ()


Rule: TypeAlias = str | Callable[[Call], str]


@dataclass(frozen=True)
class Dialect:
    """How another library says what NumPy says.

    `functions` and `methods`: rules by the name of what is called, a text with {0}, {1}, … or a function of the call.
    `same` are the functions of NumPy that the library has under the same name; `prefix` stands before these. `put` is
    the statement that replaces entries of an array, with {0} the array, {1} the place, {2} the value. `products`
    are the functions whose product with an array is one call of the library, {0} the array and {1} the argument.
    `rows` are the arrays that an array is along an axis, {1}: of these a recurrence reads one at each step.
    `joined` makes one statement of several that are one call of the library, and are in the words of NumPy still.
    `choice` chooses between two values where the number of a step is not known before it is run: {0} the condition."""

    prefix: str
    same: frozenset[str]
    functions: Mapping[str, Rule]
    methods: Mapping[str, Rule]
    attributes: Mapping[str, str]
    put: str
    products: Mapping[str, str] = field(default_factory=dict)
    rows: str = ""
    choice: str = ""
    joined: Callable[[list[ast.stmt]], list[ast.stmt]] = list


def translated(lines: Iterable[str], dialect: Dialect) -> list[str]:
    """Return statements in another library's words; comments stay. Raises CheckError for what no rule knows."""
    comments: list[str] = []
    prepared = []
    for line in lines:
        inner = line.lstrip()
        if inner.startswith("#"):
            prepared.append(line.removesuffix(inner) + _COMMENT.format(len(comments)))
            comments.append(inner)
        else:
            prepared.append(line)
    tree = ast.parse("\n".join(prepared))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.If):
            node.body = dialect.joined(node.body)
    tree = _Translator(dialect).visit(tree)
    text = ast.unparse(ast.fix_missing_locations(tree))
    for place, comment in enumerate(comments):
        text = text.replace(_COMMENT.format(place), comment)
    return text.splitlines()


class _Translator(ast.NodeTransformer):
    """Rewrites from the inside out, so that a rule sees arguments that are translated already."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._truths: set[str] = set()  # the names of arrays of truth values
        self._steps = "over_steps"  # what goes over the steps of the recurrence that was read last

    def _is_truth(self, node: ast.expr) -> bool:
        """Tell whether this is an array of truth values, which NumPy multiplies and adds as numbers."""
        match node:
            case ast.Compare() | ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
                return True
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self._is_truth(left) and self._is_truth(right)
            case ast.Name(id=name):
                return name in self._truths
            case ast.Subscript(value=inner) | ast.Attribute(value=inner, attr="T"):
                return self._is_truth(inner)
            case ast.Call(func=ast.Attribute(value=inner, attr="transpose")):
                return self._is_truth(inner)
        return False

    def visit_Call(self, node: ast.Call) -> ast.AST:
        numbers = [_is_number(argument) for argument in node.args]
        truths = [self._is_truth(argument) for argument in node.args]
        function = node.func
        name = ast.unparse(function)
        arguments = [f"({ast.unparse(self.visit(argument))})" for argument in node.args]  # a rule may do more with it
        named = {str(each.arg): ast.unparse(self.visit(each.value)) for each in node.keywords}
        call = Call(arguments, named, numbers, truths)
        rule: Rule | None
        is_of_numpy = isinstance(function, ast.Attribute) and ast.unparse(function.value) == "np"
        if isinstance(function, ast.Attribute) and not is_of_numpy:
            owner = f"({ast.unparse(self.visit(function.value))})"
            rule = self._dialect.methods.get(function.attr)
            call = Call([owner, *arguments], named, [False, *numbers], [self._is_truth(function.value), *truths])
            if rule is None:
                raise CheckError(f".{function.attr}() has no translation")
        else:
            rule = self._dialect.functions.get(name)
        if rule is None and is_of_numpy:
            rule = self._same(name)
        if rule is None:
            return _tree(_called(self._steps if name == "over_steps" else name, call))
        return _tree(rule(call) if callable(rule) else _filled(rule, call))

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Write truth values in a product of matrices as numbers: NumPy alone multiplies two types."""
        if isinstance(node.op, ast.Mult) and (made := self._in_one_call(node)) is not None:
            return made
        if isinstance(node.op, ast.MatMult):
            node.left, node.right = map(self._as_numbers, (node.left, node.right))
        return self.generic_visit(node)

    def _in_one_call(self, node: ast.BinOp) -> ast.expr | None:
        """Return the product of an array and a function as one call, where the library has this."""
        for other, call in ((node.left, node.right), (node.right, node.left)):
            rule = self._dialect.products.get(ast.unparse(call.func)) if isinstance(call, ast.Call) else None
            if rule is not None and isinstance(call, ast.Call) and not _is_number(other) and not self._is_truth(other):
                return _tree(rule.format(*(ast.unparse(self.visit(part)) for part in (other, call.args[0]))))
        return None

    def _as_numbers(self, node: ast.expr) -> ast.expr:
        return _tree(f"({ast.unparse(node)}).view(np.int8)") if self._is_truth(node) else node

    def _same(self, name: str) -> Rule:
        short = name.removeprefix("np.")
        if short not in self._dialect.same:
            raise CheckError(f"{name}() has no translation")

        def same(call: Call) -> str:
            if call.numbers and all(call.numbers):
                return _called(f"math.{short}", call)
            return _called(f"{self._dialect.prefix}.{short}", call)

        return same

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        name = ast.unparse(node)
        if name in self._dialect.attributes:
            return _tree(self._dialect.attributes[name])
        if ast.unparse(node.value) == "np":
            raise CheckError(f"{name} has no translation")
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | list[ast.AST]:
        """Leave out what a function says of types, which are those of NumPy; make rows of what a step reads one of."""
        for argument in node.args.args:
            argument.annotation = None
        node.returns = None
        if node.name == "at" and self._dialect.choice:
            self._steps = "over_steps" if is_of_any_step(node) else "one_by_one"
            node.body = chosen(node.body, self._dialect.choice) if self._steps == "over_steps" else node.body
        if node.name == "at" and self._dialect.rows:
            return [*_with_rows(node, self._dialect.rows), self.generic_visit(node)]
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        assert node.value is not None
        return self.visit(ast.Assign([node.target], node.value, lineno=node.lineno))  # type: ignore[no-any-return]

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """Write a += b as a = a + b: nothing is changed in place that a derivative may still need."""
        assert isinstance(node.target, ast.Name)
        value = ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value)
        return self.visit(ast.Assign([node.target], value, lineno=node.lineno))  # type: ignore[no-any-return]

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        (target,) = node.targets
        if isinstance(target, ast.Name):
            (self._truths.add if self._is_truth(node.value) else self._truths.discard)(target.id)
            if _is_number(node.value) and not _is_number(target):  # an array of no axes: libraries take no bare number
                node.value = ast.BinOp(node.value, ast.Mult(), ast.Name("one", ast.Load()))
        if not isinstance(target, ast.Subscript):
            return self.generic_visit(node)
        places = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
        place = f"({', '.join(map(_place, places))},)" if len(places) == 1 else f"({', '.join(map(_place, places))})"
        array, value = ast.unparse(target.value), ast.unparse(self.visit(node.value))
        return ast.parse(self._dialect.put.format(array, place, value)).body[0]


def _with_rows(function: ast.FunctionDef, rows: str) -> list[ast.AST]:
    """Read rows in a step in place of parts of arrays, u_rows[step - 1] for u[:, step - 1]; return what makes them."""
    made: dict[str, ast.AST] = {}
    for node in (each for each in ast.walk(function) if isinstance(each, ast.Subscript)):
        places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        axis = next((n for n, place in enumerate(places) if not isinstance(place, ast.Slice)), 0)
        others = [ast.unparse(place) for n, place in enumerate(places) if n != axis]
        is_read = isinstance(node.value, ast.Name) and _is_number(places[axis]) and "step" in ast.unparse(places[axis])
        if is_read and set(others) <= {":"}:
            array = ast.unparse(node.value)
            name = f"{array}_rows{axis or ''}"
            made[name] = ast.parse(f"{name} = {rows.format(array, axis)}").body[0]
            node.value, node.slice = ast.Name(name, ast.Load()), places[axis]
    return [*made.values()]


def _place(node: ast.expr) -> str:
    if not isinstance(node, ast.Slice):
        return ast.unparse(node)
    if node.lower is None and node.upper is None:
        return "slice(None)"
    return f"slice({', '.join('None' if end is None else ast.unparse(end) for end in (node.lower, node.upper))})"


def _tree(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _called(name: str, call: Call) -> str:
    named = (f"{key}={value}" for key, value in call.named.items())
    return f"{name}({', '.join((*call.arguments, *named))})"


def _filled(rule: str, call: Call) -> str:
    """Return a rule with the arguments in their places; {axis} and the like are those that were named."""
    defaults: dict[str, Any] = {"axis": "None", **call.named}
    return rule.format(*call.arguments, **defaults)


def _is_number(node: ast.expr) -> bool:
    """Tell whether an argument is a number of Python: constants, sizes and steps, and what is computed of these."""
    match node:
        case ast.Constant():
            return isinstance(node.value, int | float)
        case ast.Name():
            return NUMBER.fullmatch(node.id) is not None
        case ast.UnaryOp():
            return _is_number(node.operand)
        case ast.BinOp():
            return _is_number(node.left) and _is_number(node.right)
        case ast.Compare():
            return all(map(_is_number, (node.left, *node.comparators)))
        case ast.IfExp():
            return _is_number(node.body) and _is_number(node.orelse)
        case ast.Call():
            return ast.unparse(node.func) in ("max", "min", "np.sqrt", "np.exp", "np.log") and all(
                map(_is_number, node.args)
            )
        case ast.Attribute():
            return ast.unparse(node) in ("np.pi", "np.inf")
    return False
