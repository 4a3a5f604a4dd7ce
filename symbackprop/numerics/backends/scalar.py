"""Plain Python, every number by its own name: for small networks and single samples, where arrays cost more than sums.

    z_1_1 = b_1_1 + w_1_1_1 * x_1 + w_1_1_2 * x_2   …   delta_1_1 = s_1_1 * (delta_2_1 * w_2_1_1)   …

The text needs the standard library alone, and takes and returns nested lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import product
from textwrap import wrap
from typing import Any

from sympy import Expr, Mul

from symbackprop.errors import BudgetError
from symbackprop.frozen import dataclass
from symbackprop.network.composition import leaf, unrolled
from symbackprop.network.costs import A, Y
from symbackprop.network.functions import Elementwise, slope
from symbackprop.numerics.backends import BACKENDS, Backend
from symbackprop.numerics.elementwise import MATH, Writer, bare
from symbackprop.numerics.forwardvalues import ORDER, SHARES, text_of_value
from symbackprop.numerics.functiontext import calls, decimal_functions, formulas_of, number_functions
from symbackprop.numerics.fusion import LOG_A, LOG_R, Fused
from symbackprop.numerics.plan import CostTerm, LayerPlan, Line, Plan
from symbackprop.numerics.recognition import known_name
from symbackprop.numerics.stable import STABLE, imports, self_contained
from symbackprop.numerics.stable.scalar import SCALAR

LARGEST = 2_000  # parameters; a longer text is no longer read, and slower than matrices


@dataclass
class _Code:
    """The statements of one sample while they are written."""

    lines: list[str] = field(default_factory=list)
    writer: Writer = field(default_factory=lambda: Writer(MATH))

    def text(self, expression: Expr, names: Mapping[Expr, str] | None = None) -> str:
        """Return an expression whose symbols are called what they are called, unless `names` says otherwise."""
        known = {symbol: symbol.name for symbol in expression.free_symbols} | dict(names or {})
        return bare(self.writer.text(expression, known))


def source(plan: Plan) -> str:
    """Return a self-contained module text that defines `sample(…, x, y)` and `gradient(params, x, y)`.

    Raises BudgetError for a network of more than 2,000 parameters."""
    network = plan.network
    if network.parameter_count > LARGEST:
        raise BudgetError(
            f"backend scalar writes every number of a network; {network.shape[:60]} has {network.parameter_count:,} "
            f"parameters, at most {LARGEST:,}; take the backend numpy"
        )
    code = _Code()
    last = plan.layers[-1]
    for layer in plan.layers:
        _write_forward(code, layer, plan.cost.values if layer is last else ())
    _write_cost(code, plan)
    for layer in reversed(plan.layers):
        _write_backward(code, plan, layer)
    functions = [a.function for a in network.distinct_activations if a.function is not None]
    own = [plan.fused.cost, plan.fused.slope] if plan.fused else []
    custom, _ = number_functions([*formulas_of(f for f in functions if known_name(f) is None), *own])
    body = "\n".join(code.lines)
    names = [name for name in SCALAR if calls(body + custom, name)]
    called = self_contained(*(SCALAR[name] for name in names))
    texts = [called, decimal_functions(custom), custom, _sample(code, plan), _gradient(plan)]
    parts = [
        f'"""The gradient of a {network.shape} network, derived by symbackprop, number by number.\n\n'
        f'Activations: {", ".join(a.name for a in network.activations)}. Cost: {network.cost_function.name}.\n"""',
        imports("\n".join(texts)),
        *texts,
    ]
    return "\n\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _positions(line: Line) -> Iterator[tuple[int, ...]]:
    return product(*(range(1, int(size) + 1) for size in line.target.base.sizes))


def _entries(line: Line) -> Iterator[tuple[str, Expr]]:
    """Yield the name of every entry of a target, and what it is equal to."""
    for position in _positions(line):
        at = dict(zip(line.target.indices, position, strict=True))
        yield leaf(line.target.base, position).name, unrolled(line.expression, leaf, at)


