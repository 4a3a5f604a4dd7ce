"""The cost after the last layer, over all entries of the output.

(a-y)^4                                       added up over the outputs
1 - sum(a*y)/sqrt(sum(a^2)*sum(y^2))          over all outputs, and added up no more
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from math import prod
from types import MappingProxyType

from sympy import Expr, Integer, Sum

from symbackprop.errors import ExpressionError, SpecError
from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS, A, Cost, N, Y
from symbackprop.network.domains import check_domains
from symbackprop.network.layers import Size, Value, letters_for, usual_letters
from symbackprop.network.model import cost_from
from symbackprop.network.notation import COST, Tensor, index
from symbackprop.network.numbered import check_read, is_plain, numbered, replaced
from symbackprop.network.program import Array, Equation, Kind, Node, Program
from symbackprop.network.reductions import bound, has_reduction
from symbackprop.network.text.layerline import read_part


@dataclass(frozen=True)
class OutputCost:
    """A cost: `term` of one output and its target, or the `formula` of all outputs; and its numbers with a letter."""

    name: str
    term: Cost | None = None
    formula: str = ""
    numbers: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_over_all(self) -> bool:
        """Whether it is said by a line of equations: a formula over all outputs, or one with letters for numbers."""
        return self.term is None

    @property
    def reads_target(self) -> bool:
        """Whether y stands in it."""
        return self.term.term.has(Y) if self.term is not None else bool(re.search(r"\by\b", self.formula))

    def line(self, output: Value, sample: str, reduction: str) -> str:
        """Return the line of the cost; `output` is what the last layer gives."""
        letters = letters_for(output.axes, usual_letters(len(output.axes)))
        inside = ", ".join(letters)
        entry = {"a": f"{output.name}[{sample}{inside}]", "y": f"y[{sample}{inside}]"}
        formula = replaced(bound(self.formula, inside), entry)
        each = formula if has_reduction(self.formula) else f"sum[{inside}]({formula})"
        return f"C = {reduction}[s]({each})" if sample else f"C = {each}"


def output_cost(text: str) -> OutputCost:
    """Return the cost that a name, a name with numbers, or a formula says; raises ExpressionError, UnknownNameError."""
    if not isinstance(text, str):
        raise ExpressionError(f"cost: wanted a name or a formula, got {type(text).__name__}; try 'quadratic'")
    name, numbers = read_part(text)
    if is_plain(text) and not has_reduction(text):
        return OutputCost(text, cost_from(text))
    formula, constants = numbered(COSTS, name, numbers)
    return _checked(OutputCost(text, None, formula, MappingProxyType(constants)))


def _checked(cost: OutputCost) -> OutputCost:
    """Return the cost; raises ExpressionError where its formula cannot be read, or does not depend on a."""
    if not re.search(r"\ba\b", cost.formula):
        raise ExpressionError(f"cost {cost.name[:40]!a} does not depend on a, so nothing can be learned; use a")
    rows = ("input a[n]", "target y[n]" * cost.reads_target, *(f"constant {name}" for name in cost.numbers))
    check_read(f"cost {cost.name[:40]!a}", *rows, "sizes n = 2", cost.line(Value("a", ((Size("n", 2),),)), "", "mean"))
    return cost


def check_logarithms(activation: str | None, outputs: Sequence[int], cost: OutputCost, *, layer: int) -> None:
    """Raise DomainError for a cost that takes the logarithm of what a named activation does not keep positive.

    `outputs` is the shape of what is activated by the last `layer`; a formula, None, is not looked at. Warns as
    `check_domains` does, which is told of plain layers before it."""
    if cost.term is not None and activation is not None and activation in ACTIVATIONS:
        last = ACTIVATIONS[activation]
        before, width = layer - 1, prod(outputs) if last.is_elementwise else outputs[-1]
        activations = (*(ACTIVATIONS["identity"],) * before, last)
        check_domains((*(2,) * layer, width), activations, cost.term)


def with_cost(program: Program, cost: OutputCost, *, over_samples: str | None) -> Program:
    """Return the program with its cost, that of its output beside the target y; one that lines say is there already.

    With `over_samples` the first axis of the output is that of the samples, and the cost is their "mean" or "sum"."""
    if cost.term is None:
        return program
    *others, output = program.outputs
    if others:
        names = ", ".join(each.name for each in others)
        raise SpecError(f"{names}: what reads it does not depend on it, as 0 times it does not; leave it out")
    target = Tensor("y", None, output.tensor.axes)
    total = _of_outputs(cost.term, output.tensor, target, over_samples)
    given = (*program.given, *(Array(target, Kind.TARGET, "y"),) * cost.reads_target)
    return replace(program, nodes=(*program.nodes, Node(Equation(COST, total))), given=given)


def _of_outputs(cost: Cost, output: Tensor, target: Tensor, over_samples: str | None) -> Expr:
    """Return the cost, added up over all outputs of a sample."""
    sampled = over_samples is not None
    axes = output.axes
    at = tuple(map(index, "s" * sampled + usual_letters(len(axes) - sampled)))
    count: Expr = Integer(1)
    for size in output.sizes[sampled:]:
        count *= size
    each = cost.term.xreplace({A: output[at], Y: target[at]})
    limits = [(i, *axis) for i, axis in zip(at, axes, strict=True)]
    total = Sum(each, *limits[:0:-1], limits[0]) if len(limits) > 1 else Sum(each, limits[0])
    total = total / output.sizes[0] if over_samples == "mean" else total
    return cost.factor.xreplace({N: count}) * total
