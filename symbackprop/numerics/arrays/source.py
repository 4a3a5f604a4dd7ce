"""A whole program as the text of two functions: `forward` computes every array, `backward` every derivative.

def forward(given):              n_T, n_D = given["q"].shape   …   v_s = v_q @ v_k.T / np.sqrt(n_D)   …
def backward(known, upstream):   d_v = v_p.T @ d_o   …
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Expr, Mul, Sum, Symbol

from symbackprop.network.functions import Elementwise, slope
from symbackprop.network.notation import Axis, Tensor
from symbackprop.network.program import Equation, entries
from symbackprop.numerics.arrays import running
from symbackprop.numerics.arrays.beforehand import with_work_before
from symbackprop.numerics.arrays.counts import count_text, size_name, told_by
from symbackprop.numerics.arrays.lifetimes import covers_a_part, is_filled, letting_go, of_the_moment, passing
from symbackprop.numerics.arrays.order import Stage, stages
from symbackprop.numerics.arrays.places import Frame
from symbackprop.numerics.arrays.sharing import in_common
from symbackprop.numerics.arrays.stacking import with_stacks
from symbackprop.numerics.arrays.writing import ArrayWriter, Windows
from symbackprop.numerics.elementwise import bare
from symbackprop.numerics.equationtext import equation_text
from symbackprop.numerics.functiontext import calls, stable_functions
from symbackprop.numerics.recognition import known_name
from symbackprop.numerics.stable import STABLE
from symbackprop.numerics.stable.inlining import self_contained

COMMENT_WIDTH = 110
_BESIDES = {"most": "np.full((), 708.0)", "one": "np.ones(())"}  # what `into` takes: rooms are of float64
OPERATIONS = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}


@dataclass(frozen=True, slots=True)
class Pass:
    """One function: equations over arrays that are given, each under its own name in the argument `known`."""

    name: str
    doc: str
    given: tuple[tuple[Tensor, str], ...]  # what is read -> its name in the argument
    equations: tuple[Equation, ...]
    results: tuple[tuple[Expr, str], ...]  # what is returned -> its name in the result
    around: tuple[tuple[Tensor, str], ...] = ()  # what the argument has besides, whose shapes say sizes
    windows: Windows = field(default_factory=dict)  # copies that functions before have made; its own are added
    keeps: bool = False  # it returns its own copies, for functions after it
    in_place: bool = False  # arrays may be filled bit by bit and let go, as NumPy does it best
    spent: frozenset[str] = frozenset()  # what it takes out of `known`, so that this is let go once it was read
    notes: Mapping[Expr, str] = field(default_factory=dict)  # how arrays are called in the comments
    slopes: Mapping[Tensor, Tensor] = field(default_factory=dict)  # a value f(x) -> what f'(x) is, computed beside it

    def slope_of(self, equation: Equation) -> Tensor | None:
        """Return the array of the slope of f that is computed beside f(x), where an equation is value = f(x)."""
        return self.slopes.get(equation.tensor) if isinstance(equation.expression, Elementwise) else None


@dataclass(frozen=True, slots=True)
class Written:
    """The statements of a pass, each behind a comment with its equation, and what they need.

    `sizes` are the letters of the sizes in them, `windows` the copies of functions before, `own` those that it makes;
    `called` are the stable functions in them."""

    lines: tuple[str, ...]
    sizes: tuple[Symbol, ...]
    windows: tuple[str, ...]
    own: tuple[str, ...]
    called: Mapping[str, None]


def written(each: Pass, names: Mapping[Expr, str], sizes: Sequence[Symbol]) -> Written:
    """Return the statements of a pass; `names` says what arrays are called in them."""
    before = [name for name, _ in each.windows.values()]
    writer = ArrayWriter(dict(names), each.windows, common=in_common(each.equations))
    for stage in stages(each.equations):
        _write_stage(writer, stage, each)
    statements = (line for line in writer.lines if not line.lstrip().startswith("#"))
    used = set(re.findall(r"\w+", "\n".join(statements)))
    return Written(
        tuple(writer.lines),
        tuple(size for size in sizes if size_name(size) in used),
        tuple(name for name in before if name in used),
        tuple(name for name, _ in each.windows.values() if name not in before),
        writer.elementwise.called,
    )


def function_text(each: Pass, names: Mapping[Expr, str], sizes: Sequence[Symbol]) -> tuple[str, Mapping[str, None]]:
    """Return the text of a pass, and the stable functions that it calls."""
    made = written(each, names, sizes)
    kept = made.own if each.keeps else ()
    results = [*((name, names[tensor]) for tensor, name in each.results), *((f"windows {name}", name) for name in kept)]
    read = {names[tensor]: name for tensor, name in each.given} | {name: f"windows {name}" for name in made.windows}
    spent = [value for value, name in read.items() if name in each.spent or (each.spent and value in made.windows)]
    lines = [
        f'{value} = known.pop("{read[value]}")' if value in spent else f'{value} = known["{read[value]}"]'
        for value in read
    ]
    lines += made.lines
    if each.in_place:
        lines = letting_go(lines, {*(value for _, value in results), *read} - set(spent))
    body = [*(f"{size_name(size)} = {_where(size, each)}" for size in made.sizes), *lines]
    returned = ", ".join(f'"{name}": {value}' for name, value in results)
    lines = [f"def {each.name}(known):", f'    """{each.doc}"""', *(f"    {line}" for line in body)]
    return "\n".join([*lines, f"    return {{{returned}}}"]), made.called


def _where(size: Symbol, each: Pass) -> str:
    """Return where a size is found: the length of an axis of what is given; else it is given itself."""
    return told_by(size, (*each.given, *each.around), 'np.shape(known["{0}"])[{1}]') or f'known["{size}"]'


def docstring(title: str) -> str:
    """Return a title, which may be a user's words, so that it stays inside of the quotes of a docstring."""
    return title.replace("\\", "\\\\").replace('"', "'")