def _names(letter: str, layer: LayerPlan) -> list[str]:
    return [f"{letter}_{layer.layer}_{j}" for j in range(1, layer.width + 1)]


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def _assign(code: _Code, line: Line) -> None:
    code.lines += [f"{name} = {code.text(value)}" for name, value in _entries(line)]


def _write_forward(code: _Code, layer: LayerPlan, logarithms: tuple[str, ...]) -> None:
    _assign(code, layer.weighted)
    function, z = layer.activation.function, _names("z", layer)
    needed = {*layer.values, *logarithms}
    if function is None:
        needed -= _write_mixed(code, layer, needed)
    else:
        for letter, each in (("a", function), ("s", slope(function))):
            if letter == "a" or "s" in needed:
                call = _called(each)
                code.lines += [f"{t} = {call}({u})" for t, u in zip(_names(letter, layer), z, strict=True)]
    for value in (value for value in ORDER if value in needed):
        if function is None:
            text = text_of_value(value, layer, {"z": _tuple(z), "a": _tuple(_names("a", layer)), "y": "y"})
            code.lines.append(f"{_tuple(_names(value, layer))} = {text}")
            continue
        for j, name in enumerate(_names(value, layer), start=1):
            names = {"z": z[j - 1], "a": f"a_{layer.layer}_{j}", "y": f"y_{j}"}
            code.lines.append(f"{name} = {text_of_value(value, layer, names)}")


def _called(function: type[Elementwise]) -> str:
    """Return what a function is called in the text: as a stable one, or as one of the user's."""
    name = known_name(function)
    if name is None:
        return function.__name__
    known = STABLE[name]
    return (known.slope if function.order else known.value).__name__


def _write_mixed(code: _Code, layer: LayerPlan, needed: set[str]) -> set[str]:
    name, z = layer.activation.name, _tuple(_names("z", layer))
    returned = SHARES[name]
    if not needed & set(returned):
        code.lines.append(f"{_tuple(_names('a', layer))} = {name}({z})")
        return set()
    targets = (_tuple(_names(value, layer)) if value in {"a", *needed} else "_" for value in returned)
    code.lines.append(f"{', '.join(targets)} = shares({z})")
    return set(returned)


def _write_cost(code: _Code, plan: Plan) -> None:
    last = plan.layers[-1]
    if plan.fused is not None:
        calls = (f"cost_of({_arguments(plan.fused, last, j)})" for j in range(1, last.width + 1))
        code.lines.append(f"cost = {' + '.join(calls)}")
        return
    terms = [_cost_term(code, term, j, last) for j in range(1, last.width + 1) for term in plan.cost.terms]
    total = " + ".join(terms).replace("+ -", "- ")
    factor = plan.cost.factor
    code.lines.append(f"cost = {total}" if factor == 1 else f"cost = {code.text(factor)} * ({total})")


def _cost_term(code: _Code, term: CostTerm, j: int, last: LayerPlan) -> str:
    n = last.layer
    names: dict[Expr, str] = {A: f"a_{n}_{j}", Y: f"y_{j}", LOG_A: f"log_a_{n}_{j}", LOG_R: f"log_r_{n}_{j}"}
    if "r" in last.values:
        names[1 - A] = f"r_{n}_{j}"
    if term.argument is not None:
        return f"x_log_y({code.text(term.factor, names)}, {code.text(term.argument, names)})"
    for logarithm in (LOG_A, LOG_R):
        if logarithm in Mul.make_args(term.factor):
            return f"product({code.text(term.factor / logarithm, names)}, {names[logarithm]})"
    return code.text(term.factor, names)


def _arguments(own: Fused, layer: LayerPlan, j: int) -> str:
    """Return the arguments of the functions of the last layer for neuron j."""
    return ", ".join(f"y_{j}" if letter == "y" else f"{letter}_{layer.layer}_{j}" for letter in own.arguments)


