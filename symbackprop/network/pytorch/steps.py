"""The steps of a network of branches: the lines that a node writes, what they compute, and what they are given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field
from math import prod
from types import MappingProxyType

from symbackprop.frozen import dataclass
from symbackprop.network.inplace import LayerInPlace
from symbackprop.network.layers import Parameter, Size, Value

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")


@dataclass
class Step:
    """The lines of one node."""

    label: str
    name: str
    lines: list[str] = field(default_factory=list)
    computed: list[Value] = field(default_factory=list)
    shared: list[Value] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    constants: list[tuple[Value, float]] = field(default_factory=list)
    layers: list[LayerInPlace] = field(default_factory=list)
    shape: tuple[int, ...] = ()
    named: set[str] = field(default_factory=set)  # sizes of its own

    @property
    def sizes(self) -> list[Size]:
        """The sizes of all arrays of the step."""
        values = [*self.computed, *self.shared]
        return [size for each in self.parameters for size in each.sizes] + [
            size for each in values for size in each.sizes
        ]

    def in_place(self, before: tuple[int, ...]) -> list[LayerInPlace]:
        """Return what there is to tell about the step."""
        if self.layers:
            return self.layers
        brought = [each.name for each in self.parameters] + [value.name for value, _ in self.constants]
        names = dict.fromkeys([name_of(line) for line in self.lines] + brought)
        count = sum(prod(each.shape) for each in self.parameters if not each.fixed)
        no: frozenset[str] = frozenset()
        return [
            LayerInPlace(self.label, self.name, MappingProxyType({}), no, "", tuple(names), before, self.shape, count)
        ]


def name_of(line: str) -> str:
    """Return the array that a line computes."""
    found = _NAME.match(line)
    return found.group() if found else ""


def needed(steps: Sequence[Step], output: str) -> set[str]:
    """Return the arrays that an output depends on, itself among them."""
    lines = [(name_of(line), set(_NAME.findall(line.partition(" = ")[2]))) for step in steps for line in step.lines]
    found = {output}
    while True:
        more = {name for target, names in lines if target in found for name in names} - found
        if not more:
            return found
        found |= more
