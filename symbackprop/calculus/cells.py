"""The entries of tensors as they are evaluated: a value, where it comes from, and its derivatives, each computed once.

Looking up an entry hashes its position alone; a tensor, an expression of SymPy, is hashed slowly.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from types import EllipsisType
from typing import Any, TypeAlias

from symbackprop.network.notation import Tensor
from symbackprop.network.program import Equation

TOTAL, LOCAL = "total", "local"  # follow every equation from the seed on, or take all other tensors as constant

Jet: TypeAlias = tuple[Any, Any]  # a value and its derivative by the seed


class Cell:
    """One entry of a tensor: where it is, what it is worth, which entries it comes from, its derivatives by others.

    `equation` computes it; none does where it is None, and it is `...` before that is asked."""

    __slots__ = ("equation", "jet", "position", "sources", "tangents", "tensor")

    def __init__(self, tensor: Tensor, position: tuple[int, ...]) -> None:
        """Make the entry; its value is computed when it is asked for."""
        self.tensor, self.position = tensor, position
        self.jet: Jet | None = None
        self.sources: Set[Cell] = frozenset()
        self.tangents: dict[Cell, Jet] = {}
        self.equation: Equation | EllipsisType | None = ...


class Cells(dict[tuple[int, ...], Cell]):
    """The entries of a tensor by their position, each made when it is asked for."""

    def __init__(self, tensor: Tensor) -> None:
        """Make the table of a tensor."""
        super().__init__()
        self.tensor = tensor

    def __missing__(self, position: tuple[int, ...]) -> Cell:
        """Return a new entry."""
        cell = self[position] = Cell(self.tensor, position)
        return cell


Seed: TypeAlias = tuple[Cell, str] | None  # the entry that is differentiated by, and how far
Environment: TypeAlias = dict[int, Any]  # what each letter stands for, by its slot: SymPy hashes symbols slowly
Rule: TypeAlias = Callable[[Environment, Seed], Jet]  # an expression, ready to be evaluated