def module_text(title: str, functions: Sequence[tuple[str, Mapping[str, None]]]) -> str:
    """Return functions as a text that needs NumPy alone: all that they call stands before them."""
    texts = [text for text, _ in functions]
    called = {name: None for _, names in functions for name in names}
    helpers = [getattr(running, name) for name in running.__all__ if any(calls(text, name) for text in texts)]
    parts = [f'"""{docstring(title)}"""', "import numpy as np", stable_functions(called) if called else ""]
    parts += [self_contained(*helpers) if helpers else "", *texts]
    return "\n\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _write_stage(writer: ArrayWriter, stage: Stage, within: Pass) -> None:
    """Write the equations of a stage of a pass; those of a recurrence inside of a loop."""
    everything = (*stage.starts, *stage.equations)
    partial = {e.tensor for e in everything if stage.step is not None or covers_a_part(e, everything)}
    partial |= {within.slopes[tensor] for tensor in partial if tensor in within.slopes}
    places = {e.tensor: e.indices.index(stage.step) for e in stage.equations if stage.step is not None}
    later = {tensor for tensor, _ in within.results} | {part for pair in within.slopes.items() for part in pair}
    later |= {tensor for e in within.equations if e.tensor not in places for tensor in e.reads}
    small = {} if not within.in_place else passing(stage, places, later)
    partial -= small.keys()
    writer.names |= {small[tensor]: writer.names[tensor] for tensor in small}
    for tensor in dict.fromkeys(e.tensor for e in everything if e.tensor in partial):
        for each in (tensor, *([within.slopes[tensor]] if tensor in within.slopes else ())):
            room = _room(
                each.axes,
                places.get(tensor, 0) if within.in_place else 0,
                filled=within.in_place and is_filled(tensor, stage),
            )
            writer.say(f"{writer.names[each]} = {room}")
    plain = everything if stage.step is None else stage.starts
    for equation in plain:
        _note(writer, equation, within)
        _write_equation(writer, equation, partial, within)
    if stage.step is None:
        return
    said = stage.equations
    stage = with_work_before(writer, stage)
    stage = with_stacks(writer, stage) if within.in_place else stage
    stage = of_the_moment(stage, places, small)
    first, last = _steps(stage)
    ends = (last, f"{first} - 1", ", -1") if stage.downwards else (first, f"{last} + 1", "")
    values = (STABLE[known_name(type(e.expression)) or ""] for e in stage.equations if within.slope_of(e) is not None)
    for name in dict.fromkeys(other for known in values if within.in_place for other in known.besides):
        writer.say(f"{name} = {_BESIDES[name]}")
    with writer.block(f"for step in range({ends[0]}, {ends[1]}{ends[2]}):"):
        for place, equation in enumerate(stage.equations, len(said) - len(stage.equations)):
            domain = equation.ranges[stage.step]
            if place >= 0:  # the first of them may be stacks
                _note(writer, said[place], within)
            if all(e.ranges[stage.step] == domain for e in stage.equations):
                _write_equation(writer, equation, partial, within, step=stage.step)
            else:
                start, end = (count_text(part, {}) for part in domain)
                with writer.block(f"if {start} <= step <= {end}:"):
                    _write_equation(writer, equation, partial, within, step=stage.step)


def _note(writer: ArrayWriter, equation: Equation, within: Pass) -> None:
    """Write the equation that the next statements compute as a comment, where somebody is to read it."""
    if not within.notes:
        return
    pairs = [(equation.target, equation.expression)]
    if (beside := within.slope_of(equation)) is not None:
        pairs.append((beside[equation.indices], slope(type(equation.expression))(*equation.expression.args)))
    for target, expression in pairs:
        for line in textwrap.wrap(equation_text(target, expression, within.notes), COMMENT_WIDTH):
            writer.say(f"# {line}")