def _write_backward(code: _Code, plan: Plan, layer: LayerPlan) -> None:
    if layer.by_activation is not None:
        _assign(code, layer.by_activation)
    elif layer is plan.layers[-1] and plan.fused is not None:
        own, targets = plan.fused, _names("delta" if plan.fused.by == "z" else "g", layer)
        calls = (f"{own.slope.name}({_arguments(own, layer, j)})" for j in range(1, layer.width + 1))
        code.lines += [f"{target} = {call}" for target, call in zip(targets, calls, strict=True)]
        if own.by == "share":
            shares = ", ".join(_tuple(_names(letter, layer)) for letter in ("a", "r", "log_a", "log_r"))
            delta, k = (_tuple(_names(letter, layer)) for letter in ("delta", "g"))
            code.lines.append(f"{delta} = error_from_shares({k}, ({shares}))")
    if layer.counted:
        g, a = (_tuple(_names(letter, layer)) for letter in "ga")
        code.lines.append(f"{g} = from_largest({g}, {a})")
    if layer.error is not None:
        _assign(code, layer.error)
    for line in (layer.by_weight, layer.by_bias):
        code.lines += [f"g{name} = {code.text(value)}" for name, value in _entries(line)]


def _nested(name: str, shape: tuple[int, ...]) -> str:
    """Return the names of all entries of a parameter, as they are taken apart: ((w_1_1_1, w_1_1_2), …)."""
    if len(shape) == 1:
        return _tuple([f"{name}_{j}" for j in range(1, shape[0] + 1)])
    return _tuple([_nested(f"{name}_{j}", shape[1:]) for j in range(1, shape[0] + 1)])


def _letter(name: str) -> str:
    """Return w_1 for W1, b_1 for b1."""
    return f"{name[0].lower()}_{name[1:]}"


def _flat(plan: Plan) -> list[str]:
    shapes = plan.network.parameter_shapes.items()
    return [
        f"g{_letter(name)}_{'_'.join(map(str, position))}"
        for name, shape in shapes
        for position in product(*(range(1, size + 1) for size in shape))
    ]


def _sample(code: _Code, plan: Plan) -> str:
    shapes, widths = plan.network.parameter_shapes, plan.network.widths
    x, y = (_nested(letter, (size,)) for letter, size in (("x", widths[0]), ("y", widths[-1])))
    return "\n".join(
        [
            f"def sample({', '.join(shapes)}, x, y):",
            '    """Return the cost of one sample and its derivative by every parameter, in one row."""',
            *(f"    {_nested(_letter(name), shape)} = {name}" for name, shape in shapes.items()),
            f"    {x} = x",
            f"    {y} = y",
            *(f"    {line}" for line in code.lines),
            "    return (",
            *wrap(", ".join(["cost", *_flat(plan)]), 110, initial_indent=" " * 8, subsequent_indent=" " * 8),
            "    )",
        ]
    )


def _gradient(plan: Plan) -> str:
    shapes = plan.network.parameter_shapes
    given = ", ".join(f'params["{name}"]' for name in shapes)
    lines, start = [], 1
    for name, shape in shapes.items():
        rows, columns = (1, shape[0]) if len(shape) == 1 else shape
        parts = [f"row[{start + i * columns}:{start + (i + 1) * columns}]" for i in range(rows)]
        lines.append(f'        "{name}": {parts[0] if len(shape) == 1 else "[" + ", ".join(parts) + "]"},')
        start += rows * columns
    return "\n".join(
        [
            "def gradient(params, x, y):",
            '    """Return the mean cost of the samples and its derivative by every parameter, as nested lists."""',
            f"    rows = [sample({given}, *each) for each in zip(x, y)]",
            "    row = [sum(column) / len(rows) for column in zip(*rows)]",
            "    return row[0], {",
            *lines,
            "    }",
        ]
    )


def _prepare() -> Any:
    """Prepare nothing: the standard library is always there."""


BACKENDS.add("scalar", Backend("scalar", source, _prepare))
