"""The equations of a network of layers as text: what is given, the sizes, and the lines of every layer.

Within the text a nested layer is called 3x1, since a name is made of letters and digits; outside it is 3.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from symbackprop.frozen import dataclass
from symbackprop.network.inplace import outside
from symbackprop.network.layers import Built, Parameter, Size, Value
from symbackprop.network.notation import Tensor
from symbackprop.network.outputcost import OutputCost
from symbackprop.network.program import Kind, Node, Program


@dataclass(frozen=True)
class LayerText:
    """What the text is made of: what the network reads, its layers, what it learns, and its cost."""

    source: Value
    every: Sequence[Built]
    parameters: Mapping[str, Parameter]
    constants: Mapping[str, float]
    masks: Mapping[str, Value]
    cost: OutputCost
    sample: str
    reads_numbers: bool
    reduction: str
    more: Sequence[Size] = ()  # sizes that lines have beside those of arrays

    @cached_property
    def joined(self) -> dict[str, str]:
        """The sizes that are another size: {old: new}."""
        found: dict[str, str] = {}
        for each in self.every:
            for new, old in each.joined:
                found[old.name] = found.get(new.name, new.name)
        return found

    def renamed(self, text: str) -> str:
        """Return a text with one name for sizes that are the same."""
        joined = self.joined
        if not joined:
            return text
        longest_first = sorted(joined, key=len, reverse=True)
        return re.sub(rf"\b({'|'.join(map(re.escape, longest_first))})\b", lambda at: joined[at.group()], text)

    def declared(self, name: str, sizes: Sequence[Size], *, sampled: bool = True) -> str:
        """Return a name with its sizes: z3[n3]."""
        first = "m, " if self.sample and sampled else ""
        inside = (first + ", ".join(self.renamed(size.name) for size in sizes)).removesuffix(", ")
        return f"{name}[{inside}]" if inside else name

    @property
    def computed(self) -> dict[str, Value]:
        """The arrays that are computed, each once, those that all samples share left out."""
        values = [value for each in self.every for value in (*each.computed, each.value)]
        known = {self.source.name, *self.masks}
        return {value.name: value for value in values if value.name not in known}

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each size."""
        values = [self.source, *(value for each in self.every for value in (*each.computed, each.value))]
        sizes = [*(size for value in values for size in value.sizes), *self.more]
        sizes += [size for parameter in self.parameters.values() for size in parameter.sizes]
        named = {self.renamed(size.name): size.number for size in sizes}
        found = {name: number for name, number in named.items() if name.isalnum() and not name.isdigit()}
        return found | ({"m": 3} if self.sample else {})

    def text(self, output: Value) -> str:
        """Return the whole text; `output` is what the last layer gives."""
        lines = [line for each in self.every for line in each.lines]
        lines = list(map(self.renamed, lines))
        if self.cost.is_over_all:
            lines.append(self.cost.line(output, self.sample, self.reduction))
        return "\n".join((*self._declarations(output), "", *lines)) + "\n"

    def _declarations(self, output: Value) -> list[str]:
        kind = "constant" if self.reads_numbers else "input"
        rows = [f"{kind} {self.declared(self.source.name, self.source.sizes)}"]
        for p in self.parameters.values():
            rows.append(f"{'constant' if p.fixed else 'parameter'} {self.declared(p.name, p.sizes, sampled=False)}")
        rows += [f"constant {self.declared(value.name, value.sizes)}" for value in self.masks.values()]
        letters = {**self.constants, **(self.cost.numbers if self.cost.is_over_all else {})}
        rows += [f"constant {name}" for name in letters]
        if self.cost.is_over_all and self.cost.reads_target:
            rows.append(f"target {self.declared('y', output.sizes)}")
        shared = [value for each in self.every for value in each.shared]
        rows += [f"value {self.declared(value.name, value.sizes, sampled=False)}" for value in shared]
        rows += [f"value {self.declared(value.name, value.sizes)}" for value in self.computed.values()]
        return [*rows, "sizes " + ", ".join(f"{name} = {number}" for name, number in self.numbers.items())]


def with_outside_names(program: Program) -> Program:
    """Return the program with the arrays of nested layers called as they are outside."""
    changed = {}
    for array in program.arrays:
        if array.kind != Kind.COST and outside(array.name) != array.name:
            changed[array.tensor] = Tensor(outside(array.name), None, array.tensor.axes)
    if not changed:
        return program
    nodes = tuple(Node(node.equation.renamed(changed)) for node in program.nodes)
    given = tuple(replace(a, tensor=changed.get(a.tensor, a.tensor), name=outside(a.name)) for a in program.given)
    return Program(nodes, given, program.sizes)