def _steps(stage: Stage) -> tuple[str, str]:
    """Return the first and the last value of the step, over all the equations of the stage."""
    assert stage.step is not None
    domains = [equation.ranges[stage.step] for equation in stage.equations]
    firsts, lasts = (list(dict.fromkeys(count_text(d[end], {}) for d in domains)) for end in (0, 1))
    first = firsts[0] if len(firsts) == 1 else f"min({', '.join(firsts)})"
    last = lasts[0] if len(lasts) == 1 else f"max({', '.join(lasts)})"
    return first, last


def _room(axes: Sequence[Axis], step: int, *, filled: bool) -> str:
    """Return an array for a recurrence, of which all that belongs to one step lies together in memory: zeros, or not.

    What is not `filled` at every place is 0 at the others."""
    make = "np.empty" if filled else "np.zeros"
    if step == 0:
        return f"{make}({_shape(axes)})"
    order = (step, *(place for place in range(len(axes)) if place != step))
    back = ", ".join(str(order.index(place)) for place in range(len(axes)))
    return f"{make}({_shape([axes[place] for place in order])}).transpose({back})"


def _shape(axes: Sequence[Axis]) -> str:
    counts = [count_text((last - first + 1).expand(), {}) for first, last in axes]
    return f"({', '.join(counts)}{',' * (len(counts) == 1)})"


def _scaled_product(writer: ArrayWriter, equation: Equation, frame: Frame) -> tuple[str, str] | None:
    """Return a product of arrays over summed indices, and how it is scaled where it lies: "/= np.sqrt(n_D)"."""
    totals = [factor for factor in Mul.make_args(equation.expression) if isinstance(factor, Sum)]
    if len(totals) != 1 or equation.expression == totals[0] or not frame.axes:
        return None
    scale = equation.expression / totals[0]
    if writer.indices(scale) or entries(scale):
        return None
    part = writer.value(totals[0], frame, whole=True)
    if part.axes != frame.axes or not part.text.startswith("contract("):
        return None
    above, below = scale.as_numer_denom()
    return part.text, f"/= {writer.value(below, frame).text}" if above == 1 else f"*= {writer.value(scale, frame).text}"


def _write_equation(
    writer: ArrayWriter, equation: Equation, partial: set[Expr], within: Pass, *, step: Symbol | None = None
) -> None:
    """Write target = right side: a whole array, or the part of it that the equation is for."""
    numbers = {} if step is None else {step: "step"}
    frame = Frame(equation.ranges, numbers)
    name = writer.names[equation.tensor]
    if equation.tensor not in partial and (scaled := _scaled_product(writer, equation, frame)):
        writer.say(f"{name} = {scaled[0]}")
        writer.say(f"{name} {scaled[1]}")
        return
    beside = within.slope_of(equation)
    at = f"[{', '.join(_target(equation, step))}]" if equation.tensor in partial else ""
    targets = [f"{name}{at}", *([f"{writer.names[beside]}{at}"] if beside is not None else ())]
    may = within.in_place and at and step is not None and frame.axes
    if beside is not None:
        inner = bare(writer.whole(writer.value(equation.expression.args[0], frame), frame.axes, frame))
        known = STABLE[known_name(type(equation.expression)) or ""]
        if may and known.into is not None:
            besides = "".join(f", {other}={other}" for other in known.besides)
            writer.say(f"{writer.elementwise.call(known.into.__name__)}({inner}, {', '.join(targets)}{besides})")
            return
        text = known.call_of_both(inner, writer.elementwise.call)
    else:
        text = writer.whole(writer.value(equation.expression, frame, whole=True), frame.axes, frame)
    if may and beside is None and (operation := _operation(bare(text))):
        writer.say(f"{operation}, out={targets[0]})")  # no array that is made to be copied
    else:
        writer.say(f"{', '.join(targets)} = {bare(text) if at else text}")


def _operation(text: str) -> str:
    """Return the beginning of a call that computes the outermost of two operands, "np.add(a, b", or nothing."""
    tree = ast.parse(text, mode="eval").body
    if not isinstance(tree, ast.BinOp) or type(tree.op) not in OPERATIONS:
        return ""
    left, right = (bare(ast.get_source_segment(text, side) or "") for side in (tree.left, tree.right))
    return f"np.{OPERATIONS[type(tree.op)]}({left}, {right}"


def _target(equation: Equation, step: Symbol | None) -> list[str]:
    """Return the subscripts of the part of an array that an equation is for."""
    numbers = {} if step is None else {step: "step"}
    places = []
    for symbol, axis in zip(equation.indices, equation.tensor.axes, strict=True):
        first, last = equation.ranges[symbol]
        if symbol == step:
            places.append(count_text((symbol - axis[0]).expand(), numbers))
        elif (first, last) == axis:
            places.append(":")
        else:
            start, end = (count_text((end - axis[0]).expand(), {}) for end in (first, last + 1))
            places.append(f"{start}:{end}")
    return places
